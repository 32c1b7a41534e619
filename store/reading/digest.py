"""What a digest is made of, and the digests that were made.

Every question is bounded by an index and by a number of rows; together tenths of a second in a big shop, two to four
seconds where 160,000 of a million orders are open (what they need of each SKU is added up), so off the screen's loop.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from store.reading.base import CHUNK, Base, marks
from store.reading.goods import Claim, claims
from store.status import SHIPPABLE, Tab
from store.times import DAY

MOST: Final = 20_000
"""Orders of one section looked at; a list that long is no list any more, and the counts say so."""
ON_SALE: Final = 45 * DAY
"""How long before its delivery or cancellation an order may have been shipped or placed and still be found."""


_SHIPPABLE: Final = sorted(SHIPPABLE)


class DueOrder(NamedTuple):
    """An order whose clock runs."""

    pk: int
    order_id: str
    created_at: int
    due: int | None
    """Until when it must be arranged (to ship) or scanned (awaiting collection)."""
    tracking_status: str | None


class DayNumbers(NamedTuple):
    """What a day came to; what was cancelled is asked for by order."""

    new: int
    shipped: int
    delivered: int
    revenue: int
    """Whole rupiah of the orders placed that day, without unpaid and cancelled ones."""


class Waiting(NamedTuple):
    """Conversations in which a buyer waits for a person."""

    n: int
    late: int
    """Of them, those whose twelve hours are over."""
    nearest: int | None
    """The first clock."""


class Happened(NamedTuple):
    """Rows of the feed that are of one kind."""

    kind: str
    new: str | None
    n: int


class DigestRow(NamedTuple):
    """A digest as it was stored."""

    id: int
    at: int
    kind: str
    body: str
    seen_at: int | None


class Digests(Base):
    """Reads for jobs/routine/ and its screen."""

    def to_ship(self, until: int, *, shop_id: int | None = None) -> list[DueOrder]:
        """Orders to ship whose clock ends before `until`, by clock."""
        return self._due(Tab.TO_SHIP, "coalesce(arrange_by, scan_by)", until, shop_id)

    def to_scan(self, until: int, *, shop_id: int | None = None) -> list[DueOrder]:
        """Parcels nobody has scanned whose clock ends before `until`, by clock."""
        return self._due(Tab.COLLECTION, "scan_by", until, shop_id)

    def failed_orders(self, shop_id: int | None = None) -> list[tuple[int, str]]:
        """Orders on which an action failed or waits for a person: row id and order id."""
        only, args = _only(shop_id)
        rows = self._query(
            "SELECT id, order_id FROM orders WHERE id IN"
            " (SELECT order_pk FROM actions WHERE state IN ('refused', 'needs_person'))"
            f" AND action_state IN ('refused', 'needs_person'){only} ORDER BY attention_at, id LIMIT ?",
            (*args, MOST),
        )
        return [(pk, order_id) for pk, order_id in rows]

    def claimed(self, sku_ids: Collection[str]) -> list[Claim]:
        """What each open order needs of these SKUs (store/reading/goods.py)."""
        return claims(self._query, sku_ids)

    def to_fill(self, pks: Sequence[int], shop_id: int | None = None) -> list[str]:
        """Those of the orders that are still to be shipped, by order id, as they stand in `pks`."""
        only, args = _only(shop_id)
        found: dict[int, str] = {}
        for start in range(0, len(pks), CHUNK):
            some = pks[start : start + CHUNK]
            found |= self._query(
                f"SELECT id, order_id FROM orders WHERE id IN ({marks(some)})"
                f" AND status IN ({marks(_SHIPPABLE)}){only}",
                (*some, *_SHIPPABLE, *args),
            )
        return [found[pk] for pk in pks if pk in found]

    def waiting_chats(self, now: int, shop_id: int | None = None) -> Waiting:
        """Conversations whose clock runs."""
        only, args = _only(shop_id)
        rows = self._query(
            "SELECT count(*), sum(CASE WHEN answer_by < ? THEN 1 ELSE 0 END), min(answer_by)"
            f" FROM conversations WHERE answer_by IS NOT NULL{only}",
            (now, *args),
        )
        return Waiting(int(rows[0][0]), int(rows[0][1] or 0), rows[0][2]) if rows else Waiting(0, 0, None)

    def day_numbers(self, since: int, until: int, shop_id: int | None = None) -> DayNumbers:
        """What happened in [since, until)."""
        only, args = _only(shop_id)
        placed = self._query(
            "SELECT count(*), sum(CASE WHEN status NOT IN ('UNPAID', 'CANCELLED') AND currency = 'IDR'"
            f" THEN total ELSE 0 END) FROM orders WHERE created_at >= ? AND created_at < ?{only}",
            (since, until, *args),
        )
        shipped = self._value(
            f"SELECT count(*) FROM orders WHERE shipped_at >= ? AND shipped_at < ?{only}",
            (since, until, *args),
        )
        delivered = self._value(
            "SELECT count(*) FROM orders WHERE shipped_at >= ? AND shipped_at < ?"
            f" AND delivered_at >= ? AND delivered_at < ?{only}",
            (since - ON_SALE, until, since, until, *args),
        )
        new, revenue = placed[0] if placed else (0, 0)
        return DayNumbers(int(new), int(shipped or 0), int(delivered or 0), int(revenue or 0))

    def cancelled_orders(self, since: int, until: int, shop_id: int | None = None) -> list[tuple[int, str]]:
        """Orders whose last word, cancelled, came in [since, until): row id and order id."""
        only, args = _only(shop_id)
        rows = self._query(
            # There `sort_at` is minus the last change (store/attention.py), and the tab's index.
            f"SELECT id, order_id FROM orders WHERE tab = ? AND sort_at > ? AND sort_at <= ?{only}"
            " ORDER BY sort_at, id LIMIT ?",
            (int(Tab.CANCELLED), -until, -since, *args, MOST),
        )
        return [(pk, order_id) for pk, order_id in rows]

    def happened(self, after: int, until: int) -> list[Happened]:
        """The feed after a row and up to another one, by kind and new state."""
        rows = self._query(
            "SELECT kind, new, count(DISTINCT coalesce(order_pk, -seq)) FROM changes"
            " WHERE seq > ? AND seq <= ? GROUP BY kind, new ORDER BY kind, new",
            (after, until),
        )
        return [Happened(kind, new, int(n)) for kind, new, n in rows]

    def touched(
        self, after: int, until: int, kinds: Sequence[str], limit: int
    ) -> list[tuple[int, str, str, str | None]]:
        """Orders in that stretch of the feed, the newest first: row id, order id, kind, new state."""
        rows = self._query(
            "SELECT order_pk, order_id, kind, new FROM changes WHERE seq > ? AND seq <= ?"
            f" AND order_pk IS NOT NULL AND kind IN ({marks(kinds)}) ORDER BY seq DESC LIMIT ?",
            (after, until, *kinds, limit),
        )
        return [(pk, order_id or "", kind, new) for pk, order_id, kind, new in rows]

    def order_pks(self, order_ids: Sequence[str]) -> list[int]:
        """The row ids of orders by their platform ids, in the order asked for, without those that are gone."""
        found: dict[str, list[int]] = {}
        for start in range(0, len(order_ids), CHUNK):
            some = order_ids[start : start + CHUNK]
            shops = [row[0] for row in self._query("SELECT id FROM shops")]
            if not shops:
                return []
            for pk, order_id in self._query(
                f"SELECT id, order_id FROM orders WHERE shop_id IN ({marks(shops)})"
                f" AND order_id IN ({marks(some)})",
                (*shops, *some),
            ):
                found.setdefault(order_id, []).append(pk)
        return [pk for order_id in dict.fromkeys(order_ids) for pk in found.get(order_id, ())]

    def digests(self, limit: int = 60) -> list[DigestRow]:
        """The digests that were made, the newest first."""
        rows = self._query(
            "SELECT id, at, kind, body, seen_at FROM digests ORDER BY at DESC, id DESC LIMIT ?", (limit,)
        )
        return [DigestRow(*row) for row in rows]

    def _due(self, tab: Tab, clock: str, until: int, shop_id: int | None) -> list[DueOrder]:
        only, args = _only(shop_id)
        # `sort_at` is the same clock in these tabs, and their index; without a clock it is a guess.
        rows = self._query(
            f"SELECT id, order_id, created_at, {clock}, tracking_status FROM orders"
            f" WHERE tab = ? AND sort_at < ? AND {clock} < ?{only} ORDER BY sort_at, id LIMIT ?",
            (int(tab), until, until, *args, MOST),
        )
        return [DueOrder(*row) for row in rows]


def _only(shop_id: int | None) -> tuple[str, list[int]]:
    # The sign keeps SQLite on the index of the time.
    return ("", []) if shop_id is None else (" AND +shop_id = ?", [shop_id])
