"""Goods that orders went without when a number was set to nothing, and what became of those orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from store.status import Tab

Place = tuple[int, str]
"""Shop and SKU id."""

# In that tab `sort_at` is minus the last change (store/attention.py), and the tab's index.
_CANCELLED: Final = (
    "SELECT o.shop_id, i.sku_id, i.quantity, o.created_at, -o.sort_at FROM orders o"
    f" JOIN items i ON i.order_pk = o.id WHERE o.tab = {Tab.CANCELLED:d} AND o.sort_at < ?"
)


class Set(NamedTuple):
    """The newest number of a SKU that was set from here."""

    at: int
    lacking: int = 0
    """Pieces that were ordered and not there, when nothing was left to sell."""


def given_back(
    query: Callable[[str, Sequence[Any]], Sequence[Sequence[Any]]], numbers: Mapping[Place, Set]
) -> Counter[Place]:
    """Pieces of orders placed before such a number was set, and cancelled since: the platform sells them again,
    though they were never there. Asked only where goods were lacking."""
    short = {place: one for place, one in numbers.items() if one.lacking}
    found: Counter[Place] = Counter()
    if short:
        first = min(one.at for one in short.values())
        for shop_id, sku_id, units, placed_at, ended_at in query(_CANCELLED, (-first,)):
            number = short.get((shop_id, sku_id))
            if number is not None and placed_at <= number.at < ended_at:
                found[shop_id, sku_id] += int(units)
    return found
