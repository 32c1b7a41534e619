"""What the tests of stock share: shelves with goods, in the store or as values."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from store import goods, orders
from store.goods import Count, SkuRecord
from store.reading.goods import Claim, Shelf, Warehouse

MAIN = "7010000000000000001"


def shelf(sku_id: str = "11", **told: Any) -> Shelf:
    """A shelf of shop 1 with ten pieces for sale and none sold."""
    facts: dict[str, Any] = {
        "shop_id": 1, "shop": "satu", "sku_id": sku_id, "product_id": "1", "seller_sku": None,
        "name": "Kaos Polos", "variation": "Hitam, L", "status": "ACTIVATE", "price": 67_500,
        "warehouses": (Warehouse(MAIN, 10),), "low_at": None, "on_hand": 10, "told_at": 0, "set_at": None,
    }  # fmt: skip
    return Shelf(**(facts | told))


def claim(order_pk: int, units: int = 1, **told: Any) -> Claim:
    """What an order of shop 1 needs of SKU 11; its deadline is its number."""
    facts: dict[str, Any] = {
        "shop_id": 1, "sku_id": "11", "deadline": order_pk, "served": False, "placed_at": order_pk,
    }  # fmt: skip
    return Claim(order_pk=order_pk, units=units, **(facts | told))


def stocked(
    conn: Connection, sku_id: str, available: int, *, shop: str = "toko-contoh", now: int = 0, **told: Any
) -> int:
    """A SKU of a shop, and how many may be sold of it (`committed`: sold already); the shop's row."""
    committed = told.pop("committed", 0)
    shop_id = orders.shop_pk(conn, shop)
    facts: dict[str, Any] = {
        "product_id": "1" + sku_id, "name": "Kaos Polos", "status": "ACTIVATE", "seller_sku": None,
        "variation": "Hitam, L", "warehouses": (Warehouse(MAIN, available),),
    }  # fmt: skip
    record = SkuRecord(sku_id, **(facts | told))
    goods.upsert(conn, shop_id, [record], now)
    count = Count(sku_id, available + committed, record.seller_sku, record.warehouses)
    goods.keep_counts(conn, shop_id, [count], now)
    return shop_id
