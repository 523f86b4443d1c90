"""PlaceInboundOrder: what the handler decides, and what becomes of the goods."""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from oc_sandbox import Sandbox

Send = Callable[..., Any]

HOSE, CONNECTORS = "OC0000255606056", "OC0000255604014"


def an_order(*products: tuple[str, Any], **changes: Any) -> dict[str, Any]:
    """An order to DE with each product in a carton of its own."""
    cartons = [{"productList": [{"mfskuid": code, "quantity": quantity}]} for code, quantity in products]
    order = {
        "sellerInboundNumber": "IN-1",
        "serviceRegion": "DE",
        "shippingFrom": "CN",
        "shippingMethod": "EX",
        "eta": "2026-12-01+0800",
        "cartonList": cartons or [{"productList": [{"mfskuid": HOSE, "quantity": 10}]}],
    }
    return {"data": order | changes}


def stock_of(sandbox: Sandbox, code: str) -> dict[str, int]:
    row = next(row for row in sandbox.stock() if (row["mf_sku_id"], row["service_region"]) == (code, "DE"))
    return {name: row[name] for name in ("available", "in_transit", "received")}


def test_the_goods_are_in_transit_until_they_arrive_and_are_put_away_by_halves(send: Send) -> None:
    sandbox = Sandbox(clock="manual")
    assert send("place_inbound_order", an_order((HOSE, 7)), to=sandbox)["code"] == 0
    assert stock_of(sandbox, HOSE) == {"available": 80, "in_transit": 7, "received": 0}
    sandbox.advance(days=7)
    assert stock_of(sandbox, HOSE) == {"available": 80, "in_transit": 0, "received": 7}
    sandbox.advance(hours=12)
    assert stock_of(sandbox, HOSE) == {"available": 83, "in_transit": 0, "received": 4}
    sandbox.advance(hours=12)
    assert stock_of(sandbox, HOSE) == {"available": 87, "in_transit": 0, "received": 0}


def test_each_product_row_writes_one_movement_that_bears_the_order_s_number(send: Send, sandbox: Sandbox) -> None:
    number = send("place_inbound_order", an_order((HOSE, "4"), (CONNECTORS, 5.0), (HOSE, 6)))["data"]["inboundNumber"]
    found = send("get_stock_movement", {"data": {"mfSkuList": [{"mfSkuId": HOSE}, {"mfSkuId": CONNECTORS}]}})["data"]
    movements = [
        (sku["MFSKUID"], bucket["inventoryStatus"], row["quantity"], row["reason"], row["orderNumber"])
        for sku in found
        for bucket in sku["serviceRegionList"][0]["inventoryList"]
        for row in bucket["movementList"]
    ]
    assert movements == [
        (HOSE, "INTRAN", 4, "IOS", number),
        (HOSE, "INTRAN", 6, "IOS", number),
        (CONNECTORS, "INTRAN", 5, "IOS", number),
    ]


@pytest.mark.parametrize(("region", "country"), [("DE", "DE"), ("UK", "GB"), ("US-South", "US"), ("AU-MEL", "AU")])
def test_the_number_bears_the_country_of_the_region(send: Send, region: str, country: str) -> None:
    assert send("place_inbound_order", an_order(serviceRegion=region))["data"]["inboundNumber"][:6] == f"OCI5{country}"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"serviceRegion": "US"}, "400481"),
        ({"cartonList": [{"productList": [{"mfskuid": "OC1", "quantity": 1}]}]}, "400482"),
        ({"serviceRegion": "US", "cartonList": [{"productList": [{"mfskuid": "OC1", "quantity": 1}]}]}, "400481"),
    ],
)
def test_a_refused_order_moves_nothing_and_takes_no_number(
    send: Send, sandbox: Sandbox, changes: Any, code: str
) -> None:
    before = sandbox.stock()
    reply = send("place_inbound_order", an_order(**changes))
    assert (reply["code"], reply["success"], reply["errors"][0]["code"]) == (4, False, code)
    assert sandbox.stock() == before
    assert send("place_inbound_order", an_order())["data"]["inboundNumber"] == "OCI5DE09000001"


def test_one_unfit_sku_among_good_ones_refuses_the_order(send: Send, sandbox: Sandbox) -> None:
    draft = send("sku_creation_v3", {"data": [{"referenceSKUID": "A"}]})["data"][0]["MFSKUID"]
    reply = send("place_inbound_order", an_order((HOSE, 1), (draft, 1)))
    assert reply["errors"] == [{"code": "400483", "message": f"商品:{draft} 未审核通过"}]
    assert stock_of(sandbox, HOSE)["in_transit"] == 0


def test_a_day_of_arrival_long_past_is_no_fault(send: Send) -> None:
    sandbox = Sandbox(clock="manual", now=datetime(2026, 3, 1, tzinfo=timezone.utc))
    assert send("place_inbound_order", an_order(eta="2022-11-08+0800"), to=sandbox)["code"] == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"sellerInboundNumber": ""},
        {"sellerInboundNumber": 1},
        {"shippingFrom": "CHN"},
        {"shippingMethod": "SEA"},
        {"shippingMethod": None},
        {"transportMethod": "RL"},
        {"eta": "2026-12-01"},
        {"eta": "2026-13-01+0800"},
        {"vat": 22313},
        {"cartonList": []},
        {"cartonList": [{"productList": []}]},
        {"cartonList": [None]},
        *(
            {"cartonList": [{"productList": [{"mfskuid": HOSE, "quantity": quantity}]}]}
            for quantity in (0, -1, 1.5, 1e29, "0", "-1", "1e3", "", "٣", "9" * 5000, "0" * 5000 + "1", True, None, [])
        ),
    ],
    ids=lambda changes: str(changes)[:70],
)
def test_an_order_that_breaks_its_schema_is_a_parameter_error(send: Send, changes: Any) -> None:
    assert send("place_inbound_order", an_order(**changes))["code"] == 3
