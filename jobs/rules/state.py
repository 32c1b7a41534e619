"""How far the engine is: one small row, written in the transaction of what it covers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from sqlalchemy import Connection

from store import rule_runs
from store.ui_state import put

MOST_WAITING: Final = 10_000
"""Orders that may wait per rule; beyond it the newest wait in the feed's place: the engine stops reading it."""


class Sight(msgspec.Struct, frozen=True):
    """When a rule was first seen in its present mode: what the feed told up to then is none of its business."""

    seq: int
    dry: bool


class Position(msgspec.Struct):
    """Where the engine stands."""

    seq: int
    """The last row of the feed that was looked at."""
    since: dict[str, Sight] = {}
    """By rule."""
    waiting: dict[str, list[int]] = {}
    """By rule: orders (row ids) that would be served if a limit, a clock or the stock allowed it."""


def load(conn: Connection, seat: str) -> Position | None:
    """Where the rules of a seat stand; None before the first pass, after a switch-off, and for what nobody can read."""
    stored = rule_runs.small(conn, rule_runs.STATE + seat)
    if stored is None:
        return None
    try:
        return msgspec.json.decode(stored, type=Position)
    except msgspec.DecodeError:
        return None


def save(conn: Connection, seat: str, position: Position) -> None:
    """Replace what was there."""
    put(conn, rule_runs.STATE + seat, msgspec.json.encode(position).decode())


def settle_sights(position: Position, modes: Mapping[str, bool], newest: int) -> None:
    """Rules that are new or changed between dry and real begin at the feed's end; those that are gone are forgotten.

    `modes`: the rules in force, and whether each runs dry.
    """
    for name in [*position.since, *position.waiting]:
        if name not in modes or (name in position.since and position.since[name].dry != modes[name]):
            position.since.pop(name, None)
            position.waiting.pop(name, None)
    for name, dry in modes.items():
        if name not in position.since:
            position.since[name] = Sight(newest, dry)
