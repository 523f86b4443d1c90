"""Cases of the rules between fields: windows of time, and fields that are required where another has a given value."""

import copy
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from oc_sandbox.formats import WRITERS, before, span, zone_of

from .places import Case, Expected, Json, Pointer, node_at, shown
from .scenes import Draft, Scene

Instant = Callable[[datetime], datetime]
"""An instant, told from now."""
Zones = tuple[str, str]
"""The zones in which the start and the end of a window are written."""
HOME: Zones = ("+0800", "+0800")
ABROAD: Zones = ("-0330", "+0800")


class Window(NamedTuple):
    """A date range of a request schema: its rule, where its holder stands, and the form of its times."""

    rule: Json
    at: Pointer
    form: str

    def case(
        self, name: str, expected: Expected, keyword: str, start: Instant, end: Instant, zones: Zones = HOME
    ) -> Case:
        """A window between two instants, each told from the target's now, and written in a zone of its own."""
        evidence = self.rule["x-evidence"].get(keyword, "assumed")
        axis = "negative" if expected.error else "boundary"
        change = self._between(start, end, zones)
        return Case(f"{shown(self.at)} {name}", axis, f"x-date-range {keyword}", evidence, change, expected)

    def _between(self, start: Instant, end: Instant, zones: Zones) -> Callable[[Draft, Scene], Draft]:
        def change(draft: Draft, scene: Scene) -> Draft:
            now = scene.now().replace(microsecond=0)
            in_body = draft.operation.parameters == "json"
            body = copy.deepcopy(draft.body if in_body else dict(draft.query))
            holder = node_at(body, self.at)
            times = (self.rule["start"], start(now), zones[0]), (self.rule["end"], end(now), zones[1])
            for name, instant, offset in times:
                zone = zone_of(offset) if self.form.startswith("offset") else instant.tzinfo
                holder[name] = WRITERS[self.form](instant.astimezone(zone))
            return draft.with_body(body) if in_body else draft._replace(query=body)

        return change


def of_date_range(schema: Json, at: Pointer) -> Iterator[Case]:
    """Each rule of a window of time, at its edge and beyond."""
    rule = schema["x-date-range"]
    window = Window(rule, at, schema["properties"][rule["start"]]["format"])
    names = {"field": rule["end"], "start": rule["start"], "end": rule["end"]}
    kept = Expected(not_errors=frozenset(rule["errors"].values()))
    if "order" in rule["errors"]:
        unit = timedelta(days=1) if window.form.endswith("-date") else timedelta(seconds=1)
        wrong = Expected(rule["errors"]["order"], names)
        yield window.case("ends before it starts", wrong, "order", _ago(timedelta()), _ago(unit))
        yield window.case("ends when it starts", kept, "order", _ago(unit), _ago(unit))
    if "longest" in rule:
        yield from _of_longest(window, names, kept)
    if "look_back" in rule:
        yield from _of_look_back(window, names, kept)


def _of_longest(window: Window, names: Mapping[str, str], kept: Expected) -> Iterator[Case]:
    rule, longest = window.rule, span(window.rule["longest"])
    second, now = timedelta(seconds=1), _ago(timedelta())
    wrong = Expected(rule["errors"]["longest"], {**names, "field": rule["start"], "days": str(longest.days)})
    exactly = kept if rule.get("longest_inclusive", True) else wrong
    yield window.case("is a second shorter than the longest", kept, "longest", _ago(longest - second), now)
    yield window.case("is exactly the longest", exactly, "longest_inclusive", _ago(longest), now)
    yield window.case("is a second too long", wrong, "longest", _ago(longest + second), now)
    if window.form == "offset-date-time":
        shorter, longer = _ago(longest - second), _ago(longest + second)
        yield window.case("is a second shorter, over two zones", kept, "longest", shorter, now, ABROAD)
        yield window.case("is a second too long, over two zones", wrong, "longest", longer, now, ABROAD)


def _of_look_back(window: Window, names: Mapping[str, str], kept: Expected) -> Iterator[Case]:
    rule, hour = window.rule, timedelta(hours=1)
    wrong = Expected(rule["errors"]["look_back"], {**names, "field": rule["start"]})

    def beyond(time: timedelta) -> Instant:
        def instant(now: datetime) -> datetime:
            edge = before(now, rule["look_back"])
            return (before(edge, rule["look_back_grace"]) if "look_back_grace" in rule else edge) - time

        return instant

    inside, edge, outside = beyond(-hour), beyond(timedelta()), beyond(hour)
    yield window.case("starts an hour inside the look-back", kept, "look_back", inside, beyond(-2 * hour))
    yield window.case("starts an hour before the look-back", wrong, "look_back", outside, edge)


def _ago(time: timedelta) -> Instant:
    return lambda now: now - time


def of_condition(schema: Json, at: Pointer) -> Iterator[Case]:
    """What must stand where another field has a given value, left out."""
    rule = schema["x-required-if"]
    evidence = rule["x-evidence"]
    for spelling in dict.fromkeys((rule["equals_without_case"], rule["equals_without_case"].upper())):
        missing = rule["required"][0]

        def change(draft: Draft, scene: Scene, spelling: str = spelling) -> Draft:
            body = copy.deepcopy(draft.body)
            node = node_at(body, at)
            node[rule["property"]] = spelling
            for name in rule["required"]:
                node.pop(name, None)
            return draft.with_body(body)

        name = f"{shown(at)} {rule['property']} is {spelling} without {missing}"
        yield Case(name, "negative", "x-required-if", evidence, change, Expected(rule["error"], {"field": missing}))
