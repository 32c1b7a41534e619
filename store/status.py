"""The order's states and the tabs they are shown in. Pure: no storage, no clock.

Status words are the platform's own (Order API 202309, section 3.5 of its reference).
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final


class OrderStatus(StrEnum):
    """Canonical order status; a word the platform adds later becomes UNKNOWN with the raw word kept."""

    UNPAID = "UNPAID"
    ON_HOLD = "ON_HOLD"
    AWAITING_SHIPMENT = "AWAITING_SHIPMENT"
    PARTIALLY_SHIPPING = "PARTIALLY_SHIPPING"
    AWAITING_COLLECTION = "AWAITING_COLLECTION"
    IN_TRANSIT = "IN_TRANSIT"
    DELIVERED = "DELIVERED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"


class Tab(IntEnum):
    """A tab of the monitor; the number is its key and its value in the store."""

    ACTION = 1
    UNPAID = 2
    TO_SHIP = 3
    COLLECTION = 4
    TRANSIT = 5
    DELIVERED = 6
    COMPLETED = 7
    CANCELLED = 8
    RETURNS = 9

    @property
    def id(self) -> str:
        """The tab's name on the command line and in JSON."""
        return _TAB_IDS[self]

    @classmethod
    def from_id(cls, name: str) -> Tab:
        """Raises ValueError for a name that is no tab."""
        for tab, known in _TAB_IDS.items():
            if known == name:
                return tab
        raise ValueError(name)


_TAB_IDS: Final = {
    Tab.ACTION: "action",
    Tab.UNPAID: "unpaid",
    Tab.TO_SHIP: "to-ship",
    Tab.COLLECTION: "collection",
    Tab.TRANSIT: "transit",
    Tab.DELIVERED: "delivered",
    Tab.COMPLETED: "completed",
    Tab.CANCELLED: "cancelled",
    Tab.RETURNS: "returns",
}

TAB_OF: Final = {
    OrderStatus.UNPAID: Tab.UNPAID,
    OrderStatus.ON_HOLD: Tab.UNPAID,
    OrderStatus.AWAITING_SHIPMENT: Tab.TO_SHIP,
    OrderStatus.PARTIALLY_SHIPPING: Tab.TO_SHIP,
    OrderStatus.AWAITING_COLLECTION: Tab.COLLECTION,
    OrderStatus.IN_TRANSIT: Tab.TRANSIT,
    OrderStatus.DELIVERED: Tab.DELIVERED,
    OrderStatus.COMPLETED: Tab.COMPLETED,
    OrderStatus.CANCELLED: Tab.CANCELLED,
    # Nobody knows what it needs, so a person must look.
    OrderStatus.UNKNOWN: Tab.ACTION,
}

OPEN: Final = frozenset(
    {
        OrderStatus.UNPAID,
        OrderStatus.ON_HOLD,
        OrderStatus.AWAITING_SHIPMENT,
        OrderStatus.PARTIALLY_SHIPPING,
        OrderStatus.AWAITING_COLLECTION,
        OrderStatus.IN_TRANSIT,
        OrderStatus.DELIVERED,
        OrderStatus.UNKNOWN,
    }
)
"""Everything that can still change by itself."""

SHIPPABLE: Final = frozenset({OrderStatus.AWAITING_SHIPMENT, OrderStatus.PARTIALLY_SHIPPING})
IN_HAND: Final = SHIPPABLE | {OrderStatus.AWAITING_COLLECTION}
"""Paid, and the goods are still with the seller: from here the next step is the courier's scan, or a cancellation."""

HOLD: Final = "tahan"
"""The tag with which the seller, or a rule, holds an order back: neither confirmed nor shipped until it is off."""

_ORDER: Final[dict[str, int]] = {status: rank for rank, status in enumerate(OrderStatus)}


def parse_status(raw: str | None) -> OrderStatus:
    """The canonical status of the platform's word; `CANCEL` is the webhook's spelling (type 1)."""
    word = (raw or "").strip().upper()
    if word == "CANCEL":
        return OrderStatus.CANCELLED
    try:
        return OrderStatus(word)
    except ValueError:
        return OrderStatus.UNKNOWN


def has_arrived(status: str, tracking_status: str | None) -> bool:
    """Whether the platform knows of a parcel's arrival: often before the courier tells it, so its word counts more
    than the courier's last one, unless that says that the parcel comes back."""
    arrived = status in (OrderStatus.DELIVERED, OrderStatus.COMPLETED)
    return arrived and tracking_status not in ("returning", "returned")


def goes_backwards(old: str, new: str) -> bool:
    """Whether the platform would have to undo something to say this.

    A newer answer may still do so (a failed collection, an operator's repair); the caller decides by the
    platform's `update_time`, and a step back at an equal or older time is a stale replica, never a fact.
    """
    if OrderStatus.UNKNOWN in (old, new):
        return False
    return _ORDER.get(new, 0) < _ORDER.get(old, 0)
