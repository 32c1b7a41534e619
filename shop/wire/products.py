"""Products, their SKUs, and how many of each lie in which warehouse (Product API)."""

from __future__ import annotations

import msgspec

from shop.wire.loose import decoder


class Price(msgspec.Struct):
    """A decimal string in `currency`."""

    currency: str | None = None
    sale_price: str | None = None


class Place(msgspec.Struct):
    """What one warehouse sells of a SKU."""

    warehouse_id: str | None = None
    quantity: int | None = None


class Attribute(msgspec.Struct):
    """One trait that tells a SKU from its sisters: `name` Ukuran, `value_name` L."""

    name: str | None = None
    value_name: str | None = None


class Sku(msgspec.Struct):
    """A SKU of a product; `sales_attributes` only in Get Product."""

    id: str | None = None
    seller_sku: str | None = None
    price: Price | None = None
    inventory: list[Place] | None = None
    sales_attributes: list[Attribute] | None = None


class Product(msgspec.Struct):
    """POST /product/202502/products/search and GET /product/202309/products/{id}."""

    id: str | None = None
    title: str | None = None
    status: str | None = None
    skus: list[Sku] | None = None


class Level(msgspec.Struct):
    """One warehouse in the inventory search."""

    warehouse_id: str | None = None
    available_quantity: int | None = None
    committed_quantity: int | None = None


class SkuLevel(msgspec.Struct):
    """One SKU in the inventory search."""

    id: str | None = None
    seller_sku: str | None = None
    total_available_quantity: int | None = None
    total_committed_quantity: int | None = None
    warehouse_inventory: list[Level] | None = None


class ProductLevel(msgspec.Struct):
    """POST /product/202309/inventory/search: one product."""

    product_id: str | None = None
    skus: list[SkuLevel] | None = None


class ExtraError(msgspec.Struct):
    """What is wrong with one warehouse of a SKU."""

    code: int | None = None
    message: str | None = None
    warehouse_id: str | None = None


class ErrorDetail(msgspec.Struct):
    """Which SKU failed."""

    sku_id: str | None = None
    extra_errors: list[ExtraError] | None = None


class UpdateError(msgspec.Struct):
    """A partial failure, which stands beside code 0."""

    code: int | None = None
    message: str | None = None
    detail: ErrorDetail | None = None


class UpdateAnswer(msgspec.Struct):
    """POST /product/202309/products/{id}/inventory/update."""

    errors: list[UpdateError] | None = None


decode_product = decoder(Product)
decode_level = decoder(ProductLevel)
decode_update = decoder(UpdateAnswer)
