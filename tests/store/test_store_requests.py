"""Requests of buyers: the newest wins, and the order knows."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy import text as sql

from store import actions, requests
from store.reader import Reader
from store.reading.within import Within
from store.records import RequestRecord
from store.request_facts import Answers, Decision, Proof, Reason, RequestDetail, RequestLine, encode
from store.requests import Taken
from store.times import DAY, HOUR, MINUTE, SECOND
from store.views import RequestRow
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


def test_the_nearest_deadline_is_looked_at_first_and_a_pass_has_an_end(db: Db) -> None:
    db.ingest(order(status="DELIVERED"))
    take(db, *(request(str(n), deadline_at=NOW + (100 - n) * HOUR) for n in range(30)))
    take(db, request("clockless", deadline_at=None))
    found = db(requests.unread, db.shop, NOW, 20)
    assert [one.request_id for one in found] == [str(n) for n in range(29, 29 - 20, -1)]
    everything = db(requests.unread, db.shop, NOW, 100)
    assert [one.request_id for one in everything][-1] == "clockless"


def test_who_waits_for_nothing_is_not_looked_at_and_who_failed_waits_a_while(db: Db) -> None:
    db.ingest(order(status="DELIVERED"))
    told = request()
    take(db, told, closed(request("2"), "BUYER_SHIPPED_ITEM"))
    at = told.updated_at + MINUTE
    (one,) = db(requests.unread, db.shop, at, 9)
    db(requests.looked, one.pk, at, proof=None, options=None)
    assert db(requests.unread, db.shop, at + MINUTE, 9) == []
    assert db(requests.unread, db.shop, at + HOUR, 9) == [one]
    db(
        requests.looked,
        one.pk,
        at,
        proof=Proof(),
        options=Answers((Decision("A", reasons=(Reason("x", "y"),)),)),
    )
    assert db(requests.unread, db.shop, at + HOUR, 9) == []
    take(db, request(updated_at=at + SECOND, status="AWAITING_BUYER_RESPONSE"))
    assert len(db(requests.unread, db.shop, at + HOUR, 9)) == 1


def read(db: Db, *args: Any, **kwargs: Any) -> list[RequestRow]:
    """What the reader tells, asked apart and within a transaction alike."""
    reader = db.store.reader()
    try:
        told = reader.requests(*args, **kwargs)
    finally:
        reader.close()
    assert db(lambda conn: Reader(Within(conn)).requests(*args, **kwargs)) == told
    return told


def test_the_reader_lists_open_requests_by_deadline_with_their_order_and_facts(db: Db) -> None:
    db.ingest(order(status="DELIVERED", payment_method="GoPay"))
    goods = RequestDetail(role="BUYER", lines=(RequestLine("1", "Kaos", 2),), tracking_number="JX1")
    take(
        db,
        request("late", deadline_at=NOW + DAY),
        request("soon", deadline_at=NOW + HOUR, detail=encode(goods), amount=5_000),
        request("clockless", deadline_at=None, status="AWAITING_BUYER_SHIP", next_action=None),
        request("stranger", order_id="another"),
        closed(request("over"), "RETURN_OR_REFUND_REQUEST_COMPLETE"),
    )
    assert [row.request_id for row in read(db)] == ["soon", "late", "stranger", "clockless"]
    assert {row.request_id for row in read(db, open_only=False)} - {row.request_id for row in read(db)} == {
        "over"
    }
    assert [row.request_id for row in read(db, limit=1)] == ["soon"]
    pk = db.order().id
    (soon, *_) = read(db, pk)
    assert "stranger" not in {row.request_id for row in read(db, [pk])}
    assert (soon.detail, soon.amount, soon.proof, soon.options) == (goods, 5_000, None, None)
    assert (soon.shop, soon.order_status, soon.payment_method, soon.cod) == (
        "toko-contoh",
        "DELIVERED",
        "GoPay",
        False,
    )
    stranger = next(row for row in read(db) if row.request_id == "stranger")
    assert (stranger.order_pk, stranger.order_status, stranger.buyer) == (None, None, None)


def test_a_request_is_found_by_its_id_and_by_its_orders(db: Db) -> None:
    db.ingest(order(status="DELIVERED"))
    take(db, request("1"), request("2"), closed(request("3"), "RETURN_OR_REFUND_REQUEST_COMPLETE"))
    reader = db.store.reader()
    ids = {
        text: [row.request_id for row in reader.find_requests(text)]
        for text in ("3", request().order_id, "9")
    }
    pks = [row.pk for row in reader.requests(open_only=False)]
    assert [row.pk for row in reader.requests_by_pk([*reversed(pks), 999])] == [*reversed(pks)]
    reader.close()
    assert ids == {"3": ["3"], request().order_id: ["1", "2"], "9": []}


def test_facts_that_a_newer_version_wrote_are_left_out(db: Db) -> None:
    db.ingest(order())
    take(db, request(detail='{"lines": 7}'))
    db(lambda conn: conn.execute(sql("UPDATE requests SET proof = '[', options = '{\"decisions\": [1]}'")))
    (row,) = read(db)
    assert (row.detail, row.proof, row.options) == (RequestDetail(), None, None)


def test_who_answered_from_here_stands_in_the_feed(db: Db) -> None:
    db.ingest(order(status="DELIVERED"))
    asked = request()
    take(db, asked, request("5"))
    db(actions.queue, shop_id=db.shop, kind="approve", order_pk=db.order().id, order_id=asked.order_id,
       target="4035:APPROVE_RETURN", package_id=None, params={}, by="sari", now=NOW)  # fmt: skip
    (row,) = db(actions.claim, owner="w", now=NOW, lease_ms=9_999, limit=1)
    assert db(actions.mark_sending, row.id, row.fence, NOW, NOW)
    take(db, closed(asked, "AWAITING_BUYER_SHIP"), closed(request("5"), "RETURN_OR_REFUND_REQUEST_CANCEL"))
    told = [
        tuple(row)
        for row in db.rows("SELECT kind, new, actor FROM changes WHERE kind LIKE 'request.%' ORDER BY seq")
    ]
    assert told[-2:] == [
        ("request.answered", "AWAITING_BUYER_SHIP", "sari"),
        ("request.status", "RETURN_OR_REFUND_REQUEST_CANCEL", "platform"),
    ]
    assert db(requests.answered_from_here, db.shop, [asked.order_id, "another"]) == {asked.order_id}


@pytest.mark.parametrize(
    "detail",
    [
        RequestDetail(wire_type="CANCEL", role="SELLER"),
        RequestDetail(wire_type="CANCEL", role="SYSTEM"),
        RequestDetail(role="SELLER"),
    ],
)
def test_a_cancellation_of_the_sellers_own_is_not_the_buyers(db: Db, detail: RequestDetail) -> None:
    db.ingest(order(arrange_by=None, scan_by=None))
    own: dict[str, Any] = OPEN_CANCEL | {"status": "CANCELLATION_REQUEST_SUCCESS", "next_action": None}

    take(db, request(**own, detail=encode(detail)))

    assert (bool(db.order().cancel_requested), db.order().attention) == (False, None)
    assert ("order.cancel_requested", None, None) not in db.feed()


@pytest.mark.parametrize(
    "told",
    [
        {"detail": encode(RequestDetail(wire_type="BUYER_CANCEL", role="BUYER"))},
        {"detail": encode(RequestDetail(wire_type="BUYER_CANCEL")), "next_action": None},
        {"detail": None, "next_action": None},
    ],
)
def test_a_buyers_cancellation_is_held_until_it_is_through(db: Db, told: dict[str, Any]) -> None:
    db.ingest(order(arrange_by=None, scan_by=None))

    take(db, request(**(OPEN_CANCEL | told)))

    assert bool(db.order().cancel_requested) is True
