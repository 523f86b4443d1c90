"""What no single reply shows: that a server's answers agree with each other and with what was done.

Each check speaks through a scene alone, in the default answers to the open questions.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from oc_sandbox.catalog import catalog
from oc_sandbox.formats import PARSERS, WRITERS, zone_of

from .running import MOST_CALLS, Calls
from .scenes import Offer, Scene, Unfit

Json = Any
FORM = "offset-date-time"
SECOND = timedelta(seconds=1)
PIECES = 2
MOST_ROWS = 200
"""The longest page; of a world with more rows only so many are looked at."""
FEW_ROWS = 60
"""A world larger than this is paged in larger pages: a check must not cost a call for each row."""


class Problem(NamedTuple):
    """What a check found, and the calls that show it, in their order: at most MOST_CALLS."""

    text: str
    calls: Calls


class Check(NamedTuple):
    """A check, and the operation that it is said to be of. Errors of `run`: Unfit, Unreachable."""

    operation: str
    run: Callable[[Scene], Iterator[Problem]]


# --- paging -----------------------------------------------------------------------------------------------------------


def paging_of_the_snapshot(scene: Scene) -> Iterator[Problem]:
    """The pages of the stock snapshot are a partition of the whole."""

    def page(number: int, size: int) -> list[Json]:
        told = scene.ask("stock_snapshot_v2", {"data": {"pageNumber": number, "pageSize": size}})["data"]
        return [(row["MFSKUID"], row["serviceRegion"]) for row in told["SKUList"]]

    yield from _partition(scene, "stock_snapshot_v2", page)


def paging_of_the_skus(scene: Scene) -> Iterator[Problem]:
    """The pages of the SKU query are a partition of the whole."""

    def page(number: int, size: int) -> list[Json]:
        rows: list[Json] = scene.ask("sku_query_v3", {"data": {"page": number, "limit": size}})["data"]
        return [row["MFSKUID"] for row in rows]

    yield from _partition(scene, "sku_query_v3", page)


def _partition(scene: Scene, name: str, page: Callable[[int, int], list[Json]]) -> Iterator[Problem]:
    whole = page(1, MOST_ROWS)
    of_whole = scene.calls[-1]
    # Large pages first: what they show takes fewer calls.
    for size in (7, 3, 1) if len(whole) <= FEW_ROWS else (50,):
        start = len(scene.calls)
        pages = [page(number, size) for number in range(1, -(-len(whole) // size) + 1)]
        calls = scene.calls[start:]
        for number, rows in enumerate(pages[:-1], 1):
            if len(rows) != size:
                text = f"{name}: page {number} of {size} rows each has {len(rows)}, though more follow"
                yield Problem(text, tuple(calls[number - 1 : number + 1]))
        parts, wanted = Counter(row for rows in pages for row in rows), Counter(whole)
        if lost := list((wanted - parts).elements()):
            # It should stand on this page; where others are lost before it, on the one before.
            at = whole.index(lost[0]) // size
            yield Problem(f"{name}: pages of {size} lose {lost[:3]}", (of_whole, *calls[max(at - 1, 0) : at + 2]))
        if more := list((parts - wanted).elements()):
            text = f"{name}: pages of {size} bring {more[:3]} twice, or from nowhere"
            bring = [call for call, rows in zip(calls, pages, strict=True) if more[0] in rows]
            yield Problem(text, (of_whole, *bring)[:MOST_CALLS])
        rows = page(len(pages) + 2, size) if len(whole) < MOST_ROWS else []
        if rows:
            text = f"{name}: a page far behind the last one has {len(rows)} rows"
            yield Problem(text, (of_whole, scene.calls[-1]))


# --- orders -----------------------------------------------------------------------------------------------------------


def orders_are_found(scene: Scene) -> Iterator[Problem]:
    """What was placed is found: by its number, by the caller's, by its time, to the second and in any zone."""
    offer = scene.offers()[0]
    start = len(scene.calls)
    number, reference = _place(scene, offer)
    placed = tuple(scene.calls[start:])
    if number == _place(scene, offer)[0]:
        yield Problem(f"place_outbound_order: two orders have the number {number}", tuple(scene.calls[start:]))
    by_number = _found(scene, orderNumberList=[{"orderNumber": number}])
    shown = (*placed, scene.calls[-1])
    if [row["referenceNumber"] for row in by_number] != [reference]:
        yield Problem(f"outbound_order_query_v2: {number} is not found as the one order {reference}", shown)
        return
    row = by_number[0]
    if _found(scene, referenceNumberList=[{"referenceNumber": reference}]) != by_number:
        text = f"outbound_order_query_v2: by {reference} it tells otherwise than by {number}"
        yield Problem(text, (*shown, scene.calls[-1]))
    if row["serviceRegion"] != offer.region:
        text = f"outbound_order_query_v2: ordered from {offer.region}, told is {row['serviceRegion']}"
        yield Problem(text, shown)
    for name, inside, first, last in _windows(_instant(row["orderCreationTime"])):
        listed = _found(scene, startTime=first, endTime=last)
        if len(listed) < 1000 and inside is not any(each["orderNumber"] == number for each in listed):
            text = f"outbound_order_query_v2: {number} must {'' if inside else 'not '}be in a window that {name}"
            yield Problem(text, (*shown, scene.calls[-1]))
    for key, outwards in (("startTime", 1), ("endTime", -1)):
        beyond = _written(_instant(row["orderCreationTime"]) + outwards * SECOND)
        if _found(scene, **{key: beyond, "orderNumberList": [{"orderNumber": number}]}):
            text = f"outbound_order_query_v2: {number} must not be found with {key} {beyond}"
            yield Problem(text, (*shown, scene.calls[-1]))


def _windows(at: datetime) -> Iterator[tuple[str, bool, str, str]]:
    """Windows around an instant: a name, whether it is inside, and both ends."""
    long = timedelta(days=3)
    yield "starts in its second", True, _written(at), _written(at + SECOND)
    yield "ends in its second", True, _written(at - long), _written(at)
    yield "is its second", True, _written(at), _written(at)
    yield "starts a second later", False, _written(at + SECOND), _written(at + long)
    yield "ends a second earlier", False, _written(at - long), _written(at - SECOND)
    for zone in ("-0800", "+1400"):
        yield f"is its second, in the zone {zone}", True, _written(at, zone), _written(at, zone)
        before = _written(at - long, zone), _written(at - SECOND, zone)
        yield f"ends a second earlier, in the zone {zone}", False, before[0], before[1]


# --- stock ------------------------------------------------------------------------------------------------------------


def stock_is_conserved(scene: Scene) -> Iterator[Problem]:
    """Snapshot, movements and orders tell the same of an order that is placed, and of its cancellation.

    Where others work on the same SKU at the same time, it finds differences that are theirs.
    """
    offer = scene.offers()[0]
    start = len(scene.calls)
    before = _snapshot(scene, offer)
    number, _ = _place(scene, offer)
    ordered = tuple(scene.calls[start:])
    placed = _snapshot(scene, offer)
    if placed["available"] != before["available"] - PIECES:
        change = placed["available"] - before["available"]
        yield Problem(f"an order of {PIECES} changes what is available by {change}", (*ordered, scene.calls[-1]))
    lines = _lines_of(scene, offer)
    for text in _disagreements(lines, number, before, placed):
        yield Problem(f"an order: {text}", (*ordered, *scene.calls[-2:]))
    cancel = {"orderNumber": number, "cancelTime": _written(scene.now())}
    scene.ask("outbound_order_cancellation", {"data": cancel})
    cancelling = scene.calls[-1]
    cancelled = _snapshot(scene, offer)
    if cancelled != before:
        changed = [key for key in before if before[key] != cancelled[key]]
        text = f"a cancelled order leaves other stock than before it, in {', '.join(changed)}"
        yield Problem(text, (*ordered, cancelling, scene.calls[-1]))
    lines = _lines_of(scene, offer)
    for text in _disagreements(lines, number, before, cancelled):
        yield Problem(f"an order and its cancellation: {text}", (*ordered, cancelling, *scene.calls[-2:]))


def _disagreements(
    lines: Sequence["_Line"], number: str, before: Mapping[str, int], after: Mapping[str, int]
) -> Iterator[str]:
    """Whether the movements of an order are the difference of two snapshots, and end at what the second tells."""
    for field, bucket in _buckets().items():
        moved = sum(line.change for line in lines if line.bucket == bucket and line.order == number)
        if moved != after[field] - before[field]:
            yield f"movements of {number} in {bucket} make {moved}, snapshots {after[field] - before[field]}"
        last = [line.after for line in lines if line.bucket == bucket][-1:]
        if last and last[0] != after[field]:
            yield f"the last movement in {bucket} leaves {last[0]}, the snapshot tells {after[field]}"


def movements_are_found_by_time(scene: Scene) -> Iterator[Problem]:
    """A movement is in the windows that its time is in, in no others, and the zone in which they are written is one."""
    offer = scene.offers()[0]
    start = len(scene.calls)
    number, _ = _place(scene, offer)
    lines = _lines_of(scene, offer)
    shown = tuple(scene.calls[start:])
    at = next((line.at for line in lines if line.order == number), None)
    if at is None:
        yield Problem(f"get_stock_movement: the order {number} has moved nothing", shown)
        return
    for name, inside, first, last in _windows(at):
        found = _lines(scene, {**_named(offer), "startTime": first, "endTime": last})
        if inside is not any(line.order == number for line in found):
            text = f"get_stock_movement: {number} must {'' if inside else 'not '}be in a window that {name}"
            yield Problem(text, (*shown, scene.calls[-1]))
        if any(not _instant(first) <= line.at <= _instant(last) for line in found):
            text = f"get_stock_movement: a movement lies outside of a window that {name}"
            yield Problem(text, (scene.calls[-1],))


def tokens_are_renewed(scene: Scene) -> Iterator[Problem]:
    """The token that a refresh gives is taken."""
    keys = scene.target.keys
    if not keys.refresh_token:
        return
    query = {"grant_type": "refresh_token", "refresh_token": keys.refresh_token, "client_id": keys.client_key}
    refresh, snapshot = (scene.operation(name) for name in ("oauth_refresh_access_token", "stock_snapshot_v2"))
    told = scene.ask_draft(scene.draft(refresh)._replace(query=query, body=None))
    headers = {"Access-Token": f"Bearer {told['access_token']}"}
    draft = scene.draft(snapshot)
    problem = scene.why_not(draft, scene.send(draft, headers))
    if problem:
        yield Problem(f"the token of a refresh is refused: {problem}", tuple(scene.calls[-2:]))


# --- calls ------------------------------------------------------------------------------------------------------------


class _Line(NamedTuple):
    region: str
    bucket: str
    order: str
    change: int
    after: int
    at: datetime


def _lines(scene: Scene, data: Json) -> list[_Line]:
    rows = scene.ask("get_stock_movement", {"data": data})["data"]
    return [
        _Line(
            region["serviceRegion"],
            bucket["inventoryStatus"],
            line.get("orderNumber", ""),
            line["quantity"],
            line["actualCount"],
            _instant(line["updateTime"]),
        )
        for row in rows
        for region in row["serviceRegionList"]
        for bucket in region["inventoryList"]
        for line in bucket["movementList"]
    ]


def _lines_of(scene: Scene, offer: Offer) -> list[_Line]:
    """The movements of what is offered, in its region, lately: in a window wide enough for clocks that do not agree."""
    day = timedelta(days=1)
    window = {"startTime": _written(scene.now() - day), "endTime": _written(scene.now() + day)}
    return [line for line in _lines(scene, {**window, **_named(offer)}) if line.region == offer.region]


def _place(scene: Scene, offer: Offer) -> tuple[str, str]:
    """A fresh order of PIECES: its number, and the caller's."""
    draft = scene.draft(scene.operation("place_outbound_order"), offer)
    row = draft.body["data"][0]
    row["productList"] = [{"MFSKUID": offer.sku, "SKUQuantity": PIECES}]
    return scene.ask_draft(draft)["data"][0]["orderNumber"], row["referenceNumber"]


def _found(scene: Scene, **data: Json) -> list[Json]:
    rows: list[Json] = scene.ask("outbound_order_query_v2", {"data": data})["data"]
    return rows


def _named(offer: Offer) -> dict[str, Json]:
    return {"mfSkuList": [{"mfSkuId": offer.sku}]}


def _snapshot(scene: Scene, offer: Offer) -> dict[str, int]:
    """What is in each bucket, by the name of its field."""
    asked = {"skuList": [{"mfSkuId": offer.sku}], "serviceRegionList": [{"serviceRegion": offer.region}]}
    rows = scene.ask("stock_snapshot_v2", {"data": asked})["data"]["SKUList"]
    if len(rows) != 1:
        raise Unfit(f"stock_snapshot_v2 gives {len(rows)} rows for one SKU in one region")
    return {field: rows[0][field] for field in _buckets()}


def _buckets() -> dict[str, str]:
    rows = catalog().apis["orangeconnex"].document["vocabulary"]["buckets"].values()
    return {row["field"]: row["code"] for row in rows}


def _written(at: datetime, zone: str = "+0800") -> str:
    return WRITERS[FORM](at.astimezone(zone_of(zone)))


def _instant(text: str) -> datetime:
    return PARSERS[FORM](text).astimezone(timezone.utc)


CHECKS: Mapping[str, Check] = {
    check.run.__name__: check
    for check in (
        Check("stock_snapshot_v2", paging_of_the_snapshot),
        Check("sku_query_v3", paging_of_the_skus),
        Check("outbound_order_query_v2", orders_are_found),
        Check("get_stock_movement", movements_are_found_by_time),
        Check("get_stock_movement", stock_is_conserved),
        Check("oauth_refresh_access_token", tokens_are_renewed),
    )
}
"""The checks by name. Each is said to be of the operation whose replies it looks at most."""
