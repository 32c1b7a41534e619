"""When a provider in trouble is left alone, and how it is tried again: with one parcel. Pure.

closed -> open (a refusal that the next parcel would meet too, or some silences in a row) -> half open (its
rest is over: a single question decides) -> closed, or open again for longer.
"""

from __future__ import annotations

from typing import Final

from couriers import policy
from couriers.base import Outcome

SILENCES: Final = 3
"""Unavailable answers in a row after which a source is left alone: each may cost its whole deadline."""


class Breaker:
    """The state of one provider; for the platform, of one provider and shop."""

    def __init__(self) -> None:
        self.until = 0
        """Until when it is left alone; afterwards one question may try."""
        self.outcome = Outcome.OK
        """What the trouble was; OK while there is none."""
        self.since: int | None = None
        """When the trouble began."""
        self._strikes = 0
        self._silences = 0
        self._trying = False

    @property
    def closed(self) -> bool:
        """Whether all is well as far as anybody knows."""
        return self.since is None

    def resting(self, now: int) -> bool:
        """Whether nobody may ask."""
        return not self.closed and now < self.until

    def trial(self, now: int) -> bool:
        """Whether only a single question may go, and none while it is under way."""
        return not self.closed and now >= self.until

    @property
    def trying(self) -> bool:
        """Whether that question is under way."""
        return self._trying

    def asked(self, now: int) -> None:
        """A question leaves."""
        self._trying = self._trying or self.trial(now)

    def forgotten(self) -> None:
        """A question will never be answered: another may try."""
        self._trying = False

    def learn(self, outcome: Outcome, *, now: int, retry_after: float | None, jitter: float) -> bool:
        """Hear an answer; whether the provider is left alone from now on because of it."""
        if self.resting(now):
            return False  # others of the same moment have said so already
        tried, self._trying = self._trying, False
        silent = outcome is Outcome.UNAVAILABLE
        self._silences = self._silences + 1 if silent else 0
        enough = self._silences >= SILENCES or (silent and tried)
        if outcome in policy.STOPS_PROVIDER or enough:
            self.until = policy.rests_until(
                outcome, now=now, strikes=self._strikes, retry_after=retry_after, jitter=jitter
            )
            self.outcome, self.since = outcome, now if self.since is None else self.since
            self._strikes += 1
            return True
        if not silent:
            self.outcome, self.since, self.until, self._strikes = Outcome.OK, None, 0, 0
        return False
