"""Value-added service: boxes get new labels before a sale, and every endpoint knows where they are meanwhile."""

from typing import Any

PUMP, REGION = "OC0000029222351", "US-South"
ALL = 640
BUCKETS = ("available", "reservedVAS", "reservedAllocated")


def snapshot(erp: Any) -> tuple[int, ...]:
    """Available, in service, allocated; the control plane must say the same."""
    asked = {"pageNumber": 1, "pageSize": 200, "skuList": [{"mfSkuId": PUMP}]}
    (row,) = erp.ask("stock_snapshot_v2", {"data": asked})["data"]["SKUList"]
    told = erp.stock(PUMP, REGION)
    figures = tuple(row[name] for name in BUCKETS)
    assert figures == (told["available"], told["in_value_added_service"], told["allocated"])
    return figures


def aged(erp: Any) -> dict[str, int]:
    """How many available pieces are of which age; together they are those of the snapshot."""
    asked = {"pageNumber": 1, "pageSize": 200, "skuList": [{"mfSkuId": PUMP}]}
    (row,) = erp.ask("get_stock_age", {"data": asked})["data"]["SKUList"]
    ages = {age["age"]: age["quantity"] for age in row["ageList"] if age["quantity"]}
    assert sum(ages.values()) == row["available"] == snapshot(erp)[0]
    return ages


def moved(erp: Any, number: str) -> list[tuple[str, str, int, int]]:
    """Bucket, reason, change and balance of an order's movements, bucket by bucket."""
    (sku,) = erp.ask("get_stock_movement", {"data": {"mfSkuList": [{"mfSkuId": PUMP}]}})["data"]
    (region,) = sku["serviceRegionList"]
    return [
        (bucket["inventoryStatus"], line["reason"], line["quantity"], line["actualCount"])
        for bucket in region["inventoryList"]
        for line in bucket["movementList"]
        if line.get("orderNumber") == number
    ]


def relabel(erp: Any, reference: str, pieces: int) -> Any:
    order = {
        "referenceNumber": reference,
        "serviceRegion": REGION,
        "serviceType": "LABELLING",
        "remarks": "Cover the old bar code.",
        "productList": [{"MFSKUID": PUMP, "SKUQuantity": pieces}],
    }
    return erp.ask("place_vas_order", {"data": [order]})


def sell(erp: Any, pieces: int) -> Any:
    order = {
        "referenceNumber": f"SALE-{pieces}",
        "serviceRegion": REGION,
        "shippingServiceCode": "USDomesticStandard",
        "consigneeName": "Alex Example",
        "consigneeAddress1": "1 Example Road",
        "consigneeCountryCode": "US",
        "productList": [{"MFSKUID": PUMP, "SKUQuantity": pieces}],
    }
    return erp.ask("place_outbound_order", {"data": [order]})


def told(erp: Any, *references: str) -> list[tuple[str, int]]:
    """State and pieces done of the seller's orders."""
    orders = erp.ask("query_vas_order_detail", {"data": {"referenceNumberList": references}})["data"]
    return [(order["orderStatus"], order["productList"][0]["completedQuantity"]) for order in orders]


def stop(erp: Any, number: str) -> Any:
    return erp.ask("cancel_vas_order", {"data": {"orderNumber": number, "cancelReason": "plans changed"}})


def test_boxes_are_relabelled_before_they_are_sold(erp: Any) -> None:
    number = relabel(erp, "RELABEL-1", 600)["data"][0]["orderNumber"]
    assert snapshot(erp) == (40, 600, 0)
    assert aged(erp) == {"0-30": 40}
    # What is at the labelling table cannot be promised to anybody.
    assert sell(erp, 41)["errors"][0]["code"] == relabel(erp, "RELABEL-2", 41)["errors"][0]["code"] == "400448"
    assert sell(erp, 40)["code"] == 0
    assert snapshot(erp) == (0, 600, 40)

    erp.advance(hours=5)  # the forty have left, and the labels are being stuck on
    assert snapshot(erp) == (0, 600, 0)
    assert told(erp, "RELABEL-1") == [("In progress", 0)]
    assert stop(erp, number)["errors"][0]["code"] == "400547"

    happened = erp.advance(days=2)
    assert [event["event"] for event in happened if event["key"] == number] == ["vas_order_moves_on"]
    assert told(erp, "RELABEL-1") == [("Completed", 600)]
    assert snapshot(erp) == (600, 0, 0)
    assert aged(erp) == {"31-60": 600}  # in the warehouse for 32 days, labels or not
    assert moved(erp, number) == [
        ("AVL", "VOS", -600, 40),
        ("AVL", "VOF", 600, 600),
        ("RSVVAS", "VOS", 600, 600),
        ("RSVVAS", "VOF", -600, 0),
    ]
    assert sell(erp, 600)["code"] == 0
    assert snapshot(erp) == (0, 0, 600)


def test_a_labelling_that_is_stopped_in_time_leaves_the_stock_as_it_was(erp: Any) -> None:
    kept, stopped = (relabel(erp, name, 100)["data"][0]["orderNumber"] for name in ("KEPT", "STOPPED"))
    erp.advance(hours=4)
    assert told(erp, "KEPT", "STOPPED") == [("Accepted", 0), ("Accepted", 0)]
    assert stop(erp, stopped)["code"] == 0
    assert snapshot(erp) == (ALL - 100, 100, 0)
    assert aged(erp) == {"0-30": ALL - 100}
    assert moved(erp, stopped) == [
        ("AVL", "VOS", -100, ALL - 200),
        ("AVL", "VOC", 100, ALL - 100),
        ("RSVVAS", "VOS", 100, 200),
        ("RSVVAS", "VOC", -100, 100),
    ]
    assert relabel(erp, "STOPPED", 1)["errors"][0]["code"] == "400540"

    erp.advance(days=3)
    assert told(erp, "KEPT", "STOPPED") == [("Completed", 100), ("Cancelled", 0)]
    assert [line[1] for line in moved(erp, kept)] == ["VOS", "VOF", "VOS", "VOF"]
    assert snapshot(erp) == (ALL, 0, 0)
