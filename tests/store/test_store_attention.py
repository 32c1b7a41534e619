"""When an order needs a person, and where it stands: tables of the pure functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from store import attention as module
from store.attention import (
    ARRANGE_LEAD,
    PLATFORM,
    SCAN_LEAD,
    STUCK_AFTER,
    UNSCANNED_AFTER,
    Lane,
    Patience,
    attention,
    lanes,
    patience,
    sort_at,
)
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
        ("IN_TRANSIT", {"moved_at": T, "tracking_status": "returning"}, (T, "returning")),
        ("IN_TRANSIT", {"tracking_status": "delivery_failed"}, (T, "delivery_failed")),
        ("IN_TRANSIT", {"moved_at": T - DAY, "patience": Patience(HOUR, 30 * HOUR)}, (T + 6 * HOUR, "stuck")),
        ("AWAITING_COLLECTION", {"shipped_at": T}, (T + UNSCANNED_AFTER, "unscanned")),
        (
            "AWAITING_COLLECTION",
            {"shipped_at": T, "patience": Patience(20 * HOUR, DAY)},
            (T + 20 * HOUR, "unscanned"),
        ),
        ("AWAITING_COLLECTION", {"shipped_at": T, "tracking_status": "pending"}, (T + DAY, "unscanned")),
        ("AWAITING_COLLECTION", {"shipped_at": T, "tracking_status": "picked_up"}, (None, None)),
        ("AWAITING_COLLECTION", {"shipped_at": T, "tracking_status": "cancelled"}, (T, "stuck")),
        ("AWAITING_SHIPMENT", {"shipped_at": T}, (None, None)),
        ("DELIVERED", {"tracking_status": "returning", "moved_at": T + 5}, (T + 5, "returning")),
        ("DELIVERED", {"disputed_at": T - HOUR}, (T - HOUR, "disputed")),
        ("COMPLETED", {"disputed_at": T, "request_at": T + 1}, (T, "disputed,return")),
        ("CANCELLED", {"disputed_at": T}, (None, None)),
        ("DELIVERED", CLOCKS, (None, None)),
        ("UNKNOWN", {}, (T, "unknown_status")),
        ("A_WORD_FROM_TOMORROW", {}, (T, "unknown_status")),
        ("AWAITING_SHIPMENT", {"cancel_requested": True}, (T, "cancel_request")),
        ("CANCELLED", {"cancel_requested": True}, (None, None)),
        ("COMPLETED", {"request_at": T - DAY}, (T - DAY, "return")),
        ("COMPLETED", {"chat_by": T + 12 * HOUR}, (T + 9 * HOUR, "chat")),
        ("AWAITING_SHIPMENT", {"chat_by": T, "arrange_by": T - HOUR}, (T - 4 * HOUR, "arrange_soon,chat")),
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


@pytest.fixture
def _learned() -> Iterator[None]:
    yield
    module.use({})


def test_the_narrowest_lane_that_taught_something_decides(_learned: None) -> None:
    city, province, courier = lanes(1, "jnt", "Jawa Barat", "Kota Bandung")
    module.use({city: Patience(1, 2), province: Patience(3, 4), courier: Patience(5, 6)})

    assert patience(1, "jnt", "Jawa Barat", "Kota Bandung") == Patience(1, 2)
    assert patience(1, "jnt", "Jawa Barat", "Kota Cimahi") == Patience(3, 4)
    assert patience(1, "jnt", "Papua", None) == Patience(5, 6)
    assert patience(1, "jnt", None, "Kota Bandung") == Patience(5, 6)


def test_other_shops_couriers_and_unknown_ones_have_the_platforms_limits(_learned: None) -> None:
    module.use({Lane(1, "jnt"): Patience(5, 6)})

    assert patience(2, "jnt", None, None) == PLATFORM
    assert patience(1, "sicepat", None, None) == PLATFORM
    assert patience(1, None, None, None) == PLATFORM
    assert PLATFORM == (24 * HOUR, 3 * DAY)
