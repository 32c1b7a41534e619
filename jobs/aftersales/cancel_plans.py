"""Which orders the seller may cancel, and what it does to the shop's seller-fault rate. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from jobs.outbox.kinds.cancel import WITH_COURIER
from jobs.parcel_steps import ParcelStep, Step
from jobs.rule_shapes import Rules
from jobs.rulebook import Refund
from jobs.wishes.plans import Held
from store.status import OrderStatus
from store.views import ActionRow

_SELLER_SHIPS: Final = "FULFILLMENT_BY_SELLER"


class CancelCandidate(msgspec.Struct, frozen=True):
    """All that the checks need to know of one order."""

    pk: int
    shop_id: int
    shop_kind: str
    order_id: str
    status: str
    raw_status: str
    created_at: int
    paid_at: int | None
    collected_at: int | None
    cod: bool
    cancel_requested: bool
    cancel_at: int | None
    total: int
    currency: str
    buyer: str | None
    summary: str
    payment_method: str | None
    fulfillment_type: str | None
    parcels: tuple[ParcelStep, ...] = ()
    live: tuple[ActionRow, ...] = ()
    """Unfinished `ship` actions, and every `cancel` that was not refused or taken back."""

    @property
    def counted(self) -> bool:
        """Whether it is among the orders the rate is made of: paid for, or paid at the door."""
        return self.cod or self.paid_at is not None


class CancelLine(msgspec.Struct, frozen=True):
    """One order that would be cancelled."""

    pk: int
    shop_id: int
    order_id: str
    status: str
    reason: str
    """The platform's key."""
    fault: bool
    """Whether it counts as the seller's fault."""
    buyer: str | None
    summary: str
    total: int
    currency: str
    refund: Refund | None
    """When the buyer has the money back; None: nothing was paid."""
    parcels: tuple[ParcelStep, ...]
    """None of them may be handed over."""

    @property
    def step(self) -> Step:
        """How far the goods are."""
        return max((parcel.step for parcel in self.parcels), default=Step.OPEN)


class FaultRate(msgspec.Struct, frozen=True):
    """A shop's seller-fault cancellations over the window: now, and after the plan. Shares 0 to 1."""

    shop_id: int
    now: float | None
    """None: too few orders to be a rate."""
    after: float | None
    bad: int
    placed: int
    added: int
    """Orders of the plan that count as bad and as placed in the window."""
    target: float
    leads_to_now: str
    """`none`, `above_target`, `cap_<percent of orders left>`, or `few` for too few orders."""
    leads_to: str
    """The same, after the plan."""


class CancelHeld(Held, frozen=True):
    """An order held back."""

    choices: tuple[str, ...] = ()
    """Reason keys that would do."""


class CancelPlan(msgspec.Struct, frozen=True):
    """What pressing `y` would do."""

    ok: tuple[CancelLine, ...]
    held: tuple[CancelHeld, ...]
    rates: tuple[FaultRate, ...]


def cancel_lines(
    candidates: Sequence[CancelCandidate],
    reason: str | None,
    rules: Rules,
    refunds: Mapping[int, Refund | None],
) -> tuple[list[CancelLine], list[CancelHeld]]:
    """Sort orders into what is cancelled and what is held; `refunds` by order pk."""
    ok: list[CancelLine] = []
    held: list[CancelHeld] = []
    for order in candidates:
        found = _hard(order) or _reason(order, reason, rules)
        if isinstance(found, str):
            ok.append(_line(order, found, rules, refunds.get(order.pk)))
        else:
            why, params, choices = found
            held.append(CancelHeld(order.pk, order.order_id, why, params, None, (), choices))
    return ok, held


def reasons_for(status: str, rules: Rules) -> tuple[str, ...]:
    """The reason keys the platform takes from a seller for an order of this status."""
    return rules.cancel_reasons.get(status, ())


def fault_rate(shop_id: int, bad: int, placed: int, added: int, rules: Rules, *, enough: int) -> FaultRate:
    """The rate and what it leads to; fewer orders than `enough` are no rate."""
    now = bad / placed if placed >= enough else None
    after = (bad + added) / placed if placed >= enough else None
    return FaultRate(
        shop_id=shop_id,
        now=now,
        after=after,
        bad=bad,
        placed=placed,
        added=added,
        target=rules.sfcr.target / 1_000,
        leads_to_now="few" if now is None else rules.sfcr.consequence(now),
        leads_to="few" if after is None else rules.sfcr.consequence(after),
    )


_Why = tuple[str, dict[str, int | str], tuple[str, ...]]


def _hard(order: CancelCandidate) -> _Why | None:
    """What the platform would refuse, or what a cancellation would only make worse."""
    if order.shop_kind != "tiktok":
        return "file_shop", {}, ()
    taken = order.collected_at is not None or any(one.step is Step.WITH_COURIER for one in order.parcels)
    if order.status in WITH_COURIER or (taken and order.status != OrderStatus.CANCELLED):
        return "with_courier", {}, ()
    if order.status in (OrderStatus.CANCELLED, OrderStatus.UNKNOWN):
        raw = {"raw": order.raw_status} if order.status == OrderStatus.UNKNOWN else {}
        return "status", {"status": order.status, **raw}, ()
    if (order.fulfillment_type or _SELLER_SHIPS) != _SELLER_SHIPS:
        return "platform_ships", {"by": order.fulfillment_type or ""}, ()
    for live in order.live:
        word = "action_live" if live.kind == "cancel" else "ship_live"
        return word, {"state": live.state, "by": live.requested_by, "at": live.requested_at}, ()
    if order.cancel_requested:
        return "buyer_asks", {} if order.cancel_at is None else {"until": order.cancel_at}, ()
    return None


def _reason(order: CancelCandidate, given: str | None, rules: Rules) -> str | _Why:
    """The platform's key of the reason that was given, or what would do instead."""
    fits = reasons_for(order.status, rules)
    told: dict[str, int | str] = {"choices": ", ".join(rules.short(key) for key in fits)}
    if given is None:
        return "reason_missing", told, fits
    word = given.strip().lower()
    word = rules.short_reasons.get(word, word)
    for key in fits:
        if word and (key == word or key.endswith(f"reason_{word}")):
            return key
    return "reason_unfit", told | {"given": given}, fits


def _line(order: CancelCandidate, reason: str, rules: Rules, refund: Refund | None) -> CancelLine:
    return CancelLine(
        pk=order.pk,
        shop_id=order.shop_id,
        order_id=order.order_id,
        status=order.status,
        reason=reason,
        fault=rules.is_seller_fault(reason) and order.counted,
        buyer=order.buyer,
        summary=order.summary,
        total=order.total,
        currency=order.currency,
        refund=refund,
        parcels=order.parcels,
    )
