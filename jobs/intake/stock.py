"""What is on hand for the SKUs that open orders need: asked more often than the whole list of products."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Final

from shop.client import ShopClient
from store import goods
from store.db import Store
from store.times import Clock

SKUS: Final = 600
"""Of one inventory search."""


class StockSync:
    """Asks the platform for the stock of one shop."""

    def __init__(self, store: Store, client: ShopClient, shop_id: int, *, clock: Clock) -> None:
        self._store = store
        self._client = client
        self._shop_id = shop_id
        self._clock = clock

    async def run_once(self) -> int:
        """One pass; how many SKUs were told. Raises a ShopError or StoreError."""
        return await self.refresh(await self._store.aread(lambda conn: goods.needed(conn, self._shop_id)))

    async def refresh(self, sku_ids: Collection[str]) -> int:
        """Ask for these SKUs now; how many were told."""
        # An id that is no number cannot be the platform's (a line we could not read, an imported file).
        wanted = sorted(sku_id for sku_id in set(sku_ids) if sku_id.isdecimal())
        told = 0
        for at in range(0, len(wanted), SKUS):
            counts = [one.count for one in await self._client.shelved(wanted[at : at + SKUS])]
            now = self._clock()
            await self._store.awrite(
                partial(goods.keep_counts, shop_id=self._shop_id, counts=counts, now=now)
            )
            told += len(counts)
        return told
