"""When to look again: by where the parcel is, by what came back, and by how often nothing came. Pure.

Times are epoch milliseconds; `jitter` is a number from 0 to 1 the caller draws, so that a thousand parcels of
one morning do not ask in the same minute for ever.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from couriers.base import TERMINAL, Outcome, TrackingStatus
from store.times import DAY, HOUR, MINUTE, SECOND, WIB, from_datetime, to_datetime

STALE_AFTER: Final = 30 * DAY
"""Without any change for so long nobody looks any more; the parcel is shown as stale."""
SPREAD: Final = 0.2
"""Jitter lengthens a wait by at most this share."""

_S = TrackingStatus
BY_STATUS: Final = {
    _S.OUT_FOR_DELIVERY: 15 * MINUTE,
    _S.IN_TRANSIT: 45 * MINUTE,
    _S.PICKED_UP: HOUR,
    _S.DELIVERY_FAILED: 2 * HOUR,
    _S.RETURNING: 2 * HOUR,
    _S.PENDING: 3 * HOUR,
    _S.UNKNOWN: 3 * HOUR,
    _S.EXCEPTION: 6 * HOUR,
}

_BACK_OFF: Final = {
    Outcome.NOT_FOUND: (15 * MINUTE, 8 * HOUR),
    Outcome.NOT_REGISTERED: (15 * MINUTE, 8 * HOUR),
    Outcome.RATE_LIMITED: (30 * SECOND, 5 * MINUTE),
    Outcome.UNAVAILABLE: (MINUTE, 64 * MINUTE),
    Outcome.BAD_REPLY: (HOUR, 8 * HOUR),
    Outcome.UNAUTHORIZED: (6 * HOUR, 6 * HOUR),
    Outcome.NEEDS_PHONE: (DAY, DAY),
    Outcome.UNSUPPORTED: (DAY, DAY),
}
"""First wait, doubled by every miss, and the longest."""

STOPS_PROVIDER: Final = frozenset({Outcome.UNAUTHORIZED, Outcome.QUOTA_EXCEEDED, Outcome.RATE_LIMITED})
"""Trouble that the next parcel would meet as well."""


def next_look(
    status: TrackingStatus,
    outcome: Outcome,
    *,
    now: int,
    misses: int,
    moved_at: int | None,
    jitter: float,
    retry_after: float | None = None,
) -> int | None:
    """When to look at a parcel again; None: never.

    `status` is the last known one, `misses` the looks before this one in a row that found nothing, `moved_at`
    the last change anybody knows of (the newest row, else the shipment).
    """
    if status in TERMINAL:
        return None
    if moved_at is not None and now - moved_at >= STALE_AFTER:
        return None
    if outcome is Outcome.OK:
        return now + _spread(BY_STATUS[status], jitter)
    return now + _wait(outcome, now, misses, retry_after, jitter)


def rests_until(outcome: Outcome, *, now: int, strikes: int, retry_after: float | None, jitter: float) -> int:
    """Until when a provider in trouble is left alone; `strikes` counts its rests in a row before this one."""
    return now + _wait(outcome, now, strikes, retry_after, jitter)


def _wait(outcome: Outcome, now: int, misses: int, retry_after: float | None, jitter: float) -> int:
    if retry_after is not None:
        return _spread(max(SECOND, round(retry_after * SECOND)), jitter)
    if outcome is Outcome.QUOTA_EXCEEDED:
        return _quota_reset(now) - now
    first, longest = _BACK_OFF[outcome]
    # The shift is bounded: a parcel can be missed for years.
    return _spread(min(longest, first << min(misses, 16)), jitter)


def _quota_reset(now: int) -> int:
    """Five minutes after the next midnight in Jakarta, when daily quotas start again."""
    today = to_datetime(now, WIB).replace(hour=0, minute=5, second=0, microsecond=0)
    reset = today if from_datetime(today) > now else today + timedelta(days=1)
    return from_datetime(reset)


def _spread(wait: int, jitter: float) -> int:
    return wait + round(wait * SPREAD * jitter)
