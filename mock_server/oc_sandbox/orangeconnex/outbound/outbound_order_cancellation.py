"""Outbound Order Cancellation: stop one order that is not picked yet; its stock is available again at once.

Source: vendor docs page, undated; client test run 2022-09; limits: vendor help centre, vendor handbook 2021.
"""

from ...domain.outbound import CANCELLABLE, cancel_outbound
from ...domain.records import OutboundStatus
from ..cancellations import Cancellation

_OUTBOUND = Cancellation(lambda world: world.outbound, CANCELLABLE, OutboundStatus.CANCELLED, cancel_outbound)

RULES = _OUTBOUND.rules
handle = _OUTBOUND.handle
