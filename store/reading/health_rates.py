"""What the rates of shop health will be tonight is made of: how past days ended, and what is still open.

Bounded by an index and by a number of rows; tens to hundreds of milliseconds in a big shop, so off the
screen's loop.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from store.reading.base import Base
from store.status import Tab
from store.times import DAY

MOST_PAST: Final = 30_000
"""Newest orders of past days looked at: habits of a shop with more are known well enough by then."""
MOST_OPEN: Final = 20_000


class PastRow(NamedTuple):
    """An order whose clock has ended; epoch ms."""

    courier: str | None
    created_at: int
    shipped_at: int | None
    collected_at: int | None
    scan_by: int


class OpenRow(NamedTuple):
    """An order nobody has scanned whose clock, or whose patience of the platform, ends in a stretch of time."""

    pk: int
    shop_id: int
    order_id: str
    courier: str | None
    shipped_at: int | None
    scan_by: int | None
    cancel_at: int | None
    tracking_status: str | None


_DECIDED: Final = (
    "status NOT IN ('UNPAID', 'UNKNOWN') AND (collected_at IS NOT NULL OR status IN"
    " ('ON_HOLD', 'AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING', 'AWAITING_COLLECTION'))"
)
"""As in Performance.dispatch: what was cancelled before a scan is not asked."""
_PAST: Final = ", ".join(PastRow._fields)
_OPEN: Final = ", ".join(("id", *OpenRow._fields[1:]))


class HealthRates(Base):
    """Reads for jobs/health/."""

    def past_days(
        self, created_since: int, since: int, until: int, *, shop_id: int | None = None
    ) -> list[PastRow]:
        """Orders created since then whose scan deadline lies in [since, until), the newest first."""
        only, args = _only(shop_id)
        rows = self._query(
            f"SELECT {_PAST} FROM orders WHERE created_at >= ? AND created_at < ? AND scan_by >= ? AND scan_by < ?"
            f" AND {_DECIDED}{only} ORDER BY created_at DESC LIMIT ?",
            (created_since, until, since, until, *args, MOST_PAST),
        )
        return [PastRow(*row) for row in rows]

    def open_until(self, now: int, until: int, *, shop_id: int | None = None) -> list[OpenRow]:
        """Orders not scanned whose scan deadline or automatic cancellation lies in [now, until), by that moment."""
        only, args = _only(shop_id)
        tabs = (int(Tab.UNPAID), int(Tab.TO_SHIP), int(Tab.COLLECTION))
        rows = self._query(
            f"SELECT {_OPEN} FROM orders WHERE tab IN (?, ?, ?) AND status <> 'UNPAID' AND collected_at IS NULL"
            f" AND ((scan_by >= ? AND scan_by < ?) OR (cancel_at >= ? AND cancel_at < ?)){only}"
            " ORDER BY scan_by, id LIMIT ?",
            (*tabs, now, until, now, until, *args, MOST_OPEN),
        )
        return [OpenRow(*row) for row in rows]

    def next_clock(self, since: int, until: int) -> int:
        """The first scan deadline in [since, until) of an order to ship or to collect that nobody has scanned; `until`
        where none ends before.

        By the order of the two tabs (store/attention.py): where orders wait for the courier only those of that
        stretch are looked at, where they wait to be arranged all that are late or due by then.
        """
        query = (
            "SELECT min(scan_by) FROM orders WHERE tab = ? AND sort_at >= ? AND sort_at < ?"
            " AND scan_by >= ? AND scan_by < ? AND collected_at IS NULL"
        )
        to_ship = self._value(query, (int(Tab.TO_SHIP), 0, until, since, until))
        waiting = self._value(query, (int(Tab.COLLECTION), since, until, since, until))
        return min(at for at in (to_ship, waiting, until) if at is not None)

    def placed_late(self, since: int, until: int, clock: int, *, shop_id: int | None = None) -> int:
        """Paid orders placed in [since, until), `clock` ms or more after the beginning of their day; `since` is a
        midnight."""
        only, args = _only(shop_id)
        return (
            self._value(
                "SELECT count(*) FROM orders WHERE created_at >= ? AND created_at < ?"
                " AND (created_at - ?) % ? >= ? AND status <> 'UNPAID'"
                f" AND (cod OR paid_at IS NOT NULL){only}",
                (since, until, since, DAY, clock, *args),
            )
            or 0
        )

    def first_order(self, shop_id: int | None = None) -> int | None:
        """When the oldest order was placed."""
        only, args = _only(shop_id)
        found: int | None = self._value(
            f"SELECT min(created_at) FROM orders WHERE created_at >= 0{only}", args
        )
        return found


def _only(shop_id: int | None) -> tuple[str, list[int]]:
    # The sign keeps SQLite on the index of the time.
    return ("", []) if shop_id is None else (" AND +shop_id = ?", [shop_id])
