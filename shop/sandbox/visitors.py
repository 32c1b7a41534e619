"""When new orders arrive: a steady trickle, and bursts while the seller is live on video."""

from __future__ import annotations

import math

from shop.sandbox.draw import unit

CYCLE = 600
"""Seconds from one live session to the next."""
LIVE_FROM, LIVE_FOR = 60, 80
BUSY, QUIET = 3.0, 0.7
"""Factors on the rate; over a whole cycle they come to about one."""
_GAP = 201


class Visitors:
    """The arrival times of one world, one after the other."""

    def __init__(self, key: int, start: int, rate: float) -> None:
        """`rate` is orders a minute, over a long time; 0 or less: nobody ever comes."""
        self._key, self._start, self._rate = key, start, rate / 60
        self._count = 0
        self._at = float(start)
        self.next_at: float | None = None
        """Epoch seconds of the next arrival."""
        if rate > 0:
            self.pass_by()

    def live(self, at: float) -> bool:
        """Whether a live session runs."""
        return LIVE_FROM <= (at - self._start) % CYCLE < LIVE_FROM + LIVE_FOR

    def pass_by(self) -> None:
        """The next buyer has bought; find when the one after comes."""
        need = -math.log(1 - unit(self._key, self._count, _GAP))
        self._count += 1
        at = self._at
        # A rate that jumps is walked through piece by piece, or a quiet gap would swallow a whole session.
        while True:
            rate = self._rate * (BUSY if self.live(at) else QUIET)
            edge = self._next_edge(at)
            if need <= rate * (edge - at):
                break
            need -= rate * (edge - at)
            at = edge
        self._at = self.next_at = at + need / rate

    def _next_edge(self, at: float) -> float:
        inside = (at - self._start) % CYCLE
        begin = at - inside
        for edge in (LIVE_FROM, LIVE_FROM + LIVE_FOR, CYCLE):
            if inside < edge:
                return begin + edge
        return begin + CYCLE
