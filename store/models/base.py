"""What all tables share: names of constraints, columns for times and for numbers given by the database."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer
from sqlmodel import SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING


def ms(**kw: object) -> Column[int]:
    """A time in epoch milliseconds, or another number that may outgrow 32 bits."""
    return Column(BigInteger, **kw)  # type: ignore[arg-type]


def serial() -> Column[int]:
    """A primary key the database numbers by itself."""
    # SQLite only numbers rows by itself in a column declared INTEGER.
    return Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
