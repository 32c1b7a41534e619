"""Which orders to save first: those whose loss costs soonest and most. Pure.

An order that is late costs its shop one part of all orders of the window, so a loss weighs more in a small
shop. One that the platform cancels by itself counts against the seller a second time. Among equals the one
with the poorest chance is first: it will not save itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Save(NamedTuple):
    """One order that can still be saved today."""

    pk: int
    order_id: str
    shop_id: int
    kind: str
    """`arrange` (its shipment is not arranged), `scan` (it waits for its courier), `cancel` (late already, and the
    platform cancels it today)."""
    by: int
    """The moment it is lost, epoch ms."""
    chance: float | None
    """That it is scanned in time without anybody's doing; None: nothing known."""
    moves: float
    """By how much its loss raises a rate of its shop, as a share."""


def ranked(saves: Iterable[Save]) -> list[Save]:
    """The first to save first."""
    return sorted(saves, key=_rank)


def moves(orders: int) -> float:
    """What one order more weighs among so many."""
    return 1.0 / max(orders, 1)


def _rank(save: Save) -> tuple[int, float, float, int]:
    # Not arranged: it has no chance by itself at all.
    chance = 0.0 if save.kind != "scan" else 0.5 if save.chance is None else save.chance
    return (save.by, -save.moves, chance, save.pk)
