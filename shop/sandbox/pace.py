"""How fast things go in the shop, and chance by name; what life.py and returns.py plan with. Pure."""

from __future__ import annotations

from typing import NamedTuple

from shop.sandbox.deadlines import DAY
from shop.sandbox.draw import unit
from shop.sandbox.orders import Numbers, Order

REVIEW = 2 * DAY
"""How long the seller may take to answer a request; silence is consent."""


class Pace(NamedTuple):
    """How fast people and couriers are: as in life before `start`, `speed` times faster from there on."""

    key: int
    start: int
    speed: float
    numbers: Numbers

    def after(self, base: int, seconds: float) -> int:
        """The moment `seconds` of shop life after `base`."""
        until = base + seconds
        if until <= self.start:
            return int(until)
        begin = max(base, self.start)
        return int(begin + (until - begin) / self.speed) + 1

    def chance(self, order: Order, tag: int) -> float:
        """A fraction in [0, 1) for one purpose of one order."""
        return unit(self.key, order.serial, tag)

    def fate(self, order: Order, tag: int) -> float:
        """The same for what happens to its parcel, which other orders may share."""
        return unit(self.key, order.fate, tag)
