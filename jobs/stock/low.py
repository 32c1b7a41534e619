"""Notices of goods that are few or will soon be gone: one for each time a pile comes to that.

Sales show in the orders within half a minute, so the shelves are looked at as often as orders are taken in; the
platform need not be asked. What was told is kept in the store: a restart repeats nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from jobs.config.keys import StockSettings
from jobs.stock.forecast import LOOK_BACK, Outlook, Sale, outlook, selling_out
from store import changes, goods
from store.bulk import one_writer
from store.changes import NewChange
from store.db import Store
from store.memory import recall, remember
from store.reading.goods import Shelf, SoldRow, handed, reserved, shelves, sold
from store.stock import Pile, keys, piles
from store.times import MINUTE, Clock

KEY: Final = "stock.warned"


class Warned(msgspec.Struct):
    """Piles that a notice was given of, by their keys."""

    low: set[str] = msgspec.field(default_factory=set)
    soon: set[str] = msgspec.field(default_factory=set)


async def watch_goods(store: Store, settings: StockSettings, *, clock: Clock) -> int:
    """One look at all piles of all shops; how many notices came of it. Raises StoreError."""
    now = clock()
    looked = await store.aread(lambda conn: look(conn, settings, now))
    if looked is None:
        return 0  # an empty write would be a commit, and every commit wakes every screen
    before, given, rows = looked

    def tell(conn: Connection) -> int:
        one_writer(conn)
        if warned(conn) != before:
            return 0  # another process was faster: the next look starts from what it told
        remember(conn, KEY, given)
        changes.append(conn, rows)
        return len(rows)

    return await store.awrite(tell)


class GoodsWatch:
    """Looks again and again; where nothing changed since the last look, and no warning has to end, it does not."""

    def __init__(self, store: Store, settings: StockSettings, *, clock: Clock) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._seen: int | None = None
        """The end of the change feed at the last look without a standing warning."""

    async def run(self) -> int:
        """One look; how many notices came of it. Raises StoreError."""
        seq, standing = await self._store.aread(_feed_and_warnings)
        if seq == self._seen and not standing:
            return 0
        told = await watch_goods(self._store, self._settings, clock=self._clock)
        self._seen = seq
        return told


def warned(conn: Connection) -> Warned:
    """What notices were given; nothing when that cannot be read."""
    return recall(conn, KEY, Warned) or Warned()


def _feed_and_warnings(conn: Connection) -> tuple[int, bool]:
    seq = conn.exec_driver_sql("SELECT coalesce(max(seq), 0) FROM changes").scalar_one()
    return int(seq), bool(warned(conn).soon)


def look(
    conn: Connection, settings: StockSettings, now: int
) -> tuple[Warned, Warned, Sequence[NewChange]] | None:
    """What was remembered, what to remember and what to tell now; None when nothing changed."""
    query = goods.querying(conn)
    known = shelves(query)
    if not known:
        return None
    every = piles(known, reserved(query, known), handed(query, known))
    sales = sales_of(known, sold(query, now - LOOK_BACK, now))
    before = warned(conn)
    after, rows = Warned(), []
    for pile in every:
        if pile.is_low(settings.low):
            after.low.add(pile.key)
            if pile.key not in before.low:
                rows.append(_row(conn, pile, "stock.low", now))
        soon = coming(pile, sales.get(pile.key, ()), settings, now, warned=pile.key in before.soon)
        if soon is not None:
            after.soon.add(pile.key)
            if pile.key not in before.soon:
                rows.append(_row(conn, pile, "stock.out_soon", now, soon))
    return None if after == before else (before, after, rows)


def coming(
    pile: Pile, sales: Sequence[Sale], settings: StockSettings, now: int, *, warned: bool
) -> Outlook | None:
    """The outlook of a pile that is selling out; None for every other. What is out already is low, not soon."""
    horizon = settings.forecast_minutes * MINUTE
    if not horizon or pile.free is None or not sales or (pile.free <= 0 and not warned):
        return None
    if not selling_out(pile.free, sales, now, horizon, warned=warned):
        return None
    return outlook(pile.free, sales, now)


def sales_of(known: Sequence[Shelf], rows: Sequence[SoldRow]) -> Mapping[str, list[Sale]]:
    """Sales by pile."""
    key_of = keys(known)
    found: dict[str, list[Sale]] = defaultdict(list)
    for row in rows:
        if (key := key_of.get((row.shop_id, row.sku_id))) is not None:
            found[key].append(Sale(row.at, row.units))
    return found


def _row(conn: Connection, pile: Pile, kind: str, now: int, soon: Outlook | None = None) -> NewChange:
    first = pile.first
    # The shop's products may not have been read yet: its orders name what they hold.
    named = (
        (first.name, first.variation)
        if first.name
        else goods.name_in_orders(conn, first.shop_id, first.sku_id)
    )
    minutes = None if soon is None or soon.out_in is None else round(soon.out_in / MINUTE)
    detail = changes.detail(
        sku_id=first.sku_id, seller_sku=first.seller_sku, name=named[0], variation=named[1],
        free=pile.free, minutes=minutes,
    )  # fmt: skip
    shop_id = None if pile.shared else first.shop_id
    return NewChange(now, shop_id, None, None, kind, detail=detail, actor="job")
