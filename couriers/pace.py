"""How hard one provider is asked: so many at once, so far apart, so many a day. Pure.

Every method takes the present; nothing here waits or asks a clock. Two clocks are meant: `tick` is a steady
one (milliseconds from anywhere) for the distance between questions, `now` the wall's for days and quotas.
"""

from __future__ import annotations

from typing import Final

from couriers.base import Pace
from store.times import DAY, SECOND, jakarta_day_part

HEAD: Final = 0.25
"""Share of a day's quota that may be used at any hour; the rest is let go evenly over the day."""
KEPT: Final = 0.05
"""Share of a day's quota that is kept for people who ask by key."""
WARN_AT: Final = (90, 75, 50)
"""Percent of a day's quota from which on a seller is told."""
CLOSE: Final = 1.0
"""Milliseconds by which a question may be early: timers are no finer."""


class Spacer:
    """Room for the next question: at most `at_once` under way, starts evenly `per_second`.

    Even distances keep any window of a second within the limit, which a bucket that fills up would not.
    """

    def __init__(self, pace: Pace) -> None:
        self._gap = SECOND / pace.per_second
        self._places = max(1, pace.at_once)
        self._next = float("-inf")
        self.under_way = 0

    @property
    def full(self) -> bool:
        """Whether an answer must come before the next question."""
        return self.under_way >= self._places

    def wait(self, tick: float) -> float:
        """Milliseconds until the next question may start; 0: now."""
        wait = self._next - tick
        return wait if wait >= CLOSE else 0.0

    def start(self, tick: float) -> None:
        """A question leaves."""
        self.under_way += 1
        self._next = max(self._next, tick) + self._gap

    def end(self) -> None:
        """Its answer is there, or will never be."""
        self.under_way -= 1


def released(per_day: int, now: int, *, urgent: bool = False) -> int:
    """How many of a day's questions may have been asked by now.

    The head start serves a morning's crowd; behind it, questions come free evenly until midnight, so that the
    waits of all parcels stretch alike when a quota is too small, and the last hour of the day still has some.
    A person who asks (`urgent`) may use all that is left.
    """
    if urgent:
        return per_day
    return int(per_day * (1 - KEPT) * (HEAD + (1 - HEAD) * jakarta_day_part(now)))


def next_release(per_day: int, asked: int, now: int) -> int:
    """When the next question comes free, if `asked` have been asked today; at the latest at midnight."""
    midnight = now + round((1 - jakarta_day_part(now)) * DAY)
    wanted = (asked + 1) / (per_day * (1 - KEPT)) if per_day else 1.0
    part = (wanted - HEAD) / (1 - HEAD)
    if part >= 1:
        return midnight
    return max(now + 1, midnight - DAY + round(part * DAY) + 1)


def warning(asked: int, per_day: int | None) -> int | None:
    """The highest step of WARN_AT that a day's count has reached."""
    if not per_day:
        return None
    return next((step for step in WARN_AT if asked * 100 >= step * per_day), None)


class Budget:
    """What this process may still ask a provider today. The count itself is the store's: seats share a key."""

    def __init__(self, per_day: int | None) -> None:
        self.per_day = per_day
        self.asked = 0
        """Of the whole day and all seats, as last heard."""
        self._tokens = 0
        self._today = range(0)
        """The day the numbers are about, in epoch milliseconds."""

    def tokens(self, now: int) -> int:
        """Questions counted in the store and not asked yet; yesterday's are worth nothing."""
        self._turn(now)
        return self._tokens

    def most(self, now: int, *, urgent: bool = False) -> int | None:
        """How high the day's count may be by now; None: nobody knows a quota."""
        return None if self.per_day is None else released(self.per_day, now, urgent=urgent)

    def dry(self, now: int, *, urgent: bool = False) -> bool:
        """Whether nothing may be asked for the moment."""
        self._turn(now)
        most = self.most(now, urgent=urgent)
        return self._tokens == 0 and most is not None and self.asked >= most

    def heard(self, asked: int, now: int, granted: int = 0) -> None:
        """The store's count, with what of it is newly ours."""
        self._turn(now)
        self.asked = asked
        self._tokens += granted

    def spend(self, now: int) -> None:
        """A question leaves."""
        self._turn(now)
        self._tokens -= 1

    def give_back(self, now: int) -> int:
        """Tokens that will not be used; the store is to be told, and the day they belong to is today."""
        self._turn(now)
        left, self._tokens = self._tokens, 0
        self.asked -= left
        return left

    def _turn(self, now: int) -> None:
        if now not in self._today:
            midnight = now - round(jakarta_day_part(now) * DAY)
            self._today = range(midnight, midnight + DAY)
            self.asked = self._tokens = 0
