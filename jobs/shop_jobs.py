"""What is done for one shop of the platform: each job with a client that has a good token.

Jobs of one shop never touch another's: each has its own client, token and limiter, and its failures end in its own
health. A shop without secrets has jobs that say so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TypeVar

from couriers.providers.tiktok import Fetch
from jobs.handover.check import HandoverCheck
from jobs.intake.chats import ChatReport, ChatSync
from jobs.intake.finance import FinanceReport, FinanceSync
from jobs.intake.products import ProductSync
from jobs.intake.providers import ProviderSync
from jobs.intake.requests import RequestsReport, RequestSync
from jobs.intake.shops import ShopLink
from jobs.intake.stock import StockSync
from jobs.intake.sweep import OrderSweep
from jobs.intake.sync import Alive, OrdersReport, OrderSync
from jobs.paper.fetch import LabelSource
from jobs.problems import NoSecret
from jobs.tracking.lookup import platform_fetch
from shop.client import ShopClient
from shop.errors import LoginNeeded
from store.db import Store
from store.times import Clock

T = TypeVar("T")


class ShopJobs:
    """What is done for one shop of the platform."""

    def __init__(
        self,
        store: Store,
        name: str,
        shop_id: int,
        link: ShopLink | NoSecret,
        clock: Clock,
        on_ready: Callable[[int, ShopClient], None],
    ) -> None:
        self.name = name
        self.shop_id = shop_id
        self._on_ready = on_ready
        self._store = store
        self._link = link
        self._clock = clock

    async def orders(self, alive: Alive, report: OrdersReport | None = None) -> OrdersReport:
        """Take in what changed."""
        return await self._with(lambda client: self._orders(client).run_once(report, alive))

    async def requests(self, alive: Alive) -> RequestsReport:
        """Take in what buyers ask."""
        return await self._with(
            lambda client: RequestSync(self._store, client, self.shop_id, clock=self._clock).run_once(alive)
        )

    async def chats(self, alive: Alive) -> ChatReport:
        """Take in what buyers write."""
        return await self._with(
            lambda client: ChatSync(self._store, client, self.shop_id, clock=self._clock).run_once(alive)
        )

    async def stock(self, alive: Alive) -> int:
        """Ask for what open orders need."""
        return await self._with(
            lambda client: StockSync(self._store, client, self.shop_id, clock=self._clock).run_once()
        )

    async def money(self, alive: Alive) -> FinanceReport:
        """Take in what the platform pays."""
        return await self._with(
            lambda client: FinanceSync(self._store, client, self.shop_id, clock=self._clock).run_once(alive)
        )

    async def products(self, alive: Alive) -> int:
        """Take in what the shop sells and how many there are."""
        return await self._with(
            lambda client: ProductSync(self._store, client, self.shop_id, clock=self._clock).run_once(alive)
        )

    async def stock_of(self, sku_ids: Collection[str]) -> int:
        """Read now how many there are of these SKUs."""
        return await self._with(
            lambda client: StockSync(self._store, client, self.shop_id, clock=self._clock).refresh(sku_ids)
        )

    async def providers(self, alive: Alive) -> int:
        """Ask, once a day, which couriers the seller may name."""
        return await self._with(
            lambda client: ProviderSync(self._store, client, self.shop_id, clock=self._clock).run_once(alive)
        )

    async def sweep(self, alive: Alive) -> object:
        """Compare with the platform."""
        return await self._with(
            lambda client: OrderSweep(
                self._store, client, self._orders(client), self.shop_id, clock=self._clock
            ).run_once(alive)
        )

    async def handover(self, alive: Alive) -> int:
        """Look afresh at what stands on open manifests; asks nobody when nothing does."""
        check = HandoverCheck(self._store, self.shop_id, clock=self._clock)
        if not await check.pending():
            return 0
        try:
            return await self._with(lambda client: check.run_once(client, self._orders(client), alive))
        except Exception as error:
            await check.unanswered(error)
            raise

    async def refresh(self, order_ids: Sequence[str]) -> object:
        """Read single orders again."""
        return await self._with(lambda client: self._orders(client).refresh(order_ids))

    async def requests_of(self, order_ids: Sequence[str]) -> object:
        """Read the requests of single orders again."""
        return await self._with(
            lambda client: RequestSync(self._store, client, self.shop_id, clock=self._clock).refresh(
                order_ids
            )
        )

    async def look_at_requests(self, pks: Sequence[int]) -> RequestsReport:
        """Read now what may be answered to these requests (their row ids); another shop's are passed over."""
        return await self._with(
            lambda client: RequestSync(self._store, client, self.shop_id, clock=self._clock).look_at(pks)
        )

    async def label(self, source: LabelSource, package_id: str, size: str) -> bytes:
        """One label as a PDF."""
        return await self._with(lambda client: source.fetch(client, package_id, size))

    async def client(self) -> ShopClient:
        """Ready to be asked. Raises NoSecret or a ShopError."""
        if isinstance(self._link, NoSecret):
            raise NoSecret(self._link.missing)
        client = await self._link.ready()
        self._on_ready(self.shop_id, client)
        return client

    def fetch(self) -> Fetch | None:
        """The platform's tracking of this shop's orders."""
        return None if isinstance(self._link, NoSecret) else platform_fetch(self._link.client)

    async def settle(self) -> None:
        """Let a token refresh end."""
        if isinstance(self._link, ShopLink):
            await self._link.keeper.settle()

    def _orders(self, client: ShopClient) -> OrderSync:
        return OrderSync(self._store, client, self.shop_id, clock=self._clock)

    async def _with(self, work: Callable[[ShopClient], Awaitable[T]]) -> T:
        """The work, once more with other tokens when the platform no longer knows ours.

        It says so (36009004 "invalid token") of an access token that somebody else's refresh has replaced.
        """
        link = self._link
        if isinstance(link, NoSecret):
            raise NoSecret(link.missing)
        pairs = link.keeper.pairs
        try:
            return await work(await self.client())
        except LoginNeeded as error:
            if link.doubts(error):
                raise
            if link.keeper.pairs == pairs:
                await link.keeper(force=True)
        return await work(await self.client())
