"""Everything `pantau stats` and the performance screen say, gathered in one look at the store.

Reads only, bounded in time and rows (store/reading/performance.py); a fraction of a second for a big shop, so
the screen takes it off its loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta, tzinfo
from typing import TYPE_CHECKING, Final

import msgspec

from jobs.parcels import performance
from jobs.parcels.forecast import Advice, Forecast, Pickup, Waiting, advise, train
from jobs.parcels.performance import CourierStats, Rate, Shipment, by_courier, own_fault, rate
from jobs.rulebook import rules_at, wib_day
from store.reading.performance import ShipmentRow
from store.times import DAY, from_datetime, to_datetime

if TYPE_CHECKING:
    from store.reader import Reader

WINDOW: Final = 90 * DAY
"""Of couriers and forecast."""
PRE_ORDER: Final = 30 * DAY
"""How long before its deadline an order may have been placed and still be found."""
LEARNED: Final = 10_000
"""Newest shipments the forecast learns from: more would only make it slower."""
ON_THE_WAY: Final = frozenset({"picked_up", "in_transit", "out_for_delivery", "delivered"})
"""Words of couriers.base.TrackingStatus of a parcel that was scanned, whatever the platform still says."""


class Stats(msgspec.Struct, frozen=True):
    """How the shop does now."""

    at: int
    ldr: Rate
    sfcr: Rate
    by_tab: Mapping[str, int]
    couriers: list[CourierStats]
    since: int | None
    """The oldest shipment that was looked at; None without any."""
    waiting: list[Waiting]
    """Parcels that nobody has scanned, by deadline."""
    learned_from: int
    """Pick-ups the chances come from."""
    advice: list[Advice]
    overdue: int = 0
    """Orders of the last 90 days that nobody has scanned though their deadline passed."""

    @property
    def expected_late(self) -> float | None:
        """How many waiting parcels will probably be scanned too late; None without a forecast."""
        chances = [0.0 if parcel.scan_by < self.at else parcel.chance for parcel in self.waiting]
        known = [chance for chance in chances if chance is not None]
        return round(sum(1.0 - chance for chance in known), 1) if len(known) == len(chances) else None


def gather(
    reader: Reader, zone: tzinfo, now: int, *, shop_id: int | None = None, model: Forecast | None = None
) -> Stats:
    """Look at all shops, or one; `model` is what `learn` gave. Raises StoreError when the store cannot be read."""
    rows = _rows(reader, now, shop_id)
    model = model or _trained(rows, zone, now)
    waiting = awaiting(reader, model, now, shop_id)
    return Stats(
        at=now,
        ldr=ldr(reader, zone, now, shop_id),
        sfcr=sfcr(reader, zone, now, shop_id),
        by_tab={tab.id: count.n for tab, count in reader.counts(now, shop_id).items()},
        couriers=by_courier((_shipment(row) for row in rows if row.status != "CANCELLED"), zone, now),
        since=rows[-1].shipped_at if rows else None,
        waiting=waiting,
        learned_from=model.pickups,
        advice=advise(waiting, now),
        overdue=reader.dispatch(now - WINDOW - PRE_ORDER, now - WINDOW, now, now, shop_id=shop_id).overdue,
    )


def learn(reader: Reader, zone: tzinfo, now: int, shop_id: int | None = None) -> Forecast:
    """What the newest shipments teach of the couriers' hours; tenths of a second for a big shop."""
    return _trained(_rows(reader, now, shop_id), zone, now)


def window(now: int, zone: tzinfo) -> tuple[int, int]:
    """The seven calendar days that end with today: from midnight to midnight, epoch ms."""
    today = to_datetime(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    # By the calendar, not by hours: where clocks are changed a day has 23 or 25.
    first = today - timedelta(days=performance.WINDOW_DAYS - 1)
    return from_datetime(first), from_datetime(today + timedelta(days=1))


def ldr(reader: Reader, zone: tzinfo, now: int, shop_id: int | None = None) -> Rate:
    """Late dispatch over the orders whose scan deadline lies in the window."""
    since, until = window(now, zone)
    found = reader.dispatch(since - PRE_ORDER, since, until, now, shop_id=shop_id)
    late = found.scanned_late + found.overdue
    return rate(late, late + found.scanned_in_time, found.running, rules_at(wib_day(now)).ldr.steps)


def sfcr(reader: Reader, zone: tzinfo, now: int, shop_id: int | None = None) -> Rate:
    """Own-fault cancellations over the orders placed in the window.

    At risk is what the platform cancels by itself before midnight: those orders are counted already, so
    leaving them adds to the bad ones only.
    """
    since, until = window(now, zone)
    placed = reader.placed(since, now, shop_id=shop_id)
    bad = sum(
        row.n
        for row in reader.cancelled(since, now, shop_id=shop_id)
        # The platform's own reason speaks; ours counts only where it gave none: the buyer may have been first.
        if own_fault(row.key, row.reason) or (row.ours and row.key is None)
    )
    at_risk = min(reader.cancelling(until, now, shop_id=shop_id), max(placed - bad, 0))
    found = rate(bad, placed, 0, rules_at(wib_day(now)).sfcr.steps)
    share = (bad + at_risk) / placed if placed >= performance.ENOUGH_ORDERS else None
    until_step = None
    if found.next_step is not None:
        # One more among orders that are counted already.
        step = round(found.next_step * 1_000)
        until_step = -((bad * 1_000 - step * placed) // 1_000)
    return found._replace(if_nothing=share, orders_until=until_step, at_risk=at_risk)


def awaiting(reader: Reader, model: Forecast, now: int, shop_id: int | None = None) -> list[Waiting]:
    """Each parcel that nobody has scanned, with its chance to be in time."""
    found = []
    for row in reader.awaiting(shop_id=shop_id):
        if row.scan_by is None or not row.courier or row.tracking_status in ON_THE_WAY:
            continue
        arranged = row.shipped_at if row.shipped_at is not None else now
        chance = model.chance(row.courier, arranged, now, row.scan_by) if row.scan_by >= now else None
        found.append(Waiting(row.pk, row.order_id, row.courier, row.scan_by, chance))
    return found


def _rows(reader: Reader, now: int, shop_id: int | None) -> list[ShipmentRow]:
    return [row for row in reader.shipments(now - WINDOW, now, shop_id=shop_id) if row.courier]


def _trained(rows: Sequence[ShipmentRow], zone: tzinfo, now: int) -> Forecast:
    return train((_pickup(row, now) for row in rows[:LEARNED]), zone)


def _pickup(row: ShipmentRow, now: int) -> Pickup:
    # A cancelled parcel was watched until then; afterwards nobody was to come for it.
    until = row.updated_at if row.status == "CANCELLED" else now
    return Pickup(row.courier or "", row.shipped_at, row.collected_at, until)


def _shipment(row: ShipmentRow) -> Shipment:
    return Shipment(row.courier or "", row.shipped_at, row.collected_at, row.delivered_at, row.scan_by)
