"""Shelves: what is free and what open orders have claimed, per SKU and warehouse."""

from __future__ import annotations

from collections.abc import Mapping

from shop.sandbox.data import SKUS, WAREHOUSE_ID
from shop.sandbox.facts import Facts

CLAIMING = frozenset({"ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION"})
"""From payment to the courier's scan the goods lie here, claimed."""


class Shelves:
    """`available` and `committed` units per SKU id, as the inventory search tells them."""

    def __init__(self) -> None:
        self.available = {sku_id: sku.stock for sku_id, (_, sku) in SKUS.items()}
        self.committed = dict.fromkeys(SKUS, 0)
        self.changed: dict[str, int] = {}
        """When a product's numbers were last set, epoch seconds of the shop's clock, by product id."""
        self._beside: dict[str, dict[str, int]] = {}
        """Of a SKU that lies in several warehouses: what those beside the main one have."""

    def claim(self, known: Facts, *, fresh: bool) -> None:
        """An order claims its goods; `fresh` takes them from the free ones (a past order did so long ago)."""
        for line in known.lines:
            self.committed[line.sku.sku_id] += line.quantity
            if fresh:
                # Buyers of a live session can buy more than there is: the platform's count ends at zero.
                self.available[line.sku.sku_id] = max(0, self.available[line.sku.sku_id] - line.quantity)

    def release(self, known: Facts, *, back: bool) -> None:
        """The goods left the shelf, or go back to the free ones (`back`)."""
        for line in known.lines:
            self.committed[line.sku.sku_id] -= line.quantity
            if back:
                self.available[line.sku.sku_id] += line.quantity

    def spread(self, sku_id: str) -> dict[str, int]:
        """Available units by warehouse, the main one first; what is sold is taken from there first."""
        left = self.available[sku_id]
        beside = {}
        for place, units in self._beside.get(sku_id, {}).items():
            beside[place] = min(units, left)
            left -= beside[place]
        return {WAREHOUSE_ID: left, **beside}

    def put(self, sku_id: str, places: Mapping[str, int]) -> None:
        """Absolute numbers, as the seller sets them; a warehouse named here is one of the SKU's from now on."""
        self.available[sku_id] = sum(places.values())
        self._beside[sku_id] = {place: units for place, units in places.items() if place != WAREHOUSE_ID}
