"""What the jobs remember between two runs, by key: small JSON values that no table of their own is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, delete, select

from store.bulk import insert_into, one_writer, table_of
from store.models import Memory

T = TypeVar("T")

_MEMORY = table_of(Memory)


def recall(conn: Connection, key: str, kind: type[T]) -> T | None:
    """What is kept under a key; None without it, or in a form of another version."""
    query = select(_MEMORY.c.value).where(_MEMORY.c.key == key)
    return decoded(conn.execute(query).scalar_one_or_none(), kind)


def decoded(text: str | None, kind: type[T]) -> T | None:
    """The same of the text that a reader found (Reader.remembered)."""
    try:
        return None if text is None else msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError:
        return None


def remember(conn: Connection, key: str, value: object) -> None:
    """Keep a value, in the place of the one before."""
    text = msgspec.json.encode(value, order="deterministic").decode()
    add = insert_into(conn, _MEMORY).values(key=key, value=text)
    conn.execute(add.on_conflict_do_update(index_elements=["key"], set_={"value": text}))


def forget(conn: Connection, key: str) -> None:
    """Keep nothing under a key."""
    conn.execute(delete(_MEMORY).where(_MEMORY.c.key == key))


def unsaid(conn: Connection, key: str, values: Sequence[str]) -> list[str]:
    """Those of the values that were not said yet."""
    known = set(recall(conn, key, list[str]) or ())
    return [value for value in values if value not in known]


def say_once(conn: Connection, key: str, values: Sequence[str], keep: int) -> list[str]:
    """Remember that these were said, at most `keep` of a key; those that had not been: nobody else says them."""
    one_writer(conn)
    if fresh := unsaid(conn, key, values):
        remember(conn, key, [*(recall(conn, key, list[str]) or ()), *fresh][-keep:])
    return fresh
