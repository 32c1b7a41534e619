"""Requests of buyers: the newest wins, and the order knows."""

from __future__ import annotations

from typing import Any

import msgspec

from store import requests
from store.records import RequestRecord
from store.requests import Taken
from store.times import DAY, HOUR
from tests.store.store_kit import NOW, Db, order

OPEN_RETURN: dict[str, Any] = {
    "kind": "return",
    "status": "RETURN_OR_REFUND_REQUEST_PENDING",
    "next_action": "SELLER_RESPOND_RETURN",
    "deadline_at": NOW + DAY,
}
OPEN_CANCEL: dict[str, Any] = {
    "kind": "cancel",
    "status": "CANCELLATION_REQUEST_PENDING",
    "next_action": "SELLER_RESPOND_CANCEL",
    "deadline_at": NOW + DAY,
}


def request(request_id: str = "4035", **told: Any) -> RequestRecord:
    facts = {
        "order_id": "580000000000000001",
        "created_at": NOW - HOUR,
        "updated_at": NOW,
        **OPEN_RETURN,
        **told,
    }
    return RequestRecord(request_id, **facts)


def closed(record: RequestRecord, status: str) -> RequestRecord:
    return msgspec.structs.replace(
        record, status=status, next_action=None, deadline_at=None, updated_at=record.updated_at + HOUR
    )


def take(db: Db, *records: RequestRecord) -> Taken:
    return db(requests.upsert, db.shop, records, NOW)


def test_a_return_brings_the_order_to_both_tabs(db: Db) -> None:
    db.ingest(order(status="DELIVERED"))

    assert take(db, request()) == Taken(seen=1, new=1)

    row = db.order()
    assert (row.returns_at, row.attention_at, row.attention) == (NOW + DAY, NOW - HOUR, "return")
    assert row.cancel_requested is False or row.cancel_requested == 0
    assert db.feed()[-1] == ("request.new", None, "RETURN_OR_REFUND_REQUEST_PENDING")


def test_a_second_telling_changes_nothing(db: Db) -> None:
    db.ingest(order())
    take(db, request())
    seq = db.last_seq()

    assert take(db, request(), request()) == Taken(seen=1, unchanged=1)
    assert take(db, request(updated_at=NOW - 1, status="OLD")) == Taken(seen=1, stale=1)
    assert db.last_seq() == seq


def test_an_answered_return_waits_for_the_others_in_its_tab_only(db: Db) -> None:
    db.ingest(order(status="DELIVERED"))
    take(db, request())

    moved = closed(request(), "BUYER_SHIPPED_ITEM")
    assert take(db, moved) == Taken(seen=1, changed=1)

    assert (db.order().returns_at, db.order().attention) == (moved.updated_at, None)

    take(db, closed(moved, "RETURN_OR_REFUND_REQUEST_COMPLETE"))
    assert db.order().returns_at is None


def test_the_nearest_deadline_counts(db: Db) -> None:
    db.ingest(order(status="DELIVERED"))

    take(db, request("1"), request("2", deadline_at=NOW + HOUR))

    assert db.order().returns_at == NOW + HOUR


def test_a_cancellation_marks_the_order_until_it_is_answered(db: Db) -> None:
    db.ingest(order(arrange_by=None, scan_by=None))
    asked = request(**OPEN_CANCEL)
    take(db, asked)

    assert (bool(db.order().cancel_requested), db.order().attention) == (True, "cancel_request")
    assert db.order().returns_at is None
    assert ("order.cancel_requested", None, None) in db.feed()

    # The order is polled apart and may still say no.
    db.ingest(order(arrange_by=None, scan_by=None, updated_at=NOW, note="halo"))
    assert bool(db.order().cancel_requested) is True

    take(db, closed(asked, "CANCELLATION_REQUEST_CANCELLED"))
    assert (bool(db.order().cancel_requested), db.order().attention) == (False, None)


def test_the_orders_own_word_stands_without_a_request(db: Db) -> None:
    db.ingest(order(cancel_requested=True))

    take(db, closed(request(**OPEN_CANCEL), "CANCELLATION_REQUEST_COMPLETE"))

    assert bool(db.order().cancel_requested) is True


def test_a_request_may_come_before_its_order(db: Db) -> None:
    take(db, request(), request("2", **OPEN_CANCEL), request("3", order_id="another"))

    db.ingest(order(arrange_by=None, scan_by=None))

    row = db.order()
    assert (row.returns_at, bool(row.cancel_requested)) == (NOW + DAY, True)
    assert row.attention is not None
    assert set(row.attention.split(",")) == {"return", "cancel_request"}
    joined = db.rows("SELECT request_id, order_pk FROM requests ORDER BY request_id")
    assert [tuple(found) for found in joined] == [("2", row.id), ("3", None), ("4035", row.id)]
