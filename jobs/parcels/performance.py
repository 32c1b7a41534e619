"""How a shop and its couriers do: late dispatch, own-fault cancellations, hours on the way. Pure.

The two rates are those of Seller Center's shop health (window of seven calendar days). The platform keeps the
last word: it knows orders and appeals that we never saw. docs/parcels.md tells what is counted and what not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import Final, NamedTuple

from jobs.parcels.lanes import quantile
from store.times import HOUR, MINUTE, to_datetime

_QUARTER: Final = 15 * MINUTE
"""No zone of the world begins its day within one."""
WINDOW_DAYS: Final = 7
"""Calendar days of LDR and SFCR, the present one included."""
ENOUGH_ORDERS: Final = 10
"""Orders below which a rate says nothing: one late order of three is not a shop with 33 %."""
ENOUGH_PARCELS: Final = 5
"""Parcels below which a median is an anecdote."""


class Rate(NamedTuple):
    """A rate of shop health. Shares are 0 to 1; None while there are too few orders."""

    now: float | None
    if_nothing: float | None
    """What it becomes when everything that can still be saved today is left alone."""
    next_step: float | None
    """The share at which the platform's next consequence begins; None above the last."""
    orders_until: int | None
    """How many more bad orders reach that step."""
    bad: int
    judged: int
    at_risk: int
    """Orders not judged yet whose clock runs out today."""


def rate(bad: int, judged: int, at_risk: int, steps: Sequence[int]) -> Rate:
    """The rate of `bad` among `judged`; each order at risk would count as judged and bad."""
    if judged < ENOUGH_ORDERS:
        later = judged + at_risk
        share = (bad + at_risk) / later if later >= ENOUGH_ORDERS else None
        return Rate(None, share, None, None, bad, judged, at_risk)
    step = next((step for step in steps if bad * 1_000 < step * judged), None)
    until = None
    if step is not None:
        # The smallest k with (bad + k) / (judged + k) >= step, in whole numbers.
        until = -((bad * 1_000 - step * judged) // (1_000 - step))
    return Rate(
        bad / judged,
        (bad + at_risk) / (judged + at_risk),
        None if step is None else step / 1_000,
        until,
        bad,
        judged,
        at_risk,
    )


_OWN_FAULT: Final = (
    "seller_cancel_reason_out_of_stock",
    "seller_cancel_reason_wrong_price",
    "system_cancel_order_reason_shipping_timeout",
    "system_cancel_order_untracked",
)
_NOT_OURS: Final = (
    *("ecom_order_to_ship_canceled_reason_", "seller_cancel_unpaid_reason_", "system_cancel_unpaid_time_out"),
    *(
        "system_cancel_anti_span_block",
        "package_",
        "platform_cancel",
        "returned_to_shipper",
        "threepl_breach",
    ),
    "seller_cancel_paid_reason_address_not_deliver",
)
_OWN_WORDS: Final = (
    *("stok habis", "stok kosong", "stok tidak tersedia", "kehabisan stok", "out of stock"),
    *("harga salah", "salah harga", "kesalahan harga", "wrong price", "pricing error"),
    *(
        "tidak mengatur pengiriman",
        "tidak diserahkan ke kurir",
        "penjual terlambat",
        "melewati batas waktu kirim",
    ),
    *("seller failed to ship", "not shipped in time", "late preparation", "handover timeout"),
)


def own_fault(key: str | None, words: str | None) -> bool:
    """Whether a cancellation counts against the seller: no stock, a wrong price, prepared or handed over late.

    `key` is the cancellation's reason key (API reference 5.2, 5.5), `words` the readable reason of the order.
    What nobody knows is not counted: a rate we invent is worse than one that is a little low.
    """
    code = (key or "").strip().lower()
    if code.startswith(_OWN_FAULT):
        return True
    if code.startswith(_NOT_OURS):
        return False
    told = " ".join((words or "").lower().split())
    return any(phrase in told for phrase in _OWN_WORDS)


class Shipment(NamedTuple):
    """One parcel of the window; times in epoch ms."""

    courier: str
    arranged_at: int
    scanned_at: int | None
    delivered_at: int | None
    scan_by: int | None


class Spread(NamedTuple):
    """Hours that parcels took; None for too few of them."""

    n: int
    median: float | None
    p90: float | None


class Day(NamedTuple):
    """What starts on one weekday (0 is Monday): parcels arranged, and parcels scanned."""

    weekday: int
    to_scan: Spread
    to_door: Spread


class CourierStats(NamedTuple):
    """One courier over the window."""

    courier: str
    parcels: int
    to_scan: Spread
    to_door: Spread
    late: int
    judged: int
    days: tuple[Day, ...]

    @property
    def late_share(self) -> float | None:
        """Share scanned after the deadline, 0 to 1; None for too few."""
        return self.late / self.judged if self.judged >= ENOUGH_PARCELS else None


def spread(hours: Sequence[int]) -> Spread:
    """Median and 90th of a hundred, by nearest rank, of times in ms; in hours with one decimal."""
    if len(hours) < ENOUGH_PARCELS:
        return Spread(len(hours), None, None)
    return Spread(len(hours), _hours(quantile(hours, 50)), _hours(quantile(hours, 90)))


def is_late(shipment: Shipment, now: int) -> bool | None:
    """Whether the first scan came after its deadline; None while both is still possible, or without a clock."""
    if shipment.scan_by is None:
        return None
    if shipment.scanned_at is not None:
        return shipment.scanned_at > shipment.scan_by
    return True if now > shipment.scan_by else None


def by_courier(shipments: Iterable[Shipment], zone: tzinfo, now: int) -> list[CourierStats]:
    """Each courier's hours and lateness, the busiest first."""
    groups: defaultdict[str, list[Shipment]] = defaultdict(list)
    for shipment in shipments:
        groups[shipment.courier].append(shipment)
    weekdays = _Weekdays(zone)
    found = [_courier(courier, group, weekdays, now) for courier, group in groups.items()]
    return sorted(found, key=lambda stats: (-stats.parcels, stats.courier))


class _Weekdays:
    """The weekday of moments in a zone; every quarter of an hour is looked up once."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._known: dict[int, int] = {}

    def of(self, at: int) -> int:
        quarter = at // _QUARTER
        if (day := self._known.get(quarter)) is None:
            day = self._known[quarter] = to_datetime(at, self._zone).weekday()
        return day


def _courier(courier: str, group: Sequence[Shipment], weekdays: _Weekdays, now: int) -> CourierStats:
    scans: list[list[int]] = [[] for _ in range(7)]
    doors: list[list[int]] = [[] for _ in range(7)]
    late = judged = 0
    for shipment in group:
        scanned, delivered = shipment.scanned_at, shipment.delivered_at
        if scanned is not None and scanned >= shipment.arranged_at:
            scans[weekdays.of(shipment.arranged_at)].append(scanned - shipment.arranged_at)
        if scanned is not None and delivered is not None and delivered >= scanned:
            doors[weekdays.of(scanned)].append(delivered - scanned)
        if (verdict := is_late(shipment, now)) is not None:
            judged += 1
            late += verdict
    days = tuple(Day(day, spread(scans[day]), spread(doors[day])) for day in range(7))
    return CourierStats(
        courier,
        len(group),
        spread([ms for day in scans for ms in day]),
        spread([ms for day in doors for ms in day]),
        late,
        judged,
        days,
    )


def _hours(ms: int) -> float:
    return round(ms / HOUR, 1)
