"""The job that learns and judges, on a real store: what history teaches decides when a parcel is stuck."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from couriers.base import TrackEvent, TrackingStatus
from jobs.parcels import stuck
from jobs.parcels.lanes import ENOUGH
from jobs.parcels.stuck import look_at_parcels
from store import attention, orders, packages, parcels
from store.attention import Lane
from store.db import Store
from store.records import OrderRecord, PackageRecord
from store.times import DAY, HOUR
from tests.conftest import FrozenClock
from tests.jobs.runtime_kit import rows


@pytest.fixture(autouse=True)
def _unlearned() -> Iterator[None]:
    yield
    attention.use({})


def order(order_id: str, status: str, shipped_at: int, **told: Any) -> OrderRecord:
    facts: dict[str, Any] = {
        "raw_status": status, "created_at": shipped_at - HOUR, "updated_at": shipped_at, "shipped_at": shipped_at,
        "city": "Kota Bandung", "province": "Jawa Barat",
        "packages": (PackageRecord(f"p{order_id}", courier="jnt", tracking_number=f"JP{order_id}"),),
    }  # fmt: skip
    return OrderRecord(order_id=order_id, status=status, **(facts | told))


def take(store: Store, *records: OrderRecord) -> int:
    def write(conn: Any) -> int:
        shop = orders.shop_pk(conn, "toko")
        orders.ingest(conn, shop, records, store.clock(), authoritative=True)
        return shop

    return store.write(write)


def arrived(store: Store, count: int, *, scan: int, silence: int) -> int:
    """Parcels of the last weeks: scanned after `scan`, then still for `silence`, delivered an hour later."""
    now, told, journeys = store.clock(), [], []
    for n in range(count):
        shipped = now - 30 * DAY + n * HOUR
        scanned = shipped + scan
        steps = (scanned, scanned + silence, scanned + silence + HOUR)
        told.append(
            order(
                f"a{n}",
                "COMPLETED",
                shipped,
                collected_at=scanned,
                delivered_at=steps[-1],
                updated_at=steps[-1],
            )
        )
        # A photo put up a month later is no movement.
        journeys.append([TrackEvent(at, TrackingStatus.IN_TRANSIT, f"langkah {at}") for at in (*steps, now)])
    shop = take(store, *told)

    def write(conn: Any) -> None:
        for n, events in enumerate(journeys):
            pk = conn.exec_driver_sql(f"SELECT id FROM orders WHERE order_id = 'a{n}'").scalar()
            packages.apply_tracking(
                conn, pk, None, "delivered", None, events, "tiktok", None, store.clock(), None
            )

    store.write(write)
    return shop


def why(store: Store, order_id: str) -> tuple[Any, ...]:
    return rows(store, f"SELECT attention_at, attention FROM orders WHERE order_id = '{order_id}'")[0]


async def test_an_empty_store_teaches_nothing(store: Store, clock: FrozenClock) -> None:
    report = await look_at_parcels(store, clock=clock)
    assert (report.lanes, report.judged, report.changed) == (0, 0, 0)


async def test_history_decides_when_a_parcel_is_stuck(store: Store, clock: FrozenClock) -> None:
    shop = arrived(store, ENOUGH, scan=20 * HOUR, silence=40 * HOUR)
    take(
        store,
        order("waits", "AWAITING_COLLECTION", clock.now - HOUR),
        order("moves", "IN_TRANSIT", clock.now - DAY, collected_at=clock.now),
        order(
            "other",
            "IN_TRANSIT",
            clock.now,
            packages=(PackageRecord("px", courier="jne"),),
            collected_at=clock.now,
        ),
    )
    report = await look_at_parcels(store, clock=clock)

    # The scan of the parcel that still moves counts as well.
    assert store.read(parcels.limits)[Lane(shop, "jnt")] == (20 * HOUR, ENOUGH + 1, 40 * HOUR, ENOUGH)
    assert (report.learned, report.lanes, report.judged) == (True, 3, 3)
    assert why(store, "waits") == (clock.now + 19 * HOUR, "unscanned")
    assert why(store, "moves") == (clock.now + 40 * HOUR, "stuck")
    assert why(store, "other") == (clock.now + attention.STUCK_AFTER, "stuck")


async def test_too_little_history_leaves_the_platforms_limits(store: Store, clock: FrozenClock) -> None:
    arrived(store, ENOUGH - 1, scan=20 * HOUR, silence=40 * HOUR)
    take(store, order("waits", "AWAITING_COLLECTION", clock.now), order("moves", "IN_TRANSIT", clock.now))
    await look_at_parcels(store, clock=clock)

    assert why(store, "waits") == (clock.now + attention.UNSCANNED_AFTER, "unscanned")
    assert why(store, "moves") == (clock.now + attention.STUCK_AFTER, "stuck")


async def test_it_learns_once_a_day_and_judges_every_time(store: Store, clock: FrozenClock) -> None:
    arrived(store, ENOUGH, scan=20 * HOUR, silence=40 * HOUR)
    assert (await look_at_parcels(store, clock=clock)).learned
    clock.advance(HOUR)
    attention.use({})  # as in another process, which has not looked yet
    take(store, order("moves", "IN_TRANSIT", clock.now, collected_at=clock.now))
    again = await look_at_parcels(store, clock=clock)
    assert (again.learned, again.changed) == (False, 1)
    assert why(store, "moves") == (clock.now + 40 * HOUR, "stuck")
    clock.advance(DAY)
    assert (await look_at_parcels(store, clock=clock)).learned


async def test_many_parcels_are_judged_in_slices(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stuck, "SLICE", 4)
    take(store, *(order(f"{n}", "AWAITING_COLLECTION", clock.now) for n in range(10)))
    beats: list[None] = []
    report = await look_at_parcels(store, clock=clock, alive=lambda: beats.append(None))
    assert (report.judged, len(beats)) == (10, 4)
    assert rows(store, "SELECT count(*) FROM orders WHERE attention LIKE '%unscanned%'") == [(10,)]


async def test_what_was_learned_counts_as_soon_as_an_order_comes(store: Store, clock: FrozenClock) -> None:
    arrived(store, ENOUGH, scan=20 * HOUR, silence=40 * HOUR)
    await look_at_parcels(store, clock=clock)
    take(store, order("moves", "IN_TRANSIT", clock.now, collected_at=clock.now))
    assert why(store, "moves") == (clock.now + 40 * HOUR, "stuck")
