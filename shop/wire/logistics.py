"""Warehouses, delivery options and the couriers behind them (logistics 202309)."""

from __future__ import annotations

import msgspec

from shop.wire.loose import decoder


class Warehouse(msgspec.Struct):
    """GET /logistics/202309/warehouses. `type` is SALES_WAREHOUSE or RETURN_WAREHOUSE."""

    id: str | None = None
    name: str | None = None
    effect_status: str | None = None
    type: str | None = None
    is_default: bool | None = None


class DeliveryOption(msgspec.Struct):
    """GET .../warehouses/{id}/delivery_options. `type` is STANDARD, EXPRESS, ECONOMY or SEND_BY_SELLER."""

    id: str | None = None
    name: str | None = None
    type: str | None = None
    platform: list[str] | None = None


class Provider(msgspec.Struct):
    """GET .../delivery_options/{id}/shipping_providers."""

    id: str | None = None
    name: str | None = None


decode_warehouse = decoder(Warehouse)
decode_option = decoder(DeliveryOption)
decode_provider = decoder(Provider)
