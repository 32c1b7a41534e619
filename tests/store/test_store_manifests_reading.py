"""Reading manifests: what stands on none, one with its parcels, and an order's proof."""

from __future__ import annotations

from typing import Any

import pytest

from store import manifests
from store.manifests import Scanned
from store.reading.manifests import courier_of
from store.times import DAY, HOUR
from tests.store.manifest_kit import handed, opened
from tests.store.store_kit import NOW, Db, order, package


def reader_of(db: Db) -> Any:
    return db.store.reader()


def waiting(number: int, scan_in: int | None, **told: Any) -> Any:
    """An order that waits for its courier."""
    facts = {"status": "PROCESSING", "tracking_number": f"JX{number:010d}", "courier_name": "J&T Express"}
    parcel = package(f"11500{number:04d}", **(facts | told.pop("parcel", {})))
    told.setdefault("status", "AWAITING_COLLECTION")
    scan_by = None if scan_in is None else NOW + scan_in
    return order(f"58000{number:04d}", told.pop("status"), packages=(parcel,), scan_by=scan_by, **told)


def listed(db: Db) -> dict[str, list[str]]:
    reader = reader_of(db)
    try:
        return {
            group.courier: [parcel.tracking_number for parcel in group.parcels]
            for group in reader.unmanifested()
        }
    finally:
        reader.close()


def test_what_stands_on_no_manifest_by_courier_nearest_deadline_first(db: Db) -> None:
    db.ingest(
        waiting(1, 9 * HOUR),
        waiting(2, HOUR, cancel_requested=True),
        waiting(3, 2 * HOUR, parcel={"courier": "sicepat", "courier_name": "SiCepat REG"}),
        waiting(4, None, parcel={"courier": None, "courier_name": "Rex Kirim, Tbk"}),
        waiting(5, 5 * HOUR, parcel={"status": "FULFILLING"}),
        waiting(6, 5 * HOUR, fulfillment_type="FULFILLMENT_BY_TIKTOK"),
        waiting(7, 5 * HOUR, status="AWAITING_SHIPMENT"),
        waiting(8, 5 * HOUR, status="PARTIALLY_SHIPPING"),
        waiting(9, 5 * HOUR, status="PARTIALLY_SHIPPING", parcel={"status": "TO_FULFILL"}),
        waiting(10, 5 * HOUR, status="IN_TRANSIT"),
    )
    assert listed(db) == {
        "jnt": ["JX0000000002", "JX0000000008", "JX0000000001"],
        "sicepat": ["JX0000000003"],
        "rexkirimtbk": ["JX0000000004"],
    }
    db.rows("UPDATE packages SET tracking_status = 'picked_up' WHERE package_id = '115000001' RETURNING 1")
    assert listed(db)["jnt"] == ["JX0000000002", "JX0000000008"]


@pytest.mark.parametrize(
    ("state", "is_listed"), [("checking", False), ("on", False), ("stopped", False), ("removed", True)]
)
def test_what_stands_on_a_manifest_does_not_wait(db: Db, state: str, is_listed: bool) -> None:
    db.ingest(waiting(1, HOUR), waiting(2, HOUR))
    parcel = Scanned(db.shop, "115000001", db.order("580000001").id, "580000001", "JX0000000001")
    other = Scanned(db.shop, "115000002", db.order("580000002").id, "580000002", "JX0000000002")
    manifest = opened(db)
    db(manifests.put, manifest, parcel, "Sari", NOW, state=state)
    assert ("JX0000000001" in listed(db)["jnt"]) is is_listed
    # Stopped yesterday and well again today: it waits once more.
    db(manifests.put, manifest, parcel, "Sari", NOW, state="stopped")
    db(manifests.put, manifest, other, "Sari", NOW, state="on")
    db(manifests.close, manifest, "Sari", NOW)
    assert listed(db) == {"jnt": ["JX0000000001"]}


def test_the_reader_tells_manifests_their_parcels_and_an_orders_proof(db: Db) -> None:
    combined = package("115000001", status="PROCESSING", tracking_number="JX1")
    db.ingest(
        order("580000001", "AWAITING_COLLECTION", packages=(combined,), cod=True, total=100),
        order("580000002", "AWAITING_COLLECTION", packages=(combined,), total=50),
        waiting(3, HOUR),
    )
    first, second = (db.order(one).id for one in ("580000001", "580000002"))
    manifest = handed(db, Scanned(db.shop, "115000001", first, "580000001", "JX1"))
    opened(db, now=NOW + DAY)
    reader = reader_of(db)
    try:
        today, past = reader.manifests()
        assert (today.closed_at, today.on, past.id, past.on, past.checking) == (None, 0, manifest, 1, 0)
        assert reader.manifests(is_open=True) == [today] and reader.manifests(is_open=False) == [past]
        assert reader.manifests(since=NOW + DAY) == [today] and reader.manifests(courier="sicepat") == []
        assert reader.manifest(past.number) == past == reader.manifest_of_id(manifest)
        assert reader.manifest("ST-0") is None
        (parcel,) = reader.manifest_parcels(manifest)
        assert [(one.order_id, one.cod, one.total) for one in parcel.orders] == [
            ("580000001", True, 100),
            ("580000002", False, 50),
        ]
        assert (parcel.shop, parcel.city, parcel.cancel_requested, parcel.unchecked) == (
            "toko-contoh", "Kota Bandung", False, False,
        )  # fmt: skip
        for pk in (first, second):
            (proof,) = reader.manifests_of(pk)
            assert (proof.number, proof.received_by, proof.digest) == (past.number, "Pak Kurir", past.digest)
        assert reader.manifests_of(db.order("580000003").id) == []
    finally:
        reader.close()


@pytest.mark.parametrize(
    ("code", "name", "courier"),
    [
        ("jnt", "J&T Express", "jnt"),
        (None, "Rex Kirim, Tbk", "rexkirimtbk"),
        (None, None, "other"),
        (None, "快递", "other"),
    ],
)
def test_the_courier_of_a_manifest(code: str | None, name: str | None, courier: str) -> None:
    assert courier_of(code, name) == courier
