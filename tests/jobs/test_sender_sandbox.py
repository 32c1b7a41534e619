"""The whole way of a key press: real client, real sockets, the sandbox as platform, its duplicate guard off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from jobs.config.keys import Keys
from jobs.outbox.rules import SenderSettings
from jobs.outbox.sender import Sender
from jobs.wishes.intents import plan_ship, progress, queue_ship
from shop.client import ShopClient
from shop.http import HttpSeam
from shop.sandbox.server import Sandbox, running_sandbox
from store import orders
from store.db import Store
from store.times import now_ms
from tests.conftest import by_engine
from tests.jobs.waiting_kit import comes_true
from tests.shop.sandbox_kit import small_world

SPANS = SenderSettings(validity=1_500, settle=300, skew=100)


@asynccontextmanager
async def connected(sandbox: Sandbox) -> AsyncIterator[ShopClient]:
    given = sandbox.credentials

    async def token(force: bool = False) -> str:
        return given.access_token

    http = HttpSeam()
    try:
        yield ShopClient(
            http,
            api_base=sandbox.url,
            app_key=given.app_key,
            app_secret=given.app_secret,
            cipher=given.shop_cipher,
            token=token,
            check_clock=False,
        )
    finally:
        await http.aclose()


@pytest.mark.parametrize(
    ("store_url", "fault"),
    # On both engines: nothing in the way, done unheard of, not done.
    by_engine(
        (
            *("", "stale-reads:200ms,cut-after", "cut-after", "cut-before"),
            *("500-after", "garbage", "429:1:50ms"),
        ),
        ("", "cut-after", "cut-before"),
    ),
    indirect=["store_url"],
)
async def test_a_key_press_becomes_one_shipment_and_the_order_shows_it(store: Store, fault: str) -> None:
    guard = "no-duplicate-guard" + (f",{fault}@/fulfillment/202309/packages/ship*1" if fault else "")
    with running_sandbox(small_world(), faults=guard) as sandbox:
        async with connected(sandbox) as client:
            page = await client.search_orders(status="AWAITING_SHIPMENT", create_ge=0)
            shop = await store.awrite(lambda conn: orders.shop_pk(conn, "toko"))
            await store.awrite(lambda conn: orders.ingest(conn, shop, page.records, now_ms()))
            pks = list(range(1, len(page.records) + 1))
            plan = await store.aread(lambda conn: plan_ship(conn, pks, now_ms(), Keys()))
            assert len(plan.ok) >= 3
            batch = await store.awrite(lambda conn: queue_ship(conn, plan, "seller", now_ms()))
            sender = Sender(store, {shop: client}, SPANS)
            stop = asyncio.Event()
            running = asyncio.create_task(sender.run(stop))
            await comes_true(store, lambda conn: progress(conn, batch).finished)
            stop.set()
            await running
            state = await store.aread(lambda conn: progress(conn, batch))
            async with asyncio.timeout(5):
                while (await client.package_detail(str(plan.ok[0].package_id))).status != "PROCESSING":
                    await asyncio.sleep(0.01)
        shipped = [effect.package_id for effect in sandbox.world.effects]
    assert sorted(shipped) == sorted(str(line.package_id) for line in plan.ok)
    assert state.counts == {"done": len(plan.ok)}
