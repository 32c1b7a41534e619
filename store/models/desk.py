"""What the seller keeps beside the orders: notes, saved batches, what rules did, the day's digests."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from store.models.base import ms, serial


class Note(SQLModel, table=True):
    """The seller's own note on an order. Changing one adds a row; the newest counts, an empty one takes it away."""

    __tablename__ = "notes"
    __table_args__ = (Index("ix_notes_order_pk_id", "order_pk", "id"),)
    id: int | None = Field(default=None, sa_column=serial())
    order_pk: int = Field(sa_column=ms(nullable=False))
    at: int = Field(sa_column=ms(nullable=False))
    by: str
    text: str


class SavedBatch(SQLModel, table=True):
    """Marked orders, kept under a name."""

    __tablename__ = "saved_batches"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_column_kwargs={"unique": True})
    at: int = Field(sa_column=ms(nullable=False))
    by: str


class BatchOrder(SQLModel, table=True):
    """An order in a saved batch."""

    __tablename__ = "batch_orders"
    batch_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    order_pk: int = Field(sa_column=ms(primary_key=True, autoincrement=False))


class RuleRun(SQLModel, table=True):
    """A rule looked at an order and did something, or would have. Rows never change."""

    __tablename__ = "rule_runs"
    __table_args__ = (
        Index("ix_rule_runs_order_pk", "order_pk"),
        Index("ix_rule_runs_rule_order_pk_cause", "rule", "order_pk", "cause", unique=True),
    )
    id: int | None = Field(default=None, sa_column=serial())
    at: int = Field(sa_column=ms(nullable=False))
    rule: str
    """Its name in the configuration."""
    shop_id: int
    order_pk: int = Field(sa_column=ms(nullable=False))
    order_id: str
    cause: str
    """What it answered: `<change kind>:<state>`, or `edition:<hash of the rule>`; once per rule, order and cause."""
    verdict: str
    """`did`, `would` (dry run), `held` (a limit, or a condition that may come true), `failed`, `nothing` to do."""
    why: str
    """JSON list of `{"condition", "told", "holds"}`: everything the verdict rests on."""


class Digest(SQLModel, table=True):
    """What was told of the day, as it was told."""

    __tablename__ = "digests"
    id: int | None = Field(default=None, primary_key=True)
    at: int = Field(sa_column=ms(nullable=False))
    kind: str
    """`routine` (of `digest_at`), `opened` (what happened while nothing ran)."""
    body: str
    """JSON, the shape of `pantau digest --json`."""
    seen_at: int | None = Field(default=None, sa_column=ms())
