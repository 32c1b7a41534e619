"""The sweep: what polling missed is repaired, counts are counted again, old personal data is forgotten."""

from __future__ import annotations

import pytest

from jobs.intake.sweep import OrderSweep, SweepReport, sweep_store
from jobs.intake.sync import OrderSync, quiet
from store import counts, orders
from store.db import Store
from store.records import OrderRecord, RejectedRecord
from store.times import DAY
from tests.conftest import FrozenClock
from tests.jobs.runtime_kit import Scene, crew_of, rows


async def sweep(shop: Scene, *damage: str) -> SweepReport:
    """Take everything in, damage the copy, sweep."""
    async with crew_of(shop) as (crew, jobs):
        await jobs.orders(quiet)
        for sql in damage:
            assert crew.store.write(lambda conn, sql=sql: conn.exec_driver_sql(sql).rowcount)  # type: ignore[misc]
        client = await jobs.client()
        sync = OrderSync(crew.store, client, jobs.shop_id, clock=crew.clock)
        return await OrderSweep(crew.store, client, sync, jobs.shop_id, clock=crew.clock).run_once()


OPEN = "status NOT IN ('COMPLETED', 'CANCELLED')"


async def test_a_sound_copy_needs_no_repair(shop: Scene) -> None:
    report = await sweep(shop)
    assert (report.repaired, report.gone) == (0, 0)
    assert [(report.read,)] == shop.rows(f"SELECT count(*) FROM orders WHERE {OPEN}")


async def test_a_missed_change_is_found(shop: Scene) -> None:
    """As if a change had been lost: an order that is completed there is still open here."""
    one = "(SELECT min(id) FROM orders WHERE status = 'COMPLETED')"
    report = await sweep(
        shop,
        f"UPDATE orders SET status = 'IN_TRANSIT', tab = 5, updated_at = 1, body_hash = x'00' WHERE id = {one}",
    )
    assert report.repaired == 1
    assert shop.rows("SELECT count(*) FROM orders WHERE updated_at = 1") == [(0,)]


async def test_a_missed_order_is_found(shop: Scene) -> None:
    one = "(SELECT min(id) FROM orders WHERE status = 'AWAITING_SHIPMENT')"
    tables = ("items", "packages")
    report = await sweep(
        shop,
        *(f"DELETE FROM {table} WHERE order_pk = {one}" for table in tables),
        f"DELETE FROM orders WHERE id = {one}",
    )
    assert report.repaired == 1
    assert shop.rows("SELECT count(*) FROM orders") == [(250,)]


async def test_what_the_platform_does_not_know_is_told(shop: Scene) -> None:
    one = "(SELECT min(id) FROM orders WHERE status = 'AWAITING_SHIPMENT')"
    report = await sweep(shop, f"UPDATE orders SET order_id = '577000000000000001' WHERE id = {one}")
    assert report.gone == 1


def order(order_id: str, status: str, updated_at: int) -> OrderRecord:
    return OrderRecord(
        order_id,
        status,
        status,
        updated_at,
        updated_at,
        buyer="B*** S***",
        phone="+62812",
        address="Jl. Mawar",
    )


@pytest.fixture
def shop_id(store: Store, clock: FrozenClock) -> int:
    """A shop with old and new orders, ended and open."""
    told = [
        order("1", "COMPLETED", clock.now - 91 * DAY),
        order("2", "CANCELLED", clock.now - 91 * DAY),
        order("3", "COMPLETED", clock.now - 89 * DAY),
        order("4", "AWAITING_SHIPMENT", clock.now - 91 * DAY),
    ]

    def write(conn: object) -> int:
        shop = orders.shop_pk(conn, "a")  # type: ignore[arg-type]
        orders.ingest(conn, shop, told, clock.now)  # type: ignore[arg-type]
        return shop

    return store.write(write)


async def test_ended_orders_lose_their_buyer_after_a_while(
    store: Store, clock: FrozenClock, shop_id: int
) -> None:
    report = await sweep_store(store, 90, clock=clock)
    assert report.forgotten == 2
    left = "SELECT order_id FROM orders WHERE buyer IS NOT NULL OR phone IS NOT NULL OR address IS NOT NULL ORDER BY 1"
    assert rows(store, left) == [("3",), ("4",)]
    assert (await sweep_store(store, 90, clock=clock)).forgotten == 0


async def test_a_forgotten_buyer_stays_forgotten_when_the_order_is_told_again(
    store: Store, clock: FrozenClock, shop_id: int
) -> None:
    await sweep_store(store, 90, clock=clock)
    again = [order("1", "COMPLETED", clock.now - 91 * DAY)]
    taken = store.write(lambda conn: orders.ingest(conn, shop_id, again, clock.now))
    assert taken.unchanged == 1
    assert rows(store, "SELECT buyer FROM orders WHERE order_id = '1'") == [(None,)]


async def test_zero_days_is_for_ever(store: Store, clock: FrozenClock, shop_id: int) -> None:
    assert (await sweep_store(store, 0, clock=clock)).forgotten == 0


async def test_wrong_counts_are_counted_again(store: Store, clock: FrozenClock, shop_id: int) -> None:
    store.write(lambda conn: counts.apply(conn, shop_id, {3: 5}))
    assert (await sweep_store(store, 0, clock=clock)).miscounted == 1
    assert (await sweep_store(store, 0, clock=clock)).miscounted == 0


async def test_unreadable_bodies_are_not_kept_for_ever(
    store: Store, clock: FrozenClock, shop_id: int
) -> None:
    bad = [RejectedRecord("orders", "odd", b"{}")]
    store.write(lambda conn: orders.reject(conn, shop_id, bad, clock.now))
    await sweep_store(store, 0, clock=clock)
    assert rows(store, "SELECT count(*) FROM rejected") == [(1,)]
    clock.advance(31 * DAY)
    await sweep_store(store, 0, clock=clock)
    assert rows(store, "SELECT count(*) FROM rejected") == [(0,)]
