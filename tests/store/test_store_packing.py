"""The packing table's rows: evidence that stays, codes that are taught, parcels found, the day's numbers."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from store import packing, packing_parcels
from store.bulk import table_of
from store.models import Packing
from store.packing_facts import Contents, Line, Parcel, Past, Scan, Stop, contents_of, encode, stops_of
from store.records import PackageRecord
from store.times import MINUTE, SECOND
from tests.store.store_kit import CAP, NOW, Db, order, package

BY = "Sari"
ARRANGED: dict[str, Any] = {"status": "PROCESSING", "tracking_number": "JP1234567890"}


def ready(db: Db, order_id: str = "580000000000000001", **told: Any) -> Parcel:
    """A stored parcel that can be packed."""
    parcels = told.pop("packages", (package(**ARRANGED),))
    db.ingest(order(order_id, "AWAITING_COLLECTION", packages=parcels, **told))
    return db(packing_parcels.find, [order_id])[0]


def begun(db: Db, parcel: Parcel, now: int = NOW, by: str = BY) -> int:
    return db(packing.begin, parcel, db(packing_parcels.contents, parcel), by, now)


def packed(db: Db, parcel: Parcel, start: int, end: int, by: str = BY) -> int:
    pid = begun(db, parcel, start, by)
    row = db(packing.load, pid)
    assert row is not None
    db(packing.finish, row, row.contents, parcel, end)
    return pid


def test_a_parcel_is_found_by_each_of_its_names(db: Db) -> None:
    parcel = ready(db)
    for code in ("JP1234567890", "1150000000000000001", "580000000000000001"):
        assert db(packing_parcels.find, ["nothing", code]) == [parcel]
    assert db(packing_parcels.find, []) == []
    assert db(packing_parcels.find, ["JP123456789"]) == []
    assert (parcel.shop, parcel.courier, parcel.parts[0].parcels) == ("toko-contoh", "jnt", 1)


def test_a_package_id_of_two_shops_is_two_parcels(db: Db) -> None:
    from store import orders

    ready(db)
    other = db(orders.shop_pk, "toko-lain")
    db(orders.ingest, other, [order("57", packages=(package(**ARRANGED),))], NOW)
    assert {one.shop for one in db(packing_parcels.find, ["JP1234567890"])} == {"toko-contoh", "toko-lain"}


def test_a_cancelled_sibling_does_not_split_an_order(db: Db) -> None:
    parcel = ready(db, packages=(package(**ARRANGED), package("2", status="CANCELLED")))
    assert parcel.parts[0].parcels == 1
    assert db(packing_parcels.contents, parcel).shared == 0


def test_open_numbers_are_those_that_wait(db: Db) -> None:
    ready(db)
    db.ingest(order("57", "COMPLETED", packages=(PackageRecord("3", "COMPLETED", tracking_number="JP3"),)))
    assert db(lambda conn: list(packing_parcels.open_numbers(conn))) == [
        ((db.shop, "1150000000000000001"), "JP1234567890")
    ]


def test_the_past_of_a_parcel(db: Db) -> None:
    parcel = ready(db)

    def past() -> Past:
        return db(packing_parcels.past, [parcel.key])[parcel.key]

    assert past() == Past()
    pid = begun(db, parcel)
    assert past().open_id == pid
    db(packing.abort, pid, NOW)
    assert past().open_id is None
    packed(db, parcel, NOW, NOW + MINUTE)
    packed(db, parcel, NOW + MINUTE, NOW + 2 * MINUTE, "Budi")
    assert (past().packed_at, past().packer) == (NOW + 2 * MINUTE, "Budi")
    assert db(packing_parcels.past, []) == {}


def test_evidence_is_kept_word_for_word(db: Db) -> None:
    parcel = ready(db, items=(CAP,))
    pid = begun(db, parcel)
    row = db(packing.load, pid)
    assert row is not None
    inside = Contents(row.contents.lines, (Scan(NOW, "\x1b[31m '; --", "wrong_item"),))
    stop = Stop(NOW, "wrong_item", "'; --", {"sku": "x"})
    db(packing.halt, row, inside, stop, parcel)
    row = db(packing.load, pid)
    assert row is not None
    assert (row.contents, row.stops, row.halted) == (inside, (stop,), stop)
    assert db(packing.acknowledge, pid, "Budi", NOW + 1)
    assert not db(packing.acknowledge, pid, "Budi", NOW + 2), "once"
    row = db(packing.load, pid)
    assert row is not None
    assert (row.halted, row.stops[0].by, row.stops[0].acknowledged_at, row.done_at) == (
        None,
        "Budi",
        NOW + 1,
        None,
    )


def test_a_stopped_packing_ends_when_somebody_has_seen_it(db: Db) -> None:
    parcel = ready(db)
    pid = db(packing.stopped, parcel, Stop(NOW, "cancelled", "JP1"), BY)
    row = db(packing.load, pid)
    assert row is not None
    assert (row.outcome, row.done_at) == ("stopped", None)
    db(packing.acknowledge, pid, BY, NOW + 5)
    row = db(packing.load, pid)
    assert row is not None
    assert row.done_at == NOW + 5
    assert db.feed()[-1] == ("packing.stopped", None, "cancelled")


def test_a_stop_in_the_middle_ends_that_packing_and_no_other(db: Db) -> None:
    parcel = ready(db)
    pid = begun(db, parcel)
    assert db(packing.stopped, parcel, Stop(NOW, "cancelled"), BY, reopen=pid) == pid
    # It has ended: another stop is a row of its own.
    assert db(packing.stopped, parcel, Stop(NOW, "cancelled"), BY, reopen=pid) != pid


def test_each_order_of_a_combined_parcel_hears_of_it(db: Db) -> None:
    ready(db, "57")
    parcel = ready(db)
    seq = db.last_seq()
    packed(db, parcel, NOW, NOW + 1)
    told = db.rows("SELECT order_id, actor FROM changes WHERE seq > :seq ORDER BY order_id", seq=seq)
    assert [tuple(row) for row in told] == [("57", "seller"), ("580000000000000001", "seller")]


def test_codes_are_taught_per_shop_and_the_newest_counts(db: Db) -> None:
    db(packing.teach, 1, "899", "s1", NOW)
    db(packing.teach, 2, "899", "s2", NOW)
    db(packing.teach, 1, "899", "s3", NOW + 1)
    assert db(packing.skus, 1, ["899", "900"]) == {"899": "s3"}
    assert db(packing.skus, 2, ["899"]) == {"899": "s2"}
    assert db(packing.forget, 1, "899")
    assert db(packing.skus, 1, ["899"]) == {}


def test_codes_of_the_stock_list_are_known_in_any_case(db: Db) -> None:
    db(lambda conn: conn.execute(text(
        "INSERT INTO stock (shop_id, sku_id, seller_sku, on_hand, updated_at) VALUES (1, '17', 'KP-Htm', 1, 0)"
    )))  # fmt: skip
    assert db(packing.skus, 1, ["kp-htm", "17", "18"]) == {"kp-htm": "17", "17": "17"}
    db(packing.teach, 1, "17", "99", NOW)
    assert db(packing.skus, 1, ["17"]) == {"17": "99"}, "what a person taught counts more"


@pytest.mark.parametrize("junk", ["", "{", "[]", "null", '{"lines":[{"x":1}]}', '[{"at":"soon"}]'])
def test_evidence_of_a_newer_version_is_no_failure(db: Db, junk: str) -> None:
    assert contents_of(junk if junk != "[]" else "7") == Contents()
    assert stops_of(junk) == ()
    parcel = ready(db)
    pid = begun(db, parcel)
    db(lambda conn: conn.execute(table_of(Packing).update().values(items=junk, stops=junk)))
    row = db(packing.load, pid)
    assert row is not None
    assert (row.contents, row.stops) == (Contents(), ())
    reader = db.store.reader()
    assert reader.packings(1)[0].wanted == 0
    reader.close()


def test_old_evidence_stays_readable() -> None:
    kept = '{"lines":[{"order_pk":1,"order_id":"58","line":0,"sku_id":"s","name":"n","wanted":2}],"scans":[]}'
    assert contents_of(kept) == Contents((Line(1, "58", 0, "s", "n", 2),))
    assert contents_of(encode(Contents())) == Contents()


def test_the_day_s_numbers(db: Db) -> None:
    parcel = ready(db)
    with_reader = db.store.reader()
    day = with_reader.packing_day(NOW)
    assert (day.packed, day.stopped, day.median_ms, day.packers, day.last) == (0, 0, None, (), ())
    packed(db, parcel, NOW - 1, NOW)
    for n, (by, took) in enumerate([(BY, 20), ("Budi", 40), (BY, 90), (BY, 30), (BY, 50), (BY, 60)]):
        packed(db, parcel, NOW + n, NOW + n + took * SECOND, by)
    db(packing.stopped, None, Stop(NOW, "unknown", "x"), BY)
    db(packing.abort, begun(db, parcel, NOW), NOW + 1)
    day = with_reader.packing_day(NOW)
    assert (day.packed, day.stopped, day.median_ms) == (6, 1, 45 * SECOND)
    assert day.packers == ((BY, 5), ("Budi", 1))
    assert [row.at - NOW for row in day.last] == [5 + 60_000, 4 + 50_000, 3 + 30_000, 2 + 90_000, 1 + 40_000]
    with_reader.close()


def test_the_packings_of_an_order_with_those_of_its_combined_parcel(db: Db) -> None:
    lead = ready(db, "57")
    both = ready(db)
    assert both.parts[0].order_id == lead.parts[0].order_id
    pid = packed(db, both, NOW, NOW + MINUTE)
    reader = db.store.reader()
    for part in both.parts:
        (row,) = reader.packings(part.pk)
        assert (row.id, row.outcome, row.packer, row.wanted, row.scanned, row.by_hand) == (
            pid,
            "packed",
            BY,
            4,
            0,
            0,
        )
    assert reader.packings(99) == []
    reader.close()
