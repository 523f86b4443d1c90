"""Returns: what buyers send back, from the submission to the shelf, and what every endpoint then says of it."""

from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from papers import barcodes, words

LAMP, CASE = "OC0000250380015", "OC0000012220012"
CONSIGNEE = {
    "consigneeName": "Alex Example",
    "consigneeAddress1": "1 Example Road",
    "consigneeCountryCode": "GB",
    "serviceRegion": "UK",
    "shippingServiceCode": "GBDomStd_RMOnly",
}
WEEK = {"startTime": "2026-11-23T09:00:00+0800", "endTime": "2026-11-29T23:59:59+0800"}


def sell(erp: Any, reference: str, sku: str, pieces: int) -> str:
    """An order that is shipped and delivered; its number."""
    order = {"referenceNumber": reference, **CONSIGNEE, "productList": [{"MFSKUID": sku, "SKUQuantity": pieces}]}
    placed = erp.ask("place_outbound_order", {"data": [order]})
    erp.advance(days=3, hours=5)
    number: str = placed["data"][0]["orderNumber"]
    found = erp.ask("outbound_order_query_v2", {"data": {"orderNumberList": [{"orderNumber": number}]}})
    assert found["data"][0]["orderStatus"] == "Delivered"
    return number


def submit(erp: Any, reference: str, outbound: str, *products: dict[str, Any]) -> Any:
    order = {"referenceNumber": reference, "serviceRegion": "UK", "outboundOrderNumber": outbound}
    return erp.ask("returns_erp_submit_order", {"messageId": "1", "data": order | {"productList": list(products)}})


def orders(erp: Any, **filters: Any) -> Any:
    """The returns that the list has, page after page."""
    rows: list[Any] = []
    page = 0
    while True:
        page += 1
        result = erp.ask("returns_query_orders", pageNumber=str(page), pageSize="2", **filters)["result"]
        rows += result["orderList"]
        if not result["hasNextPage"]:
            return rows


def sellable(erp: Any) -> tuple[Any, ...]:
    """What snapshot, movements, control plane and stock age say of the lamp in the UK."""
    asked = {"skuList": [{"mfSkuId": LAMP}], "serviceRegionList": [{"serviceRegion": "UK"}]}
    (row,) = erp.ask("stock_snapshot_v2", {"data": asked | {"pageNumber": 1, "pageSize": 200}})["data"]["SKUList"]
    window = WEEK | {"mfSkuList": [{"mfSkuId": LAMP}]}
    moved = erp.ask("get_stock_movement", {"data": window, "timestamp": 0})["data"]
    aged = erp.ask("get_stock_age", {"data": asked | {"pageNumber": 1, "pageSize": 200}})["data"]["SKUList"]
    of_any_age = [sum(bracket["quantity"] for bracket in line["ageList"]) for line in aged]
    return row, moved, erp.stock(LAMP, "UK"), of_any_age


def test_two_lamps_come_back_and_one_is_something_else(erp: Any) -> None:
    sale = sell(erp, "S-1", LAMP, 3)
    before = sellable(erp)
    assert before[0]["available"] == before[2]["available"] == before[3][0] == 997
    submitted = submit(erp, "RMA-1", sale, {"mfSkuId": LAMP, "quantity": 1}, {"quantity": 1})
    number = submitted["result"]["orderNumber"]

    # The buyer waits for a label, which takes ten minutes; the shop prints it.
    early = erp.ask("returns_get_label", orderNumber=number)
    assert (early["success"], early["errorCode"]) == (False, "400534")
    (accepted,) = [event for event in erp.advance(minutes=10) if event["key"] == number]
    assert accepted["event"] == "return_order_moves_on"
    label = erp.ask("returns_get_label", orderNumber=number)["result"]
    pdf = erp.http.get(urlsplit(label["labelUrl"]).path).content
    assert barcodes(pdf) == [("Code128", label["trackingNumber"])]
    assert number in words(pdf)
    (row,) = orders(erp, orderNumber=number)
    assert (row["orderStatus"], row["trackingNumber"]) == ("Accepted", label["trackingNumber"])

    # The buyer posts it with another carrier all the same, and then it is too late to call it off.
    told = {"orderNumber": number, "carrier": "Evri", "trackingNumber": "H00EXAMPLE0001"}
    assert erp.ask("returns_cancel_or_track", {"data": told})["success"] is True
    erp.advance(days=1)
    (row,) = orders(erp, orderStatus="In transit", referenceNumber="RMA-1")
    assert (row["carrier"], row["trackingNumber"]) == ("Evri", "H00EXAMPLE0001")
    assert erp.ask("returns_cancel_or_track", {"data": {"orderNumber": number}})["errorCode"] == "400532"

    # It arrives, and is put away half a day later, piece by piece.
    erp.advance(days=3)
    (row,) = orders(erp, orderNumber=number)
    assert (row["orderStatus"], row["productList"][0]["uniqueIdList"]) == ("Arrived", [])
    erp.advance(hours=12)
    (row,) = orders(erp, orderNumber=number)
    named, nameless = (line["uniqueIdList"] for line in row["productList"])
    asked = {"uniqueIdList": [*named, *nameless], "serviceType": "SKU", "pageNumber": 1, "pageSize": 20}
    stock = erp.ask("returns_query_stock", {"data": asked})["result"]
    assert (stock["successCount"], stock["failedList"]) == (2, [])
    assert [piece["mfSkuId"] for piece in stock["inventoryList"]] == [LAMP, ""]
    assert {piece["putAwayTime"] for piece in stock["inventoryList"]} == {row["updateTime"]}
    assert {piece["warehouseCode"] for piece in stock["inventoryList"]} == {row["warehouseCode"]} == {"UK01"}

    # Somebody looks: the nameless piece is a phone case.
    linked = erp.ask("returns_link_sku", {"data": {"uniqueIdList": nameless, "mfSkuId": CASE}})["result"]
    assert (linked["successCount"], linked["failedCount"]) == (1, 0)
    stock = erp.ask("returns_query_stock", {"data": asked})["result"]
    assert Counter(piece["mfSkuId"] for piece in stock["inventoryList"]) == {LAMP: 1, CASE: 1}
    assert [piece["available"] for piece in stock["inventoryList"]] == [1, 1]

    # One of the three pieces sold is still out. And nothing that came back is for sale.
    assert submit(erp, "RMA-2", sale, {"mfSkuId": LAMP, "quantity": 2})["errorCode"] == "400561"
    assert submit(erp, "RMA-2", sale, {"mfSkuId": LAMP, "quantity": 1})["success"] is True
    assert sellable(erp) == before


def test_a_buyer_who_changes_his_mind(erp: Any) -> None:
    sale = sell(erp, "S-1", LAMP, 1)
    first = submit(erp, "RMA-1", sale, {"mfSkuId": LAMP, "quantity": 1})["result"]["orderNumber"]
    assert submit(erp, "RMA-2", sale, {"mfSkuId": LAMP, "quantity": 1})["errorCode"] == "400561"
    erp.advance(hours=2)
    cancelled = erp.ask("returns_cancel_or_track", {"data": {"orderNumber": first}})["result"]
    assert cancelled["orderStatus"] == "Cancelled"
    assert erp.ask("returns_get_label", orderNumber=first)["errorCode"] == "400531"

    second = submit(erp, "RMA-2", sale, {"mfSkuId": LAMP, "quantity": 1})["result"]["orderNumber"]
    erp.advance(days=5)
    statuses = {row["orderNumber"]: row["orderStatus"] for row in orders(erp, **WEEK)}
    assert statuses == {first: "Cancelled", second: "Put away"}
    assert [row["orderNumber"] for row in orders(erp, orderStatus="Cancelled")] == [first]
    ids = [unique_id for row in orders(erp) for line in row["productList"] for unique_id in line["uniqueIdList"]]
    found = erp.ask("returns_query_stock", {"data": {"uniqueIdList": ids, "pageSize": 200}})["result"]
    assert (found["successCount"], found["failedCount"]) == (len(ids), 0)
    put_away = [row for row in orders(erp) if row["orderStatus"] == "Put away"]
    assert len(ids) == sum(line["quantity"] for row in put_away for line in row["productList"])


def test_the_returns_of_one_integrator_are_not_anothers(erp: Any) -> None:
    sale = sell(erp, "S-1", LAMP, 1)
    number = submit(erp, "RMA-1", sale, {"mfSkuId": LAMP, "quantity": 1})["result"]["orderNumber"]
    other = type(erp)(erp.http)
    assert orders(other, orderNumber=number) == []
    assert submit(other, "RMA-1", sale, {"mfSkuId": LAMP, "quantity": 1})["errorCode"] == "400539"
    erp.advance(days=5)
    ids = [line["uniqueIdList"] for line in orders(erp, orderNumber=number)[0]["productList"]]
    hidden = other.ask("returns_query_stock", {"data": {"uniqueIdList": ids[0]}})["result"]
    assert hidden["failedList"] == ids[0]
