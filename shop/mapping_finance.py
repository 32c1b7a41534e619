"""Wire -> records, for statements and payouts. Pure; raises Unmappable like shop/mapping.py."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from shop.mapping import Unmappable, identifier, millis, money, text
from shop.wire import finance as wire
from store.money_records import ADJUSTMENT, ORDER, PayoutRecord, StatementRecord

_DEEPEST: Final = 6
"""Levels of amounts below a transaction; the documented ones have three."""


def statement(told: wire.Statement) -> StatementRecord:
    """Raises Unmappable without an id, a time or a settlement, or with money that is no number."""
    at = millis(told.statement_time)
    settlement = money(told.settlement_amount)
    if at is None:
        raise Unmappable("no statement_time")
    if settlement is None:
        raise Unmappable("no settlement_amount")
    return StatementRecord(
        statement_id=identifier(told.id, "statement id"),
        at=at,
        status=text(told.payment_status) or "",
        currency=text(told.currency) or "IDR",
        settlement=settlement,
        revenue=money(told.revenue_amount) or 0,
        fees=(money(told.fee_amount) or 0) + (money(told.shipping_cost_amount) or 0),
        adjustment=money(told.adjustment_amount) or 0,
        paid_at=millis(told.payment_time),
    )


def payout(told: wire.Transaction) -> PayoutRecord:
    """A transaction. An adjustment has its own number, and names the order it is about where there is one."""
    adjusted = money(told.adjustment_amount)
    settlement = money(told.settlement_amount)
    if settlement is None:
        settlement = adjusted
    if settlement is None:
        raise Unmappable("no settlement_amount")
    order = told.order_id or told.adjustment_order_id
    amounts = {
        **_amounts(told.revenue_breakdown),
        **_amounts(told.shipping_cost_breakdown),
        **_amounts(told.fee_tax_breakdown),
        **_amounts(told.supplementary_component),
        **_amounts(told.reserve_breakdown),
    }
    if adjusted:
        amounts["adjustment_amount"] = adjusted
    kind = _kind(told.type, adjusts=bool(told.adjustment_id or adjusted) or not order)
    if (word := text(told.type)) and word != kind:
        amounts["type"] = word[:80]
    return PayoutRecord(
        transaction_id=identifier(told.id or told.adjustment_id, "transaction id"),
        kind=kind,
        order_id=identifier(order, "order id") if order else None,
        settlement=settlement,
        revenue=money(told.revenue_amount) or 0,
        fees=money(told.fee_tax_amount) or 0,
        shipping=money(told.shipping_cost_amount) or 0,
        detail=_json(amounts),
    )


def unsettled(told: wire.Unsettled) -> PayoutRecord:
    """What the platform estimates for an order it has not settled, with its reason in the detail."""
    estimate = money(told.est_settlement_amount)
    if estimate is None:
        raise Unmappable("no est_settlement_amount")
    reasons = {"unsettled_reason": text(told.unsettled_reason), "status": text(told.status)}
    return PayoutRecord(
        transaction_id=identifier(told.id or told.order_id, "transaction id"),
        kind=_kind(told.type, adjusts=not told.order_id),
        order_id=identifier(told.order_id, "order id") if told.order_id else None,
        settlement=estimate,
        revenue=money(told.est_revenue_amount) or 0,
        fees=money(told.est_fee_tax_amount) or 0,
        shipping=money(told.est_shipping_cost_amount) or 0,
        detail=_json({name: told_of for name, told_of in reasons.items() if told_of}),
    )


def _kind(word: str | None, *, adjusts: bool) -> str:
    """`ORDER`, or the platform's word for an adjustment. By shape: which words there are is not documented."""
    if not adjusts:
        return ORDER
    told = text(word)
    return told if told and told != ORDER else ADJUSTMENT


def _amounts(told: Any, depth: int = 0) -> dict[str, int | str]:
    """Every amount below, by name; zeros are left out, an odd one stays as the text it was."""
    found: dict[str, int | str] = {}
    if not isinstance(told, dict) or depth == _DEEPEST:
        return found
    for name, value in told.items():
        if isinstance(value, dict):
            found |= _amounts(value, depth + 1)
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            spelled = str(value)
            try:
                amount = money(spelled)
            except Unmappable:
                found[name[:80]] = spelled[:80].replace("\x00", "")
            else:
                if amount:
                    found[name[:80]] = amount
    return found


def _json(values: dict[str, int | str]) -> str:
    # A NUL in a name would be refused by PostgreSQL.
    return msgspec.json.encode({name.replace("\x00", ""): value for name, value in values.items()}).decode()
