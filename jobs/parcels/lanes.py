"""How long a parcel usually lies still, learned from the shop's own parcels that arrived. Pure.

A lane is shop, courier and destination. What counts as too long is a high quantile of what the parcels of the
lane that did arrive went through: one lost parcel more does not move it, and a lane with few parcels takes the
word of the wider one (city, province, courier, platform). docs/parcels.md tells the rules in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import ceil
from typing import Final, NamedTuple

from store.attention import PLATFORM, Lane, Patience, lanes
from store.times import DAY, HOUR

ENOUGH: Final = 30
"""Parcels a lane must have brought home before its quantile is believed: below, the 95th of 100 is a guess."""
QUANTILE: Final = 95
"""Of a hundred parcels that arrived, so many never lay still longer."""
MOVE_BOUNDS: Final = (24 * HOUR, 6 * DAY)
"""A night and a Sunday say nothing; beyond six days a person should look whatever the lane is used to."""
SCAN_BOUNDS: Final = (12 * HOUR, 3 * DAY)
STEPS: Final = 3
"""Moments a journey must be told in: with fewer, the silence is the source's, not the parcel's."""


class Trip(NamedTuple):
    """A parcel that arrived; times in epoch ms."""

    shop_id: int
    courier: str
    province: str | None
    city: str | None
    arranged_at: int | None
    scanned_at: int | None
    moments: Sequence[int] = ()
    """When something was told of it on the way, in any order."""


class Learned(NamedTuple):
    """What a lane taught; None where it had too few parcels."""

    scan: int | None
    scan_seen: int
    move: int | None
    move_seen: int


def longest_silence(moments: Iterable[int]) -> int | None:
    """The longest time between two neighbouring moments; None with fewer than STEPS different ones."""
    ordered = sorted(set(moments))
    if len(ordered) < STEPS:
        return None
    return max(later - earlier for earlier, later in pairwise(ordered))


def quantile(values: Sequence[int], percent: int) -> int:
    """The smallest value that `percent` of a hundred do not exceed (nearest rank); raises for no values."""
    return sorted(values)[max(ceil(len(values) * percent / 100), 1) - 1]


def limit(values: Sequence[int], bounds: tuple[int, int]) -> int | None:
    """The waiting time that few exceed, within bounds; None when there are too few to say."""
    if len(values) < ENOUGH:
        return None
    return min(max(quantile(values, QUANTILE), bounds[0]), bounds[1])


def learn(trips: Iterable[Trip]) -> dict[Lane, Learned]:
    """What each lane teaches; lanes that teach nothing are left out.

    The wait for the first scan is the courier's round at the shop's door and knows no destination.
    """
    scans: defaultdict[Lane, list[int]] = defaultdict(list)
    moves: defaultdict[Lane, list[int]] = defaultdict(list)
    for trip in trips:
        if trip.arranged_at is not None and trip.scanned_at is not None:
            scans[Lane(trip.shop_id, trip.courier)].append(max(trip.scanned_at - trip.arranged_at, 0))
        if (silence := longest_silence(trip.moments)) is not None:
            for lane in lanes(trip.shop_id, trip.courier, trip.province, trip.city):
                moves[lane].append(silence)
    found = {}
    for lane in scans.keys() | moves.keys():
        scan, move = limit(scans[lane], SCAN_BOUNDS), limit(moves[lane], MOVE_BOUNDS)
        if scan is not None or move is not None:
            found[lane] = Learned(scan, len(scans[lane]), move, len(moves[lane]))
    return found


def patience_of(learned: Mapping[Lane, Learned]) -> dict[Lane, Patience]:
    """What to judge by: where a lane taught only one of the two, the wider lane has the other."""
    found: dict[Lane, Patience] = {}
    for lane in sorted(learned, key=lambda lane: (lane.province != "", lane.city != "")):
        wider = next(
            (found[other] for other in lanes(*lane)[1:] if other in found),
            PLATFORM,
        )
        own = learned[lane]
        found[lane] = Patience(
            wider.scan if own.scan is None else own.scan,
            wider.move if own.move is None else own.move,
        )
    return found
