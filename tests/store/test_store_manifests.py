"""Manifests: numbers, what may happen to an open one, and that nothing happens to a closed one."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from store import manifests
from store.manifest_state import live, standing, unsettled
from store.manifests import ManifestError, Scanned
from store.times import DAY, HOUR, MINUTE
from tests.store.manifest_kit import FIRST, SECOND, handed, opened
from tests.store.store_kit import NOW, Db


def states(db: Db, manifest: int) -> dict[str, tuple[str, str | None]]:
    rows = db.rows(
        "SELECT package_id, state, reason FROM manifest_parcels WHERE manifest_id = :m", m=manifest
    )
    return {row.package_id: (row.state, row.reason) for row in rows}


def test_numbers_name_the_day_in_jakarta_the_courier_and_count(db: Db) -> None:
    late = 1_795_021_200_000 - MINUTE  # 23.59 WIB of 18 November 2026
    made = [handed(db, FIRST, now=late), handed(db, SECOND, now=late), handed(db, FIRST, now=late + HOUR)]
    other = handed(db, FIRST, courier="", now=late)
    numbers = {row.id: row.number for row in db.rows("SELECT id, number FROM manifests")}
    assert [numbers[one] for one in made] == [
        "ST-20261118-JNT-01",
        "ST-20261118-JNT-02",
        "ST-20261119-JNT-01",
    ]
    assert numbers[other] == "ST-20261118-OTHER-01"


def test_a_courier_has_one_open_manifest(db: Db) -> None:
    first = opened(db)
    assert opened(db, now=NOW + DAY) == first
    assert opened(db, "sicepat") != first
    db(manifests.put, first, FIRST, "Sari", NOW)
    db(manifests.accept, first, [FIRST.package_id], "Sari", NOW)
    db(manifests.close, first, "Sari", NOW)
    assert opened(db) != first


def test_a_scan_waits_for_its_check_and_scanned_again_begins_anew(db: Db) -> None:
    manifest = opened(db)
    db(manifests.put, manifest, FIRST, "Sari", NOW)
    assert states(db, manifest) == {FIRST.package_id: ("checking", None)}
    assert db(manifests.passed, manifest, [FIRST.package_id], NOW + 5) == 1
    assert states(db, manifest) == {FIRST.package_id: ("on", None)}
    assert db(manifests.remove, manifest, FIRST.package_id, "Sari", NOW + 6)
    assert db(live) == []
    db(manifests.put, manifest, FIRST, "Budi", NOW + 7)
    (row,) = db.rows("SELECT state, scanned_by, scanned_at, checked_at FROM manifest_parcels")
    assert tuple(row) == ("checking", "Budi", NOW + 7, None)


def test_without_an_answer_it_waits_with_the_reason_until_a_person_takes_it(db: Db) -> None:
    manifest = opened(db)
    for parcel in (FIRST, SECOND):
        db(manifests.put, manifest, parcel, "Sari", NOW)
    db(manifests.wait, manifest, [FIRST.package_id], "no_network")
    assert states(db, manifest)[FIRST.package_id] == ("checking", "no_network")
    assert db(manifests.accept, manifest, [FIRST.package_id], "Sari", NOW + 1) == 1
    assert db(manifests.accept, manifest, [FIRST.package_id], "Sari", NOW + 2) == 0
    assert states(db, manifest) == {
        FIRST.package_id: ("on", "unchecked"),
        SECOND.package_id: ("checking", None),
    }
    (told,) = db.rows("SELECT * FROM changes WHERE kind = 'handover.unchecked'")
    assert json.loads(told.detail)["person"] == "Sari" and told.order_id == FIRST.order_id


def test_a_stopped_parcel_is_told_once_and_never_handed_over(db: Db) -> None:
    manifest = opened(db)
    for parcel in (FIRST, SECOND):
        db(manifests.put, manifest, parcel, "Sari", NOW)
        db(manifests.passed, manifest, [parcel.package_id], NOW)
    assert db(manifests.stop, manifest, FIRST.package_id, "cancelled", NOW + 1)
    assert not db(manifests.stop, manifest, FIRST.package_id, "cancelled", NOW + 2)
    assert db(manifests.passed, manifest, [FIRST.package_id], NOW + 3) == 0
    assert [kind for kind, _, _ in db.feed() if kind == "handover.stopped"] == ["handover.stopped"]
    db(manifests.close, manifest, "Sari", NOW + 4)
    assert states(db, manifest) == {
        FIRST.package_id: ("stopped", "cancelled"),
        SECOND.package_id: ("on", None),
    }
    given = db.rows("SELECT order_id FROM changes WHERE kind = 'handover.given'")
    assert [row.order_id for row in given] == [SECOND.order_id]


@pytest.mark.parametrize(
    ("state", "reason"), [("checking", "checking"), ("removed", "empty"), (None, "empty")]
)
def test_what_cannot_be_closed(db: Db, state: str | None, reason: str) -> None:
    manifest = opened(db)
    if state is not None:
        db(manifests.put, manifest, FIRST, "Sari", NOW)
    if state == "removed":
        db(manifests.remove, manifest, FIRST.package_id, "Sari", NOW)
    with pytest.raises(ManifestError) as caught:
        db(manifests.close, manifest, "Sari", NOW)
    assert caught.value.reason == reason
    assert db.rows("SELECT closed_at FROM manifests")[0].closed_at is None


CHANGES: list[Callable[[Connection, int], object]] = [
    lambda conn, manifest: manifests.put(conn, manifest, SECOND, "Sari", NOW),
    lambda conn, manifest: manifests.put(
        conn, manifest, FIRST, "Sari", NOW, state="stopped", reason="cancelled"
    ),
    lambda conn, manifest: manifests.passed(conn, manifest, [FIRST.package_id], NOW),
    lambda conn, manifest: manifests.stop(conn, manifest, FIRST.package_id, "cancelled", NOW),
    lambda conn, manifest: manifests.wait(conn, manifest, [FIRST.package_id], "no_network"),
    lambda conn, manifest: manifests.accept(conn, manifest, [FIRST.package_id], "Sari", NOW),
    lambda conn, manifest: manifests.remove(conn, manifest, FIRST.package_id, "Sari", NOW),
    lambda conn, manifest: manifests.close(conn, manifest, "Sari", NOW),
]


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_changes_a_closed_manifest(db: Db, change: Callable[[Connection, int], object]) -> None:
    manifest = handed(db, FIRST)
    everything = "SELECT * FROM manifest_parcels JOIN manifests ON id = manifest_id"
    before, seq = [tuple(row) for row in db.rows(everything)], db.last_seq()
    with pytest.raises(ManifestError) as caught:
        db(change, manifest)
    assert (caught.value.reason, caught.value.number) == ("closed", "ST-20261118-JNT-01")
    assert [tuple(row) for row in db.rows(everything)] == before and db.last_seq() == seq


def test_every_function_that_changes_a_manifest_is_tried_on_a_closed_one() -> None:
    reads = {"seal", "verify", "actor_of", "open_manifest"}
    public = {
        name
        for name, found in vars(manifests).items()
        if inspect.isfunction(found) and found.__module__ == manifests.__name__ and not name.startswith("_")
    }
    assert public - reads == {"put", "passed", "stop", "wait", "accept", "remove", "close"}


def test_the_digest_is_of_what_was_handed_over_and_can_be_checked(db: Db) -> None:
    manifest = handed(db, SECOND, FIRST)
    (head,) = db.rows("SELECT * FROM manifests")
    text = db(manifests.seal, manifest)
    assert hashlib.sha256(text).hexdigest() == head.digest and len(head.digest) == 64
    told = json.loads(text)
    assert text == json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    assert [parcel["package_id"] for parcel in told["parcels"]] == [FIRST.package_id, SECOND.package_id]
    assert (told["number"], told["received_by"]) == (head.number, "Pak Kurir")
    assert db(manifests.verify, manifest) is True
    db.rows(
        "UPDATE manifest_parcels SET tracking_number = 'JX9' WHERE package_id = :p RETURNING 1",
        p=FIRST.package_id,
    )
    assert db(manifests.verify, manifest) is False
    assert db(manifests.verify, opened(db, "sicepat")) is None


def test_names_of_people_are_kept_short_and_whole(db: Db) -> None:
    manifest = opened(db)
    db(manifests.put, manifest, FIRST, "\0" + "x" * 200, NOW)
    db(manifests.accept, manifest, [FIRST.package_id], "Sari", NOW)
    db(manifests.close, manifest, "", NOW, "\ud800\0 ")
    (row,) = db.rows(
        "SELECT closed_by, received_by, scanned_by FROM manifests JOIN manifest_parcels ON id = manifest_id"
    )
    assert (row.closed_by, row.received_by, row.scanned_by) == ("seller", None, "x" * 60)


def test_who_has_to_be_asked_about(db: Db) -> None:
    manifest = opened(db)
    file_shop = Scanned(1, "3", 3, "3", "JX3")
    db(manifests.put, manifest, FIRST, "Sari", NOW)
    db(manifests.put, manifest, SECOND, "Sari", NOW)
    db(manifests.put, manifest, file_shop, "Sari", NOW, state="on", reason="no_platform")
    db(manifests.passed, manifest, [SECOND.package_id], NOW)
    assert [row.package_id for row in db(unsettled, NOW)] == [FIRST.package_id]
    assert {row.package_id for row in db(unsettled, NOW + 1)} == {FIRST.package_id, SECOND.package_id}
    assert len(db(live)) == 3


def test_where_a_parcel_stands(db: Db) -> None:
    assert db(standing, 1, FIRST.package_id) is None
    first, second = handed(db, FIRST), opened(db)
    found = db(standing, 1, FIRST.package_id)
    assert found is not None and (found.manifest_id, found.closed_at) == (first, NOW + MINUTE)
    db(manifests.put, second, FIRST, "Sari", NOW + HOUR)
    found = db(standing, 1, FIRST.package_id)
    assert found is not None and (found.manifest_id, found.closed_at) == (second, None)
    db(manifests.stop, second, FIRST.package_id, "cancelled", NOW + HOUR)
    found = db(standing, 1, FIRST.package_id)
    assert found is not None and found.manifest_id == first
