"""Setting stock, the whole way: a wish, the sender, real sockets, the sandbox. Never lost, and never over a sale."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

import pytest

from jobs.intake.products import ProductSync
from jobs.intake.stock import StockSync
from jobs.outbox.kinds.stock import spread
from jobs.outbox.rules import SenderSettings
from jobs.outbox.sender import Sender
from jobs.stock import wishes
from jobs.wishes.intents import Progress, progress
from shop.sandbox.data import PRODUCTS, WAREHOUSE_ID
from store import orders
from store.db import Store
from store.reading.goods import Warehouse
from store.stock import Pile
from store.times import now_ms
from tests.conftest import by_engine
from tests.jobs.waiting_kit import comes_true
from tests.shop.parcels_kit import Shop, opened
from tests.shop.sandbox_kit import small_world

SPANS = SenderSettings(validity=1_500, settle=300, skew=100)
PATH = f"/product/202309/products/{PRODUCTS[0].product_id}/inventory/update"
SHIRT = PRODUCTS[0].skus[0]
SECOND = "7010000000000000003"


class Bench:
    """A store that knows a shop's products, and a sender between them."""

    def __init__(self, store: Store, shop: Shop) -> None:
        self.store, self.shop = store, shop
        self.shop_id = store.write(lambda conn: orders.shop_pk(conn, "toko"))
        stock = StockSync(store, shop.client, self.shop_id, clock=now_ms)

        async def stocked(_shop: int, skus: Sequence[str]) -> None:
            await stock.refresh(skus)

        self.sender = Sender(store, {self.shop_id: shop.client}, SPANS, stocked=stocked)

    async def pile(self) -> Pile:
        (found,) = wishes.find(await self.store.aread(wishes.look), SHIRT.sku_id)
        return found

    async def wish(self, quantity: int, *, force: bool = False) -> str:
        pile = await self.pile()
        plan = await self.store.aread(partial(wishes.plan_set, pile=pile, quantity=quantity))
        return await self.store.awrite(lambda conn: wishes.queue(conn, plan, "seller", now_ms(), force=force))

    async def sent(self, batch: str) -> Progress:
        """To the end of the batch."""
        stop = asyncio.Event()
        running = asyncio.create_task(self.sender.run(stop))
        await comes_true(self.store, lambda conn: progress(conn, batch).finished)
        stop.set()
        await running
        return await self.store.aread(lambda conn: progress(conn, batch))

    def at_platform(self) -> dict[str, int]:
        with self.shop.world.lock:
            return self.shop.world.shelves.spread(SHIRT.sku_id)

    def sells(self, units: int) -> None:
        """A buyer takes some, at the platform only."""
        with self.shop.world.lock:
            self.shop.world.shelves.available[SHIRT.sku_id] -= units
            self.shop.world.shelves.committed[SHIRT.sku_id] += units

    def written(self) -> list[int]:
        return [effect.count for effect in self.shop.world.effects if effect.kind == "stock"]


@asynccontextmanager
async def ready(store: Store, faults: str = "", *places: tuple[str, int]) -> AsyncIterator[Bench]:
    world = small_world(10)
    world.shelves.put(SHIRT.sku_id, dict(places) or {WAREHOUSE_ID: 14})
    async with opened(world, faults) as shop:
        bench = Bench(store, shop)
        await ProductSync(store, shop.client, bench.shop_id, clock=now_ms).run_once()
        yield bench


def outcome(done: Progress) -> tuple[str, int | None, str | None]:
    (row,) = done.rows
    return row.state, row.code or None, row.reason


@pytest.mark.parametrize(
    ("store_url", "fault"),
    by_engine(
        ("", "cut-after", "500-after", "garbage", "half", "internal", "429:1:50ms", "cut-before"),
        ("", "cut-after", "cut-before"),
    ),
    indirect=["store_url"],
)
async def test_a_number_arrives_whatever_happens_on_the_way(store: Store, fault: str) -> None:
    async with ready(store, f"{fault}@{PATH}*1" if fault else "") as bench:
        assert outcome(await bench.sent(await bench.wish(9))) == ("done", None, None)
        assert bench.at_platform() == {WAREHOUSE_ID: 9}
        # Heard of or not, it was executed once: what nobody heard of is found by a read.
        assert bench.written() == [1]
        async with asyncio.timeout(5):
            while (await bench.pile()).first.available != 9:
                await asyncio.sleep(0.01)
        # What was done once can be done again: a shelf is filled every week.
        bench.sells(4)
        await StockSync(store, bench.shop.client, bench.shop_id, clock=now_ms).refresh([SHIRT.sku_id])
        assert outcome(await bench.sent(await bench.wish(9))) == ("done", None, None)
        assert bench.at_platform() == {WAREHOUSE_ID: 9}


async def test_a_sale_since_the_look_is_not_undone_unless_somebody_insists(store: Store) -> None:
    async with ready(store) as bench:
        batch = await bench.wish(20)
        bench.sells(2)
        assert outcome(await bench.sent(batch)) == ("refused", None, "stock_moved")
        assert bench.at_platform() == {WAREHOUSE_ID: 12} and bench.written() == []
        async with asyncio.timeout(5):  # and the number that made it stop is known at once
            while (await bench.pile()).first.available != 12:
                await asyncio.sleep(0.01)
        batch = await bench.wish(20, force=True)
        bench.sells(1)
        assert outcome(await bench.sent(batch)) == ("done", None, None)
        assert bench.at_platform() == {WAREHOUSE_ID: 20}


async def test_a_sale_after_a_lost_answer_is_not_undone_either(store: Store) -> None:
    async with ready(store, f"cut-before@{PATH}*1") as bench:
        batch = await bench.wish(20)
        running = asyncio.create_task(bench.sent(batch))
        await comes_true(store, lambda conn: progress(conn, batch).rows[0].state == "unknown")
        bench.sells(3)
        assert outcome(await running) == ("refused", None, "stock_unclear")
        assert bench.at_platform() == {WAREHOUSE_ID: 11} and bench.written() == []


async def test_a_lagging_replica_makes_no_second_write_and_nothing_done_that_is_not(store: Store) -> None:
    async with ready(store) as bench:
        shelves, faults = bench.shop.world.shelves, bench.shop.sandbox.platform.faults
        async with asyncio.timeout(5):
            while shelves.lagging(0.2):
                await asyncio.sleep(0.01)
        faults.set(f"stale-reads:200ms,cut-after@{PATH}*1")
        assert outcome(await bench.sent(await bench.wish(9))) == ("done", None, None)
        assert (bench.at_platform(), bench.written()) == ({WAREHOUSE_ID: 9}, [1])
        # A replica that still tells what was there before the change is no proof that the next wish came true.
        faults.set("")
        await StockSync(store, bench.shop.client, bench.shop_id, clock=now_ms).refresh([SHIRT.sku_id])
        faults.set("stale-reads:600s")
        (told,) = await bench.shop.client.shelved([SHIRT.sku_id])
        assert told.available == SHIRT.stock != 9
        assert outcome(await bench.sent(await bench.wish(SHIRT.stock))) == ("done", None, None)
        assert bench.at_platform() == {WAREHOUSE_ID: SHIRT.stock}


async def test_every_warehouse_is_named_and_a_partial_failure_is_a_refusal(store: Store) -> None:
    async with ready(store, "", (WAREHOUSE_ID, 5), (SECOND, 7)) as bench:
        assert outcome(await bench.sent(await bench.wish(2))) == ("done", None, None)
        assert bench.at_platform() == {WAREHOUSE_ID: 2, SECOND: 0}
        bench.shop.sandbox.platform.faults.set("stock-locked")
        third = PRODUCTS[2].skus[0].sku_id
        (pile,) = wishes.find(await store.aread(wishes.look), third)
        plan = await store.aread(partial(wishes.plan_set, pile=pile, quantity=1))
        batch = await store.awrite(lambda conn: wishes.queue(conn, plan, "seller", now_ms()))
        again = await store.aread(partial(wishes.plan_set, pile=pile, quantity=2))
        assert [held.reason for held in again.held] == ["under_way"]
        assert outcome(await bench.sent(batch))[:2] == ("refused", 12052393)
        # Refused is over: another number may be wished, and one that cannot be is not.
        assert (await store.aread(partial(wishes.plan_set, pile=pile, quantity=2))).ok
        for wrong in (-1, 100_000):
            held = (await store.aread(partial(wishes.plan_set, pile=pile, quantity=wrong))).held
            assert [one.reason for one in held] == ["out_of_range"]


def test_the_fullest_warehouse_takes_the_difference() -> None:
    places = [Warehouse("a", 5), Warehouse("b", 7), Warehouse("c", 0)]
    assert spread(places, 20) == [Warehouse("a", 5), Warehouse("b", 15), Warehouse("c", 0)]
    assert spread(places, 9) == [Warehouse("a", 5), Warehouse("b", 4), Warehouse("c", 0)]
    assert spread(places, 3) == [Warehouse("a", 3), Warehouse("b", 0), Warehouse("c", 0)]
    assert spread(places, 0) == [Warehouse("a", 0), Warehouse("b", 0), Warehouse("c", 0)]
