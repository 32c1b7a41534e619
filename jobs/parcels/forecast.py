"""How likely a parcel that waits is scanned before its deadline. Pure, learned from the shop's own pick-ups.

The method is a table: for each courier and each hour of the week, the share of waiting parcels that were
scanned in that hour. Rare cells lean on wider ones (the courier's same hour on any working day, all couriers'
same hour, the share of all scans that fall into this hour of the day), each counted as CELL parcels. A
parcel's chance is one minus the product of staying behind in every hour that is left. One factor by how long
a parcel has waited already, learned the same way, corrects what the hours alone cannot know: a parcel arranged
a moment ago is not packed yet, one that was passed over twice is likely to be passed over again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import tzinfo
from typing import Final, NamedTuple

from store.times import DAY, HOUR, to_datetime

CELL: Final = 12
"""Parcels the wider cell counts for."""
FACTOR: Final = 20
"""Expected scans that the factor "as the hours say" counts for."""
ENOUGH: Final = 50
"""Pick-ups without which there is no forecast."""
FORGOTTEN: Final = 7 * DAY
"""A parcel unscanned for so long says nothing about couriers any more: it was never handed over."""
AGES: Final = (2 * HOUR, 12 * HOUR, DAY, 2 * DAY)
"""Where the classes of waiting so far begin; below the first is the first class."""
SATURDAY: Final = 5 * 24
"""The first hour of the week that is no working day's."""


class Pickup(NamedTuple):
    """One parcel of the past; times in epoch ms."""

    courier: str
    arranged_at: int
    scanned_at: int | None
    """None: not scanned up to `until`."""
    until: int
    """How long we watched it."""


class _Cell:
    """How many waited, how many of them were scanned."""

    __slots__ = ("scanned", "waited")

    def __init__(self) -> None:
        self.waited = 0
        self.scanned = 0

    def share(self, prior: float) -> float:
        return (self.scanned + CELL * prior) / (self.waited + CELL)


class Forecast:
    """A learned table. Made by `train`; asks nobody, keeps no parcel.

    An hour of the week is a number: 0 is Monday 00.00 in the seller's zone, 167 Sunday 23.00.
    """

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self.pickups = 0
        """Scans it learned from."""
        self._clock = [0] * 24
        """Scans by hour of the day."""
        self._hours: defaultdict[int, _Cell] = defaultdict(_Cell)
        self._kinds: defaultdict[tuple[str, int], _Cell] = defaultdict(_Cell)
        self._cells: defaultdict[tuple[str, int], _Cell] = defaultdict(_Cell)
        self._factors = [1.0] * (len(AGES) + 1)
        self._calendar: dict[int, int] = {}
        self._shares: dict[tuple[str, int], float] = {}

    @property
    def ready(self) -> bool:
        """Whether enough was seen to say anything."""
        return self.pickups >= ENOUGH

    def chance(self, courier: str, arranged_at: int, now: int, deadline: int) -> float | None:
        """The chance, 0 to 1, of a scan after `now` and up to `deadline`; None without enough history."""
        if not self.ready:
            return None
        stays = 1.0
        for number in range(now // HOUR, deadline // HOUR + 1):
            begin, end = max(number * HOUR, now), min((number + 1) * HOUR, deadline)
            factor = self._factors[age(begin - arranged_at)]
            share = min(self._share(courier, self._hour(number)) * factor, 0.99)
            # Of an hour that is only partly left, its part.
            stays *= (1.0 - share) ** ((end - begin) / HOUR)
        return 1.0 - stays

    def _learn(self, pickups: Iterable[Pickup]) -> None:
        waited: defaultdict[tuple[str, int, int], int] = defaultdict(int)
        scanned: defaultdict[tuple[str, int, int], int] = defaultdict(int)
        for pickup in pickups:
            courier, arranged = pickup.courier, pickup.arranged_at
            # It came in the middle of an hour; the next one is the first it waited at the start of.
            first = -(-arranged // HOUR)
            if pickup.scanned_at is None or pickup.scanned_at - arranged > FORGOTTEN:
                last = min(pickup.until, arranged + FORGOTTEN) // HOUR
            else:
                last = pickup.scanned_at // HOUR
                if last >= first:
                    where = (courier, self._hour(last), age(last * HOUR - arranged))
                    waited[where] += 1
                    scanned[where] += 1
            self.pickups += pickup.scanned_at is not None
            for number in range(first, last):
                waited[courier, self._hour(number), age(number * HOUR - arranged)] += 1
        for (courier, hour, place), n in waited.items():
            taken = scanned.get((courier, hour, place), 0)
            self._clock[hour % 24] += taken
            for cell in (self._hours[hour], self._kinds[courier, kind(hour)], self._cells[courier, hour]):
                cell.waited += n
                cell.scanned += taken
        expected, seen = [0.0] * len(self._factors), [0] * len(self._factors)
        for (courier, hour, place), n in waited.items():
            expected[place] += n * self._share(courier, hour)
            seen[place] += scanned.get((courier, hour, place), 0)
        self._factors = [(n + FACTOR) / (e + FACTOR) for n, e in zip(seen, expected, strict=True)]

    def _hour(self, number: int) -> int:
        """The hour of the week of an hour since the epoch."""
        hour = self._calendar.get(number)
        if hour is None:
            # By the hour, not by an offset: where clocks are put forward, the courier comes by the clock.
            local = to_datetime(number * HOUR, self.zone)
            hour = self._calendar[number] = local.weekday() * 24 + local.hour
        return hour

    def _share(self, courier: str, hour: int) -> float:
        """The share of waiting parcels that are scanned in an hour of the week."""
        share = self._shares.get((courier, hour))
        if share is None:
            # Where nobody ever waited: as often as scans fall into this hour of the day, next to never at night.
            share = (self._clock[hour % 24] + 1) / (sum(self._clock) + 24)
            cells = (
                self._hours.get(hour),
                self._kinds.get((courier, kind(hour))),
                self._cells.get((courier, hour)),
            )
            for cell in cells:
                share = share if cell is None else cell.share(share)
            self._shares[courier, hour] = share
        return share


def train(pickups: Iterable[Pickup], zone: tzinfo) -> Forecast:
    """Learn from the past; what is still waiting teaches too, by every hour in which nobody came."""
    made = Forecast(zone)
    made._learn(pickup for pickup in pickups if pickup.until >= pickup.arranged_at)
    return made


def age(waited: int) -> int:
    """The class of a parcel by how long it has waited, in ms."""
    return bisect_right(AGES, waited)


def kind(hour: int) -> int:
    """The hour of the week it shares its habits with: working days are alike, Saturday and Sunday are not."""
    return hour if hour >= SATURDAY else hour % 24


class Waiting(NamedTuple):
    """A parcel that nobody has scanned, and its chance."""

    pk: int
    order_id: str
    courier: str
    scan_by: int
    chance: float | None
    """None: not enough history."""


class Advice(NamedTuple):
    """Bring these parcels to the courier yourself."""

    courier: str
    orders: int
    late: int
    """How many of them are late already; the platform cancels them next."""
    expected_late: float
    """How many of the others will probably not be scanned in time."""
    first_deadline: int
    """The nearest clock that can still be met, or the oldest of the late ones."""


RISKY: Final = 0.6
"""Below this chance a walk to the counter is the better plan."""
SOON: Final = 36 * HOUR
"""Deadlines further away leave time for another pick-up."""


def advise(waiting: Iterable[Waiting], now: int) -> list[Advice]:
    """Which parcels to bring to which courier today, the most first.

    Late ones always; the others when their clock runs out soon and their chance is poor.
    """
    groups: defaultdict[str, list[Waiting]] = defaultdict(list)
    for parcel in waiting:
        poor = parcel.chance is not None and parcel.chance < RISKY and parcel.scan_by - now <= SOON
        if poor or parcel.scan_by < now:
            groups[parcel.courier].append(parcel)
    found = []
    for courier, parcels in groups.items():
        ahead = [parcel for parcel in parcels if parcel.scan_by >= now]
        found.append(
            Advice(
                courier,
                len(parcels),
                len(parcels) - len(ahead),
                round(sum(1.0 - (parcel.chance or 0.0) for parcel in ahead), 1),
                min(parcel.scan_by for parcel in ahead or parcels),
            )
        )
    return sorted(found, key=lambda advice: (-advice.orders, advice.courier))
