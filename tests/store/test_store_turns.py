"""Whose turn it is to be looked for, and what a person's wish does to it."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from store import packages
from store.packages import REFRESH_GAP, Refresh
from store.times import HOUR, MINUTE
from store.urgency import HURRIED, MOVING, PAST, RESTING, SOON, lateness, patience
from tests.store.store_kit import NOW, Db, order, package


def sent(db: Db, order_id: str, due_at: int | None, status: str | None = None, **more: Any) -> int:
    """An order with one parcel; the answer is its pk."""
    state = more.pop("state", "IN_TRANSIT")
    courier = more.pop("courier", "jnt")
    parcel = package(order_id, tracking_number=f"JP{order_id}", courier=courier)
    db.ingest(order(order_id, state, packages=(parcel,), **more))
    db.store.write(
        lambda conn: conn.exec_driver_sql(
            f"UPDATE packages SET due_at = {due_at or 'NULL'},"
            f" tracking_status = {repr(status) if status else 'NULL'} WHERE package_id = '{order_id}'"
        )
    )
    pk: int = db.order(order_id).id
    return pk


def turns(db: Db, limit: int = 100) -> list[str]:
    return [row.order_id for row in db(packages.due, NOW, limit)]


@pytest.mark.parametrize(
    ("status", "state", "scan_by", "kind"),
    [
        ("out_for_delivery", "IN_TRANSIT", None, HURRIED),
        (None, "AWAITING_COLLECTION", NOW + SOON, HURRIED),
        (None, "AWAITING_COLLECTION", NOW - PAST, HURRIED),
        (None, "AWAITING_COLLECTION", NOW + SOON + 1, RESTING),
        (None, "AWAITING_COLLECTION", None, RESTING),
        ("picked_up", "IN_TRANSIT", NOW, MOVING),
        ("exception", "IN_TRANSIT", None, RESTING),
    ],
)
def test_the_class_of_a_parcel(status: str | None, state: str, scan_by: int | None, kind: int) -> None:
    assert patience(status, state, scan_by, NOW) == kind


def test_the_store_sorts_as_the_policy_says(db: Db) -> None:
    cases = itertools.product(
        ("out_for_delivery", "in_transit", "exception", None),
        ("AWAITING_COLLECTION", "IN_TRANSIT"),
        (NOW + HOUR, NOW + 100 * HOUR),
        (7 * MINUTE, 31 * MINUTE, 5 * HOUR),
    )
    for place, (status, state, scan_by, late) in enumerate(cases):
        sent(db, str(place), NOW - late - place * 977, status, state=state, scan_by=scan_by)
    rows = db(packages.due, NOW, 100)

    def turn(row: packages.Due) -> int:
        return lateness(row.due_at, patience(row.tracking_status, row.order_status, row.scan_by, NOW), NOW)

    assert len(rows) == 48
    assert [turn(row) for row in rows] == sorted(map(turn, rows), reverse=True)


def test_many_parcels_of_one_courier_do_not_hide_the_others(db: Db) -> None:
    for place in range(5):
        sent(db, str(place), NOW - HOUR + place)
    sent(db, "8", NOW - MINUTE, courier="jne")
    assert turns(db, limit=2) == ["0", "1", "8"]


def test_what_a_person_asks_for_goes_first_and_once(db: Db) -> None:
    sent(db, "1", NOW - 9 * HOUR, "out_for_delivery")
    pk = sent(db, "2", NOW + HOUR, "exception")
    assert db(packages.refresh_now, pk, NOW) is Refresh.ASKED
    assert turns(db) == ["2", "1"] and [row.order_id for row in db(packages.wanted)] == ["2"]

    db(packages.schedule, pk, "2", due_at=NOW + HOUR, now=NOW, missed=True)
    assert turns(db) == ["1"] and db(packages.wanted) == []


def test_a_look_that_was_just_taken_is_not_taken_again(db: Db) -> None:
    pk = sent(db, "1", None)
    db(packages.schedule, pk, "1", due_at=NOW + HOUR, now=NOW)
    assert db(packages.refresh_now, pk, NOW + REFRESH_GAP - 1) is Refresh.TOO_SOON
    assert db(packages.wanted) == []
    assert db(packages.refresh_now, pk, NOW + REFRESH_GAP) is Refresh.ASKED


@pytest.mark.parametrize(
    ("state", "status", "answer"),
    [
        ("AWAITING_SHIPMENT", None, Refresh.NOTHING),
        ("COMPLETED", "delivered", Refresh.NOTHING),
        ("IN_TRANSIT", "returned", Refresh.RESTS),
        ("IN_TRANSIT", "cancelled", Refresh.ASKED),
        ("DELIVERED", "delivered", Refresh.ASKED),
        ("AWAITING_COLLECTION", None, Refresh.ASKED),
    ],
)
def test_which_parcels_can_be_asked_about(db: Db, state: str, status: str | None, answer: Refresh) -> None:
    assert db(packages.refresh_now, sent(db, "1", None, status, state=state), NOW) is answer


def test_an_order_nobody_knows(db: Db) -> None:
    assert db(packages.refresh_now, 4711, NOW) is Refresh.NOTHING
