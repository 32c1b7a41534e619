"""Which couriers a shop may name for orders it ships itself: asked once a day (logistics 202309)."""

from __future__ import annotations

from typing import Final

from jobs.intake.sync import Alive, quiet
from shop.client import ShopClient
from store import shipping_providers
from store.db import Store
from store.shipping_providers import OwnCourier
from store.times import DAY, Clock

OLD: Final = DAY


class ProviderSync:
    """Keeps one shop's list of couriers."""

    def __init__(self, store: Store, client: ShopClient, shop_id: int, *, clock: Clock) -> None:
        self._store = store
        self._client = client
        self._shop_id = shop_id
        self._clock = clock

    async def run_once(self, alive: Alive = quiet) -> int:
        """Ask when the list is older than a day; how many couriers it has now."""
        now = self._clock()
        read = await self._store.aread(lambda conn: shipping_providers.read_at(conn, self._shop_id))
        if read is not None and now - read < OLD:
            return 0
        found: dict[str, OwnCourier] = {}
        for warehouse in await self._client.warehouses():
            for option in await self._client.delivery_options(warehouse.warehouse_id):
                alive()
                if not option.by_seller:
                    continue  # the platform refuses to tell the couriers of its own options (21008117)
                for one in await self._client.shipping_providers(option.option_id):
                    found[one.provider_id] = OwnCourier(one.provider_id, one.name, one.courier)
        couriers = list(found.values())
        await self._store.awrite(lambda conn: shipping_providers.replace(conn, self._shop_id, couriers, now))
        return len(couriers)
