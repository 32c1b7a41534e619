"""Statistics in words, for the performance screen and `pantau stats` alike. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Final

from couriers.names import name as courier_name
from jobs.parcels.forecast import Advice, Waiting
from jobs.parcels.performance import CourierStats, Rate, Spread
from jobs.parcels.stats import Stats
from tui.clock import date, day_and_clock
from tui.strings import language, number, t
from tui.text import clean

SHOWN: Final = 20
"""Waiting parcels that are listed, the poorest chances first."""
NONE: Final = "-"
"""Too little data: a dash, never a zero."""


def percent(share: float | None, *, digits: int = 1) -> str:
    """`2,1 %`; a dash where nothing is known."""
    if share is None:
        return NONE
    told = f"{share * 100:.{digits}f}"
    return f"{told.replace('.', ',') if language() == 'id' else told} %"


def courier(code: str) -> str:
    """A courier's name, safe to show."""
    return clean(courier_name(code), limit=24)


def rate_line(name: str, rate: Rate) -> str:
    """A rate of shop health, what happens when nothing is done, and how far the next limit is."""
    if rate.now is None:
        parts = [t("stats.rate.none", name=name, judged=rate.judged)]
    else:
        parts = [t("stats.rate", name=name, now=percent(rate.now), bad=rate.bad, judged=rate.judged)]
    if rate.if_nothing is not None and rate.at_risk:
        parts.append(t("stats.rate.if_nothing", share=percent(rate.if_nothing)))
    if rate.orders_until is not None:
        parts.append(t("stats.rate.until", n=rate.orders_until, step=percent(rate.next_step)))
    elif rate.now is not None and rate.next_step is None:
        parts.append(t("stats.rate.top"))
    return " · ".join(parts)


def advice_line(advice: Advice, now: int, zone: tzinfo) -> str:
    """`antar J&T Express hari ini: 14 paket`, with what makes it pressing."""
    parts = [bring(advice)]
    if advice.late:
        parts.append(t("stats.bring.late", n=advice.late))
    if advice.late < advice.orders:
        parts.append(t("stats.bring.by", at=day_and_clock(advice.first_deadline, now, zone)))
    return " · ".join(parts)


def advice_note(stats: Stats) -> str:
    """What has to be said beside the advice, or instead of it: never that nothing is to be done while a clock runs out
    today. Empty where the advice says it all."""
    due, untaught = stats.ldr.at_risk, stats.expected_late is None
    if stats.advice and not (untaught and due):
        return ""
    parts = [t("stats.advice.untaught")] if untaught else []
    if due:
        parts.append(t("stats.advice.due", n=due))
    if stats.overdue and not stats.advice:
        parts.append(t("stats.advice.overdue", n=stats.overdue))
    return " ".join(parts) or t("stats.advice.none")


def bring(advice: Advice) -> str:
    """The advice itself."""
    return t("stats.bring", courier=courier(advice.courier), n=advice.orders)


def courier_table(couriers: Sequence[CourierStats]) -> list[list[str]]:
    """The header and a row per courier; the first column is text, the others are figures."""
    header = [
        *(t("stats.col.courier"), t("stats.col.parcels")),
        *(t("stats.col.scan"), t("stats.col.p90"), t("stats.col.n")),
        *(t("stats.col.door"), t("stats.col.p90"), t("stats.col.n")),
        t("stats.col.late"),
    ]
    return [header, *([courier(row.courier), number(row.parcels), *_spread(row.to_scan), *_spread(row.to_door),
                       percent(row.late_share)] for row in couriers)]  # fmt: skip


def weekday_table(couriers: Sequence[CourierStats], *, door: bool) -> list[list[str]]:
    """Medians by weekday: of the wait for the scan, or (`door`) of the way to the buyer."""
    rows = [["", *t("time.weekdays").split()]]
    for stats in couriers:
        spreads = [day.to_door if door else day.to_scan for day in stats.days]
        rows.append([courier(stats.courier), *(hours(spread.median) for spread in spreads)])
    return rows


def hours(value: float | None) -> str:
    """`5,2`; a dash where nothing is known."""
    if value is None:
        return NONE
    told = f"{value:.1f}"
    return told.replace(".", ",") if language() == "id" else told


def since_line(stats: Stats, zone: tzinfo) -> str:
    """From when on shipments were looked at."""
    if stats.since is None:
        return t("stats.couriers.none")
    return t("stats.couriers", since=date(stats.since, zone))


def waiting_line(stats: Stats) -> str:
    """How many wait, and what is to be expected of them."""
    parts = [t("stats.waiting", n=len(stats.waiting))]
    if stats.waiting and stats.expected_late is None:
        parts.append(t("stats.waiting.untaught"))
    elif stats.expected_late:
        parts.append(t("stats.waiting.late", n=round(stats.expected_late)))
    return " · ".join(parts)


def waiting_lines(stats: Stats, zone: tzinfo) -> Iterator[tuple[Waiting, str]]:
    """The parcels in most danger, each with its chance in words."""
    ranked = sorted(stats.waiting, key=lambda parcel: (_danger(parcel, stats.at), parcel.scan_by))
    for parcel in ranked[:SHOWN]:
        at = day_and_clock(parcel.scan_by, stats.at, zone)
        if parcel.scan_by < stats.at:
            yield parcel, t("stats.waiting.over", at=at)
        elif parcel.chance is None:
            yield parcel, t("stats.waiting.unknown", at=at)
        else:
            yield parcel, t("stats.waiting.chance", chance=percent(parcel.chance, digits=0), at=at)


def _danger(parcel: Waiting, now: int) -> float:
    if parcel.scan_by < now:
        return -1.0
    return 1.0 if parcel.chance is None else parcel.chance


def _spread(spread: Spread) -> list[str]:
    told = [
        NONE if value is None else t("stats.hours", n=hours(value)) for value in (spread.median, spread.p90)
    ]
    return [*told, number(spread.n)]
