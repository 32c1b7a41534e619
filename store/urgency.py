"""Which parcel goes first when not all can be asked about at once. Pure.

A parcel's turn is its lateness measured in the patience of its class: one that is out for delivery and ten
minutes late stands where one in a depot stands after forty. Within a class the one due longest goes first, and
since lateness grows without end nobody waits for ever.
"""

from __future__ import annotations

from typing import Final

from store.times import DAY, HOUR, MINUTE

HURRIED: Final = 15 * MINUTE
"""Patience for a parcel at the door, and for one whose scan clock is about to run out."""
MOVING: Final = 60 * MINUTE
RESTING: Final = 180 * MINUTE
"""Patience for parcels of which little is to be expected: not scanned yet, held, unknown."""
SOON: Final = 12 * HOUR
"""How long before the scan deadline a parcel that waits for its courier is in a hurry, ..."""
PAST: Final = DAY
"""... and how long after it."""

AT_THE_DOOR: Final = ("out_for_delivery",)
ON_THE_WAY: Final = ("in_transit", "picked_up", "delivery_failed", "returning")
"""Words of couriers.base.TrackingStatus, which this layer may not import."""


def patience(tracking_status: str | None, order_status: str, scan_by: int | None, now: int) -> int:
    """The class of a parcel, as the milliseconds it can wait like the others of its class."""
    if tracking_status in AT_THE_DOOR:
        return HURRIED
    if order_status == "AWAITING_COLLECTION" and scan_by is not None and now - PAST <= scan_by <= now + SOON:
        return HURRIED
    return MOVING if tracking_status in ON_THE_WAY else RESTING


def lateness(due_at: int, patience_ms: int, now: int) -> int:
    """How late a look is, in thousandths of the parcel's patience; the greatest goes first."""
    return (now - due_at) * 1_000 // patience_ms
