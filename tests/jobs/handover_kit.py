"""What the tests of the hand-over share: parcels that wait for their courier, and what stands on a manifest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert, text

from jobs.handover import manifests as handover
from jobs.handover.manifests import Verdict
from store import orders
from store.bulk import table_of
from store.db import Store
from store.models import Packing
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.times import HOUR

NOW = 1_795_608_000_000
"""A Wednesday noon (UTC) in November 2026: 19.00 WIB."""
SHOP = "toko-contoh"


def number(order: int) -> str:
    """The tracking number of order `order`."""
    return f"JX{order:010d}"


def waiting(order: int = 1, **told: Any) -> OrderRecord:
    """Order `order`, arranged, its only parcel waits for J&T."""
    parcel = {
        "package_id": f"1150000{order:07d}",
        "status": "PROCESSING",
        "courier": "jnt",
        "courier_name": "J&T Express",
        "tracking_number": number(order),
    }
    parcel |= told.pop("parcel", {})
    status = told.pop("status", "AWAITING_COLLECTION")
    facts: dict[str, Any] = {
        "order_id": f"58000000000{order:07d}",
        "status": status,
        "raw_status": status,
        "created_at": NOW - 5 * HOUR,
        "updated_at": NOW - 4 * HOUR,
        "shipped_at": NOW - 3 * HOUR,
        "items": (ItemRecord(f"17300{order}", "Kaos Polos", 2, 68_000, None, "KP-HTM-L", "Hitam, L"),),
        "packages": (PackageRecord(**parcel),),
        "scan_by": NOW + order * HOUR,
        "buyer": "B*** S***",
        "city": "Kota Bandung",
        "total": 136_000,
    }
    return OrderRecord(**(facts | told))


def put(store: Store, *records: OrderRecord, kind: str = "tiktok", now: int = NOW) -> None:
    """Take orders in."""

    def write(conn: Any) -> None:
        shop = orders.shop_pk(conn, SHOP, kind)
        orders.ingest(conn, shop, list(records), now, authoritative=True)

    store.write(write)


def scan(
    store: Store,
    code: str,
    courier: str | None = "jnt",
    *,
    by: str = "Sari",
    now: int = NOW,
    again: bool = False,
) -> Verdict:
    """Scan one code."""
    return store.write(lambda conn: handover.scan(conn, code, courier, by, now, again=again))


def scan_all(store: Store, orders: Iterable[int]) -> None:
    """Scan many, a millisecond apart."""

    def write(conn: Any) -> None:
        for place in orders:
            handover.scan(conn, number(place), "jnt", "Sari", NOW + place)

    store.write(write)


def pack(store: Store, package_id: str, at: int, outcome: str = "packed") -> None:
    """Somebody packed it at the table."""
    row = {
        "shop_id": 1, "order_pk": 1, "order_id": "x", "package_id": package_id, "packer": "Sari", "begun_at": at,
        "outcome": outcome,
    }  # fmt: skip
    store.write(lambda conn: conn.execute(insert(table_of(Packing)).values(**row)))


def standing(store: Store) -> list[tuple[str, str, str | None]]:
    """What was scanned: tracking number, state, reason."""
    return rows(store, "SELECT tracking_number, state, reason FROM manifest_parcels ORDER BY tracking_number")


def rows(store: Store, sql: str) -> list[Any]:
    """What the store holds."""
    return store.read(lambda conn: [tuple(row) for row in conn.execute(text(sql))])


def stops(store: Store) -> list[str | None]:
    """The stops told in the feed, by order."""
    found: Sequence[Any] = rows(
        store, "SELECT order_id FROM changes WHERE kind = 'handover.stopped' ORDER BY seq"
    )
    return [order_id for (order_id,) in found]
