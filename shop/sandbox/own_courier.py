"""Parcels of the seller's own couriers: correcting their numbers. Under the world's lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from shop.sandbox.bundles import Parcel
from shop.sandbox.deadlines import HOUR
from shop.sandbox.life import PENDING
from shop.sandbox.shipping import COURIER_OF, Refusal, SelfShipment, why_not_own

if TYPE_CHECKING:
    from shop.sandbox.world import World

WITHIN: Final = 72 * HOUR
"""After the ship call."""
TIMES: Final = 3
"""The platform says "a limited number of times"; its number is not documented."""
USED_UP: Final = 21011051


def why_not(world: World, parcel: Parcel, wanted: SelfShipment) -> Refusal | None:
    """Why the number of a package cannot be changed to this; None when it can."""
    order, shipment = parcel.first, parcel.shipment
    if world.facts(order).shipping_type != "SELLER":
        return Refusal(21011004, "Only orders shipped by the seller can be updated.")
    if order.status == "CANCELLED":
        return Refusal(21011041, "The order has been cancelled.")
    if order.status in ("DELIVERED", "COMPLETED"):
        return Refusal(21011030, "The package has been delivered.")
    if shipment is None:
        return Refusal(21011043, "The package has not been shipped yet.")
    if any(one.ask_status == PENDING or one.accepted for one in parcel.orders):
        return Refusal(21011007, "The order has a pending after-sale request.")
    if world.now() > shipment.at + WITHIN:
        return Refusal(21011050, "The shipping info can be updated within 72 hours only.")
    if shipment.corrected >= TIMES:
        return Refusal(USED_UP, "The shipping info has been updated too many times.")
    if world.registry.brought(wanted.tracking_number) not in (None, parcel.package_id):
        return Refusal(21034012, "The tracking number has been used for another package.")
    return why_not_own(wanted)


def correct(world: World, parcel: Parcel, wanted: SelfShipment, request_id: str) -> Refusal | None:
    """Give a package another number and courier; None when it was done."""
    refusal = why_not(world, parcel, wanted)
    if refusal is not None:
        return refusal
    world.registry.bring(wanted.tracking_number, parcel.package_id)
    for order in parcel.orders:
        with world.changing(order):
            shipments = list(order.shipments)
            if (old := shipments[parcel.place]) is not None:
                provider = COURIER_OF[wanted.shipping_provider_id]
                shipments[parcel.place] = replace(
                    old,
                    tracking_number=wanted.tracking_number,
                    provider=provider,
                    corrected=old.corrected + 1,
                )
            order.shipments = tuple(shipments)
            order.updated = max(order.updated, world.now())
    world.executed(
        "correct", f"{parcel.package_id}:{wanted.tracking_number}", parcel.first, request_id,
        package_id=parcel.package_id, mates=parcel.orders[1:],
    )  # fmt: skip
    return None
