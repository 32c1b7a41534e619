"""One source of tracking as a desk with a line: whose turn it is, and when. Pure: no clock, no network.

A desk knows how hard its source may be asked (couriers/pace.py) and how it fares (couriers/breaker.py). It is
told what happened and says what may happen next; jobs/tracking/asking.py does it, and a test can live a simulated day.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import Final, Generic, TypeVar

from couriers import policy
from couriers.base import Outcome, Pace
from couriers.breaker import Breaker
from couriers.pace import Budget, Spacer

T = TypeVar("T")

BLOCK: Final = 50
"""Questions counted in the store at a time: one write for each would cost more than the questions."""


class Desk(Generic[T]):
    """One source, for one shop or (None) for all. `batch`: how many parcels a question may hold."""

    def __init__(self, name: str, pace: Pace, *, batch: int = 1, shop_id: int | None = None) -> None:
        self.name = name
        self.shop_id = shop_id
        self.batch = max(1, batch)
        self.breaker = Breaker()
        self.budget = Budget(pace.per_day)
        self.ok = 0
        """Journeys answered and not yet counted in the store."""
        self._spacer = Spacer(pace)
        self._line: list[tuple[int, int, T]] = []
        self._joined = 0

    def __len__(self) -> int:
        return len(self._line)

    @property
    def under_way(self) -> int:
        """Questions without an answer."""
        return self._spacer.under_way

    def join(self, rank: int, item: T) -> None:
        """Stand in line: the lowest rank first, below zero for what a person waits for."""
        self._joined += 1
        heappush(self._line, (rank, self._joined, item))

    @property
    def urgent(self) -> bool:
        """Whether a person waits for the first in line."""
        return bool(self._line) and self._line[0][0] < 0

    def shut(self, now: int, *, urgent: bool = False) -> bool:
        """Whether standing in line here is in vain for now: the source rests, or its quota does."""
        return self.breaker.resting(now) or self.budget.dry(now, urgent=urgent)

    def needs(self, now: int) -> int:
        """Questions that should be counted in the store, in time before they leave; 0: none."""
        tokens = self.budget.tokens(now)
        if not self._line or tokens > BLOCK // 2:
            return 0
        wished = min(BLOCK, -(-len(self._line) // self.batch)) - tokens
        most = self.budget.most(now, urgent=self.urgent)
        return max(0, wished if most is None else min(wished, most - self.budget.asked))

    def penniless(self, now: int) -> bool:
        """Whether no question may leave before some are counted."""
        return not self.budget.tokens(now)

    def wait(self, now: int, tick: float) -> float | None:
        """Milliseconds until the next question may leave; None: something else must happen before."""
        if not self._line or self.breaker.resting(now) or self._spacer.full:
            return None
        if self.breaker.trial(now) and self.breaker.trying:
            return None
        return self._spacer.wait(tick)

    def take(self, now: int, tick: float) -> list[T]:
        """Who is asked about next, in one question that leaves now; nobody when it may not."""
        if self.wait(now, tick) != 0 or not self.budget.tokens(now):
            return []
        count = 1 if self.breaker.trial(now) else self.batch
        taken = [heappop(self._line)[2] for _ in range(min(count, len(self._line)))]
        self.breaker.asked(now)
        self.budget.spend(now)
        self._spacer.start(tick)
        return taken

    def answered(
        self, outcomes: list[Outcome], *, now: int, retry_after: float | None = None, jitter: float = 0.0
    ) -> bool:
        """The answer to one question, an outcome per parcel; whether the source rests from now on."""
        self._spacer.end()
        self.ok += sum(outcome is Outcome.OK for outcome in outcomes)
        return self.breaker.learn(_gist(outcomes), now=now, retry_after=retry_after, jitter=jitter)

    def hasten(self, rank: int, item: T) -> None:
        """Move somebody in line forward; nothing happens for who is not in line any more."""
        for place, (before, joined, known) in enumerate(self._line):
            if known is item and rank < before:
                self._line[place] = (rank, joined, item)
                heapify(self._line)
                return

    def abandoned(self) -> None:
        """A question will not be answered: the program ends, or the run does."""
        self._spacer.end()
        self.breaker.forgotten()

    def clear(self) -> list[T]:
        """Send everybody in line away, in the order of their turns."""
        left = [item for _, _, item in sorted(self._line, key=lambda place: place[:2])]
        self._line = []
        return left


def _gist(outcomes: list[Outcome]) -> Outcome:
    """What an answer about several parcels says about the source."""
    refusal = next((outcome for outcome in outcomes if outcome in policy.STOPS_PROVIDER), None)
    if refusal is not None:
        return refusal
    silent = bool(outcomes) and all(outcome is Outcome.UNAVAILABLE for outcome in outcomes)
    return Outcome.UNAVAILABLE if silent else Outcome.OK
