"""Single edits of orders by a person or a rule, and the marks of a sync."""

from __future__ import annotations

from store import orders
from store.records import RejectedRecord
from tests.store.store_kit import NOW, Db, order


def test_confirm_and_back(db: Db) -> None:
    db.ingest(order())
    pk = db.order().id

    assert db(orders.confirm, [pk, pk + 1], NOW, "seller") == [pk]
    assert db(orders.confirm, [pk], NOW + 1, "cli") == []
    assert db.order().confirmed_at == NOW
    assert db(orders.unconfirm, [pk], NOW, "seller") == [pk]
    assert db(orders.unconfirm, [pk], NOW, "seller") == []
    assert db.order().confirmed_by is None
    assert [kind for kind, _, _ in db.feed()] == ["order.new", "order.confirmed", "order.unconfirmed"]


def test_a_note_is_seen_once(db: Db) -> None:
    db.ingest(order(note="halo"))
    pk = db.order().id

    db(
        orders.mark_note_seen, pk, "halo, biru saja", NOW - 1
    )  # it was changed meanwhile: nobody has read this one
    db(orders.mark_note_seen, pk, "halo", NOW)
    db(orders.mark_note_seen, pk, "halo", NOW + 1)

    assert db.order().note_seen_at == NOW
    assert [kind for kind, _, _ in db.feed()] == ["order.new", "order.note_seen"]


def test_how_far_a_sync_has_come(db: Db) -> None:
    assert db(orders.stream, db.shop, "orders") is None

    db(orders.set_stream, db.shop, "orders", 1_000, NOW)
    db(orders.set_stream, db.shop, "orders", 2_000, NOW)

    assert db(orders.stream, db.shop, "orders") == 2_000
    assert db(orders.stream, db.shop, "requests") is None


def test_what_was_not_understood_is_kept(db: Db) -> None:
    huge = RejectedRecord("search", "not an object", b"x" * 100_000)

    db(orders.reject, db.shop, [RejectedRecord("search", "no id", b"[]", ref="58"), huge], NOW)

    kept = db.rows("SELECT ref, reason, length(raw) AS size FROM rejected ORDER BY id")
    assert [tuple(row) for row in kept] == [("58", "no id", 2), (None, "not an object", orders.RAW_LIMIT)]
