"""A simulated day of tracking: parcels that move, sources that enforce their limits, and a clock of our own.

It drives what decides in the program (jobs/tracking/desk.py, couriers/policy.py, store/urgency.py) without its network
and store, so that a day of ten thousand parcels takes seconds.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from heapq import heappop, heappush, nsmallest
from random import Random
from typing import Final

from couriers import policy
from couriers.base import TERMINAL, Outcome, Pace, TrackingStatus
from jobs.tracking import job as tracking
from jobs.tracking.asking import AT_ONCE
from jobs.tracking.desk import Desk
from store.times import DAY, HOUR, MINUTE, SECOND
from store.urgency import lateness, patience

EVERY: Final = 5 * MINUTE
LASTS: Final = round(tracking.LASTS) * SECOND
LATENCY: Final = 300

S = TrackingStatus
JOURNEY: Final = (S.PENDING, S.PICKED_UP, S.IN_TRANSIT, S.OUT_FOR_DELIVERY, S.DELIVERED)


@dataclass(eq=False)
class Sent:
    """A parcel: when it reaches each station, and what the program knows of it."""

    stations: list[int]
    due_at: int | None
    known: TrackingStatus
    looks: int = 0
    left: list[Line] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)

    def truth(self, now: int) -> TrackingStatus:
        return JOURNEY[sum(at <= now for at in self.stations)]

    def patience(self, now: int) -> int:
        return patience(self.known, "IN_TRANSIT", None, now)


@dataclass(eq=False)
class Line:
    """A desk, and the source behind it with the limits that it enforces itself."""

    desk: Desk[Sent]
    per_second: float
    per_day: int | None
    down: tuple[int, int] = (0, 0)
    asked: Counter[int] = field(default_factory=Counter)
    counted: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    recent: deque[int] = field(default_factory=deque)
    while_down: int = 0
    wakes: int = 0

    def ask(self, now: int) -> Outcome:
        """What the source does with a question; it notes every limit that was exceeded."""
        while self.recent and self.recent[0] <= now - SECOND:
            self.recent.popleft()
        self.recent.append(now)
        if len(self.recent) > self.per_second:
            self.broken.append(f"{len(self.recent)} questions within a second")
        day = jakarta(now)
        self.asked[day] += 1
        if self.per_day is not None and self.asked[day] > self.per_day:
            self.broken.append(f"{self.asked[day]} questions on one day")
        if self.down[0] <= now < self.down[1]:
            self.while_down += 1
            return Outcome.UNAVAILABLE
        return Outcome.OK


def jakarta(now: int) -> int:
    """The day in Jakarta, counted."""
    return (now + 7 * HOUR) // DAY


def line(name: str, pace: Pace, down: tuple[int, int] = (0, 0)) -> Line:
    return Line(Desk(name, pace), pace.per_second, pace.per_day, down)


class Day:
    """The day. `worst`: the longest wait behind a due time so far, per patience."""

    def __init__(self, lines: list[Line], parcels: int, start: int, seed: int = 7) -> None:
        self.lines = lines
        self.now = start
        self.draw = Random(seed)
        self.sent = [self._parcel(start) for _ in range(parcels)]
        self.under_way = 0
        self.most_under_way = 0
        self.worst: Counter[int] = Counter()
        self.out_of_turn = 0
        self._events: list[tuple[int, int, Line, list[Sent]]] = []
        self._count = 0
        self._served: dict[Sent, bool] = {}

    def _parcel(self, start: int) -> Sent:
        at = start - round(self.draw.random() * 2.5 * DAY)
        stations = []
        for hours in (20, 6, 36, 7):
            at += round(self.draw.uniform(0.5, 1.5) * hours * HOUR)
            stations.append(at)
        parcel = Sent(stations, start, S.UNKNOWN)
        if parcel.truth(start) in TERMINAL:
            return self._parcel(start)
        parcel.known = parcel.truth(start)
        parcel.due_at = start + round(self.draw.random() * parcel.patience(start))
        return parcel

    def run(self, hours: int) -> None:
        end = self.now + hours * HOUR
        while self.now < end:
            start = self.now
            self._round()
            self.now = max(self.now, start + EVERY)

    def _round(self) -> None:
        begin, self._served = self.now, {}
        # What store/packages.py `due` does, for one courier.
        turn = [
            (-lateness(due_at, parcel.patience(begin), begin), due_at, place)
            for place, parcel in enumerate(self.sent)
            if (due_at := parcel.due_at) is not None and due_at <= begin
        ]
        late = [self.sent[place] for _, _, place in nsmallest(tracking.LIMIT, turn)]
        turns = [(parcel, parcel.due_at or 0, parcel.patience(begin)) for parcel in late]
        for rank, parcel in enumerate(late):
            parcel.left, parcel.waits = list(self.lines), []
            self._move(parcel, rank)
        for one in self.lines:
            self._work(one)
        while self._events:
            at, _, one, parcels = heappop(self._events)
            self.now = max(self.now, at)
            if self.now >= begin + LASTS:
                for other in self.lines:
                    other.desk.clear()
            crowded = self.under_way >= AT_ONCE
            if parcels:
                self._answer(one, parcels[0])
            for other in self.lines if crowded else (one,):
                self._work(other)
        for one in self.lines:
            one.counted[jakarta(self.now)] -= one.desk.budget.give_back(self.now)
        self._check_turns(turns)

    def _check_turns(self, turns: list[tuple[Sent, int, int]]) -> None:
        """Nobody who was asked about in this round may have waited less, in his class, than one left over."""
        newest: dict[int, int] = {}
        for parcel, due_at, kind in turns:
            if parcel in self._served:
                newest[kind] = max(newest.get(kind, due_at), due_at)
        for parcel, due_at, kind in turns:
            if parcel not in self._served and kind in newest and due_at < newest[kind]:
                self.out_of_turn += 1

    def _move(self, parcel: Sent, rank: int) -> None:
        while parcel.left:
            one = parcel.left.pop(0)
            if one.desk.breaker.resting(self.now):
                parcel.waits.append(one.desk.breaker.until)
            elif not one.desk.budget.dry(self.now):
                one.desk.join(rank, parcel)
                if rank < 0:
                    self._work(one)
                return
        if parcel.waits and not any(one.desk.budget.dry(self.now) for one in self.lines):
            parcel.due_at = min(parcel.waits) + round(self.draw.random() * MINUTE)

    def _work(self, one: Line) -> None:
        desk = one.desk
        while True:
            if len(desk) and desk.shut(self.now):
                for rank, parcel in enumerate(desk.clear()):
                    if desk.breaker.resting(self.now):
                        parcel.waits.append(desk.breaker.until)
                    self._move(parcel, rank)
                for other in self.lines[self.lines.index(one) + 1 :]:
                    self._work(other)
            wait = desk.wait(self.now, self.now)
            if wait is None or self.under_way >= AT_ONCE:
                return
            if wait > 0:
                if one.wakes <= self.now:
                    one.wakes = self.now + int(wait) + 1
                    self._later(one.wakes, one, [])
                return
            if desk.needs(self.now):
                self._reserve(one)
                continue
            for parcel in desk.take(self.now, self.now):
                assert parcel.due_at is not None and parcel.known not in TERMINAL
                kind = parcel.patience(self.now)
                self.worst[kind] = max(self.worst[kind], self.now - parcel.due_at)
                parcel.looks += 1
                self._served[parcel] = True
                self.under_way += 1
                self.most_under_way = max(self.most_under_way, self.under_way)
                self._later(self.now + LATENCY, one, [parcel])

    def _reserve(self, one: Line) -> None:
        """What store/providers.py does."""
        day, wished = jakarta(self.now), one.desk.needs(self.now)
        most = one.desk.budget.most(self.now)
        granted = wished if most is None else max(0, min(wished, most - one.counted[day]))
        one.counted[day] += granted
        one.desk.budget.heard(one.counted[day], self.now, granted)

    def _answer(self, one: Line, parcel: Sent) -> None:
        self.under_way -= 1
        outcome = one.ask(self.now - LATENCY)
        one.desk.answered([outcome], now=self.now, jitter=self.draw.random())
        if outcome is Outcome.OK:
            parcel.known = parcel.truth(self.now)
        elif parcel.left:
            self._move(parcel, -1)
            return
        parcel.due_at = policy.next_look(
            parcel.known, outcome, now=self.now, misses=0, moved_at=None, jitter=self.draw.random()
        )

    def _later(self, at: int, one: Line, parcels: list[Sent]) -> None:
        self._count += 1
        heappush(self._events, (at, self._count, one, parcels))
