"""The tabs: their counts and their rows, paged by key on the tab's index, never by offset."""

from __future__ import annotations

from collections.abc import Sequence

from store.reading.base import CHUNK, Base, marks
from store.reading.link import Link
from store.reading.views import selection
from store.status import Tab
from store.times import MINUTE
from store.views import Key, OrderRow, ShopRow, TabCountRow, Today, View

_DEADLINE = {Tab.TO_SHIP: "coalesce(o.arrange_by, o.scan_by)", Tab.COLLECTION: "o.scan_by"}
"""The clock that runs in a tab; the tab is sorted by it."""
_LEDGERLESS = frozenset({Tab.ACTION, Tab.RETURNS})
"""Tabs that are conditions, not states: nobody keeps their count."""


class Lists(Base):
    """What the list and the tab labels show."""

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._totals: dict[tuple[View, int, int], int] = {}

    def shops(self) -> list[ShopRow]:
        """Every shop, in the order they were added."""
        return [ShopRow(*row) for row in self._query("SELECT id, name, kind, title FROM shops ORDER BY id")]

    def counts(self, now: int, shop_id: int | None = None) -> dict[Tab, TabCountRow]:
        """What the nine tab labels say."""
        kept = self._kept(shop_id)
        found = {}
        for tab in Tab:
            view = View(tab, shop_id=shop_id)
            n = self._count(view, now) if tab in _LEDGERLESS else kept.get(tab, 0)
            found[tab] = TabCountRow(tab, n, self._worst(view, now) if n else None)
        return found

    def today(self, now: int, day_start: int) -> Today:
        """Orders placed and shipments arranged since the start of the seller's day (epoch ms)."""
        since = (day_start, now)
        new = self._value("SELECT count(*) FROM orders WHERE created_at >= ? AND created_at <= ?", since)
        sent = self._value("SELECT count(*) FROM orders WHERE shipped_at >= ? AND shipped_at <= ?", since)
        return Today(new or 0, sent or 0)

    def total(self, view: View, now: int) -> int:
        """How many rows a view has. With chips they are counted, a few microseconds per order of the tab,
        once per change of the store and minute: off the loop in a large tab."""
        if not view.chips:
            if view.tab in _LEDGERLESS:
                return self._count(view, now)
            return self._kept(view.shop_id).get(view.tab, 0)
        key = (view, self.data_version(), now // MINUTE)
        if key not in self._totals:
            self._totals = {key: self._count(view, now)}
        return self._totals[key]

    def after(
        self, view: View, key: Key | None, limit: int, now: int, inclusive: bool = False
    ) -> list[OrderRow]:
        """Up to `limit` rows after `key` (and its own row, `inclusive`); without a key from the start."""
        return self._page(view, key, limit, now, backwards=False, inclusive=inclusive)

    def before(self, view: View, key: Key | None, limit: int, now: int) -> list[OrderRow]:
        """Up to `limit` rows just before `key`, in the view's order; without a key the last ones."""
        return self._page(view, key, limit, now, backwards=True, inclusive=False)[::-1]

    def key_of(self, view: View, pk: int, now: int) -> Key | None:
        """Where an order stands in a view; None when it is not in it (any more)."""
        chosen = selection(view, now)
        statement = f"SELECT {chosen.column} FROM orders o WHERE o.id = ? AND {chosen.where}"
        sort = self._value(statement, (pk, *chosen.args))
        return None if sort is None else Key(sort, pk)

    def rank(self, view: View, key: Key, now: int) -> int:
        """How many rows stand before `key`: tens of milliseconds in a tab of a million, so off the loop."""
        chosen = selection(view, now)
        where = f"{chosen.where} AND {chosen.beyond(backwards=True)}"
        args = (*chosen.args, key.sort, key.pk)
        return self._value(f"SELECT count(*) FROM orders o WHERE {where}", args) or 0

    def at(self, view: View, line: int, now: int) -> Key | None:
        """The key of a line, for a jump of the scrollbar; None beyond the end. As slow as `rank`."""
        chosen = selection(view, now)
        rows = self._query(
            f"SELECT {chosen.column}, o.id FROM orders o WHERE {chosen.where}"
            f" ORDER BY {chosen.order_by()} LIMIT 1 OFFSET ?",
            (*chosen.args, line),
        )
        return Key(*rows[0]) if rows else None

    def rows(self, pks: Sequence[int]) -> list[OrderRow]:
        """These orders, in the order asked for, without those that are gone. Keys are the tab's own."""
        found: dict[int, OrderRow] = {}
        for start in range(0, len(pks), CHUNK):
            some = pks[start : start + CHUNK]
            rows = self._order_rows("o.sort_at", f"WHERE o.id IN ({marks(some)})", some)
            found.update((row.pk, row) for row in rows)
        return [found[pk] for pk in pks if pk in found]

    def last_seq(self) -> int:
        """The newest row of the feed; 0 when it is empty."""
        return self._value("SELECT max(seq) FROM changes") or 0

    def data_version(self) -> int:
        """A number that differs after somebody committed something; only compare it with an earlier answer
        of the same reader."""
        if self._link.path is None:
            return self.last_seq()
        return self._value("PRAGMA data_version") or 0

    def _page(
        self, view: View, key: Key | None, limit: int, now: int, *, backwards: bool, inclusive: bool
    ) -> list[OrderRow]:
        chosen = selection(view, now)
        where, args = chosen.where, list(chosen.args)
        if key is not None:
            where += f" AND {chosen.beyond(backwards=backwards, inclusive=inclusive)}"
            args += (key.sort, key.pk)
        tail = f"WHERE {where} ORDER BY {chosen.order_by(backwards=backwards)} LIMIT ?"
        return self._order_rows(chosen.column, tail, (*args, limit))

    def _kept(self, shop_id: int | None) -> dict[int, int]:
        if shop_id is None:
            rows = self._query("SELECT tab, sum(n) FROM tab_counts GROUP BY tab")
        else:
            rows = self._query("SELECT tab, n FROM tab_counts WHERE shop_id = ?", (shop_id,))
        # PostgreSQL sums to a decimal.
        return {tab: int(n) for tab, n in rows}

    def _count(self, view: View, now: int) -> int:
        chosen = selection(view, now)
        return self._value(f"SELECT count(*) FROM orders o WHERE {chosen.where}", chosen.args) or 0

    def _worst(self, view: View, now: int) -> int | None:
        """The nearest deadline of a tab: its first row's."""
        chosen = selection(view, now)
        column, where = _DEADLINE.get(view.tab), chosen.where
        if view.tab is Tab.RETURNS:
            # Without a deadline `returns_at` is the last change, which is no clock.
            column = "o.returns_at"
            where += " AND EXISTS (SELECT 1 FROM requests r"
            where += " WHERE r.order_pk = o.id AND r.deadline_at = o.returns_at)"
        if column is None:
            return None
        statement = f"SELECT {column} FROM orders o WHERE {where} ORDER BY {chosen.order_by()} LIMIT 1"
        deadline: int | None = self._value(statement, chosen.args)
        return deadline
