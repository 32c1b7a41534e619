"""Authorised shops, tokens and stock."""

from __future__ import annotations

import msgspec

from shop.wire.loose import decoder


class Shop(msgspec.Struct):
    """GET /authorization/202309/shops; `cipher` is what other calls want as `shop_cipher`."""

    id: str | None = None
    name: str | None = None
    region: str | None = None
    seller_type: str | None = None
    cipher: str | None = None


class Tokens(msgspec.Struct):
    """Answer of the auth host. In spite of their names the two `expire_in` are epoch seconds."""

    access_token: str | None = None
    access_token_expire_in: int | None = None
    refresh_token: str | None = None
    refresh_token_expire_in: int | None = None
    seller_name: str | None = None
    seller_base_region: str | None = None
    granted_scopes: list[str] | None = None


class Sku(msgspec.Struct):
    """Stock of one SKU over all warehouses."""

    id: str | None = None
    seller_sku: str | None = None
    total_available_quantity: int | None = None
    total_committed_quantity: int | None = None


class Inventory(msgspec.Struct):
    """POST /product/202309/inventory/search: one product."""

    product_id: str | None = None
    skus: list[Sku] | None = None


decode_shop = decoder(Shop)
decode_tokens = decoder(Tokens)
decode_inventory = decoder(Inventory)
