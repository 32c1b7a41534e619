"""Why the platform takes a cancellation or an answer, or does not: its rules and their codes. Pure."""

from __future__ import annotations

from typing import Final

from shop.sandbox import data, returns
from shop.sandbox.facts import Facts
from shop.sandbox.life import ACCEPTED, GRANTED, PENDING
from shop.sandbox.orders import Order, Return
from shop.sandbox.pace import Pace
from shop.sandbox.shipping import Refusal

UNPAID_REASONS: Final = tuple(key for key, _ in data.SELLER_REASONS if "_unpaid_" in key)
PAID_REASONS: Final = tuple(key for key, _ in data.SELLER_REASONS if "_unpaid_" not in key)
WITHDRAWN_REASONS: Final = frozenset({"seller_cancel_paid_reason_address_not_deliver"})
"""Switched off for Indonesia on 2025-08-31, still printed in places."""
OFFER: Final = "OFFER_PARTIAL_REFUND"
RUNNING: Final = 25001011
"""Already cancelled, or a cancellation is running: what a repeated cancel call is told."""

_REASONS = {
    "UNPAID": UNPAID_REASONS,
    **dict.fromkeys(
        ("ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION"), PAID_REASONS
    ),
}
_FITTING = {
    returns.REFUND: ("APPROVE_REFUND", "REJECT_REFUND", OFFER),
    returns.RETURN: ("APPROVE_RETURN", "REJECT_RETURN", "DIRECT_REFUND", OFFER),
    returns.SWAP: ("APPROVE_REPLACEMENT", "REJECT_REPLACEMENT", "ISSUE_REPLACEMENT_REFUND"),
}
RECEIVED: Final = ("APPROVE_RECEIVED_PACKAGE", "REJECT_RECEIVED_PACKAGE")
CANCEL_DECISIONS: Final = ("APPROVE_REQUEST_CANCEL", "REJECT_REQUEST_CANCEL")
APPROVALS: Final = frozenset(
    {
        *("APPROVE_REFUND", "APPROVE_RETURN", "APPROVE_RECEIVED_PACKAGE", "APPROVE_REPLACEMENT"),
        *("ISSUE_REPLACEMENT_REFUND", OFFER, "DIRECT_REFUND"),
    }
)
REJECTIONS: Final = frozenset(
    {"REJECT_REFUND", "REJECT_RETURN", "REJECT_RECEIVED_PACKAGE", "REJECT_REPLACEMENT"}
)
CHECKABLE: Final = (*CANCEL_DECISIONS, *sorted((APPROVALS | REJECTIONS) - {OFFER}))
"""What the eligibility call may be asked about; the offer is not among it."""

# Purposes of chance, far from those of life.py and returns.py.
_LOCKED, RISK, _UNSTOPPABLE = 2_001, 2_002, 2_003


def cancel_reasons(order: Order) -> tuple[str, ...]:
    """The reasons a seller may give in the order's state."""
    return _REASONS.get(order.status, ())


def why_not_cancel(pace: Pace, order: Order, known: Facts) -> Refusal | None:
    """Why the seller cannot cancel this order now, whatever the reason; None when it can be done."""
    if order.cancelled or order.accepted or order.ask_status == PENDING:
        return Refusal(RUNNING, "The order has been cancelled or a cancellation request is in progress.")
    if order.status in ("DELIVERED", "COMPLETED"):
        return Refusal(25001051, "The order has been completed or cancelled.")
    if known.fulfillment_type != "FULFILLMENT_BY_SELLER":
        return Refusal(25011026, "The order is fulfilled by the platform.")
    if order.status == "IN_TRANSIT" or unstoppable(pace, order):
        return Refusal(25001045, "The package has been shipped and the courier cannot be stopped.")
    if pace.chance(order, RISK) < 0.004:
        return Refusal(25001046, "The cancellation is blocked by risk control.")
    return None


def why_not_reason(order: Order, reason: str) -> Refusal | None:
    """Why a seller cannot cancel with this reason; None when it fits the order's state."""
    if reason in WITHDRAWN_REASONS:
        return Refusal(25001020, "The reason is no longer available.")
    if reason.startswith(("ecom_", "system_")):
        return Refusal(25001015, "The reason is not available to sellers.")
    if reason not in (*UNPAID_REASONS, *PAID_REASONS):
        return Refusal(25001014, "The reason does not exist.")
    if reason not in cancel_reasons(order):
        return Refusal(25001021, "The reason does not match the order status.")
    return None


def locks(pace: Pace, order: Order) -> bool:
    """Whether the first cancel call for this order meets a lock."""
    return pace.chance(order, _LOCKED) < 0.02


def unstoppable(pace: Pace, order: Order) -> bool:
    """Whether the courier already has the parcel although the order does not show it."""
    return order.status == "AWAITING_COLLECTION" and pace.chance(order, _UNSTOPPABLE) < 0.06


def why_not_cancellation(pace: Pace, order: Order, decision: str) -> Refusal | None:
    """Why a buyer's request to cancel cannot be answered like this now."""
    approve = decision == "APPROVE_REQUEST_CANCEL"
    if decision not in CANCEL_DECISIONS:
        return _misfit(approve=decision in APPROVALS)
    if not order.asked:
        return Refusal(25001003, "The cancellation is not in a status that can be answered.")
    if order.ask_status == ACCEPTED:
        return Refusal(25020009, "The order has already been cancelled.")
    if order.ask_status == GRANTED:
        return Refusal(25020010, "The request has already been approved.")
    if order.ask_status != PENDING:
        return _too_late(approve=approve)
    if approve and unstoppable(pace, order):
        return Refusal(25001045, "The package has been shipped and the courier cannot be stopped.")
    return None


def why_not_return(known: Facts, back: Return, decision: str, offer: int = 0) -> Refusal | None:
    """Why a return cannot be answered like this now; `offer` is the partial refund in whole rupiah."""
    approve = decision in APPROVALS
    if decision in CANCEL_DECISIONS:
        return _misfit(approve=approve)
    if known.fulfillment_type != "FULFILLMENT_BY_SELLER":
        return Refusal(25011026, "The order is fulfilled by the platform.")
    if back.arbitration == returns.JUDGING:
        return Refusal(25011010, "The request is in platform arbitration.")
    if back.status in returns.OVER:
        return Refusal(25001003, "The request is in a status that cannot be answered.")
    if decision in RECEIVED:
        return _why_not_received(back, approve=approve)
    if back.status in (returns.PENDING, returns.SWAP_PENDING):
        if decision not in _FITTING[back.kind]:
            return _misfit(approve=approve)
        if decision == OFFER and (back.offer_refused or not 0 < offer < known.total):
            return Refusal(25011032, "A partial refund is not possible.")
        return None
    if approve and back.status in (returns.GRANTED, returns.TO_SHIP):
        return Refusal(25020010, "The request has already been approved.")
    return _misfit(approve=approve) if back.status == returns.SHIPPED else _too_late(approve=approve)


def _why_not_received(back: Return, *, approve: bool) -> Refusal | None:
    if back.status != returns.SHIPPED:
        return Refusal(25011013, "The return is not at the step of receiving the package.")
    if back.deadline is None:
        return Refusal(25020011 if approve else 25020012, "The returned package has not been received yet.")
    if back.quick and not approve:
        return Refusal(25011025, "The package of a quick refund cannot be rejected.")
    return None


def _misfit(*, approve: bool) -> Refusal:
    code = 25020003 if approve else 25020004
    return Refusal(code, "The decision does not match the pending action.")


def _too_late(*, approve: bool) -> Refusal:
    if approve:
        return Refusal(25011012, "The request cannot be approved in the current status.")
    return Refusal(25011011, "The request cannot be rejected in the current status.")


def refusals(decision: str, status: str) -> tuple[tuple[str, str], ...]:
    """The reasons (key, words) for saying no like this to an order in a status."""
    match decision:
        case "REJECT_REQUEST_CANCEL" if status == "AWAITING_COLLECTION":
            return data.CANCEL_REFUSALS
        case "REJECT_REQUEST_CANCEL":
            # Nothing has been handed over yet.
            return tuple(reason for reason in data.CANCEL_REFUSALS if not reason[0].endswith("_delivered"))
        case "REJECT_RECEIVED_PACKAGE":
            return data.PARCEL_REFUSALS
        case _:
            return data.RETURN_REFUSALS if decision in REJECTIONS else ()
