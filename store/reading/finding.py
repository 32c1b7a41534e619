"""Finding orders: by id, by any part of what is written about them, and for `pantau orders`."""

from __future__ import annotations

from typing import Any, Final

from store.reading.lists import Lists
from store.reading.views import selection
from store.status import OrderStatus, Tab
from store.times import now_ms
from store.views import OrderRow, View

INDEXED: Final = 3
"""Characters that the trigram index needs."""
WHOLE: Final = 10
"""Characters from which on a word may be a whole order id or tracking number."""
SHORT_SCAN: Final = 250
"""Orders per tab looked at for one or two characters: what a person can have in mind is near the top."""
_SHORT_TABS: Final = (Tab.ACTION, Tab.TO_SHIP, Tab.COLLECTION, Tab.UNPAID)


class Finding(Lists):
    """Search and look-up."""

    def find(self, order_id: str, shop: str | None = None) -> list[int]:
        """The order with this id: none, one, or one per shop that has it."""
        only, args = ("", []) if shop is None else (" AND s.name = ?", [shop])
        rows = self._query(
            # CROSS: SQLite must go from the few shops to the index, not through all orders by id.
            f"SELECT o.id FROM shops s CROSS JOIN orders o WHERE o.shop_id = s.id AND o.order_id = ?{only}",
            (order_id, *args),
        )
        return sorted(pk for (pk,) in rows)

    def search(self, text: str, limit: int = 200) -> list[OrderRow]:
        """Orders in which every word of `text` stands somewhere (id, number, buyer, product, SKU, note),
        the newest first. One or two characters are compared with both ends of the ids of open orders."""
        words = _words(text)
        if not words:
            return []
        if len(words[0]) < INDEXED:
            pks = self._short(words[0], limit)
        else:
            pks = self._exact(words) or self._matching(words, limit)
        return sorted(self.rows(pks), key=lambda row: (row.created_at, row.pk), reverse=True)

    def orders(
        self,
        *,
        tab: Tab | None = None,
        status: OrderStatus | None = None,
        search: str | None = None,
        shop: str | None = None,
        tag: str | None = None,
        limit: int | None = None,
        now: int | None = None,
    ) -> list[int]:
        """The orders that meet every condition: in a tab's own order, else the newest first.

        `now` decides who is in the action tab. A search reads the whole index; not for the screen's loop.
        """
        where, args, order_by = "true", [], "o.created_at DESC, o.id DESC"
        if tab is not None:
            chosen = selection(View(tab), now_ms() if now is None else now)
            where, args, order_by = chosen.where, list(chosen.args), chosen.order_by()
        if status is not None:
            where += " AND o.status = ?"
            args.append(str(status))
        if shop is not None:
            where += " AND o.shop_id IN (SELECT id FROM shops WHERE name = ?)"
            args.append(shop)
        if tag is not None:
            where += " AND (',' || o.tags || ',') LIKE ?"
            args.append(f"%,{tag},%")
        words = _words(search or "")
        if search is not None:
            if not words:
                return []
            condition, more = self._condition(words)
            where += f" AND o.id IN (SELECT order_pk FROM order_search WHERE {condition})"
            args += more
        statement = f"SELECT o.id FROM orders o WHERE {where} ORDER BY {order_by}"
        if limit is not None:
            statement += " LIMIT ?"
            args.append(limit)
        return [pk for (pk,) in self._query(statement, args)]

    def _exact(self, words: list[str]) -> list[int]:
        """A whole order id or tracking number has an index of its own; its trigrams are too common."""
        if len(words) > 1 or len(words[0]) < WHOLE:
            return []
        rows = self._query("SELECT order_pk FROM packages WHERE tracking_number = ?", words)
        return self.find(words[0]) + [pk for (pk,) in rows]

    def _matching(self, words: list[str], limit: int) -> list[int]:
        condition, args = self._condition(words)
        row = "order_pk" if self._link.path is None else "rowid"
        statement = f"SELECT order_pk FROM order_search WHERE {condition} ORDER BY {row} DESC LIMIT ?"
        return [pk for (pk,) in self._query(statement, (*args, limit))]

    def _condition(self, words: list[str]) -> tuple[str, list[Any]]:
        """Every word somewhere in the document."""
        if self._link.path is None:
            return " AND ".join(["text ILIKE ?"] * len(words)), [f"%{_escaped(word)}%" for word in words]
        parts, args = [], []
        for word in words:
            parts.append("text LIKE ?")
            args.append(f"%{word}%")
            if "%" in word or "_" in word:
                # FTS5 uses its index only for LIKE without ESCAPE: the wildcards are made good afterwards.
                parts.append("instr(lower(text), lower(?)) > 0")
                args.append(word)
        return " AND ".join(parts), args

    def _short(self, word: str, limit: int) -> list[int]:
        end = _escaped(word)
        found: list[int] = []
        for tab in _SHORT_TABS:
            rows = self._query(
                "SELECT id FROM (SELECT id, order_id FROM orders WHERE tab = ? ORDER BY sort_at, id LIMIT ?)"
                " AS top WHERE order_id LIKE ? ESCAPE '\\' OR order_id LIKE ? ESCAPE '\\' LIMIT ?",
                (int(tab), SHORT_SCAN, f"{end}%", f"%{end}", limit - len(found)),
            )
            found += [pk for (pk,) in rows]
        return found


def _words(text: str) -> list[str]:
    """The words to look for; a text of short words only is taken as it stands, for the index's sake."""
    clean = text.replace("\0", "").strip()
    words = clean.split()
    if any(len(word) >= INDEXED for word in words):
        return words
    return [clean] if clean else []


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
