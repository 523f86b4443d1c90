"""cancelVasOrder: stop one VAS order on which no work has begun; its stock is available again at once.

Source: ours, after Outbound Order Cancellation; the vendor's navigation of 2026-06-08 has the name and nothing else.
"""

from ...domain.records import VasStatus
from ...domain.vas import CANCELLABLE, cancel_vas
from ..cancellations import Cancellation

_VAS = Cancellation(lambda world: world.vas, CANCELLABLE, VasStatus.CANCELLED, cancel_vas)

RULES = _VAS.rules
handle = _VAS.handle
