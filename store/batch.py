"""The rows one batch of orders will write: collected order by order, written statement by statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete

from store import changes, counts, search
from store.bulk import insert_rows, table_of, update_rows
from store.flatten import PLAIN, topics
from store.models import Item, Order, Package
from store.packages import ARRIVED, denormalise
from store.records import ItemRecord, OrderRecord, PackageRecord

_ORDERS: Final = table_of(Order)
_ITEMS: Final = table_of(Item)
_PACKAGES: Final = table_of(Package)

DERIVED: Final = (
    *("tab", "sort_at", "attention_at", "attention", "returns_at", "summary", "units"),
    *("courier", "courier_name", "tracking_number", "packages", "body_hash"),
)
"""Columns that follow from the record and from what is ours; store/ingest.py computes them."""
_NEW_ORDER: Final = ("id", "shop_id", "seen_at", *PLAIN, *DERIVED)
_UNTAGGED: Final = (("tags", ""),)
_CHANGED_ORDER: Final = (*PLAIN, *DERIVED, "note_seen_at")
_ITEM: Final = ("order_pk", "line", *ItemRecord.__struct_fields__)
PARCEL: Final = PackageRecord.__struct_fields__
_NEW_PARCEL: Final = ("order_pk", "shop_id", "due_at", *PARCEL)
_NEVER_ASKED: Final = (("misses", 0),)
_CHANGED_PARCEL: Final = (*PARCEL[1:], "due_at")

MOVING: Final = frozenset({"AWAITING_COLLECTION", "IN_TRANSIT"})
_OVER: Final = frozenset({"COMPLETED", "CANCELLED"})


class Batch:
    """Rows in the column order of the constants above."""

    def __init__(self, shop_id: int, now: int, actor: str = "platform") -> None:
        """`actor`: who tells all this, for the feed."""
        self.shop_id = shop_id
        self.now = now
        self.actor = actor
        self.orders: list[tuple[Any, ...]] = []
        self.updates: list[tuple[Any, ...]] = []
        self.items: list[tuple[Any, ...]] = []
        self.parcels: list[tuple[Any, ...]] = []
        self.parcel_updates: list[tuple[Any, ...]] = []
        self.gone_parcels: list[tuple[int, str]] = []
        self.reitemed: list[int] = []
        self.documents: list[tuple[int, str]] = []
        self.redocumented: list[tuple[int, str]] = []
        self.arrivals: list[tuple[int, int, int, str, str]] = []
        self.changes: list[tuple[Any, ...]] = []
        self.tabs: Counter[int] = Counter()

    def write(self, conn: Connection) -> None:
        """Everything collected, in the caller's transaction."""
        if self.reitemed:
            conn.execute(delete(_ITEMS).where(_ITEMS.c.order_pk.in_(self.reitemed)))
        for pk, package_id in self.gone_parcels:
            gone = (_PACKAGES.c.order_pk == pk) & (_PACKAGES.c.package_id == package_id)
            conn.execute(delete(_PACKAGES).where(gone))
        insert_rows(conn, _ORDERS, _NEW_ORDER, self.orders, _UNTAGGED)
        update_rows(conn, _ORDERS, _CHANGED_ORDER, ("id",), self.updates)
        insert_rows(conn, _ITEMS, _ITEM, self.items)
        insert_rows(conn, _PACKAGES, _NEW_PARCEL, self.parcels, _NEVER_ASKED)
        update_rows(conn, _PACKAGES, _CHANGED_PARCEL, ("order_pk", "package_id"), self.parcel_updates)
        search.upsert(conn, self.documents, new=True)
        search.upsert(conn, self.redocumented)
        changes.append_new_orders(conn, self.arrivals, self.actor)
        changes.append(conn, self.changes)
        counts.apply(conn, self.shop_id, self.tabs)
        denormalise(conn, sorted({pk for pk, _ in self.gone_parcels}))

    def put_parcels(
        self, pk: int, status: str, parcels: Sequence[PackageRecord], old: dict[str, Any]
    ) -> bool:
        """Collect the rows of an order's parcels; whether anything the platform says about them differs."""
        differs = False
        for parcel in parcels:
            before = old.get(parcel.package_id)
            values = msgspec.structs.astuple(parcel)
            if before is None:
                differs = True
                due = self.now if status in MOVING else None
                self.parcels.append((pk, self.shop_id, due, *values))
                continue
            due = before.due_at
            if status in _OVER:
                due = None
            elif status in MOVING and due is None and before.tracking_status not in ARRIVED:
                due = self.now
            same = values == tuple(getattr(before, name) for name in PARCEL)
            differs |= not same
            if not same or due != before.due_at:
                self.parcel_updates.append((*values[1:], due, pk, parcel.package_id))
        gone = old.keys() - {parcel.package_id for parcel in parcels}
        self.gone_parcels += [(pk, package_id) for package_id in sorted(gone)]
        return differs or bool(gone)

    def describe(self, old: dict[str, Any], record: OrderRecord, fields: set[str]) -> None:
        """Collect what the feed says about a changed order; `fields`: the columns that differ."""
        row = (self.now, self.shop_id, old["id"], record.order_id)
        stepped = "status" in fields
        if stepped:
            self.changes.append((*row, "order.status", old["status"], record.status, None, self.actor))
        if named := topics(fields, status_changed=stepped):
            text = changes.detail(fields=named)
            self.changes.append((*row, "order.changed", None, None, text, self.actor))
        if record.cancel_requested and not old["cancel_requested"]:
            self.changes.append((*row, "order.cancel_requested", None, None, None, self.actor))


def merge_parcel(parcel: PackageRecord, before: Any) -> PackageRecord:
    """What the order leaves out of a parcel (a number we learnt from the parcel itself) is not taken away."""
    if before is None:
        return parcel
    kept = {name: getattr(before, name) for name in PARCEL if getattr(parcel, name) is None}
    return msgspec.structs.replace(parcel, **kept) if kept else parcel


def distinct(parcels: Sequence[PackageRecord]) -> Sequence[PackageRecord]:
    """One per package id; a platform that tells a parcel twice must not spoil the batch."""
    return parcels if len(parcels) < 2 else list({parcel.package_id: parcel for parcel in parcels}.values())
