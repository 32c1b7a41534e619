"""The kept counts agree with the orders, and say so when they do not."""

from __future__ import annotations

from store import counts
from store.counts import CountDifference
from store.status import Tab
from tests.store.store_kit import Db, order


def test_deltas_add_up(db: Db) -> None:
    db(counts.apply, db.shop, {Tab.TO_SHIP: 3, Tab.TRANSIT: 0})
    db(counts.apply, db.shop, {Tab.TO_SHIP: -1, Tab.TRANSIT: 1})

    kept = db.rows("SELECT tab, n FROM tab_counts ORDER BY tab")
    assert [tuple(row) for row in kept] == [(Tab.TO_SHIP, 2), (Tab.TRANSIT, 1)]


def test_a_difference_is_found_and_mended(db: Db) -> None:
    db.ingest(order("1"), order("2"), order("3", "DELIVERED"))
    assert db(counts.verify) == []

    db(counts.apply, db.shop, {Tab.TO_SHIP: 5, Tab.UNPAID: 1, Tab.DELIVERED: -1})

    assert db(counts.verify) == [
        CountDifference(db.shop, Tab.UNPAID, kept=1, real=0),
        CountDifference(db.shop, Tab.TO_SHIP, kept=7, real=2),
        CountDifference(db.shop, Tab.DELIVERED, kept=0, real=1),
    ]
    db(counts.recount)
    assert db(counts.verify) == []


def test_no_orders_no_counts(db: Db) -> None:
    db(counts.apply, db.shop, {Tab.TO_SHIP: 5})
    db(counts.recount)

    assert db.rows("SELECT 1 FROM tab_counts") == []
