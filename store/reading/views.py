"""A view as SQL: which rows it holds, how they are sorted, and what lies beyond a key. Pure."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from store.status import Tab
from store.times import DAY
from store.views import View

CHIPS: Final = {
    "new": "o.confirmed_at IS NULL",
    "confirmed": "o.confirmed_at IS NOT NULL",
    "cod": "o.cod",
    "note": "o.note IS NOT NULL",
    "cancel": "o.cancel_requested",
    "tokopedia": "o.channel = 'TOKOPEDIA'",
    "multi": "o.packages > 1",
    "failed": "o.action_state IN ('refused', 'needs_person')",
    "due24": "coalesce(o.arrange_by, o.scan_by) <= ?",
}
"""Filters as conditions; `due24` takes the time a day from now."""

TAG: Final = "tag:"
"""Before a tag, a filter: what has that tag."""


def is_chip(chip: str) -> bool:
    """Whether there is such a filter."""
    tag = chip.removeprefix(TAG)
    return chip in CHIPS or (tag != chip and bool(tag) and not any(sign in ",%_" for sign in tag))


class Selection(NamedTuple):
    """The rows of a view at a moment."""

    where: str
    args: tuple[Any, ...]
    column: str
    """What it is sorted by, before the id."""
    descending: bool

    def order_by(self, *, backwards: bool = False) -> str:
        """The view's order, or the opposite one."""
        way = "DESC" if self.descending != backwards else "ASC"
        return f"{self.column} {way}, o.id {way}"

    def beyond(self, *, backwards: bool = False, inclusive: bool = False) -> str:
        """The condition "after this key" ("before it", backwards); takes the key's two values."""
        sign = "<" if self.descending != backwards else ">"
        return f"({self.column}, o.id) {sign}{'=' if inclusive else ''} (?, ?)"


def selection(view: View, now: int) -> Selection:
    """The rows of `view` at `now` (epoch ms). Raises KeyError for a chip that does not exist (`is_chip`)."""
    args: list[Any] = []
    if view.tab is Tab.ACTION:
        where, column = ["o.attention_at <= ?"], "o.attention_at"
        args.append(now)
    elif view.tab is Tab.RETURNS:
        where, column = ["o.returns_at IS NOT NULL"], "o.returns_at"
    else:
        where, column = ["o.tab = ?"], "o.sort_at"
        args.append(int(view.tab))
    newest = view.sort == "newest"
    if newest:
        # The sign keeps SQLite from walking all orders by age to find the few of these two tabs.
        column = "+o.created_at" if view.tab in (Tab.ACTION, Tab.RETURNS) else "o.created_at"
    if view.shop_id is not None:
        # The sign keeps SQLite on the tab's index; that of order ids would gather the whole shop.
        where.append("+o.shop_id = ?")
        args.append(view.shop_id)
    for chip in sorted(view.chips):
        if chip.startswith(TAG):
            where.append("(',' || o.tags || ',') LIKE ?")
            args.append(f"%,{chip.removeprefix(TAG)},%")  # a tag holds no wildcard: store/desk.py
            continue
        where.append(CHIPS[chip])
        if chip == "due24":
            args.append(now + DAY)
    return Selection(" AND ".join(where), tuple(args), column, newest)
