"""Shelves: what is free and what open orders have claimed, per SKU and warehouse."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from shop.sandbox.data import SKUS, WAREHOUSE_ID
from shop.sandbox.facts import Facts

CLAIMING = frozenset({"ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION"})
"""From payment to the courier's scan the goods lie here, claimed."""
REMEMBERED: Final = 600.0
"""Seconds of old numbers kept for stale reads."""


class Level(NamedTuple):
    """The numbers of one SKU at a moment."""

    available: int
    committed: int
    beside: Mapping[str, int]
    """Of a SKU that lies in several warehouses: what those beside the main one have."""

    def spread(self) -> dict[str, int]:
        """Available units by warehouse, the main one first; what is sold is taken from there first."""
        left = self.available
        beside = {}
        for place, units in self.beside.items():
            beside[place] = min(units, left)
            left -= beside[place]
        return {WAREHOUSE_ID: left, **beside}


class Shelves:
    """`available` and `committed` units per SKU id, as the inventory search tells them."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self.available = {sku_id: sku.stock for sku_id, (_, sku) in SKUS.items()}
        """Less than nothing when more was sold than there is: buyers of a live session can do that."""
        self.committed = dict.fromkeys(SKUS, 0)
        self.changed: dict[str, int] = {}
        """When a product's numbers were last set, epoch seconds of the shop's clock, by product id."""
        self._beside: dict[str, dict[str, int]] = {}
        self._past: deque[tuple[float, str, Level]] = deque()
        """When a SKU's numbers changed, in wall seconds, and what they were before."""

    def claim(self, known: Facts, *, fresh: bool) -> None:
        """An order claims its goods; `fresh` takes them from the free ones (a past order did so long ago)."""
        for line in known.lines:
            if fresh:
                self._remember(line.sku.sku_id)
            self.committed[line.sku.sku_id] += line.quantity
            if fresh:
                self.available[line.sku.sku_id] -= line.quantity

    def release(self, known: Facts, *, back: bool) -> None:
        """The goods left the shelf, or go back to the free ones (`back`)."""
        for line in known.lines:
            self._remember(line.sku.sku_id)
            self.committed[line.sku.sku_id] -= line.quantity
            if back:
                self.available[line.sku.sku_id] += line.quantity
            elif self.available[line.sku.sku_id] + self.committed[line.sku.sku_id] < 0:
                # Shipped although it was not there: it was, after all.
                self.available[line.sku.sku_id] = -self.committed[line.sku.sku_id]

    def level(self, sku_id: str) -> Level:
        """What there is, as it is told: a count ends at zero, and only goods that exist can be committed."""
        available, committed = self.available[sku_id], self.committed[sku_id]
        return Level(max(0, available), committed + min(0, available), self._beside.get(sku_id, {}))

    def spread(self, sku_id: str) -> dict[str, int]:
        """As Level.spread, now."""
        return self.level(sku_id).spread()

    def lagging(self, seconds: float) -> dict[str, Level]:
        """The SKUs whose numbers changed in the last wall seconds, as they were before."""
        since = self._wall() - seconds
        stale: dict[str, Level] = {}
        for at, sku_id, before in reversed(self._past):
            if at < since:
                break
            stale[sku_id] = before
        return stale

    def _remember(self, sku_id: str) -> None:
        now = self._wall()
        self._past.append((now, sku_id, self.level(sku_id)))
        while self._past[0][0] < now - REMEMBERED:
            self._past.popleft()

    def put(self, sku_id: str, places: Mapping[str, int]) -> None:
        """Absolute numbers, as the seller sets them; a warehouse named here is one of the SKU's from now on."""
        self._remember(sku_id)
        self.available[sku_id] = sum(places.values())
        self._beside[sku_id] = {place: units for place, units in places.items() if place != WAREHOUSE_ID}
