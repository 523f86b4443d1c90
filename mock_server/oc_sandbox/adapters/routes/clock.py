"""A tenant's clock: shown, moved, and made to pass in another way."""

from datetime import datetime
from typing import Any

from ...control.views import clock_view, happened_view
from ...domain.clock import Clock, Mode
from ...formats import parse_iso_instant
from ...tenancy import Tenant
from .asking import ONE_TENANT, Asked, Problem, Way, members, number

SETTINGS = ("advance_seconds", "mode", "now", "rate")
MODES: tuple[Mode, ...] = ("real", "frozen", "accelerated", "manual")


def get_clock(tenant: Tenant, asked: Asked) -> Any:
    """Mode, now and rate."""
    return clock_view(tenant.clock)


async def put_clock(tenant: Tenant, asked: Asked) -> Any:
    """Change the clock; answers with what happened while it moved, when all webhooks of that time were tried."""
    wanted = asked.settings(*SETTINGS)
    if not wanted:
        raise Problem(400, f"give at least one of {', '.join(SETTINGS)}")
    mode, rate = _mode(wanted.get("mode", tenant.clock.mode)), number("rate", wanted.get("rate", 60))
    advance = number("advance_seconds", wanted.get("advance_seconds", 0))
    now = parse_now(wanted["now"]) if "now" in wanted else None
    async with asked.courier.turn(tenant):
        # Whatever does not fit is found on other clocks, before the tenant's is changed.
        Clock(mode, rate=rate)
        target = Clock("manual", now=tenant.clock.now())
        if now is not None:
            target.set(now)
        target.advance(advance)
        happened = await asked.courier.walk(tenant, target.now_ms())
        if "mode" in wanted or "rate" in wanted:
            tenant.clock.configure(mode, rate=rate)
    return clock_view(tenant.clock) | {"happened": happened_view(happened)}


def new_clock(wanted: Any) -> Clock:
    """A clock from {"mode": …, "now": …, "rate": …}, or a real one. Errors: Problem, ValueError."""
    if wanted is None:
        return Clock()
    settings = members(wanted, "mode", "now", "rate")
    now = parse_now(settings["now"]) if "now" in settings else None
    return Clock(_mode(settings.get("mode", "real")), now=now, rate=number("rate", settings.get("rate", 60)))


def parse_now(text: Any) -> datetime:
    """An instant such as 2026-11-22T15:30:00Z. Errors: Problem."""
    try:
        instant = parse_iso_instant(str(text))
    except ValueError as error:
        raise Problem(400, f"now must be an instant with a zone, such as 2026-11-22T15:30:00Z, not {text!r}") from error
    return instant


def _mode(value: Any) -> Mode:
    for mode in MODES:
        if value == mode:
            return mode
    raise Problem(400, f"mode must be one of {', '.join(MODES)}, not {value!r}")


WAYS = (
    Way("GET", f"{ONE_TENANT}/clock", get_clock),
    Way("PUT", f"{ONE_TENANT}/clock", put_clock),
)
