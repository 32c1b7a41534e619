"""Orders: the shop they belong to, bulk intake (store/ingest.py), and single edits by a person or a rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from store import changes
from store.bulk import insert_into, insert_rows, one_writer, table_of
from store.ingest import Ingested, ingest
from store.models import Order, Rejected, Shop, SyncState
from store.records import RejectedRecord

__all__ = (
    "Ingested", "confirm", "ingest", "mark_note_seen", "reject", "set_stream", "shop_pk", "stream",
    "unconfirm",
)  # fmt: skip

_ORDERS = table_of(Order)
_SHOPS = table_of(Shop)
_REJECTED = table_of(Rejected)
_STREAMS = table_of(SyncState)

RAW_LIMIT = 65_536
"""Bytes kept of something that could not be understood."""


def shop_pk(conn: Connection, name: str, kind: str = "tiktok") -> int:
    """The row id of a shop by the seller's name for it; created on first sight, its kind kept up to date."""
    row = conn.execute(select(_SHOPS.c.id, _SHOPS.c.kind).where(_SHOPS.c.name == name)).one_or_none()
    if row is None:
        one_writer(conn)
        add = insert_into(conn, _SHOPS).values(name=name, kind=kind)
        conn.execute(add.on_conflict_do_nothing(index_elements=["name"]))
        row = conn.execute(select(_SHOPS.c.id, _SHOPS.c.kind).where(_SHOPS.c.name == name)).one()
    if row.kind != kind:
        conn.execute(update(_SHOPS).where(_SHOPS.c.id == row.id).values(kind=kind))
    return int(row.id)


def reject(conn: Connection, shop_id: int, records: Sequence[RejectedRecord], now: int) -> None:
    """Keep what could not be understood, for a person or a bug report; the rest of its page is stored.

    Once: the overlap of the syncs reads a strange record again and again.
    """
    if not records:
        return
    known = select(_REJECTED.c.source, _REJECTED.c.raw).where(
        _REJECTED.c.shop_id == shop_id, _REJECTED.c.raw.in_([r.raw[:RAW_LIMIT] for r in records])
    )
    stored = {(source, bytes(raw)) for source, raw in conn.execute(known)}
    rows = [
        (shop_id, r.source, r.ref, r.reason, r.raw[:RAW_LIMIT], now)
        for r in records
        if (r.source, r.raw[:RAW_LIMIT]) not in stored
    ]
    insert_rows(conn, _REJECTED, ("shop_id", "source", "ref", "reason", "raw", "at"), rows)


def set_stream(conn: Connection, shop_id: int, stream: str, watermark: int, now: int) -> None:
    """How far a sync has come, platform's time; call it in the transaction that stores what it covers."""
    add = insert_into(conn, _STREAMS).values(
        shop_id=shop_id, stream=stream, watermark=watermark, updated_at=now
    )
    conn.execute(
        add.on_conflict_do_update(
            index_elements=["shop_id", "stream"], set_={"watermark": watermark, "updated_at": now}
        )
    )


def stream(conn: Connection, shop_id: int, stream: str) -> int | None:
    """The watermark of a stream in epoch ms of the platform; None before the first complete pass."""
    query = select(_STREAMS.c.watermark).where(_STREAMS.c.shop_id == shop_id, _STREAMS.c.stream == stream)
    return conn.execute(query).scalar_one_or_none()


def confirm(conn: Connection, pks: Sequence[int], now: int, by: str) -> list[int]:
    """Mark orders as checked by us; the answer is those that were not confirmed before."""
    return _set_confirmed(conn, pks, now, by, True)


def unconfirm(conn: Connection, pks: Sequence[int], now: int, by: str) -> list[int]:
    """Take a confirmation back; the answer is those that were confirmed before."""
    return _set_confirmed(conn, pks, now, by, False)


def mark_note_seen(conn: Connection, pk: int, note: str, now: int, by: str = "seller") -> None:
    """A person has read this note of the buyer; one that was changed meanwhile nobody has read."""
    one_writer(conn)
    unseen = (
        update(_ORDERS)
        .where(_ORDERS.c.id == pk, _ORDERS.c.note == note, _ORDERS.c.note_seen_at.is_(None))
        .values(note_seen_at=now)
        .returning(_ORDERS.c.id, _ORDERS.c.shop_id, _ORDERS.c.order_id)
    )
    _tell(conn, unseen, "order.note_seen", now, by)


def _set_confirmed(conn: Connection, pks: Sequence[int], now: int, by: str, to: bool) -> list[int]:
    if not pks:
        return []
    one_writer(conn)
    present = _ORDERS.c.confirmed_at
    changed = (
        update(_ORDERS)
        .where(_ORDERS.c.id.in_(pks), present.is_(None) if to else present.is_not(None))
        .values(confirmed_at=now if to else None, confirmed_by=by if to else None)
        .returning(_ORDERS.c.id, _ORDERS.c.shop_id, _ORDERS.c.order_id)
    )
    return _tell(conn, changed, "order.confirmed" if to else "order.unconfirmed", now, by)


def _tell(conn: Connection, edit: ReturningUpdate[Any], kind: str, now: int, by: str) -> list[int]:
    """Run an edit and append one change per order it touched."""
    touched = sorted((pk, shop_id, order_id) for pk, shop_id, order_id in conn.execute(edit))
    rows = [(now, shop_id, pk, order_id, kind, None, None, None, by) for pk, shop_id, order_id in touched]
    changes.append(conn, rows)
    return [pk for pk, _, _ in touched]
