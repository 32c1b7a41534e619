"""Before the courier comes: which parcels stand on no manifest yet, said once for each pick-up time and day.

What was said is remembered in the store, so a restart, a second seat or `pantau sync` by a timer says nothing
twice. The words are the screen's (tui/changes.py, tui/toasts.py); here it becomes a row of the feed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from jobs.config.durations import parse_time
from jobs.config.keys import HandoverSettings
from store import changes
from store.db import Store
from store.memory import say_once, unsaid
from store.reading.manifests import CourierWaiting
from store.times import Clock, from_datetime, to_datetime

KEY: Final = "handover.reminded"
KEPT: Final = 16
"""Pick-ups remembered: more than a day has."""
NAMED: Final = 3
"""Orders named, those with the nearest deadlines."""


class Pickup(NamedTuple):
    """One coming of the couriers."""

    key: str
    """`2026-11-25 15:00`: what is remembered."""
    at: int
    clock: str


def pickups_due(settings: HandoverSettings, now: int, zone: ZoneInfo) -> list[Pickup]:
    """The pick-ups whose reminder should have been given by now: they are near and not over. Pure."""
    here = to_datetime(now, zone)
    found = []
    for day in (
        here.date(),
        here.date() + timedelta(days=1),
    ):  # shortly before midnight the next day's is near
        for text in settings.pickup_at:
            hour, minute = parse_time(text)
            at = from_datetime(datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone))
            if at - settings.remind_before <= now < at:
                found.append(Pickup(f"{day.isoformat()} {text}", at, text))
    return sorted(found, key=lambda pickup: pickup.at)


async def remind(store: Store, settings: HandoverSettings, zone: ZoneInfo, *, clock: Clock) -> int:
    """Write the reminders that are due into the feed; how many couriers they name."""
    now = clock()
    due = pickups_due(settings, now, zone)
    if not due:
        return 0
    fresh = await store.aread(lambda conn: unsaid(conn, KEY, [pickup.key for pickup in due]))
    if not fresh:
        return 0
    waiting = await asyncio.to_thread(_waiting, store)
    if not waiting:
        return 0  # what is packed within the hour may still be worth a word
    return await store.awrite(lambda conn: _say(conn, due, waiting, now))


def _waiting(store: Store) -> list[CourierWaiting]:
    reader = store.reader()
    try:
        return reader.unmanifested()
    finally:
        reader.close()


def _say(conn: Connection, due: Sequence[Pickup], waiting: Sequence[CourierWaiting], now: int) -> int:
    fresh = say_once(conn, KEY, [pickup.key for pickup in due], KEPT)
    if not fresh:
        return 0  # another seat was faster
    pickup = next(one for one in due if one.key == fresh[0])
    rows = []
    for group in waiting:
        about = changes.detail(
            courier=group.courier,
            name=group.courier_name,
            parcels=len(group.parcels),
            pickup=pickup.clock,
            nearest=group.parcels[0].scan_by,
            orders=", ".join(parcel.order_id for parcel in group.parcels[:NAMED]),
        )
        rows.append((now, None, None, None, "handover.reminder", None, None, about, "job"))
    changes.append(conn, rows)
    return len(rows)
