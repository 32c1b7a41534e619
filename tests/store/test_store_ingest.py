"""Bulk intake: what replaces what, what survives, and what the feed says."""

from __future__ import annotations

import msgspec
import pytest

from store import counts, orders
from store.flatten import fingerprint, summary
from store.records import ItemRecord, OrderRecord
from store.status import Tab
from store.times import HOUR, MINUTE
from tests.store.store_kit import CAP, NOW, SHIRT, Db, order, package


def later(record: OrderRecord, minutes: int = 1, **told: object) -> OrderRecord:
    """The same order, told again by the platform after a while."""
    at = record.updated_at + minutes * MINUTE
    told.setdefault("raw_status", told.get("status", record.raw_status))
    return msgspec.structs.replace(record, updated_at=at, **told)


def test_a_new_order_is_stored_whole(db: Db) -> None:
    told = order(
        items=(SHIRT, CAP), packages=(package(tracking_number="JP0000000001"),), note="bubble wrap ya"
    )

    result = db.ingest(told)

    assert result == orders.Ingested(seen=1, new=1)
    row = db.order()
    assert [getattr(row, name) for name in ("status", "buyer", "total", "note", "currency")] == [
        "AWAITING_SHIPMENT", "B*** S***", 136_000, "bubble wrap ya", "IDR",
    ]  # fmt: skip
    assert (row.tab, row.sort_at, row.seen_at) == (Tab.TO_SHIP, told.arrange_by, NOW)
    assert (row.summary, row.units) == ("3 barang: Kaos Polos, Topi Trucker", 3)
    assert (row.courier, row.tracking_number, row.packages) == ("jnt", "JP0000000001", 1)
    assert (row.cod, row.cancel_requested, row.confirmed_at, row.tags) == (False, False, None, "")
    lines = db.rows("SELECT line, sku_id, quantity, unit_price FROM items ORDER BY line")
    assert [tuple(line) for line in lines] == [
        (0, SHIRT.sku_id, 2, 67_500),
        (1, CAP.sku_id, 1, 30_000),
    ]
    assert db.feed() == [("order.new", None, "AWAITING_SHIPMENT")]


def test_a_second_telling_changes_nothing(db: Db) -> None:
    told = [order(str(580_000_000_000_000_000 + n)) for n in range(20)]
    db.ingest(*told)
    before, seq = db.rows("SELECT * FROM orders ORDER BY id"), db.last_seq()

    result = db.ingest(*told, now=NOW + HOUR)

    assert result == orders.Ingested(seen=20, unchanged=20)
    assert db.rows("SELECT * FROM orders ORDER BY id") == before
    assert db.last_seq() == seq


@pytest.mark.parametrize("authoritative", [False, True])
def test_an_older_body_never_replaces_a_newer_one(db: Db, authoritative: bool) -> None:
    newer = order(note="new")
    db.ingest(newer)

    result = db.ingest(later(newer, -1, note="old"), authoritative=authoritative)

    assert result == orders.Ingested(seen=1, stale=1)
    assert db.order().note == "new"


def test_equal_times_with_another_body_need_a_detail_read(db: Db) -> None:
    db.ingest(order(note="one"))
    other = order(note="two")

    assert db.ingest(other, order(note="three")).conflicts == [other.order_id]
    assert db.order().note == "one"
    assert db.ingest(other, authoritative=True).changed == 1
    assert db.order().note == "two"


def test_the_newest_of_a_batch_wins_wherever_it_stands(db: Db) -> None:
    first = order(note="first")

    result = db.ingest(later(first, note="second"), first)

    assert (result.seen, result.new, result.conflicts) == (1, 1, [])
    assert db.order().note == "second"
    assert len(db.feed()) == 1


def test_two_bodies_of_one_time_in_a_batch_are_a_conflict(db: Db) -> None:
    result = db.ingest(order(note="one"), order(note="two"))

    assert (result.new, result.conflicts) == (1, [order().order_id])


def test_a_step_back_is_a_fact_only_when_newer(db: Db) -> None:
    shipped = order(status="IN_TRANSIT")
    db.ingest(shipped)

    assert db.ingest(later(shipped, -1, status="AWAITING_COLLECTION")).stale == 1
    assert db.ingest(later(shipped, 0, status="AWAITING_COLLECTION"), authoritative=True).stale == 1
    assert db.ingest(later(shipped, 0, status="DELIVERED"), authoritative=True).changed == 1
    assert db.ingest(later(shipped, 1, status="AWAITING_COLLECTION")).changed == 1
    assert db.feed()[-1] == ("order.status", "DELIVERED", "AWAITING_COLLECTION")


def test_a_step_of_status_moves_the_order_and_the_counts(db: Db) -> None:
    told = order()
    db.ingest(told, order("580000000000000002"))

    db.ingest(later(told, status="AWAITING_COLLECTION", shipped_at=NOW))

    row = db.order()
    assert (row.tab, row.sort_at) == (Tab.COLLECTION, told.scan_by)
    kept = {row.tab: row.n for row in db.rows("SELECT tab, n FROM tab_counts")}
    assert kept == {Tab.TO_SHIP: 1, Tab.COLLECTION: 1}
    assert db(counts.verify) == []
    # The time that comes with the step is no news of its own.
    assert db.feed()[2:] == [("order.status", "AWAITING_SHIPMENT", "AWAITING_COLLECTION")]


def test_the_feed_names_what_changed(db: Db) -> None:
    told = order()
    db.ingest(told)
    seq = db.last_seq()

    db.ingest(later(told, scan_by=told.created_at, note="cepat ya", city="Kota Solo", cancel_requested=True))

    (changed,) = db.rows("SELECT detail FROM changes WHERE kind = 'order.changed'")
    assert msgspec.json.decode(changed.detail) == {
        "fields": ["address", "cancel_requested", "deadline", "note"]
    }
    assert [kind for kind, _, _ in db.feed(since=seq)] == ["order.changed", "order.cancel_requested"]
    assert "cancel_request" in db.order().attention


def test_only_a_newer_time_is_stored_in_silence(db: Db) -> None:
    told = order()
    db.ingest(told)

    result = db.ingest(later(told))

    assert result == orders.Ingested(seen=1, unchanged=1)
    assert db.order().updated_at == told.updated_at + MINUTE
    assert len(db.feed()) == 1


def test_what_is_ours_survives(db: Db) -> None:
    told = order(note="bubble wrap")
    db.ingest(told)
    pk = db.order().id
    db(orders.confirm, [pk], NOW, "Sari")
    db(orders.mark_note_seen, pk, "bubble wrap", NOW)
    db.rows(
        "UPDATE packages SET tracking_status = 'picked_up', misses = 3 WHERE order_pk = :pk RETURNING 1",
        pk=pk,
    )

    db.ingest(later(told, status="IN_TRANSIT", packages=(package(status="FULFILLING"),)))

    row = db.order()
    assert (row.confirmed_at, row.confirmed_by, row.note_seen_at) == (NOW, "Sari", NOW)
    (parcel,) = db.rows("SELECT status, courier, tracking_status, misses, due_at FROM packages")
    assert tuple(parcel) == ("FULFILLING", "jnt", "picked_up", 3, NOW)


def test_a_changed_note_is_unread_again(db: Db) -> None:
    told = order(note="warna biru")
    db.ingest(told)
    db(orders.mark_note_seen, db.order().id, "warna biru", NOW)

    db.ingest(later(told, note="warna merah"))

    assert db.order().note_seen_at is None


def test_parcels_come_and_go(db: Db) -> None:
    told = order(packages=(package("1"), package("2", tracking_number="JP2")))
    db.ingest(told)
    assert db.order().packages == 2

    db.ingest(later(told, packages=(package("2"), package("3"))))

    parcels = db.rows("SELECT package_id, tracking_number FROM packages ORDER BY package_id")
    # What the order leaves out of a parcel it does not take away.
    assert [tuple(parcel) for parcel in parcels] == [("2", "JP2"), ("3", None)]
    assert db.order().tracking_number == "JP2"

    db.ingest(later(told, 2, packages=()))

    row = db.order()
    assert (row.packages, row.courier, row.tracking_number) == (0, None, None)


def test_one_parcel_told_twice_is_one(db: Db) -> None:
    db.ingest(order(packages=(package("1"), package("1", status="PROCESSING"))))

    assert db.order().packages == 1


@pytest.mark.parametrize(
    ("status", "due"),
    [("AWAITING_SHIPMENT", None), ("AWAITING_COLLECTION", NOW), ("IN_TRANSIT", NOW), ("DELIVERED", None)],
)
def test_parcels_under_way_are_looked_for(db: Db, status: str, due: int | None) -> None:
    db.ingest(order(status=status))

    assert db.rows("SELECT due_at FROM packages")[0].due_at == due


def test_parcels_at_rest_stay_at_rest(db: Db) -> None:
    told = order(status="IN_TRANSIT")
    db.ingest(told)
    db.rows("UPDATE packages SET due_at = NULL, tracking_status = 'delivered' RETURNING 1")
    db.ingest(later(told, note="halo"))
    assert db.rows("SELECT due_at FROM packages")[0].due_at is None

    db.rows("UPDATE packages SET due_at = 1, tracking_status = 'in_transit' RETURNING 1")
    db.ingest(later(told, 2, status="COMPLETED"))
    assert db.rows("SELECT due_at FROM packages")[0].due_at is None


def test_nul_and_lone_surrogates_do_not_reach_the_database(db: Db) -> None:
    hostile = ItemRecord("1", "Kaos\0 \ud800Polos", 1, 1)

    db.ingest(order("1", note="a\0b", items=()), order("2", buyer="\udfff", items=(hostile,)))

    assert (db.order("1").note, db.order("2").buyer) == ("ab", "\ufffd")
    assert db.rows("SELECT name FROM items")[0].name == "Kaos \ufffdPolos"


def test_an_id_that_no_database_takes_is_looked_up_as_it_is_stored(db: Db) -> None:
    assert db.ingest(order("1\0"), order("\ud8002")).new == 2

    assert {row.order_id for row in db.rows("SELECT order_id FROM orders")} == {"1", "\ufffd2"}
    assert db.ingest(order("1"), order("1\0"), order("\ufffd2")).unchanged == 2


def test_a_new_order_is_told_in_the_feed_whole(db: Db) -> None:
    db.ingest(order(cancel_requested=True))

    told = db.rows(
        "SELECT at, shop_id, order_pk, order_id, kind, old, new, detail, actor FROM changes ORDER BY seq"
    )
    where = (NOW, db.shop, db.order().id, "580000000000000001")
    assert [tuple(row) for row in told] == [
        (*where, "order.new", None, "AWAITING_SHIPMENT", None, "platform"),
        (*where, "order.cancel_requested", None, None, None, "platform"),
    ]
    assert (db.order().tags, db.rows("SELECT misses FROM packages")[0].misses) == ("", 0)


def test_a_written_out_escape_is_text_like_any_other() -> None:
    told = order(note="\\u0000")

    assert fingerprint(told)[0].note == "\\u0000"


def test_shops_do_not_see_each_others_orders(db: Db) -> None:
    other = db(orders.shop_pk, "toko-lain", "file")
    db.ingest(order())

    assert db(orders.ingest, other, [order(note="x")], NOW).new == 1
    assert db(orders.shop_pk, "toko-lain", "file") == other
    assert len(db.rows("SELECT 1 FROM orders")) == 2


def test_more_orders_than_one_look_up_takes(db: Db) -> None:
    told = [order(str(580_000_000_000_000_000 + n), items=(), packages=()) for n in range(1_100)]

    assert db.ingest(*told).new == 1_100
    assert db.ingest(*told).unchanged == 1_100


def test_an_unknown_status_asks_for_a_person(db: Db) -> None:
    db.ingest(order(status="UNKNOWN", raw_status="TELEPORTING"))

    row = db.order()
    assert (row.tab, row.raw_status, row.attention) == (Tab.ACTION, "TELEPORTING", "unknown_status")


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ((), ("", 0)),
        ((SHIRT,), ("2x Kaos Polos Hitam, L", 2)),
        ((ItemRecord("1", "Helm Bogo", 1, 1),), ("1x Helm Bogo", 1)),
        ((SHIRT, CAP), ("3 barang: Kaos Polos, Topi Trucker", 3)),
        ((SHIRT, msgspec.structs.replace(SHIRT, unit_price=0, is_gift=True)), ("4 barang: Kaos Polos", 4)),
        ((ItemRecord("1", "W" * 10_000, 1, 1),), ("1x " + "W" * 157, 1)),
    ],
)
def test_the_items_in_one_line(items: tuple[ItemRecord, ...], expected: tuple[str, int]) -> None:
    assert summary(items) == expected
