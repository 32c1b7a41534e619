"""How the sources of tracking fare, as the screen hears of it: one line of health per source."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection

from couriers.base import Outcome
from couriers.pace import next_release, warning
from couriers.providers.tiktok import NAME as PLATFORM
from jobs.tracking.desk import Desk
from store import health

JOB: Final = "courier"
"""The job's name in the health; the provider stands where jobs have their shop."""
QUOTA_NEAR: Final = "quota_near"
"""A warning: half, three quarters or nine tenths of a day's quota are used."""
_PROBLEMS: Final = {
    Outcome.UNAUTHORIZED: "unauthorized",
    Outcome.QUOTA_EXCEEDED: "quota_exceeded",
    Outcome.RATE_LIMITED: "rate_limited",
    Outcome.UNAVAILABLE: "no_network",
}


def problem_code(provider: str, outcome: Outcome) -> str:
    """The stable code of a source's trouble, which the screen words."""
    if provider == PLATFORM and outcome is Outcome.UNAUTHORIZED:
        return "token"
    return _PROBLEMS.get(outcome, outcome.value)


def tell_health(conn: Connection, desks: Iterable[Desk[Any]], now: int) -> None:
    """Write the health of sources that were asked. The platform has one line for all shops: what ails a
    single one its other jobs say, with its name."""
    for name, group in groupby(sorted(desks, key=lambda desk: desk.name), key=lambda desk: desk.name):
        _tell(conn, name, list(group), now)


def _tell(conn: Connection, name: str, desks: list[Desk[Any]], now: int) -> None:
    troubled = [desk.breaker for desk in desks if not desk.breaker.closed]
    if troubled:
        worst = max(troubled, key=lambda breaker: breaker.until)
        problem = problem_code(name, worst.outcome)
        detail = f"{len(troubled)} of {len(desks)} shops" if len(desks) > 1 else None
        health.failed(conn, JOB, name, problem, detail, now, worst.until)
        return
    budget = desks[0].budget
    step = warning(budget.asked, budget.per_day)
    if step is None or budget.per_day is None:
        health.ok(conn, JOB, name, now)
        return
    detail = f"{step}% of {budget.per_day} a day"
    until = next_release(budget.per_day, budget.asked, now) if budget.dry(now) else None
    health.warn(conn, JOB, name, QUOTA_NEAR, detail, now, until)
