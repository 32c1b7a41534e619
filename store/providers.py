"""The sources of tracking as the store knows them: quotas used by the day, and phrases nobody knows.

Every seat that works on a store draws on the same key, so the day's count stands here and not in a process.
It is raised before the questions leave: a crash may count some that were never asked, never the reverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from store.bulk import insert_into, one_writer, table_of
from store.models import ProviderUsage, UnknownText
from store.times import DAY, jakarta_day

_USAGE: Final = table_of(ProviderUsage)
_TEXTS: Final = table_of(UnknownText)

KEPT_DAYS: Final = 92
"""Counts of older days are forgotten."""
KEPT_TEXTS: Final = 500
"""Phrases kept per provider; the ones seen longest ago go first."""
LONGEST: Final = 160
"""Characters of a phrase: a status stands at its beginning."""


class Used(msgspec.Struct, frozen=True):
    """The count of one day."""

    asked: int = 0
    granted: int = 0
    """How many of the questions wished for may be asked."""


def reserve(
    conn: Connection, provider: str, wished: int, now: int, *, per_day: int | None, most: int | None = None
) -> Used:
    """Count up to `wished` questions that are about to be asked; the answer says how many may be.

    The count of the day never passes `most` (what may be used by now), nor the quota `per_day`.
    """
    one_writer(conn)
    day = jakarta_day(now)
    key = (_USAGE.c.provider == provider) & (_USAGE.c.day == day)
    known = conn.execute(select(_USAGE.c.asked, _USAGE.c.per_day).where(key)).one_or_none()
    if known is None:
        conn.execute(delete(_USAGE).where(_USAGE.c.day < jakarta_day(now - KEPT_DAYS * DAY)))
    asked = 0 if known is None else known.asked
    limits = [limit for limit in (per_day, most) if limit is not None]
    granted = max(0, min([wished, *(limit - asked for limit in limits)]))
    if known is None or granted or known.per_day != per_day:
        values = {"asked": asked + granted, "per_day": per_day}
        add = insert_into(conn, _USAGE).values(provider=provider, day=day, ok=0, **values)
        conn.execute(add.on_conflict_do_update(index_elements=["provider", "day"], set_=values))
    return Used(asked + granted, granted)


def settle(conn: Connection, provider: str, day: str, *, unasked: int = 0, ok: int = 0) -> None:
    """Give back what was counted and not asked, and count the answers that were journeys."""
    here = (_USAGE.c.provider == provider) & (_USAGE.c.day == day)
    values = {"asked": _USAGE.c.asked - unasked, "ok": _USAGE.c.ok + ok}
    conn.execute(update(_USAGE).where(here).values(values))


def asked_today(conn: Connection, now: int) -> dict[str, int]:
    """Questions counted today, by provider."""
    rows = conn.execute(select(_USAGE.c.provider, _USAGE.c.asked).where(_USAGE.c.day == jakarta_day(now)))
    return {row.provider: row.asked for row in rows}


def note_unknown(
    conn: Connection, provider: str, courier: str | None, texts: Mapping[str, int], now: int
) -> None:
    """Count phrases nobody knows. `texts`: masked already, with how often each was told."""
    rows = [
        {"provider": provider, "courier": courier or "", "text": text[:LONGEST].replace("\0", ""),
         "seen": seen, "first_seen": now, "last_seen": now}
        for text, seen in texts.items() if text
    ]  # fmt: skip
    if not rows:
        return
    one_writer(conn)
    add = insert_into(conn, _TEXTS)
    seen = {"seen": _TEXTS.c.seen + add.excluded.seen, "last_seen": add.excluded.last_seen}
    upsert = add.on_conflict_do_update(index_elements=["provider", "courier", "text"], set_=seen)
    conn.execute(upsert, rows)
    mine = _TEXTS.c.provider == provider
    over = conn.execute(select(func.count()).select_from(_TEXTS).where(mine)).scalar_one() - KEPT_TEXTS
    if over > 0:
        oldest = (
            select(_TEXTS.c.courier, _TEXTS.c.text).where(mine).order_by(_TEXTS.c.last_seen, _TEXTS.c.seen)
        )
        for courier_code, text in conn.execute(oldest.limit(over)).all():
            gone = mine & (_TEXTS.c.courier == courier_code) & (_TEXTS.c.text == text)
            conn.execute(delete(_TEXTS).where(gone))
