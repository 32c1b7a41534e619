"""Digests as they are written: one for each slot of a day, one for each time that nothing ran. Reading:
Reader.digests.

Which slots were told stands in the digests themselves (`"slot"` of the body), so that two seats on one store,
a restart, or a machine that slept make one, never two: the look and the row are one transaction.
"""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from store import changes
from store.bulk import one_writer, table_of
from store.memory import forget, recall, remember
from store.models import Change, Digest
from store.times import DAY

BEAT: Final = "routine.beat"
"""Where the store keeps when something last ran, and where the feed ended then."""
AWAY: Final = "routine.away"
"""... and a time without anybody that is not told yet."""

_CHANGES = table_of(Change)
_DIGESTS = table_of(Digest)


class Beat(msgspec.Struct, frozen=True):
    """The last sign of life."""

    at: int
    seq: int
    """The newest row of the feed then."""
    first: int
    """When this store heard one for the first time: nothing was missed before."""


class Away(msgspec.Struct, frozen=True):
    """A time in which nothing ran."""

    since: int
    until: int
    """When somebody was there again."""
    seq: int
    """The newest row of the feed before it."""


class _Slot(msgspec.Struct):
    slot: str | None = None


def slots_told(conn: Connection, since: int) -> set[str]:
    """The slots of digests made since then."""
    rows = conn.execute(
        select(_DIGESTS.c.body).where(_DIGESTS.c.kind == "routine", _DIGESTS.c.at >= since)
    ).scalars()
    return {slot for body in rows if (slot := _slot_of(body)) is not None}


def add_routine(conn: Connection, slot: str, body: str, now: int, detail: str) -> int | None:
    """Store a slot's digest and tell the feed (`digest.made`); None when another seat was faster."""
    one_writer(conn)
    # A slot is told on its own day; a day more covers every zone and clock.
    if slot in slots_told(conn, now - 2 * DAY):
        return None
    return _add(conn, "routine", body, now, detail)


def add_opened(conn: Connection, away: Away, body: str | None, now: int, detail: str) -> int | None:
    """Tell of a time away, once; `body` None: nothing happened. None when it was told already, or not worth it."""
    one_writer(conn)
    if read_away(conn) != away:
        return None
    forget(conn, AWAY)
    return None if body is None else _add(conn, "opened", body, now, detail)


def beat(conn: Connection, now: int, longest: int) -> tuple[Beat, Away | None]:
    """A sign of life, and the time away that is to be told: more than `longest` ms without a sign make one."""
    one_writer(conn)
    seq = int(conn.execute(select(func.max(_CHANGES.c.seq))).scalar_one() or 0)
    last = recall(conn, BEAT, Beat)
    if last is not None and now - last.at > longest:
        waiting = read_away(conn)
        # Closed again before the first one was told: they are one.
        away = Away(last.at, now, last.seq) if waiting is None else Away(waiting.since, now, waiting.seq)
        remember(conn, AWAY, away)
    if last is None or now > last.at:
        last = Beat(now, seq, now if last is None else last.first)
        remember(conn, BEAT, last)
    return last, read_away(conn)


def read_away(conn: Connection) -> Away | None:
    """The time away that is not told yet."""
    return recall(conn, AWAY, Away)


def seen(conn: Connection, digest: int, now: int) -> None:
    """A person has looked at it; the first look counts."""
    conn.execute(
        update(_DIGESTS).where(_DIGESTS.c.id == digest, _DIGESTS.c.seen_at.is_(None)).values(seen_at=now)
    )


def _add(conn: Connection, kind: str, body: str, now: int, detail: str) -> int:
    made = conn.execute(insert(_DIGESTS).values(at=now, kind=kind, body=body)).inserted_primary_key
    assert made is not None
    changes.append(conn, [(now, None, None, None, "digest.made", None, kind, detail, "job")])
    return int(made[0])


def _slot_of(body: str) -> str | None:
    try:
        return msgspec.json.decode(body, type=_Slot).slot
    except msgspec.DecodeError:
        return None
