"""How early a selling-out is told: simulated evenings of a shop whose live videos empty shelves.

python -m bench.bursts [SEED...]

The buyers follow rules the forecast knows nothing of: a quiet trickle, sessions that begin slowly or at once, waves and
lulls inside them, baskets of one to five pieces, sessions that end before anything is gone, and shelves of all sizes.
The monitor sees an order when it next asks (every 30 s) and the answer has come. A selling-out was told in time when a
warning came at least three minutes, and at most an hour, before the last piece went; every other one was for nothing.
A session so violent that it empties its shelf within three
minutes of its first order cannot be told in time by anybody: the bound is for the others, and all are in a figure too.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from jobs.stock.forecast import LOOK_BACK, Sale, selling_out
from store.times import HOUR, MINUTE, SECOND

SEEDS: Final = (1, 2, 3, 4, 5)
EVENINGS: Final = 300
"""Of each seed; one shelf each."""
LENGTH: Final = 4 * HOUR
POLL: Final = 30 * SECOND
EARLY: Final = 3 * MINUTE
FORGOTTEN: Final = HOUR
"""Who was told longer ago was not told, and a warning that nothing followed within so long was for nothing."""
HORIZON: Final = 10 * MINUTE
"""As `[stock] forecast_minutes`."""
BASKET: Final = ((1, 78), (2, 15), (3, 5), (5, 2))
"""Pieces of one order, and how many of a hundred orders have so many."""


class Session(NamedTuple):
    """A live video: orders a minute at its height, and its shape."""

    begin: int
    length: int
    height: float
    ramp: int
    """Until it is at its height, ms."""
    swing: float
    """Share by which waves go up and down."""
    wave: int


class Evening(NamedTuple):
    """One shelf: what lay there and who bought."""

    stock: int
    sales: tuple[Sale, ...]
    first: int | None
    """When the session's first order came; None without a session."""

    @property
    def out_at(self) -> int | None:
        """When the last piece went."""
        left = self.stock
        for sale in self.sales:
            left -= sale.units
            if left <= 0:
                return sale.at
        return None


class Score(NamedTuple):
    """What came of some evenings."""

    bursts: int
    """Shelves that a session emptied."""
    bursts_told: int
    """... and the warning stood three minutes before."""
    violent: int
    """... within three minutes of its first order."""
    violent_told: int
    quiet: int
    """Shelves that emptied without a session."""
    quiet_told: int
    warnings: int
    for_nothing: int
    evenings: int

    @property
    def share(self) -> float:
        """Of the bursts that somebody could tell."""
        return (self.bursts_told - self.violent_told) / max(1, self.bursts - self.violent)

    @property
    def share_of_all(self) -> float:
        """Of all bursts."""
        return self.bursts_told / max(1, self.bursts)

    @property
    def quiet_share(self) -> float:
        """Of the shelves that emptied without a session."""
        return self.quiet_told / max(1, self.quiet)

    @property
    def false_share(self) -> float:
        """Warnings that no selling-out followed within the hour."""
        return self.for_nothing / max(1, self.warnings)


def evening(rng: random.Random) -> Evening:
    """One shelf's evening. Most have a session; the stock is that of a popular thing, or of a leftover."""
    trickle = rng.uniform(0.02, 0.3)
    session = None
    if rng.random() < 0.75:
        session = Session(
            begin=rng.randrange(20 * MINUTE, LENGTH - HOUR),
            length=rng.randrange(10 * MINUTE, 75 * MINUTE),
            height=rng.lognormvariate(0.9, 0.7),
            ramp=rng.choice((0, MINUTE, 4 * MINUTE, 10 * MINUTE)),
            swing=rng.uniform(0.0, 0.8),
            wave=rng.randrange(3 * MINUTE, 12 * MINUTE),
        )
    stock = round(rng.lognormvariate(4.0, 0.8)) + 3
    sales = tuple(_sales(rng, trickle, session))
    first = None
    if session is not None:
        first = next((sale.at for sale in sales if sale.at >= session.begin), None)
    return Evening(stock, sales, first)


def _sales(rng: random.Random, trickle: float, session: Session | None) -> Iterator[Sale]:
    sizes, weights = [size for size, _ in BASKET], [weight for _, weight in BASKET]
    highest = trickle + (session.height * (1 + session.swing) if session else 0.0)
    at = 0.0
    while (at := at + rng.expovariate(highest) * MINUTE) < LENGTH:
        # Thinning: candidates come at the highest rate, and each is kept with the rate of its moment.
        if rng.random() * highest < trickle + _rate(session, at, rng):
            yield Sale(int(at), rng.choices(sizes, weights)[0])


def _rate(session: Session | None, at: float, rng: random.Random) -> float:
    if session is None or not session.begin <= at < session.begin + session.length:
        return 0.0
    since = at - session.begin
    up = min(1.0, (since + 1) / session.ramp) if session.ramp else 1.0
    high = (since // session.wave) % 2 == 0
    return session.height * up * (1 + session.swing if high else 1 - session.swing)


def warnings(night: Evening, rng: random.Random) -> list[int]:
    """What a person was told while there was something left."""
    told: list[int] = []
    warned, seen, sold = False, 0, 0
    lag = rng.randrange(1 * SECOND, 6 * SECOND)
    now = rng.randrange(POLL)
    while now < (night.out_at or LENGTH):
        while seen < len(night.sales) and night.sales[seen].at <= now - lag:
            sold += night.sales[seen].units
            seen += 1
        recent = [sale for sale in night.sales[:seen] if sale.at > now - LOOK_BACK]
        soon = selling_out(night.stock - sold, recent, now, HORIZON, warned=warned)
        if soon and not warned:
            told.append(now)
        warned = soon
        now += POLL
    return told


def measure(seed: int, evenings: int = EVENINGS) -> Score:
    """What came of some evenings."""
    rng = random.Random(seed)
    found: Counter[str] = Counter()
    for _ in range(evenings):
        night = evening(rng)
        told, out_at = warnings(night, rng), night.out_at
        found["warnings"] += len(told)
        found["for_nothing"] += sum(out_at is None or out_at - at > FORGOTTEN for at in told)
        if out_at is None:
            continue
        stood = any(EARLY <= out_at - at <= FORGOTTEN for at in told)
        burst = night.first is not None and out_at >= night.first
        kinds = ["bursts" if burst else "quiet"]
        if night.first is not None and 0 <= out_at - night.first < EARLY:
            kinds.append("violent")
        for kind in kinds:
            found[kind] += 1
            found[f"{kind}_told"] += stood
    return Score(**{name: found[name] for name in Score._fields[:-1]}, evenings=evenings)


def total(scores: Sequence[Score]) -> Score:
    """All of them together."""
    return Score(*(sum(column) for column in zip(*scores, strict=True)))


def main(words: list[str]) -> int:
    """Print a line for each seed and one of all; 1 when fewer than nine of ten were told in time."""
    scores = {seed: measure(seed) for seed in (map(int, words) if words else SEEDS)}
    for name, one in (*scores.items(), ("all", total(list(scores.values())))):
        print(
            f"seed {name}: {one.evenings} evenings, {one.bursts} bursts ({one.violent} under 3 min),"
            f" told 3 min ahead {one.share:.1%} (of all {one.share_of_all:.1%}),"
            f" without a burst {one.quiet_share:.1%} of {one.quiet},"
            f" warnings {one.warnings}, for nothing {one.false_share:.1%}"
        )
    return 0 if total(list(scores.values())).share >= 0.9 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
