"""Statements and their transactions (finance 202309, 202501), orders without settlement (202507).

Times in epoch seconds; amounts are decimal text, charges negative. The objects of amounts below a transaction
(`*_breakdown`) grow by new names often, so they are read as they come.
"""

from __future__ import annotations

from typing import Any

import msgspec

from shop.wire.loose import decoder


class Statement(msgspec.Struct):
    """GET /finance/202309/statements. `payment_status` is PAID, FAILED or PROCESSING."""

    id: str | None = None
    statement_time: int | None = None
    settlement_amount: str | None = None
    currency: str | None = None
    revenue_amount: str | None = None
    fee_amount: str | None = None
    shipping_cost_amount: str | None = None
    adjustment_amount: str | None = None
    payment_status: str | None = None
    payment_time: int | None = None


class Transaction(msgspec.Struct):
    """GET /finance/202501/statements/{id}/statement_transactions: an order, or an adjustment of one."""

    id: str | None = None
    type: str | None = None
    order_id: str | None = None
    adjustment_id: str | None = None
    adjustment_order_id: str | None = None
    adjustment_amount: str | None = None
    settlement_amount: str | None = None
    revenue_amount: str | None = None
    shipping_cost_amount: str | None = None
    fee_tax_amount: str | None = None
    revenue_breakdown: Any = None
    shipping_cost_breakdown: Any = None
    fee_tax_breakdown: Any = None
    supplementary_component: Any = None
    reserve_breakdown: Any = None


class Unsettled(msgspec.Struct):
    """GET /finance/202507/orders/unsettled: what the platform thinks an order will bring."""

    id: str | None = None
    type: str | None = None
    order_id: str | None = None
    status: str | None = None
    order_delivery_time: int | None = None
    unsettled_reason: str | None = None
    est_settlement_amount: str | None = None
    est_revenue_amount: str | None = None
    est_fee_tax_amount: str | None = None
    est_shipping_cost_amount: str | None = None
    est_adjustment_amount: str | None = None


decode_statement = decoder(Statement)
decode_transaction = decoder(Transaction)
decode_unsettled = decoder(Unsettled)
