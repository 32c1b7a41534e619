"""May this parcel be handed over now? Pure: what is stored of it in, a reason code or nothing out."""

from __future__ import annotations

from typing import Final

import msgspec

from store.manifests import Scanned
from store.status import OrderStatus

_EARLY: Final = frozenset({OrderStatus.UNPAID, OrderStatus.ON_HOLD, OrderStatus.AWAITING_SHIPMENT})
_LEFT: Final = frozenset({OrderStatus.IN_TRANSIT, OrderStatus.DELIVERED, OrderStatus.COMPLETED})
_KNOWN: Final = frozenset(OrderStatus) - {OrderStatus.UNKNOWN}
_TAKEN: Final = frozenset({"FULFILLING", "COMPLETED"})
"""Package statuses of a parcel that the courier has."""
_MOVED: Final = frozenset(
    {"picked_up", "in_transit", "out_for_delivery", "delivery_failed", "delivered", "returning", "returned"}
)
"""Words of couriers.base.TrackingStatus of a parcel that the courier has."""


class ParcelOrder(msgspec.Struct, frozen=True):
    """One order in a parcel, as it is stored."""

    pk: int
    order_id: str
    status: str
    cancel_requested: bool = False
    return_open: bool = False
    cancelling: bool = False
    """We have asked the platform to cancel it ourselves."""
    own_courier: bool = False
    """The seller ships it: the platform calls it in transit as soon as it has a number."""
    packages: int = 1


class Parcel(msgspec.Struct, frozen=True):
    """A parcel with all its orders; a combined one has several."""

    shop_id: int
    has_platform: bool
    package_id: str
    tracking_number: str
    courier: str
    """As `courier_of` names it."""
    courier_name: str | None
    status: str | None
    tracking_status: str | None
    orders: tuple[ParcelOrder, ...]
    packed: bool = False

    @property
    def scanned(self) -> Scanned:
        """What its row on a manifest keeps; of several orders the first."""
        first = self.orders[0]
        return Scanned(self.shop_id, self.package_id, first.pk, first.order_id, self.tracking_number)


def judge(parcel: Parcel) -> str | None:
    """Why a parcel must not be handed over to anybody, the most dangerous reason first; None: it may go. Pure."""
    orders = parcel.orders
    if not orders:
        return "gone"
    if parcel.status == "CANCELLED" or any(one.status == OrderStatus.CANCELLED for one in orders):
        return "cancelled"
    if any(one.cancel_requested for one in orders):
        return "cancel_requested"
    if any(one.cancelling for one in orders):
        return "cancelling"
    if any(one.return_open for one in orders):
        return "return_open"
    if (
        parcel.tracking_status in _MOVED
        or parcel.status in _TAKEN
        or any(_left(parcel, one) for one in orders)
    ):
        return "collected"
    if any(_early(parcel, one) for one in orders):
        return "not_arranged"
    if any(one.status not in _KNOWN for one in orders):
        return "unknown_status"
    return None


def _left(parcel: Parcel, order: ParcelOrder) -> bool:
    if order.status not in _LEFT:
        return False
    if order.status == OrderStatus.IN_TRANSIT and order.own_courier:
        return False  # only its tracking tells when that courier came
    # Of a split order the first scan moves the order; the parcel's own word then counts.
    return not (order.packages > 1 and parcel.status == "PROCESSING")


def _early(parcel: Parcel, order: ParcelOrder) -> bool:
    if order.status == OrderStatus.PARTIALLY_SHIPPING:
        return parcel.status in (None, "TO_FULFILL")
    return order.status in _EARLY
