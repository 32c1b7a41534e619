"""What statistics and the forecast are made of: shipments of a window, what waits, cancellations, journeys.

Every question is bounded by time and by a number of rows, on an index; still, tens to hundreds of
milliseconds at a million orders, so off the screen's loop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from store.reading.base import CHUNK, Base, marks
from store.status import Tab
from store.times import DAY

MOST_SHIPMENTS: Final = 30_000
"""Newest shipments looked at: a shop with more has no better medians for it."""
MOST_WAITING: Final = 5_000
"""Parcels awaiting collection looked at, the most urgent first."""


class ShipmentRow(NamedTuple):
    """An order whose shipment was arranged; times in epoch ms."""

    pk: int
    shop_id: int
    status: str
    courier: str | None
    province: str | None
    city: str | None
    shipped_at: int
    collected_at: int | None
    delivered_at: int | None
    scan_by: int | None
    updated_at: int


class WaitingRow(NamedTuple):
    """An order whose parcel nobody has scanned."""

    pk: int
    order_id: str
    courier: str | None
    shipped_at: int | None
    scan_by: int | None
    tracking_status: str | None


class Dispatch(NamedTuple):
    """Orders with a hand-over clock that ends in a window."""

    scanned_in_time: int
    scanned_late: int
    overdue: int
    """Not scanned, and the clock has run out."""
    running: int
    """Not scanned, and there is still time."""


class CancelledRow(NamedTuple):
    """Cancelled orders of a window that share a reason."""

    reason: str | None
    """The order's readable reason."""
    key: str | None
    """The cancellation's reason key, where a request told it."""
    ours: bool
    """We cancelled it from here."""
    n: int


_SHIPMENT: Final = ", ".join(("id", *ShipmentRow._fields[1:]))
_WAITING: Final = ", ".join(("id", *WaitingRow._fields[1:]))


class Performance(Base):
    """Reads for jobs/parcels/stats.py and jobs/parcels/stuck.py."""

    def shipments(
        self, since: int, until: int, *, shop_id: int | None = None, limit: int = MOST_SHIPMENTS
    ) -> list[ShipmentRow]:
        """Shipments arranged from `since` to `until`, the newest first."""
        only, args = self._only(shop_id)
        rows = self._query(
            f"SELECT {_SHIPMENT} FROM orders"
            f" WHERE shipped_at >= ? AND shipped_at <= ?{only} ORDER BY shipped_at DESC LIMIT ?",
            (since, until, *args, limit),
        )
        return [ShipmentRow(*row) for row in rows]

    def awaiting(self, *, shop_id: int | None = None, limit: int = MOST_WAITING) -> list[WaitingRow]:
        """What awaits collection, by its deadline."""
        only, args = self._only(shop_id)
        rows = self._query(
            f"SELECT {_WAITING} FROM orders WHERE tab = ?{only} ORDER BY sort_at, id LIMIT ?",
            (int(Tab.COLLECTION), *args, limit),
        )
        return [WaitingRow(*row) for row in rows]

    def dispatch(
        self, created_since: int, due_since: int, due_until: int, now: int, *, shop_id: int | None = None
    ) -> Dispatch:
        """The orders created since then whose scan deadline lies in [due_since, due_until).

        Not asked: unpaid ones, those cancelled before a scan, and those that are on their way without anybody
        having told when they were scanned.
        """
        only, args = self._only(shop_id)
        scanned, late = "collected_at IS NOT NULL", "collected_at > scan_by"
        rows = self._query(
            "SELECT"
            f" sum(CASE WHEN {scanned} AND NOT {late} THEN 1 ELSE 0 END),"
            f" sum(CASE WHEN {scanned} AND {late} THEN 1 ELSE 0 END),"
            f" sum(CASE WHEN NOT {scanned} AND scan_by < ? THEN 1 ELSE 0 END),"
            f" sum(CASE WHEN NOT {scanned} AND scan_by >= ? THEN 1 ELSE 0 END)"
            " FROM orders WHERE created_at >= ? AND created_at <= ? AND scan_by >= ? AND scan_by < ?"
            f" AND status NOT IN ('UNPAID', 'UNKNOWN'){only}"
            f" AND ({scanned} OR status IN"
            " ('ON_HOLD', 'AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING', 'AWAITING_COLLECTION'))",
            (now, now, created_since, now, due_since, due_until, *args),
        )
        return Dispatch(*(int(n or 0) for n in rows[0])) if rows else Dispatch(0, 0, 0, 0)

    def placed(self, since: int, now: int, *, shop_id: int | None = None) -> int:
        """Orders placed since then that were paid for, or are paid at the door."""
        only, args = self._only(shop_id)
        condition = "created_at >= ? AND created_at <= ? AND status <> 'UNPAID'"
        return (
            self._value(
                f"SELECT count(*) FROM orders WHERE {condition} AND (cod OR paid_at IS NOT NULL){only}",
                (since, now, *args),
            )
            or 0
        )

    def cancelled(
        self, since: int, now: int, *, shop_id: int | None = None, clock: int = 0
    ) -> list[CancelledRow]:
        """The cancelled ones among `placed`, by reason. With a `clock` only those whose last word came so many ms or
        more after the beginning of its day; `since` is a midnight then."""
        only, args = self._only(shop_id)
        if clock:
            only += " AND (updated_at - ?) % ? >= ?"
            args = [*args, since, DAY, clock]
        key = "(SELECT max(r.reason) FROM requests r WHERE r.order_pk = orders.id AND r.kind = 'cancel')"
        ours = (
            "EXISTS (SELECT 1 FROM actions a WHERE a.order_pk = orders.id AND a.kind = 'cancel'"
            " AND a.state = 'done')"
        )
        rows = self._query(
            f"SELECT reason, told, ours, count(*) FROM (SELECT cancel_reason AS reason, {key} AS told,"
            f" {ours} AS ours FROM orders WHERE created_at >= ? AND created_at <= ? AND status = 'CANCELLED'"
            f" AND (cod OR paid_at IS NOT NULL){only}) AS one GROUP BY reason, told, ours",
            (since, now, *args),
        )
        return [CancelledRow(reason, told, bool(ours), int(n)) for reason, told, ours, n in rows]

    def cancelling(self, until: int, now: int, *, shop_id: int | None = None) -> int:
        """Orders the platform will cancel by itself before `until` because nobody prepared or handed them over."""
        only, args = self._only(shop_id)
        tabs = (int(Tab.TO_SHIP), int(Tab.COLLECTION))
        return (
            self._value(
                "SELECT count(*) FROM orders WHERE tab IN (?, ?) AND cancel_at >= ? AND cancel_at < ?" + only,
                (*tabs, now, until, *args),
            )
            or 0
        )

    def moments(self, pks: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
        """When something was told of each order's journey; orders of which nothing was told are left out."""
        for start in range(0, len(pks), CHUNK):
            some = pks[start : start + CHUNK]
            found: defaultdict[int, list[int]] = defaultdict(list)
            statement = "SELECT order_pk, at FROM tracking_events WHERE at IS NOT NULL"
            for pk, at in self._query(f"{statement} AND order_pk IN ({marks(some)})", some):
                found[pk].append(at)
            yield from found.items()

    @staticmethod
    def _only(shop_id: int | None) -> tuple[str, list[int]]:
        # The sign keeps SQLite on the index of the time; that of order ids would gather the whole shop.
        return ("", []) if shop_id is None else (" AND +shop_id = ?", [shop_id])
