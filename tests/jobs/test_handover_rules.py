"""Which parcel may be handed over, what a scan does with it, and what a closing still refuses."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from jobs.handover import manifests as handover
from jobs.handover.check import stop_what_changed
from jobs.handover.rules import Parcel, ParcelOrder, judge
from store import manifests, requests
from store.bulk import table_of
from store.db import Store
from store.manifests import ManifestError
from store.models import Action
from store.packages import apply_tracking
from store.records import PackageRecord, RequestRecord
from store.times import DAY, HOUR
from tests.conftest import FrozenClock
from tests.jobs.handover_kit import NOW, number, pack, put, rows, scan, standing, stops, waiting


def parcel(status: str | None = "PROCESSING", *orders: ParcelOrder, **told: Any) -> Parcel:
    facts: dict[str, Any] = {
        "shop_id": 1, "has_platform": True, "package_id": "1", "tracking_number": "JX1", "courier": "jnt",
        "courier_name": None, "tracking_status": None,
    }  # fmt: skip
    return Parcel(status=status, orders=orders or (order(),), **(facts | told))


def order(status: str = "AWAITING_COLLECTION", **told: Any) -> ParcelOrder:
    return ParcelOrder(1, "58", status, **told)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (parcel(), None),
        (parcel(None), None),
        (parcel("PROCESSING", order("PARTIALLY_SHIPPING", packages=2)), None),
        (parcel("PROCESSING", order("IN_TRANSIT", packages=2)), None),
        (parcel(None, order("IN_TRANSIT", own_courier=True)), None),
        (parcel(tracking_status="pending"), None),
        (parcel("CANCELLED"), "cancelled"),
        (parcel(None, order("CANCELLED")), "cancelled"),
        (parcel("PROCESSING", order(), order("CANCELLED")), "cancelled"),
        (parcel("PROCESSING", order("CANCELLED", return_open=True, cancel_requested=True)), "cancelled"),
        (parcel("PROCESSING", order(cancel_requested=True)), "cancel_requested"),
        (parcel("PROCESSING", order(), order(cancelling=True)), "cancelling"),
        (parcel("PROCESSING", order(return_open=True)), "return_open"),
        (parcel(None, order("IN_TRANSIT")), "collected"),
        (parcel("PROCESSING", order("IN_TRANSIT")), "collected"),
        (parcel("FULFILLING", order("IN_TRANSIT", packages=2)), "collected"),
        (parcel("FULFILLING", order("PARTIALLY_SHIPPING", packages=2)), "collected"),
        (parcel(None, order("DELIVERED", own_courier=True)), "collected"),
        (parcel(tracking_status="picked_up"), "collected"),
        (parcel(None, order("COMPLETED")), "collected"),
        (parcel("TO_FULFILL", order("AWAITING_SHIPMENT")), "not_arranged"),
        (parcel("TO_FULFILL", order("PARTIALLY_SHIPPING")), "not_arranged"),
        (parcel(None, order("ON_HOLD")), "not_arranged"),
        (parcel(None, order("UNKNOWN")), "unknown_status"),
        (parcel(None, order("SOMETHING_LATER")), "unknown_status"),
        (Parcel(1, True, "1", "", "jnt", None, None, None, ()), "gone"),
    ],
)
def test_what_may_go(made: Parcel, reason: str | None) -> None:
    assert judge(made) == reason


def test_a_scan_puts_the_parcel_on_the_manifest_of_its_courier_to_be_checked(store: Store) -> None:
    put(store, waiting(1), waiting(2, parcel={"courier": "sicepat", "courier_name": "SiCepat REG"}))
    verdict = scan(store, number(1).lower() + "\r\n", None)
    assert (verdict.stop, verdict.warning, verdict.courier) == (None, None, "jnt")
    assert scan(store, "11500000000002", None).courier == "sicepat"
    assert standing(store) == [(number(1), "checking", None), (number(2), "checking", None)]
    numbers = rows(store, "SELECT number, courier_name FROM manifests ORDER BY id")
    assert numbers == [("ST-20261125-JNT-01", "J&T Express"), ("ST-20261125-SICEPAT-01", "SiCepat REG")]


def test_an_order_id_stands_for_its_only_parcel(store: Store) -> None:
    put(store, waiting(1))
    assert scan(store, waiting(1).order_id).stop is None
    split = tuple(PackageRecord(f"77{place}", "PROCESSING", "jnt") for place in (1, 2))
    put(store, waiting(2, packages=split))
    assert scan(store, waiting(2).order_id).stop == "ambiguous"
    assert len(standing(store)) == 1


def test_a_number_used_again_means_the_parcel_that_waits(store: Store) -> None:
    put(store, waiting(1, status="COMPLETED", parcel={"tracking_number": number(9)}), waiting(9))
    assert scan(store, number(9)).parcel == scan(store, waiting(9).packages[0].package_id).parcel


@pytest.mark.parametrize(
    "code", ["", "  ", "JX9999999999", "\x1b]0;PWN\x07", "'; DROP TABLE manifests;--", "5" * 5_000]
)
def test_an_unknown_code_stops_and_leaves_nothing_on_the_manifest(store: Store, code: str) -> None:
    put(store, waiting(1))
    verdict = scan(store, code)
    assert (verdict.stop, verdict.parcel, verdict.manifest_id) == ("unknown", None, None)
    assert standing(store) == [] and stops(store) == [None]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"status": "CANCELLED"}, "cancelled"),
        ({"cancel_requested": True}, "cancel_requested"),
        ({"status": "IN_TRANSIT"}, "collected"),
        ({"status": "AWAITING_SHIPMENT", "parcel": {"status": "TO_FULFILL"}}, "not_arranged"),
    ],
)
def test_what_must_not_go_stands_there_as_stopped(store: Store, told: dict[str, Any], reason: str) -> None:
    put(store, waiting(1, **told), waiting(2))
    scan(store, number(2))
    assert scan(store, number(1)).stop == reason
    assert standing(store)[0] == (number(1), "stopped", reason) and stops(store) == [waiting(1).order_id]


def test_an_open_return_and_our_own_cancellation_stop(store: Store) -> None:
    put(store, waiting(1), waiting(2))
    back = RequestRecord(
        "9", waiting(1).order_id, "refund", "REFUND_PENDING", NOW, NOW, next_action="RESPOND"
    )
    store.write(lambda conn: requests.upsert(conn, 1, [back], NOW))
    wish = {
        "shop_id": 1, "kind": "cancel", "target": "x", "order_pk": 2, "order_id": "x", "state": "queued",
        "due_at": NOW, "requested_by": "seller", "requested_at": NOW,
    }  # fmt: skip
    store.write(lambda conn: conn.execute(insert(table_of(Action)).values(**wish)))
    assert [scan(store, number(place)).stop for place in (1, 2)] == ["return_open", "cancelling"]


def test_a_parcel_of_another_courier_does_not_go_with_this_one(store: Store) -> None:
    put(store, waiting(1, parcel={"courier": "sicepat"}))
    verdict = scan(store, number(1), "jnt")
    assert (verdict.stop, verdict.parcel and verdict.parcel.courier) == ("other_courier", "sicepat")
    assert standing(store) == []


def test_scanned_twice_it_says_where_and_when(store: Store) -> None:
    put(store, waiting(1))
    scan(store, number(1))
    verdict = scan(store, number(1), now=NOW + HOUR)
    assert (verdict.stop, verdict.warning, verdict.manifest_id) == (None, "on_manifest", 1)
    assert verdict.standing is not None
    assert (verdict.standing.number, verdict.standing.scanned_at) == ("ST-20261125-JNT-01", NOW)
    assert stops(store) == []


def test_on_another_open_manifest_it_is_left_where_it_stands(store: Store) -> None:
    put(store, waiting(1))
    scan(store, number(1))
    verdict = scan(store, number(1), "sicepat", now=NOW + HOUR)
    assert (verdict.stop, verdict.warning, verdict.manifest_id) == (None, "other_manifest", None)
    assert standing(store) == [(number(1), "checking", None)] and stops(store) == []
    assert len(rows(store, "SELECT id FROM manifests")) == 1


def test_a_stop_opens_no_manifest(store: Store) -> None:
    put(store, waiting(1, status="CANCELLED"), waiting(2))
    assert scan(store, number(1)).stop == "cancelled"
    assert rows(store, "SELECT id FROM manifests") == [] and stops(store) == [waiting(1).order_id]
    scan(store, number(2))
    assert scan(store, number(1)).manifest_id == 1
    assert standing(store)[0] == (number(1), "stopped", "cancelled")


@pytest.mark.parametrize("code", ["jx-0000000001", "jx 0000-000001", "JX0000000001 "])
def test_a_typed_number_is_found_in_any_spelling(store: Store, code: str) -> None:
    put(store, waiting(1))
    assert scan(store, code).stop is None


def hand_over(store: Store, *orders: int) -> None:
    """A closed manifest with these."""
    manifest = 0
    for place in orders:
        manifest = scan(store, number(place)).manifest_id or 0
    ids = [waiting(place).packages[0].package_id for place in orders]
    store.write(lambda conn: manifests.passed(conn, manifest, ids, NOW))
    assert store.write(lambda conn: handover.close(conn, manifest, "Sari", NOW)).digest


def test_what_stands_on_a_closed_manifest_needs_a_person_to_say_so(store: Store) -> None:
    put(store, waiting(1), waiting(2, parcel={"courier": "sicepat"}))
    hand_over(store, 1)
    verdict = scan(store, number(1), now=NOW + DAY)
    assert verdict.stop == "handed_over" and verdict.soft
    again = scan(store, number(1), now=NOW + DAY, again=True)
    assert again.stop is None and again.manifest_id == 2
    # The word of a person overrules nothing else.
    assert scan(store, number(2), now=NOW + DAY, again=True).stop == "other_courier"


def test_nothing_cancelled_is_taken_again(store: Store) -> None:
    put(store, waiting(1))
    hand_over(store, 1)
    put(store, waiting(1, status="CANCELLED", updated_at=NOW))
    assert scan(store, number(1), again=True).stop == "cancelled"


def test_not_packed_is_a_word_of_warning_where_the_table_is_used_today(store: Store) -> None:
    put(store, waiting(1), waiting(2), waiting(3))
    assert scan(store, number(1)).warning is None
    pack(store, "other", NOW - DAY)
    assert scan(store, number(2)).warning is None
    pack(store, waiting(2).packages[0].package_id, NOW - HOUR)
    pack(store, waiting(3).packages[0].package_id, NOW - HOUR, outcome="aborted")
    store.write(lambda conn: manifests.remove(conn, 1, waiting(2).packages[0].package_id, "Sari", NOW))
    assert [scan(store, number(place)).warning for place in (2, 3)] == [None, "not_packed"]


def test_a_shop_of_files_has_nobody_to_ask(store: Store) -> None:
    put(store, waiting(1), kind="file")
    assert scan(store, number(1)).stop is None
    assert standing(store) == [(number(1), "on", "no_platform")]


def test_a_stopped_parcel_that_is_well_again_is_checked_anew(store: Store) -> None:
    put(store, waiting(1, cancel_requested=True))
    scan(store, number(1))
    put(store, waiting(1, updated_at=NOW))
    assert scan(store, number(1)).stop is None
    assert standing(store) == [(number(1), "checking", None)]


async def test_what_turns_cancelled_on_an_open_manifest_is_stopped_and_told(
    store: Store, clock: FrozenClock
) -> None:
    put(store, waiting(1), waiting(2))
    for place in (1, 2):
        manifest = scan(store, number(place)).manifest_id
    assert manifest is not None
    ids = [waiting(place).packages[0].package_id for place in (1, 2)]
    store.write(lambda conn: manifests.passed(conn, manifest, ids, NOW))
    assert await stop_what_changed(store, clock) == []
    put(store, waiting(1, status="CANCELLED", updated_at=NOW))
    # The other one is scanned by its courier meanwhile, which is as it should be.
    store.write(lambda conn: apply_tracking(conn, 2, None, "picked_up", None, [], "jnt", None, NOW, None))
    assert [row.order_id for row in await stop_what_changed(store, clock)] == [waiting(1).order_id]
    assert standing(store) == [(number(1), "stopped", "cancelled"), (number(2), "on", None)]
    assert stops(store) == [waiting(1).order_id]
    assert await stop_what_changed(store, clock) == []


def test_closing_looks_once_more_and_stays_open_for_what_it_had_to_stop(store: Store) -> None:
    put(store, waiting(1), waiting(2))
    for place in (1, 2):
        manifest = scan(store, number(place)).manifest_id
    assert manifest is not None

    def close() -> handover.Closing:
        return store.write(lambda conn: handover.close(conn, manifest, "Sari", NOW))

    with pytest.raises(ManifestError):
        close()
    ids = [waiting(place).packages[0].package_id for place in (1, 2)]
    store.write(lambda conn: manifests.passed(conn, manifest, ids, NOW))
    put(store, waiting(1, cancel_requested=True, updated_at=NOW))
    closing = close()
    assert (closing.digest, closing.stopped) == (None, (ids[0],))
    assert rows(store, "SELECT closed_at FROM manifests") == [(None,)]
    assert close().digest is not None
    assert standing(store) == [(number(1), "stopped", "cancel_requested"), (number(2), "on", None)]


def test_a_combined_parcel_goes_with_all_its_orders_or_not_at_all(store: Store) -> None:
    shared = waiting(1).packages
    put(store, waiting(1, packages=shared), waiting(2, packages=shared))
    verdict = scan(store, number(1))
    assert verdict.parcel is not None and len(verdict.parcel.orders) == 2
    put(store, waiting(2, packages=shared, status="CANCELLED", updated_at=NOW))
    assert scan(store, number(1)).stop == "cancelled"
