"""Where goods leave from, how they can travel, and whose number the seller may bring."""

from __future__ import annotations

from shop import mapping_facts as mapping
from shop.calls.base import Calls
from shop.facts import DeliveryOption, ProviderFact, Warehouse
from shop.requests import Draft
from shop.wire import logistics
from shop.writes import segment


class LogisticsCalls(Calls):
    """Logistics 202309."""

    async def warehouses(self) -> list[Warehouse]:
        """All of the shop's, those that only take returns as well."""
        draft = Draft("GET", "/logistics/202309/warehouses")
        return await self._list(
            draft, "warehouses", lambda raw: mapping.warehouse(logistics.decode_warehouse(raw))
        )

    async def delivery_options(self, warehouse_id: str) -> list[DeliveryOption]:
        """How parcels can leave a warehouse."""
        draft = Draft("GET", f"/logistics/202309/warehouses/{segment(warehouse_id)}/delivery_options")
        return await self._list(
            draft, "delivery_options", lambda raw: mapping.delivery_option(logistics.decode_option(raw))
        )

    async def shipping_providers(self, delivery_option_id: str) -> list[ProviderFact]:
        """The couriers a seller may name for parcels of an option.

        Raises Refused for an option the platform ships itself (21008117; see `DeliveryOption.by_seller`) and for
        one the shop has not subscribed to (21008116).
        """
        path = f"/logistics/202309/delivery_options/{segment(delivery_option_id)}/shipping_providers"
        return await self._list(
            Draft("GET", path),
            "shipping_providers",
            lambda raw: mapping.provider(logistics.decode_provider(raw)),
        )
