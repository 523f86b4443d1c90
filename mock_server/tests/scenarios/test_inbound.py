"""Inbound: goods by truck and by express, from the carton label to the sale, and what every endpoint says of them."""

from collections import Counter
from typing import Any

from papers import barcodes, words

HOSE, CONNECTORS = "OC0000255606056", "OC0000255604014"
BUCKETS = {
    "AVL": "available",
    "INTRAN": "inTransit",
    "RCVD": "received",
    "RSVALOC": "reservedAllocated",
    "SUSPEND": "suspend",
}
WEEKS = [("2026-11-23", "2026-11-30"), ("2026-11-30", "2026-12-07")]


def announced(erp: Any, number: str, method: str, *cartons: dict[str, int], **more: Any) -> str:
    """OrangeConnex's number of a fresh order for Germany."""
    order = {
        "sellerInboundNumber": number,
        "serviceRegion": "DE",
        "shippingFrom": "CN",
        "shippingMethod": method,
        "ETA": "2026-11-30+0800",
        "cartonList": [
            {
                "sellerCartonNumber": f"{number}-C{place}",
                "productList": [{"MFSKUID": code, "quantity": str(pieces)} for code, pieces in carton.items()],
            }
            for place, carton in enumerate(cartons, 1)
        ],
    }
    return str(erp.ask("place_inbound_order", {"data": order | more})["data"]["inboundNumber"])


def detail(erp: Any, number: str) -> Any:
    """The order as the detail query tells it."""
    (row,) = erp.ask("inbound_order_detail_query", {"data": {"inboundNumberList": [number]}})["data"][
        "inboundOrderList"
    ]
    return row


def lines(erp: Any, *codes: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Every movement of two weeks in Germany: SKU, bucket and line, the oldest of a bucket first."""
    found = []
    for start, end in WEEKS:
        window = {"startTime": f"{start}T00:00:00+0800", "endTime": f"{end}T00:00:00+0800"}
        asked = window | {"mfSkuList": [{"mfSkuId": code} for code in codes]}
        for sku in erp.ask("get_stock_movement", {"data": asked})["data"]:
            (region,) = [row for row in sku["serviceRegionList"] if row["serviceRegion"] == "DE"]
            for bucket in region["inventoryList"]:
                found += [(sku["MFSKUID"], BUCKETS[bucket["inventoryStatus"]], line) for line in bucket["movementList"]]
    return found


def of_order(erp: Any, number: str, bucket: str) -> list[dict[str, Any]]:
    """The lines that an inbound order has written in a bucket."""
    moved = lines(erp, HOSE, CONNECTORS)
    return [line for _, where, line in moved if where == bucket and line.get("orderNumber") == number]


def everything_agrees(erp: Any, *numbers: str) -> dict[str, dict[str, int]]:
    """What is in Germany, by SKU and bucket; snapshot, movements, age, control plane, list and detail must agree."""
    page = {"serviceRegionList": [{"serviceRegion": "DE"}], "pageNumber": 1, "pageSize": 200}
    page |= {"skuList": [{"mfSkuId": HOSE}, {"mfSkuId": CONNECTORS}]}
    snapshot = erp.ask("stock_snapshot_v2", {"data": page})["data"]["SKUList"]
    stock = {row["MFSKUID"]: {name: row[name] for name in BUCKETS.values()} for row in snapshot}
    for row in snapshot:
        plane = erp.stock(row["MFSKUID"], "DE")
        assert [plane[name] for name in ("available", "in_transit", "received", "allocated", "suspended")] == list(
            {name: row[name] for name in BUCKETS.values()}.values()
        )
    moved = lines(erp, HOSE, CONNECTORS)
    running: dict[tuple[str, str], int] = {}
    for code, bucket, line in moved:
        before = running.get((code, bucket), line["actualCount"] - line["quantity"])
        assert line["actualCount"] == before + line["quantity"]
        running[code, bucket] = line["actualCount"]
    assert all(stock[code][bucket] == pieces for (code, bucket), pieces in running.items())
    ids = [line["moventmentID"] for _, _, line in moved]
    assert len(set(ids)) == len(ids)
    for row in erp.ask("get_stock_age", {"data": page})["data"]["SKUList"]:
        assert sum(age["quantity"] for age in row["ageList"]) == stock[row["MFSKUID"]]["available"]
    listed: dict[str, Any] = {}
    for start, end in WEEKS:
        window = {"startTime": f"{start}T00:00:00+0800", "endTime": f"{end}T00:00:00+0800"}
        rows = erp.ask("inbound_order_list_query", {"data": window})["data"]["inboundOrderList"]
        listed |= {row["inboundNumber"]: row for row in rows}
    for number in numbers:
        row, order = listed[number], detail(erp, number)
        assert (row["status"], row["sellerinboundNumber"]) == (order["status"], order["sellerinboundNumber"])
        assert row["SKUQuantity"] == sum(sku["skuquantity"] for sku in order["SKUList"])
        assert row["putawayQuantity"] == sum(line["quantity"] for line in of_order(erp, number, "available"))
    return stock


def change(now: dict[str, dict[str, int]], before: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """What is more or less than before, by SKU and bucket."""
    changes: dict[str, dict[str, int]] = {}
    for code, buckets in now.items():
        more = Counter(buckets)
        more.subtract(before[code])
        changes[code] = {name: pieces for name, pieces in more.items() if pieces}
    return changes


def test_a_container_that_customs_hold_and_a_parcel_that_overtakes_it(erp: Any) -> None:
    before = everything_agrees(erp)

    # Monday: a container by truck from the port, for which customs want papers, and a parcel by express.
    cartons = {HOSE: 30}, {CONNECTORS: 121}
    truck = announced(erp, "SEA-1", "TK", *cartons, transportMethod="OF", needClearanceDoc=True)
    express = announced(erp, "AIR-1", "EX", {HOSE: 9}, transportMethod="AF")
    under_way = {HOSE: {"inTransit": 39}, CONNECTORS: {"inTransit": 121}}
    assert change(everything_agrees(erp, truck, express), before) == under_way

    # The labels go onto the cartons; a scanner at the gate reads the order and the carton's place in it.
    asked = {"inboundOrderList": [{"inboundOrder": truck}, {"inboundOrder": express}]}
    papers = erp.ask("inbound_label_query", {"data": asked})["data"]["inboundOrderList"]
    labels = [erp.http.get(carton["labelURL"]).content for row in papers for carton in row["cartonList"]]
    assert [barcodes(label) for label in labels] == [
        [("Code128", f"{truck}-1")],
        [("Code128", f"{truck}-2")],
        [("Code128", f"{express}-1")],
    ]
    assert f"{CONNECTORS} x 121" in words(labels[1])
    assert "SEA-1-C2" in words(labels[1])

    # The parcel has a tracking number, the truck has none and takes none.
    parcel = [{"trackingNumber": "DPD0001", "carrier": "DPD", "cartonNumber": "AIR-1-C1"}]
    upload = {"inboundNumber": express, "referenceNumber": "AIR-1", "trackingList": parcel}
    assert erp.ask("upload_tracking_no", {"data": upload})["code"] == 0
    refused = erp.ask("upload_tracking_no", {"data": upload | {"inboundNumber": truck}})
    assert refused["errors"][0]["message"] == f"入库单:{truck} 不是快递入库单"
    assert [row["trackingNumber"] for row in detail(erp, express)["trackingList"]] == ["DPD0001"]

    # Tuesday: the truck has its appointment; the invoice that went to customs was none.
    erp.advance(days=1)
    assert detail(erp, truck)["bookingNumber"]
    assert "batchList" not in detail(erp, truck)
    invoice = {"fileType": "IN", "fileName": "invoice.pdf", "file": "see attachment"}
    papers = {"inboundNumber": truck, "fileList": [invoice]}
    assert erp.ask("upload_clearance_doc", {"data": papers})["code"] == 0
    erp.advance(hours=2)
    (file,) = detail(erp, truck)["fileList"]
    assert (file["verifyStatus"], bool(file["failReason"])) == ("Rejected", True)

    # The next Monday the parcel is there. The container is not: customs wait.
    happened = {event["key"]: event["state"] for event in erp.advance(days=6)}
    assert (happened[truck], happened[express]) == ("held_by_customs", "arrived")
    assert [detail(erp, number)["status"] for number in (truck, express)] == ["Not arrived", "Arrived"]
    now = everything_agrees(erp, truck, express)
    assert change(now, before) == {HOSE: {"inTransit": 30, "received": 9}, CONNECTORS: {"inTransit": 121}}

    # The right invoice goes out. Two hours later it is approved, and the container at the gate at once.
    papers["fileList"] = [invoice | {"file": "https://shop.example.com/invoice.pdf"}]
    assert erp.ask("upload_clearance_doc", {"data": papers})["code"] == 0
    erp.advance(hours=2)
    assert [file["verifyStatus"] for file in detail(erp, truck)["fileList"]] == ["Approved"]
    (batch,) = detail(erp, truck)["batchList"]
    received = of_order(erp, truck, "received")
    assert [(line["quantity"], line["reason"]) for line in received] == [(30, "IOS"), (121, "IOS")]
    assert {line["updateTime"] for line in received} == {"2026-11-30T13:00:00+0800"}
    assert batch["arrivalTime"] == 1_796_014_800_000

    # By the evening half of each line is on the shelf, in bursts of small steps.
    erp.advance(hours=12)
    assert detail(erp, truck)["status"] == "Partially Put away"
    shelved = of_order(erp, truck, "available")
    assert Counter(line["quantity"] for line in shelved) == {4: 15 + 3, 3: 1}
    assert {(line["reason"], line["updateTime"]) for line in shelved} == {("PAC", "2026-12-01T01:00:00+0800")}
    half = {HOSE: {"available": 15 + 4, "received": 15 + 5}, CONNECTORS: {"available": 60, "received": 61}}
    assert change(everything_agrees(erp, truck, express), before) == half

    # A day later all of it is, and it sells; four connectors turn out to be wet, and are frozen.
    erp.advance(hours=12)
    assert [detail(erp, number)["status"] for number in (truck, express)] == ["Put away", "Put away"]
    order = {
        "referenceNumber": "R-1",
        "serviceRegion": "DE",
        "shippingServiceCode": "DEDomesticStandard",
        "consigneeName": "Alex Example",
        "consigneeAddress1": "1 Example Road",
        "consigneeCountryCode": "DE",
        "productList": [{"MFSKUID": HOSE, "SKUQuantity": 20}, {"MFSKUID": CONNECTORS, "SKUQuantity": 100}],
    }
    assert erp.ask("place_outbound_order", {"data": [order]})["code"] == 0
    wet = {"mf_sku_id": CONNECTORS, "service_region": "DE", "suspended": 4, "reason": "frozen"}
    erp.http.put(f"{erp.plane}/stock", json={"stock": [wet]}).raise_for_status()
    assert change(everything_agrees(erp, truck, express), before) == {
        HOSE: {"available": 39 - 20, "reservedAllocated": 20},
        CONNECTORS: {"available": 121 - 100 - 4, "reservedAllocated": 100, "suspend": 4},
    }
    erp.advance(hours=5)
    wet["suspended"] = 1
    erp.http.put(f"{erp.plane}/stock", json={"stock": [wet]}).raise_for_status()
    assert change(everything_agrees(erp, truck, express), before) == {
        HOSE: {"available": 39 - 20},
        CONNECTORS: {"available": 121 - 100 - 1, "suspend": 1},
    }


def test_an_erp_in_a_hurry_lets_each_step_happen_now(erp: Any) -> None:
    def step(event: str, key: str) -> str:
        moved = erp.http.post(f"{erp.plane}/events", json={"event": event, "key": key})
        assert moved.status_code == 200, moved.text
        return str(moved.json()["happened"][0]["state"])

    before = everything_agrees(erp)
    number = announced(erp, "NOW-1", "TK", {HOSE: 10})
    assert [step("inbound_order_moves_on", number) for _ in range(3)] == ["arrived", "partly_put_away", "put_away"]
    assert change(everything_agrees(erp, number), before) == {HOSE: {"available": 10}, CONNECTORS: {}}
    assert [line["quantity"] for line in of_order(erp, number, "available")] == [4, 1, 4, 1]
    (batch,) = detail(erp, number)["batchList"]
    assert batch["arrivalTime"] == 1_795_395_600_000

    over = erp.http.post(f"{erp.plane}/events", json={"event": "inbound_order_moves_on", "key": number})
    assert (over.status_code, "not planned" in over.json()["error"]) == (409, True)
    assert number not in {event["key"] for event in erp.advance(days=20)}
