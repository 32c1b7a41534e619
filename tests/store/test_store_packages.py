"""Parcels: when a look is due, and what a look may change."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from couriers.base import TERMINAL, TrackEvent, TrackingStatus
from store import packages
from store.times import DAY, HOUR, MINUTE
from tests.store.store_kit import NOW, Db, order, package

PICKED = TrackEvent(NOW - 2 * HOUR, TrackingStatus.PICKED_UP, "Paket diambil", "Bandung", "30901")
MOVING = TrackEvent(NOW - HOUR, TrackingStatus.IN_TRANSIT, "Tiba di  gudang", "Jakarta")
ARRIVED = TrackEvent(NOW, TrackingStatus.DELIVERED, "Diterima")


@pytest.fixture
def sent(db: Db) -> Db:
    """One order in transit with one parcel, JP1."""
    db.ingest(order(status="IN_TRANSIT", packages=(package(tracking_number="JP1"),)))
    return db


def look(
    db: Db,
    status: str,
    *events: TrackEvent,
    number: str | None = "JP1",
    source: str = "tiktok",
    due_at: int | None = NOW + HOUR,
) -> bool:
    return db(
        packages.apply_tracking, db.order().id, number, status, None, events, source,
        NOW if status == "delivered" else None, NOW, due_at,
    )  # fmt: skip


def parcel(db: Db, package_id: str = "1150000000000000001") -> Any:
    (row,) = db.rows("SELECT * FROM packages WHERE package_id = :id", id=package_id)
    return row


def test_the_words_of_both_layers_agree() -> None:
    assert set(TERMINAL) == packages.ARRIVED


def test_a_look_writes_events_parcel_order_and_feed(sent: Db) -> None:
    assert look(sent, "in_transit", PICKED, MOVING) is True

    row = parcel(sent)
    assert (row.tracking_status, row.tracking_source, row.checked_at) == ("in_transit", "tiktok", NOW)
    assert (row.last_event_at, row.due_at) == (NOW - HOUR, NOW + HOUR)
    assert (sent.order().tracking_status, sent.order().last_event_at) == ("in_transit", NOW - HOUR)
    told = sent.rows("SELECT at, status, text, location, code, source FROM tracking_events ORDER BY at")
    assert tuple(told[0]) == (NOW - 2 * HOUR, "picked_up", "Paket diambil", "Bandung", "30901", "tiktok")
    (change,) = sent.rows("SELECT * FROM changes WHERE kind = 'package.tracking'")
    assert (change.old, change.new, change.actor) == (None, "in_transit", "job")
    assert msgspec.json.decode(change.detail) == {
        "package_id": "1150000000000000001",
        "tracking_number": "JP1",
    }


def test_the_same_answer_again_changes_nothing(sent: Db) -> None:
    look(sent, "in_transit", PICKED, MOVING)
    seq = sent.last_seq()
    respaced = msgspec.structs.replace(MOVING, text=" tiba di gudang\n")

    assert look(sent, "in_transit", PICKED, respaced) is False

    assert sent.last_seq() == seq
    assert len(sent.rows("SELECT 1 FROM tracking_events")) == 2


def test_what_two_sources_tell_alike_is_one_event(sent: Db) -> None:
    look(sent, "picked_up", PICKED)
    assert PICKED.at is not None
    retold = msgspec.structs.replace(PICKED, at=PICKED.at + 10_000, text="PAKET  diambil", location=None)
    other_words = msgspec.structs.replace(PICKED, text="Shipment picked up")
    other_minute = msgspec.structs.replace(PICKED, at=PICKED.at - 2 * MINUTE)
    look(sent, "picked_up", retold, other_words, other_minute, source="binderbyte")

    told = sent.rows("SELECT text, source FROM tracking_events ORDER BY id")
    assert [row.source for row in told] == ["tiktok", "binderbyte", "binderbyte"]
    assert [row.text for row in told] == ["Paket diambil", "Shipment picked up", "Paket diambil"]


def test_the_same_words_about_two_parcels_are_two_events(sent: Db) -> None:
    look(sent, "picked_up", PICKED, number="JP1", source="one")
    look(sent, "picked_up", PICKED, number="JP2", source="two")

    assert len(sent.rows("SELECT 1 FROM tracking_events")) == 2


@pytest.mark.parametrize(
    ("known", "told", "becomes"),
    [
        ("in_transit", "unknown", "in_transit"),
        ("delivered", "in_transit", "delivered"),
        ("delivered", "returning", "returning"),
        ("delivered", "returned", "returned"),
        ("cancelled", "delivered", "delivered"),
        ("cancelled", "in_transit", "in_transit"),
        ("cancelled", "pending", "cancelled"),
        ("delivered", "delivery_failed", "delivery_failed"),
        ("returned", "returning", "returned"),
        ("delivery_failed", "out_for_delivery", "out_for_delivery"),
    ],
)
def test_which_status_stays(sent: Db, known: str, told: str, becomes: str) -> None:
    look(sent, known, PICKED)

    assert look(sent, told, ARRIVED) is (known != becomes)
    assert parcel(sent).tracking_status == becomes


def test_the_first_look_may_say_unknown(sent: Db) -> None:
    look(sent, "unknown")

    assert parcel(sent).tracking_status == "unknown"


def test_an_aggregator_that_lags_does_not_turn_back_time(sent: Db) -> None:
    look(sent, "in_transit", MOVING)

    assert look(sent, "picked_up", PICKED, source="binderbyte") is False
    assert parcel(sent).tracking_status == "in_transit"


def test_a_source_that_missed_the_arrival_cannot_send_a_parcel_back(sent: Db) -> None:
    look(sent, "delivered", ARRIVED)

    earlier = TrackEvent(NOW - HOUR, TrackingStatus.RETURNING, "Paket diretur")
    assert look(sent, "returning", earlier, source="binderbyte") is False
    assert look(sent, "returning", source="binderbyte") is False
    assert (parcel(sent).tracking_status, parcel(sent).delivered_at) == ("delivered", NOW)


def test_what_went_back_after_all_was_not_delivered(sent: Db) -> None:
    look(sent, "delivered", MOVING)

    assert look(sent, "returned", TrackEvent(NOW, TrackingStatus.RETURNED, "Retur selesai")) is True
    assert (parcel(sent).tracking_status, parcel(sent).delivered_at) == ("returned", None)


def test_a_clock_that_runs_ahead_makes_no_other_source_look_old(sent: Db) -> None:
    ahead = msgspec.structs.replace(PICKED, at=NOW + 7 * HOUR)
    look(sent, "picked_up", ahead, source="binderbyte")
    assert (parcel(sent).tracking_status, parcel(sent).last_event_at) == ("picked_up", None)

    assert look(sent, "in_transit", MOVING) is True
    assert parcel(sent).last_event_at == MOVING.at


def test_many_findings_at_once_are_as_one_after_the_other(db: Db) -> None:
    two = (package("1", tracking_number="JP1"), package("2", tracking_number="JP2"))
    db.ingest(order("1", "IN_TRANSIT", packages=two), order("2", "IN_TRANSIT", packages=(package("3"),)))
    one, other = db.order("1").id, db.order("2").id

    def found(pk: int, number: str | None, status: str, *events: TrackEvent) -> packages.Finding:
        return packages.Finding(pk, number, status, None, events, "one", None, NOW + HOUR)

    findings = [
        found(one, "JP1", "picked_up", PICKED),
        found(one, "JP2", "exception", MOVING),
        found(one, "JP1", "in_transit", PICKED, MOVING),
        found(other, None, "unknown"),
        found(4711, "JP1", "in_transit"),
    ]
    assert db(packages.apply_findings, findings, NOW) == [True, True, True, True, False]

    assert [parcel(db, n).tracking_status for n in "123"] == ["in_transit", "exception", "unknown"]
    assert (db.order("1").tracking_status, db.order("1").last_event_at) == ("exception", NOW - HOUR)
    told = db.rows("SELECT old, new FROM changes WHERE kind = 'package.tracking' ORDER BY seq")
    assert [tuple(row) for row in told] == [
        (None, "picked_up"), (None, "exception"), ("picked_up", "in_transit"), (None, "unknown"),
    ]  # fmt: skip
    assert len(db.rows("SELECT 1 FROM tracking_events")) == 3


def test_an_arrived_parcel_is_looked_for_no_more(sent: Db) -> None:
    look(sent, "delivered", ARRIVED, due_at=NOW + DAY)

    row = parcel(sent)
    assert (row.due_at, row.delivered_at) == (None, NOW)
    assert sent(packages.due, NOW + 9 * DAY, 10) == []


def test_without_a_number_the_answer_concerns_every_parcel(db: Db) -> None:
    parcels = (package("1", tracking_number="JP1"), package("2", tracking_number="JP2"))
    db.ingest(order(status="IN_TRANSIT", packages=parcels))

    look(db, "picked_up", PICKED, number=None)
    look(db, "exception", MOVING, number="JP2")

    assert (parcel(db, "1").tracking_status, parcel(db, "2").tracking_status) == ("picked_up", "exception")
    # The list shows the parcel in trouble, and the order calls for a person.
    assert (db.order().tracking_status, db.order().tracking_number) == ("exception", "JP1")
    assert (db.order().attention_at, db.order().attention) == (NOW - HOUR, "stuck")


def test_due_parcels_longest_waiting_first(db: Db) -> None:
    for n, waits in (("1", 5), ("2", 50), ("3", -5)):
        db.ingest(order(n, "IN_TRANSIT", packages=(package(n, tracking_number=f"JP{n}"),), phone="+62812"))
        db(packages.schedule, db.order(n).id, n, due_at=NOW - waits, now=NOW)

    first, second = db(packages.due, NOW, 10)

    assert (first.order_id, first.tracking_number, first.phone) == ("2", "JP2", "+62812")
    assert (second.order_id, second.order_status) == ("1", "IN_TRANSIT")
    assert [row.order_id for row in db(packages.due, NOW, 1)] == ["2"]
    assert db(packages.due, NOW, 10, db.shop + 1) == []


def test_misses_are_counted_until_a_look_succeeds(sent: Db) -> None:
    pk = sent.order().id
    for _ in range(2):
        sent(packages.schedule, pk, "1150000000000000001", due_at=NOW + 1, now=NOW, missed=True)
    assert parcel(sent).misses == 2

    look(sent, "picked_up", PICKED)
    assert parcel(sent).misses == 0


def test_a_number_learnt_after_shipping_reaches_the_list_and_the_search(db: Db) -> None:
    combined = (package("9"),)
    db.ingest(order("1", packages=combined), order("2", packages=combined))

    db(packages.set_number, db.shop, "9", "JX42")

    assert {db.order(n).tracking_number for n in ("1", "2")} == {"JX42"}
    assert len(db.rows("SELECT 1 FROM order_search WHERE text LIKE '%JX42%'")) == 2
