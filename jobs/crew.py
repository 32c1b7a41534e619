"""Everything that lives in the background's event loop: connections, shops, jobs, and the sender.

Jobs of one shop never touch another's: each has its own client, token and limiter, and its failures end in its
own health. A shop without secrets has jobs that say so; a shop of kind `file` has one where a folder is watched.
"""

from __future__ import annotations

import asyncio
import os
import secrets as random_text
import socket
from collections.abc import Mapping, Sequence
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from couriers.http import CourierHttp
from couriers.providers.tiktok import Fetch
from jobs.config.keys import ShopSettings
from jobs.config.secrets import secrets_of
from jobs.config.settings import Settings
from jobs.files.watch import JOB as FILES
from jobs.files.watch import watchers
from jobs.handover.check import stop_what_changed
from jobs.handover.reminder import remind
from jobs.health.watch import EVERY as HEALTH_EVERY
from jobs.health.watch import HealthWatch
from jobs.intake.shops import ShopLink
from jobs.intake.sweep import sweep_store
from jobs.intake.sync import Alive
from jobs.money.watch import EVERY as MONEY_EVERY
from jobs.money.watch import MoneyWatch
from jobs.outbox.rules import SenderSettings
from jobs.outbox.sender import Sender
from jobs.paper.fetch import LabelSource
from jobs.paper.job import EVERY as PAPERS_EVERY
from jobs.paper.job import PaperJobs
from jobs.parcels.stuck import look_at_parcels
from jobs.problems import NoSecret
from jobs.routine.job import EVERY as ROUTINE_EVERY
from jobs.routine.job import Routine
from jobs.rules.engine import RuleEngine
from jobs.scheduler import Job
from jobs.shop_jobs import ShopJobs
from jobs.stock.low import GoodsWatch
from jobs.tracking.job import TrackingJob, TrackingReport
from jobs.tracking.lookup import paces_of, providers_of
from shop.client import ShopClient
from shop.http import HttpSeam
from store import orders, requests
from store.db import Store
from store.times import HOUR, MINUTE, SECOND, Clock

T = TypeVar("T")

CLOSING: Final = 5.0
"""Seconds a token refresh under way may still take at the end."""
HANDOVER_EVERY: Final = 30 * SECOND
"""A scan is checked at once (nudged); this is how soon it is tried again when nobody answered."""


class Crew:
    """All shops of one process. Made, opened and closed in the same event loop."""

    def __init__(
        self,
        settings: Settings,
        environ: Mapping[str, str],
        store: Store,
        *,
        clock: Clock,
        only: str | None = None,
    ) -> None:
        """`only` names a shop; the others are left alone."""
        self.settings = settings
        self.store = store
        self.clock = clock
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{random_text.token_hex(3)}"
        """Names this process in leases."""
        self.shops: dict[int, ShopJobs] = {}
        self.clients: dict[int, ShopClient] = {}
        """Shops that can be written to; one more each time a shop's first call went well."""
        self._environ = environ
        self._only = only
        self.watchers = watchers(store, settings, self.takes)
        """Of shops whose files are read as they appear, by name."""
        self._http = HttpSeam()
        self._courier_http = CourierHttp()
        couriers = providers_of(settings, environ)
        self.tracking = TrackingJob(
            store,
            self._courier_http,
            couriers,
            self._fetch,
            order=settings.couriers.order,
            paces=paces_of(settings, couriers),
        )
        self.health = HealthWatch(store, ZoneInfo(settings.timezone), clock=clock)
        self.routine = Routine(store, settings, clock=clock, shops=self._synced)
        self._money = MoneyWatch(store, settings.money, clock=clock)
        self._goods = GoodsWatch(store, settings.stock, clock=clock)
        self.papers = PaperJobs(store, settings, self._label, lambda shop: shop in self.shops, clock=clock)
        spans = settings.sender
        self.sender = Sender(
            store,
            self.clients,
            SenderSettings(validity=spans.validity, settle=spans.settle, skew=spans.skew),
            clock,
            self.owner,
            settled=self._settled,
            stocked=self._stocked,
        )

    async def open(self) -> None:
        """Make the shops known to the store and prepare their clients; asks nobody anything yet."""
        for shop in self.settings.shops:
            if self.takes(shop.name):
                shop_id = await self._known(shop)
                if shop.kind == "tiktok":
                    link = self._link(shop, shop_id)
                    self.shops[shop_id] = ShopJobs(
                        self.store, shop.name, shop_id, link, self.clock, self.clients.__setitem__
                    )

    def takes(self, shop: str) -> bool:
        """Whether a configured shop is ours to look after."""
        return self._only in (None, shop)

    async def close(self) -> None:
        """Give the connections back; a token refresh under way may end first."""
        await self.routine.leave()
        settling = [asyncio.create_task(shop.settle()) for shop in self.shops.values()]
        if settling:
            await asyncio.wait(settling, timeout=CLOSING)
        await self._http.aclose()
        await self._courier_http.close()

    def jobs(self) -> list[Job]:
        """What the scheduler runs. Orders first: the rest hangs on them."""
        every = self.settings.jobs
        jobs = []
        for shop in self.shops.values():
            jobs += [
                Job("orders", shop.name, shop.orders, every.orders_every),
                Job("requests", shop.name, shop.requests, every.requests_every, delay=1 * SECOND),
                Job("chats", shop.name, shop.chats, every.chats_every, delay=2 * SECOND),
                Job("stock", shop.name, shop.stock, every.stock_every, delay=3 * SECOND),
                Job("products", shop.name, shop.products, every.products_every, delay=7 * SECOND),
                Job("handover", shop.name, shop.handover, HANDOVER_EVERY, delay=3 * SECOND),
                Job("providers", shop.name, shop.providers, HOUR, delay=6 * SECOND),
                Job("money", shop.name, shop.money, every.money_every, delay=8 * SECOND),
                Job("sweep", shop.name, shop.sweep, at=every.sweep_at),
            ]
        # One run goes on for ever; it is begun anew a minute after it came to grief.
        jobs += [
            Job(FILES, name, watcher.run, MINUTE, endless=True) for name, watcher in self.watchers.items()
        ]
        if self.shops:
            jobs.append(Job("tracking", "", self.track, every.tracking_every, delay=2 * SECOND))
        jobs.append(Job("parcels", "", self._look_at_parcels, HOUR, delay=5 * SECOND))
        jobs.append(Job("goods", "", self._watch_goods, every.orders_every, delay=5 * SECOND))
        jobs.append(Job("handover", "", self.handover, MINUTE, delay=4 * SECOND))
        if job := self.papers_job():
            jobs.append(job)
        if job := self.rules_job():
            jobs.append(job)
        jobs.append(Job("sweep", "", self._sweep_store, at=every.sweep_at))
        if self._only is None:  # what is told of the day is told of all shops
            jobs.append(Job("routine", "", self.routine.run, ROUTINE_EVERY, delay=4 * SECOND))
            jobs.append(Job("health", "", self.health.run, HEALTH_EVERY, delay=10 * SECOND))
            jobs.append(Job("money", "", self._money.run, MONEY_EVERY, delay=12 * SECOND))
        return jobs

    def _synced(self) -> list[str]:
        """Shops whose orders come by themselves."""
        return [shop.name for shop in self.shops.values()]

    def papers_job(self) -> Job | None:
        """Makes what is wanted on paper; None where not all shops are ours, for a paper may be about several."""
        every = Job("papers", "", self.papers.run_once, PAPERS_EVERY, delay=2 * SECOND)
        return every if self._only is None else None

    def rules_job(self) -> Job | None:
        """Lets the rules look at what came in; None where not all shops are ours: they share limits."""
        every = Job("rules", "", self._rules, self.settings.jobs.orders_every, delay=3 * SECOND)
        return every if self._only is None else None

    async def track(self, alive: Alive) -> TrackingReport:
        """Look where the parcels are."""
        return await self.tracking.run_once(alive=alive)

    async def handover(self, alive: Alive) -> object:
        """Stop what was cancelled while it stood on a manifest; say what stands on none before the courier comes."""
        stopped = await stop_what_changed(self.store, self.clock)
        zone = ZoneInfo(self.settings.timezone)
        return len(stopped), await remind(self.store, self.settings.handover, zone, clock=self.clock)

    async def _rules(self, alive: Alive) -> object:
        return await RuleEngine(self.store, self.settings, clock=self.clock).run_once(alive)

    async def _look_at_parcels(self, alive: Alive) -> object:
        return await look_at_parcels(self.store, clock=self.clock, alive=alive)

    async def _watch_goods(self, alive: Alive) -> object:
        return await self._goods.run()

    async def _sweep_store(self, alive: Alive) -> object:
        return await sweep_store(self.store, self.settings.store.personal_days, clock=self.clock, alive=alive)

    async def _known(self, shop: ShopSettings) -> int:
        return await self.store.awrite(lambda conn: orders.shop_pk(conn, shop.name, shop.kind))

    def _link(self, shop: ShopSettings, shop_id: int) -> ShopLink | NoSecret:
        secrets = secrets_of(self.settings, shop.name, self._environ)
        try:
            return ShopLink(
                self.store, self._http, shop, shop_id, secrets, owner=self.owner, clock=self.clock
            )
        except NoSecret as missing:
            return missing

    def _fetch(self, shop_id: int) -> Fetch | None:
        shop = self.shops.get(shop_id)
        return shop.fetch() if shop is not None else None

    async def _label(self, shop_id: int, package_id: str, size: str) -> bytes:
        jobs = self.shops[shop_id]
        (shop,) = (shop for shop in self.settings.shops if shop.name == jobs.name)
        return await jobs.label(
            LabelSource(self._http, self.settings.paper.label_hosts, shop.api_base), package_id, size
        )

    async def _stocked(self, shop_id: int, sku_ids: Sequence[str]) -> None:
        if (shop := self.shops.get(shop_id)) is not None:
            await shop.stock_of(sku_ids)

    async def _settled(self, shop_id: int, order_ids: Sequence[str]) -> None:
        shop = self.shops.get(shop_id)
        if shop is not None:
            await shop.refresh(order_ids)
            asked = await self.store.aread(lambda conn: requests.answered_from_here(conn, shop_id, order_ids))
            if asked:
                await shop.requests_of(sorted(asked))
