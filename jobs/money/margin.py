"""What is left of an order after the cost of its goods. Pure. Whole rupiah."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Price(NamedTuple):
    """What one piece of a SKU costs from a moment on (epoch ms)."""

    seller_sku: str
    valid_from: int
    amount: int


class Goods(NamedTuple):
    """Pieces of one SKU in an order."""

    seller_sku: str | None
    quantity: int


class Costs:
    """What goods cost, at any moment. A piece sold before the first known cost costs that."""

    def __init__(self, prices: Iterable[Price]) -> None:
        self._prices: dict[str, list[Price]] = {}
        for price in sorted(prices, key=lambda price: price.valid_from):
            self._prices.setdefault(price.seller_sku, []).append(price)

    def __bool__(self) -> bool:
        return bool(self._prices)

    def one(self, seller_sku: str | None, at: int) -> int | None:
        """What one piece cost then; None: nobody has said."""
        known = self._prices.get((seller_sku or "").strip())
        if not known:
            return None
        place = bisect_right(known, at, key=lambda price: price.valid_from)
        return known[max(place - 1, 0)].amount

    def of(self, goods: Sequence[Goods], at: int) -> int | None:
        """What all of it cost; None when the cost of a part of it is not known, or there is none."""
        costs = [self.one(line.seller_sku, at) for line in goods]
        if not costs or None in costs:
            return None
        return sum((cost or 0) * line.quantity for cost, line in zip(costs, goods, strict=True))


def margin(net: int, cost: int) -> float:
    """Per cent of what was paid that is left after the cost; below zero money is lost. Nothing paid: -100."""
    return round((net - cost) * 100 / net, 1) if net > 0 else -100.0
