"""What the tests of the packing table share: orders that wait on it, and their parcels."""

from __future__ import annotations

from typing import Any

from store.records import ItemRecord, OrderRecord, PackageRecord
from tests.store.store_kit import CAP, NOW, SHIRT, Db, order

RESI = "JP1234567890"
GIFT = ItemRecord(CAP.sku_id, CAP.name, 1, 0, None, CAP.seller_sku, CAP.variation, True)
BY = "Sari"

__all__ = ("BY", "CAP", "GIFT", "NOW", "RESI", "SHIRT", "Db", "parcel", "waiting")


def parcel(number: str | None = RESI, package_id: str = "1150000000000000001", **told: Any) -> PackageRecord:
    """A parcel whose shipment was arranged."""
    return PackageRecord(
        package_id, **({"status": "PROCESSING", "courier": "jnt", "tracking_number": number} | told)
    )


def waiting(order_id: str = "580000000000000001", *parcels: PackageRecord, **told: Any) -> OrderRecord:
    """An order that waits to be packed: two shirts, a cap, and a cap as a gift."""
    facts: dict[str, Any] = {
        "status": "AWAITING_COLLECTION", "items": (SHIRT, CAP, GIFT), "packages": parcels or (parcel(),),
    }  # fmt: skip
    return order(order_id, **(facts | told))
