"""Pages of what the platform pays."""

from __future__ import annotations

import msgspec

from store.money_records import PayoutRecord, StatementRecord
from store.records import RejectedRecord


class StatementPage(msgspec.Struct, frozen=True):
    """A page of statements."""

    records: list[StatementRecord]
    rejected: list[RejectedRecord]
    next_token: str | None
    total: int | None
    named: bool


class PayoutPage(msgspec.Struct, frozen=True):
    """A page of a statement's transactions, or of orders without settlement."""

    records: list[PayoutRecord]
    rejected: list[RejectedRecord]
    next_token: str | None
    total: int | None
    named: bool
