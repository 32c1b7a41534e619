"""Bulk intake: a page of orders becomes rows, counts, search documents and changes in one transaction.

Rules: an older body never replaces a newer one (the platform's `update_time` decides); equal times with
another body are a conflict that only an authoritative (detail) read may settle, and not by a step back; what
is ours (confirmation, tracking, seen notes, actions, tags) survives every answer of the platform.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from store import search
from store.batch import MOVING, Batch, distinct, merge_parcel
from store.bulk import one_writer, reserve, rows_in, table_of
from store.derived import Waiting, derive, waiting
from store.flatten import PLAIN, fingerprint, plain
from store.models import Item, Order, Package
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.requests import adopt
from store.status import goes_backwards

BATCH: Final = 1_000
"""Orders looked up at once: bounded by the number of parameters a statement may have."""

_ORDERS: Final = table_of(Order)
_ITEMS: Final = table_of(Item)
_PACKAGES: Final = table_of(Package)

_KNOWN: Final = ("order_id", "id", "body_hash", "updated_at", "status")
_SEARCHED: Final = frozenset({"buyer", "city", "note", "seller_note", "items", "packages"})
_ITEM: Final = ItemRecord.__struct_fields__


class Ingested(msgspec.Struct):
    """What a batch of orders did, in distinct orders."""

    seen: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    stale: int = 0
    conflicts: list[str] = []
    """Orders told differently at the same update time: the caller takes a detail read."""


Judged = tuple[OrderRecord, bytes]


def ingest(
    conn: Connection, shop_id: int, records: Sequence[OrderRecord], now: int, *, authoritative: bool = False
) -> Ingested:
    """Take in what a source says about orders of one shop. Best with 100 to 1,000 records a call.

    `authoritative` marks a detail read, which wins at an equal update time. Raises nothing for odd content;
    a database error leaves the whole transaction undone.
    """
    one_writer(conn)
    result = Ingested()
    for start in range(0, len(records), BATCH):
        _ingest_batch(conn, shop_id, records[start : start + BATCH], now, authoritative, result)
    return result


def _ingest_batch(
    conn: Connection,
    shop_id: int,
    records: Sequence[OrderRecord],
    now: int,
    authoritative: bool,
    result: Ingested,
) -> None:
    conflicts: dict[str, None] = {}
    incoming = _newest(records, conflicts)
    known = _known(conn, shop_id, list(incoming))
    fresh: list[OrderRecord] = []
    newer: dict[int, Judged] = {}
    for order_id, record in incoming.items():
        old = known.get(order_id)
        if old is None:
            fresh.append(record)
            continue
        pk, body_hash, updated_at, status = old
        judged = fingerprint(record)
        if body_hash == judged[1]:
            result.unchanged += 1
        elif record.updated_at < updated_at:
            result.stale += 1
        elif record.updated_at == updated_at and not authoritative:
            conflicts[order_id] = None
        elif record.updated_at == updated_at and goes_backwards(status, record.status):
            # Even a detail read can come from a replica that lags behind the one the search asked.
            result.stale += 1
        else:
            newer[pk] = judged
    result.seen += len(incoming)
    result.new += len(fresh)
    if not authoritative:
        result.conflicts += conflicts
    if fresh or newer:
        batch = Batch(shop_id, now)
        _add_new(conn, batch, fresh)
        changed = len(_add_changed(conn, batch, newer))
        batch.write(conn)
        result.changed += changed
        result.unchanged += len(newer) - changed


def put(
    conn: Connection,
    shop_id: int,
    fresh: Sequence[OrderRecord],
    newer: dict[int, Judged],
    now: int,
    actor: str,
) -> tuple[list[int], set[int]]:
    """Take in what the caller has already compared with what is known, each order once and at most BATCH of them.

    `fresh` are unknown; `newer` (by row id, as `fingerprint` gives them) replace what is there, their parcels
    included: nothing the record leaves out is kept. The answer: row ids of the fresh, in their order, and of those
    of `newer` that really differ.
    """
    one_writer(conn)
    batch = Batch(shop_id, now, actor)
    _add_new(conn, batch, fresh)
    changed = _add_changed(conn, batch, newer, whole=True)
    batch.write(conn)
    return [row[0] for row in batch.orders], changed


def _newest(records: Sequence[OrderRecord], conflicts: dict[str, None]) -> dict[str, OrderRecord]:
    """One record per order: a page that shifted while it was read tells an order twice."""
    newest: dict[str, OrderRecord] = {}
    for record in records:
        order_id = record.order_id
        if not order_id.isascii() or "\0" in order_id:
            record = fingerprint(record)[0]
            order_id = record.order_id
        other = newest.setdefault(order_id, record)
        if other is record or other.updated_at > record.updated_at:
            continue
        if other.updated_at == record.updated_at and fingerprint(other)[1] != fingerprint(record)[1]:
            conflicts[order_id] = None
        newest[order_id] = record
    return newest


def _known(conn: Connection, shop_id: int, order_ids: list[str]) -> dict[str, tuple[int, bytes, int, str]]:
    rows = rows_in(conn, _ORDERS, _KNOWN, shop_id, "order_id", order_ids)
    return {row[0]: tuple(row[1:]) for row in rows}


def _add_new(conn: Connection, batch: Batch, fresh: Sequence[OrderRecord]) -> None:
    if not fresh:
        return
    shop_id, now = batch.shop_id, batch.now
    pks = reserve(conn, _ORDERS, len(fresh))
    early = adopt(conn, shop_id, {record.order_id: pk for pk, record in zip(pks, fresh, strict=True)})
    astuple = msgspec.structs.astuple
    nobody = Waiting()
    orders, items, packages, arrivals = batch.orders, batch.items, batch.parcels, batch.arrivals
    for pk, told in zip(pks, fresh, strict=True):
        # Only now: the whole of a record is in the processor's cache once instead of twice.
        record, body_hash = fingerprint(told)
        asked = early.get(pk, nobody)
        if asked.cancel:
            record = _with_cancel(record, asked)
        parcels = distinct(record.packages)
        derived = derive(record, body_hash, parcels, asked, shop_id, record.collected_at, asked.disputed_at)
        orders.append((pk, shop_id, now, *plain(record), *derived))
        batch.tabs[derived[0]] += 1
        for line, item in enumerate(record.items):
            items.append((pk, line, *astuple(item)))
        due = now if record.status in MOVING else None
        for parcel in parcels:
            packages.append((pk, shop_id, due, *astuple(parcel)))
        batch.documents.append((pk, search.document(record)))
        row = (now, shop_id, pk, record.order_id)
        arrivals.append((*row, record.status))
        if record.cancel_requested:
            batch.changes.append((*row, "order.cancel_requested", None, None, None, batch.actor))


def _add_changed(
    conn: Connection, batch: Batch, newer: dict[int, Judged], *, whole: bool = False
) -> set[int]:
    """Collect the rows of orders we have; the answer is which of them really differ. See `put` for `whole`."""
    if not newer:
        return set()
    really = set()
    asked = waiting(conn, newer)
    items: dict[int, list[tuple[Any, ...]]] = {}
    for line in conn.execute(
        select(_ITEMS.c.order_pk, *(_ITEMS.c[name] for name in _ITEM))
        .where(_ITEMS.c.order_pk.in_(newer))
        .order_by(_ITEMS.c.order_pk, _ITEMS.c.line)
    ):
        items.setdefault(line.order_pk, []).append(tuple(line[1:]))
    parcels: dict[int, dict[str, Any]] = {}
    for parcel in conn.execute(select(_PACKAGES).where(_PACKAGES.c.order_pk.in_(newer))):
        parcels.setdefault(parcel.order_pk, {})[parcel.package_id] = parcel
    for old in conn.execute(select(_ORDERS, search.OWN_NOTE).where(_ORDERS.c.id.in_(newer))).mappings():
        told, body_hash = newer[old["id"]]
        found = asked.get(old["id"], Waiting())
        record = _with_cancel(told, found)
        before = parcels.get(old["id"], {})
        now = distinct(record.packages)
        if not whole:
            now = [merge_parcel(parcel, before.get(parcel.package_id)) for parcel in now]
        if _add_one_changed(
            batch, dict(old), record, body_hash, found, items.get(old["id"], []), now, before
        ):
            really.add(old["id"])
    return really


def _add_one_changed(
    batch: Batch,
    old: dict[str, Any],
    record: OrderRecord,
    body_hash: bytes,
    asked: Waiting,
    old_items: list[tuple[Any, ...]],
    parcels: Sequence[PackageRecord],
    old_parcels: dict[str, Any],
) -> bool:
    pk = old["id"]
    values = plain(record)
    fields = {name for name, value in zip(PLAIN, values, strict=True) if old[name] != value}
    fields.discard("updated_at")
    items = [msgspec.structs.astuple(item) for item in record.items]
    if items != old_items:
        fields.add("items")
        batch.reitemed.append(pk)
        batch.items += [(pk, line, *item) for line, item in enumerate(items)]
    if batch.put_parcels(pk, record.status, parcels, old_parcels):
        fields.add("packages")
    disputed = [at for at in (old["disputed_at"], asked.disputed_at) if at is not None]
    derived = derive(
        record,
        body_hash,
        parcels,
        asked,
        batch.shop_id,
        moved_at=old["last_event_at"] or record.collected_at,
        disputed_at=min(disputed, default=None),
        action_state=old["action_state"],
        tracking_status=old["tracking_status"],
        chat_by=old["chat_by"],
    )
    seen = None if "note" in fields else old["note_seen_at"]
    batch.updates.append((*values, *derived, seen, pk))
    if derived[0] != old["tab"]:
        batch.tabs[old["tab"]] -= 1
        batch.tabs[derived[0]] += 1
    if fields & _SEARCHED:
        document = search.document(record, [p.tracking_number for p in parcels])
        batch.redocumented.append((pk, search.with_own(document, old["tags"], old["own_note"])))
    batch.describe(old, record, fields)
    return bool(fields)


def _with_cancel(record: OrderRecord, asked: Waiting) -> OrderRecord:
    # The request and the order are polled apart: an open request stands until the request itself is closed.
    if asked.cancel and not record.cancel_requested:
        return msgspec.structs.replace(record, cancel_requested=True)
    return record
