"""All that happens by itself: the courses of every kind of records, joined into the events of the agenda."""

from collections.abc import Mapping
from types import MappingProxyType

from .inbound import INBOUND_COURSE, inbound_moves_on
from .outbound import OUTBOUND_COURSE
from .returns import RETURN_COURSE
from .skus import SKU_COURSE
from .vas import VAS_COURSE
from .world import Effect

EVENTS: Mapping[str, Effect] = MappingProxyType(
    {
        OUTBOUND_COURSE.event: OUTBOUND_COURSE.moves_on,
        INBOUND_COURSE.event: inbound_moves_on,
        SKU_COURSE.event: SKU_COURSE.moves_on,
        RETURN_COURSE.event: RETURN_COURSE.moves_on,
        VAS_COURSE.event: VAS_COURSE.moves_on,
    }
)
