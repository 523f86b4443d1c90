"""What a marker, a fixture's factory and `[tool.oc-sandbox]` may say, and what it means."""

import sys
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

from ..domain.clock import Mode
from ..formats import parse_iso_instant

MARKER = ("assumptions", "auth", "clock", "faults", "seed", "signing")
FACTORY = (*MARKER, "client_key", "secret_key", "sellers")
_TEXT, _TABLE = (str,), (dict,)
PROJECT: Mapping[str, tuple[type, ...]] = {
    "allow-vendor-hosts": (bool,),
    "assumptions": _TABLE,
    "auth": _TEXT,
    "clock": (str, datetime, dict),
    "report": _TEXT,
    "seed": _TEXT,
    "signing": _TEXT,
    "target": _TEXT,
}
TABLE = "oc-sandbox"
MISSPELT = ("oc_sandbox", "orangeconnex-sandbox")
"""The import package and the distribution: what else one might call the table, and it would say nothing."""


class BadSetting(ValueError):
    """A setting that does not exist, or does not mean anything. The message names what there is."""


def check_names(place: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Errors: BadSetting, for the first name that is not known, with the nearest that is."""
    names = sorted(known)
    for name in given:
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
            raise BadSetting(f"{place}: there is no {name!r}; {hint}")


def project_settings(text: str, file: Path) -> dict[str, Any]:
    """The table `[tool.oc-sandbox]` of a pyproject.toml; empty where there is none. Errors: BadSetting."""
    # pytest brings tomli to the Pythons that are without.
    toml = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        tools: Any = toml.loads(text).get("tool", {})
    except toml.TOMLDecodeError as error:
        raise BadSetting(f"{file}: {error}") from error
    for name in MISSPELT:
        if name in tools:
            raise BadSetting(f"{file}: the table of the sandbox is [tool.{TABLE}], not [tool.{name}]")
    table, place = tools.get(TABLE, {}), f"[tool.{TABLE}] in {file}"
    if not isinstance(table, Mapping):
        raise BadSetting(f"{place} must be a table, not {table!r}")
    check_names(place, table, PROJECT)
    for name, value in table.items():
        if not isinstance(value, PROJECT[name]):
            kinds = " or ".join(_KINDS[kind] for kind in PROJECT[name])
            raise BadSetting(f"{place}: {name} must be {kinds}, not {value!r}")
    return dict(table)


_KINDS = {bool: "true or false", str: "a text", dict: "a table", datetime: "an instant"}


def clock_settings(wanted: Any) -> dict[str, Any]:
    """What `clock` means, as the control plane has it: {"mode", "now", "rate"}.

    It is a mode, or an instant (2026-11-22T15:30:00Z, or a datetime with a zone) at which time stands still until the
    test moves it, or a mapping of mode, now and rate. Errors: BadSetting.
    """
    if isinstance(wanted, Mapping):
        check_names("clock", wanted, ("mode", "now", "rate"))
        told = dict(wanted)
        if "now" in told:
            told["now"] = _instant(told["now"])
        return told
    if wanted in get_args(Mode):
        return {"mode": wanted}
    return {"mode": "manual", "now": _instant(wanted)}


def _instant(wanted: Any) -> str:
    try:
        instant = wanted if isinstance(wanted, datetime) else parse_iso_instant(str(wanted))
        if instant.tzinfo is None:
            raise ValueError("no zone")
    except ValueError as error:
        modes = ", ".join(get_args(Mode))
        raise BadSetting(
            f"clock must be {modes}, or an instant with a zone, such as 2026-11-22T15:30:00Z, not {wanted!r}"
        ) from error
    return instant.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
