"""A person wants to know now where a parcel is: the wish goes into the store, the tracking job takes it up.

Write, then `nudge("tracking")`: a round under way notices by itself within about a second, another process's
at its next round.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection

from store import packages
from store.db import Store
from store.packages import Refresh

__all__ = ("Refresh", "refresh", "refresh_tracking")


def refresh_tracking(store: Store, order_ids: Iterable[int]) -> dict[Refresh, int]:
    """Ask for a look at the parcels of these orders (their row ids, `pk` on the screens) before all others.

    Says how many orders came to which answer. Waits for the writer: from an event loop, call it in a thread,
    or give `refresh` to the store's `submit`.
    """
    pks = list(order_ids)
    return store.write(lambda conn: refresh(conn, pks, store.clock()))


def refresh(conn: Connection, order_pks: Iterable[int], now: int) -> dict[Refresh, int]:
    """`refresh_tracking` within a transaction at hand."""
    return dict(Counter(packages.refresh_now(conn, pk, now) for pk in dict.fromkeys(order_pks)))
