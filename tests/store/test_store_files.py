"""Seller Center files in the store: judged alike in any order, taken once, told in the feed, forgotten in time."""

from __future__ import annotations

from contextlib import closing
from itertools import permutations
from typing import Any

import msgspec
from sqlalchemy import select

from store import file_privacy, files, orders
from store.bulk import table_of
from store.db import Store
from store.file_judge import FileTold, TakenIn
from store.models import Change, FileOrder, FileReject, Item, Order, Package
from store.records import ItemRecord, OrderRecord, PackageRecord
from tests.store.store_kit import NOW, order, package

HEAD: dict[str, Any] = {"layout": "L65", "columns": ("Order ID",), "unknown": (), "rows": 1}


def extra(**cells: str) -> bytes:
    """Cells of an order that have no column of ours."""
    return msgspec.msgpack.encode({"order": cells, "lines": []})


def read(
    store: Store,
    name: str,
    stamp: int,
    *records: OrderRecord,
    more: bytes = b"",
    kind: str = "file",
    refused: tuple[str, ...] = (),
    shop: str = "toko",
) -> tuple[int, TakenIn | None]:
    """Take in a whole file of one chunk; its import id and what it did."""

    def write(conn: Any) -> tuple[int, TakenIn | None]:
        pk = orders.shop_pk(conn, shop, kind)
        begun = files.begin(conn, pk, name, f"digest of {name}", NOW, "cli")
        files.describe(conn, begun.import_id, stamp=stamp, **HEAD)
        files.reject(
            conn,
            begun.import_id,
            [(9 + n, "Quantity", "quantity", "x", (one,)) for n, one in enumerate(refused)],
        )
        told = [FileTold(record, more) for record in records]
        taken = files.take(conn, pk, begun.import_id, 0, told, NOW, only_new=kind != "file")
        files.finish(conn, begun.import_id, [], NOW, order_id_of=lambda cells: cells[0])
        return begun.import_id, taken

    return store.write(write)


def state(store: Store, shop: str = "toko") -> list[Any]:
    """Everything the rows of a shop's orders say, whichever rows they are."""

    def look(conn: Any) -> list[Any]:
        all_of, found = table_of(Order), []
        pk_of = orders.shop_pk(conn, shop, "file")
        for row in conn.execute(
            select(all_of).where(all_of.c.shop_id == pk_of).order_by(all_of.c.order_id)
        ).mappings():
            told = {name: value for name, value in row.items() if name not in ("id", "seen_at", "shop_id")}
            pk = row["id"]
            parts = [
                conn.execute(
                    select(*(table.c[name] for name in kind.__struct_fields__))
                    .where(table.c.order_pk == pk)
                    .order_by(*table.primary_key)
                ).all()
                for table, kind in ((table_of(Item), ItemRecord), (table_of(Package), PackageRecord))
            ]
            link = conn.execute(select(table_of(FileOrder)).where(table_of(FileOrder).c.order_pk == pk)).one()
            found.append((told, parts, link.stamp, link.extra))
        return found

    return store.read(look)


def kinds(store: Store, kind: str) -> list[tuple[str | None, str]]:
    """(order id, actor) of the feed's rows of a kind."""
    changes = table_of(Change)
    query = select(changes.c.order_id, changes.c.actor).where(changes.c.kind == kind).order_by(changes.c.seq)
    return [tuple(row) for row in store.read(lambda conn: conn.execute(query).all())]


def test_the_order_of_files_makes_no_difference(store: Store) -> None:
    told = [
        (
            "a",
            NOW - 9,
            order(updated_at=NOW - 9, packages=(package("file:JX1", courier="jnt"),)),
            extra(Weight="1"),
        ),
        (
            "b",
            NOW - 5,
            order(updated_at=NOW - 9, packages=(package("file:JX1", courier=None),)),
            extra(Weight="2"),
        ),
        ("c", NOW - 5, order(updated_at=NOW - 9, status="AWAITING_COLLECTION"), extra(Weight="3")),
        ("d", NOW - 7, order(updated_at=NOW - 9, status="UNKNOWN", raw_status="Aneh"), extra(Weight="4")),
    ]
    finals = []
    for number, ranked in enumerate(permutations(told)):
        for name, stamp, record, more in ranked:
            read(store, name, stamp, record, more=more, shop=f"toko {number}")
        finals.append(state(store, f"toko {number}"))
    assert not store.verify()
    for final in finals:
        assert final == finals[0]
    assert finals[0][0][0]["status"] == "UNKNOWN"


def test_words_of_an_unknown_status_give_way_to_an_ending(store: Store) -> None:
    read(store, "a", NOW - 5, order(updated_at=NOW - 9, status="COMPLETED"))
    read(store, "b", NOW - 1, order(updated_at=NOW - 9, status="UNKNOWN", raw_status="Aneh"))
    assert state(store)[0][0]["status"] == "COMPLETED"


def test_the_same_file_again_changes_nothing(store: Store) -> None:
    first = read(store, "a", NOW, order(), more=extra(Weight="1"))[1]
    before = state(store), kinds(store, "order.changed")
    again = read(store, "a", NOW, order(), more=extra(Weight="1"))[1]
    assert (first, again) == (TakenIn(1, 0, 0), TakenIn(0, 0, 1))
    assert (state(store), kinds(store, "order.changed")) == before
    with closing(store.reader()) as reader:
        pk = reader.search("580000000000000001", 1)[0].pk
        told = reader.file_order(pk)
        assert told is not None and told.in_last and told.order == {"Weight": "1"}


def test_an_older_file_alters_nothing_but_adds_what_nobody_knew(store: Store) -> None:
    read(store, "new", NOW, order(updated_at=NOW, status="AWAITING_COLLECTION"))
    before = state(store)
    taken = read(store, "old", NOW - 50, order(updated_at=NOW - 50), order("580000000000000002"))[1]
    assert taken == TakenIn(1, 0, 1)
    assert state(store)[:1] == before


def test_the_feed_names_the_file(store: Store) -> None:
    one, _ = read(store, "a", NOW - 5, order(updated_at=NOW - 5))
    two, _ = read(store, "b", NOW, order(updated_at=NOW, status="CANCELLED"))
    assert kinds(store, "order.new") == [("580000000000000001", f"file:{one}")]
    assert kinds(store, "order.status") == [("580000000000000001", f"file:{two}")]
    assert [actor for _, actor in kinds(store, "file.imported")] == [f"file:{one}", f"file:{two}"]
    with closing(store.reader()) as reader:
        assert [row.new for row in reader.news(two, kinds=("order.status",))] == ["CANCELLED"]
        assert reader.news(two + 1) == []
        assert [row.name for row in reader.imports()] == ["b", "a"]


def test_an_order_that_a_newer_file_lacks_is_told_once_and_left_alone(store: Store) -> None:
    ids = [f"58000000000000000{n}" for n in range(1, 5)]
    kept, gone, over, bad = ids
    records = [order(one) for one in (kept, gone, bad)]
    read(store, "a", NOW - 5, *records, order(over, status="COMPLETED"))
    before = {row[0]["order_id"]: row[0]["status"] for row in state(store)}
    newest, _ = read(store, "b", NOW - 1, order(kept), refused=(bad,))
    assert kinds(store, "order.not_in_file") == [(gone, f"file:{newest}")]
    assert {row[0]["order_id"]: row[0]["status"] for row in state(store)} == before
    with closing(store.reader()) as reader:
        row = reader.import_row(newest)
        assert row is not None and (row.gone, row.rejected, row.state) == (1, 1, "done")
        told = reader.file_order(reader.search(gone, 1)[0].pk)
        assert told is not None and not told.in_last
    read(store, "c", NOW, order(kept), order(bad))
    assert len(kinds(store, "order.not_in_file")) == 1


def test_an_older_file_misses_nothing(store: Store) -> None:
    read(store, "a", NOW, order())
    read(store, "b", NOW - 5, order("580000000000000002"))
    assert kinds(store, "order.not_in_file") == []


def test_a_shop_with_an_api_takes_only_what_it_did_not_know(store: Store) -> None:
    shop = store.write(lambda conn: orders.shop_pk(conn, "toko"))
    store.write(lambda conn: orders.ingest(conn, shop, [order(updated_at=NOW - 9)], NOW))
    taken = read(
        store, "a", NOW, order(updated_at=NOW, status="CANCELLED"), order("580000000000000002"), kind="tiktok"
    )[1]
    assert taken == TakenIn(1, 0, 1)
    table = table_of(Order)
    assert store.read(
        lambda conn: conn.execute(select(table.c.status).order_by(table.c.order_id)).scalars().all()
    ) == [
        "AWAITING_SHIPMENT",
        "AWAITING_SHIPMENT",
    ]


def test_a_reading_goes_on_where_it_was_and_a_chunk_is_taken_once(store: Store) -> None:
    shop = store.write(lambda conn: orders.shop_pk(conn, "toko", "file"))

    def begin() -> files.Begun:
        return store.write(lambda conn: files.begin(conn, shop, "a", "digest", NOW, "cli"))

    told = [[FileTold(order(f"5800000000000000{n}{m}"), b"") for m in range(3)] for n in range(2)]

    def take(place: int) -> TakenIn | None:
        return store.write(lambda conn: files.take(conn, shop, one.import_id, place * 3, told[place], NOW))

    one = begin()
    assert one.done == 0 and take(0) == TakenIn(3, 0, 0)
    other = begin()
    assert (other.import_id, other.done) == (one.import_id, 3)
    assert take(0) is None
    store.write(lambda conn: files.stop(conn, one.import_id, [], NOW))
    assert begin().done == 3
    assert take(1) == TakenIn(3, 0, 0)
    for _ in range(2):
        store.write(lambda conn: files.finish(conn, one.import_id, [], NOW))
    store.write(lambda conn: files.stop(conn, one.import_id, [], NOW))
    store.write(lambda conn: files.fail(conn, one.import_id, "broken", NOW))
    with closing(store.reader()) as reader:
        row = reader.import_row(one.import_id)
    assert row is not None and (row.state, row.orders, row.new) == ("done", 6, 6)
    assert len(kinds(store, "file.imported")) == 1 and not kinds(store, "file.failed")
    assert begin().import_id != one.import_id


def test_what_is_wrong_with_a_file_is_told(store: Store) -> None:
    shop = store.write(lambda conn: orders.shop_pk(conn, "toko", "file"))
    begun = store.write(lambda conn: files.begin(conn, shop, "a", "digest", NOW, "cli"))
    for _ in range(2):
        store.write(lambda conn: files.fail(conn, begun.import_id, "no_column", NOW, column="Order ID"))
    known = store.read(lambda conn: files.find(conn, shop, "digest"))
    assert known is not None and known[0] == "failed"
    assert len(kinds(store, "file.failed")) == 1
    with closing(store.reader()) as reader:
        row = reader.import_row(begun.import_id)
    assert row is not None and (row.problem, row.detail) == ("no_column", {"column": "Order ID"})


def test_what_is_personal_is_forgotten_and_does_not_come_back(store: Store) -> None:
    cells = extra(Zipcode="40111", **{"Phone #": "0812", "Weight(kg)": "1"})
    record = order(buyer="Budi", updated_at=NOW - 9, status="COMPLETED")
    one, _ = read(store, "a", NOW - 5, record, more=cells, refused=("Jl. Mawar 1",))
    table = table_of(Order)
    pks = store.read(lambda conn: conn.execute(select(table.c.id)).scalars().all())

    def forget(conn: Any) -> None:
        conn.execute(table.update().values(buyer=None, phone=None, address=None))
        file_privacy.forget(conn, pks)
        file_privacy.forget_refused(conn, NOW + 1)

    store.write(forget)
    read(store, "b", NOW, record, more=cells)
    told, _, stamp, more = state(store)[0]
    assert told["buyer"] is None and stamp == NOW
    assert msgspec.msgpack.decode(more) == {"order": {"Weight(kg)": "1"}, "lines": []}
    with closing(store.reader()) as reader:
        assert [(row.cells, row.value) for row in reader.rejects(one)] == [([], "")]
    assert store.read(lambda conn: conn.execute(select(table_of(FileReject).c.row)).scalars().all()) == [9]


def test_what_was_read_by_other_rules_counts(store: Store) -> None:
    """The same file with another deadline: a holiday was added to the settings."""
    read(store, "a", NOW, order(updated_at=NOW - 9, scan_by=NOW + 500))
    assert read(store, "a", NOW, order(updated_at=NOW - 9, scan_by=NOW + 900))[1] == TakenIn(0, 1, 0)
    assert read(store, "a", NOW, order(updated_at=NOW - 9, scan_by=NOW + 100))[1] == TakenIn(0, 1, 0)
    assert state(store)[0][0]["scan_by"] == NOW + 100
