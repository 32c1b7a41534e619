"""What cancelling some orders would do, reason by reason: what the cancel dialog shows. Planned, never written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tui.strings import word

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jobs.aftersales.cancel_plans import CancelHeld, CancelPlan, FaultRate
    from jobs.config.keys import Keys
    from jobs.rule_shapes import Health


class Choice(NamedTuple):
    """One reason, and what cancelling for it would do."""

    reason: str
    """The platform's key."""
    fault: bool
    plan: CancelPlan
    caps: Mapping[int, tuple[float, int]] = {}
    """By shop: the share from which the next consequence follows, percent of orders left (-1: below the target)."""


class CancelLook(NamedTuple):
    """Orders that somebody wants to cancel."""

    orders: int
    choices: tuple[Choice, ...]
    held: tuple[CancelHeld, ...]
    """Those that no reason helps."""


def look_at(conn: Connection, pks: Sequence[int], now: int, settings: Keys) -> CancelLook:
    """These orders, with a plan for each reason that fits any of them."""
    from jobs.aftersales.answers import plan_cancel
    from jobs.rulebook import rules_at, wib_day

    rules = rules_at(wib_day(now))
    bare = plan_cancel(conn, pks, None, now, settings)
    fitting = dict.fromkeys(key for held in bare.held for key in held.choices)
    choices = []
    for key in fitting:
        plan = plan_cancel(conn, pks, key, now, settings)
        caps = {rate.shop_id: cap for rate in plan.rates if (cap := _next(rate, rules.sfcr)) is not None}
        choices.append(Choice(key, any(line.fault for line in plan.ok), plan, caps))
    return CancelLook(len(bare.held), tuple(choices), tuple(h for h in bare.held if not h.choices))


def _next(rate: FaultRate, health: Health) -> tuple[float, int] | None:
    """What follows next above the rate, and from which share on."""
    if rate.after is None or not rate.added:
        return None
    mille = rate.after * 1_000
    if mille < health.target:
        return health.target / 1_000, -1
    cap = next((one for one in health.caps if mille < one.share), None)
    return None if cap is None else (cap.share / 1_000, cap.orders)


def reason_word(choice: Choice) -> str:
    """A reason in words; the platform's key where we have none."""
    return word("cancel_reason", choice.reason.rpartition("reason_")[2])
