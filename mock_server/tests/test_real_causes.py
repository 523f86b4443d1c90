"""The real causes of those errors that no test beside a handler and no exchange of a fixture reaches."""

import pytest
from calls import answer
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation
from oc_sandbox.samples import call_of

BY_CLIENT = [
    pytest.param(operation, id=operation.name)
    for operation in catalog().operations.values()
    if "client_id" in operation.auth
]


@pytest.mark.parametrize("operation", BY_CLIENT)
def test_a_wrong_secret_is_refused_wherever_a_client_is_named(operation: Operation) -> None:
    sandbox = Sandbox()
    good = call_of(operation, sandbox.sample(operation.name))
    sandbox.send(good._replace(headers={**good.headers, "authorization": "Basic b3RoZXI6c2VjcmV0"}))
    (entry,) = sandbox.journal.since()
    assert entry.errors == ("client_secret_wrong",)


OWN = {"skuId": "MUG", "pieceQuantity": 1, "weight": 600, "height": 10, "length": 10, "width": 10}


@pytest.mark.parametrize(
    ("error", "sku"),
    [
        ("packaging_odd", {"length": 0}),
        ("packaging_unmatched", {"length": 120.5}),
        ("service_unavailable", {"weight": 1_000_000}),
    ],
)
def test_a_result_that_is_fetched_later_tells_why_a_parcel_cannot_go(error: str, sku: dict[str, float]) -> None:
    sandbox = Sandbox(clock="manual")
    parcel = {"consigneeCountryCode": "DE", "consigneePostCode": "10115", "referenceId": "r-1", "serviceRegion": "DE"}
    answer(sandbox, "cost_estimation_request", {"data": {**parcel, "skuList": [{**OWN, **sku}]}})
    sandbox.advance(seconds=60)
    answer(sandbox, "cost_estimation_response", {"data": {"referenceId": "r-1"}})
    entry = list(sandbox.journal.since())[-1]
    assert set(entry.errors) == {error}


def test_a_code_of_the_returns_folder_expires() -> None:
    sandbox = Sandbox(clock="manual")
    operation = catalog().operations["returns_auth_access_token"]
    good = call_of(operation, sandbox.sample(operation.name))
    sandbox.advance(seconds=600)
    sandbox.send(good)
    (entry,) = sandbox.journal.since()
    assert entry.errors == ("code_expired",)
