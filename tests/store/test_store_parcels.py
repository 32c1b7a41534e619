"""Lanes kept and used, disputes, judging again, and the reads that statistics are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from store import attention, parcels, requests
from store.attention import Lane, Patience
from store.reader import Reader
from store.reading.performance import CancelledRow, Dispatch
from store.records import RequestRecord
from store.times import DAY, HOUR
from tests.store.store_kit import NOW, Db, order, package

SHIPPED: dict[str, Any] = {"packages": (package(tracking_number="JP1"),), "province": "Jawa Barat"}


@pytest.fixture(autouse=True)
def _unlearned() -> Iterator[None]:
    yield
    attention.use({})


@pytest.fixture
def reader(db: Db) -> Iterator[Reader]:
    opened = db.store.reader()
    yield opened
    opened.close()


def pk(db: Db, order_id: str = "580000000000000001") -> int:
    return int(db.order(order_id).id)


def reason(db: Db, order_id: str = "580000000000000001") -> tuple[int | None, str | None]:
    row = db.order(order_id)
    return row.attention_at, row.attention


def asked(kind: str = "refund", **told: Any) -> RequestRecord:
    facts: dict[str, Any] = {
        "request_id": "1", "order_id": "580000000000000001", "kind": kind, "created_at": NOW - HOUR,
        "status": "RETURN_OR_REFUND_REQUEST_PENDING", "updated_at": NOW, "next_action": "SELLER_RESPOND_REFUND",
        "reason": "ecom_order_delivered_refund_reason_not_received",
    }  # fmt: skip
    return RequestRecord(**(facts | told))


def test_what_was_learned_replaces_what_was_known(db: Db) -> None:
    assert (db(parcels.limits), db(parcels.learned_at)) == ({}, None)
    db(
        parcels.keep,
        {Lane(db.shop, "jnt"): (HOUR, 30, None, 3), Lane(db.shop, "jne", "Bali"): (None, 0, DAY, 40)},
        NOW,
    )
    db(parcels.keep, {Lane(db.shop, "jnt"): (2 * HOUR, 31, DAY, 30)}, NOW + 1)

    assert db(parcels.limits) == {Lane(db.shop, "jnt"): (2 * HOUR, 31, DAY, 30)}
    assert db(parcels.learned_at) == NOW + 1


def test_an_order_is_judged_by_its_lane(db: Db) -> None:
    db.ingest(order(status="IN_TRANSIT", collected_at=NOW - DAY, **SHIPPED))
    attention.use({Lane(db.shop, "jnt", "Jawa Barat"): Patience(HOUR, 30 * HOUR)})

    assert db(parcels.rejudge, [pk(db)]) == 1
    assert reason(db) == (NOW + 6 * HOUR, "stuck")
    assert db(parcels.rejudge, [pk(db)]) == 0


def test_a_parcel_that_nobody_scans_calls(db: Db) -> None:
    db.ingest(order(status="AWAITING_COLLECTION", shipped_at=NOW - 30 * HOUR, scan_by=NOW + DAY, **SHIPPED))

    db(parcels.rejudge, [pk(db)])
    assert reason(db) == (NOW - 6 * HOUR, "unscanned,scan_soon")


def test_judging_keeps_the_other_reasons(db: Db) -> None:
    db.ingest(order(status="IN_TRANSIT", cancel_requested=True, collected_at=NOW, **SHIPPED))

    assert db(parcels.rejudge, [pk(db)]) == 0
    assert reason(db) == (NOW - HOUR, "cancel_request,stuck")


@pytest.mark.parametrize("kind", ["refund", "return"])
def test_a_request_that_says_it_never_came_is_a_dispute(db: Db, kind: str) -> None:
    db.ingest(order(status="DELIVERED", delivered_at=NOW - DAY, **SHIPPED))
    db(requests.upsert, db.shop, [asked(kind)], NOW)
    db(parcels.rejudge, [pk(db)])
    assert reason(db) == (NOW - HOUR, "disputed,return")

    closed = asked(kind, status="RETURN_OR_REFUND_REQUEST_COMPLETE", next_action=None, updated_at=NOW + 1)
    db(requests.upsert, db.shop, [closed], NOW + 1)
    db(parcels.rejudge, [pk(db)])
    assert reason(db) == (None, None)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"reason": "x", "reason_text": "Saya belum pernah menerima paketnya"}, True),
        ({"reason": "x", "reason_text": "Paket belum diterima"}, True),
        ({"reason": "package_never_arrived"}, True),
        ({"reason": "x", "reason_text": "I didn't receive the package"}, True),
        ({"reason": "x", "reason_text": "Tidak menerima semua barang"}, False),
        ({"reason": "x", "reason_text": "Tidak sesuai deskripsi"}, False),
        ({"reason": "ecom_order_delivered_refund_and_return_reason_no_longer_needed"}, False),
        ({"kind": "cancel"}, False),
        ({"reason": None}, False),
    ],
)
def test_which_reasons_say_so(db: Db, told: dict[str, Any], expected: bool) -> None:
    db.ingest(order(status="DELIVERED", **SHIPPED))
    db(requests.upsert, db.shop, [asked(**told)], NOW)
    assert ("disputed" in (reason(db)[1] or "")) is expected


def test_the_seller_marks_a_dispute_and_takes_it_back(db: Db) -> None:
    db.ingest(order(status="DELIVERED", **SHIPPED))
    since = db.last_seq()

    assert db(parcels.dispute, pk(db), NOW, "seller")
    assert not db(parcels.dispute, pk(db), NOW + 1, "seller")
    assert reason(db) == (NOW, "disputed")
    db.ingest(order(status="DELIVERED", note="tolong", updated_at=NOW, **SHIPPED))
    assert db.order().disputed_at == NOW  # ours survives every answer of the platform
    assert db(parcels.dispute, pk(db), NOW + 2, "seller", disputed=False)
    assert (reason(db), db.order().disputed_at) == ((None, None), None)
    kinds = [kind for kind, _, _ in db.feed(since=since) if kind.startswith("parcel")]
    assert kinds == ["parcel.disputed", "parcel.settled"]
    assert not db(parcels.dispute, 4_711, NOW, "seller")


def test_open_parcels_are_those_that_are_out(db: Db) -> None:
    states = (
        "AWAITING_COLLECTION",
        "COMPLETED",
        "IN_TRANSIT",
        "AWAITING_SHIPMENT",
        "DELIVERED",
        "IN_TRANSIT",
    )
    db.ingest(*(order(str(n), status) for n, status in enumerate(states)))
    pks = [pk(db, n) for n in ("0", "2", "4", "5")]

    assert db(parcels.open_parcels) == pks


def test_shipments_of_a_window_newest_first(db: Db, reader: Reader) -> None:
    for n, shipped in enumerate((NOW - 3 * DAY, NOW - DAY, NOW, NOW + 1, None)):
        db.ingest(order(str(n), "AWAITING_COLLECTION", shipped_at=shipped, **SHIPPED))

    found = reader.shipments(NOW - DAY, NOW)
    assert [(row.shipped_at, row.courier, row.province) for row in found] == [
        (NOW, "jnt", "Jawa Barat"),
        (NOW - DAY, "jnt", "Jawa Barat"),
    ]
    assert len(reader.shipments(0, NOW, limit=2)) == 2
    assert reader.shipments(0, NOW, shop_id=db.shop + 1) == []
    assert len(reader.shipments(0, NOW, shop_id=db.shop)) == 3


def test_what_awaits_collection_by_deadline(db: Db, reader: Reader) -> None:
    for n, hours in (("1", 5), ("2", 2), ("3", 9)):
        db.ingest(order(n, "AWAITING_COLLECTION", scan_by=NOW + hours * HOUR, shipped_at=NOW, **SHIPPED))
    db.ingest(order("4", "IN_TRANSIT", scan_by=NOW + HOUR, **SHIPPED))

    assert [row.order_id for row in reader.awaiting()] == ["2", "1", "3"]
    assert [row.order_id for row in reader.awaiting(limit=1)] == ["2"]


def test_dispatch_counts_by_the_clock(db: Db, reader: Reader) -> None:
    told = {
        "in_time": ("IN_TRANSIT", NOW - HOUR, NOW - HOUR),
        "late": ("COMPLETED", NOW - HOUR, NOW - HOUR + 1),
        "overdue": ("AWAITING_SHIPMENT", NOW - 1, None),
        "running": ("AWAITING_COLLECTION", NOW, None),
        "untold": ("IN_TRANSIT", NOW - HOUR, None),
        "cancelled": ("CANCELLED", NOW - HOUR, None),
        "unpaid": ("UNPAID", NOW - HOUR, None),
        "before": ("AWAITING_SHIPMENT", NOW - DAY - 1, None),
        "after": ("AWAITING_SHIPMENT", NOW + DAY, None),
    }
    for name, (status, scan_by, collected) in told.items():
        db.ingest(order(name, status, scan_by=scan_by, collected_at=collected))
    db.ingest(order("old", "AWAITING_SHIPMENT", scan_by=NOW, created_at=NOW - 40 * DAY))

    window = (NOW - 30 * DAY, NOW - DAY, NOW + DAY, NOW)
    assert reader.dispatch(*window) == Dispatch(1, 1, 1, 1)
    assert reader.dispatch(*window, shop_id=db.shop) == Dispatch(1, 1, 1, 1)
    assert reader.dispatch(*window, shop_id=db.shop + 1) == Dispatch(0, 0, 0, 0)


def test_cancellations_by_reason(db: Db, reader: Reader) -> None:
    paid = {"paid_at": NOW - HOUR}
    db.ingest(
        order("1", "CANCELLED", cancel_reason="Stok habis", **paid),
        order("2", "CANCELLED", cancel_reason="Stok habis", cod=True),
        order("3", "CANCELLED", cancel_reason="Pesanan tidak dibayar tepat waktu"),
        order("4", "CANCELLED", **paid),
        order("5", "AWAITING_SHIPMENT", **paid),
        order("6", "UNPAID"),
        order("7", "CANCELLED", cancel_reason="Stok habis", created_at=NOW - 9 * DAY, **paid),
    )
    key = "seller_cancel_reason_wrong_price"
    db(
        requests.upsert,
        db.shop,
        [asked("cancel", order_id="4", reason=key, status="CANCEL", next_action=None)],
        NOW,
    )

    assert reader.placed(NOW - DAY, NOW) == 4
    found = sorted(reader.cancelled(NOW - DAY, NOW), key=str)
    assert found == [CancelledRow("Stok habis", None, False, 2), CancelledRow(None, key, False, 1)]
    assert reader.cancelled(NOW - DAY, NOW, shop_id=db.shop + 1) == []


def test_what_the_platform_will_cancel(db: Db, reader: Reader) -> None:
    for n, (status, at) in enumerate(
        [("AWAITING_SHIPMENT", NOW), ("AWAITING_COLLECTION", NOW + HOUR), ("AWAITING_SHIPMENT", NOW + DAY),
         ("IN_TRANSIT", NOW + HOUR), ("AWAITING_SHIPMENT", NOW - 1)]
    ):  # fmt: skip
        db.ingest(order(str(n), status, cancel_at=at))
    assert reader.cancelling(NOW + DAY, NOW) == 2


def test_an_empty_store_has_empty_answers(reader: Reader) -> None:
    assert (reader.shipments(0, NOW), reader.awaiting(), reader.cancelled(0, NOW)) == ([], [], [])
    assert reader.dispatch(0, 0, NOW, NOW) == Dispatch(0, 0, 0, 0)
    assert (reader.placed(0, NOW), reader.cancelling(NOW, 0), list(reader.moments([1, 2]))) == (0, 0, [])
