"""What happens: wishes on their way out, the feed, health of jobs, what was not understood, memory of the screen."""

from __future__ import annotations

from sqlalchemy import Column, Index, Text, text
from sqlmodel import Field, SQLModel

from store.models.base import ms, serial


class Action(SQLModel, table=True):
    """The outbox: one row per (shop, kind, target). States and rules: docs/outbox.md. Rows never vanish."""

    __tablename__ = "actions"
    __table_args__ = (
        # Without this index two key presses ship twice: a test proves it.
        Index("uq_actions_live", "shop_id", "kind", "target", unique=True,
              sqlite_where=text("state NOT IN ('refused','cancelled')"),
              postgresql_where=text("state NOT IN ('refused','cancelled')")),
        Index("ix_actions_state_due_at", "state", "due_at"),
        Index("ix_actions_order_pk", "order_pk"),
        Index("ix_actions_kind_done_at", "kind", "done_at"),
        Index("ix_actions_batch_id", "batch_id", sqlite_where=text("batch_id IS NOT NULL"),
              postgresql_where=text("batch_id IS NOT NULL")),
    )  # fmt: skip
    id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    kind: str
    target: str
    """What is acted on: the package id of a ship, the order id of a cancel, ..."""
    order_pk: int | None = Field(default=None, sa_column=ms())
    order_id: str
    package_id: str | None = None
    batch_id: str | None = None
    params: str = "{}"
    params_hash: str = ""
    state: str
    fence: int = 0
    owner: str | None = None
    lease_until: int | None = Field(default=None, sa_column=ms())
    due_at: int = Field(sa_column=ms(nullable=False))
    signed_at: int | None = Field(default=None, sa_column=ms())
    sent_at: int | None = Field(default=None, sa_column=ms())
    attempts: int = 0
    reads: int = 0
    """Reads since signed_at that said "not done yet": two after the quiet time allow another attempt."""
    code: int | None = None
    reason: str | None = None
    request_id: str | None = None
    evidence: str | None = None
    requested_by: str
    requested_at: int = Field(sa_column=ms(nullable=False))
    done_at: int | None = Field(default=None, sa_column=ms())


class Change(SQLModel, table=True):
    """The feed, the history and the audit trail: every write appends here in its own transaction."""

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_order_pk_seq", "order_pk", "seq"),)
    seq: int | None = Field(default=None, sa_column=serial())
    at: int = Field(sa_column=ms(nullable=False))
    shop_id: int | None = None
    order_pk: int | None = Field(default=None, sa_column=ms())
    order_id: str | None = None
    kind: str
    """`order.new`, `order.status`, `order.changed`, `order.confirmed`, `action.done`, `job.failed`, ..."""
    old: str | None = None
    new: str | None = None
    detail: str | None = None
    """Small JSON object, shape by kind (store/changes.py)."""
    actor: str = "platform"
    """`platform`, `seller`, `job`, `cli`, or `rule:<name>`."""


class JobHealth(SQLModel, table=True):
    """One line per job and shop: when it last went well, what is wrong since when, when it runs next."""

    __tablename__ = "job_health"
    job: str = Field(primary_key=True)
    """`orders`, `tracking`, `requests`, `stock`, `sender`, `sweep`."""
    shop: str = Field(primary_key=True)
    """Shop name, or empty for a job of the whole program."""
    last_ok_at: int | None = Field(default=None, sa_column=ms())
    failing_since: int | None = Field(default=None, sa_column=ms())
    problem: str | None = None
    """A stable code (`no_network`, `token`, `rate_limited`, `bad_reply`, `disk_full`, ...) the screen words."""
    detail: str | None = None
    next_at: int | None = Field(default=None, sa_column=ms())


class Rejected(SQLModel, table=True):
    """Something the platform or a file sent that could not be understood; the rest was stored."""

    __tablename__ = "rejected"
    id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    source: str
    ref: str | None = None
    """Order id or row number, when it could still be read."""
    reason: str
    raw: bytes
    at: int = Field(sa_column=ms(nullable=False))


class Memory(SQLModel, table=True):
    """What jobs remember between two runs, by key (store/memory.py)."""

    __tablename__ = "memory"
    key: str = Field(primary_key=True)
    value: str = Field(sa_column=Column(Text, nullable=False))


class UiState(SQLModel, table=True):
    """Settings of the screen that outlive it: tab, sort, theme, seen notices."""

    __tablename__ = "ui_state"
    key: str = Field(primary_key=True)
    value: str = Field(sa_column=Column(Text, nullable=False))
