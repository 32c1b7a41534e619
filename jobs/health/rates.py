"""Late dispatch and seller-fault cancellations of a shop: now, tonight if nothing is done, tonight as usual.
Reads only.

"Now" and "if nothing is done" are jobs/parcels/stats.py's; the forecast is jobs/health/forecast.py. Targets
and caps are those of jobs/data/indonesia.toml that are valid today.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from typing import TYPE_CHECKING, Final

import msgspec

from jobs.health import forecast
from jobs.health.forecast import DAYS, UNARRANGED, Habit, Open, Past, Usual
from jobs.health.saves import Save, moves, ranked
from jobs.parcels import stats
from jobs.parcels.forecast import Forecast
from jobs.parcels.performance import ENOUGH_ORDERS, Rate, own_fault
from jobs.parcels.stats import ON_THE_WAY, PRE_ORDER
from jobs.routine.times import day
from jobs.rule_shapes import Health
from jobs.rulebook import rules_at, wib_day
from store.times import DAY

if TYPE_CHECKING:
    from store.reader import Reader
    from store.reading.health_rates import OpenRow

BY_ITSELF: Final = "system_cancel"
"""How the reasons begin that the platform gives itself: those are known one by one beforehand."""


class Measure(msgspec.Struct, frozen=True):
    """One rate; shares are 0 to 1, None is "too little data"."""

    now: float | None
    if_nothing: float | None
    """Tonight, when everything that is still open is lost."""
    forecast: float | None
    """Tonight, when the day ends as the shop's days usually do."""
    next_step: float | None
    """Where the next consequence begins, the target included."""
    orders_until: int | None
    """Bad orders to there."""
    next_cap: float | None
    """Where the next cap on orders begins."""
    orders_until_cap: int | None
    """Bad orders to there."""
    bad: int
    judged: int
    at_risk: int
    level: str
    """`none`, `above_target`, `cap_<percent of orders left>` now (jobs.rulebook.Health.consequence)."""
    level_tonight: str
    """The same as forecast; `level` where there is no forecast."""


class ShopHealth(msgspec.Struct, frozen=True):
    """Both rates of one shop, or of all together."""

    shop: str
    """Its name; empty: all together."""
    ldr: Measure
    sfcr: Measure


class Look(msgspec.Struct, frozen=True):
    """One look at a shop."""

    health: ShopHealth
    saves: list[Save]
    """The first to save first."""


def look(
    reader: Reader, zone: tzinfo, now: int, model: Forecast, *, shop_id: int | None = None, name: str = ""
) -> Look:
    """Count one shop, or all. Raises StoreError."""
    start, tonight = day(now, zone)
    rules = rules_at(wib_day(now))
    late, gone = stats.ldr(reader, zone, now, shop_id), stats.sfcr(reader, zone, now, shop_id)
    rows = [
        row
        for row in reader.open_until(now, tonight, shop_id=shop_id)
        if row.tracking_status not in ON_THE_WAY
    ]
    chances = {row.pk: _chance(model, row, now) for row in rows}
    running = [row for row in rows if row.scan_by is not None and now <= row.scan_by < tonight]
    kept = {row.pk for row in running}
    leaving = [row for row in rows if row.pk not in kept]
    habit = Habit(_past(reader, zone, start, shop_id), now - start)
    lost = forecast.expected_late(
        (
            Open(UNARRANGED if row.shipped_at is None else row.courier or "?", chances[row.pk])
            for row in running
        ),
        habit,
    )
    out = sum(1.0 - (chances[row.pk] or 0.0) for row in leaving if row.scan_by is not None)
    said = forecast.tonight(late.bad, late.judged, len(running), lost, out)
    usual = _usual(reader, start, now - start, shop_id)
    gone_said = forecast.cancelled_tonight(gone.bad, gone.judged, gone.at_risk, usual)
    health = ShopHealth(
        name, measure(late, said, rules.ldr), measure(gone, gone_said, rules.sfcr, counted=True)
    )
    return Look(health, _saves(rows, chances, late, gone, now, tonight))


def looks(reader: Reader, zone: tzinfo, now: int, model: Forecast) -> list[Look]:
    """Every shop by itself, as the platform rates them; without any shop one empty look."""
    return [look(reader, zone, now, model, shop_id=shop.id, name=shop.name) for shop in reader.shops()] or [
        look(reader, zone, now, model)
    ]


def measure(rate: Rate, said: float | None, rule: Health, *, counted: bool = False) -> Measure:
    """A rate with its next cap. `counted`: bad orders are among the judged ones already, so that one more raises only
    the upper number."""
    cap = until = None
    if rate.now is not None:
        cap = next((cap.share for cap in rule.caps if rate.bad * 1_000 < cap.share * rate.judged), None)
    if cap is not None:
        until = -((rate.bad * 1_000 - cap * rate.judged) // (1_000 if counted else 1_000 - cap))
    level = rule.consequence(rate.now)
    return Measure(
        rate.now,
        rate.if_nothing,
        said,
        rate.next_step,
        rate.orders_until,
        None if cap is None else cap / 1_000,
        until,
        rate.bad,
        rate.judged,
        rate.at_risk,
        level,
        level if said is None or rate.judged < ENOUGH_ORDERS else rule.consequence(said),
    )


def _chance(model: Forecast, row: OpenRow, now: int) -> float | None:
    if row.shipped_at is None or not row.courier:
        return None
    until = row.scan_by if row.scan_by is not None and row.scan_by >= now else row.cancel_at
    return None if until is None else model.chance(row.courier, row.shipped_at, now, until)


def _past(reader: Reader, zone: tzinfo, start: int, shop_id: int | None) -> Iterable[Past]:
    since = start - DAYS * DAY
    midnights: dict[int, int] = {}
    for row in reader.past_days(since - PRE_ORDER, since, start, shop_id=shop_id):
        if row.scan_by not in midnights:
            midnights[row.scan_by] = day(row.scan_by, zone)[0]
        courier = row.courier or "?"
        yield Past(midnights[row.scan_by], courier, *row[1:])


def _usual(reader: Reader, start: int, clock: int, shop_id: int | None) -> Usual:
    first = reader.first_order(shop_id)
    if first is None or first >= start:
        return Usual(0.0, 0.0)
    days = min(DAYS, -(-(start - first) // DAY))
    since = start - days * DAY
    bad = sum(
        row.n
        for row in reader.cancelled(since, start, shop_id=shop_id, clock=clock)
        if (own_fault(row.key, row.reason) or (row.ours and row.key is None))
        and not (row.key or "").startswith(BY_ITSELF)
    )
    return Usual(reader.placed_late(since, start, clock, shop_id=shop_id) / days, bad / days)


def _saves(
    rows: Iterable[OpenRow], chances: dict[int, float | None], late: Rate, gone: Rate, now: int, tonight: int
) -> list[Save]:
    found = []
    for row in rows:
        facts = (row.pk, row.order_id, row.shop_id)
        if row.scan_by is not None and now <= row.scan_by < tonight:
            kind = "arrange" if row.shipped_at is None else "scan"
            weight = moves(late.judged + late.at_risk)
            found.append(Save(*facts, kind, row.scan_by, chances[row.pk], weight))
        elif row.cancel_at is not None:
            found.append(Save(*facts, "cancel", row.cancel_at, chances[row.pk], moves(gone.judged)))
    return ranked(found)
