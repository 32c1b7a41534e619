"""What rules do, each through the same door as a key press: the same plan, the same refusals, the same outbox.

Deeds happen in the transaction that writes their runs down, many at once: a plan is as dear for one order as for
five hundred, and the one writer is everybody's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import Connection

from jobs.config.keys import Keys
from jobs.config.rule_keys import Rule
from jobs.rules.conditions import Facts, Told
from jobs.wishes import intents
from jobs.wishes.plans import SOFT, Held
from store import desk
from store import orders as order_store
from store.status import HOLD

ORDER: Final = ("hold", "confirm", "ship", "message")
"""Holding comes first: what one rule holds back no other confirms in the same pass."""

Failures = dict[int, Told]
"""By order: why nothing was done to it, found out before anything was written. What holds was so already: there was
nothing to do."""


class Ready(msgspec.Struct):
    """Orders of one rule that were looked at, and the way to do it."""

    do: Callable[[Sequence[int]], Failures]
    """Does it to some of the orders that nothing stands in the way of."""
    refused: Mapping[int, Told]
    """What stands in the way, by order."""


def prepare(conn: Connection, settings: Keys, rule: Rule, orders: Sequence[Facts], now: int) -> Ready:
    """Look at all orders that a rule fits, as the dialog of a key would. Writes nothing."""
    by, pks = f"rule:{rule.name}", [one.pk for one in orders]
    if rule.do == "confirm":
        refused = {held.pk: _refused(held) for held in intents.plan_confirm(conn, pks).held}
        return Ready(partial(_confirm, conn, by, now), refused)
    if rule.do == "hold":
        return Ready(partial(_hold, conn, by, now), {})
    if rule.do == "message":
        return Ready(partial(_message, conn, settings, rule, by, now), {})
    if not settings.rules.allow_ship:
        never = Told("allow_ship = true", "false", False)
        return Ready(lambda _: dict.fromkeys(pks, never), dict.fromkeys(pks, never))
    plan = intents.plan_ship(conn, pks, now, settings)
    return Ready(partial(_ship, conn, plan, by, now), {held.pk: _refused(held) for held in plan.held})


def _refused(held: Held) -> Told:
    """Stock and notes change without a word of the order: those refusals are looked at again."""
    detail = held.params.get("name") or held.params.get("status") or held.params.get("total") or ""
    return Told(f"plan = {held.reason}", str(detail), False, later=held.reason in SOFT)


def _confirm(conn: Connection, by: str, now: int, pks: Sequence[int]) -> Failures:
    done = set(order_store.confirm(conn, pks, now, by))
    return {pk: Told("do = confirmed_already", "", True) for pk in pks if pk not in done}


def _hold(conn: Connection, by: str, now: int, pks: Sequence[int]) -> Failures:
    done = set(desk.add_tags(conn, pks, [HOLD], by, now))
    return {pk: Told("do = held_already", "", True) for pk in pks if pk not in done}


def _ship(conn: Connection, plan: intents.ShipPlan, by: str, now: int, pks: Sequence[int]) -> Failures:
    chosen = set(pks)
    lines = tuple(line for line in plan.ok if line.pk in chosen)
    if lines:
        intents.queue_ship(conn, msgspec.structs.replace(plan, ok=lines, held=()), by, now)
    return {pk: Told("do = no_package", "", False) for pk in chosen - {line.pk for line in lines}}


def _message(conn: Connection, settings: Keys, rule: Rule, by: str, now: int, pks: Sequence[int]) -> Failures:
    from jobs.chat.wishes import UnfitText, queue_to_buyer, why_refused
    from jobs.rules.texts import NoText, text_for

    failures: Failures = {}
    for pk in pks:
        try:
            text = text_for(conn, settings, rule.template, pk, now)
            if queue_to_buyer(conn, order_pk=pk, text=text, by=by, now=now) is None:
                why = why_refused(conn, order_pk=pk)
                failures[pk] = Told(f"do = {why}", "", holds=why == "same_text")
        except NoText as error:
            # A courier's number often comes a little after the state that is to be told.
            later = error.reason == "field_missing"
            failures[pk] = Told(f"do = {error.reason}", error.detail, False, later)
        except UnfitText as error:
            failures[pk] = Told(f"do = {error.problem}", "", False)
    return failures
