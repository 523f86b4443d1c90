"""Worlds for a client to work in: few or many SKUs, with stock that is known because nobody else has put it there."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from hypothesis import strategies as st
from oc_sandbox import Sandbox
from oc_sandbox.call import Call
from oc_sandbox.catalog import catalog

from ..targets import Keys, credentials

REGIONS = ("UK", "DE")
SERVICE, SERVICE_REGION = "GBDomStd_RMOnly", "UK"
SKUS_A_CALL = 10
NOW = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
REVIEWED_AFTER = timedelta(days=10)
LONGEST_BACK = timedelta(days=40)
EDGES = (timedelta(0), timedelta(days=7), timedelta(days=14), timedelta(days=21))
"""Where windows that follow each other may meet, counted from the start."""
ZONES = tuple(timezone(timedelta(hours=hours)) for hours in (0, 8, -5))


class Posted(NamedTuple):
    """A change of stock that the kit makes: what is available of a SKU in a region from an instant on."""

    at: datetime
    sku: int
    region: str
    available: int


class Period(NamedTuple):
    """What a client is asked for: a window, and what moves in and around it."""

    start: datetime
    end: datetime
    posted: tuple[Posted, ...]


def sandbox_with(count: int, at: datetime) -> tuple[Sandbox, list[str]]:
    """A world with so many SKUs that may be ordered, and no stock, at an instant; and their ids."""
    sandbox = Sandbox(seed="empty", clock="manual", now=at - REVIEWED_AFTER)
    ids = []
    for first in range(0, count, SKUS_A_CALL):
        ids += _created(sandbox, range(first, min(count, first + SKUS_A_CALL)))
    sandbox.advance(seconds=REVIEWED_AFTER.total_seconds())
    sandbox.journal.clear()
    return sandbox, ids


def _created(sandbox: Sandbox, numbers: Sequence[int]) -> list[str]:
    operation = catalog().operations["sku_creation_v3"]
    wanted = sandbox.sample(operation.name)
    request: dict[str, Any] = json.loads(wanted.body)
    (row,) = request["data"]
    request["data"] = [{**row, "referenceSKUID": f"KIT-{number}"} for number in numbers]
    body = json.dumps(request).encode()
    keys = Keys(sandbox.client_key, sandbox.secret_key, sandbox.access_token)
    headers = {**wanted.headers, **credentials(operation, wanted.path, body, keys)}
    headers = {name.lower(): value for name, value in headers.items()}
    reply = json.loads(sandbox.send(Call(operation.method, wanted.path, headers, body)).body)
    return [made["MFSKUID"] for made in reply["data"]]


@st.composite
def stocks(draw: st.DrawFn) -> list[tuple[int, str, int]]:
    """Rows of stock: number of the SKU, region, pieces. Now and then more rows than any page has."""
    skus = draw(st.sampled_from((1, 3, 101)))
    rows = [(sku, region) for sku in range(skus) for region in REGIONS]
    pieces = draw(st.lists(st.integers(0, 5000), min_size=3, max_size=3))
    kept = rows if skus > len(pieces) else draw(st.lists(st.sampled_from(rows), unique=True))
    return [(sku, region, pieces[at % len(pieces)] + at) for at, (sku, region) in enumerate(kept)]


@st.composite
def order_lists(draw: st.DrawFn) -> tuple[list[int], list[tuple[int, int]]]:
    """Stock of two SKUs, and orders: number of the SKU and pieces. Now and then more than a call takes."""
    many = draw(st.sampled_from((False, False, True)))
    orders = draw(st.lists(st.tuples(st.integers(0, 1), st.integers(1, 3)), min_size=1, max_size=5))
    if many:
        orders = (orders * 120)[: draw(st.sampled_from((50, 51, 101)))]
    wanted = [sum(pieces for sku, pieces in orders if sku == each) for each in (0, 1)]
    # Where a piece lacks, some orders are refused, and others of the same call are not.
    return [max(0, each - draw(st.integers(0, 2))) for each in wanted], orders


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """A window of up to a month, its ends in any zone, and movements in it, on the seams of weeks, and outside."""
    start = NOW - LONGEST_BACK + timedelta(seconds=draw(st.integers(0, 86400)))
    end = start + timedelta(seconds=draw(st.sampled_from((3600, 86400 * 3, 86400 * 7, 86400 * 7 + 1, 86400 * 30))))
    seams = st.builds(
        lambda edge, second: start + edge + timedelta(seconds=second),
        st.sampled_from(EDGES),
        st.sampled_from((-1, 0, 1)),
    )
    anywhere = st.integers(-86400, 86400 * 31).map(lambda second: start + timedelta(seconds=second))
    posted = st.builds(Posted, seams | anywhere, st.integers(0, 1), st.sampled_from(REGIONS), st.integers(0, 9))
    made = sorted(each for each in draw(st.lists(posted, max_size=6)) if each.at <= NOW)
    return Period(_seen_from(draw, start), _seen_from(draw, end), tuple(made))


def _seen_from(draw: st.DrawFn, instant: datetime) -> datetime:
    return instant.astimezone(draw(st.sampled_from(ZONES)))
