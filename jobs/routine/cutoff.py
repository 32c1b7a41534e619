"""Before the platform's cut-off at noon: which orders of the day are still to be arranged or scanned.

Said an hour and twenty minutes before it, once each, on working days, and only when something remains. What
was said is remembered in the store, so that a restart or a second seat says nothing twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection

from jobs.parcels.stats import ON_THE_WAY
from jobs.routine.times import Alarm, CutOff, warnings_due
from store import changes, memory
from store.db import Store
from store.reading.digest import DueOrder
from store.times import WIB, to_datetime

KEY: Final = "cutoff.said"
KEPT: Final = 8
"""Warnings remembered: more than two days have."""
NAMED: Final = 3
"""Orders named, those whose clock ends first."""


class Remaining(NamedTuple):
    """What still belongs to the day."""

    arrange: list[DueOrder]
    scan: list[DueOrder]


async def warn(store: Store, cutoff: CutOff, now: int) -> Remaining | None:
    """Write the warning that is due into the feed; None when none is, or nothing remains."""
    due = warnings_due(now, cutoff)
    if not due:
        return None
    keys = [alarm.key for alarm in due]
    if not await store.aread(lambda conn: memory.unsaid(conn, KEY, keys)):
        return None
    remaining = await asyncio.to_thread(look, store, cutoff)
    # Remembered also when nothing remains: an order of the next minute is news, not a warning forgotten.
    said = await store.awrite(lambda conn: _say(conn, due, remaining, now))
    return remaining if said else None


def look(store: Store, cutoff: CutOff) -> Remaining:
    """What has to leave on the day of the cut-off, or should have left before."""
    reader = store.reader()
    try:
        until = cutoff.day_end + 1
        scan = [row for row in reader.to_scan(until) if row.tracking_status not in ON_THE_WAY]
        return Remaining(reader.to_ship(until), scan)
    finally:
        reader.close()


def _say(conn: Connection, due: Sequence[Alarm], remaining: Remaining, now: int) -> bool:
    if not memory.say_once(conn, KEY, [alarm.key for alarm in due], KEPT) or not any(remaining):
        return False
    nearest = sorted((*remaining.arrange, *remaining.scan), key=lambda row: (row.due or 0, row.pk))
    about = changes.detail(
        cutoff=f"{to_datetime(due[-1].at, WIB):%H:%M}",
        minutes=due[-1].minutes,
        arrange=len(remaining.arrange),
        scan=len(remaining.scan),
        orders=", ".join(row.order_id for row in nearest[:NAMED]),
    )
    changes.append(conn, [(now, None, None, None, "cutoff.near", None, None, about, "job")])
    return True
