"""What an order should bring after the platform's fees, and what its own statements teach about them. Pure.

Fees with a published number come from jobs/rulebook.py. The commission has none that fits every category and shop: it
is learned, as the usual share of what the shop's own settled orders were charged. Money in whole rupiah.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from statistics import median
from typing import Final, NamedTuple

from jobs.rule_shapes import Rules
from jobs.rulebook import rules_at

ENOUGH: Final = 10
"""Settled orders that teach; with fewer nothing is known."""
_MILLE: Final = 1_000

Kind = tuple[int, str]
"""A shop (row id) and a channel: their commissions differ."""


class Paid(NamedTuple):
    """What a settled order of some kind was charged."""

    kind: Kind
    revenue: int
    fees: int
    """Negative, as the platform tells it."""
    day: date
    """Of its delivery."""


class Expected(NamedTuple):
    """What an order should bring."""

    amount: int
    goods: int
    order_fee: int
    commission: int | None
    """None: nothing has taught it yet, and `amount` is before commission."""
    preorder: int = 0
    told: bool = False
    """Whether the platform itself estimated the amount."""


def learn(paid: Iterable[Paid]) -> dict[Kind, int]:
    """The usual commission per mille of what was sold, for every shop and channel that has enough settled orders."""
    shares: dict[Kind, list[float]] = {}
    for one in paid:
        if one.revenue > 0:
            charged = -one.fees - rules_at(one.day).order_fee
            shares.setdefault(one.kind, []).append(max(charged, 0) * _MILLE / one.revenue)
    return {kind: round(median(found)) for kind, found in shares.items() if len(found) >= ENOUGH}


def expect(
    goods: int, kind: Kind, day: date, commissions: Mapping[Kind, int], *, preorder: bool = False
) -> Expected:
    """What goods of this price bring, delivered on that day. Shipping is the buyer's and the platform's affair."""
    rules = rules_at(day)
    share = commissions.get(kind)
    commission = None if share is None else goods * share // _MILLE
    extra = _preorder(rules, goods, kind) if preorder else 0
    amount = goods - rules.order_fee - (commission or 0) - extra
    return Expected(amount, goods, rules.order_fee, commission, extra)


def _preorder(rules: Rules, goods: int, kind: Kind) -> int:
    return goods * rules.preorder_fee // _MILLE if kind[1] != "TOKOPEDIA" else 0
