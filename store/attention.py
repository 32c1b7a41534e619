"""When an order needs a person, why, and where it stands in its tab. Pure: columns in, columns out.

Every reason has a moment from which on it holds; the order enters the action tab at the earliest of them. A
reason whose moment is still to come is listed too (a clock runs whether or not anybody writes the row again),
so whoever shows `arrange_soon` or `scan_soon` compares the deadline with the present.

How long a parcel may lie still is learned per lane from the shop's own history (jobs/parcels/lanes.py). What was
learned is a value of this module, replaced as a whole by `use`; docs/parcels.md tells what counts as stuck.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from store.status import TAB_OF, OrderStatus, Tab
from store.times import DAY, HOUR

ARRANGE_LEAD: Final = 3 * HOUR
SCAN_LEAD: Final = 6 * HOUR
CHAT_LEAD: Final = 3 * HOUR
"""Before the end of the hours in which a buyer should have an answer."""
UNSCANNED_AFTER: Final = 24 * HOUR
"""Without a history of our own: the platform takes a ticket 24 hours after a pick-up without a scan."""
STUCK_AFTER: Final = 3 * DAY
"""Without a courier's word: a ticket may be opened after two working days, and a weekend may lie between."""
FALLBACK_DEADLINE: Final = 24 * HOUR

TAB: Final[dict[str, int]] = {str(status): int(tab) for status, tab in TAB_OF.items()}
"""The tab's number by status word; a word that is not there belongs to Tab.ACTION."""

_TO_SHIP: Final = frozenset({"AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"})
_OVER: Final = frozenset({"COMPLETED", "CANCELLED"})
_NAMED: Final = TAB.keys() - {OrderStatus.UNKNOWN.value}
_TAB_TO_SHIP: Final = int(Tab.TO_SHIP)
_TAB_COLLECTION: Final = int(Tab.COLLECTION)
_HISTORY: Final = frozenset(map(int, (Tab.TRANSIT, Tab.DELIVERED, Tab.COMPLETED, Tab.CANCELLED)))

_UNSEEN: Final = frozenset({None, "unknown", "pending"})
"""Words of couriers.base.TrackingStatus of a parcel that nobody has scanned."""
_TROUBLE: Final = {
    "exception": "stuck",
    "cancelled": "stuck",
    "delivery_failed": "delivery_failed",
    "returning": "returning",
    "returned": "returned",
}
"""Words of couriers.base.TrackingStatus that need a person while the platform says "on its way"."""
_WAY_BACK: Final = frozenset({"returning", "returned"})

PARCEL_CODES: Final = ("disputed", "returned", "returning", "delivery_failed", "stuck", "unscanned")
"""The reason codes that are about a parcel, the weightiest first."""


class Patience(NamedTuple):
    """How long a parcel may lie still before somebody should ask, in milliseconds."""

    scan: int = UNSCANNED_AFTER
    """From arranging to the courier's first scan."""
    move: int = STUCK_AFTER
    """Between two movements on the way."""


class Lane(NamedTuple):
    """From a shop, with a courier, to a place; an empty place stands for all of them."""

    shop_id: int
    courier: str
    province: str = ""
    city: str = ""


PLATFORM: Final = Patience()
"""What the platform itself calls late, for lanes without enough history."""

_learned: Mapping[Lane, Patience] = {}


def use(learned: Mapping[Lane, Patience]) -> None:
    """Judge by these from now on; an empty mapping goes back to the platform's limits."""
    global _learned
    _learned = dict(learned)


def patience(shop_id: int, courier: str | None, province: str | None, city: str | None) -> Patience:
    """The narrowest lane anything was learned for: the city, the province, the courier, else PLATFORM."""
    if courier is not None and _learned:
        for lane in lanes(shop_id, courier, province, city):
            if (found := _learned.get(lane)) is not None:
                return found
    return PLATFORM


def lanes(shop_id: int, courier: str, province: str | None, city: str | None) -> tuple[Lane, ...]:
    """The lanes a parcel belongs to, the narrowest first; an unknown place has fewer."""
    found = [Lane(shop_id, courier)]
    if province:
        found.append(Lane(shop_id, courier, province))
        if city:
            found.append(Lane(shop_id, courier, province, city))
    return tuple(reversed(found))


def attention(
    status: str,
    *,
    updated_at: int,
    arrange_by: int | None = None,
    scan_by: int | None = None,
    cancel_requested: bool = False,
    action_state: str | None = None,
    request_at: int | None = None,
    tracking_status: str | None = None,
    moved_at: int | None = None,
    shipped_at: int | None = None,
    disputed_at: int | None = None,
    chat_by: int | None = None,
    patience: Patience = PLATFORM,
) -> tuple[int | None, str | None]:
    """`attention_at` and the comma-separated reason codes, earliest first; (None, None) when all is quiet.

    `request_at`: since when a return or refund waits for our answer. `moved_at`: the last courier event, or
    the collection. `shipped_at`: when the shipment was arranged. `disputed_at`: since when the buyer says that
    a delivered parcel never came. `chat_by`: until when its buyer waits for an answer. Codes: cancel_request return
    arrange_soon scan_soon chat action_failed action_unknown unknown_status, and those of PARCEL_CODES.
    """
    reasons: list[tuple[int, str]] = []
    if status in _TO_SHIP:
        if arrange_by is not None:
            reasons.append((arrange_by - ARRANGE_LEAD, "arrange_soon"))
        if scan_by is not None:
            reasons.append((scan_by - SCAN_LEAD, "scan_soon"))
    elif status == "AWAITING_COLLECTION":
        if scan_by is not None:
            reasons.append((scan_by - SCAN_LEAD, "scan_soon"))
        if tracking_status in _TROUBLE:
            reasons.append((updated_at if moved_at is None else moved_at, _TROUBLE[tracking_status]))
        elif shipped_at is not None and tracking_status in _UNSEEN:
            reasons.append((shipped_at + patience.scan, "unscanned"))
    elif status == "IN_TRANSIT" and tracking_status != "delivered":
        last = updated_at if moved_at is None else moved_at
        if tracking_status in _TROUBLE:
            reasons.append((last, _TROUBLE[tracking_status]))
        else:
            reasons.append((last + patience.move, "stuck"))
    elif status == "DELIVERED" and tracking_status in _WAY_BACK:
        reasons.append((updated_at if moved_at is None else moved_at, _TROUBLE[tracking_status]))
    elif status not in _NAMED:
        reasons.append((updated_at, "unknown_status"))
    over = status in _OVER
    if disputed_at is not None and status != OrderStatus.CANCELLED:
        reasons.append((disputed_at, "disputed"))
    if cancel_requested and not over:
        reasons.append((updated_at, "cancel_request"))
    if request_at is not None:
        reasons.append((request_at, "return"))
    if chat_by is not None:
        reasons.append((chat_by - CHAT_LEAD, "chat"))
    if action_state == "unknown":
        reasons.append((updated_at, "action_unknown"))
    elif action_state == "needs_person" or (action_state == "refused" and not over):
        # A refusal is moot once the order is over; "nobody knows what happened" never is.
        reasons.append((updated_at, "action_failed"))
    if not reasons:
        return None, None
    if len(reasons) == 1:
        return reasons[0]
    reasons.sort()
    return reasons[0][0], ",".join(code for _, code in reasons)


def sort_at(
    tab: int, *, created_at: int, updated_at: int, arrange_by: int | None, scan_by: int | None
) -> int:
    """The order within a tab, ascending: the clock that runs there; in tabs of history the newest change."""
    if tab in _HISTORY:
        return -updated_at
    if tab == _TAB_TO_SHIP:
        return arrange_by or scan_by or created_at + FALLBACK_DEADLINE
    if tab == _TAB_COLLECTION:
        return scan_by or created_at + FALLBACK_DEADLINE
    return created_at
