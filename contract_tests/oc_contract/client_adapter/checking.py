"""The checks: each lets the client work in a generated world, and compares what it says with what is there."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oc_sandbox import Sandbox

from .protocol import CanCancel, CanPlaceOrders, CanReadMovements, CanReadStock, Moved, Order, StockRow
from .worlds import LONGEST_BACK, NOW, SERVICE, SERVICE_REGION, Period, order_lists, periods, sandbox_with, stocks

Make = Callable[[Sandbox], object]
"""Gives a fresh adapter, whose client calls that sandbox: by `sandbox.httpx_transport()`, for one."""
MOST_SHOWN, CALLS_SHOWN = 5, 4
OUT_OF_REACH = timedelta(days=1)


class ClientDiffers(AssertionError):
    """The client sent something wrong, or returned something else than there is. The message says what, with calls."""


class NothingToCheck(TypeError):
    """An adapter has none of the methods. The message names them."""


def check_client(make: Make, *, examples: int = 30, only: Sequence[str] = ()) -> list[str]:
    """Try all that the adapter can do, each in so many generated worlds; gives the names of the checks made.

    The same worlds come each time; a failure is shrunk to a small one. `only` names checks of CHECKS. Errors:
    ClientDiffers; NothingToCheck; and what the client raises, for these worlds hold nothing that it may not survive.
    """
    adapter = make(Sandbox())
    able = {name: row for name, row in CHECKS.items() if all(isinstance(adapter, can) for can in row[0])}
    if not able:
        raise NothingToCheck(
            f"{type(adapter).__name__} has none of place_orders, cancel, stock, movements; write one of them at least"
        )
    unknown = [name for name in only if name not in able]
    if unknown:
        raise NothingToCheck(f"{unknown[0]} cannot be checked; {type(adapter).__name__} can do {', '.join(able)}")
    names = [name for name in able if not only or name in only]
    for name in names:
        _, worlds, check = able[name]
        _searched(worlds, partial(check, make), examples)
    return names


def _searched(worlds: st.SearchStrategy[Any], check: Callable[[Any], None], examples: int) -> None:
    def trial(world: Any) -> None:
        check(world)

    quiet = settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        print_blob=False,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    quiet(given(worlds)(trial))()


def _stock(make: Make, rows: Sequence[tuple[int, str, int]]) -> None:
    sandbox, ids = sandbox_with(1 + max((sku for sku, _, _ in rows), default=0), NOW)
    for sku, region, pieces in rows:
        sandbox.set_stock(ids[sku], region, available=pieces)
    reader = make(sandbox)
    assert isinstance(reader, CanReadStock)  # noqa: S101 - the caller has looked
    there = [StockRow(row["mf_sku_id"], row["service_region"], row["available"]) for row in sandbox.stock()]
    _compare(sandbox, "stock()", there, [StockRow(*row) for row in reader.stock()])
    _sent_well(sandbox)


def _movements(make: Make, period: Period) -> None:
    sandbox, ids = sandbox_with(2, NOW - LONGEST_BACK - OUT_OF_REACH)
    there: list[Moved] = []
    stock: Counter[tuple[str, str]] = Counter()
    for posted in period.posted:
        sandbox.advance(seconds=(posted.at - sandbox.now()).total_seconds())
        place = (ids[posted.sku], posted.region)
        sandbox.set_stock(*place, available=posted.available)
        if posted.available != stock[place]:
            there.append(Moved(*place, "AVL", posted.available - stock[place], posted.at))
            stock[place] = posted.available
    sandbox.advance(seconds=(NOW - sandbox.now()).total_seconds())
    reader = make(sandbox)
    assert isinstance(reader, CanReadMovements)  # noqa: S101 - as above
    given = [Moved(*row) for row in reader.movements(ids, period.start, period.end)]
    asked = f"movements({ids}, {period.start.isoformat()}, {period.end.isoformat()})"
    for moved in given:
        if moved.at.tzinfo is None:
            raise ClientDiffers(f"{asked} gave a time without a zone: {moved}{_calls(sandbox)}")
    # Whether the very ends are inside is a question of its own.
    inside = [moved for moved in there if period.start < moved.at < period.end]
    _compare(sandbox, asked, inside, [moved for moved in given if moved.at not in (period.start, period.end)])
    _sent_well(sandbox)


def _orders(make: Make, world: tuple[list[int], list[tuple[int, int]]]) -> None:
    sandbox, ids = sandbox_with(2, NOW)
    for sku, pieces in zip(ids, world[0], strict=True):
        sandbox.set_stock(sku, SERVICE_REGION, available=pieces)
    orders = [
        Order(f"KIT-ORDER-{at}", ids[sku], SERVICE_REGION, SERVICE, pieces) for at, (sku, pieces) in enumerate(world[1])
    ]
    client = make(sandbox)
    assert isinstance(client, CanPlaceOrders)  # noqa: S101 - as above
    told = dict(client.place_orders(orders))
    placed = [row for row in sandbox.books if row["kind"] == "outbound order"]
    numbers = {row["reference"]: row["number"] for row in placed}
    there = [(order.reference, numbers.get(order.reference)) for order in orders]
    asked = f"place_orders() of {len(orders)} orders"
    _compare(sandbox, asked, there, [(reference, number or None) for reference, number in told.items()])
    wanted = Counter((order.reference, order.sku_id, order.quantity) for order in orders if order.reference in numbers)
    lines = [(row["reference"], line["sku"], line["quantity"]) for row in placed for line in row["says"]["lines"]]
    _compare(sandbox, f"{asked}, in the world's books", lines, list(wanted.elements()), swap=True)
    _sent_well(sandbox)


def _cancellations(make: Make, world: tuple[list[int], list[tuple[int, int]]]) -> None:
    sandbox, ids = sandbox_with(2, NOW)
    for sku in ids:
        sandbox.set_stock(sku, SERVICE_REGION, available=1000)
    client = make(sandbox)
    assert isinstance(client, CanPlaceOrders)  # noqa: S101 - as above
    assert isinstance(client, CanCancel)  # noqa: S101 - as above
    orders = [
        Order(f"KIT-ORDER-{at}", ids[sku], SERVICE_REGION, SERVICE, pieces)
        for at, (sku, pieces) in enumerate(world[1][:3])
    ]
    numbers = [number for number in client.place_orders(orders).values() if number]
    told = [(number, client.cancel(number)) for number in numbers[:1]]
    sandbox.advance(days=2)  # by now the others are packed, and it is too late
    told += [(number, client.cancel(number)) for number in numbers[1:]]
    there = [(row["number"], row["cancelled"]) for row in sandbox.books if row["kind"] == "outbound order"]
    _compare(sandbox, "cancel() of each order, the first in time", there, told)
    _sent_well(sandbox)


Check = tuple[tuple[type, ...], st.SearchStrategy[Any], Callable[[Make, Any], None]]
CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "stock": ((CanReadStock,), stocks(), _stock),
        "movements": ((CanReadMovements,), periods(), _movements),
        "orders": ((CanPlaceOrders,), order_lists(), _orders),
        "cancellations": ((CanPlaceOrders, CanCancel), order_lists(), _cancellations),
    }
)
"""By name, what an adapter must be able to do, the worlds, and the check."""


def _compare(sandbox: Sandbox, asked: str, there: Sequence[Any], given: Sequence[Any], *, swap: bool = False) -> None:
    """That two lists hold the same, in any order. `swap`: what is given is what was asked for, and not an answer."""
    missing, extra = Counter(there) - Counter(given), Counter(given) - Counter(there)
    if not missing and not extra:
        return
    names = ("there, and not asked for", "asked for, and not there") if swap else ("missing", "not there, or too often")
    lines = [f"{asked}: {len(given)} for the {len(there)} that there are"]
    for name, rows in zip(names, (missing, extra), strict=True):
        shown = [f"  {name}: {row}" for row in list(rows.elements())[:MOST_SHOWN]]
        left = rows.total() - len(shown)
        lines += [*shown, *([f"  and {left} more"] if left > 0 else [])]
    raise ClientDiffers("\n".join(lines) + _calls(sandbox))


def _sent_well(sandbox: Sandbox) -> None:
    """That the client report has neither an error nor a warning."""
    report = sandbox.report()
    if not report.passed:
        raise ClientDiffers(f"the client sent something wrong:\n{report.as_text()}")


def _calls(sandbox: Sandbox) -> str:
    calls = sandbox.calls
    lines = [
        f"  call {call['id']} {call['operation']}: {call['outcome']} {', '.join(dict.fromkeys(call['errors']))}\n"
        f"    {call['curl'][:400]}"
        for call in calls[-CALLS_SHOWN:]
    ]
    return f"\nits last calls, of {len(calls)}:\n" + "\n".join(lines) if lines else "\nit made no call"
