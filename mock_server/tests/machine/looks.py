"""What must be true at every moment: every list tells what the books say, and all endpoints agree on the stock."""

import hashlib
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable
from typing import Any

from machine import books
from machine.books import Book, Inbound, Outbound, Return, Shelf, Vas, epoch, stamp
from machine.shop import Shop

WINDOW_S = 7 * books.DAY_S
FILES = {
    "base64": (b64encode(b"%PDF-1.4 invoice").decode(), "sha256:" + hashlib.sha256(b"%PDF-1.4 invoice").hexdigest()),
    "address": ("https://shop.example.com/files/ce.pdf", "https://shop.example.com/files/ce.pdf"),
    "junk": ("not base64!", "sha256:" + hashlib.sha256(b"not base64!").hexdigest()),
}
"""Customs files: as they are uploaded, and as they are told of. Only the last cannot be read."""
REVIEW_S = 7200


def look(shop: Shop, ids: set[str]) -> None:
    """Everything that one seller can see."""
    assert not shop.book.to_cancel
    look_at_skus(shop)
    look_at_outbound(shop, ids)
    look_at_inbound(shop)
    look_at_vas(shop)
    look_at_returns(shop, ids)
    look_at_stock(shop)


def paged(shop: Shop, operation: str, query: dict[str, Any], size: int, *, by: tuple[str, str], rows: str = "") -> Any:
    """All pages of a list, one after the other; none but the last is short, and behind the last is nothing."""
    found: list[Any] = []
    for page in range(1, 1000):
        data = shop.told(operation, {**query, by[0]: page, by[1]: size})
        got = data[rows] if rows else data
        found += got
        if len(got) < size:
            after = shop.told(operation, {**query, by[0]: page + 1, by[1]: size})
            assert (after[rows] if rows else after) == []
            return found
        assert len(got) == size
    raise AssertionError("the pages have no end")


def look_at_skus(shop: Shop) -> None:
    """The catalogue, and what is set up of it."""
    book = shop.book
    expected = [
        {
            "MFSKUID": sku.number,
            "referenceSKUID": sku.reference,
            "sellerSKUID": sku.reference,
            "status": sku.status,
            **sku.shown,
        }
        for sku in book.skus.values()
    ]
    assert shop.told("sku_query_v3", {}) == expected
    book.shown["skus"] = {row["MFSKUID"]: row for row in expected}
    set_up = [
        {"MFSKUID": sku.number, "referenceSKUID": sku.reference, **sku.ef_service}
        for sku in book.skus.values()
        if sku.ef_service
    ]
    assert shop.told("query_sku_ef_service", {}) == set_up
    book.shown["ef"] = {row["MFSKUID"]: row for row in set_up}


def outbound_row(order: Outbound) -> dict[str, Any]:
    """What the query tells of an order, but for its parcel."""
    return {
        "orderNumber": order.number,
        "autoFulfillmentEF": False,
        "orderCreationTime": stamp(order.created_s),
        "referenceNumber": order.reference,
        "serviceRegion": order.region,
        "orderStatus": order.status,
    }


def in_time(orders: Any) -> list[Any]:
    """Orders as lists have them: in the order of their creation, and of their numbers where that is the same."""
    return sorted(orders, key=lambda order: (order.created_s, order.number))


def look_at_outbound(shop: Shop, ids: set[str]) -> None:
    """Orders to ship. A parcel comes into being when it is packed, and never changes."""
    book = shop.book
    if not book.outbound:
        return
    named = {"orderNumberList": [{"orderNumber": number} for number in book.outbound]}
    rows = shop.told("outbound_order_query_v2", named)
    book.shown["outbound"] = {row["orderNumber"]: row for row in rows}
    for row, order in zip(rows, in_time(book.outbound.values()), strict=True):
        assert {name: value for name, value in row.items() if name != "trackingNumberList"} == outbound_row(order)
        assert len(row["trackingNumberList"]) == (order.status in books.PARCELLED)
        for parcel in row["trackingNumberList"]:
            if order.parcel is None:
                _check_new_parcel(order, parcel, ids)
                order.parcel = parcel
            assert parcel == order.parcel


def _check_new_parcel(order: Outbound, parcel: Any, ids: set[str]) -> None:
    pieces = [(row["MFSKUID"], row["SKUQuantity"]) for row in parcel["SKUList"]]
    assert (parcel["orderNumber"], tuple(pieces)) == (order.number, order.lines)
    assert parcel["feeAmount"] > 0
    # Carriers are told apart by name: that is what returns' labels have.
    if order.own is not None:
        assert (parcel["LMCarrierCode"], parcel["LMCarrierName"]) == (order.own[0], order.own[0])
        assert parcel["trackingNumber"] == order.own[1]
    else:
        note_id(ids, f"{parcel['LMCarrierName']} {parcel['trackingNumber']}")


def note_id(ids: set[str], text: str) -> str:
    """An id that was never given before, to nobody and for nothing."""
    assert text not in ids, f"{text} was given before"
    ids.add(text)
    return text


def inbound_row(order: Inbound, book: Book, now_s: int) -> dict[str, Any]:
    """What the detail query tells of an order, but for its arrival."""
    return {
        "SKUList": [
            {"MFSKUID": sku, "sellerSKUID": book.skus[sku].reference, "skuquantity": quantity}
            for sku, quantity in order.pieces.items()
        ],
        "fileList": [_file_row(key, *file, now_s) for key, file in order.files.items()],
        "inboundNumber": order.number,
        "sellerinboundNumber": order.reference,
        "status": order.status,
        "trackingList": list(order.trackings.values()),
    }


def _file_row(key: tuple[str, str], told: str, readable: bool, at_s: int, now_s: int) -> dict[str, Any]:
    status = "Under review" if now_s < at_s + REVIEW_S else ("Approved" if readable else "Rejected")
    reason = "The file is neither base64 nor an http address." if status == "Rejected" else ""
    return {"failReason": reason, "file": told, "fileName": key[1], "fileType": key[0], "verifyStatus": status}


APPOINTMENT_S = 86400


def look_at_inbound(shop: Shop) -> None:
    """Announced goods, with parcels and customs files."""
    book, now_s = shop.book, shop.now_s()
    rows = shop.told("inbound_order_detail_query", {})["inboundOrderList"]
    book.shown["inbound"] = {row["inboundNumber"]: row for row in rows}
    for row, order in zip(rows, book.inbound.values(), strict=True):
        arrival = {name: row[name] for name in ("asnList", "batchList", "bookingNumber") if name in row}
        assert {name: value for name, value in row.items() if name not in arrival} == inbound_row(order, book, now_s)
        by_truck = order.method == "TK"
        arrived = by_truck and order.status != "Not arrived"
        booked = by_truck and (arrived or now_s >= order.created_s + APPOINTMENT_S)
        assert arrival.keys() == ({"bookingNumber", "asnList"} if booked else set()) | (
            {"batchList"} if arrived else set()
        )
        if arrived and order.steps:
            assert arrival["batchList"][0]["arrivalTime"] == order.steps[0] * 1000


def vas_row(order: Vas, book: Book) -> dict[str, Any]:
    """What the query tells of an order of value-added service."""
    done = order.status == "Completed"
    return {
        "orderNumber": order.number,
        "orderCreationTime": stamp(order.created_s),
        "orderStatus": order.status,
        "productList": [
            {
                "MFSKUID": sku,
                "sellerSKUID": book.skus[sku].reference,
                "SKUQuantity": quantity,
                "completedQuantity": quantity if done else 0,
            }
            for sku, quantity in order.lines
        ],
        "referenceNumber": order.reference,
        "remarks": order.remarks,
        "serviceRegion": order.region,
        "serviceType": order.service,
        "updateTime": stamp(order.changed_s),
    }


def look_at_vas(shop: Shop) -> None:
    """Orders of value-added service."""
    numbers = list(shop.book.vas)
    for first in range(0, len(numbers), 50):
        some = numbers[first : first + 50]
        rows = shop.told("query_vas_order_detail", {"orderNumberList": some})
        assert rows == [vas_row(shop.book.vas[number], shop.book) for number in some]
        shop.book.shown["vas"].update(zip(some, rows, strict=True))


def return_row(order: Return, unique_ids: Any) -> dict[str, Any]:
    """What the list tells of a return, but for its parcel."""
    return {
        "orderNumber": order.number,
        "referenceNumber": order.reference,
        "outboundOrderNumber": order.outbound,
        "orderStatus": order.status,
        "serviceRegion": order.region,
        "createTime": stamp(order.created_s),
        "updateTime": stamp(order.changed_s),
        "productList": [
            {"mfSkuId": sku, "quantity": quantity, "uniqueIdList": list(unique)}
            for (sku, quantity), unique in zip(order.lines, unique_ids, strict=True)
        ],
    }


def look_at_returns(shop: Shop, ids: set[str]) -> None:
    """What comes back, and the pieces that have."""
    book = shop.book
    told = shop.told("returns_query_orders", pageSize=200)
    assert not told["hasNextPage"]
    rows = told["orderList"]
    book.shown["returns"] = {row["orderNumber"]: row for row in rows}
    apart = ("carrier", "trackingNumber", "warehouseCode")
    for row, order in zip(rows, book.returns.values(), strict=True):
        if order.status == "Put away" and not order.unique_ids:
            order.unique_ids = tuple(tuple(line["uniqueIdList"]) for line in row["productList"])
            _put_away(order, row["warehouseCode"], book, ids)
        unique_ids = order.unique_ids or [()] * len(order.lines)
        assert {name: value for name, value in row.items() if name not in apart} == return_row(order, unique_ids)
        # The seller's own word on the parcel counts, before it the label's, which comes with the acceptance.
        parcel = (row["carrier"], row["trackingNumber"])
        if order.told:
            assert parcel == order.told
        elif order.label:
            assert parcel == (order.label["carrier"], order.label["trackingNumber"])
        elif not order.steps and order.number not in book.adopted:
            assert parcel == ("", "")
    look_at_pieces(shop)


def _put_away(order: Return, warehouse: str, book: Book, ids: set[str]) -> None:
    assert [len(unique) for unique in order.unique_ids] == [quantity for _, quantity in order.lines]
    for (sku, _), unique in zip(order.lines, order.unique_ids, strict=True):
        for unique_id in unique:
            note_id(ids, unique_id)
            at = stamp(order.changed_s)
            book.pieces[unique_id] = {"mfSkuId": sku, "warehouseCode": warehouse, "putAwayTime": at, "available": 1}


def look_at_pieces(shop: Shop) -> None:
    """Returned pieces, one by one."""
    known = shop.book.pieces
    asked = [*known, "UK01UC-none"]
    data = shop.told("returns_query_stock", {"uniqueIdList": asked, "pageSize": 200})
    assert (data["requestCount"], data["successCount"], data["failedList"]) == (len(asked), len(known), asked[-1:])
    for row, (unique_id, piece) in zip(data["inventoryList"], known.items(), strict=False):
        assert row["uniqueId"] == unique_id
        assert {name: row[name] for name in piece} == piece
        # One piece lies in one bucket.
        assert sum(row[name] for name in books.BUCKETS.values() if name in row) == 1
    shop.book.shown["pieces"].update((row["uniqueId"], row) for row in data["inventoryList"])


def look_at_stock(shop: Shop) -> None:
    """Snapshot, control plane, running sums of the movements, ages: one truth, and it follows from the orders."""
    book = shop.book
    expected = book.figures()
    assert all(pieces >= 0 for pieces in expected.values())
    keys = sorted(book.places)
    rows = shop.told("stock_snapshot_v2", {})["SKUList"]
    assert [(row["MFSKUID"], row["serviceRegion"]) for row in rows] == keys
    for row in rows:
        sku, region = row["MFSKUID"], row["serviceRegion"]
        for code, name in books.BUCKETS.items():
            shelf = Shelf(sku, region, code)
            summed = sum(line["quantity"] for line in book.history[shelf])
            assert row[name] == expected[shelf] == summed, shelf
    book.shown["snapshot"] = dict(zip(keys, rows, strict=True))
    control = {(row.pop("mf_sku_id"), row.pop("service_region")): row for row in shop.sandbox.stock(ocid=shop.ocid)}
    assert {key: list(row.values()) for key, row in control.items()} == {
        key: [row[name] for name in books.BUCKETS.values()] for key, row in book.shown["snapshot"].items()
    }
    ages = shop.told("get_stock_age", {})["SKUList"]
    book.shown["ages"] = dict(zip(keys, ages, strict=True))
    for row, key in zip(ages, keys, strict=True):
        available = expected[Shelf(*key, "AVL")]
        assert (row["MFSKUID"], row["serviceRegion"], row["available"]) == (*key, available)
        told = {entry["age"]: entry["quantity"] for entry in row["ageList"]}
        assert told == ages_of(book.history[Shelf(*key, "AVL")], available, shop.now_s()), key


def ages_of(history: list[dict[str, Any]], available: int, now_s: int) -> dict[str, int]:
    """For how long what is available has lain there: the oldest leave first, and what is given back never left."""
    came: Counter[int] = Counter()
    for line in history:
        if line["quantity"] > 0 and line["reason"] not in books.GIVEN_BACK:
            came[(now_s - epoch(line["updateTime"])) // books.DAY_S] += line["quantity"]

    def at_least(days: int) -> int:
        return max(0, available - sum(pieces for age, pieces in came.items() if age < days))

    firsts = [*books.AGES.values(), 10**9]
    return {
        text: at_least(first) - at_least(after)
        for (text, first), after in zip(books.AGES.items(), firsts[1:], strict=True)
    }


def in_all(moved: Iterable[books.Moved]) -> Counter[Any]:
    """The pieces that moved, by all else that is told: goods are put away in several small steps of one second."""
    pieces: Counter[Any] = Counter()
    for each in moved:
        shelf, at, quantity, reason, order = each
        pieces[shelf, at, quantity > 0, reason, order] += quantity
    return pieces


def read_movements(shop: Shop, since_s: int, happened: set[int], ids: set[str]) -> None:
    """The movements since the last look: those that had to be, no other, and with counts that run on."""
    book, now_s = shop.book, shop.now_s()
    times = happened | {epoch(moved.at) for moved in book.due}
    found: list[tuple[Shelf, dict[str, Any]]] = []
    start_s = since_s
    while start_s <= now_s:
        end_s = min(start_s + WINDOW_S, now_s)
        # Long stretches of time in which nothing happened are not searched.
        if start_s == since_s or end_s == now_s or any(start_s <= at_s <= end_s for at_s in times):
            window = {"startTime": stamp(start_s), "endTime": stamp(end_s)}
            found += flat(shop.told("get_stock_movement", window), book)
        start_s = end_s + 1
    new = [(shelf, line) for shelf, line in found if line["moventmentID"] not in book.movement_ids]
    for shelf, line in new:
        book.movement_ids.add(note_id(ids, line["moventmentID"]))
        before = book.history[shelf]
        counted = before[-1]["actualCount"] if before else 0
        assert line["actualCount"] == counted + line["quantity"], (shelf, before[-2:], line)
        assert not before or epoch(line["updateTime"]) >= epoch(before[-1]["updateTime"])
        before.append(line)
    told = [
        books.Moved(shelf, line["updateTime"], line["quantity"], line["reason"], line.get("orderNumber"))
        for shelf, line in new
    ]
    assert in_all(told) == in_all(book.due), (in_all(told) - in_all(book.due), in_all(book.due) - in_all(told))
    book.due.clear()


def flat(rows: Any, book: Book) -> list[tuple[Shelf, dict[str, Any]]]:
    """The lines of a movement query, with their shelves: no group is empty, and none stands twice."""
    lines, seen = [], set()
    for sku in rows:
        assert sku["sellerSkuId"] == book.skus[sku["MFSKUID"]].reference
        assert sku["serviceRegionList"]
        for region in sku["serviceRegionList"]:
            for bucket in region["inventoryList"]:
                shelf = Shelf(sku["MFSKUID"], region["serviceRegion"], bucket["inventoryStatus"])
                assert bucket["movementList"]
                assert shelf not in seen
                seen.add(shelf)
                lines += [(shelf, line) for line in bucket["movementList"]]
    return lines
