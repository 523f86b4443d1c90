"""Cases of the errors that a world gives by their real cause: names that nobody has, and the same request once more.

Which fields name something, and which error a wrong name gives, stands in the API's things.json.
"""

import copy
from collections.abc import Callable, Iterator

from oc_sandbox.contract import Operation

from .places import Case, Expected, Json
from .scenes import Draft, Scene, things

NOBODYS = "OCT-NOBODYS"


def of_causes(operation: Operation) -> Iterator[Case]:
    """Each name replaced by one that nobody has; and the request as it was taken before, a second time."""
    told = things(operation.api.name)["operations"].get(operation.name, {})
    for pointer, error in told.get("unknown", {}).items():
        name = f"{pointer[1:].replace('/*', '').replace('/', '.')} is nobody's"
        yield Case(name, "negative", error, operation.errors[error].evidence, _unknown(pointer), Expected(error))
    if "again" in told:
        error = told["again"]
        yield Case("the same again", "negative", error, operation.errors[error].evidence, _again, Expected(error))


def _unknown(pointer: str) -> Callable[[Draft, Scene], Draft]:
    def change(draft: Draft, scene: Scene) -> Draft:
        body = copy.deepcopy(draft.body)
        _write(body, pointer.split("/")[1:])
        # What was refused for its own number would hide the wrong name.
        return scene.renewed(draft.with_body(body))

    return change


def _again(draft: Draft, scene: Scene) -> Draft:
    """A request of its own, which was made just before; whether it was taken then, the second reply tells."""
    once = scene.renewed(draft)
    scene.send(once)
    return once


def _write(node: Json, steps: list[str]) -> None:
    """Write the unknown name wherever the steps lead; a field that is missing is made."""
    step, *rest = steps
    if step == "*":
        if not rest:
            node[:] = [NOBODYS]
            return
        for item in node or [node]:
            _write(item, rest)
    elif not rest:
        node[step] = NOBODYS
    else:
        _write(node.setdefault(step, [] if rest[0] == "*" else {}), rest)
