"""Wire -> values, for products and stock. Pure; raises Unmappable like shop/mapping.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from shop.mapping import Unmappable, identifier, money, text
from shop.wire import products as wire
from store.goods import Count, SkuRecord
from store.reading.goods import Warehouse
from store.records import RejectedRecord

NO_NAME: Final = ""
"""Of a draft without a title."""
_MOST: Final = 10**9
"""Of one SKU in one place, far beyond what the platform takes (99,999)."""


class ProductRecord(msgspec.Struct, frozen=True):
    """One product with the SKUs it has now."""

    product_id: str
    skus: tuple[SkuRecord, ...]


class ProductPage(msgspec.Struct, frozen=True):
    """A page of the product search; in it an entry that cannot be understood costs itself only."""

    records: list[ProductRecord]
    rejected: list[RejectedRecord]
    next_token: str | None
    total: int | None
    named: bool
    server_time_ms: int | None = None


class Shelved(msgspec.Struct, frozen=True):
    """How many there are of one SKU at the platform."""

    sku_id: str
    product_id: str | None
    seller_sku: str | None
    available: int
    """Still sold."""
    committed: int
    """Sold, and not handed over to the courier."""
    warehouses: tuple[Warehouse, ...]
    """What each warehouse still sells; empty when the platform does not say where it lies."""

    @property
    def count(self) -> Count:
        """As the store keeps it."""
        return Count(self.sku_id, self.available + self.committed, self.seller_sku, self.warehouses)


def product(told: wire.Product) -> ProductRecord:
    """Raises Unmappable without an id of the product or of one of its SKUs."""
    product_id = identifier(told.id, "product id")
    name, status = text(told.title) or NO_NAME, text(told.status) or "UNKNOWN"
    return ProductRecord(product_id, tuple(_sku(sku, product_id, name, status) for sku in told.skus or ()))


def _sku(sku: wire.Sku, product_id: str, name: str, status: str) -> SkuRecord:
    price = sku.price or wire.Price()
    return SkuRecord(
        sku_id=identifier(sku.id, "sku id"),
        product_id=product_id,
        name=name,
        status=status,
        seller_sku=text(sku.seller_sku),
        variation=_variation(sku.sales_attributes or ()),
        price=None if price.sale_price is None else money(price.sale_price),
        warehouses=tuple(
            Warehouse(identifier(place.warehouse_id, "warehouse id"), _pieces(place.quantity))
            for place in sku.inventory or ()
            if place.warehouse_id
        ),
    )


def _variation(traits: Sequence[wire.Attribute]) -> str | None:
    """ "Hitam, L", as orders name it; None where nothing tells the SKUs of a product apart."""
    return ", ".join(filter(None, (text(trait.value_name) for trait in traits))) or None


def shelved(told: wire.ProductLevel) -> list[Shelved]:
    """The SKUs of one product. A warehouse without an id is nowhere: then no warehouse is told."""
    return [_shelved(sku, text(told.product_id)) for sku in told.skus or ()]


def _shelved(sku: wire.SkuLevel, product_id: str | None) -> Shelved:
    levels = sku.warehouse_inventory or ()
    told = all(level.warehouse_id and level.available_quantity is not None for level in levels)
    available, committed = sku.total_available_quantity, sku.total_committed_quantity
    if available is None:
        available = sum(level.available_quantity or 0 for level in levels)
    if committed is None:
        committed = sum(level.committed_quantity or 0 for level in levels)
    return Shelved(
        sku_id=identifier(sku.id, "sku id"),
        product_id=product_id,
        seller_sku=text(sku.seller_sku),
        available=_pieces(available),
        committed=_pieces(committed),
        warehouses=tuple(
            Warehouse(identifier(level.warehouse_id, "warehouse id"), _pieces(level.available_quantity))
            for level in levels
        )
        if told
        else (),
    )


def _pieces(value: int | None) -> int:
    """A number of pieces that fits a 32-bit column; missing is none. Raises Unmappable for any other."""
    if value is not None and not -_MOST <= value <= _MOST:
        raise Unmappable("pieces out of range")
    return value or 0
