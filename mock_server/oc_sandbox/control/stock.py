"""Stock as the control plane shows and changes it: a change is written as movements, never as a new number."""

from collections import Counter
from typing import Any

from ..domain.ledger import Bucket, Key, Reason
from ..domain.world import World

LARGEST_QUANTITY = 1_000_000_000
OF_ORDERS = frozenset({Bucket.IN_TRANSIT, Bucket.RECEIVED, Bucket.ALLOCATED, Bucket.IN_VALUE_ADDED_SERVICE})
ADJUSTABLE = tuple(bucket for bucket in Bucket if bucket not in OF_ORDERS)
"""The buckets that may be set. The others hold what orders have put there, and follow from them."""

FROZEN_IN = frozenset({Bucket.ON_HOLD, Bucket.SUSPENDED})
"""Where frozen pieces lie: they come out of what is available, and go back there."""
FREEZES = {"frozen": Reason.FROZEN, "black_frozen": Reason.BLACK_FROZEN}
REASONS = {"adjusted": Reason.ADJUSTED, **FREEZES}


class BadStock(ValueError):
    """A stock row cannot be applied. The message says which, and what is possible."""


def rows(world: World) -> list[dict[str, Any]]:
    """Every SKU and region that has or had stock, with the quantity in each bucket."""
    return [
        {"mf_sku_id": sku, "service_region": region}
        | {bucket.name.lower(): world.ledger.balance(sku, region, bucket) for bucket in Bucket}
        for sku, region in world.ledger.shelves()
    ]


def adjust(world: World, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Bring buckets to the wanted quantities; a bucket that a row does not name stays. Gives the rows as they are then.

    A row may say `reason`: adjusted (the default): pieces are found, or lost; frozen, or black_frozen: what on_hold and
    suspended gain or lose, available loses or gains. Errors: BadStock, and then nothing is changed.
    """
    changes = [_changes(world, row) for row in wanted]
    doubled = [key for key, count in Counter(key for key, _, _ in changes).items() if count > 1]
    if doubled:
        raise BadStock(f"there are two rows for {' in '.join(doubled[0])}; say all of a SKU and region in one")
    for key, changed, reason in changes:
        if changed:
            world.ledger.post(key, world.now_s(), changed, reason)
    touched = {key for key, _, _ in changes}
    return [row for row in rows(world) if (row["mf_sku_id"], row["service_region"]) in touched]


def _changes(world: World, row: Any) -> tuple[Key, list[tuple[Bucket, int]], Reason]:
    if not isinstance(row, dict):
        raise BadStock(f"a stock row is an object with mf_sku_id, service_region and quantities, not {row!r}")
    quantities = {**row}
    sku, region = quantities.pop("mf_sku_id", None), quantities.pop("service_region", None)
    if not isinstance(sku, str) or sku not in world.skus:
        raise BadStock(f"there is no SKU {sku!r}; GET the stock to see those there are, or create it first")
    if not isinstance(region, str) or not region:
        raise BadStock(f"the row of {sku} needs a service_region")
    reason = _reason(quantities.pop("reason", "adjusted"))
    names: dict[str, Bucket] = {bucket.name.lower(): bucket for bucket in ADJUSTABLE}
    changes: dict[Bucket, int] = {}
    for name, quantity in quantities.items():
        if name not in names:
            raise BadStock(f"{name} cannot be set; {', '.join(names)} can. The others hold what orders put there")
        if type(quantity) is not int or not 0 <= quantity <= LARGEST_QUANTITY:
            raise BadStock(f"{name} must be a whole number from 0 to {LARGEST_QUANTITY}, not {quantity!r}")
        changes[names[name]] = quantity - world.ledger.balance(sku, region, names[name])
    if reason in FREEZES.values():
        changes = _freeze(changes, world.ledger.balance(sku, region, Bucket.AVAILABLE))
    return (sku, region), [(bucket, change) for bucket, change in changes.items() if change], reason


def _reason(name: Any) -> Reason:
    reason = REASONS.get(name) if isinstance(name, str) else None
    if reason is None:
        raise BadStock(f"reason must be {', '.join(REASONS)}, not {name!r}")
    return reason


def _freeze(changes: dict[Bucket, int], available: int) -> dict[Bucket, int]:
    """The changes with what they take out of the available bucket, or give back to it. Errors: BadStock."""
    if not changes or changes.keys() - FROZEN_IN:
        raise BadStock(
            "to freeze pieces, or to free them, say how many shall be on_hold or suspended, and no other bucket: "
            "available follows"
        )
    frozen = sum(changes.values())
    if frozen > available:
        raise BadStock(f"only {available} are available, so {frozen} more cannot be frozen")
    return {Bucket.AVAILABLE: -frozen, **changes}
