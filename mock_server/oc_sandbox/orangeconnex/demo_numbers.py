"""Numbers for the demo sellers of a tenant: what OrangeConnex has given to one seller it gives to no other."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from ..domain.ids import Ids
from .vocabulary import number

Own = Callable[[str], str]
"""A seller's own number in the place of a documented one."""


def as_documented(documented: str) -> str:
    """The number itself: for a tenant's first seller."""
    return documented


class NewNumbers:
    """For a further seller: a new number of the same kind and country, the same for each asking."""

    _PARTS = re.compile(r"(.*?)(\d+)(\D*)")
    _KINDS: Mapping[str, str] = MappingProxyType(
        {
            "OC0": "mf_sku_id",
            "OCI": "inbound_order",
            "OCO": "outbound_order",
            "OCR": "return_order",
            "OCV": "vas_order",
            "DE0": "returned_piece",
            "UK0": "returned_piece",
        },
    )

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._own: dict[str, str] = {}

    def __call__(self, documented: str) -> str:
        """The seller's number."""
        if documented not in self._own:
            self._own[documented] = self._new(documented)
        return self._own[documented]

    def _new(self, documented: str) -> str:
        parts = self._PARTS.fullmatch(documented)
        if parts is None:
            raise ValueError(f"{documented} has no digits to change")
        start, digits, end = parts.groups()
        kind = self._KINDS.get(documented[:3])
        # Of what has no counter the demo worlds have few, and the first seller's are below 100.
        made = number(kind, self._ids.next(kind)) if kind else f"{100 + self._ids.next(f'demo {start}')}"
        return f"{start}{made[-len(digits) :].zfill(len(digits))}{end}"
