"""What a world remembers. Records are immutable; a change of state is a new record under the old key."""

from enum import Enum
from typing import NamedTuple


class OutboundStatus(Enum):
    """Where an outbound order is on its way to the consignee."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    PICKING = "picking"
    PICKED = "picked"
    PACKED = "packed"
    SHIPPED = "shipped"
    IN_DELIVERY = "in_delivery"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    FAILED = "failed"
    EXCEPTION = "exception"
    UNDELIVERABLE_RETURN = "undeliverable_return"


class InboundStatus(Enum):
    """Where an inbound order is on its way to the shelf."""

    NOT_ARRIVED = "not_arrived"
    ARRIVED = "arrived"
    PARTLY_PUT_AWAY = "partly_put_away"
    PUT_AWAY = "put_away"
    CANCELLED = "cancelled"


class SkuStatus(Enum):
    """Where a SKU is on its way to being usable in orders."""

    DRAFT = "draft"
    UNDER_REVIEW = "under_review"
    ACTIVE = "active"
    REVIEW_FAILED = "review_failed"


class ReturnStatus(Enum):
    """Where a return order is on its way from the buyer to the returns shelf."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"
    PUT_AWAY = "put_away"
    CANCELLED = "cancelled"


class VasStatus(Enum):
    """Where an order of value-added service is: something done to goods on the shelf, as labelling."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class FileStatus(Enum):
    """Where a customs file is in its review."""

    UNDER_REVIEW = "under_review"
    APPROVED = "approved"
    REJECTED = "rejected"


class Line(NamedTuple):
    """So many pieces of a SKU."""

    sku: str
    quantity: int


class Sku(NamedTuple):
    """A SKU in the seller's catalogue. `details` is the rest of what the caller gave, as JSON in the wire's words.

    So is `ef_service`, how the marketplace's fulfillment service keeps and sends it; empty where it does not.
    """

    code: str
    reference: str
    seller_code: str
    status: SkuStatus
    modified_at_s: int
    details: bytes
    ef_service: bytes = b""


class OwnLabel(NamedTuple):
    """A shipping label that the seller bought itself. `content` is its file."""

    carrier: str
    tracking_number: str
    content: bytes


class OutboundOrder(NamedTuple):
    """An order to ship. `details` is the order as the caller gave it, as JSON in the wire's words, without a label."""

    number: str
    reference: str
    status: OutboundStatus
    created_at_s: int
    region: str
    service: str
    lines: tuple[Line, ...]
    details: bytes
    own_label: OwnLabel | None = None
    left_at_s: int = 0  # until it has left the warehouse


class InboundOrder(NamedTuple):
    """Goods announced to a warehouse. `changed_at_s` is the last change of status; `details` as in OutboundOrder.

    One that `needs_customs_file` does not arrive without; it may be `held_by_customs` until one is approved.
    """

    number: str
    seller_number: str
    status: InboundStatus
    created_at_s: int
    changed_at_s: int
    region: str
    lines: tuple[Line, ...]
    details: bytes
    arrived_at_s: int = 0  # until it has arrived
    needs_customs_file: bool = False
    held_by_customs: bool = False


class VasOrder(NamedTuple):
    """Something to be done to stock. `service` says what, in the seller's words; `changed_at_s` as in InboundOrder."""

    number: str
    reference: str
    status: VasStatus
    created_at_s: int
    changed_at_s: int
    region: str
    service: str
    lines: tuple[Line, ...]
    remarks: str = ""


class Estimate(NamedTuple):
    """A parcel that somebody wants priced. `details` is the parcel as the caller gave it, as in OutboundOrder."""

    asked_at_s: int
    details: bytes


class Tracking(NamedTuple):
    """A parcel on its way to the warehouse. `carton` is the carton inside it, as the caller named it, or empty."""

    number: str
    carrier: str
    carton: str


class CustomsFile(NamedTuple):
    """A customs file of an inbound order. `kind` is the caller's code for what it is.

    Its content is not kept: `content` is the address it was given as, or the digest of what was sent, of `size` bytes.
    """

    name: str
    kind: str
    content: str
    size: int
    readable: bool
    uploaded_at_s: int


class PieceSize(NamedTuple):
    """What the warehouse measures of one piece."""

    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int


class ReturnLine(NamedTuple):
    """Pieces of one kind that come back. `sku` is empty where nobody said what they are.

    `unique_ids` are those that the pieces get when they are put away.
    """

    sku: str
    unique_ids: tuple[str, ...]
    size: PieceSize


class ReturnOrder(NamedTuple):
    """Goods that a buyer sends back. `changed_at_s` is the last change of status or tracking.

    `labelled_at_s` is when its label was made; `tracking` is the parcel that the seller told of, where it did.
    """

    number: str
    reference: str
    status: ReturnStatus
    created_at_s: int
    changed_at_s: int
    region: str
    warehouse_code: str
    lines: tuple[ReturnLine, ...]
    outbound_number: str = ""
    labelled_at_s: int | None = None
    tracking: Tracking | None = None


class ReturnedPiece(NamedTuple):
    """One returned piece on a returns shelf; `sku` is empty while it is linked to none.

    Lengths in millimetres, weight in grams.
    """

    unique_id: str
    sku: str
    warehouse_code: str
    bucket: str
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int
    put_away_at_s: int
