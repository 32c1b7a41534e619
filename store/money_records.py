"""What the platform pays, as a source tells it. Whole rupiah; charges are negative; times in epoch ms."""

from __future__ import annotations

import msgspec

UNSETTLED = ""
"""The statement of payouts that are none yet: what the platform estimates for orders it has not settled."""

FAILED = "FAILED"
"""The platform's word for a statement whose payment failed."""

ORDER, ADJUSTMENT = "ORDER", "ADJUSTMENT"
"""Kinds of transactions; adjustments may have other words of the platform."""


class StatementRecord(msgspec.Struct, frozen=True):
    """One day's statement of one shop."""

    statement_id: str
    at: int
    status: str
    currency: str
    settlement: int
    revenue: int
    fees: int
    """Fees and shipping cost together, as the platform's overview has them."""
    adjustment: int = 0
    paid_at: int | None = None


class PayoutRecord(msgspec.Struct, frozen=True):
    """One transaction of a statement, or what the platform estimates of one (`UNSETTLED`)."""

    transaction_id: str
    kind: str
    """`ORDER`; anything else adjusts an order, or the account."""
    order_id: str | None
    settlement: int
    revenue: int = 0
    fees: int = 0
    shipping: int = 0
    detail: str = "{}"
    """JSON object of every other amount that is not zero, by the platform's name."""
