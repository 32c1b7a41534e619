"""The clocks of a request: until when to answer, when the buyer has the money, until when to appeal. Pure.

What the platform tells wins; what is computed names the rule it follows from (jobs/data/indonesia.toml).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from jobs.aftersales.decisions import RECEIVE, stage_of
from jobs.rulebook import Due, Refund, rulebook
from store.views import RequestRow

PLATFORM: Final = "platform"

_WITHOUT_MONEY: Final = frozenset({"APPROVE_REPLACEMENT"})
_LATER: Final = frozenset({"APPROVE_RETURN", "OFFER_PARTIAL_REFUND"})
"""Decisions after which money is paid only when something else has happened."""


class Deadline(NamedTuple):
    """Until when a request may be answered; silence counts as an approval."""

    at: int
    source: str
    """`platform`, or the rule it was computed from."""
    certain: bool = True
    """False: it passes through days whose holidays nobody has published yet."""


def deadline(row: RequestRow) -> Deadline | None:
    """None while the platform waits for nothing from us."""
    if row.next_action is None:
        return None
    if row.deadline_at is not None:
        return Deadline(row.deadline_at, PLATFORM)
    since = row.updated_at if row.next_action == RECEIVE else row.created_at
    own_way = row.detail.shipment_type == "BUYER_ARRANGE"
    due = rulebook().answer_by(row.next_action, since, self_arranged=own_way)
    return Deadline(due.at, due.rule, due.certain)


def refund(row: RequestRow, now: int, decision: str | None = None) -> Refund | None:
    """When the buyer has the money back if the request is decided like this now; None when no money flows.

    Without a decision: as its state says, an open one approved now. The days are not counted before goods that
    must come back were accepted: the answer then has no dates.
    """
    paid_nothing = row.cod and row.order_pk is not None and row.delivered_at is None
    if paid_nothing or row.detail.quick_refund or row.amount == 0:
        return None
    stage = stage_of(row.next_action)
    if decision is None and stage is not None:
        decision = stage.approve[0]
    if decision is not None:
        if decision in _WITHOUT_MONEY or decision.startswith("REJECT_"):
            return None
        approved_at = None if decision in _LATER else now
    else:
        word = row.status.upper()
        if word.endswith(("_COMPLETE", "_CANCEL", "_CANCELLED", "_REJECT", "REJECT_RECEIVE_PACKAGE")):
            return None
        approved_at = row.updated_at if word.endswith("_SUCCESS") else None
    return rulebook().refund(row.payment_method, approved_at, now, cod=row.cod)


def appeal(row: RequestRow) -> Due | None:
    """Until when a refund without return that went against us can be appealed."""
    decided = row.status.upper().endswith(("_SUCCESS", "_COMPLETE"))
    if row.kind != "refund" or not decided or row.detail.arbitration is not None:
        return None
    return rulebook().appeal_by(row.updated_at)
