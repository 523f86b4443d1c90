"""The catalogue does not start with files that do not fit, and names the one at fault."""

import json
import re
import shutil
from pathlib import Path

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oc_sandbox import Sandbox, formats, paths
from oc_sandbox.catalog import CatalogError, catalog, load
from oc_sandbox.contract import Operation, Webhook
from oc_sandbox.domain.lifecycles import EVENTS
from oc_sandbox.domain.outbound import OUTBOUND_CANCELLED
from oc_sandbox.validation import LIST_LOOKED_AT_FIRST, Schema

MOVEMENT = Path("orangeconnex/stock/get_stock_movement.json")
WEBHOOK = Path("orangeconnex/webhook/outbound_callback_webhook.json")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the contract files and fixtures, to be broken."""
    shutil.copytree(paths.SCHEMAS, tmp_path / "schemas")
    shutil.copytree(paths.FIXTURES, tmp_path / "fixtures")
    return tmp_path


def fault(tree: Path) -> str:
    """What loading the tree complains of."""
    with pytest.raises(CatalogError) as caught:
        load(tree / "schemas", tree / "fixtures", "oc_sandbox")
    return str(caught.value)


def change(tree: Path, old: str, new: str, file: Path = MOVEMENT) -> None:
    """Replace a text in a contract file."""
    text = (tree / "schemas" / file).read_text()
    assert old in text
    (tree / "schemas" / file).write_text(text.replace(old, new, 1))


def test_the_tree_as_it_is_loads(tree: Path) -> None:
    loaded = load(tree / "schemas", tree / "fixtures", "oc_sandbox")
    assert loaded.operations.keys() == catalog().operations.keys()
    assert loaded.webhooks.keys() == catalog().webhooks.keys()


def test_every_contract_file_is_an_operation_or_a_webhook() -> None:
    files = {file.stem for file in paths.SCHEMAS.glob("*/*/*.json") if file.parent.name != "_shared"}
    assert files == {*catalog().operations, *catalog().webhooks}
    assert not catalog().operations.keys() & catalog().webhooks.keys()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"effect": "read"', '"effect": "reed"', "/effect"),
        ('"effect": "read",', "", '"effect" is a required property'),
        ('"summary"', '"sumary"', '"summary" is a required property'),
        ("{", "", "is not JSON"),
        ('"operation": "get_stock_movement"', '"operation": "other"', "the file is called 'get_stock_movement'"),
        ('"longest": "window_too_wide"', '"longest": "no_such_error"', "names the error 'no_such_error'"),
        ('"x-evidence": "documented fields"', '"x-evidence": "documented nowhere"', "no source called 'nowhere'"),
        ('"x-evidence": "documented fields"', '"x-evidence": "certain"', "x-evidence"),
        (', "x-evidence": "documented page-2025"}', "}", "has no x-evidence"),
        ("#/$defs/api_version", "#/$defs/nothing", "leads nowhere"),
        ('"type": "object"', '"type": "objekt"', "objekt"),
    ],
)
def test_a_malformed_contract_file_is_named_with_its_fault(tree: Path, old: str, new: str, said: str) -> None:
    change(tree, old, new)
    told = fault(tree)
    assert str(MOVEMENT) in told
    assert said in told


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"direction": "outgoing",', "", "required property"),
        ('"direction": "outgoing",', '"direction": "outgoing", "path": "/x",', "/path"),
        ('"direction": "outgoing",', '"direction": "outgoing", "effect": "write",', "/effect"),
        ('"taken": [200, 299],', "", '"taken" is a required property'),
        ('"PT30M"', '"half an hour"', "half an hour"),
        ('"payload": {', '"success": {', '"payload" is a required property'),
        ('"errors": {}', '"errors": {"a": {"envelope": "payload", "message": "", "x-evidence": "assumed"}}', "/errors"),
        (', "x-evidence": "assumed query-2025"}', "}", "has no x-evidence"),
    ],
)
def test_a_malformed_contract_file_of_a_webhook_is_named(tree: Path, old: str, new: str, said: str) -> None:
    change(tree, old, new, WEBHOOK)
    told = fault(tree)
    assert str(WEBHOOK) in told
    assert said in told


def test_a_call_to_the_vendor_has_a_path(tree: Path) -> None:
    change(tree, '"path": "/openapi/3pp/inventory/v1/movement",', "")
    assert '"path" is a required property' in fault(tree)


def test_a_webhook_whose_handler_gives_no_data_is_named(tree: Path) -> None:
    outgoing = (tree / "schemas" / WEBHOOK).read_text().replace("outbound_callback_webhook", "get_stock_movement")
    (tree / "schemas" / MOVEMENT).write_text(outgoing)
    assert "get_stock_movement has no function data_of" in fault(tree)


def test_a_contract_file_without_handler_is_named(tree: Path) -> None:
    text = (tree / "schemas" / MOVEMENT).read_text().replace("get_stock_movement", "get_stock_dreams")
    (tree / "schemas/orangeconnex/stock/get_stock_dreams.json").write_text(text)
    told = fault(tree)
    assert (
        "get_stock_dreams.json: its handler, the module oc_sandbox.orangeconnex.stock.get_stock_dreams, is missing"
        in told
    )


def test_a_contract_file_without_fixture_is_named(tree: Path) -> None:
    (tree / "fixtures" / MOVEMENT).unlink()
    told = fault(tree)
    assert f"{MOVEMENT}: its fixture" in told
    assert told.endswith("is missing")


def test_a_fixture_without_contract_file_is_named(tree: Path) -> None:
    shutil.copy(tree / "fixtures" / MOVEMENT, tree / "fixtures/orangeconnex/stock/stray.json")
    assert "stray.json: its contract file" in fault(tree)


def test_all_faults_are_told_at_once(tree: Path) -> None:
    change(tree, '"effect": "read"', '"effect": "reed"')
    change(tree, '"effect": "write"', '"effect": "right"', Path("orangeconnex/outbound/place_outbound_order.json"))
    told = fault(tree)
    assert "get_stock_movement.json" in told
    assert "place_outbound_order.json" in told


def test_no_contract_file_or_fixture_names_a_third_party_or_a_real_looking_person() -> None:
    for file in [*paths.SCHEMAS.rglob("*.json"), *paths.FIXTURES.rglob("*.json")]:
        text = file.read_text().lower()
        for word in ("client-a", "client-b", "github", "postman"):
            assert word not in text, f"{file}: {word}"


HOST = re.compile(r"https?://([^/:\"\s?#]+)")
MAILBOX = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
INVENTED = ("example.com", "invalid", "json-schema.org")


@pytest.mark.parametrize(
    "file", [*paths.SCHEMAS.rglob("*.json"), *paths.FIXTURES.rglob("*.json")], ids=lambda f: f.stem
)
def test_no_link_and_no_mailbox_is_anybodys(file: Path) -> None:
    text = file.read_text()
    hosts = {*HOST.findall(text), *MAILBOX.findall(text)}
    assert not [host for host in hosts if not host.endswith(INVENTED)]


def test_the_demo_sellers_account_number_is_made_up() -> None:
    (seller,) = Sandbox().describe()["sellers"]
    assert re.fullmatch(r"100000\d\d", seller["ocid"])


def longest_lists(node: object) -> list[int]:
    """Every maxItems below a schema."""
    if isinstance(node, dict):
        own = [node["maxItems"]] if isinstance(node.get("maxItems"), int) else []
        return own + [length for child in node.values() for length in longest_lists(child)]
    return [length for child in node for length in longest_lists(child)] if isinstance(node, list) else []


def test_no_list_may_be_longer_than_what_is_looked_at_for_errors() -> None:
    lengths = [
        length for operation in catalog().operations.values() for length in longest_lists(operation.request.schema)
    ]
    assert 50 in lengths
    assert max(lengths) < LIST_LOOKED_AT_FIRST


OPERATIONS = [pytest.param(operation, id=operation.name) for operation in catalog().operations.values()]
WEBHOOKS = [pytest.param(webhook, id=webhook.name) for webhook in catalog().webhooks.values()]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_both_json_schema_libraries_take_the_schemas(operation: Operation) -> None:
    for schema in (operation.request.schema, operation.response):
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("webhook", WEBHOOKS)
def test_both_json_schema_libraries_take_the_schemas_of_a_webhook(webhook: Webhook) -> None:
    for schema in (webhook.request, webhook.response):
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema_rs.validator_for(schema)


@pytest.mark.parametrize("webhook", WEBHOOKS)
def test_a_webhook_is_triggered_by_events_that_there_are(webhook: Webhook) -> None:
    assert {*webhook.triggered_by} <= {*EVENTS, OUTBOUND_CANCELLED}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(-1e6, 1e6) | st.text(max_size=12),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=6), children, max_size=3),
    max_leaves=6,
)


def like(schema: Schema) -> st.SearchStrategy[object]:
    """Values near a schema: its shape, with anything at the leaves."""
    if "properties" in schema:
        shape = st.fixed_dictionaries({}, optional={key: like(child) for key, child in schema["properties"].items()})
        return st.one_of(shape, shape, json_values)
    if "items" in schema:
        return st.one_of(st.lists(like(schema["items"]), max_size=3), json_values)
    return st.one_of(st.sampled_from(["2026-11-20T10:10:10+0800", "2026-11-20+0800", "EX", "1", "12"]), json_values)


@pytest.mark.parametrize("operation", OPERATIONS)
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_the_fast_validator_and_the_reference_validator_agree(operation: Operation, data: st.DataObject) -> None:
    schema = operation.request.schema
    checker = jsonschema.FormatChecker(formats=())
    for name, accepts in formats.CHECKS.items():
        checker.checks(name)(accepts)
    reference = jsonschema.Draft202012Validator(schema, format_checker=checker)
    fast = jsonschema_rs.validator_for(schema, formats=dict(formats.CHECKS), validate_formats=True)
    value = data.draw(like(schema))
    assert fast.is_valid(value) == reference.is_valid(value)


def test_adding_an_operation_takes_three_files(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "source_root" / "other_sandbox"
    shutil.copytree(paths.HANDLERS, package, ignore=shutil.ignore_patterns("__pycache__", "_data"))
    contract = (tree / "schemas" / MOVEMENT).read_text()
    contract = contract.replace("get_stock_movement", "get_stock_echo").replace("v1/movement", "v1/echo")
    (tree / "schemas/orangeconnex/stock/get_stock_echo.json").write_text(contract)
    fixture = (tree / "fixtures" / MOVEMENT).read_text().replace("get_stock_movement", "get_stock_echo")
    (tree / "fixtures/orangeconnex/stock/get_stock_echo.json").write_text(fixture)
    (package / "orangeconnex/stock/get_stock_echo.py").write_text("def handle(request, world):\n    return request\n")
    monkeypatch.syspath_prepend(package.parent)
    loaded = load(tree / "schemas", tree / "fixtures", "other_sandbox")
    found = loaded.find("POST", "/openapi/3pp/inventory/v1/echo")
    assert found is not None
    assert loaded.operations["get_stock_echo"].handle({"a": 1}, None) == {"a": 1}


def add_a_webhook(tree: Path, package: Path, *events: str) -> None:
    """The three files of a second webhook, which tells of these events."""
    name = "sku_callback"
    shutil.copytree(paths.HANDLERS, package, ignore=shutil.ignore_patterns("__pycache__", "_data"))
    contract = (tree / "schemas" / WEBHOOK).read_text().replace("outbound_callback_webhook", name)
    contract = contract.replace('["outbound_order_moves_on", "outbound_order_cancelled"]', json.dumps(events))
    (tree / f"schemas/orangeconnex/webhook/{name}.json").write_text(contract)
    fixture = (tree / "fixtures" / WEBHOOK).read_text().replace("outbound_callback_webhook", name)
    (tree / f"fixtures/orangeconnex/webhook/{name}.json").write_text(fixture)
    (package / f"orangeconnex/webhook/{name}.py").write_text("def data_of(event, world):\n    return event.key\n")


def test_adding_a_webhook_takes_three_files(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_a_webhook(tree, tmp_path / "source_root" / "third_sandbox", "sku_moves_on")
    monkeypatch.syspath_prepend(tmp_path / "source_root")
    loaded = load(tree / "schemas", tree / "fixtures", "third_sandbox")
    assert loaded.webhook_of("orangeconnex", "sku_moves_on") is loaded.webhooks["sku_callback"]
    assert loaded.webhook_of("mercozy", "sku_moves_on") is None


def test_one_event_calls_one_webhook(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_a_webhook(tree, tmp_path / "source_root" / "fourth_sandbox", "outbound_order_cancelled")
    monkeypatch.syspath_prepend(tmp_path / "source_root")
    with pytest.raises(CatalogError, match=r"sku_callback: both are triggered by outbound_order_cancelled"):
        load(tree / "schemas", tree / "fixtures", "fourth_sandbox")
