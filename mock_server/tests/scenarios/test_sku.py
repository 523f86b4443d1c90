"""SKU: an article's whole life, from the draft to the parcel, and what every endpoint says of it on the way."""

from collections import Counter
from typing import Any

from papers import barcodes, words

CENTER = {"serviceRegion": "UK", "domesticServiceList": [{"shippingServiceCode": "GBDomStd_RMOnly"}]}
BUCKETS = {"AVL": "available", "INTRAN": "inTransit", "RCVD": "received", "RSVALOC": "reservedAllocated"}


def made(erp: Any, reference: str, name: str) -> str:
    """The id of a new SKU."""
    sku = {
        "referenceSKUID": reference,
        "SKUNameList": [{"SKUName": name, "languageCode": "en-US"}],
        "countryOfOrigin": "CN",
        "serviceRegionList": [{"serviceRegion": "UK"}],
    }
    (row,) = erp.ask("sku_creation_v3", {"data": [sku]})["data"]
    assert row["referenceSKUID"] == reference
    return str(row["MFSKUID"])


def the_sku(erp: Any, code: str) -> Any:
    """What the SKU query says of it."""
    (row,) = erp.ask("sku_query_v3", {"data": {"mfskulist": [{"mfskuid": code}]}})["data"]
    return row


def set_up(erp: Any, code: str) -> Any:
    return erp.ask("sku_setup_ef_service", {"data": [{"MFSKUID": code, "fulfillmentCenterList": [CENTER]}]})


def told(erp: Any, code: str) -> Any:
    """The EF services of a SKU."""
    return erp.ask("query_sku_ef_service", {"data": {"mfskulist": [{"mfskuid": code}]}})["data"]


def announced(erp: Any, code: str, number: str, *pieces: int) -> Any:
    """The reply to an inbound order by truck, with so many pieces in each carton."""
    cartons = [{"productList": [{"MFSKUID": code, "quantity": count}]} for count in pieces]
    order = {"sellerInboundNumber": number, "serviceRegion": "UK", "shippingFrom": "CN", "shippingMethod": "TK"}
    return erp.ask("place_inbound_order", {"data": order | {"ETA": "2026-12-01+0800", "cartonList": cartons}})


def ordered(erp: Any, code: str, reference: str, pieces: int) -> Any:
    """The reply to an outbound order."""
    order = {
        "referenceNumber": reference,
        "serviceRegion": "UK",
        "shippingServiceCode": "GBDomStd_RMOnly",
        "consigneeName": "Alex Example",
        "consigneeAddress1": "1 Example Road",
        "consigneeCountryCode": "GB",
        "productList": [{"MFSKUID": code, "SKUQuantity": pieces}],
    }
    return erp.ask("place_outbound_order", {"data": [order]})


def moved(erp: Any, code: str, *weeks: tuple[str, str]) -> Counter[str]:
    """What the movements of several windows leave in each bucket."""
    left: Counter[str] = Counter()
    for start, end in weeks:
        window = {"startTime": f"{start}T00:00:00+0800", "endTime": f"{end}T00:00:00+0800"}
        for sku in erp.ask("get_stock_movement", {"data": window | {"mfSkuList": [{"mfSkuId": code}]}})["data"]:
            assert (sku["MFSKUID"], [row["serviceRegion"] for row in sku["serviceRegionList"]]) == (code, ["UK"])
            for bucket in sku["serviceRegionList"][0]["inventoryList"]:
                for movement in bucket["movementList"]:
                    left[BUCKETS[bucket["inventoryStatus"]]] += movement["quantity"]
    return left


def agreed_stock(erp: Any, code: str, *weeks: tuple[str, str]) -> dict[str, int]:
    """The SKU's buckets that are not empty; every endpoint for stock must say the same."""
    everything = {"skuList": [{"mfSkuId": code}], "pageNumber": 1, "pageSize": 200}
    (row,) = erp.ask("stock_snapshot_v2", {"data": everything})["data"]["SKUList"]
    stock = {name: pieces for name, pieces in row.items() if isinstance(pieces, int) and pieces}
    plane = erp.stock(code, "UK")
    assert (row["serviceRegion"], sum(plane.values())) == ("UK", sum(stock.values()))
    assert plane["available"] == row["available"]
    assert {name: pieces for name, pieces in moved(erp, code, *weeks).items() if pieces} == stock
    aged = erp.ask("get_stock_age", {"data": everything})["data"]["SKUList"]
    assert sum(age["quantity"] for line in aged for age in line["ageList"]) == row["available"]
    return stock


WEEK_1, WEEK_2 = ("2026-11-23", "2026-11-30"), ("2026-11-30", "2026-12-05")


def test_an_article_from_its_draft_to_its_parcel(erp: Any) -> None:
    # Monday morning: the ERP sends a new article. It has an id and a label, and may do nothing yet.
    code = made(erp, "TEAPOT-1", "Teapot")
    assert the_sku(erp, code)["status"] == "Draft"
    (label,) = erp.ask("sku_label", {"data": {"mfskulist": [{"mfskuid": code}]}})["data"]
    assert announced(erp, code, "IN-7", 1)["errors"][0]["message"] == f"商品:{code} 未审核通过"
    assert set_up(erp, code)["errors"][0]["message"] == f"商品:{code} 未审核通过"
    assert told(erp, code) == []

    # Tuesday: the warehouse has reviewed it, and the seller sets the service up.
    steps = [event for event in erp.advance(hours=25) if event["key"] == code]
    assert [event["at"][:16] for event in steps] == ["2026-11-23T02:00", "2026-11-24T02:00"]
    assert the_sku(erp, code)["status"] == "Reviewed"
    assert set_up(erp, code)["data"] == [{"MFSKUID": code, "referenceSKUID": "TEAPOT-1"}]
    service = told(erp, code)
    assert [row["fulfillmentCenterList"] for row in service] == [[CENTER]]

    # 41 pieces in two cartons go on their way, each piece with its label: what a scanner reads is what orders name.
    number = announced(erp, code, "IN-7", 25, 16)["data"]["inboundNumber"]
    printed = erp.http.get(label["labelURL"]).content
    assert barcodes(printed) == [("Code128", code)]
    assert "Teapot" in words(printed)
    inbound = {"inboundOrderList": [{"inboundOrder": number}]}
    (papers,) = erp.ask("inbound_label_query", {"data": inbound})["data"]["inboundOrderList"]
    assert code in words(erp.http.get(papers["packingListURL"]).content)
    assert agreed_stock(erp, code, WEEK_1) == {"inTransit": 41}
    assert ordered(erp, code, "R-1", 3)["errors"][0]["code"] == "400448"

    # A week later they arrive, and a day after that all are on the shelf.
    erp.advance(days=7)
    assert agreed_stock(erp, code, WEEK_1, WEEK_2) == {"received": 41}
    erp.advance(days=1)
    assert agreed_stock(erp, code, WEEK_1, WEEK_2) == {"available": 41}
    listed = {"startTime": "2026-11-30T00:00:00+0800", "endTime": "2026-12-03T00:00:00+0800"}
    (order,) = erp.ask("inbound_order_list_query", {"data": listed})["data"]["inboundOrderList"]
    assert (order["inboundNumber"], order["status"]) == (number, "Put away")
    assert (order["SKUQuantity"], order["putawayQuantity"]) == (41, 41)
    (order,) = erp.ask("inbound_order_detail_query", {"data": inbound | listed})["data"]["inboundOrderList"]
    assert order["SKUList"] == [{"MFSKUID": code, "sellerSKUID": "TEAPOT-1", "skuquantity": 41}]

    # It sells: set aside at once, out of the door in the afternoon.
    (sold,) = ordered(erp, code, "R-1", 3)["data"]
    assert agreed_stock(erp, code, WEEK_1, WEEK_2) == {"available": 38, "reservedAllocated": 3}
    erp.advance(hours=5)
    assert agreed_stock(erp, code, WEEK_1, WEEK_2) == {"available": 38}
    wanted = {"orderNumberList": [{"orderNumber": sold["orderNumber"]}]}
    (parcel,) = erp.ask("outbound_order_query_v2", {"data": wanted})["data"]
    assert parcel["orderStatus"] == "Outbound"
    (tracking,) = parcel["trackingNumberList"]
    assert [(row["MFSKUID"], row["SKUQuantity"]) for row in tracking["SKUList"]] == [(code, 3)]

    # Through all of it the article stayed what it was.
    assert told(erp, code) == service
    assert the_sku(erp, code)["status"] == "Reviewed"
    assert erp.http.get(label["labelURL"]).content == printed


def test_an_erp_that_asks_each_morning_what_has_changed(erp: Any) -> None:
    def changed(day: str) -> list[str]:
        window = {"startTime": f"{day}+0800", "endTime": f"{day}+0800"}
        return [f"{row['MFSKUID']} {row['status']}" for row in erp.ask("sku_query_v3", {"data": window})["data"]]

    cup, pot = made(erp, "CUP", "Cup"), made(erp, "POT", "Pot")
    assert changed("2026-11-23") == [f"{cup} Draft", f"{pot} Draft"]
    erp.advance(days=1, hours=1)
    assert (changed("2026-11-23"), changed("2026-11-24")) == ([], [f"{cup} Reviewed", f"{pot} Reviewed"])
    erp.advance(days=1)
    assert set_up(erp, pot)["code"] == 0
    assert (changed("2026-11-24"), changed("2026-11-25")) == ([f"{cup} Reviewed"], [f"{pot} Reviewed"])
    assert [row["referenceSKUID"] for row in told(erp, pot)] == ["POT"]
