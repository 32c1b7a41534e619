"""Shop health in words, for the performance screen and `pantau stats` alike. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Final

from jobs.health.rates import Look, Measure
from jobs.health.saves import Save, ranked
from jobs.parcels.performance import Rate
from tui.clock import day_and_clock
from tui.statistics import percent, rate_line
from tui.strings import language, t
from tui.text import clean

SHOWN: Final = 8
"""Orders to save that are listed."""


def measure_line(name: str, measure: Measure) -> str:
    """A rate now, if nothing is done, as forecast, and how far the next line and the next cap are."""
    parts = [rate_line(name, rate_of(measure))]
    if measure.forecast is not None:
        parts.append(t("rating.forecast", share=percent(measure.forecast)))
    if measure.orders_until_cap is not None and measure.next_cap != measure.next_step:
        parts.append(t("rating.cap", n=measure.orders_until_cap, step=percent(measure.next_cap, digits=0)))
    return " · ".join(parts)


def rate_of(measure: Measure) -> Rate:
    """What it has in common with the statistics."""
    return Rate(
        measure.now,
        measure.if_nothing,
        measure.next_step,
        measure.orders_until,
        measure.bad,
        measure.judged,
        measure.at_risk,
    )


def rates(looks: Sequence[Look]) -> Iterator[tuple[str, str]]:
    """Each rate of each shop: its level's code, its line. The shop is named where there are several."""
    for look in looks:
        shop = f"{clean(look.health.shop, limit=24)} · " if len(looks) > 1 else ""
        for key in ("ldr", "sfcr"):
            measure: Measure = getattr(look.health, key)
            yield measure.level, measure_line(f"{shop}{t(f'stats.{key}')}", measure)


def saves(looks: Sequence[Look]) -> list[Save]:
    """The orders of all shops, the first to save first."""
    return ranked(save for look in looks for save in look.saves)


def save_line(save: Save, now: int, zone: tzinfo) -> str:
    """What to do with it, by when, and what its loss costs."""
    at = day_and_clock(save.by, now, zone)
    if save.kind == "cancel":
        told = t("rating.save.cancel", at=at)
    elif save.kind == "arrange":
        told = t("rating.save.arrange")
    elif save.chance is None:
        told = t("rating.save.scan.unknown")
    else:
        told = t("rating.save.scan", chance=percent(save.chance, digits=0))
    points = f"+{100 * save.moves:.2f}"
    points = points.replace(".", ",") if language() == "id" else points
    return " · ".join((at, told, t("rating.save.points", points=points)))
