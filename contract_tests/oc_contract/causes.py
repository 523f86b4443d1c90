"""Cases of the errors that a world gives by their real cause: names that nobody has, and the same request once more.

Which fields name something, and which error a wrong name gives, stands in the API's things.json.
"""

import copy
from collections.abc import Callable, Iterator
from functools import partial
from string import Formatter

from oc_sandbox.contract import Operation

from .places import Case, Expected, Json
from .scenes import Draft, Scene, things

NOBODYS = "OCT-NOBODYS"


def of_causes(operation: Operation) -> Iterator[Case]:
    """Each name replaced by one that nobody has, mistakes of other kinds, and what was just taken a second time."""
    told = things(operation.api.name)["operations"].get(operation.name, {})
    for pointer, error in told.get("unknown", {}).items():
        name = f"{pointer[1:].replace('/*', '').replace('/', '.')} is nobody's"
        row = operation.errors[error]
        yield Case(name, "negative", error, row.evidence, _unknown(pointer), Expected(error, _naming(row.message)))
    for row in told.get("wrong", ()):
        error = row["error"]
        yield Case(row["case"], "negative", error, operation.errors[error].evidence, _wrong(row), Expected(error))
    if "again" in told:
        error = told["again"]
        yield Case("the same again", "negative", error, operation.errors[error].evidence, _again, Expected(error))


def _naming(message: str) -> dict[str, str]:
    """What the text of the error must tell of: the name that nobody has, where it tells of one thing."""
    values = [name for _, name, _, _ in Formatter().parse(message) if name]
    return {values[0]: NOBODYS} if len(values) == 1 else {}


def _unknown(pointer: str) -> Callable[[Draft, Scene], Draft]:
    def change(draft: Draft, scene: Scene) -> Draft:
        body = copy.deepcopy(draft.body)
        _write(body, pointer.split("/")[1:], lambda _: NOBODYS)
        # What was refused for its own number would hide the wrong name.
        return scene.renewed(draft.with_body(body))

    return change


def _wrong(row: Json) -> Callable[[Draft, Scene], Draft]:
    def change(draft: Draft, scene: Scene) -> Draft:
        body = copy.deepcopy(draft.body)
        for pointer, value in row.get("set", {}).items():
            _write(body, pointer.split("/")[1:], partial(_told, value))
        if "twice" in row:
            _write(body, row["twice"].split("/")[1:], lambda items: [item for item in items for _ in range(2)])
        return scene.renewed(draft.with_body(body))

    return change


def _told(value: Json, _: Json) -> Json:
    return copy.deepcopy(value)


def _again(draft: Draft, scene: Scene) -> Draft:
    """A request of its own, which was made just before; whether it was taken then, the second reply tells."""
    once = scene.renewed(draft)
    scene.send(once)
    return once


def _write(node: Json, steps: list[str], value: Callable[[Json], Json]) -> None:
    """Write a value, told from the present one, wherever the steps lead; a field that is missing is made."""
    step, *rest = steps
    if step == "*":
        if not rest:
            node[:] = [value(None)]
            return
        for item in node:
            _write(item, rest, value)
    elif not rest:
        node[step] = value(node.get(step))
    else:
        if rest[0] == "*" and not node.get(step):
            node[step] = [{}]
        _write(node.setdefault(step, {}), rest, value)
