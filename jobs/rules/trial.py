"""What the rules would do to the orders that are there now, or to one. Writes nothing, whatever is switched on."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from jobs.config.keys import Keys
from jobs.config.rule_keys import Rule
from jobs.rules.conditions import Facts, NeedHistory, Told, cause_of, fits, judge, may_come, misplaced
from jobs.rules.deeds import prepare
from jobs.rules.engine import in_force
from jobs.rules.facts import facts_of, histories_of, present
from jobs.rules.limits import SPAN, Budget
from store import rule_runs

MOST = 200
"""Orders per rule, the most urgent first."""


class Trial(msgspec.Struct, frozen=True):
    """One rule and one order."""

    rule: str
    do: str
    shop: str
    order_pk: int
    order_id: str
    verdict: str
    """`would`; `held`: a limit or what may still come true; `no`: a condition fails; `answered`: done before."""
    why: tuple[Told, ...]


def trial(conn: Connection, settings: Keys, zone: ZoneInfo, now: int, rules: Sequence[Rule]) -> list[Trial]:
    """Every rule over the orders where it could act at this moment, as if the feed had just told of all of them."""
    budget = Budget(settings.rules, rule_runs.counted(conn, now - SPAN, "did"))
    return _tried(conn, settings, zone, now, budget, [(rule, present(conn, rule, MOST)) for rule in rules])


def checks(conn: Connection, settings: Keys, zone: ZoneInfo, now: int, pk: int) -> list[Trial]:
    """What every rule in force makes of one order at this moment, also where it could not act on it: why it does
    nothing, or has not yet."""
    budget = Budget(settings.rules, rule_runs.counted(conn, now - SPAN, "did"))
    asked = [(rule, [pk]) for rule in in_force(settings)]
    return _tried(conn, settings, zone, now, budget, asked, anywhere=True)


def _tried(
    conn: Connection,
    settings: Keys,
    zone: ZoneInfo,
    now: int,
    budget: Budget,
    asked: Sequence[tuple[Rule, Sequence[int]]],
    *,
    anywhere: bool = False,
) -> list[Trial]:
    found: list[Trial] = []
    for rule, pks in asked:
        answered = {pk for pk, cause in rule_runs.causes(conn, rule.name, pks) if cause == cause_of(rule)}
        judged = _judged(conn, rule, pks, now, zone, anywhere=anywhere)
        free = [one for one, told in judged if fits(told) and one.pk not in answered]
        refused = prepare(conn, settings, rule, free, now).refused if free else {}
        for one, told in judged:
            verdict, why = "no", told
            if one.pk in answered:
                verdict = "answered"
            elif not fits(told):
                verdict = "held" if may_come(told) else "no"
            else:
                barrier = refused.get(one.pk) or budget.over(rule)
                verdict, why = ("would", told) if barrier is None else ("held", (*told, barrier))
                if barrier is None:
                    budget.spend(rule)
            found.append(Trial(rule.name, rule.do, one.shop, one.pk, one.order_id, verdict, why))
    return found


def _judged(
    conn: Connection, rule: Rule, pks: Sequence[int], now: int, zone: ZoneInfo, *, anywhere: bool
) -> list[tuple[Facts, tuple[Told, ...]]]:
    """All of them, with the histories looked up for those where they decide; of those to which the rule does not
    apply only `anywhere`, with the reason."""
    judged: dict[int, tuple[Facts, tuple[Told, ...]]] = {}
    wanted: list[int] = []
    facts = facts_of(conn, rule, pks)
    for one in facts:
        if (astray := tuple(misplaced(rule, one))) and not anywhere:
            continue
        try:
            judged[one.pk] = (one, (*astray, *judge(rule, one, now, zone)))
        except NeedHistory:
            wanted.append(one.pk)
    if wanted:
        for one in facts_of(conn, rule, wanted, histories_of(conn, wanted)):
            judged[one.pk] = (one, (*misplaced(rule, one), *judge(rule, one, now, zone)))
    return [judged[one.pk] for one in facts if one.pk in judged]
