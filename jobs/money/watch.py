"""The job that says which orders are late in being paid, and which brought less than they should: once each.

It reckons (overview.py) after each pass of the statements, and only then. What it said is remembered in the store, so
that a restart or a second seat says nothing twice. A payment that failed is told where it is written
(store/money.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import Connection

from jobs.config.keys import MoneySettings
from jobs.intake.sync import Alive, quiet
from jobs.money.overview import gather
from store import changes
from store.bulk import one_writer
from store.db import Store
from store.memory import recall, remember
from store.times import MINUTE, Clock

if TYPE_CHECKING:
    from store.reader import Reader

EVERY: Final = MINUTE
"""Between two looks whether statements were read."""
KEY: Final = "money.said"
KEPT: Final = 5_000
"""Orders of a kind remembered, the newest: also those no longer listed, for a rate learned anew may bring one back.
Where so many are remembered, those before the oldest of them count as told."""
APART: Final = 3
"""So many orders of a look have a row each, in their own history too; more are one row."""
OVERDUE, LESS = "money.overdue", "money.less"


class Wrong(NamedTuple):
    """An order whose money did not come, or not all of it."""

    pk: int
    order_id: str
    shop_id: int
    amount: int
    """Whole rupiah: what is awaited, or what is missing."""


class MoneyWatch:
    """One process's part of it."""

    def __init__(self, store: Store, settings: MoneySettings, *, clock: Clock) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._read_at: Mapping[str, int | None] = {}
        """When each shop's statements were last read as this process looked at them."""

    async def run(self, alive: Alive = quiet) -> int:
        """Look, if there is something new to look at; how many orders were told. Raises StoreError."""
        now = self._clock()
        read_at, found = await asyncio.to_thread(self._look, now)
        alive()
        told = 0
        if found is not None and any(found.values()):
            told = await self._store.awrite(lambda conn: say(conn, found, now))
        self._read_at = read_at
        return told

    def _look(self, now: int) -> tuple[Mapping[str, int | None], Mapping[str, list[Wrong]] | None]:
        reader = self._store.reader()
        try:
            read_at = {row.shop: row.last_ok_at for row in reader.health() if row.job == "money" and row.shop}
            if read_at == self._read_at:
                return read_at, None
            return read_at, wrong(reader, self._settings, now)
        finally:
            reader.close()


def wrong(reader: Reader, settings: MoneySettings, now: int) -> dict[str, list[Wrong]]:
    """What is to be told, by kind of the feed, the gravest first."""
    found = gather(reader, settings, now)
    return {
        OVERDUE: [Wrong(one.pk, one.order_id, one.shop_id, one.amount) for one in found.overdue],
        LESS: [Wrong(one.pk, one.order_id, one.shop_id, -one.difference.amount) for one in found.less],
    }


def say(conn: Connection, found: Mapping[str, Sequence[Wrong]], now: int) -> int:
    """Tell the feed of what was not told yet, and remember it; how many orders."""
    one_writer(conn)
    said = recall(conn, KEY, dict[str, list[int]]) or {}
    told, after = 0, {}
    for kind, orders in found.items():
        known = set(said.get(kind, ()))
        oldest = min(known) if len(known) >= KEPT else 0
        fresh = [one for one in orders if one.pk > oldest and one.pk not in known]
        after[kind] = sorted(known.union(one.pk for one in fresh))[-KEPT:]
        changes.append(conn, _rows(kind, fresh, now))
        told += len(fresh)
    if told:
        remember(conn, KEY, after)
    return told


def _rows(kind: str, fresh: Sequence[Wrong], now: int) -> list[changes.NewChange]:
    if not fresh:
        return []
    if len(fresh) <= APART:
        return [
            changes.NewChange(
                *(now, one.shop_id, one.pk, one.order_id, kind, None, None),
                *(changes.detail(n=1, amount=one.amount), "job"),
            )
            for one in fresh
        ]
    about = changes.detail(n=len(fresh), amount=sum(one.amount for one in fresh))
    return [changes.NewChange(now, None, None, None, kind, None, None, about, "job")]
