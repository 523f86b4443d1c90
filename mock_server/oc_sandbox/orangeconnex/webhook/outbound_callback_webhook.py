"""Outbound Callback Webhook: tell the integrator that an outbound order has changed its state.

Source: the name in the navigation of the vendor's docs, 2026-06-08; all else is ours.
"""

from ...domain.records import OutboundStatus
from ...domain.world import Happened, World
from ...refusal import Wire
from ..parcels import parcel_of
from ..vocabulary import OUTBOUND_STATUSES
from ..wire import reply_time


def data_of(event: Happened, world: World) -> Wire:
    """The payload's `data`: the order as it was when it reached the event's state."""
    order = world.outbound[event.key]._replace(status=OutboundStatus(event.state))
    parcel = parcel_of(order)
    return {
        "orderNumber": order.number,
        "orderStatus": OUTBOUND_STATUSES[order.status],
        "referenceNumber": order.reference,
        "serviceRegion": order.region,
        "statusTime": reply_time(event.at_s),
        "trackingNumberList": [
            {
                "LMCarrierCode": parcel.carrier_code,
                "LMCarrierName": parcel.carrier_name,
                "trackingNumber": parcel.tracking_number,
            }
        ]
        if parcel
        else [],
    }
