"""Rates and couriers' hours, counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from jobs.parcels.performance import (
    Rate,
    Shipment,
    Spread,
    by_courier,
    is_late,
    own_fault,
    rate,
    spread,
)
from store.times import HOUR, MINUTE, from_datetime

JAKARTA = ZoneInfo("Asia/Jakarta")
LDR_STEPS = (40, 100, 300, 500)
NOW = from_datetime(datetime(2026, 11, 25, 12, 0, tzinfo=UTC))


def at(day: int, hour: int, minute: int = 0) -> int:
    """A moment of November 2026, WIB; the 23rd is a Monday."""
    return from_datetime(datetime(2026, 11, day, hour, minute, tzinfo=JAKARTA))


@pytest.mark.parametrize(
    ("bad", "judged", "at_risk", "expected"),
    [
        (0, 0, 0, Rate(None, None, None, None, 0, 0, 0)),
        (1, 9, 0, Rate(None, None, None, None, 1, 9, 0)),
        (1, 9, 3, Rate(None, 4 / 12, None, None, 1, 9, 3)),
        # 3 of 100; k = 1 gives 4/101 = 3.96 %, k = 2 gives 5/102 = 4.9 %.
        (3, 100, 5, Rate(0.03, 8 / 105, 0.04, 2, 3, 100, 5)),
        # Exactly 4 % is no longer below the target: the next step is 10 %; (4+k)/(100+k) >= 10 % from k = 7 on.
        (4, 100, 0, Rate(0.04, 0.04, 0.1, 7, 4, 100, 0)),
        # (24+k)/(25+k) is above every step.
        (24, 25, 0, Rate(0.96, 0.96, None, None, 24, 25, 0)),
        (0, 24, 0, Rate(0.0, 0.0, 0.04, 1, 0, 24, 0)),
    ],
)
def test_a_rate_and_its_next_step(bad: int, judged: int, at_risk: int, expected: Rate) -> None:
    assert rate(bad, judged, at_risk, LDR_STEPS) == expected


@pytest.mark.parametrize("bad", range(60))
def test_so_many_more_reach_the_step_and_one_less_does_not(bad: int) -> None:
    found = rate(bad, 120, 0, LDR_STEPS)
    assert found.orders_until is not None and found.next_step is not None
    k = found.orders_until
    assert (bad + k) / (120 + k) >= found.next_step > (bad + k - 1) / (120 + k - 1)


@pytest.mark.parametrize(
    ("key", "words", "expected"),
    [
        ("seller_cancel_reason_out_of_stock", None, True),
        ("system_cancel_order_untracked", "apa pun", True),
        ("system_cancel_unpaid_time_out", None, False),
        ("seller_cancel_unpaid_reason_out_of_stock", "Stok habis", False),
        ("ecom_order_to_ship_canceled_reason_not_shipped_on_time", None, False),
        ("package_lost", "Paket hilang", False),
        (None, "Penjual tidak mengatur pengiriman tepat waktu", True),
        (None, "  STOK   habis ", True),
        (None, "Berubah pikiran", False),
        (None, None, False),
    ],
)
def test_whose_fault_a_cancellation_is(key: str | None, words: str | None, expected: bool) -> None:
    assert own_fault(key, words) is expected


@pytest.mark.parametrize(
    ("scanned", "scan_by", "expected"),
    [
        (at(24, 10), at(24, 10), False),
        (at(24, 10), at(24, 10) - 1, True),
        (None, NOW, None),
        (None, NOW - 1, True),
        (None, None, None),
        (at(24, 10), None, None),
    ],
)
def test_late_is_after_the_deadline(scanned: int | None, scan_by: int | None, expected: bool | None) -> None:
    assert is_late(Shipment("jnt", at(23, 9), scanned, None, scan_by), NOW) is expected


def test_a_spread_needs_five() -> None:
    assert spread([HOUR] * 4) == Spread(4, None, None)
    assert spread([n * HOUR for n in range(1, 11)]) == Spread(10, 5.0, 9.0)
    assert spread([6 * MINUTE] * 5) == Spread(5, 0.1, 0.1)


def test_couriers_by_weekday_in_the_sellers_zone() -> None:
    """23.30 WIB on Monday is 16.30 UTC; 00.30 WIB on Tuesday is still Monday in UTC."""
    monday = [Shipment("jnt", at(23, 23, 30), at(24, 1, 30), at(25, 1, 30), at(24, 1)) for _ in range(5)]
    tuesday = [Shipment("jnt", at(24, 0, 30), at(24, 6, 30), None, at(24, 23)) for _ in range(5)]
    odd = [
        Shipment("jnt", at(24, 9), at(24, 8), None, None),  # scanned before it was arranged: no time to count
        Shipment("jne", at(24, 9), None, None, at(24, 23)),
    ]
    jnt, jne = by_courier([*odd, *monday, *tuesday], JAKARTA, NOW)

    assert (jnt.courier, jnt.parcels, jnt.to_scan) == ("jnt", 11, Spread(10, 2.0, 6.0))
    assert (jnt.late, jnt.judged, jnt.late_share) == (5, 10, 0.5)
    assert [day.to_scan for day in jnt.days[:3]] == [
        Spread(5, 2.0, 2.0),
        Spread(5, 6.0, 6.0),
        Spread(0, None, None),
    ]
    assert jnt.days[1].to_door == Spread(5, 24.0, 24.0)
    assert (jne.late, jne.judged, jne.late_share, jne.to_scan) == (1, 1, None, Spread(0, None, None))


def test_nothing_to_count() -> None:
    assert by_courier([], JAKARTA, NOW) == []
