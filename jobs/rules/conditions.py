"""Whether a rule fits an order, and every single reason why or why not. Pure: facts and a time in, verdicts out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import tzinfo
from typing import Final

import msgspec

from jobs.config.durations import parse_time
from jobs.config.rule_keys import WEEKDAYS, Rule, RuleWhen
from store.status import HOLD, SHIPPABLE, OrderStatus
from store.times import to_datetime

FRESH: Final = frozenset({OrderStatus.UNPAID, OrderStatus.ON_HOLD, *SHIPPABLE})
"""States in which an order can still be held back."""


class History(msgspec.Struct, frozen=True):
    """What else this buyer ordered in this shop, the order itself left out."""

    orders: int = 0
    completed: int = 0
    cancelled: int = 0


class Facts(msgspec.Struct, frozen=True):
    """All that rules ask of one order."""

    pk: int
    shop_id: int
    shop: str
    order_id: str
    status: str
    due: int
    """What is served first when not all can be: epoch ms."""
    total: int = 0
    cod: bool = False
    note: str | None = None
    note_seen_at: int | None = None
    channel: str = ""
    courier: str | None = None
    tags: tuple[str, ...] = ()
    confirmed: bool = False
    taken_back: bool = False
    """A person took a confirmation of this order back: no rule confirms it again."""
    missing: str = ""
    """The first item that is short, in words; empty: none is."""
    stock_known: bool = True
    """Whether the platform told the stock of every item."""
    buyer_known: bool = True
    history: History | None = None
    """None: not looked up."""


class Told(msgspec.Struct, frozen=True):
    """One condition, as it was found; what `why` of a run holds."""

    condition: str
    """As it stands in the configuration: `total_max = 300000`; or a word of the engine: `plan`, `limit`."""
    told: str
    holds: bool
    later: bool = msgspec.field(default=False)
    """Whether it may come true although nothing happens to the order."""


class NeedHistory(Exception):
    """The buyer's history decides and has not been looked up."""


def applies(rule: Rule, facts: Facts) -> bool:
    """Whether the order is in a state where the deed makes sense, in a shop of the rule. No verdict is written
    of an order to which a rule does not apply."""
    return next(misplaced(rule, facts), None) is None


def misplaced(rule: Rule, facts: Facts) -> Iterator[Told]:
    """Why a rule does not apply to an order."""
    if rule.shop and facts.shop not in rule.shop:
        yield Told(f"shop = {', '.join(rule.shop)}", facts.shop, False)
    if rule.do == "message":
        if facts.status != rule.on:
            yield Told(f"on = {rule.on}", facts.status, False)
        return
    states = FRESH if rule.do == "hold" else SHIPPABLE
    if facts.status not in states:
        yield Told(f"status = {', '.join(sorted(states))}", facts.status, False)
    if HOLD in facts.tags:
        yield Told(f"no_tag = {HOLD}", HOLD, False)
    if rule.do == "confirm" and facts.confirmed:
        yield Told("confirmed = false", "true", False)


def judge(rule: Rule, facts: Facts, now: int, zone: tzinfo) -> tuple[Told, ...]:
    """Each condition of the rule with what was found. Raises NeedHistory when all else holds and it must be known.

    A condition that fails ends nothing: the seller sees all of them.
    """
    found = [told for check in _CHECKS for told in check(rule.when, facts)]
    found += _times(rule.when, now, zone)
    if rule.do == "confirm" and facts.taken_back:
        found.append(Told("taken_back = false", "true", False))
    if _asks_history(rule.when):
        if facts.buyer_known and facts.history is None and all(one.holds for one in found):
            raise NeedHistory
        found += _history(rule.when, facts)
    return tuple(found)


def fits(found: tuple[Told, ...]) -> bool:
    """Whether all conditions hold."""
    return all(one.holds for one in found)


def may_come(found: tuple[Told, ...]) -> bool:
    """Whether only such conditions fail as may come true by themselves."""
    return all(one.holds or one.later for one in found) and not fits(found)


def edition(rule: Rule) -> str:
    """Names what a rule says, not how much it may do: the same words have the same edition."""
    words = (rule.do, rule.shop, rule.when, rule.on, rule.template)
    return hashlib.blake2b(msgspec.json.encode(words), digest_size=4).hexdigest()


def cause_of(rule: Rule) -> str:
    """What a deed answers: a message answers a state once, whatever its words; all else once per edition."""
    return f"order.status:{rule.on}" if rule.do == "message" else f"edition:{edition(rule)}"


# ---- the single conditions ------------------------------------------------------------------------------------


def _stock(when: RuleWhen, facts: Facts) -> Iterator[Told]:
    if when.stock is None:
        return
    told = facts.missing or ("enough" if facts.stock_known else "unknown")
    # Unknown stock is neither enough nor short: nothing is done on a guess.
    holds = bool(facts.missing) if when.stock is False else told == "enough"
    yield Told(f"stock = {_word(when.stock)}", told, holds, later=not holds)


def _amount(when: RuleWhen, facts: Facts) -> Iterator[Told]:
    if when.total_min is not None:
        yield Told(f"total_min = {when.total_min}", str(facts.total), facts.total >= when.total_min)
    if when.total_max is not None:
        yield Told(f"total_max = {when.total_max}", str(facts.total), facts.total <= when.total_max)


def _cod(when: RuleWhen, facts: Facts) -> Iterator[Told]:
    if when.cod is not None:
        yield Told(f"cod = {_word(when.cod)}", _word(facts.cod), facts.cod is when.cod)


def _note(when: RuleWhen, facts: Facts) -> Iterator[Told]:
    if not when.note:
        return
    written = bool((facts.note or "").strip())
    told = "empty" if not written else "unseen" if facts.note_seen_at is None else "seen"
    holds = told == when.note or (when.note == "seen" and told == "empty")
    yield Told(f"note = {when.note}", told, holds, later=not holds and when.note == "seen")


def _lists(when: RuleWhen, facts: Facts) -> Iterator[Told]:
    for name, wanted, has in (
        ("channel", when.channel, (facts.channel,)),
        ("courier", when.courier, (facts.courier or "",)),
        ("tag", when.tag, facts.tags),
    ):
        if wanted:
            told = ", ".join(filter(None, has))
            yield Told(f"{name} = {', '.join(wanted)}", told, not {*wanted}.isdisjoint(has))
    if when.no_tag:
        told = ", ".join(facts.tags)
        yield Told(f"no_tag = {', '.join(when.no_tag)}", told, {*when.no_tag}.isdisjoint(facts.tags))


_CHECKS: Final[tuple[Callable[[RuleWhen, Facts], Iterator[Told]], ...]] = (
    _stock,
    _amount,
    _cod,
    _note,
    _lists,
)


def _times(when: RuleWhen, now: int, zone: tzinfo) -> Iterator[Told]:
    here = to_datetime(now, zone)
    if when.weekday:
        today = WEEKDAYS[here.weekday()]
        holds = today in when.weekday
        yield Told(f"weekday = {', '.join(when.weekday)}", today, holds, later=not holds)
    if when.hours:
        first, last = (hour * 60 + minute for hour, minute in map(parse_time, when.hours))
        minute = here.hour * 60 + here.minute
        holds = first <= minute < last if first < last else minute >= first or minute < last
        yield Told(f"hours = {when.hours[0]}-{when.hours[1]}", f"{here:%H:%M}", holds, later=not holds)


def _asks_history(when: RuleWhen) -> bool:
    return (when.new_buyer, when.completed_min, when.cancelled_max) != (None, None, None)


def _history(when: RuleWhen, facts: Facts) -> Iterator[Told]:
    """A buyer nobody can name has no history: none of these conditions holds. One that was not looked up, because
    something else fails already, is told as such."""
    known = facts.history
    blank = "unknown" if not facts.buyer_known else "not_asked"
    if when.new_buyer is not None:
        is_new = known is not None and known.orders == 0
        told = blank if known is None else _word(is_new)
        yield Told(
            f"new_buyer = {_word(when.new_buyer)}", told, known is not None and is_new is when.new_buyer
        )
    if when.completed_min is not None:
        told = blank if known is None else str(known.completed)
        holds = known is not None and known.completed >= when.completed_min
        yield Told(f"completed_min = {when.completed_min}", told, holds)
    if when.cancelled_max is not None:
        told = blank if known is None else str(known.cancelled)
        holds = known is not None and known.cancelled <= when.cancelled_max
        yield Told(f"cancelled_max = {when.cancelled_max}", told, holds)


def _word(value: bool) -> str:
    return "true" if value else "false"
