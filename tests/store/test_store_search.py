"""The search documents: what is in them, and that they follow the order."""

from __future__ import annotations

import msgspec
import pytest

from store import search
from tests.store.store_kit import CAP, NOW, SHIRT, Db, order, package


def found(db: Db, part: str) -> list[int]:
    """The ids of the orders whose document holds a part; LIKE is what the trigram index answers."""
    like = "ILIKE" if db.store.dialect == "postgresql" else "LIKE"
    return [
        row.order_pk
        for row in db.rows(f"SELECT order_pk FROM order_search WHERE text {like} :p", p=f"%{part}%")
    ]


@pytest.mark.parametrize(
    "part",
    ["580000000000000001", "00000001", "JP123", "s***", "bandung", "kaos pol", "HTM", "hitam", "bubble"],
)
def test_an_order_is_found_by(db: Db, part: str) -> None:
    db.ingest(
        order(packages=(package(tracking_number="JP1234"),), note="Bubble wrap"), order("7", items=(CAP,))
    )

    assert db.order().id in found(db, part)


def test_the_document_follows_the_order(db: Db) -> None:
    told = order(note="warna biru")
    db.ingest(told)
    pk = db.order().id

    db.ingest(msgspec.structs.replace(told, updated_at=NOW, note="warna merah", items=(CAP,)))

    assert (found(db, "biru"), found(db, "Kaos")) == ([], [])
    assert (found(db, "merah"), found(db, "Topi")) == ([pk], [pk])


def test_refresh_writes_what_ingest_wrote(db: Db) -> None:
    told = order(
        items=(SHIRT, CAP), packages=(package(tracking_number="JP1"),), note="hai", seller_note="rak 3"
    )
    db.ingest(told)
    pk = db.order().id
    (before,) = db.rows("SELECT text FROM order_search")

    db(search.refresh, pk)
    db(search.refresh, pk + 1)

    assert db.rows("SELECT text FROM order_search") == [before]
    assert before.text == search.document(told)


def test_a_novel_does_not_fill_the_index() -> None:
    assert len(search.document(order(note="x" * 100_000))) == search.LIMIT


def test_forgotten_documents_are_gone(db: Db) -> None:
    db.ingest(order())

    db(search.remove, [db.order().id])

    assert db.rows("SELECT 1 FROM order_search") == []
