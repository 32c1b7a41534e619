"""A small shop's orders for the reader's tests, inserted row by row and known in Python as well."""

from __future__ import annotations

import random
from typing import Any

from sqlalchemy import Connection, insert
from sqlmodel import SQLModel

from store.bulk import table_of
from store.models import Order, Shop, TabCount
from store.search import upsert
from store.status import Tab
from store.times import HOUR

NOW = 1_795_608_000_000
STATUS = {
    Tab.ACTION: "UNKNOWN",
    Tab.UNPAID: "UNPAID",
    Tab.TO_SHIP: "AWAITING_SHIPMENT",
    Tab.COLLECTION: "AWAITING_COLLECTION",
    Tab.TRANSIT: "IN_TRANSIT",
    Tab.COMPLETED: "COMPLETED",
}


def order(pk: int, **told: Any) -> dict[str, Any]:
    """The columns of an order to ship."""
    row: dict[str, Any] = {
        "id": pk,
        "shop_id": 1,
        "order_id": str(580_000_000_000_000_000 + pk),
        "channel": "TIKTOK_SHOP",
        "status": "AWAITING_SHIPMENT",
        "raw_status": "AWAITING_SHIPMENT",
        "tab": int(Tab.TO_SHIP),
        "sort_at": NOW + 5 * HOUR,
        "attention_at": None,
        "returns_at": None,
        "created_at": NOW - HOUR,
        "updated_at": NOW - HOUR,
        "seen_at": NOW,
        "arrange_by": NOW + 5 * HOUR,
        "scan_by": None,
        "shipped_at": None,
        "cod": False,
        "cancel_requested": False,
        "note": None,
        "action_state": None,
        "confirmed_at": None,
        "buyer": "B*** S***",
        "city": "Kota Bandung",
        "total": 136_000,
        "currency": "IDR",
        "summary": "2x Kaos Polos Hitam, L",
        "units": 2,
        "packages": 1,
        "tags": "",
        "body_hash": b"12345678",
    }
    return row | told


def many(count: int = 120, seed: int = 5) -> list[dict[str, Any]]:
    """Orders over two shops and six states, with many equal times, so that ids decide."""
    rng = random.Random(seed)
    rows = []
    for pk in range(1, count + 1):
        tab = rng.choice(list(STATUS))
        arrange = NOW + rng.randrange(-10, 60) * HOUR
        row = order(
            pk,
            shop_id=1 + (rng.random() < 0.2),
            status=STATUS[tab],
            tab=int(tab),
            sort_at=arrange if tab in (Tab.TO_SHIP, Tab.COLLECTION) else rng.randrange(-5, 5),
            created_at=NOW - rng.randrange(20) * HOUR,
            arrange_by=arrange,
            scan_by=arrange,
            attention_at=rng.choice([None, None, NOW - HOUR, NOW, NOW + 1]) if tab != Tab.ACTION else NOW - HOUR,
            returns_at=rng.choice([None, None, None, NOW - HOUR, NOW + HOUR]),
            shipped_at=rng.choice([None, NOW - rng.randrange(30) * HOUR]),
            channel=rng.choice(["TIKTOK_SHOP", "TIKTOK_SHOP", "TOKOPEDIA"]),
            cod=rng.random() < 0.3,
            cancel_requested=rng.random() < 0.2,
            note=rng.choice([None, "tolong bubble wrap"]),
            action_state=rng.choice([None, None, "queued", "refused", "needs_person"]),
            confirmed_at=rng.choice([None, NOW]),
            packages=rng.choice([1, 1, 2]),
        )  # fmt: skip
        rows.append(row)
    return rows


def put(conn: Connection, *rows: dict[str, Any]) -> None:
    """Insert orders and keep the counts of tabs true."""
    add(conn, Order, *rows)
    tabs: dict[tuple[int, int], int] = {}
    for row in rows:
        tabs[row["shop_id"], row["tab"]] = tabs.get((row["shop_id"], row["tab"]), 0) + 1
    counted = [{"shop_id": shop, "tab": tab, "n": n} for (shop, tab), n in tabs.items()]
    conn.execute(insert(table_of(TabCount)), counted)
    upsert(conn, [(row["id"], f"{row['order_id']}\n{row['buyer']}\n{row['summary']}") for row in rows])


def shops(conn: Connection) -> None:
    """Two shops."""
    names = [("toko-satu", "tiktok"), ("toko-dua", "file")]
    rows = [{"id": n, "name": name, "kind": kind} for n, (name, kind) in enumerate(names, 1)]
    conn.execute(insert(table_of(Shop)), rows)


def item(pk: int, line: int, sku: str, quantity: int, **told: Any) -> dict[str, Any]:
    """The columns of an item."""
    row = {"order_pk": pk, "line": line, "sku_id": sku, "name": "Kaos", "quantity": quantity}
    return row | {"unit_price": 67_500, "is_gift": False} | told


def add(conn: Connection, model: type[SQLModel], *rows: dict[str, Any]) -> None:
    """Insert rows of any table, each with the columns it names."""
    for row in rows:
        conn.execute(insert(table_of(model)).values(**row))
