"""Splitting, combining and correcting, the whole way: a wish, the sender, real sockets, the sandbox; never twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import Connection

from jobs.outbox.rules import SenderSettings
from jobs.outbox.sender import Sender
from jobs.wishes.intents import Progress, progress
from jobs.wishes.own_numbers import plan_numbers, queue_numbers
from jobs.wishes.own_numbers_file import Entry
from jobs.wishes.repack import Repacking, look, queue_combine, queue_split, queue_uncombine
from shop.sandbox.data import COURIERS
from shop.sandbox.orders import Order
from store import orders, shipping_providers
from store.db import Store
from store.shipping_providers import OwnCourier
from store.times import now_ms
from tests.conftest import by_engine
from tests.jobs.waiting_kit import comes_true
from tests.shop.parcels_kit import Shop, families, opened, splittable
from tests.shop.sandbox_kit import small_world

SPANS = SenderSettings(validity=1_500, settle=300, skew=100)


class Bench:
    """A store, a shop and a sender between them."""

    def __init__(self, store: Store, shop: Shop) -> None:
        self.store, self.shop = store, shop
        self.shop_id = store.write(lambda conn: orders.shop_pk(conn, "toko"))
        self.sender = Sender(store, {self.shop_id: shop.client}, SPANS)

    async def take_in(self, wanted: Sequence[Order]) -> None:
        """Read these orders into the store."""
        page = await self.shop.client.order_detail([self.shop.id_of(order) for order in wanted])
        now = now_ms()
        await self.store.awrite(
            lambda conn: orders.ingest(conn, self.shop_id, page.records, now, authoritative=True)
        )

    async def looked(self, pk: int = 1) -> Repacking:
        found = await self.store.aread(lambda conn: look(conn, pk))
        assert found is not None
        return found

    async def comes_to(self, holds: Callable[[Repacking], bool]) -> None:
        """Wait until the order has been read again."""
        await comes_true(self.store, lambda conn: (found := look(conn, 1)) is not None and holds(found))

    async def done(self, queue: Callable[[Connection], str]) -> Progress:
        """Queue, send to the end, and wait until the orders were read again."""
        batch = await self.store.awrite(queue)
        stop = asyncio.Event()
        running = asyncio.create_task(self.sender.run(stop))
        await comes_true(self.store, lambda conn: progress(conn, batch).finished)
        stop.set()
        await running
        return await self.store.aread(lambda conn: progress(conn, batch))


def states(done: Progress) -> list[tuple[str, str, str | None]]:
    return [(row.kind, row.state, row.reason) for row in done.rows]


@pytest.mark.parametrize(
    ("store_url", "fault"),
    # On both engines: nothing in the way, done unheard of, not done.
    by_engine(
        ("", "cut-after", "500-after", "garbage", "429:1:50ms", "cut-before"), ("", "cut-after", "cut-before")
    ),
    indirect=["store_url"],
)
async def test_a_split_happens_once_and_the_order_shows_it(store: Store, fault: str) -> None:
    world = small_world(400)
    order = next(splittable(world))
    path = f"/fulfillment/202309/orders/{world.numbers.order_id(order.serial)}/split"
    guard = "no-duplicate-guard" + (f",{fault}@{path}*1" if fault else "")
    async with opened(world, guard) as shop:
        bench = Bench(store, shop)
        await bench.take_in([order])
        found = await bench.looked()
        groups = [[one.sku_id] for one in found.goods]
        done = await bench.done(lambda conn: queue_split(conn, found, groups, "seller", now_ms()))
        counted = [one for one in shop.effects() if one[0] == "split"]
        if fault == "cut-before":
            # Nobody can prove that nothing happened, and a second split would make packages anew.
            assert counted == [] and states(done)[0][1] == "needs_person"
            return
        assert states(done) == [("split", "done", None)] and counted == [("split", 1)]
        await bench.comes_to(lambda found: found.no_split == "split_already")
        assert len((await bench.looked()).package_ids) == len(groups)


@pytest.mark.parametrize("fault", ["", "cut-after", "internal-after"])
async def test_orders_are_combined_and_taken_apart_again(store: Store, fault: str) -> None:
    world = small_world(600)
    family = next(families(world))
    struck = f",{fault}@/fulfillment/202309/packages/combine*1" if fault else ""
    async with opened(world, "no-duplicate-guard" + struck) as shop:
        bench = Bench(store, shop)
        await bench.take_in(family)
        found = await bench.looked()
        assert len(found.mates) == len(family) - 1
        done = await bench.done(lambda conn: queue_combine(conn, found, found.mates, "seller", now_ms()))
        assert states(done) == [("combine", "done", None)]
        await bench.comes_to(lambda found: len(found.together) == len(family))
        shared = await bench.looked()
        apart = await bench.done(lambda conn: queue_uncombine(conn, shared, "seller", now_ms()))
        assert states(apart) == [("uncombine", "done", None)]
        assert [kind for kind, _ in shop.effects()] == ["combine", "uncombine"]
        await bench.comes_to(lambda found: not found.together)


async def test_what_was_combined_elsewhere_is_done_without_a_word(store: Store) -> None:
    world = small_world(600)
    family = next(families(world))
    async with opened(world) as shop:
        bench = Bench(store, shop)
        await bench.take_in(family)
        found = await bench.looked()
        first = await bench.done(lambda conn: queue_combine(conn, found, found.mates, "seller", now_ms()))
        assert states(first) == [("combine", "done", None)]
        # A colleague who still sees the orders apart wishes the same, through another store's row.
        await store.awrite(lambda conn: conn.exec_driver_sql("UPDATE actions SET state = 'cancelled'"))
        again = await bench.done(lambda conn: queue_combine(conn, found, found.mates, "seller", now_ms()))
        assert states(again) == [("combine", "done", None)] and len(shop.effects()) == 1


async def test_a_number_of_ones_own_courier_is_entered_and_corrected_once(store: Store) -> None:
    world = small_world(600)
    order = next(
        one
        for one in world
        if one.status == "AWAITING_SHIPMENT"
        and world.facts(one).shipping_type == "SELLER"
        and one.shipments == (None,)
        and not one.ask_status
    )
    path = f"/fulfillment/202309/packages/{world.numbers.package_id(order.serial, 0)}/shipping_info"
    async with opened(world, f"no-duplicate-guard,cut-after@{path}*1") as shop:
        bench = Bench(store, shop)
        await bench.take_in([order])
        courier = OwnCourier(COURIERS[0].provider_id, COURIERS[0].name)
        await store.awrite(lambda c: shipping_providers.replace(c, bench.shop_id, [courier], now_ms()))

        async def enter(number: str) -> Progress:
            entry = Entry(shop.id_of(order), courier.name, number)
            plan = await store.aread(lambda c: plan_numbers(c, bench.shop_id, [entry], now_ms()))
            chosen = {line.package_id for line in plan.soft}
            return await bench.done(lambda c: queue_numbers(c, plan, "seller", now_ms(), chosen))

        assert states(await enter("TOKO00000001")) == [("ship", "done", None)]
        status = "SELECT status FROM orders"
        await comes_true(store, lambda c: c.exec_driver_sql(status).scalar() == "AWAITING_COLLECTION")
        assert states(await enter("TOKO00000002")) == [("correct", "done", None)]
        assert [kind for kind, _ in shop.effects()] == ["ship", "correct"]
        (package,) = await shop.packages(order)
        assert (await shop.client.package_detail(package)).tracking_number == "TOKO00000002"
