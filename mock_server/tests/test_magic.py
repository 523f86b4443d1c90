"""Magic values: numbers and ids that let the call fail which bears them."""

import copy
import logging
from pathlib import Path
from typing import Any

import orjson
import pytest
from calls import an_order
from oc_sandbox import Sandbox, paths
from oc_sandbox.call import Call, Transport
from oc_sandbox.catalog import CatalogError, catalog, load
from oc_sandbox.contract import Operation
from oc_sandbox.samples import call_of, sample

MAGIC = catalog().magic["orangeconnex"]
PLACE = "place_outbound_order"
BUSINESS = [
    pytest.param(operation, id=operation.name)
    for operation in catalog().operations.values()
    if operation.api.name == "orangeconnex" and "messageId" in operation.request.schema["properties"]
]


def placed(sandbox: Sandbox, *orders: dict[str, Any], **envelope: Any) -> Any:
    """The answer to a batch of orders."""
    return orjson.loads(sandbox.send(batch(sandbox, *orders, **envelope)).body)


def batch(sandbox: Sandbox, *orders: dict[str, Any], **envelope: Any) -> Call:
    """A call that places orders."""
    operation = catalog().operations[PLACE]
    body = orjson.dumps({**envelope, "data": orders})
    signed = operation.api.credentials.sign(operation, sandbox.tenant, operation.path, body)
    headers = {"content-type": "application/json", **{name.lower(): value for name, value in signed.items()}}
    return Call("POST", operation.path, headers, body)


def is_placed(sandbox: Sandbox, reference: str) -> bool:
    """Whether there is an order of that reference."""
    return any(reference in world.outbound_by_reference for world in sandbox.tenant.worlds)


def with_message_id(operation: Operation, sandbox: Sandbox, value: str) -> Call:
    """The sample of an operation under a messageId."""
    fixture = copy.deepcopy(dict(operation.fixture))
    request = next(iter(fixture["exchanges"].values()))["request"]
    request.setdefault("body" if operation.parameters == "json" else "query", {})["messageId"] = value
    changed = copy.copy(operation)
    object.__setattr__(changed, "fixture", fixture)
    return call_of(operation, sample(changed, sandbox.tenant))


@pytest.mark.parametrize("operation", BUSINESS)
def test_every_declared_error_of_a_business_operation_can_be_had_by_its_message_id(operation: Operation) -> None:
    sandbox = Sandbox()
    for name in operation.errors:
        sandbox.send(with_message_id(operation, sandbox, f"{MAGIC.prefix}{name}-1"))
        entry = list(sandbox.journal.since())[-1]
        assert (set(entry.errors), entry.outcome) == ({name}, "refused")
        assert entry.injected == ({"magic": f"{MAGIC.prefix}{name}-1", "error": name},)


@pytest.mark.parametrize("name", MAGIC.faults)
def test_every_named_fault_can_be_had(name: str) -> None:
    sandbox = Sandbox()
    reply = sandbox.send(batch(sandbox, an_order(f"{MAGIC.prefix}{name}-7")))
    (entry,) = sandbox.journal.since()
    assert entry.injected[0]["magic"] == f"{MAGIC.prefix}{name}-7"
    fault = MAGIC.faults[name]
    assert reply.status == fault.get("status", 0 if "drop" in fault else 200)
    lost_before = "status" in fault or fault.get("drop") == "before_effect"
    assert is_placed(sandbox, f"{MAGIC.prefix}{name}-7") == (fault.get("after_effect", False) or not lost_before)
    if "latency_s" in fault:
        assert reply.transport == Transport(latency_s=90)


def test_one_order_of_a_batch_is_refused_and_the_others_are_taken_on() -> None:
    sandbox = Sandbox()
    answer = placed(sandbox, an_order("N-1"), an_order("OCSB-FAIL-stock_short-2"), an_order("N-3"))
    assert [order["referenceNumber"] for order in answer["data"]] == ["N-1", "N-3"]
    assert [(error["code"], error["id"]) for error in answer["errors"]] == [("400448", "OCSB-FAIL-stock_short-2")]
    (entry,) = sandbox.journal.since()
    assert (entry.outcome, len(entry.injected)) == ("partial", 1)


def test_a_magic_sku_refuses_its_order() -> None:
    order = an_order("N-1")
    order["productList"][0]["MFSKUID"] = "OCSB-FAIL-sku_not_reviewed"
    answer = placed(Sandbox(), order, an_order("N-2"))
    assert answer["errors"] == [
        {
            "code": "400444",
            "id": "N-1",
            "message": "商品:OCSB-FAIL-sku_not_reviewed 未审核通过",
            "referenceNumber": "N-1",
        }
    ]


def test_an_atomic_batch_with_one_magic_order_takes_none() -> None:
    sandbox = Sandbox(assumptions={"batch_outcome": "atomic"})
    answer = placed(sandbox, an_order("N-1"), an_order("OCSB-FAIL-stock_short"))
    assert (answer["data"], len(answer["errors"])) == ([], 1)


def test_an_error_of_the_whole_call_in_one_order_refuses_all() -> None:
    sandbox = Sandbox()
    answer = placed(sandbox, an_order("N-1"), an_order("OCSB-FAIL-token_expired"))
    assert answer == {"code": 1, "message": "Authentication Fail:access token expired", "success": False}
    assert not is_placed(sandbox, "N-1")


def test_a_name_that_is_no_error_is_an_ordinary_number_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    sandbox = Sandbox()
    with caplog.at_level(logging.WARNING, "oc_sandbox"):
        assert placed(sandbox, an_order("OCSB-FAIL-stok_short"))["code"] == 0
    assert "'OCSB-FAIL-stok_short' names no error of the operation" in caplog.text
    (entry,) = sandbox.journal.since()
    assert entry.injected == ()


def test_a_magic_text_in_another_field_is_ordinary() -> None:
    assert placed(Sandbox(), an_order("N-1", remarks="OCSB-FAIL-stock_short"))["code"] == 0


def test_a_fault_of_the_tenant_comes_before_a_magic_value() -> None:
    sandbox = Sandbox()
    sandbox.put_faults([{"content_type": "text/html"}])
    assert placed(sandbox, an_order("OCSB-FAIL-stock_short"))["code"] == 0
    sandbox.put_faults([{"latency_s": 3}])
    reply = sandbox.send(batch(sandbox, an_order("OCSB-FAIL-stock_short")))
    assert (orjson.loads(reply.body)["code"], reply.transport) == (4, Transport(latency_s=3))
    assert len(list(sandbox.journal.since())[-1].injected) == 2


def test_the_file_of_magic_values_must_fit_its_meta_schema(tmp_path: Path) -> None:
    import shutil  # noqa: PLC0415

    shutil.copytree(paths.SCHEMAS, tmp_path / "schemas")
    file = tmp_path / "schemas" / "orangeconnex" / "magic.json"
    file.write_text(file.read_text().replace('{"status": 500}', '{"status": 200}'))
    with pytest.raises(CatalogError, match=r"magic.json: at /faults/http_500/status: 200 is less"):
        load(tmp_path / "schemas", paths.FIXTURES, "oc_sandbox")
