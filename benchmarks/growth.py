"""Whether a call costs more when the world remembers more: the same calls, by turns, in a small and a large world."""

import gc
import statistics
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta, timezone
from itertools import count
from time import perf_counter
from typing import Any, NamedTuple

import orjson
import psutil
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.catalog import catalog
from oc_sandbox.domain.ledger import Bucket, Reason
from oc_sandbox.samples import call_of

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=timezone.utc)
SKUS = [f"OC{serial:013d}" for serial in range(500_000_001, 500_000_051)]
ORDERED, REGION = "OC0000250380015", "UK"
ROWS_OF_THE_WEEK = 5_000
PLENTY = 100_000_000
_serials = count()


class Growth(NamedTuple):
    """Microseconds of a call in the small and in the large world, and the ratio, each the median of the rounds."""

    what: str
    small_us: float
    large_us: float
    ratio: float


def measured() -> tuple[list[Growth], float]:
    """The growth of each kind of call, and the bytes that a stored movement takes; in a process of its own."""
    with ProcessPoolExecutor(1) as pool:
        return pool.submit(_measured).result()


def _measured() -> tuple[list[Growth], float]:
    few, many = _with_movements(10_000), _with_movements(10_000)
    gc.collect()
    before = psutil.Process().memory_info().rss
    _move(many, 990_000, NOW - timedelta(days=300), NOW - timedelta(days=8))
    per_movement = (psutil.Process().memory_info().rss - before) / 990_000
    for sandbox in (few, many):
        _move(sandbox, ROWS_OF_THE_WEEK, NOW - timedelta(days=6), NOW)
    few_orders, many_orders = _with_orders(1_000), _with_orders(100_000)
    one_page = {"data": {"pageNumber": 2, "pageSize": 20, "skuList": [], "serviceRegionList": []}}
    query = {"data": {"mfSkuList": [{"mfSkuId": sku} for sku in SKUS]}}
    grown = [
        _compared("place order: 1,000 and 100,000 orders", few_orders, many_orders, _orders),
        _compared(
            "snapshot page: 1,000 and 100,000 orders", few_orders, many_orders, _same("stock_snapshot_v2", one_page)
        ),
        _compared(
            "movement query, 50 SKUs, a week of 5,000 rows: 10,000 and 1,000,000 movements",
            few,
            many,
            _same("get_stock_movement", query),
        ),
        _compared("place order: 10,000 and 1,000,000 movements", few, many, _orders),
        _compared("snapshot page: 10,000 and 1,000,000 movements", few, many, _same("stock_snapshot_v2", one_page)),
    ]
    return grown, per_movement


def _sandbox() -> Sandbox:
    sandbox = Sandbox(clock="manual", now=NOW - timedelta(days=400))
    sandbox.set_stock(ORDERED, REGION, available=PLENTY)
    skus = _world(sandbox).skus
    skus.update({sku: skus[ORDERED]._replace(code=sku) for sku in SKUS})
    return sandbox


def _with_movements(number: int) -> Sandbox:
    sandbox = _sandbox()
    _move(sandbox, number, NOW - timedelta(days=399), NOW - timedelta(days=301))
    sandbox.tenant.clock.set(NOW)
    return sandbox


def _move(sandbox: Sandbox, number: int, first: datetime, last: datetime) -> None:
    """So many movements of SKUS, spread evenly in time: pieces come, and go to an order."""
    ledger = _world(sandbox).ledger
    start_s, step_s = first.timestamp(), (last - first).total_seconds() / number
    for serial in range(number):
        sku = SKUS[serial % len(SKUS)]
        change = 5 if serial // len(SKUS) % 2 == 0 else -5
        ledger.post((sku, REGION), int(start_s + serial * step_s), ((Bucket.AVAILABLE, change),), Reason.ADJUSTED, sku)


def _with_orders(number: int) -> Sandbox:
    sandbox = _sandbox()
    sandbox.tenant.clock.set(NOW)
    for call in _orders(sandbox, number, 50):
        sandbox.send(call)
    return sandbox


def _world(sandbox: Sandbox) -> Any:
    return next(sandbox.tenant.accounts["orangeconnex"].worlds())


def _orders(sandbox: Sandbox, number: int, batch: int = 1) -> list[Call]:
    """Calls that place so many orders, each under a reference of its own."""
    row = {
        "serviceRegion": REGION,
        "shippingServiceCode": "GBDomStd_RMOnly",
        "consigneeName": "Alex Example",
        "consigneeAddress1": "1 Example Road",
        "consigneeCountryCode": "GB",
        "productList": [{"MFSKUID": ORDERED, "SKUQuantity": 1}],
    }
    rows = [row | {"referenceNumber": f"R-{next(_serials)}"} for _ in range(number)]
    return [
        _signed(sandbox, "place_outbound_order", {"data": rows[first : first + batch]})
        for first in range(0, number, batch)
    ]


def _same(operation: str, body: Any) -> Callable[[Sandbox, int], list[Call]]:
    return lambda sandbox, number: [_signed(sandbox, operation, body)] * number


def _signed(sandbox: Sandbox, operation: str, body: Any) -> Call:
    wanted, raw = catalog().operations[operation], orjson.dumps(body)
    sample = sandbox.sample(operation)
    headers = wanted.api.credentials.sign(wanted, sandbox.tenant, wanted.path, raw)
    return call_of(wanted, sample._replace(body=raw, headers={**sample.headers, **headers}))


def _compared(
    what: str, small: Sandbox, large: Sandbox, calls: Callable[[Sandbox, int], list[Call]], rounds: int = 15
) -> Growth:
    """Short rounds by turns, because a machine drifts."""
    size = 200 if calls is _orders else 20
    times: list[tuple[float, float]] = []
    for _ in range(rounds):
        one, other = (_time(sandbox, calls(sandbox, size)) for sandbox in (small, large))
        times.append((one, other))
    ratio = statistics.median(other / one for one, other in times)
    return Growth(what, statistics.median(t[0] for t in times), statistics.median(t[1] for t in times), ratio)


def _time(sandbox: Sandbox, calls: list[Call]) -> float:
    """Microseconds a call."""
    started = perf_counter()
    replies = [sandbox.send(call) for call in calls]
    taken = perf_counter() - started
    if not all(b'"code":0' in reply.body for reply in replies):
        raise RuntimeError(f"a call was refused; the figure would mean nothing: {replies[0].body[:300]!r}")
    return taken / len(calls) * 1e6
