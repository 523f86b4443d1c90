"""Outbound: days of a seller's orders, and what orders, fees, estimates, snapshot, movements and age say of them."""

from base64 import b64encode
from collections import Counter
from decimal import Decimal
from typing import Any

LAMP, MUG, TOWEL, PUMP = "OC0000250380015", "OC0000250276174", "OC0000250260096", "OC0000029222351"
MONDAY_TO_SUNDAY = {"startTime": "2026-11-23T00:00:00+0800", "endTime": "2026-11-29T23:59:59+0800"}


def an_order(reference: str, *lines: tuple[str, int], **more: Any) -> dict[str, Any]:
    order = {
        "referenceNumber": reference,
        "serviceRegion": "UK",
        "shippingServiceCode": "GBDomStd_RMOnly",
        "consigneeName": "Alex Example",
        "consigneeAddress1": "1 Example Road",
        "consigneeCountryCode": "GB",
        "productList": [{"MFSKUID": sku, "SKUQuantity": quantity} for sku, quantity in lines],
    }
    return order | more


def place(erp: Any, *orders: dict[str, Any]) -> dict[str, str]:
    """Order numbers by the seller's own."""
    placed = erp.ask("place_outbound_order", {"data": orders})
    return {row["referenceNumber"]: row["orderNumber"] for row in placed["data"]}


def cancel(erp: Any, number: str) -> Any:
    return erp.ask(
        "outbound_order_cancellation", {"data": {"orderNumber": number, "cancelTime": "2026-11-23T09:00:00+0800"}}
    )


def found(erp: Any, **query: Any) -> dict[str, Any]:
    """What the order query tells, by the seller's own number."""
    rows = erp.ask("outbound_order_query_v2", {"data": query})["data"]
    return {row["referenceNumber"]: row for row in rows}


def states(erp: Any) -> dict[str, str]:
    """The state of each order of the week that is not the demo's."""
    orders = found(erp, startTime=MONDAY_TO_SUNDAY["startTime"])
    return {reference: row["orderStatus"] for reference, row in orders.items() if not reference.startswith("DEMO")}


def told_fee(order: dict[str, Any]) -> Decimal:
    return sum((Decimal(str(parcel["feeAmount"])) for parcel in order["trackingNumberList"]), Decimal(0))


def charged(erp: Any, **query: Any) -> list[Any]:
    """Every fee of the week, in small pages, as a bookkeeper's script fetches them."""
    rows: list[Any] = []
    for page in range(1, 100):
        asked = MONDAY_TO_SUNDAY | {"pageNumber": page, "pageSize": 3} | query
        got = erp.ask("finance_fee_detail_query", {"data": asked})["data"]
        rows += got["feeList"]
        if len(rows) == got["total"]:
            return rows
    raise AssertionError("the pages have no end")


def by_order(rows: list[Any]) -> dict[str, Decimal]:
    total: dict[str, Decimal] = {}
    for row in rows:
        total[row["orderNumber"]] = total.get(row["orderNumber"], Decimal(0)) + Decimal(str(row["feeAmount"]))
    return total


def estimate(erp: Any, reference: str, *lines: tuple[str, int], ebay: bool = False, **more: Any) -> Any:
    """What a parcel would cost by Royal Mail: asked for, waited for, fetched."""
    parcel = {
        "referenceId": reference,
        "serviceRegion": "UK",
        "consigneeCountryCode": "GB",
        "consigneePostCode": "BN2 5ES",
        "shippingServiceCode": ["GBDomStd_RMOnly"],
        "mfservice": ebay,
        "skuType": True,
        "skuList": [{"skuId": sku, "pieceQuantity": quantity} for sku, quantity in lines],
    }
    assert erp.ask("cost_estimation_request", {"data": parcel | more})["code"] == 0
    assert erp.ask("cost_estimation_response", {"data": {"referenceId": reference}})["code"] != 0  # not ready yet
    erp.advance(seconds=5)
    (row,) = erp.ask("cost_estimation_response", {"data": {"referenceId": reference}})["data"]
    assert erp.ask("sync_freight_estimate", {"data": parcel | more})["data"][0]["ebayFee"] == row["ebayFee"]
    return row["freightTrialChannelResults"][0]


def snapshot(erp: Any, sku: str, region: str) -> Any:
    asked = {"skuList": [{"mfSkuId": sku}], "serviceRegionList": [{"serviceRegion": region}]}
    (row,) = erp.ask("stock_snapshot_v2", {"data": asked})["data"]["SKUList"]
    return row


def moved(erp: Any, sku: str, region: str) -> list[tuple[str, str, str, int, int]]:
    """The week's movements of a SKU: bucket, reason, order, pieces, balance."""
    found = erp.ask("get_stock_movement", {"data": MONDAY_TO_SUNDAY | {"mfSkuList": [{"mfSkuId": sku}]}})["data"]
    return [
        (bucket["inventoryStatus"], row["reason"], row["orderNumber"], row["quantity"], row["actualCount"])
        for one in found
        for place in one["serviceRegionList"]
        if place["serviceRegion"] == region
        for bucket in place["inventoryList"]
        for row in bucket["movementList"]
    ]


def agreed_stock(erp: Any, sku: str, region: str) -> tuple[int, int]:
    """Pieces available and set aside, on which snapshot, movements, age and control plane must agree."""
    row = snapshot(erp, sku, region)
    ends = {bucket: after for bucket, _, _, _, after in moved(erp, sku, region)}
    assert ends == {"AVL": row["available"], "RSVALOC": row["reservedAllocated"]}
    ages = erp.ask("get_stock_age", {"data": {"skuList": [{"mfSkuId": sku}]}})["data"]["SKUList"]
    (age,) = [one for one in ages if one["serviceRegion"] == region]
    assert sum(bracket["quantity"] for bracket in age["ageList"]) == age["available"] == row["available"]
    plane = erp.stock(sku, region)
    assert (plane["available"], plane["allocated"]) == (row["available"], row["reservedAllocated"])
    return row["available"], row["reservedAllocated"]


def test_a_monday_of_orders_one_short_one_stopped_one_lost(erp: Any) -> None:
    # What will it cost? Two parcels, one of them for eBay.
    lamps = estimate(erp, "E-1", (LAMP, 2))
    for_ebay = estimate(erp, "E-2", (LAMP, 1), (TOWEL, 2), ebay=True)

    # A batch of five: the mugs are out of stock, the others are taken on.
    ebay = {"orderPlatform": "eBay", "ebayId": "example-seller", "ebayOrderId": "02-05696-00555"}
    batch = [
        an_order("LAMPS", (LAMP, 2)),
        an_order("MUGS", (LAMP, 1), (MUG, 1)),
        an_order("STOPPED", (LAMP, 5), (TOWEL, 1)),
        an_order("EBAY", (LAMP, 1), (TOWEL, 2), **ebay),
        an_order("LOST", (LAMP, 3)),
    ]
    reply = erp.ask("place_outbound_order", {"data": batch})
    numbers = {row["referenceNumber"]: row["orderNumber"] for row in reply["data"]}
    assert list(numbers) == ["LAMPS", "STOPPED", "EBAY", "LOST"]
    assert [(row["id"], row["code"]) for row in reply["errors"]] == [("MUGS", "400448")]
    assert agreed_stock(erp, LAMP, "UK") == (989, 11)

    # One is stopped while it is still to be picked; a quarter of an hour later nothing can be stopped any more.
    erp.advance(minutes=45)
    assert set(states(erp).values()) == {"Create picking task"}
    assert cancel(erp, numbers["STOPPED"])["success"] is True
    erp.advance(minutes=15)
    refused = cancel(erp, numbers["LAMPS"])
    assert (refused["success"], refused["errors"][0]["code"]) == (False, "400502")

    # The parcels leave. The carrier will lose one.
    erp.advance(hours=3)
    assert states(erp) == {"LAMPS": "Outbound", "STOPPED": "Cancelled", "EBAY": "Outbound", "LOST": "Outbound"}
    trouble = {"order_number": numbers["LOST"], "trouble": "exception"}
    assert erp.http.post(f"{erp.plane}/troubles", json=trouble).json() == trouble | {"status": "shipped"}
    erp.advance(days=3)
    assert states(erp) == {"LAMPS": "Delivered", "STOPPED": "Cancelled", "EBAY": "Delivered", "LOST": "Exception"}

    # To the cent: the estimates, the order query and the fees, which are charged for what has left and nothing else.
    orders = found(erp, referenceNumberList=[{"referenceNumber": reference} for reference in numbers])
    fees = by_order(charged(erp, orderNumberList=[{"orderNumber": number} for number in numbers.values()]))
    assert fees == {numbers[name]: told_fee(orders[name]) for name in ("LAMPS", "EBAY", "LOST")}
    assert orders["STOPPED"]["trackingNumberList"] == []
    assert fees[numbers["LAMPS"]] == Decimal(str(lamps["fulfillmentFee"]))
    assert fees[numbers["EBAY"]] == Decimal(str(for_ebay["fulfillmentFee"]))
    tracked = {parcel["trackingNumber"] for row in orders.values() for parcel in row["trackingNumberList"]}
    assert len(tracked) == 3
    assert all(number.endswith("GB") and len(number) == 13 for number in tracked)

    # To the piece: six lamps are gone, each with its order.
    assert agreed_stock(erp, LAMP, "UK") == (994, 0)
    movements = moved(erp, LAMP, "UK")
    gone = Counter({order: -pieces for _, reason, order, pieces, _ in movements if reason == "OOF"})
    assert gone == {numbers["LAMPS"]: 2, numbers["EBAY"]: 1, numbers["LOST"]: 3}
    assert sum(pieces for _, _, order, pieces, _ in movements if order == numbers["STOPPED"]) == 0


def test_what_comes_after_the_cut_off_of_a_friday_leaves_on_monday(erp: Any) -> None:
    erp.http.put(f"{erp.plane}/assumptions", json={"working_hours": "kept"}).raise_for_status()
    erp.advance(days=4, hours=12, minutes=59)  # Friday, 13:59 in London
    in_time = place(erp, an_order("IN-TIME", (LAMP, 1)))["IN-TIME"]
    erp.advance(minutes=2)
    place(erp, an_order("LATE", (LAMP, 1)), an_order("LATE-AND-STOPPED", (LAMP, 1)))
    erp.advance(hours=4)
    assert states(erp) == {"IN-TIME": "Outbound", "LATE": "Accepted", "LATE-AND-STOPPED": "Accepted"}

    # A weekend's order book: what has left is charged, the rest is only set aside, and can still be stopped.
    assert {row["orderNumber"] for row in charged(erp, startTime="2026-11-27T00:00:00+0800")} == {in_time}
    assert agreed_stock(erp, LAMP, "UK") == (997, 2)
    erp.advance(days=1)
    late = found(erp, referenceNumberList=[{"referenceNumber": "LATE-AND-STOPPED"}])["LATE-AND-STOPPED"]
    assert cancel(erp, late["orderNumber"])["success"] is True

    erp.advance(days=1, hours=10)  # Monday, four in the morning
    assert states(erp) == {"IN-TIME": "In-delivery", "LATE": "Outbound", "LATE-AND-STOPPED": "Cancelled"}
    week = {"startTime": "2026-11-27T00:00:00+0800", "endTime": "2026-12-01T00:00:00+0800"}
    assert len({row["orderNumber"] for row in charged(erp, **week)}) == 2
    assert {row["feeTime"][:10] for row in charged(erp, **week)} == {"2026-11-28", "2026-11-30"}  # +0800 is ahead
    assert (erp.stock(LAMP, "UK")["available"], erp.stock(LAMP, "UK")["allocated"]) == (998, 0)


def test_a_week_across_regions_adds_up_in_each_currency(erp: Any) -> None:
    label = {"carrier": "Hermes", "trackingNumber": "H0001", "labelFile": b64encode(b"%PDF-1.4").decode()}
    placed = place(
        erp,
        an_order("UK-FREIGHT", (LAMP, 70), shippingServiceCode="GBDomesticFreight"),
        an_order("UK-LETTER", (TOWEL, 1), shippingServiceCode="GBDomesticStandardLetter"),
        an_order("DE-1", (LAMP, 4), serviceRegion="DE", shippingServiceCode="DEDomStd_GLSOnly"),
        an_order(
            "DE-GONE", (LAMP, 4), serviceRegion="DE", shippingServiceCode="DEDomesticStandard", remarks="sandbox:failed"
        ),
        an_order(
            "US-1", (LAMP, 1), (PUMP, 2), serviceRegion="US-South", shippingServiceCode="USDomestic_UPSGroundOnly"
        ),
    )
    own = erp.ask("place_third_party_label_order", {"data": [an_order("OWN", (LAMP, 1), **label)]})["data"]
    placed["OWN"] = own[0]["orderNumber"]
    erp.advance(days=5)

    orders = {row["orderNumber"]: row for row in found(erp, startTime=MONDAY_TO_SUNDAY["startTime"]).values()}
    rows = charged(erp)
    ours = [row for row in rows if row["orderNumber"] in placed.values()]
    assert by_order(ours) == {number: told_fee(orders[number]) for name, number in placed.items() if name != "DE-GONE"}
    assert orders[placed["DE-GONE"]]["orderStatus"] == "failed"
    for currency, references in {"GBP": ["UK-FREIGHT", "UK-LETTER", "OWN"], "EUR": ["DE-1"], "USD": ["US-1"]}.items():
        listed = [row for row in ours if row["feeAmountCurrency"] == currency]
        assert {row["referenceNumber"] for row in listed} == set(references)
        told = sum((told_fee(orders[placed[reference]]) for reference in references), Decimal(0))
        assert sum(by_order(listed).values()) == told
    assert [row["feeType"] for row in ours if row["referenceNumber"] == "OWN"] == ["OUTBOUND_HANDLING"]
    handled = {row["MFSKUID"] for row in ours if row["referenceNumber"] == "US-1"}
    assert handled == {"", LAMP, PUMP}
    assert agreed_stock(erp, LAMP, "DE") == (496, 0)
    times = [row["feeTime"] for row in rows]
    assert times == sorted(times)
