"""Everything `pantau stats` says, from a store whose orders are known one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobs.parcels.stats import gather, ldr, sfcr, window
from store import orders
from store.db import Store
from store.reader import Reader
from store.records import OrderRecord, PackageRecord
from store.times import DAY, HOUR, from_datetime
from tests.conftest import FrozenClock

WIB = ZoneInfo("Asia/Jakarta")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def reader(store: Store) -> Iterator[Reader]:
    opened = store.reader()
    yield opened
    opened.close()


def take(store: Store, count: int, name: str, status: str = "COMPLETED", **told: Any) -> None:
    """So many orders alike, placed a day ago and paid."""
    now = store.clock()
    facts: dict[str, Any] = {
        "created_at": now - DAY,
        "updated_at": now - HOUR,
        "paid_at": now - DAY,
        "raw_status": status,
    }
    parcel = (PackageRecord("p", courier=told.pop("courier", "jnt")),)
    records = [
        OrderRecord(order_id=f"{name}{n}", status=status, packages=parcel, **(facts | told))
        for n in range(count)
    ]
    store.write(lambda conn: orders.ingest(conn, orders.shop_pk(conn, "toko"), records, now))


def test_the_window_is_seven_calendar_days() -> None:
    now = from_datetime(datetime(2026, 11, 25, 0, 30, tzinfo=WIB))  # still the 24th in UTC
    assert window(now, WIB) == (
        from_datetime(datetime(2026, 11, 19, tzinfo=WIB)),
        from_datetime(datetime(2026, 11, 26, tzinfo=WIB)),
    )
    # A week with a day of 25 hours: midnight to midnight all the same.
    since, until = window(from_datetime(datetime(2026, 10, 27, 12, tzinfo=BERLIN)), BERLIN)
    assert until - since == 7 * DAY + HOUR


def test_an_empty_store_says_nothing(store: Store, reader: Reader, clock: FrozenClock) -> None:
    found = gather(reader, WIB, clock.now)
    assert (found.ldr.now, found.ldr.if_nothing, found.sfcr.now, found.sfcr.orders_until) == (None,) * 4
    assert (found.couriers, found.waiting, found.advice, found.since) == ([], [], [], None)
    assert set(found.by_tab.values()) == {0}
    assert found.expected_late == 0.0


def test_late_dispatch(store: Store, reader: Reader, clock: FrozenClock) -> None:
    """96 in time, 2 late, 1 overdue, 3 run out today: 3/99, and 6/102 when they are left alone."""
    due = clock.now - 2 * HOUR
    take(store, 96, "good", collected_at=due, scan_by=due)
    take(store, 2, "late", collected_at=due + 1, scan_by=due)
    take(store, 1, "over", "AWAITING_SHIPMENT", scan_by=due)
    take(store, 3, "soon", "AWAITING_COLLECTION", scan_by=clock.now + HOUR)
    take(store, 4, "tomorrow", "AWAITING_COLLECTION", scan_by=clock.now + DAY)

    found = ldr(reader, WIB, clock.now)
    assert (found.bad, found.judged, found.at_risk) == (3, 99, 3)
    assert found.now == pytest.approx(3 / 99)
    assert found.if_nothing == pytest.approx(6 / 102)
    assert (found.next_step, found.orders_until) == (0.04, 1)


def test_own_fault_cancellations(store: Store, reader: Reader, clock: FrozenClock) -> None:
    take(store, 97, "good")
    take(store, 1, "stock", "CANCELLED", cancel_reason="Stok habis")
    take(store, 2, "buyer", "CANCELLED", cancel_reason="Berubah pikiran")
    take(store, 9, "never", "UNPAID", paid_at=None)
    take(store, 2, "soon", "AWAITING_SHIPMENT", cancel_at=clock.now + HOUR, created_at=clock.now - 2 * DAY)

    found = sfcr(reader, WIB, clock.now)
    assert (found.bad, found.judged, found.at_risk) == (1, 102, 2)
    assert found.now == pytest.approx(1 / 102)
    assert found.if_nothing == pytest.approx(3 / 102)
    # (1 + k) / 102 reaches 2.5 % at k = 2: 3/102 = 2.9 %.
    assert (found.next_step, found.orders_until) == (0.025, 2)


def test_the_forecast_and_its_advice(store: Store, reader: Reader, clock: FrozenClock) -> None:
    """J&T has come at 16.00 WIB on every day for weeks; now it is 19.00, and two deadlines are tonight."""
    today = from_datetime(datetime(2026, 11, 25, tzinfo=WIB))
    assert clock.now == today + 19 * HOUR
    for day in range(1, 31):
        start = today - day * DAY
        take(store, 3, f"d{day}.", shipped_at=start + 9 * HOUR, collected_at=start + 16 * HOUR,
             delivered_at=start + 40 * HOUR, scan_by=start + 24 * HOUR)  # fmt: skip
    waits: dict[str, Any] = {"status": "AWAITING_COLLECTION", "shipped_at": clock.now - HOUR}
    take(store, 2, "tonight", scan_by=today + 24 * HOUR - 1, **waits)
    take(store, 1, "late", scan_by=clock.now - HOUR, **waits)
    take(store, 1, "friday", scan_by=today + 3 * DAY, **waits)
    take(store, 1, "theirs", scan_by=clock.now - HOUR, **waits)
    store.write(
        lambda conn: conn.exec_driver_sql(
            "UPDATE orders SET tracking_status = 'picked_up' WHERE order_id = 'theirs0'"
        )
    )

    found = gather(reader, WIB, clock.now)
    chances = {parcel.order_id: parcel.chance for parcel in found.waiting}
    assert chances.keys() == {"tonight0", "tonight1", "late0", "friday0"}
    assert chances["late0"] is None
    assert (chances["tonight0"] or 0) < 0.3 < 0.9 < (chances["friday0"] or 0)
    (advice,) = found.advice
    assert (advice.courier, advice.orders, advice.late) == ("jnt", 3, 1)
    assert found.expected_late is not None and 2.4 < found.expected_late < 3.2
    assert found.learned_from == 90
    (jnt,) = found.couriers
    assert (jnt.to_scan.median, jnt.to_door.median, jnt.late) == (7.0, 24.0, 2)
    assert found.by_tab["collection"] == 5


def test_one_shop_only(store: Store, reader: Reader, clock: FrozenClock) -> None:
    take(store, 12, "good", collected_at=clock.now, scan_by=clock.now, shipped_at=clock.now - HOUR)
    here = gather(reader, WIB, clock.now, shop_id=1)
    there = gather(reader, WIB, clock.now, shop_id=2)
    assert (here.ldr.judged, there.ldr.judged, len(there.couriers)) == (12, 0, 0)
    assert (here.by_tab["completed"], there.by_tab["completed"]) == (12, 0)


def test_months_ago_does_not_count(store: Store, reader: Reader, clock: FrozenClock) -> None:
    take(store, 12, "old", shipped_at=clock.now - 91 * DAY, collected_at=clock.now - 90 * DAY)
    assert gather(reader, WIB, clock.now).couriers == []
    assert from_datetime(datetime(2026, 11, 25, 12, tzinfo=UTC)) == clock.now
