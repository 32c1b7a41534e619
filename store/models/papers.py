"""Paper: labels as they were fetched, and everything that was asked to be made or printed."""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from store.models.base import ms


class Label(SQLModel, table=True):
    """The platform's label of one package in one size, and how often it was printed."""

    __tablename__ = "labels"
    shop_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    package_id: str = Field(primary_key=True)
    size: str = Field(primary_key=True)
    """`A6` or `A5`."""
    file: str | None = None
    """Name of the PDF in the paper folder; None: it was not fetched yet, or was tidied away."""
    sha256: str | None = None
    pages: int = 0
    fetched_at: int | None = Field(default=None, sa_column=ms())
    prints: int = 0
    printed_at: int | None = Field(default=None, sa_column=ms())


class PaperJob(SQLModel, table=True):
    """One wish for paper: labels, slips, a picking list or a manifest, as one PDF. Rows never vanish."""

    __tablename__ = "paper_jobs"
    __table_args__ = (
        Index("ix_paper_jobs_due_at", "due_at", sqlite_where=text("due_at IS NOT NULL"),
              postgresql_where=text("due_at IS NOT NULL")),
    )  # fmt: skip
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    """`label`, `slip`, `picklist` or `manifest`."""
    size: str
    state: str
    """`wanted`, `ready` (the file is there), `printed` (handed to the printer), `failed`."""
    content: str
    """JSON: what goes onto it, in the order it is printed (store/papers.py)."""
    printer: str | None = None
    """Where it is printed when it is ready; None: it is only saved."""
    file: str | None = None
    pages: int = 0
    missing: str | None = None
    """JSON: packages that are not on it, each with its reason; None while it is made."""
    problem: str | None = None
    """A stable code (`not_ready`, `no_network`, `bad_file`, `printer`, ...) the screen words."""
    attempts: int = 0
    due_at: int | None = Field(default=None, sa_column=ms())
    """When to try next; None: nothing is left to do."""
    requested_by: str
    requested_at: int = Field(sa_column=ms(nullable=False))
    done_at: int | None = Field(default=None, sa_column=ms())
