"""The files that answers of other operations point to, drawn when they are fetched. Ours: no such path is known."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ...domain.world import World
from ...paper import PDF
from ...refusal import Refused, Wire
from ..inbound.papers import CARTON_LABELS, PACKING_LISTS, carton_label, packing_list
from ..returns.papers import RETURN_LABELS, return_label
from ..sku.papers import SKU_LABELS, sku_label

DRAWN: Mapping[str, Callable[[str, World], bytes | None]] = MappingProxyType(
    {
        CARTON_LABELS: carton_label,
        PACKING_LISTS: packing_list,
        RETURN_LABELS: return_label,
        SKU_LABELS: sku_label,
    }
)
"""By kind, what draws the file of a name, or has none of that name."""


def handle(request: Wire, world: World) -> Wire:
    """The `content` of a file, and its `content_type`."""
    draw = DRAWN.get(request["kind"])
    content = draw(request["name"], world) if draw else None
    if content is None:
        raise Refused("file_unknown")
    return {"content_type": PDF, "content": content}
