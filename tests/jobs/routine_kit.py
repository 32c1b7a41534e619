"""Moments of one week, and orders taken in at them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from store import orders
from store.db import Store
from store.records import OrderRecord, PackageRecord
from store.times import DAY, from_datetime

WIB = ZoneInfo("Asia/Jakarta")
SHOP = "toko-contoh"


def at(text: str) -> int:
    """A moment of November 2026, WIB; the 25th is a Wednesday."""
    return from_datetime(datetime.strptime(f"2026-11-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=WIB))


def take(store: Store, *names: str, status: str = "AWAITING_SHIPMENT", shop: str = SHOP, **told: Any) -> None:
    """Orders of these ids, placed a day ago unless told otherwise, each with a parcel."""
    now = store.clock()
    facts: dict[str, Any] = {
        "created_at": now - DAY, "updated_at": now, "paid_at": now - DAY, "total": 10_000,
    }  # fmt: skip
    records = [
        OrderRecord(
            order_id=name,
            status=status,
            raw_status=status,
            packages=(PackageRecord(f"p{name}", courier="jnt"),),
            **(facts | told),
        )
        for name in names
    ]
    store.write(lambda conn: orders.ingest(conn, orders.shop_pk(conn, shop), records, now))
