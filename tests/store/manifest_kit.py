"""Manifests for the tests of the store."""

from __future__ import annotations

from store import manifests
from store.manifests import Scanned
from store.times import MINUTE
from tests.store.store_kit import NOW, Db

FIRST = Scanned(1, "1150000000000000001", 1, "580000000000000001", "JX0000000001")
SECOND = Scanned(1, "1150000000000000002", 2, "580000000000000002", "JX0000000002")


def opened(db: Db, courier: str = "jnt", now: int = NOW) -> int:
    return db(manifests.open_manifest, courier, "J&T Express", "Sari", now)


def handed(db: Db, *parcels: Scanned, courier: str = "jnt", now: int = NOW) -> int:
    """A closed manifest with these parcels."""
    manifest = opened(db, courier, now)
    for parcel in parcels:
        db(manifests.put, manifest, parcel, "Sari", now)
        db(manifests.passed, manifest, [parcel.package_id], now + 1)
    db(manifests.close, manifest, "Sari", now + MINUTE, "Pak Kurir")
    return manifest
