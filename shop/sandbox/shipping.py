"""The ship call's business rules: what may be arranged, and the platform's number for why not."""

from __future__ import annotations

import msgspec

from shop.sandbox.bundles import places
from shop.sandbox.data import COURIERS, PHONES, TABLETS
from shop.sandbox.deadlines import DAY, HOUR, WIB
from shop.sandbox.facts import Facts
from shop.sandbox.life import PENDING
from shop.sandbox.orders import Order

SHIPPED = 21011040
SLOT_HOURS = (8, 11, 14, 17)
SLOT_LENGTH = 3 * HOUR
SLOT_DAYS = 3
COURIER_OF = {courier.provider_id: index for index, courier in enumerate(COURIERS)}
_NUMBER_LENGTHS = range(8, 36)


class PickupSlot(msgspec.Struct, frozen=True):
    """Epoch seconds."""

    start_time: int
    end_time: int


class SelfShipment(msgspec.Struct, frozen=True):
    """The seller's own courier."""

    tracking_number: str
    shipping_provider_id: str


class ShipBody(msgspec.Struct, frozen=True):
    """Body of the single ship call; all of it optional."""

    handover_method: str = "PICKUP"
    pickup_slot: PickupSlot | None = None
    self_shipment: SelfShipment | None = None


class ShipItem(msgspec.Struct, frozen=True):
    """One package of a (batch) ship call."""

    package_id: str = msgspec.field(name="id")
    handover_method: str = "PICKUP"
    pickup_slot: PickupSlot | None = None
    self_shipment: SelfShipment | None = None

    @property
    def slot(self) -> tuple[int, int] | None:
        """The slot's times."""
        return None if self.pickup_slot is None else (self.pickup_slot.start_time, self.pickup_slot.end_time)

    def own_shipment(self) -> tuple[int, str] | None:
        """(courier index, number) of the seller's own courier; only for a checked item."""
        own = self.self_shipment
        return None if own is None else (COURIER_OF[own.shipping_provider_id], own.tracking_number)


class ShipBatch(msgspec.Struct, frozen=True):
    """Body of the batch call."""

    packages: list[ShipItem]


class Refusal(msgspec.Struct, frozen=True):
    """A business code of the platform and its message."""

    code: int
    message: str

    @classmethod
    def unknown(cls) -> Refusal:
        """There is no such package."""
        return cls(21011001, "Package not found.")


def why_not(known: Facts, order: Order, place: int, item: ShipItem, now: int) -> Refusal | None:
    """Why this package cannot be shipped as asked; None when it can."""
    if order.status == "CANCELLED":
        return Refusal(21011041, "The order has been cancelled.")
    if order.accepted:
        return Refusal(21011042, "The order is being cancelled.")
    if order.status in ("DELIVERED", "COMPLETED"):
        return Refusal(21011027, "Package has been delivered.")
    if order.shipments[place] is not None:
        return Refusal(SHIPPED, "Package has already been shipped.")
    if order.status == "ON_HOLD":
        return Refusal(21011044, "The order is in the on-hold period and cannot be shipped yet.")
    if order.ask_status == PENDING or order.accepted:
        return Refusal(21008044, "The order has a pending cancellation request.")
    if known.fulfillment_type != "FULFILLMENT_BY_SELLER":
        return Refusal(21008025, "The package is fulfilled by the platform.")
    if item.handover_method not in ("PICKUP", "DROP_OFF"):
        return Refusal(36009021, "Invalid handover_method.")
    if item.slot is not None and (item.handover_method != "PICKUP" or item.slot not in open_slots(now)):
        return Refusal(21011053, "The pickup slot is invalid or has passed.")
    return _own_courier(known, item)


def must_split(known: Facts, order: Order, place: int) -> Refusal | None:
    """Why a package holds too much where phones and tablets travel alone; None when it does not."""
    lies = places(known, order)
    codes = {line.product.code for index, line in enumerate(known.lines) if lies[index] == place}
    if len(codes) > 1 and codes & PHONES:
        return Refusal(11006013, "Mobile phones must be shipped in a separate package.")
    if len(codes) > 1 and codes & TABLETS:
        return Refusal(11006014, "Tablets must be shipped in a separate package.")
    return None


def _own_courier(known: Facts, item: ShipItem) -> Refusal | None:
    if known.shipping_type != "SELLER":
        fits = item.self_shipment is None
        return None if fits else Refusal(21011022, "self_shipment does not fit shipping_type TIKTOK.")
    return why_not_own(item.self_shipment)


def why_not_own(own: SelfShipment | None) -> Refusal | None:
    """Why this cannot be a courier of the seller's and its number."""
    if own is None or len(own.tracking_number.strip()) not in _NUMBER_LENGTHS:
        return Refusal(21011022, "Invalid tracking number.")
    if own.shipping_provider_id not in COURIER_OF:
        return Refusal(21011025, "Invalid shipping provider.")
    return None


def slots(now: int) -> list[tuple[int, int]]:
    """The pick-up slots of today and the next days, past ones of today included."""
    today = (now + WIB) // DAY * DAY - WIB
    starts = (today + day * DAY + hour * HOUR for day in range(SLOT_DAYS) for hour in SLOT_HOURS)
    return [(start, start + SLOT_LENGTH) for start in starts]


def open_slots(now: int) -> set[tuple[int, int]]:
    """Those a courier can still come in."""
    return {slot for slot in slots(now) if slot[0] > now}
