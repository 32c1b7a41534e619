"""When a pile runs out, from the sales of the last minutes. Pure.

A burst (a live video, a voucher) empties a shelf in minutes, and the platform goes on selling what is not there. So the
warning has to come early rather than exactly: of several windows the fastest counts, and a few sales in a row are
taken for a little more than they are. bench/bursts.py measures how early it comes and how often for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt
from typing import Final, NamedTuple

from store.times import HOUR, MINUTE

WINDOWS: Final = ((2 * MINUTE, 2), (5 * MINUTE, 3), (10 * MINUTE, 4))
"""The last minutes a rate is taken over (ms), and the fewest orders there that are more than chance."""
HOLD: Final = 10 * MINUTE
"""A warning stands through a lull of this length: the next wave of the same evening is no news."""
LOOK_BACK: Final = HOLD
"""How far back anybody has to read."""
DOUBT: Final = 1.0
"""Standard deviations (of a Poisson count) by which the true rate may lie above the counted one."""
REFILLED: Final = 3
"""A pile this many times the horizon away from its end was refilled: its warning is over."""


class Sale(NamedTuple):
    """So many pieces of a pile, bought at once."""

    at: int
    """Epoch ms."""
    units: int


class Outlook(NamedTuple):
    """How a pile sells now."""

    per_hour: float
    """Pieces, as counted over the window that sells fastest; 0 while nothing (or next to nothing) is sold."""
    out_in: int | None
    """Milliseconds until nothing is free; 0 when that is so already; None while it is not foreseeable."""


def outlook(free: int, sales: Iterable[Sale], now: int) -> Outlook:
    """What the latest sales say of `free` pieces; those after `now` are passed over."""
    recent = [sale for sale in sales if now - WINDOWS[-1][0] < sale.at <= now]
    counted = likely = 0.0
    for window, fewest in WINDOWS:
        within = [sale.units for sale in recent if sale.at > now - window]
        if len(within) < fewest:
            continue
        units = sum(within)
        counted = max(counted, units / window)
        # The count's spread grows with the number of buyers, not of pieces.
        likely = max(likely, units * (1 + DOUBT / sqrt(len(within))) / window)
    if free <= 0:
        return Outlook(counted * HOUR, 0)
    return Outlook(counted * HOUR, round(free / likely) if likely else None)


def selling_out(free: int, sales: Sequence[Sale], now: int, horizon: int, *, warned: bool) -> bool:
    """Whether a pile counts as running out: its end is within the horizon (ms), or it was warned of and neither was
    refilled nor has stopped selling."""
    found = outlook(free, sales, now)
    if found.out_in is None or found.per_hour <= 0:
        return warned and any(now - HOLD < sale.at <= now for sale in sales)
    return found.out_in <= horizon * (REFILLED if warned else 1)
