"""Steps that look: snapshot, movements and age of the same shelves, which must agree with each other and the model."""

from collections import Counter
from typing import Any

from . import ages
from .flow import Flow, Missing, Reply
from .model import BUCKETS, Row, Shelf, Span, second_of, written

WEEK_S = 7 * 86_400 - 3600
BUCKET_OF = {code: bucket for bucket, code in BUCKETS.items()}


def wait(flow: Flow, seconds: int) -> None:
    """Let time pass."""
    if not flow.wait(seconds):
        raise Missing("the target's time cannot be moved")


def _only(shelf: Shelf) -> Row:
    return {"skuList": [{"mfSkuId": shelf[0]}], "serviceRegionList": [{"serviceRegion": shelf[1]}]}


def _row(flow: Flow, reply: Reply, shelf: Shelf) -> Row:
    """The one row of a shelf. Errors: Wrong."""
    flow.outcome(reply, {""})
    rows = reply.data or []
    found = [(row["MFSKUID"], row["serviceRegion"]) for row in rows]
    flow.same(f"{reply.operation.name}: one row for a SKU and a region, and no others", [shelf], found)
    row: Row = rows[0]
    return row


def look(flow: Flow, shelf: Shelf) -> None:
    """The snapshot of one shelf. The first look tells what lies there, every later one must fit what was done since."""
    book = flow.book
    row = _row(flow, reply := flow.call("stock_snapshot_v2", {"data": _only(shelf)}), shelf)
    expected = book.stock(shelf, reply.now)
    if expected is None:
        book.look(shelf, row, reply.now)
    else:
        for bucket, (least, most) in expected.items():
            told = f"{least}" if least == most else f"{least} to {most}"
            wrong = f"{bucket} of {shelf[0]} in {shelf[1]} must be {told}, not {row[bucket]}"
            flow.claim(least <= row[bucket] <= most, "stock_snapshot_v2: shows what was ordered and announced", wrong)
    book.seen["look", shelf] = (book.version, {bucket: row[bucket] for bucket in BUCKETS})
    book.stale.discard(shelf)


def _seen(flow: Flow, shelf: Shelf, now: Span) -> Row | None:
    """What the snapshot showed, where nothing has happened since; on a clock that runs, goods move by themselves."""
    version, row = flow.book.seen.get(("look", shelf), (-1, None))
    expected = flow.book.stock(shelf, now)
    if version != flow.book.version or row is None:
        return None
    still = expected is None or all(span == (row[bucket], row[bucket]) for bucket, span in expected.items())
    return row if still else None


def age(flow: Flow, shelf: Shelf) -> None:
    """The stock age of one shelf: its pieces add up, to the snapshot's figure."""
    row = _row(flow, reply := flow.call("get_stock_age", {"data": _only(shelf)}), shelf)
    total = sum(each["quantity"] for each in row["ageList"])
    flow.same("get_stock_age: the quantities add up to what is available", row["available"], total)
    expected, seen = flow.book.stock(shelf, reply.now), _seen(flow, shelf, reply.now)
    if seen is not None:
        flow.same("get_stock_age: agrees with the snapshot", seen["available"], row["available"])
    if expected is not None:
        least, most = expected["available"]
        wrong = f"{least} to {most} pieces must be available, not {row['available']}"
        flow.claim(least <= row["available"] <= most, "get_stock_age: shows what was ordered and announced", wrong)
    ages.hold(flow, shelf, row, reply.now)


def movements(flow: Flow, shelf: Shelf) -> None:
    """The movements of one shelf: each order's as the model has them, adding up to the snapshot."""
    data: Row = {"mfSkuList": [{"mfSkuId": shelf[0]}]}
    if flow.book.told is None or shelf not in flow.book.base:
        raise Missing("nothing to compare with")
    # A little in the future, for the target's clock runs on.
    end = flow.book.told // 1000 + 600
    data |= {"startTime": written(end - WEEK_S), "endTime": written(end)}
    reply = flow.call("get_stock_movement", {"data": data})
    flow.outcome(reply, {""})
    by_bucket = _by_bucket(flow, reply, shelf)
    _chains(flow, by_bucket, end - WEEK_S, end)
    seen = _seen(flow, shelf, reply.now)
    for bucket, rows in by_bucket.items():
        if seen is not None:
            last = rows[-1]["actualCount"]
            flow.same(
                f"get_stock_movement: the last actualCount is the snapshot's, {bucket}", seen[BUCKET_OF[bucket]], last
            )
    _by_order(flow, reply, shelf, by_bucket, end - WEEK_S)


def _by_bucket(flow: Flow, reply: Reply, shelf: Shelf) -> dict[str, list[Row]]:
    rows = reply.data or []
    others = [row["MFSKUID"] for row in rows if row["MFSKUID"] != shelf[0]]
    flow.same("get_stock_movement: no SKU that was not asked for", [], others)
    regions = [region for row in rows for region in row["serviceRegionList"] if region["serviceRegion"] == shelf[1]]
    return {each["inventoryStatus"]: each["movementList"] for region in regions for each in region["inventoryList"]}


def _chains(flow: Flow, by_bucket: dict[str, list[Row]], start: int, end: int) -> None:
    """Each row lies in the window and goes on from the one before."""
    ids: list[Any] = []
    for rows in by_bucket.values():
        count = rows[0]["actualCount"] - rows[0]["quantity"]
        for row in rows:
            at = second_of(row["updateTime"])
            flow.claim(start <= at <= end, "get_stock_movement: every row lies in the window", row["updateTime"])
            count += row["quantity"]
            flow.same("get_stock_movement: actualCount is the sum of what moved", count, row["actualCount"])
            ids.append(row[_id_key(flow)])
        times = [second_of(row["updateTime"]) for row in rows]
        flow.same("get_stock_movement: in the order of time", sorted(times), times)
    if flow.book.answers["movement_ids"] == "of_each_line":
        flow.same("get_stock_movement: every row has an id of its own", len(ids), len(set(ids)))


def _id_key(flow: Flow) -> str:
    return "movementID" if flow.book.answers["movement_id_key"] == "right" else "moventmentID"


def _by_order(flow: Flow, reply: Reply, shelf: Shelf, by_bucket: dict[str, list[Row]], start: int) -> None:
    book = flow.book
    orders = {order["number"]: order for order in book.things("outbound", "inbound", "vas")}
    written_by: dict[str, list[tuple[str, int, str]]] = {number: [] for number in orders}
    for bucket, rows in by_bucket.items():
        for row in rows:
            line = (bucket, row["quantity"], _code(flow, row["reason"]))
            if row.get("orderNumber") in written_by:
                written_by[row["orderNumber"]].append(line)
            elif second_of(row["updateTime"]) * 1000 > book.looked[shelf].most:
                flow.claim(False, "get_stock_movement: nothing moves but for what was ordered", f"{row}")
    for number, order in orders.items():
        if order["since"].least // 1000 <= start:
            continue
        expected = book.movements(shelf, order, reply.now)
        if expected is not None:
            if flow.book.answers["movement_reason"] == "text":
                expected = sorted((bucket, change, "") for bucket, change, _ in expected)
            claim = f"get_stock_movement: an order of {order['kind']} moves its pieces from bucket to bucket"
            flow.same(claim, expected, sorted(written_by[number]))


def _code(flow: Flow, reason: str) -> str:
    """The code of a reason, in the form that an answer says; a bare text is not looked at. Errors: Wrong."""
    code, equals, text = reason.partition("=")
    told = flow.book.answers["movement_reason"]
    coded = len(code) == 3 and code.isupper()
    form = {"code": coded and not equals, "code_and_text": coded and bool(text), "text": not coded and not equals}
    flow.claim(form[told], "get_stock_movement: a reason has its form", f"{reason!r} is no {told}")
    return "" if told == "text" else code


def window(flow: Flow, shelf: Shelf, kind: str, label: str) -> None:
    """The movements of the second in which an order was placed: its own are there, and none of another time."""
    order = flow.thing(kind, label)
    second = order["since"].second
    if second is None or order.get("again") or (shelf[0] not in dict(order["lines"])) or order["region"] != shelf[1]:
        raise Missing("its second is not known")
    if flow.book.told is None or second < flow.book.told // 1000 - 300 * 86_400:
        raise Missing("it is too long ago")
    asked = {"mfSkuList": [{"mfSkuId": shelf[0]}], "startTime": written(second), "endTime": written(second, 0)}
    reply = flow.call("get_stock_movement", {"data": asked})
    flow.outcome(reply, {""})
    by_bucket = _by_bucket(flow, reply, shelf)
    _chains(flow, by_bucket, second, second)
    placed = [row for rows in by_bucket.values() for row in rows if row.get("orderNumber") == order["number"]]
    flow.claim(bool(placed), "get_stock_movement: both ends of the window are inside", f"{order['number']} is missing")


def everything(flow: Flow) -> None:
    """All rows of the snapshot, as far as one page holds."""
    data = {"pageNumber": 1, "pageSize": 200, "skuList": [{"mfSkuId": sku} for sku in flow.menu.skus]}
    reply = flow.call("stock_snapshot_v2", {"data": data})
    flow.outcome(reply, {""})
    keep_whole(flow, "snapshot", reply.data or [], lambda row: (row["MFSKUID"], row["serviceRegion"]))


def page(flow: Flow, number: int, size: int, operation: str = "stock_snapshot_v2") -> None:
    """One page of the same; of the stock age too, whose rows are the snapshot's."""
    data = {"pageNumber": number, "pageSize": size, "skuList": [{"mfSkuId": sku} for sku in flow.menu.skus]}
    known = whole(flow, "snapshot")
    reply = flow.call(operation, {"data": data})
    flow.outcome(reply, {""})
    keys = [(row["MFSKUID"], row["serviceRegion"]) for row in reply.data or []]
    same_page(flow, reply, known, keys, number, size)


def keep_whole(flow: Flow, name: str, rows: list[Row], key: Any) -> None:
    """Keep the rows of a list that came in one page, to compare smaller pages with. Errors: Wrong, if one is twice."""
    keys = [key(row) for row in rows]
    twice = [each for each, count in Counter(keys).items() if count > 1]
    flow.same(f"{name}: no row comes twice", [], twice)
    flow.book.seen["whole", name] = (flow.book.version, keys)


def whole(flow: Flow, name: str) -> list[Any]:
    """What was kept, where nothing has happened since. Errors: Missing."""
    version, keys = flow.book.seen.get(("whole", name), (-1, []))
    if version != flow.book.version:
        raise Missing("the list may have changed")
    return list(keys)


def same_page(flow: Flow, reply: Reply, known: list[Any], keys: list[Any], number: int, size: int) -> None:
    """Errors: Wrong, unless a page is that part of the whole."""
    expected = known[(number - 1) * size : number * size]
    flow.same(f"{reply.operation.name}: a page is its part of the list, no row lost and none twice", expected, keys)


def unknown(flow: Flow) -> None:
    """A SKU that nobody has: no row and no error in a snapshot; of movements an answer decides."""
    sku = {"mfSkuId": "OC9999999999998"}
    reply = flow.call("stock_snapshot_v2", {"data": {"skuList": [sku]}})
    flow.outcome(reply, {""})
    flow.same("stock_snapshot_v2: an unknown SKU has no row", [], reply.data)
    refused = flow.book.answers["unknown_sku_in_movements"] == "refused"
    # Its own window: the default one is of just the length of which nobody knows whether it is allowed.
    end = (flow.book.told or 0) // 1000
    days = {"startTime": written(end - 86_400), "endTime": written(end)} if end else {}
    reply = flow.call("get_stock_movement", {"data": {"mfSkuList": [sku], **days}})
    if flow.outcome(reply, {"sku_unknown" if refused else ""}):
        flow.same("get_stock_movement: an unknown SKU has no row", [], reply.data)
