"""The date rules at their edges, for every operation whose contract file has some. Walks the catalogue."""

from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

import orjson
import pytest
from calls import answer, send
from oc_sandbox import Sandbox
from oc_sandbox.catalog import catalog
from oc_sandbox.contract import Operation
from oc_sandbox.formats import before, parse_date_time, span, write_date, write_date_time

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 22, 15, 30, 0, tzinfo=timezone.utc)
SECOND = timedelta(seconds=1)


class Ranged(NamedTuple):
    """An operation, and where in its body a window of time stands."""

    operation: Operation
    path: tuple[str, ...]
    rule: dict[str, Any]
    schema: dict[str, Any]

    @property
    def write(self) -> Any:
        return write_date_time if self.schema[self.rule["start"]]["format"] == "offset-date-time" else write_date


def ranges(operation: Operation, schema: dict[str, Any], path: tuple[str, ...] = ()) -> list[Ranged]:
    """The windows of time below a schema."""
    own = [Ranged(operation, path, schema["x-date-range"], schema["properties"])] if "x-date-range" in schema else []
    return own + [
        found
        for name, child in schema.get("properties", {}).items()
        for found in ranges(operation, child, (*path, name))
    ]


RANGES = [
    pytest.param(found, id=found.operation.name)
    for operation in catalog().operations.values()
    if operation.parameters == "json"
    for found in ranges(operation, operation.document["request"])
]
WITH_CLOCK = [param for param in RANGES if param.values[0].write is write_date_time]
WITH_LONGEST = [param for param in RANGES if "longest" in param.values[0].rule]
WITH_LOOK_BACK = [param for param in RANGES if "look_back" in param.values[0].rule]


def outcome(ranged: Ranged, start: Any, end: Any, *, now: datetime = NOW) -> tuple[str, ...]:
    """The names of the errors that a window gets; a bound that is ... is left out."""
    sandbox = Sandbox(clock="manual", now=now)
    body = orjson.loads(sandbox.sample(ranged.operation.name).body)
    holder = body
    for step in ranged.path:
        holder = holder[step]
    for name, bound in ((ranged.rule["start"], start), (ranged.rule["end"], end)):
        if bound is ...:
            holder.pop(name, None)
        else:
            holder[name] = ranged.write(bound) if isinstance(bound, datetime) else bound
    reply = send(sandbox, ranged.operation.name, body)
    assert reply.status == 200
    return next(sandbox.journal.since()).errors


def error(ranged: Ranged, what: str) -> tuple[str, ...]:
    """The error that the contract file names."""
    return (ranged.rule["errors"][what],)


def widest(ranged: Ranged) -> timedelta:
    """The longest window that passes: times are told by the second."""
    longest = span(ranged.rule["longest"])
    return longest if ranged.rule.get("longest_inclusive", True) else longest - SECOND


def test_there_are_operations_with_date_rules() -> None:
    assert {"get_stock_movement"} <= {param.id for param in WITH_LONGEST}


@pytest.mark.parametrize("ranged", WITH_LONGEST)
@pytest.mark.parametrize("zone", [timezone.utc, CHINA], ids=["+0000", "+0800"])
def test_the_longest_window_passes_and_a_second_more_is_refused(ranged: Ranged, zone: timezone) -> None:
    end = NOW.astimezone(zone)
    longest = widest(ranged)
    assert outcome(ranged, end - longest, end) == ()
    assert outcome(ranged, end - longest + SECOND, end) == ()
    assert outcome(ranged, end - longest - SECOND, end) == error(ranged, "longest")


@pytest.mark.parametrize("ranged", WITH_LONGEST)
def test_a_window_is_measured_between_instants_whatever_their_zones(ranged: Ranged) -> None:
    longest = widest(ranged)
    assert outcome(ranged, NOW.astimezone(CHINA) - longest, NOW) == ()
    assert outcome(ranged, NOW.astimezone(CHINA) - longest - SECOND, NOW) == error(ranged, "longest")
    assert outcome(ranged, NOW - longest, NOW.astimezone(CHINA)) == ()


@pytest.mark.parametrize("ranged", WITH_LOOK_BACK)
@pytest.mark.parametrize("zone", [timezone.utc, CHINA], ids=["+0000", "+0800"])
def test_a_start_12_months_back_passes_and_one_beyond_the_grace_is_refused(ranged: Ranged, zone: timezone) -> None:
    twelve_months = before(NOW, ranged.rule["look_back"]).astimezone(zone)
    assert twelve_months.astimezone(timezone.utc) == datetime(2025, 11, 22, 15, 30, 0, tzinfo=timezone.utc)
    edge = before(twelve_months, ranged.rule["look_back_grace"])
    day = timedelta(days=1)
    assert outcome(ranged, twelve_months, twelve_months + day) == ()
    assert outcome(ranged, edge, edge + day) == ()
    assert outcome(ranged, edge - SECOND, edge + day) == error(ranged, "look_back")


@pytest.mark.parametrize("ranged", WITH_LOOK_BACK)
def test_a_start_some_seconds_over_365_days_back_passes(ranged: Ranged) -> None:
    # A client in production (2026-04) asks so every day: 365 days by its own clock, and then the call takes time.
    start = NOW - timedelta(days=365, seconds=30)
    assert outcome(ranged, start, start + timedelta(days=7) - SECOND) == ()


@pytest.mark.parametrize("ranged", WITH_LOOK_BACK)
def test_the_look_back_follows_the_worlds_clock(ranged: Ranged) -> None:
    start = datetime(2024, 7, 13, 2, 10, 10, tzinfo=timezone.utc)
    end = start + timedelta(days=7) - SECOND
    assert outcome(ranged, start, end, now=end) == ()
    assert outcome(ranged, start, end, now=end + timedelta(days=370)) == error(ranged, "look_back")


@pytest.mark.parametrize("ranged", WITH_LOOK_BACK)
def test_twelve_months_before_a_leap_day_is_the_28th(ranged: Ranged) -> None:
    now = datetime(2028, 2, 29, 12, 0, 0, tzinfo=timezone.utc)
    edge = datetime(2027, 2, 27, 12, 0, 0, tzinfo=timezone.utc)  # the 28th, and a day of grace
    assert outcome(ranged, edge, edge + timedelta(days=1), now=now) == ()
    assert outcome(ranged, edge - SECOND, edge + timedelta(days=1), now=now) == error(ranged, "look_back")


@pytest.mark.parametrize("ranged", RANGES)
def test_an_end_before_the_start_is_refused(ranged: Ranged) -> None:
    step = SECOND if ranged.write is write_date_time else timedelta(days=1)
    assert outcome(ranged, NOW, NOW - step) == error(ranged, "order")
    assert outcome(ranged, NOW, NOW) == ()


@pytest.mark.parametrize("ranged", [param for param in RANGES if param.values[0].rule.get("end_default") == "now"])
@pytest.mark.parametrize("end", [None, ...], ids=["null", "missing"])
def test_an_end_that_is_not_there_is_now(ranged: Ranged, end: Any) -> None:
    longest = widest(ranged)
    assert outcome(ranged, NOW - longest, end) == ()
    assert outcome(ranged, NOW - longest - SECOND, end) == error(ranged, "longest")
    assert outcome(ranged, NOW + SECOND, end) == error(ranged, "order")


@pytest.mark.parametrize("ranged", RANGES)
def test_the_29th_of_february_is_a_date_in_leap_years_only(ranged: Ranged) -> None:
    clock = "T00:00:00" if ranged.write is write_date_time else ""
    now = datetime(2028, 3, 1, tzinfo=timezone.utc)
    assert outcome(ranged, f"2028-02-29{clock}+0800", f"2028-02-29{clock}+0800", now=now) == ()
    assert outcome(ranged, f"2027-02-29{clock}+0800", f"2027-02-28{clock}+0800", now=now) == ("date_format",)


WRONG_DATE_TIMES = [
    "2026-11-20 10:10:10",
    "2026-11-20T10:10:10",
    "2026-11-20T10:10:10Z",
    "2026-11-20T10:10:10+08:00",
    "2026-11-20T10:10:10+08",
    "2026-11-20T10:10:10.000+0800",
    "2026-11-20T10:10+0800",
    "2026-11-20T24:00:00+0800",
    "2026-11-20T10:10:60+0800",
    "2026-11-20T10:10:10+2400",
    "2026-11-20T10:10:10+0860",
    "2026-11-31T10:10:10+0800",
    "2026-13-01T10:10:10+0800",
    "0000-01-01T00:00:00+0000",
    "20261120T101010+0800",
    "2026/11/20T10:10:10+0800",
    "2026-11-20t10:10:10+0800",
    "２０２６-11-20T10:10:10+0800",
    " 2026-11-20T10:10:10+0800",
    "2026-11-20T10:10:10+0800\n",
    "2026-11-20+0800",
    "2026-11-20",
    "now",
    "",
    1795169410,
    1795169410000,
    True,
    [],
    {},
]


@pytest.mark.parametrize("ranged", WITH_CLOCK)
@pytest.mark.parametrize("wrong", WRONG_DATE_TIMES, ids=repr)
def test_another_format_is_refused_with_400007_naming_the_field(ranged: Ranged, wrong: Any) -> None:
    for name, other in ((ranged.rule["start"], ranged.rule["end"]), (ranged.rule["end"], ranged.rule["start"])):
        sandbox = Sandbox(clock="manual", now=NOW)
        body = orjson.loads(sandbox.sample(ranged.operation.name).body)
        holder = body
        for step in ranged.path:
            holder = holder[step]
        holder[name], holder[other] = wrong, write_date_time(NOW)
        got = answer(sandbox, ranged.operation.name, body)
        text = f"{name} 字段格式必须为:yyyy-MM-dd'T'HH:mm:ssZ!"
        assert got["errors"] == [{"code": "400007", "message": text}]
        assert (got["code"], got["message"]) == (3, "参数错误")


@pytest.mark.parametrize("ranged", [param for param in RANGES if param not in WITH_CLOCK])
@pytest.mark.parametrize(
    "wrong", ["2026-11-20", "2026-11-20T10:10:10+0800", "2026-11-20 +0800", "2026-11-20Z", 20261120]
)
def test_a_date_in_another_format_is_refused(ranged: Ranged, wrong: Any) -> None:
    assert outcome(ranged, wrong, NOW) == ("date_format",)


def test_a_moved_clock_moves_the_window_of_a_running_world() -> None:
    sandbox = Sandbox(clock="manual", now=NOW)
    query = {"data": {"startTime": write_date_time(NOW), "endTime": write_date_time(NOW + timedelta(days=1))}}
    assert answer(sandbox, "get_stock_movement", query)["code"] == 0
    sandbox.advance(days=367)
    assert answer(sandbox, "get_stock_movement", query)["code"] == 3


def test_the_refusal_of_an_old_start_bears_the_servers_own_text_where_clients_look() -> None:
    old = NOW - timedelta(days=500)
    query = {"data": {"startTime": write_date_time(old), "endTime": write_date_time(old + timedelta(days=1))}}
    got = answer(Sandbox(clock="manual", now=NOW), "get_stock_movement", query)
    assert got["success"] is False
    assert got["message"] == got["errors"][0]["message"] == "Query timeslot is only valid for the last 12 months."


def test_a_duration_of_months_ends_on_the_last_day_that_a_month_has() -> None:
    assert before(parse_date_time("2026-03-31T00:00:00+0000"), "P1M") == parse_date_time("2026-02-28T00:00:00+0000")
    assert before(parse_date_time("2028-02-29T00:00:00+0000"), "P1Y") == parse_date_time("2027-02-28T00:00:00+0000")
    assert span("P1W2DT3H") == timedelta(days=9, hours=3)
