"""Tags, notes and saved batches: what is kept, what the feed tells, and what can be found again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, insert
from sqlmodel import SQLModel

from store import desk
from store.bulk import table_of
from store.models import Conversation, Message, RuleRun
from store.reader import Reader
from store.status import HOLD, Tab
from store.views import View
from tests.store.store_kit import NOW, Db, order, package


@pytest.fixture
def reader(db: Db) -> Iterator[Reader]:
    """A reader of the same store."""
    with closing(db.store.reader()) as opened:
        yield opened


def put(conn: Connection, model: type[SQLModel], told: dict[str, object]) -> None:
    conn.execute(insert(table_of(model)).values(**told))


def two(db: Db) -> tuple[int, int]:
    db.ingest(
        order("580000000000000001"), order("580000000000000002", packages=(package("1150000000000000002"),))
    )
    return db.order("580000000000000001").id, db.order("580000000000000002").id


@pytest.mark.parametrize(
    ("typed", "tag"),
    [
        ("Kado", "kado"),
        ("#tahan", HOLD),
        (" perlu dicek ", "perlu-dicek"),
        ("a_b", "a-b"),
        ("x,y", "xy"),
        ("É", "é"),
    ],
)
def test_what_a_person_types_becomes_one_tag(typed: str, tag: str) -> None:
    assert desk.tag_of(typed) == tag


@pytest.mark.parametrize("typed", ["", "#", " ,; ", "--", "\x1b[2J\x07"[:1], "x" * 25])
def test_what_is_no_tag_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        desk.tag_of(typed)


@given(st.text(max_size=40))
def test_a_tag_stays_itself(typed: str) -> None:
    try:
        tag = desk.tag_of(typed)
    except ValueError:
        return
    assert "," not in tag and "%" not in tag
    assert desk.tag_of(tag) == tag


def test_tags_go_on_and_off_and_the_feed_tells(db: Db, reader: Reader) -> None:
    one, other = two(db)
    since = db.last_seq()

    assert db(desk.add_tags, [one, other, 999], ["Kado", HOLD], "seller", NOW) == [one, other]
    assert db(desk.add_tags, [one], ["kado"], "seller", NOW) == []
    assert db(desk.drop_tags, [one, other], [HOLD], "rule:x", NOW) == [one, other]

    assert db(desk.tags_of, [one, other]) == {one: ("kado",), other: ("kado",)}
    assert reader.rows([one])[0].tags == "kado"
    told = db.rows("SELECT kind, detail, actor FROM changes WHERE seq > :since ORDER BY seq", since=since)
    assert [tuple(row) for row in told] == [
        ("order.tagged", '{"added":["kado","tahan"]}', "seller"),
        ("order.tagged", '{"added":["kado","tahan"]}', "seller"),
        ("order.tagged", '{"dropped":["tahan"]}', "rule:x"),
        ("order.tagged", '{"dropped":["tahan"]}', "rule:x"),
    ]
    assert reader.known_tags() == ["kado", HOLD]


def test_an_undo_brings_exactly_the_tags_from_before(db: Db) -> None:
    one, other = two(db)
    db(desk.add_tags, [one], ["a1"], "seller", NOW)
    before = {pk: ",".join(tags) for pk, tags in db(desk.tags_of, [one, other]).items()}
    db(desk.add_tags, [one, other], ["b2"], "seller", NOW)
    db(desk.drop_tags, [one, other], ["a1"], "seller", NOW)

    assert db(desk.set_tags, before, "seller", NOW) == [one, other]
    assert db(desk.tags_of, [one, other]) == {one: ("a1",), other: ()}


def test_an_order_keeps_a_dozen_tags_and_always_has_room_for_the_hold(db: Db) -> None:
    one, _ = two(db)
    db(desk.add_tags, [one], [f"t{n}" for n in range(20)], "seller", NOW)
    assert len(db(desk.tags_of, [one])[one]) == desk.TAGS_LIMIT
    db(desk.add_tags, [one], [HOLD], "rule:x", NOW)
    tags = db(desk.tags_of, [one])[one]
    assert HOLD in tags and len(tags) == desk.TAGS_LIMIT


def test_the_platform_takes_neither_tags_nor_notes_away(db: Db, reader: Reader) -> None:
    one, _ = two(db)
    db(desk.add_tags, [one], ["istimewa"], "seller", NOW)
    db(desk.set_note, one, "kirim lewat pak Budi", "seller", NOW)

    db.ingest(order("580000000000000001", buyer="Zulkifli", updated_at=NOW), now=NOW + 1)

    assert db(desk.tags_of, [one]) == {one: ("istimewa",)}
    for words in ("istimewa", "#istimewa", "pak budi", "zulkifli"):
        assert [row.pk for row in reader.search(words)] == [one], words


def test_a_note_is_an_edition_after_another(db: Db, reader: Reader) -> None:
    one, other = two(db)
    assert reader.note(one) is None
    assert db(desk.set_note, one, " telepon dulu\x00\nsebelum kirim ", "seller", NOW)
    assert not db(desk.set_note, one, "telepon dulu\nsebelum kirim", "seller", NOW + 1)
    assert db(desk.set_note, one, "", "cli", NOW + 2)
    assert not db(desk.set_note, other, "", "cli", NOW)
    assert not db(desk.set_note, 999, "halo", "cli", NOW)

    assert reader.note(one) is None
    assert [(row.at, row.by, row.text) for row in reader.notes(one)] == [
        (NOW, "seller", "telepon dulu\nsebelum kirim"),
        (NOW + 2, "cli", ""),
    ]
    noted = [row for row in db.feed() if row[0] == "order.noted"]
    assert noted == [
        ("order.noted", None, "telepon dulu\nsebelum kirim"),
        ("order.noted", "telepon dulu\nsebelum kirim", None),
    ]
    assert reader.search("telepon") == []
    db(desk.set_note, one, "halo", "seller", NOW)
    detail = reader.detail(one)
    assert detail is not None and detail.own_note == "halo"


def test_a_batch_tells_what_became_of_its_orders(db: Db, reader: Reader) -> None:
    one, other = two(db)
    db(desk.save_batch, "pagi  hari", [other, one, one, 777], "seller", NOW)
    with pytest.raises(desk.NameTakenError):
        db(desk.save_batch, "pagi hari", [one], "seller", NOW)

    db.ingest(order("580000000000000001", "CANCELLED", updated_at=NOW + 1), now=NOW + 1)

    [batch] = reader.batches()
    assert (batch.name, batch.orders, batch.by) == ("pagi hari", 3, "seller")
    members = {one.pk: one for one in reader.batch_members("pagi hari") or ()}
    assert set(members) == {one, other, 777}
    moved, stayed, gone = members[one], members[other], members[777]
    assert moved.row is not None and (moved.was, moved.row.status) == ("AWAITING_SHIPMENT", "CANCELLED")
    assert stayed.row is not None and stayed.was is None
    assert gone.row is None
    assert reader.batch_members("lain") is None

    db(desk.save_batch, "pagi hari", [one], "cli", NOW + 2, replace=True)
    assert [(row.orders, row.by) for row in reader.batches()] == [(1, "cli")]
    assert [one.was for one in reader.batch_members("pagi hari") or ()] == [None]
    assert db(desk.drop_batch, "pagi hari") and not db(desk.drop_batch, "pagi hari")
    assert reader.batches() == []


@pytest.mark.parametrize(("name", "pks"), [("", [1]), ("  ", [1]), ("x", []), ("x", range(1, 5_002))])
def test_a_batch_needs_a_name_and_a_fair_number_of_orders(db: Db, name: str, pks: list[int]) -> None:
    with pytest.raises(ValueError):
        db(desk.save_batch, name, list(pks), "seller", NOW)


def test_lists_can_be_narrowed_to_a_tag_and_a_shop(db: Db, reader: Reader) -> None:
    one, other = two(db)
    db(desk.add_tags, [one], ["kado"], "seller", NOW)
    db(desk.add_tags, [other], ["kado-besar"], "seller", NOW)
    view = View(Tab.TO_SHIP, chips=frozenset({"tag:kado"}), shop_id=db.shop)
    assert [row.pk for row in reader.after(view, None, 10, NOW)] == [one]
    assert reader.total(view, NOW) == 1
    assert reader.orders(tag="kado-besar") == [other]
    assert reader.orders(tag="kado", shop="toko-contoh") == [one]
    assert reader.orders(shop="lain") == []


def test_what_was_said_and_ruled_about_an_order(db: Db, reader: Reader) -> None:
    db.ingest(order(buyer_id="b7"))
    pk = db.order().id
    rows: list[tuple[type[SQLModel], dict[str, object]]] = [
        (
            Conversation,
            {"id": 1, "shop_id": db.shop, "conversation_id": "c", "buyer_id": "b7", "updated_at": NOW},
        ),
        (
            Conversation,
            {"id": 2, "shop_id": db.shop, "conversation_id": "d", "buyer_id": "b8", "updated_at": NOW},
        ),
    ]
    for number, (conversation, at) in enumerate([(1, NOW - 1), (1, NOW), (1, NOW + 1), (2, NOW)]):
        said = {"conversation_pk": conversation, "message_id": str(number), "at": at, "role": "BUYER"}
        rows.append((Message, said | {"kind": "TEXT", "text": f"{number}", "content": "{}"}))
    ruled = {"at": NOW, "rule": "stok", "shop_id": db.shop, "order_pk": pk, "order_id": "5", "cause": "x"}
    rows.append((RuleRun, ruled | {"verdict": "did", "why": "[]"}))
    for model, told in rows:
        db(put, model, told)

    assert [one.text for one in reader.messages_about(pk, NOW)] == ["1", "2"]
    assert [one.text for one in reader.messages_about(pk, 0, limit=2)] == ["1", "2"]
    assert [(one.rule, one.verdict) for one in reader.rules_about(pk)] == [("stok", "did")]
