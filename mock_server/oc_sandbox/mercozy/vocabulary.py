"""The vendor's words for the domain's, read from the API's contract file."""

from typing import Any

from ..catalog import vocabulary
from ..domain.durations import DAY
from ..domain.shop import MovementKind

_WORDS: dict[str, Any] = vocabulary("mercozy")

_KINDS: dict[str, Any] = _WORDS["movement_types"]
KIND_CODES = {kind: str(_KINDS[kind.value]["code"]) for kind in MovementKind}
KINDS = {code: kind for kind, code in KIND_CODES.items()}
CHANGE_OF_ONE = {kind: int(_KINDS[kind.value]["change_of_one"]) for kind in MovementKind}
CURRENCY = str(_WORDS["currency"]["code"])
SCOPES = frozenset(_WORDS["scopes"])
REQUESTS_A_MINUTE = {plan: int(row["requests_a_minute"]) for plan, row in _WORDS["plans"].items()}
RESTORABLE_FOR_S = int(_WORDS["restoration"]["days"]) * DAY


def change_of(kind: MovementKind, quantity: int) -> int:
    """What a movement of so many pieces does to the stock; negative where they leave."""
    return CHANGE_OF_ONE[kind] * quantity
