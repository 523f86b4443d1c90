"""Upload TrackingNo: what the handler decides, and what the detail query then shows."""

from collections.abc import Callable
from typing import Any

import pytest
from oc_sandbox import Sandbox

Send = Callable[..., Any]

EXPRESS, TRUCK = "OCI5DE00000103", "OCI4DE06746410"


def parcel(number: Any, **more: Any) -> dict[str, Any]:
    return {"trackingNumber": number, **more}


def upload(send: Send, order: Any, *parcels: Any, **changes: Any) -> Any:
    data = {"inboundNumber": order, "referenceNumber": "ANY", "trackingList": list(parcels)}
    return send("upload_tracking_no", {"data": data | changes})


def shown(send: Send, order: str) -> Any:
    reply = send("inbound_order_detail_query", {"data": {"inboundNumberList": [order]}})
    return reply["data"]["inboundOrderList"][0]["trackingList"]


def an_express_order(send: Send, *cartons: dict[str, str]) -> str:
    product = {"mfskuid": "OC0000255606056", "quantity": 1}
    order = {
        "sellerInboundNumber": "NEW",
        "serviceRegion": "DE",
        "shippingFrom": "CN",
        "shippingMethod": "EX",
        "eta": "2026-12-01+0800",
        "cartonList": [{**carton, "productList": [product]} for carton in cartons],
    }
    return str(send("place_inbound_order", {"data": order})["data"]["inboundNumber"])


def test_the_detail_query_shows_the_parcels_in_the_order_of_their_upload(send: Send) -> None:
    assert upload(send, EXPRESS, parcel("B", carrier="DPD (DE)", cartonNumber="1"), parcel("A"))["code"] == 0
    assert upload(send, EXPRESS, parcel("C", carrier="", cartonNumber=""))["code"] == 0
    assert shown(send, EXPRESS) == [
        {"carrier": "DPD (DE)", "cartonNumber": "1", "trackingNumber": "B"},
        {"carrier": "", "trackingNumber": "A"},
        {"carrier": "", "trackingNumber": "C"},
    ]
    assert shown(send, "OCI5GB00000104") == []


def test_a_repeated_upload_changes_nothing_and_a_corrected_one_keeps_its_place(send: Send) -> None:
    upload(send, EXPRESS, parcel("A", carrier="DPD"), parcel("B", carrier="DPD"))
    before = shown(send, EXPRESS)
    upload(send, EXPRESS, parcel("A", carrier="DPD"), parcel("B", carrier="DPD"))
    assert shown(send, EXPRESS) == before
    upload(send, EXPRESS, parcel("A", carrier="GLS"))
    assert [(row["trackingNumber"], row["carrier"]) for row in shown(send, EXPRESS)] == [("A", "GLS"), ("B", "DPD")]


@pytest.mark.parametrize("carton", ["C01", "S-1", "2", "S-2"])
def test_a_carton_is_known_by_its_number_the_sellers_or_its_place(send: Send, carton: str) -> None:
    order = an_express_order(
        send, {"cartonNumber": "C01", "sellerCartonNumber": "S-1"}, {"cartonNumber": "", "sellerCartonNumber": "S-2"}
    )
    assert upload(send, order, parcel("A", cartonNumber=carton))["code"] == 0
    assert shown(send, order)[0]["cartonNumber"] == carton


@pytest.mark.parametrize(
    ("order", "parcels", "code"),
    [
        ("OCI5DE00000001", [parcel("A", cartonNumber="nowhere")], "400484"),
        ("DEMO-IN-3", [parcel("A")], "400484"),
        ("{x}\x00😀", [parcel("A")], "400484"),
        (TRUCK, [parcel("A", cartonNumber="nowhere")], "400485"),
        (EXPRESS, [parcel("A"), parcel("B", cartonNumber="nowhere")], "400486"),
        (EXPRESS, [parcel("B", cartonNumber="{}\x00")], "400486"),
    ],
)
def test_a_refused_upload_leaves_nothing_behind(
    send: Send, sandbox: Sandbox, order: str, parcels: Any, code: str
) -> None:
    reply = upload(send, order, *parcels)
    assert (reply["code"], reply["success"], reply["errors"][0]["code"]) == (4, False, code)
    assert shown(send, EXPRESS) == shown(send, TRUCK) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"inboundNumber": ""}, "400002"),
        ({"inboundNumber": "x" * 101}, "400004"),
        ({"inboundNumber": 5}, "400003"),
        ({"referenceNumber": ""}, "400002"),
        ({"referenceNumber": "x" * 51}, "400004"),
        ({"referenceNumber": None}, "400002"),
        ({"trackingList": []}, "400002"),
        ({"trackingList": [{}]}, "400002"),
        ({"trackingList": [None]}, "400003"),
        ({"trackingList": [parcel("")]}, "400002"),
        ({"trackingList": [parcel(1e29)]}, "400003"),
        ({"trackingList": [parcel("x" * 101)]}, "400004"),
        ({"trackingList": [parcel("A", carrier=["DPD"])]}, "400003"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_an_upload_that_breaks_its_schema_is_a_parameter_error(send: Send, changes: Any, code: str) -> None:
    reply = upload(send, EXPRESS, parcel("A"), **changes)
    assert (reply["code"], reply["errors"][0]["code"]) == (3, code)
