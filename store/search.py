"""The search index: one document per order, found by any part of a word (trigrams), kept by the writers.

SQLite has an FTS5 table whose rowid is the order's id, because FTS5 finds a row to delete by nothing else;
PostgreSQL has a plain table with a trigram index. Queries are in store/reader.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, func, select

from store.bulk import table_of
from store.models import Item, Note, Order, Package
from store.records import OrderRecord

LIMIT: Final = 600
"""Characters of a document: a novel in the note must not make the index grow by a novel."""
OWN_LIMIT: Final = 200
"""Characters of the seller's own note beside it."""
_CHUNK: Final = 500
"""Values in one IN list: both databases cap them, SQLite lowest."""


def document(record: OrderRecord, numbers: Iterable[str | None] = ()) -> str:
    """Everything a person may look an order up by; `numbers`: tracking numbers known beside the record's."""
    # Keys of a dict: each word once, in the order of their coming.
    words: dict[str | None, None] = {record.order_id: None}
    for package in record.packages:
        words[package.tracking_number] = None
    for number in numbers:
        words[number] = None
    words[record.buyer] = words[record.city] = None
    for item in record.items:
        words[item.name] = words[item.variation] = words[item.seller_sku] = None
    words[record.note] = words[record.seller_note] = None
    return _join(words)


def upsert(conn: Connection, rows: Sequence[tuple[int, str]], *, new: bool = False) -> None:
    """Store (order pk, document) pairs; `new` promises that none is there yet and saves the deletes.

    What the seller wrote beside an order (its tags as `#tag`, its note) is added here: no source tells it.
    """
    if not rows:
        return
    if not new:
        pks = [pk for pk, _ in rows]
        remove(conn, pks)
        if own := _own(conn, pks):
            rows = [(pk, "\n".join(filter(None, (text, own.get(pk))))) for pk, text in rows]
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("INSERT INTO order_search (order_pk, text) VALUES (%s, %s)", list(rows))
    else:
        conn.exec_driver_sql(
            "INSERT INTO order_search (rowid, order_pk, text) VALUES (?1, ?1, ?2)", list(rows)
        )


def remove(conn: Connection, pks: Sequence[int]) -> None:
    """Forget documents."""
    if not pks:
        return
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("DELETE FROM order_search WHERE order_pk = %s", [(pk,) for pk in pks])
    else:
        conn.exec_driver_sql("DELETE FROM order_search WHERE rowid = ?", [(pk,) for pk in pks])


def refresh(conn: Connection, pk: int) -> None:
    """Write one order's document again from what is stored, after an edit that brought no record."""
    orders, items, packages = table_of(Order), table_of(Item), table_of(Package)
    columns = (orders.c.order_id, orders.c.buyer, orders.c.city, orders.c.note, orders.c.seller_note)
    order = conn.execute(select(*columns).where(orders.c.id == pk)).one_or_none()
    if order is None:
        return
    words: list[str | None] = [order.order_id]
    numbers = (
        select(packages.c.tracking_number).where(packages.c.order_pk == pk).order_by(packages.c.package_id)
    )
    words += conn.execute(numbers).scalars()
    words += (order.buyer, order.city)
    lines = select(items.c.name, items.c.variation, items.c.seller_sku).where(items.c.order_pk == pk)
    for line in conn.execute(lines.order_by(items.c.line)):
        words += tuple(line)
    words += (order.note, order.seller_note)
    upsert(conn, [(pk, _join(dict.fromkeys(words)))])


def _own(conn: Connection, pks: Sequence[int]) -> dict[int, str]:
    """What the seller wrote beside orders: few have any of it."""
    orders, notes = table_of(Order), table_of(Note)
    found: dict[int, str] = {}
    for start in range(0, len(pks), _CHUNK):
        some = pks[start : start + _CHUNK]
        tagged = select(orders.c.id, orders.c.tags).where(orders.c.id.in_(some), orders.c.tags != "")
        for pk, tags in conn.execute(tagged):
            found[pk] = " ".join(f"#{tag}" for tag in tags.split(","))
        newest = select(func.max(notes.c.id)).where(notes.c.order_pk.in_(some)).group_by(notes.c.order_pk)
        for pk, text in conn.execute(select(notes.c.order_pk, notes.c.text).where(notes.c.id.in_(newest))):
            found[pk] = "\n".join(filter(None, (found.get(pk), text[:OWN_LIMIT])))
    return found


def _join(words: dict[str | None, None]) -> str:
    return "\n".join(filter(None, words))[:LIMIT]
