"""When an order needs a person, why, and where it stands in its tab. Pure: columns in, columns out.

Every reason has a moment from which on it holds; the order enters the action tab at the earliest of them. A
reason whose moment is still to come is listed too (a clock runs whether or not anybody writes the row again),
so whoever shows `arrange_soon` or `scan_soon` compares the deadline with the present.
"""

from __future__ import annotations

from typing import Final

from store.status import TAB_OF, OrderStatus, Tab
from store.times import DAY, HOUR

ARRANGE_LEAD: Final = 3 * HOUR
SCAN_LEAD: Final = 6 * HOUR
STUCK_AFTER: Final = 3 * DAY
"""Without a courier's word: a ticket may be opened after two working days, and a weekend may lie between."""
FALLBACK_DEADLINE: Final = 24 * HOUR

TAB: Final[dict[str, int]] = {str(status): int(tab) for status, tab in TAB_OF.items()}
"""The tab's number by status word; a word that is not there belongs to Tab.ACTION."""

_TO_SHIP: Final = frozenset({"AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"})
_OVER: Final = frozenset({"COMPLETED", "CANCELLED"})
_TROUBLE: Final = frozenset({"exception", "delivery_failed", "returning", "returned", "cancelled"})
"""Words of couriers.base.TrackingStatus that need a person while the platform still says "in transit"."""
_HISTORY: Final = frozenset(map(int, (Tab.TRANSIT, Tab.DELIVERED, Tab.COMPLETED, Tab.CANCELLED)))


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
) -> tuple[int | None, str | None]:
    """`attention_at` and the comma-separated reason codes, earliest first; (None, None) when all is quiet.

    `request_at`: since when a return or refund waits for our answer. `moved_at`: the last courier event, or
    the collection. Codes: cancel_request return arrange_soon scan_soon action_failed action_unknown
    unknown_status stuck.
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
    elif status == "IN_TRANSIT" and tracking_status != "delivered":
        last = updated_at if moved_at is None else moved_at
        reasons.append((last if tracking_status in _TROUBLE else last + STUCK_AFTER, "stuck"))
    elif status not in TAB or status == OrderStatus.UNKNOWN:
        reasons.append((updated_at, "unknown_status"))
    over = status in _OVER
    if cancel_requested and not over:
        reasons.append((updated_at, "cancel_request"))
    if request_at is not None:
        reasons.append((request_at, "return"))
    if action_state == "unknown":
        reasons.append((updated_at, "action_unknown"))
    elif action_state == "needs_person" or (action_state == "refused" and not over):
        # A refusal is moot once the order is over; "nobody knows what happened" never is.
        reasons.append((updated_at, "action_failed"))
    if not reasons:
        return None, None
    reasons.sort()
    return reasons[0][0], ",".join(code for _, code in reasons)


def sort_at(
    tab: int, *, created_at: int, updated_at: int, arrange_by: int | None, scan_by: int | None
) -> int:
    """The order within a tab, ascending: the clock that runs there; in tabs of history the newest change."""
    if tab in _HISTORY:
        return -updated_at
    if tab == Tab.TO_SHIP:
        return arrange_by or scan_by or created_at + FALLBACK_DEADLINE
    if tab == Tab.COLLECTION:
        return scan_by or created_at + FALLBACK_DEADLINE
    return created_at
