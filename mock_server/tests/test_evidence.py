"""Evidence is honest: a grade covers what its sources say, and no more."""

from typing import Any

import pytest
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Api, Operation, Webhook, graded

OPERATIONS = [pytest.param(operation, id=operation.name) for operation in catalog().operations.values()]
WEBHOOKS = [pytest.param(webhook, id=webhook.name) for webhook in catalog().webhooks.values()]
FILES = [*OPERATIONS, *WEBHOOKS, *(pytest.param(api, id=api.name) for api in catalog().apis.values())]


@pytest.mark.parametrize("file", FILES)
def test_a_fact_of_the_vendors_says_nothing_of_the_sandbox(file: Operation | Webhook | Api) -> None:
    vendors = [row["fact"] for row in file.document["facts"] if not row["x-evidence"].startswith("assumed")]
    assert not [fact for fact in vendors if "sandbox" in fact.lower()]


@pytest.mark.parametrize("file", FILES)
def test_every_source_bears_a_fact(file: Operation | Webhook | Api) -> None:
    used = {source for _, evidence in graded(file.document, "") for source in evidence.split()[1:]}
    if file.name in ("get_product", "list_products", "create_stock_movement", "list_stock_movements"):
        used.add("page")  # named by the shared parts
    assert used == file.document["sources"].keys()


@pytest.mark.parametrize("file", FILES)
def test_an_error_whose_why_owns_up_to_a_guess_is_assumed(file: Operation | Webhook | Api) -> None:
    rows: dict[str, Any] = {**file.document["errors"], **file.document["envelopes"]}
    ours = {name: row["x-evidence"] for name, row in rows.items() if "are ours" in row.get("why", "")}
    assert not [name for name, evidence in ours.items() if not evidence.startswith("assumed")]


@pytest.mark.parametrize("name", ["get_service_list", "inbound_order_detail_query", "outbound_order_cancellation"])
def test_the_keys_that_a_page_lists_for_refusals_are_in_the_contract(name: str) -> None:
    keys = catalog().operations[name].response["properties"]
    for key in ("success", "errors"):
        assert keys[key]["x-evidence"].startswith("documented")
    assert keys["errors"]["items"]["properties"].keys() == {"code", "id", "message"}


def test_required_flags_of_the_cancellation_are_the_pages() -> None:
    data = catalog().operations["outbound_order_cancellation"].request.schema["properties"]["data"]
    assert data["required"] == ["cancelTime", "orderNumber"]
    assert data["x-evidence"] == "documented page"


def test_the_states_of_outbound_orders_are_those_of_the_erp_that_showed_them() -> None:
    states = catalog().apis["orangeconnex"].document["vocabulary"]["outbound_statuses"].values()
    assert {state["x-evidence"] for state in states} == {"observed erp"}
