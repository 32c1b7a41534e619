"""The sandbox's clocks: the shop's time, which can be frozen and advanced, and the wall's, which cannot.

Every time on the wire is the shop's time. It equals the wall's time unless somebody advanced it, so that the
monitor's deadlines, which it compares with its own clock, mean something. A faster shop (`speed`) does not
turn the clock faster: it shortens what people and couriers take (life.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable


class SandboxClock:
    """`now()` is the shop's time, `wall()` real time; both in seconds since the epoch."""

    def __init__(self, *, speed: float = 1.0, wall: Callable[[], float] = time.time) -> None:
        """`speed` is how many times faster people and couriers are; it must be positive."""
        if not speed > 0:
            raise ValueError(f"speed must be positive, not {speed}")
        self.speed = speed
        self.wall = wall
        """Real time: signature window, token life, readiness of labels, age of stale reads."""
        self._ahead = 0.0
        self._frozen: float | None = None

    @classmethod
    def manual(cls, start: float | None = None, *, speed: float = 1.0) -> SandboxClock:
        """A clock that stands still at `start` (default: the present) until it is advanced."""
        clock = cls(speed=speed)
        clock._frozen = float(int(clock.wall())) if start is None else float(start)
        return clock

    @property
    def frozen(self) -> bool:
        """Whether only `advance` moves it."""
        return self._frozen is not None

    def now(self) -> float:
        """The shop's time in seconds."""
        return (self.wall() if self._frozen is None else self._frozen) + self._ahead

    def advance(self, seconds: float) -> None:
        """Jump ahead; the shop's time never runs backwards, so a negative jump raises ValueError."""
        if seconds < 0:
            raise ValueError("the shop's time never runs backwards")
        self._ahead += seconds
