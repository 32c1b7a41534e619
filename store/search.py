"""The search index: one document per order, found by any part of a word (trigrams), kept by the writers.

SQLite has an FTS5 table whose rowid is the order's id, because FTS5 finds a row to delete by nothing else;
PostgreSQL has a plain table with a trigram index. Queries are in store/reader.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, select

from store.bulk import table_of
from store.models import Item, Note, Order, Package
from store.records import OrderRecord

LIMIT: Final = 600
"""Characters of a document: a novel in the note must not make the index grow by a novel."""
OWN_LIMIT: Final = 200
"""Characters of the seller's own note beside it."""
_ORDERS: Final = table_of(Order)
_NOTES: Final = table_of(Note)
OWN_NOTE: Final = (
    select(_NOTES.c.text)
    .where(_NOTES.c.order_pk == _ORDERS.c.id)
    .order_by(_NOTES.c.id.desc())
    .limit(1)
    .scalar_subquery()
    .label("own_note")
)
"""The seller's newest note, as a column of orders."""


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


def with_own(text: str, tags: str, note: str | None) -> str:
    """A document with what the seller wrote beside the order (its tags as `#tag`, its note): no source tells it."""
    named = " ".join(f"#{tag}" for tag in tags.split(",")) if tags else ""
    return "\n".join(filter(None, (text, named, (note or "")[:OWN_LIMIT])))


def upsert(conn: Connection, rows: Sequence[tuple[int, str]], *, new: bool = False) -> None:
    """Store (order pk, document) pairs; `new` promises that none is there yet and saves the deletes."""
    if not rows:
        return
    if not new:
        remove(conn, [pk for pk, _ in rows])
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
    items, packages = table_of(Item), table_of(Package)
    names = ("order_id", "buyer", "city", "note", "seller_note", "tags")
    columns = (*(_ORDERS.c[name] for name in names), OWN_NOTE)
    order = conn.execute(select(*columns).where(_ORDERS.c.id == pk)).one_or_none()
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
    upsert(conn, [(pk, with_own(_join(dict.fromkeys(words)), order.tags, order.own_note))])


def _join(words: dict[str | None, None]) -> str:
    return "\n".join(filter(None, words))[:LIMIT]
