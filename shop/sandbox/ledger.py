"""What was really executed, in order, and how often for the same target. Only under the world's lock."""

from __future__ import annotations

from collections import Counter

import msgspec


class Effect(msgspec.Struct, frozen=True):
    """A write that was really executed; the truth crash tests compare with."""

    kind: str
    """ship, split, combine, uncombine, correct, cancel, approve, reject, message."""
    package_id: str
    """The package; empty for a write that is not about a package."""
    order_id: str
    """The order; several of one package are joined by `+`."""
    request_id: str
    """Of the HTTP request that was executed."""
    time: int
    """Wall time, epoch milliseconds."""
    count: int
    """The how-manieth execution of this kind for this target; more than 1 is a double."""
    target: str = ""
    """What was written to: a package, an order, orders joined by `+`, or one of these and what was made of it."""


class Ledger:
    """The executed writes of one world."""

    def __init__(self) -> None:
        self.effects: list[Effect] = []
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(
        self, kind: str, target: str, order_ids: list[str], request_id: str, wall: float, package_id: str
    ) -> None:
        """Put a write on record; `wall` in seconds."""
        self._counts[kind, target] += 1
        count = self._counts[kind, target]
        orders = "+".join(order_ids)
        self.effects.append(Effect(kind, package_id, orders, request_id, int(wall * 1000), count, target))

    def undone(self, kind: str, target: str) -> None:
        """A write was taken back by another, so that doing it again is no double."""
        self._counts.pop((kind, target), None)
