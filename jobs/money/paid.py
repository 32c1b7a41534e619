"""Expected against paid: which orders brought less, and what took it. Pure. Whole rupiah; charges are negative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

import msgspec

from jobs.money.fees import Expected, Kind, expect
from jobs.rule_shapes import Tolerance
from store.money_records import ORDER

SHIPPING, COMMISSION, REFUND = "shipping", "commission", "refund"
ADJUSTMENT, PREORDER, UNKNOWN = "adjustment", "preorder", "unknown"
_NAMED: Final = frozenset({SHIPPING, REFUND, ADJUSTMENT, PREORDER})
_REFUNDS: Final = ("refund_subtotal_before_discount_amount", "seller_discount_refund_amount")
_PREORDER_FEE: Final = "pre_order_service_fee_amount"


class Transaction(NamedTuple):
    """One transaction of an order, as store.models.Payout keeps it."""

    kind: str
    settlement: int
    revenue: int
    fees: int
    shipping: int
    detail: str

    @property
    def amounts(self) -> dict[str, int]:
        """The other amounts by the platform's names; odd ones are left out."""
        try:
            told = msgspec.json.decode(self.detail, type=dict[str, object])
        except msgspec.DecodeError:
            return {}
        return {name: value for name, value in told.items() if type(value) is int}


class Reason(NamedTuple):
    """A part of a difference."""

    code: str
    """`shipping`, `commission`, `refund`, `preorder`, `adjustment`, `unknown`."""
    amount: int


class Difference(NamedTuple):
    """What an order should have brought, and what it did."""

    expected: int
    paid: int
    reasons: tuple[Reason, ...]
    """What was taken beyond the usual, the most first; together with what was added they are the difference."""

    @property
    def amount(self) -> int:
        """Negative: less than expected."""
        return self.paid - self.expected


def compare(
    goods: int, kind: Kind, day: date, commissions: Mapping[Kind, int], transactions: Sequence[Transaction]
) -> Difference:
    """What a settled order brought, against what it should have.

    Discounts that the platform pays raise the revenue above what the buyer paid for the goods: expected is then
    reckoned from the revenue.
    """
    orders = [one for one in transactions if one.kind == ORDER]
    refunds = sum(one.amounts.get(name, 0) for one in orders for name in _REFUNDS)
    sold = sum(one.revenue for one in orders) - refunds
    preorder = sum(one.amounts.get(_PREORDER_FEE, 0) for one in orders)
    usual = expect(max(goods, sold), kind, day, commissions, preorder=preorder < 0)
    if usual.commission is None:
        # Nothing taught what is usual: then what was charged is.
        charged = max(preorder - sum(one.fees for one in orders) - usual.order_fee, 0)
        usual = usual._replace(amount=usual.amount - charged, commission=charged)
    paid = sum(one.settlement for one in transactions)
    parts = {
        REFUND: refunds,
        SHIPPING: sum(one.shipping for one in orders),
        PREORDER: preorder + usual.preorder,
        # On what was given back no commission is taken.
        COMMISSION: sum(one.fees for one in orders) - preorder + usual.order_fee + _commission(usual),
        ADJUSTMENT: sum(one.settlement for one in transactions if one.kind != ORDER),
    }
    parts[UNKNOWN] = paid - usual.amount - sum(parts.values())
    reasons = sorted(
        (Reason(code, amount) for code, amount in parts.items() if amount), key=lambda r: r.amount
    )
    return Difference(usual.amount, paid, tuple(reasons))


def differs(found: Difference, tolerance: Tolerance) -> bool:
    """Whether the difference is so great that somebody should look.

    The commission is an estimate, and the wider the more was sold: the share is for that. What was taken under
    another name is no estimate.
    """
    off = abs(found.amount)
    named = sum(reason.amount for reason in found.reasons if reason.code in _NAMED)
    return off > tolerance.rupiah and (
        abs(named) > tolerance.rupiah or off * 1_000 > abs(found.expected) * tolerance.share
    )


def _commission(usual: Expected) -> int:
    return usual.commission or 0
