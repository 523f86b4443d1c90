"""What stands in a marker, held against what there is before any test runs."""

import reprlib
from collections.abc import Mapping
from typing import Any

from .answers import Answers, runs_under
from .run import Run, complete
from .settings import MARKER, BadSetting, check_names

_TEXTS = ("auth", "seed", "signing")


def check_marker(name: str, positional: tuple[Any, ...], given: Mapping[str, Any]) -> None:
    """Errors: BadSetting, whose message begins with the marker and its wrong argument."""
    place = f"@pytest.mark.{name}"
    if positional:
        raise BadSetting(f"{place}({reprlib.repr(positional[0])}): it takes its arguments by name: {', '.join(MARKER)}")
    check_names(f"{place}(...)", given, MARKER)
    try:
        _check(given)
    except ValueError:
        for argument, value in given.items():
            try:
                _check({argument: value})
            except ValueError as error:
                raise BadSetting(f"{place}({argument}={reprlib.repr(value)}): {error}") from error
        raise


def _check(given: Mapping[str, Any]) -> None:
    """Errors: ValueError, as making the tenant gives it."""
    settings = dict(given)
    for argument in _TEXTS:
        if settings.get(argument) is not None and not isinstance(settings[argument], str):
            raise BadSetting(f"{argument} must be a text, not {settings[argument]!r}")
    if runs_under(settings.get("assumptions")) is not None:
        del settings["assumptions"]
    # A tenant costs next to nothing, and whatever it cannot be made with it refuses in words.
    Run().make(complete(settings))


def many_runs(markers: "list[Any]") -> list[tuple[str, Answers]] | None:
    """The runs of a test that the nearest marker with `assumptions` asks for; None for one run."""
    return runs_under(next((each.kwargs["assumptions"] for each in markers if "assumptions" in each.kwargs), None))
