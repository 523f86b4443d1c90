"""Two worlds of one server do not differ, whatever they hold; each true difference is named by its place."""

from collections import Counter
from typing import Any

import pytest
from oc_contract.cases import cases_of
from oc_contract.differing import Comparing
from oc_contract.drifting import Uncompared, drift
from oc_contract.memories import Names, Side
from oc_contract.parts import left_out
from oc_contract.scenes import Scene
from oc_contract.targets import Answer, InProcess, Request
from oc_sandbox.catalog import catalog
from other_world import OtherWorld, names

OPERATIONS = [each for each in catalog().operations.values() if not left_out(each)]
MOVEMENTS = "/data/*/serviceRegionList/*/inventoryList/*/movementList/*"


def every(node: Any, key: str) -> list[Any]:
    """All objects in a reply that have a key."""
    if isinstance(node, dict):
        return [*([node] if key in node else []), *(found for value in node.values() for found in every(value, key))]
    return [found for value in node for found in every(value, key)] if isinstance(node, list) else []


def lived() -> InProcess:
    """The demo world, in which somebody has placed an order lately."""
    target = InProcess()
    scene = Scene(target)
    scene.ask_draft(scene.draft(catalog().operations["place_outbound_order"]))
    return target


def renamed(key: str, new: str) -> Any:
    return lambda row: row.update({new: row.pop(key)})


def said(key: str, new: Any) -> Any:
    return lambda row: row.update({key: new(row[key]) if callable(new) else new})


# By name: the operation, the key of the objects that are changed, the change, and the place that is named.
DIFFERENCES = {
    "a renamed key": (
        "get_stock_movement",
        "moventmentID",
        renamed("moventmentID", "movementID"),
        f"{MOVEMENTS}/movementID",
    ),
    "a number as text": ("stock_snapshot_v2", "available", said("available", str), "/data/SKUList/*/available"),
    "a date with a colon in its zone": (
        "get_stock_movement",
        "updateTime",
        said("updateTime", lambda text: f"{text[:-2]}:{text[-2:]}"),
        f"{MOVEMENTS}/updateTime",
    ),
    "a date of the run's order with a space": (
        "outbound_order_query_v2",
        "orderCreationTime",
        said("orderCreationTime", lambda text: text.replace("T", " ")),
        "/data/*/orderCreationTime",
    ),
    "another message": ("stock_snapshot_v2", "code", said("message", "OK"), "/message"),
    "another code": ("stock_snapshot_v2", "errors", said("code", 9), "/code"),
    "another code of an error": (
        "stock_snapshot_v2",
        "errors",
        lambda body: body["errors"][0].update(code="E1"),
        "/errors/0/code",
    ),
    "a field that is missing": (
        "stock_snapshot_v2",
        "inTransit",
        lambda row: row.pop("inTransit"),
        "/data/SKUList/*/inTransit",
    ),
    "a field that is missing in one row": (
        "list_products",
        "isActive",
        lambda row: row.pop("isActive") if row["id"] == "p-2004" else None,
        "/data/*/isActive",
    ),
    "null for an empty text": (
        "returns_query_orders",
        "outboundOrderNumber",
        said("outboundOrderNumber", lambda text: text or None),
        "/result/orderList/*/outboundOrderNumber",
    ),
    "a key more": ("sku_query_v3", "SKUNameList", said("colour", "red"), "/data/*/colour"),
    "a word that is not listed": (
        "list_stock_movements",
        "movementType",
        said("movementType", str.lower),
        "/data/*/movementType",
    ),
    "texts for the vendor's codes": ("get_stock_movement", "reason", said("reason", "Adjusted"), f"{MOVEMENTS}/reason"),
    "an id that was not sent": ("get_stock_age", "messageId", said("messageId", "123"), "/messageId"),
    "a reference that was not sent": (
        "place_outbound_order",
        "referenceNumber",
        said("referenceNumber", str.lower),
        "/data/*/referenceNumber",
    ),
    "a quantity that was not sent": (
        "query_vas_order_detail",
        "SKUQuantity",
        said("SKUQuantity", lambda pieces: pieces + 1),
        "/data/*/productList/*/SKUQuantity",
    ),
    "a movement of the run's order with the other sign": (
        "get_stock_movement",
        "moventmentID",
        said("quantity", lambda pieces: -pieces),
        f"{MOVEMENTS}/quantity",
    ),
    "another state of the run's order": (
        "outbound_order_query_v2",
        "orderStatus",
        said("orderStatus", "Accepted"),
        "/data/*/orderStatus",
    ),
    "no order of the run's": ("outbound_order_query_v2", "data", said("data", []), "/data"),
    "another SKU than was asked for": (
        "get_stock_age",
        "MFSKUID",
        said("MFSKUID", "OC0000871200011"),
        "/data/SKUList/*/MFSKUID",
    ),
}


@pytest.mark.parametrize("group", sorted({each.group for each in OPERATIONS}))
def test_two_worlds_do_not_differ(group: str) -> None:
    operations = [each for each in OPERATIONS if each.group == group]
    found = drift(lived(), OtherWorld(), operations)
    assert [(each.operation.name, each.case.name, each.at, each.one, each.other) for each in found] == []


def test_the_other_world_is_another() -> None:
    told = set(names()) & set(names().values())
    assert told == set()
    assert OtherWorld().sandbox.stock() != InProcess().sandbox.stock()


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_true_difference_between_two_worlds_is_named(name: str) -> None:
    operation, key, change, at = DIFFERENCES[name]

    def changed(asked: str, body: Any) -> Any:
        for row in every(body, key) if asked == operation else ():
            change(row)
        return body

    operations = [catalog().operations[name] for name in dict.fromkeys(("place_outbound_order", operation))]
    found = [each for each in drift(lived(), OtherWorld(changed), operations) if each.at == at]
    assert found
    assert {each.operation.name for each in found} == {operation}
    assert all(each.one != each.other for each in found)
    assert found[0].case.name in {case.name for case in cases_of(catalog().operations[operation])}


def differing(operation: str, one: Any, other: Any) -> list[Any]:
    comparing = Comparing(catalog().operations[operation], Side(), Side(), Names(), told=True)
    return [*comparing.bodies(one, other)]


def test_how_many_records_a_world_has_is_its_own_matter_and_how_many_errors_is_not() -> None:
    assert differing("sku_query_v3", {"data": [{"MFSKUID": "1"}], "errors": []}, {"data": [], "errors": [1]}) == [
        ("/errors", "<0 entries>", "<1 entries>")
    ]


def test_null_is_a_worlds_own_where_the_contract_lets_it_be() -> None:
    one, other = {"brand": None, "name": "a"}, {"brand": "b", "name": None}
    assert differing("get_product", {"data": one}, {"data": other}) == [("/data/name", "a", None)]


def test_what_a_run_could_not_make_at_one_server_is_not_missed_there() -> None:
    names = ("create_product", "create_stock_movement", "list_stock_movements")
    uncompared = Uncompared()
    found = drift(InProcess(), InProcess(seed="empty"), [catalog().operations[name] for name in names], uncompared)
    assert [(each.operation.name, each.at) for each in found] == []
    assert uncompared["list_stock_movements", "/data"] == "only one has records"
    assert uncompared["create_stock_movement", ""] == "list_inventory names no warehouse; the kit needs one"


def test_lists_that_are_empty_at_both_are_not_said_to_be_compared() -> None:
    uncompared = Uncompared()
    assert list(drift(InProcess(), InProcess(), [catalog().operations["get_stock_movement"]], uncompared)) == []
    assert uncompared == {("get_stock_movement", ""): "", ("get_stock_movement", "/data"): "neither has records"}


@pytest.mark.parametrize("body", [b"<html>", b"[]"], ids=["a page for people", "a list"])
def test_a_reply_that_cannot_be_read_is_told_and_ends_nothing(body: bytes) -> None:
    class Broken(InProcess):
        def send(self, request: Request) -> Answer:
            answer = super().send(request)
            return answer._replace(body=body) if request.operation == "place_outbound_order" else answer

    uncompared = Uncompared()
    names = ("place_outbound_order", "outbound_order_query_v2")
    found = list(drift(InProcess(), Broken(), [catalog().operations[name] for name in names], uncompared))
    assert {each.operation.name for each in found} == {"place_outbound_order"}
    told = "HTTP 200 with a body that is no JSON object"
    assert uncompared["outbound_order_query_v2", ""] == f"a good place_outbound_order was not taken: {told}"


@pytest.mark.parametrize("broken", ["renamed", "no JSON"])
def test_a_call_at_which_one_server_lets_the_run_come_no_further_is_compared(broken: str) -> None:
    class Other(InProcess):
        def send(self, request: Request) -> Answer:
            answer = super().send(request)
            if request.operation != "stock_snapshot_v2":
                return answer
            renamed_ = answer.body.replace(b'"available"', b'"availableQty"')
            return answer._replace(body=renamed_ if broken == "renamed" else b"<html>")

    operations = [catalog().operations[name] for name in ("place_outbound_order", "get_stock_age", "stock_snapshot_v2")]
    found = [(each.operation.name, each.case.name, each.at) for each in drift(InProcess(), Other(), operations)]
    places = {"renamed": ["/data/SKUList/*/available", "/data/SKUList/*/availableQty"], "no JSON": [""]}[broken]
    assert found == [("stock_snapshot_v2", "a good request", at) for at in places]


def test_a_place_is_told_once_of_a_case() -> None:
    def changed(asked: str, body: Any) -> Any:
        for row in every(body, "moventmentID"):
            row["quantity"] = -row["quantity"]
        return body

    operations = [catalog().operations[name] for name in ("place_outbound_order", "get_stock_movement")]
    found = Counter((each.case.name, each.at) for each in drift(InProcess(), OtherWorld(changed), operations))
    assert set(found.values()) == {1}


@pytest.mark.parametrize(
    ("operation", "kind"), [("get_inventory", "stocked_product"), ("returns_get_label", "labelled_return")]
)
def test_what_a_world_lacks_is_not_asked_for_by_the_samples_name(operation: str, kind: str) -> None:
    uncompared = Uncompared()
    assert list(drift(InProcess(), InProcess(seed="empty"), [catalog().operations[operation]], uncompared)) == []
    assert f"names no {kind}" in uncompared[operation, ""]
