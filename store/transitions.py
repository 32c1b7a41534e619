"""How a row of the outbox moves: one UPDATE, its change row, and what the order shows because of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, select, text, update

from store import changes
from store.bulk import insert_into, one_writer, table_of
from store.derived import refresh
from store.models import Action

ACTIONS: Final = table_of(Action)
LIVE: Final = text("state NOT IN ('refused','cancelled')")
"""The predicate of the index uq_actions_live, word for word: PostgreSQL finds the index by it."""
SENDERS: Final = ("queued", "sending", "unknown")
"""States the sender may move a row out of."""


def insert(conn: Connection, wish: Mapping[str, Any], now: int, by: str) -> int | None:
    """A new queued row; None when a live row has the target."""
    add = insert_into(conn, ACTIONS).values(**wish, state="queued", fence=0, attempts=0, reads=0)
    add = add.on_conflict_do_nothing(index_elements=["shop_id", "kind", "target"], index_where=LIVE)
    row = conn.execute(add.returning(*ACTIONS.c)).one_or_none()
    if row is None:
        return None
    _tell(conn, row, None, "queued", now, by, {})
    return int(row.id)


def locked(conn: Connection, action_id: int) -> Any:
    """The row as it stands while no other writer can move it; None when there is none."""
    one_writer(conn)
    return conn.execute(select(ACTIONS).where(ACTIONS.c.id == action_id)).one_or_none()


def fenced(
    conn: Connection,
    action_id: int,
    fence: int,
    state: str,
    now: int,
    values: dict[str, Any],
    *conditions: ColumnElement[bool],
) -> bool:
    """The sender's write: only under its own fence, only out of a state that is still the sender's."""
    row = locked(conn, action_id)
    holds = (ACTIONS.c.fence == fence, ACTIONS.c.state.in_(SENDERS), *conditions)
    return row is not None and move(conn, row, state, now, "job", values, *holds)


def by_person(
    conn: Connection,
    action_id: int,
    states: tuple[str, ...],
    state: str,
    now: int,
    by: str,
    values: dict[str, Any],
) -> bool:
    """A person's write: only out of these states."""
    row = locked(conn, action_id)
    if row is None:
        return False
    # A new fence: whoever holds the row must not write over a person's decision.
    loose = values | {"fence": row.fence + 1, "owner": None, "lease_until": None}
    return move(conn, row, state, now, by, loose, ACTIONS.c.state.in_(states))


def move(
    conn: Connection,
    row: Any,
    state: str,
    now: int,
    by: str,
    values: Mapping[str, Any],
    *holds: ColumnElement[bool],
) -> bool:
    """Write the new state where everything in `holds` is still true; False where it is not."""
    edit = update(ACTIONS).where(ACTIONS.c.id == row.id, *holds).values(state=state, **values)
    if conn.execute(edit).rowcount == 0:
        return False
    if state != row.state:
        why = {name: values.get(name, getattr(row, name)) for name in ("code", "reason")}
        _tell(conn, row, row.state, state, now, by, why)
    return True


def _tell(
    conn: Connection, row: Any, old: str | None, new: str, now: int, by: str, why: Mapping[str, Any]
) -> None:
    """The change row of a transition, and what the order shows because of it."""
    about = changes.detail(action_id=row.id, kind=row.kind, target=row.target, **why)
    at = (now, row.shop_id, row.order_pk, row.order_id)
    changes.append(conn, [(*at, f"action.{new}", old, new, about, by)])
    refresh(conn, [row.order_pk])
