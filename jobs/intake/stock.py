"""What is on hand for the SKUs that open orders need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shop.client import ShopClient
from store import stock
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
        demands = await self._store.aread(lambda conn: stock.needed(conn, self._shop_id))
        # An id that is no number cannot be the platform's (a line we could not read, an imported file).
        wanted = sorted({demand.sku_id for demand in demands if demand.sku_id.isdecimal()})
        told = 0
        for at in range(0, len(wanted), SKUS):
            facts = await self._client.inventory(wanted[at : at + SKUS])
            levels = [
                stock.Level(fact.sku_id, fact.available + fact.committed, fact.seller_sku) for fact in facts
            ]
            await self._keep(levels)
            told += len(levels)
        return told

    async def _keep(self, levels: Sequence[stock.Level]) -> None:
        now = self._clock()
        await self._store.awrite(lambda conn: stock.upsert(conn, self._shop_id, levels, now))
