"""A fake shop that really listens, its requests in a store, and a sender between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from jobs.aftersales.answers import plan_answer, plan_cancel, queue_answer, queue_cancel
from jobs.config.keys import Keys
from jobs.intake.requests import RequestSync
from jobs.outbox.rules import SenderSettings
from jobs.outbox.sender import Sender
from jobs.wishes.intents import progress
from shop.client import ShopClient
from shop.http import HttpSeam
from shop.sandbox.ledger import Effect
from shop.sandbox.orders import Order
from shop.sandbox.server import Sandbox, running_sandbox
from shop.sandbox.world import World
from store import orders
from store.actions import Claimed
from store.db import Store
from store.records import OrderRecord
from store.times import now_ms
from store.views import ActionRow, RequestRow
from tests.jobs.waiting_kit import comes_true
from tests.shop.sandbox_kit import MONDAY, small_world

NOW = MONDAY * 1_000
"""The shop's time; signatures and leases go by the real one."""
SPANS = SenderSettings(validity=1_500, settle=300, skew=100)
"""Short enough that what is doubtful is settled within a test."""
GUARDLESS = "no-duplicate-guard"
"""The platform executes a repeat again, so that it can be counted."""


class Stage(msgspec.Struct):
    """One shop between the sandbox and a store."""

    sandbox: Sandbox
    client: ShopClient
    store: Store
    shop: int

    @property
    def world(self) -> World:
        """The fake shop."""
        return self.sandbox.world

    @property
    def effects(self) -> list[Effect]:
        """What was really executed."""
        return self.sandbox.world.effects

    @property
    def sync(self) -> RequestSync:
        """The job that reads requests."""
        return RequestSync(self.store, self.client, self.shop, clock=lambda: NOW)

    def faults(self, spec: str) -> None:
        """Misbehave from now on."""
        self.sandbox.platform.faults.set(spec)
        self.sandbox.platform.obey()

    async def take_in(self) -> None:
        """Every order and request, with what may be answered."""
        found: list[OrderRecord] = []
        token: str | None = None
        while True:
            page = await self.client.search_orders(create_ge=0, page_token=token)
            found += page.records
            token = page.next_token
            if token is None:
                break
        await self.store.awrite(lambda conn: orders.ingest(conn, self.shop, found, NOW))
        await self.sync.run_once()

    def request(self, order: Order) -> RequestRow:
        """The open request of an order, or its newest."""
        reader = self.store.reader()
        try:
            rows = reader.requests(self.pk(order), open_only=False)
        finally:
            reader.close()
        return next((row for row in rows if row.next_action), rows[-1])

    def pk(self, order: Order) -> int:
        """The store's row of an order."""
        reader = self.store.reader()
        try:
            (pk,) = reader.find(self.world.numbers.order_id(order.serial))
        finally:
            reader.close()
        return pk

    async def answer(
        self, order: Order, decision: str, reason: str | None = None, amount: int | None = None
    ) -> str:
        """Plan and queue; the batch."""
        pks = [self.request(order).pk]
        plan = await self.store.aread(
            lambda conn: plan_answer(conn, pks, decision, reason, "halo", amount, NOW, Keys())
        )
        assert [held.reason for held in plan.held] == []
        return await self.store.awrite(lambda conn: queue_answer(conn, plan, "sari", now_ms()))

    async def cancel(self, order: Order, reason: str) -> str:
        """Plan and queue; the batch."""
        pks = [self.pk(order)]
        plan = await self.store.aread(lambda conn: plan_cancel(conn, pks, reason, NOW, Keys()))
        assert [held.reason for held in plan.held] == []
        return await self.store.awrite(lambda conn: queue_cancel(conn, plan, "sari", now_ms()))

    async def send(self, batch: str, *, fault: str = "", at: str = "marked") -> list[ActionRow]:
        """Run the sender to the end of the batch; the fault begins when the checkpoint is reached first."""
        waiting = [fault] if fault else []

        def watch(name: str) -> None:
            if name == at and waiting:
                self.faults(f"{GUARDLESS},{waiting.pop()}")

        sender = Sender(self.store, {self.shop: self.client}, SPANS, checkpoint=watch, settled=_nothing)
        stop = asyncio.Event()
        running = asyncio.create_task(sender.run(stop))
        try:
            await comes_true(self.store, lambda conn: progress(conn, batch).finished)
        finally:
            stop.set()
            await running
        return list((await self.store.aread(lambda conn: progress(conn, batch))).rows)


@asynccontextmanager
async def on_stage(
    store: Store, *prepare: Callable[[World], Order], faults: str = GUARDLESS, count: int = 150
) -> AsyncIterator[tuple[Stage, Sequence[Order]]]:
    """A shop in which some orders were prepared, taken into the store."""
    world = small_world(count)
    made = [one(world) for one in prepare]
    with running_sandbox(world, faults=faults) as sandbox:
        given = sandbox.credentials

        async def token(force: bool = False) -> str:
            return given.access_token

        http = HttpSeam()
        client = ShopClient(
            http,
            api_base=sandbox.url,
            app_key=given.app_key,
            app_secret=given.app_secret,
            cipher=given.shop_cipher,
            token=token,
            check_clock=False,
        )
        try:
            shop = await store.awrite(lambda conn: orders.shop_pk(conn, "toko"))
            stage = Stage(sandbox, client, store, shop)
            await stage.take_in()
            yield stage, made
        finally:
            await http.aclose()


async def _nothing(shop: int, order_ids: Sequence[str]) -> None:
    """What ended is looked at by the test itself."""


def claimed(kind: str, target: str, state: str = "queued", **params: Any) -> Claimed:
    """A row of the outbox as the sender holds it."""
    return Claimed(
        id=1, shop_id=1, kind=kind, target=target, order_pk=1, order_id="58", package_id=None, batch_id=None,
        params=msgspec.json.encode(params).decode(), state=state, fence=1, lease_until=0, due_at=0, signed_at=None,
        sent_at=None, attempts=0, reads=0, code=None, reason=None, requested_by="sari", requested_at=0,
    )  # fmt: skip
