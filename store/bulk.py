"""Driver-level writes for many rows, and the few places where SQLite and PostgreSQL spell things apart.

Session objects cost about thirty times more per row; here a statement is text built once from the table and
the rows are plain tuples in the order of `columns`. Everything else in the store says what it wants in Core.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Table, cast, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

Row = tuple[Any, ...]
Fixed = tuple[tuple[str, str | int], ...]
"""Pairs of column and value."""

_WRITER_LOCK = 0x70616E74
"""The advisory lock of `one_writer`: "pant"."""


def table_of(model: type[SQLModel]) -> Table:
    """The Core table of a model."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def insert_rows(
    conn: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[Row], fixed: Fixed = ()
) -> None:
    """Insert tuples with one executemany; nothing happens for no rows.

    `fixed`: columns that have one value in all rows. It stands in the statement, which is cached: for values of
    this program only, few and never foreign text.
    """
    if rows:
        conn.exec_driver_sql(_insert_sql(table, columns, fixed, conn.dialect.name), list(rows))


def update_rows(
    conn: Connection, table: Table, columns: tuple[str, ...], keys: tuple[str, ...], rows: Sequence[Row]
) -> None:
    """Update by key with one executemany; each tuple holds `columns`, then `keys`."""
    if rows:
        conn.exec_driver_sql(_update_sql(table, columns, keys, conn.dialect.name), list(rows))


def rows_in(
    conn: Connection, table: Table, columns: tuple[str, ...], shop_id: int, key: str, values: Sequence[str]
) -> Sequence[Any]:
    """The `columns` of a shop's rows whose `key` is one of `values`.

    Text like the rest here: building and compiling the same Core statement for every page cost more than
    running it.
    """
    if not values:
        return ()
    return conn.exec_driver_sql(
        _select_sql(table, columns, key, len(values), conn.dialect.name), (shop_id, *values)
    ).all()


def insert_into(conn: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows `on_conflict_do_update` and `on_conflict_do_nothing` of the present database."""
    return postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)


def one_writer(conn: Connection) -> None:
    """Hold every other writer back until this transaction ends, as BEGIN IMMEDIATE does on SQLite.

    PostgreSQL would let two seats take feed numbers and commit them in the other order; a reader asking for
    `seq > last` would then miss rows. With one writer at a time the feed's order is the order of commits, and
    two transactions cannot take the same rows in opposite orders.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(_WRITER_LOCK)))


def clock(conn: Connection, now: int) -> ColumnElement[int]:
    """The time leases are judged by: the server's on PostgreSQL, where every seat has a clock, else ours."""
    if conn.dialect.name == "postgresql":
        return cast(func.extract("epoch", func.clock_timestamp()) * 1_000, BigInteger)
    return literal(now, BigInteger)


def reserve(conn: Connection, table: Table, count: int) -> Sequence[int]:
    """Row ids for `count` new rows of a table numbered by `id`, so that children need no RETURNING."""
    if count == 0:
        return ()
    if conn.dialect.name == "postgresql":
        sequence = func.nextval(func.pg_get_serial_sequence(table.name, "id"))
        return conn.execute(select(sequence).select_from(func.generate_series(1, count))).scalars().all()
    last: int = conn.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {table.name}").scalar_one()
    return range(last + 1, last + 1 + count)


@cache
def _insert_sql(table: Table, columns: tuple[str, ...], fixed: Fixed, dialect: str) -> str:
    names = ", ".join(_name(table, column) for column in (*columns, *(column for column, _ in fixed)))
    values = ", ".join([mark(dialect)] * len(columns) + [_literal(value) for _, value in fixed])
    return f"INSERT INTO {table.name} ({names}) VALUES ({values})"


@cache
def _update_sql(table: Table, columns: tuple[str, ...], keys: tuple[str, ...], dialect: str) -> str:
    sign = mark(dialect)
    values = ", ".join(f"{_name(table, column)} = {sign}" for column in columns)
    where = " AND ".join(f"{_name(table, key)} = {sign}" for key in keys)
    return f"UPDATE {table.name} SET {values} WHERE {where}"


@cache
def _select_sql(table: Table, columns: tuple[str, ...], key: str, count: int, dialect: str) -> str:
    names = ", ".join(_name(table, column) for column in columns)
    sign = mark(dialect)
    marks = ", ".join([sign] * count)
    return f'SELECT {names} FROM {table.name} WHERE "shop_id" = {sign} AND {_name(table, key)} IN ({marks})'


def mark(dialect: str) -> str:
    """How a driver writes a parameter."""
    return "%s" if dialect == "postgresql" else "?"


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def _name(table: Table, column: str) -> str:
    # Quoted always: `at`, `key` and `text` are words of SQL. The look-up refuses a name that is no column.
    return f'"{table.c[column].name}"'
