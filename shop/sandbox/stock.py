"""Shelves: what is free and what open orders have claimed, per SKU."""

from __future__ import annotations

from shop.sandbox.data import SKUS
from shop.sandbox.facts import Facts

CLAIMING = frozenset({"ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION"})
"""From payment to the courier's scan the goods lie here, claimed."""


class Shelves:
    """`available` and `committed` units per SKU id, as the inventory search tells them."""

    def __init__(self) -> None:
        self.available = {sku_id: sku.stock for sku_id, (_, sku) in SKUS.items()}
        self.committed = dict.fromkeys(SKUS, 0)

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
