"""When an order needs a person, and where it stands: tables of the pure functions."""

from __future__ import annotations

from typing import Any

import pytest

from store.attention import ARRANGE_LEAD, SCAN_LEAD, STUCK_AFTER, attention, sort_at
from store.status import Tab
from store.times import DAY, HOUR

T = 1_795_000_000_000
CLOCKS = {"arrange_by": T + DAY, "scan_by": T + DAY + HOUR}


@pytest.mark.parametrize(
    ("status", "facts", "expected"),
    [
        ("UNPAID", CLOCKS, (None, None)),
        ("ON_HOLD", {}, (None, None)),
        ("AWAITING_SHIPMENT", {}, (None, None)),
        (
            "AWAITING_SHIPMENT",
            CLOCKS,
            (T + DAY + HOUR - SCAN_LEAD, "scan_soon,arrange_soon"),
        ),
        (
            "PARTIALLY_SHIPPING",
            {"arrange_by": T, "scan_by": T + DAY},
            (T - ARRANGE_LEAD, "arrange_soon,scan_soon"),
        ),
        ("AWAITING_COLLECTION", CLOCKS, (T + DAY + HOUR - SCAN_LEAD, "scan_soon")),
        ("AWAITING_COLLECTION", {"arrange_by": T}, (None, None)),
        ("IN_TRANSIT", CLOCKS, (T + STUCK_AFTER, "stuck")),
        ("IN_TRANSIT", {"moved_at": T - DAY}, (T - DAY + STUCK_AFTER, "stuck")),
        ("IN_TRANSIT", {"moved_at": T - DAY, "tracking_status": "exception"}, (T - DAY, "stuck")),
        ("IN_TRANSIT", {"moved_at": T, "tracking_status": "delivered"}, (None, None)),
        ("DELIVERED", CLOCKS, (None, None)),
        ("UNKNOWN", {}, (T, "unknown_status")),
        ("A_WORD_FROM_TOMORROW", {}, (T, "unknown_status")),
        ("AWAITING_SHIPMENT", {"cancel_requested": True}, (T, "cancel_request")),
        ("CANCELLED", {"cancel_requested": True}, (None, None)),
        ("COMPLETED", {"request_at": T - DAY}, (T - DAY, "return")),
        ("AWAITING_SHIPMENT", {"action_state": "queued"}, (None, None)),
        ("AWAITING_SHIPMENT", {"action_state": "sending"}, (None, None)),
        ("AWAITING_SHIPMENT", {"action_state": "refused"}, (T, "action_failed")),
        ("CANCELLED", {"action_state": "refused"}, (None, None)),
        ("CANCELLED", {"action_state": "needs_person"}, (T, "action_failed")),
        ("COMPLETED", {"action_state": "unknown"}, (T, "action_unknown")),
        (
            "AWAITING_COLLECTION",
            {"scan_by": T + DAY, "cancel_requested": True, "action_state": "unknown"},
            (T, "action_unknown,cancel_request,scan_soon"),
        ),
    ],
)
def test_reasons(status: str, facts: dict[str, Any], expected: tuple[int | None, str | None]) -> None:
    assert attention(status, updated_at=T, **facts) == expected


@pytest.mark.parametrize(
    ("tab", "arrange_by", "scan_by", "expected"),
    [
        (Tab.UNPAID, T + 5, T + 6, T),
        (Tab.TO_SHIP, T + 5, T + 6, T + 5),
        (Tab.TO_SHIP, None, T + 6, T + 6),
        (Tab.TO_SHIP, None, None, T + DAY),
        (Tab.COLLECTION, T + 5, T + 6, T + 6),
        (Tab.COLLECTION, T + 5, None, T + DAY),
        (Tab.TRANSIT, T + 5, T + 6, -(T + 1)),
        (Tab.DELIVERED, None, None, -(T + 1)),
        (Tab.COMPLETED, None, None, -(T + 1)),
        (Tab.CANCELLED, None, None, -(T + 1)),
        (Tab.ACTION, None, None, T),
    ],
)
def test_place_in_the_tab(tab: Tab, arrange_by: int | None, scan_by: int | None, expected: int) -> None:
    place = sort_at(tab, created_at=T, updated_at=T + 1, arrange_by=arrange_by, scan_by=scan_by)

    assert place == expected
