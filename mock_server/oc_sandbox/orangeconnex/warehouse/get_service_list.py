"""GetServiceList: regions and their shipping services.

Source: recorded reply 2024-06-20.
"""

from ...domain.world import World
from ...refusal import Wire
from ..services import service_list


def handle(request: Wire, world: World) -> Wire:
    """The answer's `data`, the same for everyone."""
    return service_list()
