"""The job that learns how long parcels lie still, and judges the open ones by it.

Learning reads the shop's newest shipments and their journeys once a day; judging walks through the open
parcels in slices and writes only what differs. Ingest pays nothing for either: it judges by what was learned
last (store/attention.py).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import Connection

from jobs.intake.sync import Alive, quiet
from jobs.parcels.lanes import Learned, Trip, learn, patience_of
from store import parcels
from store.attention import Lane, use
from store.db import Store
from store.times import DAY, HOUR, Clock

if TYPE_CHECKING:
    from store.reader import Reader

log = logging.getLogger(__name__)

WINDOW: Final = 90 * DAY
"""History that is learned from: a courier of last year is another courier."""
FRESH: Final = 20 * HOUR
"""What was learned is learned anew after this, so one hourly run in a day does it."""
SLICE: Final = 500
"""Orders judged at once."""
JOURNEYS: Final = 20_000
"""Newest arrived parcels whose journeys are read."""


class ParcelReport(msgspec.Struct):
    """What one run did."""

    lanes: int = 0
    """Lanes that something is known of."""
    learned: bool = False
    """Whether this run learned anew."""
    judged: int = 0
    """Open parcels looked at."""
    changed: int = 0
    """Orders that enter or leave the action tab, now or at another time than before."""


async def look_at_parcels(store: Store, *, clock: Clock, alive: Alive = quiet) -> ParcelReport:
    """Learn when that is due, judge by what is known. Raises StoreError when the store fails."""
    report, now = ParcelReport(), clock()
    learned_at = await store.aread(parcels.learned_at)
    if learned_at is None or not now - FRESH < learned_at <= now:
        found = await asyncio.to_thread(_study, store, now)
        alive()
        await store.awrite(lambda conn: parcels.keep(conn, found, now))
        report.learned = True
    known = await store.aread(parcels.limits)
    use(patience_of({lane: Learned(*limit) for lane, limit in known.items()}))
    report.lanes = len(known)
    await _judge(store, report, alive)
    if report.changed:
        log.info("parcels: %d of %d open ones judged anew", report.changed, report.judged)
    return report


def trips(reader: Reader, now: int) -> list[Trip]:
    """What the newest shipments went through, for jobs/parcels/lanes.py; one read-only look, seconds for a big shop."""
    rows = [row for row in reader.shipments(now - WINDOW, now) if row.courier]
    arrived = [row.pk for row in rows if row.delivered_at is not None][:JOURNEYS]
    told = dict(reader.moments(arrived))
    made = []
    for row in rows:
        moments: list[int] = []
        if row.pk in told:
            ends = (row.collected_at, row.delivered_at)
            # What is told after the arrival (a photo, a signature) is no movement of the parcel.
            last = row.delivered_at or now
            moments = [at for at in told[row.pk] if (row.collected_at or row.shipped_at) <= at <= last]
            moments += [at for at in ends if at is not None]
        made.append(
            Trip(
                row.shop_id,
                row.courier or "",
                row.province,
                row.city,
                row.shipped_at,
                row.collected_at,
                moments,
            )
        )
    return made


def _study(store: Store, now: int) -> dict[Lane, Learned]:
    reader = store.reader()
    try:
        return learn(trips(reader, now))
    finally:
        reader.close()


async def _judge(store: Store, report: ParcelReport, alive: Alive) -> None:
    found = await store.aread(parcels.open_parcels)
    for start in range(0, len(found), SLICE):
        pks = found[start : start + SLICE]
        if await store.aread(partial(_differs, pks=pks)):
            report.changed += await store.awrite(partial(parcels.rejudge, pks=pks))
        report.judged += len(pks)
        alive()


def _differs(conn: Connection, pks: Sequence[int]) -> bool:
    return bool(parcels.judge(conn, pks))
