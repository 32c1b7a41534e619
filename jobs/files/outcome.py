"""What became of one Seller Center file. Codes, not words: whoever shows it words them."""

from __future__ import annotations

from typing import Any

import msgspec


class Progress(msgspec.Struct, frozen=True):
    """How far a reading is."""

    import_id: int
    done: int
    """Rows that have been gone through."""
    total: int
    """Data rows of the file."""
    orders: int
    """Orders that are in."""


class Refused(msgspec.Struct, frozen=True):
    """A row that was not used; `row` as a spreadsheet numbers it, `reason` a code of shop/files/problems.py."""

    row: int
    column: str | None
    reason: str
    value: str


class Outcome(msgspec.Struct, frozen=True):
    """One file, read to its end, stopped, or refused."""

    file: str
    """As it was named."""
    state: str
    """`done`, `stopped` or `failed`."""
    import_id: int | None = None
    """None: there was nothing to read, and the store does not know of it."""
    rows: int = 0
    orders: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: tuple[str, ...] = ()
    """Ids of orders in hand that the file before held and this newer one does not."""
    cancelled: tuple[str, ...] = ()
    """Ids of orders that this file says are cancelled, and that were not."""
    rejected: tuple[Refused, ...] = ()
    warnings: tuple[dict[str, Any], ...] = ()
    """What was odd but used: `reason`, and `row`, `column`, `value`, `order_id` where known."""
    problem: str | None = None
    """Why the whole file was refused, a code of shop/files/problems.py or of jobs/files/reading.py."""
    row: int | None = None
    """Where in the file that problem is."""
    column: str | None = None
    value: str = ""

    @property
    def flawed(self) -> bool:
        """Whether a row or all of it was not used."""
        return self.problem is not None or bool(self.rejected)
