"""Follows the feed of changes and lets the rules act: once per order and cause, within limits, or only on paper.

One step is one transaction: what of the feed was looked at, the verdicts, the deeds, and where the engine stands.
Killed anywhere, it has happened as a whole or not at all. docs/rules.md tells what is looked at when.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, func, select

from jobs.config.keys import Keys
from jobs.config.rule_keys import Rule
from jobs.rules import state
from jobs.rules.conditions import History
from jobs.rules.deeds import ORDER
from jobs.rules.facts import histories_of
from jobs.rules.limits import SPAN, Budget
from jobs.rules.turn import HistoryWanted, Report, Turn
from store import rule_runs
from store.bulk import one_writer, table_of
from store.db import Store
from store.models import Change
from store.reading.rule_runs import OFF
from store.status import OrderStatus
from store.times import Clock

STRETCH: Final = 1_000
"""Rows of the feed per step."""
AGAIN: Final = 500
"""Orders per rule that are looked at again in a pass because they wait."""
_FRESH: Final = frozenset({OrderStatus.UNPAID, OrderStatus.ON_HOLD, OrderStatus.AWAITING_SHIPMENT})
"""States of an order seen for the first time that are news; in the others it is history."""
_CHANGES: Final = table_of(Change)


class RuleEngine:
    """The rules of one configuration on one store."""

    def __init__(self, store: Store, settings: Keys, *, clock: Clock) -> None:
        self._store, self._settings, self._clock = store, settings, clock
        self._zone = ZoneInfo(settings.timezone)
        # Seats of one server may have different rules; a file on this computer has one configuration.
        self._seat = "" if store.dialect == "sqlite" else socket.gethostname()

    async def run_once(self, alive: Callable[[], Any] = lambda: None) -> Report:
        """Look at all that happened since the last pass, and again at what waits."""
        whole = Report(more=True)
        if not active(self._settings):
            if not self._settings.read_only:
                await self._forget()
            return Report()
        again = True
        while whole.more:
            part = await self._step(again)
            again = False
            for name in ("did", "would", "held", "failed", "nothing"):
                setattr(whole, name, getattr(whole, name) + getattr(part, name))
            whole.more = part.more
            alive()
        return whole

    async def _step(self, again: bool) -> Report:
        histories: dict[int, History] = {}
        while True:
            try:
                return await self._store.awrite(self._bound(histories, again))
            except HistoryWanted as error:
                wanted = error.pks
            found = await self._store.aread(partial(histories_of, pks=wanted))
            # An order that is gone has no history; without a word for it this would never end.
            histories |= {pk: found.get(pk, History()) for pk in wanted}

    def _bound(self, histories: Mapping[int, History], again: bool) -> Callable[[Connection], Report]:
        now = self._clock()
        return lambda conn: step(conn, self._settings, self._zone, now, self._seat, histories, again=again)

    async def _forget(self) -> None:
        """Rules that are switched off here leave no place to go on from: what happens meanwhile is left to people."""
        seat = self._seat
        if await self._store.aread(lambda conn: state.load(conn, seat)) is not None:
            await self._store.awrite(lambda conn: rule_runs.forget(conn, seat))


def active(settings: Keys) -> bool:
    """Whether the configuration lets any rule run."""
    return settings.rules.enabled and not settings.read_only and bool(in_force(settings))


def in_force(settings: Keys) -> list[Rule]:
    """The rules that are switched on, in the order in which they act."""
    rules = [rule for rule in settings.rules.each if rule.enabled]
    return sorted(rules, key=lambda rule: ORDER.index(rule.do))


def step(
    conn: Connection,
    settings: Keys,
    zone: ZoneInfo,
    now: int,
    seat: str,
    histories: Mapping[int, History],
    *,
    again: bool = True,
) -> Report:
    """One stretch of the feed, in the caller's transaction. Raises HistoryWanted before anything is lost by it:
    the caller's transaction is undone.

    `again`: whether what waits is looked at as well.
    """
    one_writer(conn)
    if rule_runs.small(conn, OFF) is not None:
        return Report()
    rules, dry = in_force(settings), settings.rules.dry_run
    newest = int(conn.execute(select(func.coalesce(func.max(_CHANGES.c.seq), 0))).scalar_one())
    stored = state.load(conn, seat)
    position = stored or state.Position(newest)
    before = msgspec.json.encode(position) if stored else b""
    state.settle_sights(position, {rule.name: dry for rule in rules}, newest)
    crowded = any(len(some) >= state.MOST_WAITING for some in position.waiting.values())
    rows = [] if crowded else _stretch(conn, position.seq)
    report = Report(more=len(rows) == STRETCH)
    verb = "would" if dry else "did"
    budget = Budget(settings.rules, rule_runs.counted(conn, now - SPAN, verb))
    for rule in rules:
        waiting = position.waiting.get(rule.name, [])
        due = list(
            dict.fromkeys(
                [*_due(rule, rows, position.since[rule.name].seq), *(waiting[:AGAIN] if again else ())]
            )
        )
        if not due:
            continue
        turn = Turn(conn, settings, rule, zone, now, budget, dry=dry)
        stays = turn.take(due, histories, report)
        looked = set(due)
        # Those that were looked at go to the end: everyone gets a turn.
        position.waiting[rule.name] = [*(pk for pk in waiting if pk not in looked), *stays]
    if rows:
        position.seq = int(rows[-1].seq)
    elif position.seq < newest and not crowded:
        position.seq = newest
    if msgspec.json.encode(position) != before:
        state.save(conn, seat, position)
    return report


def _stretch(conn: Connection, after: int) -> Sequence[Any]:
    columns = (_CHANGES.c.seq, _CHANGES.c.order_pk, _CHANGES.c.kind, _CHANGES.c.new)
    return conn.execute(
        select(*columns).where(_CHANGES.c.seq > after).order_by(_CHANGES.c.seq).limit(STRETCH)
    ).all()


def _due(rule: Rule, rows: Sequence[Any], since: int) -> list[int]:
    """The orders of a stretch that the rule has to look at."""
    return [
        row.order_pk
        for row in rows
        if row.seq > since
        and row.order_pk is not None
        and row.kind.startswith("order.")
        and _answers(rule, row)
    ]


def _answers(rule: Rule, row: Any) -> bool:
    """A message answers a state that an order came into; the others look at whatever happens to one."""
    if rule.do != "message":
        return True
    if row.kind == "order.new":
        return bool(row.new == rule.on and row.new in _FRESH)
    return bool(row.kind == "order.status" and row.new == rule.on)
