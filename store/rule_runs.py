"""What rules did, would have done, and hold back; and the switch that stops them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, select

from store import actions
from store.bulk import insert_rows, table_of
from store.models import Action, RuleRun, Shop, UiState
from store.reading.rule_runs import OFF
from store.ui_state import put

STATE: Final = "rules.state:"
"""How the keys begin of how far the engine of a seat is (jobs/rules/state.py); then the seat's name."""
_RUNS: Final = table_of(RuleRun)
_ACTIONS: Final = table_of(Action)
_SHOPS: Final = table_of(Shop)
_SMALL: Final = table_of(UiState)
_CHUNK: Final = 500
"""Values in one IN list, and rows of the log read at once."""


class NewRun(NamedTuple):
    """One verdict to write down."""

    at: int
    rule: str
    shop_id: int
    order_pk: int
    order_id: str
    cause: str
    verdict: str
    why: str


def add_all(conn: Connection, runs: Sequence[NewRun]) -> None:
    """Write verdicts down, in the transaction of the deeds.

    The caller has looked what is there (`causes`) while holding the writer. A rule that answers a cause on an order a
    second time breaks the unique index, which undoes all of it.
    """
    insert_rows(conn, _RUNS, NewRun._fields, runs)


def causes(conn: Connection, rule: str, pks: Sequence[int]) -> set[tuple[int, str]]:
    """What the rule has answered on these orders, as (order, cause)."""
    found: set[tuple[int, str]] = set()
    for start in range(0, len(pks), _CHUNK):
        some = pks[start : start + _CHUNK]
        query = select(_RUNS.c.order_pk, _RUNS.c.cause).where(
            _RUNS.c.rule == rule, _RUNS.c.order_pk.in_(some)
        )
        found.update((pk, cause) for pk, cause in conn.execute(query))
    return found


def counted(conn: Connection, since: int, verdict: str) -> Counter[str]:
    """How often each rule came to a verdict since then. Reads the log backwards, only as far as needed."""
    found: Counter[str] = Counter()
    before: int | None = None
    while True:
        query = select(_RUNS.c.id, _RUNS.c.at, _RUNS.c.rule, _RUNS.c.verdict).order_by(_RUNS.c.id.desc())
        if before is not None:
            query = query.where(_RUNS.c.id < before)
        rows = conn.execute(query.limit(_CHUNK)).all()
        found.update(row.rule for row in rows if row.verdict == verdict and row.at > since)
        if len(rows) < _CHUNK or rows[-1].at <= since:
            return found
        before = rows[-1].id


def small(conn: Connection, key: str) -> str | None:
    """One of the small settings above."""
    return conn.execute(select(_SMALL.c.value).where(_SMALL.c.key == key)).scalar_one_or_none()


def forget(conn: Connection, seat: str) -> None:
    """Forget how far the rules of a seat are: they begin anew at the end of the feed."""
    conn.execute(delete(_SMALL).where(_SMALL.c.key == STATE + seat))


def turn_off(conn: Connection, by: str, now: int) -> None:
    """Stop all rules on all seats, whatever their configurations say, until `turn_on`.

    Also forgets how far they were: what happens meanwhile is left to people.
    """
    put(conn, OFF, f"{now} {by}")
    waiting = select(_ACTIONS.c.id).where(
        _ACTIONS.c.state == "queued",
        _ACTIONS.c.requested_by.startswith("rule:", autoescape=True),
        # What a person ships by hand nobody sends: it stays on the checklist.
        _ACTIONS.c.shop_id.not_in(select(_SHOPS.c.id).where(_SHOPS.c.kind == "file")),
    )
    for action_id in list(conn.execute(waiting).scalars()):
        actions.cancel(conn, action_id, now, by)
    conn.execute(delete(_SMALL).where(_SMALL.c.key.startswith(STATE, autoescape=True)))


def turn_on(conn: Connection) -> bool:
    """Take the stop away; whether there was one. Rules run again only where the configuration says so as well."""
    return conn.execute(delete(_SMALL).where(_SMALL.c.key == OFF)).rowcount > 0
