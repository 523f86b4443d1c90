"""What a seller knows by its own doing: the model. It shares no code with the sandbox, only the documented words.

Times come from the sandbox's own account of what happened; that it happened in the right order is checked against the
graphs here, and everything else (buckets, movements, rows of every list) is worked out from the orders' states.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any, NamedTuple

REPLY_ZONE = timezone(timedelta(hours=8))
DAY_S = 86_400
Lines = tuple[tuple[str, int], ...]

OUTBOUND = {
    "Submitted": {"Accepted", "Cancelled"},
    "Accepted": {"Create picking task", "Cancelled"},
    "Create picking task": {"Picked", "Cancelled", "failed"},
    "Picked": {"Packed"},
    "Packed": {"Outbound"},
    "Outbound": {"In-delivery"},
    "In-delivery": {"Delivered", "Exception"},
    "Exception": {"Undeliverable return"},
}
INBOUND = {"Not arrived": {"Arrived"}, "Arrived": {"Partially Put away"}, "Partially Put away": {"Put away"}}
VAS = {
    "Submitted": {"Accepted", "Cancelled"},
    "Accepted": {"In progress", "Cancelled"},
    "In progress": {"Completed"},
}
RETURNS = {
    "Submitted": {"Accepted", "Cancelled"},
    "Accepted": {"In transit", "Cancelled"},
    "In transit": {"Arrived"},
    "Arrived": {"Put away"},
}
SKUS = {"Draft": {"Under review"}, "Under review": {"Reviewed"}}
"""By kind: which states may follow a state; those that nothing follows are the last."""

ON_THE_SHELF = ("Submitted", "Accepted", "Create picking task", "Picked", "Packed")
GONE = ("Outbound", "In-delivery", "Delivered", "Exception", "Undeliverable return")
PARCELLED = ("Packed", *GONE)
LAST = {
    None: "Delivered",
    "failed": "failed",
    "exception": "Exception",
    "undeliverable_return": "Undeliverable return",
}
"""The last state of an outbound order that is not cancelled, by the trouble it runs into."""

BUCKETS = {
    "AVL": "available",
    "INTRAN": "inTransit",
    "RCVD": "received",
    "RSVALOC": "reservedAllocated",
    "RSVHOLD": "reservedHold",
    "RSVVAS": "reservedVAS",
    "SUSPEND": "suspend",
    "UNFULFIL": "unfulfillable",
}
GIVEN_BACK = ("OOC", "VOF", "VOC")
"""Why pieces come back to the available ones that had never left."""
AGES = {"0-30": 0, "31-60": 31, "61-90": 61, "91-180": 91, "181-270": 181, "271-365": 271, ">365": 366}


@cache
def stamp(at_s: int) -> str:
    """An epoch second as replies write it."""
    return datetime.fromtimestamp(at_s, REPLY_ZONE).strftime("%Y-%m-%dT%H:%M:%S+0800")


@cache
def epoch(text: str) -> int:
    """The epoch second that a reply writes."""
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").timestamp())


class Shelf(NamedTuple):
    """A SKU in a region, and one of the buckets there."""

    sku: str
    region: str
    bucket: str


class Moved(NamedTuple):
    """A movement as it must be told."""

    shelf: Shelf
    at: str
    quantity: int
    reason: str
    order: str | None


@dataclass
class Order:
    """An order of any kind. `changed_s` is its last change, `steps` the times of all it took."""

    number: str
    reference: str
    region: str
    lines: Lines
    status: str
    created_s: int
    changed_s: int = 0
    steps: list[int] = field(default_factory=list)

    @property
    def pieces(self) -> Counter[str]:
        """How many of each SKU."""
        total: Counter[str] = Counter()
        for sku, quantity in self.lines:
            total[sku] += quantity
        return total


@dataclass
class Outbound(Order):
    """An order to ship. `own` is the carrier and number of a label that the seller brought."""

    service: str | None = None
    ebay_order: str = ""
    own: tuple[str, str] | None = None
    trouble: str | None = None
    left_s: int | None = None
    parcel: Any = None


@dataclass
class Inbound(Order):
    """Goods announced."""

    method: str = "TK"
    cartons: tuple[tuple[str, str], ...] = (("1", ""),)
    files: dict[tuple[str, str], tuple[str, bool, int]] = field(default_factory=dict)
    trackings: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class Vas(Order):
    """Something to be done to stock."""

    service: str = ""
    remarks: str = ""


@dataclass
class Return(Order):
    """Goods that a buyer sends back; a line's SKU may be empty. `told` is the seller's own word on the parcel."""

    outbound: str = ""
    told: tuple[str, str] | None = None
    label: Any = None
    unique_ids: tuple[tuple[str, ...], ...] = ()

    def submitted_pieces(self) -> int:
        """How many come back."""
        return sum(quantity for _, quantity in self.lines)


@dataclass
class Sku:
    """A SKU; `shown` is what else the query tells of it. `changed_s` is None where that was before the test."""

    number: str
    reference: str
    shown: dict[str, Any]
    status: str
    changed_s: int | None
    ef_service: dict[str, Any] | None = None
    steps: list[int] = field(default_factory=list)


class Book:
    """All that one seller knows. Figures are never kept: they follow from the orders."""

    def __init__(self) -> None:
        self.skus: dict[str, Sku] = {}
        self.outbound: dict[str, Outbound] = {}
        self.inbound: dict[str, Inbound] = {}
        self.vas: dict[str, Vas] = {}
        self.returns: dict[str, Return] = {}
        self.pieces: dict[str, dict[str, Any]] = {}
        self.estimates: dict[str, tuple[int, dict[str, Any]]] = {}
        self.by_reference: dict[str, str] = {}
        self.base: Counter[Shelf] = Counter()
        self.places: set[tuple[str, str]] = set()
        self.due: list[Moved] = []
        self.history: defaultdict[Shelf, list[dict[str, Any]]] = defaultdict(list)
        self.movement_ids: set[str] = set()
        self.to_cancel: set[str] = set()
        # Return orders of the demo world, of which not all is told.
        self.adopted: set[str] = set()
        # By kind and number: the rows of the last look, which were found to be as they must be.
        self.shown: defaultdict[str, dict[Any, Any]] = defaultdict(dict)

    def active(self, code: str) -> bool:
        """Whether an order may name a SKU."""
        return self.skus[code].status == "Reviewed"

    def figures(self) -> Counter[Shelf]:
        """What must lie in every bucket, by the states of all orders."""
        total = Counter(self.base)
        for order in self.outbound.values():
            if order.status not in ("Cancelled", "failed"):
                _add(total, order, "AVL", -1)
            if order.status in ON_THE_SHELF:
                _add(total, order, "RSVALOC", 1)
        for service in self.vas.values():
            if service.status in ("Submitted", "Accepted", "In progress"):
                _add(total, service, "AVL", -1)
                _add(total, service, "RSVVAS", 1)
        for announced in self.inbound.values():
            for sku, quantity in announced.lines:
                for bucket, pieces in parts_of(announced.status, quantity).items():
                    total[Shelf(sku, announced.region, bucket)] += pieces
        return total

    def moves(
        self, at_s: int, where: tuple[str, str], changes: Mapping[str, int], reason: str, order: str | None = None
    ) -> None:
        """Note an event that must stand among the movements: a line for each bucket."""
        self.places.add(where)
        for bucket, quantity in changes.items():
            if quantity:
                self.due.append(Moved(Shelf(*where, bucket), stamp(at_s), quantity, reason, order))

    def orders(self) -> Iterator[Order]:
        """Orders of all kinds."""
        for kind in (self.outbound, self.inbound, self.vas, self.returns):
            yield from kind.values()

    def instants(self) -> list[int]:
        """When something happened here."""
        times = {order.created_s for order in self.orders()} | {at for order in self.orders() for at in order.steps}
        return sorted(times)


def _add(total: Counter[Shelf], order: Order, bucket: str, sign: int) -> None:
    for sku, quantity in order.lines:
        total[Shelf(sku, order.region, bucket)] += sign * quantity


def parts_of(status: str, quantity: int) -> dict[str, int]:
    """Where the pieces of an announced line lie."""
    half = quantity // 2
    return {
        "Not arrived": {"INTRAN": quantity},
        "Arrived": {"RCVD": quantity},
        "Partially Put away": {"RCVD": quantity - half, "AVL": half},
        "Put away": {"AVL": quantity},
    }[status]
