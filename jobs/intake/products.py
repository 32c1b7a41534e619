"""What a shop sells: its products with their SKUs, how many there are of each, and what their variations are called."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import Final

from sqlalchemy import Connection

from jobs.intake.paging import pages
from jobs.intake.sync import Alive, quiet
from shop.calls.products import MAX_PAGED, MAX_SKUS
from shop.client import ShopClient
from shop.errors import Refused
from shop.mapping_products import ProductPage, ProductRecord
from store import goods, orders
from store.db import Store
from store.times import SECOND, Clock

log = logging.getLogger(__name__)

TOO_MANY: Final = 12_052_180
"""The search matches more products than can be paged through."""
DETAILS: Final = 50
"""Products asked for one by one in a pass: the list does not name variations, and a large shop is in no hurry."""


class _TooManyError(Exception):
    """A window of the search has to be divided."""


class ProductSync:
    """Reads all products of one shop. What is told stays when a pass breaks off; the next one starts anew."""

    def __init__(self, store: Store, client: ShopClient, shop_id: int, *, clock: Clock) -> None:
        self._store = store
        self._client = client
        self._shop_id = shop_id
        self._clock = clock
        self._kept: dict[str, set[str]] = {}

    async def run_once(self, alive: Alive = quiet) -> int:
        """One pass; how many SKUs the shop has. Raises a ShopError or StoreError."""
        self._kept = {}
        await self._window(0, self._clock(), alive)
        kept, shop_id = self._kept, self._shop_id
        await self._store.awrite(lambda conn: goods.forget_others(conn, shop_id, kept))
        skus = sorted(sku for mine in kept.values() for sku in mine)
        await self._count(skus, alive)
        await self._name(alive)
        return len(skus)

    async def _window(self, first: int, last: int, alive: Alive) -> None:
        """Products created from `first` to `last`; a window with too many is divided in two."""
        try:
            await self._pages(first, last, alive)
        except _TooManyError:
            if last - first < 2 * SECOND:
                raise
            middle = (first + last) // 2 // SECOND * SECOND
            await self._window(first, middle, alive)
            await self._window(middle + SECOND, last, alive)

    async def _pages(self, first: int, last: int, alive: Alive) -> None:
        async def ask(token: str | None) -> ProductPage:
            # Without a window products whose time is not told are found as well; it is there to divide.
            whole = first == 0 and last >= self._clock() - SECOND * 60
            return await self._client.search_products(
                create_ge=None if whole else first, create_le=None if whole else last, page_token=token
            )

        try:
            async for page in pages(ask):
                alive()
                if (page.total or 0) > MAX_PAGED:
                    raise _TooManyError
                await self._keep(page)
        except Refused as error:
            if error.code != TOO_MANY:
                raise
            raise _TooManyError from None

    async def _keep(self, page: ProductPage) -> None:
        now, shop_id = self._clock(), self._shop_id

        def keep(conn: Connection, told: Sequence[ProductRecord] = page.records) -> None:
            goods.upsert(conn, shop_id, [sku for product in told for sku in product.skus], now)
            orders.reject(conn, shop_id, page.rejected, now)

        await self._store.awrite(keep)
        for product in page.records:
            self._kept[product.product_id] = {sku.sku_id for sku in product.skus}

    async def _count(self, sku_ids: Sequence[str], alive: Alive) -> None:
        for at in range(0, len(sku_ids), MAX_SKUS):
            told = await self._client.shelved(sku_ids[at : at + MAX_SKUS])
            alive()
            counts, now = [one.count for one in told], self._clock()
            await self._store.awrite(
                partial(goods.keep_counts, shop_id=self._shop_id, counts=counts, now=now)
            )

    async def _name(self, alive: Alive) -> None:
        """Ask for variations that neither the list nor an order has named."""
        shop_id = self._shop_id
        await self._store.awrite(lambda conn: goods.learn_variations(conn, shop_id))
        wanting = await self._store.aread(lambda conn: goods.nameless(conn, shop_id, DETAILS))
        names: dict[str, str] = {}
        for product_id in wanting:
            alive()
            try:
                told = await self._client.product(product_id)
            except Refused as error:
                log.info("product %s was not told: %s", product_id, error.word)
                continue
            # "-" for one that has no trait: it must not be asked about at every pass.
            names |= {sku.sku_id: sku.variation or "-" for sku in told.skus}
        if names:
            await self._store.awrite(lambda conn: goods.name_variations(conn, shop_id, names))
