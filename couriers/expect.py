"""What should happen to a parcel next, and by when. Pure.

The limits are those at which the platform or the courier takes a ticket (seller's handbook of TikTok Shop:
24 hours from pick-up to the first scan, two working days without movement); where nobody promises anything,
no time is named. Couriers work on Saturdays and not on Sundays; a delivery run ends with its day.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple

from couriers.base import TERMINAL, TrackingStatus
from store.times import DAY, WIB, from_datetime, to_datetime

FIRST_SCAN: Final = DAY
"""From the pick-up to the first news on the way, in milliseconds."""
STILL: Final = 2
"""Working days without movement after which a ticket is taken; also between two tries at the door."""

_SUNDAY: Final = 6
_S = TrackingStatus
_BY_WORD: Final = {str(one): one for one in _S}
_LOST: Final = frozenset({"lost", "damaged", "destroyed"})


class Expected(NamedTuple):
    """The next step of a parcel."""

    step: str
    """`picked_up`, `moving`, `delivered`, `retried`, `returned`, or `claim`: what a person has to do."""
    by: int | None = None
    """Epoch ms; None where nobody promises a time."""

    def overdue(self, now: int) -> bool:
        """Whether it should have happened already."""
        return self.by is not None and now > self.by


def expected(
    status: str | None, since: int | None, *, reason: str | None = None, scan_by: int | None = None
) -> Expected | None:
    """What comes after `status`, told at `since` (epoch ms); None when nothing more will happen.

    `status` is a TrackingStatus or a word that is none, which counts as unknown. `reason` goes with an
    exception. `scan_by` is the platform's deadline of the courier's first scan.
    """
    known = _BY_WORD.get(status or "", _S.UNKNOWN)
    if known in TERMINAL:
        return None
    if known is _S.EXCEPTION and reason in _LOST:
        return Expected("claim")
    if known in (_S.UNKNOWN, _S.PENDING):
        return Expected("picked_up", scan_by)
    if known is _S.RETURNING:
        return Expected("returned")
    if known is _S.PICKED_UP:
        return Expected("moving", None if since is None else since + FIRST_SCAN)
    if known is _S.OUT_FOR_DELIVERY:
        return Expected("delivered", None if since is None else day_end(since))
    step = "retried" if known is _S.DELIVERY_FAILED else "moving"
    return Expected(step, None if since is None else working_days(since, STILL))


def day_end(at: int) -> int:
    """The last second of a moment's day in Jakarta."""
    midnight = to_datetime(at, WIB).replace(hour=0, minute=0, second=0, microsecond=0)
    return from_datetime(midnight + timedelta(days=1)) - 1_000


def working_days(at: int, days: int) -> int:
    """The same hour so many working days later in Jakarta; Sundays do not count."""
    when = to_datetime(at, WIB)
    while days:
        when += timedelta(days=1)
        days -= when.weekday() != _SUNDAY
    return from_datetime(when)
