"""The answers a request may be given, by what the platform waits for, and how its state shows that one was. Pure.

Source: Partner Center, Return and Refund API: answer a cancellation or a return 202309, decision eligibility 202601,
searches 202602.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from jobs.outbox.rules import Seen

OFFER: Final = "OFFER_PARTIAL_REFUND"
"""The one decision with an amount; the platform's eligibility check does not know it."""
MISFITS: Final = frozenset({25020003, 25020004})
"""The eligibility check's codes for a decision of another stage: nothing that a person could act on."""
RECEIVE: Final = "SELLER_RESPOND_RECEIVE_PACKAGE"


class Stage(NamedTuple):
    """What may be answered at one stage; the first of each is what plain "approve" and "reject" mean."""

    approve: tuple[str, ...]
    reject: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Every decision, approvals first."""
        return (*self.approve, *self.reject)


STAGES: Final[Mapping[str, Stage]] = {
    "SELLER_RESPOND_CANCEL": Stage(("APPROVE_REQUEST_CANCEL",), ("REJECT_REQUEST_CANCEL",)),
    "SELLER_RESPOND_REFUND": Stage(("APPROVE_REFUND", OFFER), ("REJECT_REFUND",)),
    "SELLER_RESPOND_RETURN": Stage(
        ("APPROVE_RETURN", "DIRECT_REFUND", "APPROVE_REPLACEMENT", OFFER), ("REJECT_RETURN",)
    ),
    RECEIVE: Stage(("APPROVE_RECEIVED_PACKAGE",), ("REJECT_RECEIVED_PACKAGE",)),
    "SELLER_RESPOND_REPLACEMENT": Stage(
        ("APPROVE_REPLACEMENT", "ISSUE_REPLACEMENT_REFUND"), ("REJECT_REPLACEMENT",)
    ),
}
"""By `next_action`."""

_PAID: Final = frozenset({"RETURN_OR_REFUND_REQUEST_SUCCESS", "RETURN_OR_REFUND_REQUEST_COMPLETE"})
_REFUSED: Final = frozenset({"REFUND_OR_RETURN_REQUEST_REJECT"})
_ON_THE_WAY: Final = frozenset({"AWAITING_BUYER_SHIP", "BUYER_SHIPPED_ITEM", "REJECT_RECEIVE_PACKAGE"})
_SHOWN_BY: Final[Mapping[str, frozenset[str]]] = {
    "APPROVE_REQUEST_CANCEL": frozenset({"CANCELLATION_REQUEST_SUCCESS", "CANCELLATION_REQUEST_COMPLETE"}),
    "REJECT_REQUEST_CANCEL": frozenset({"CANCELLATION_REQUEST_CANCEL", "CANCELLATION_REQUEST_CANCELLED"}),
    "APPROVE_REFUND": _PAID,
    "APPROVE_RETURN": _PAID | _ON_THE_WAY,
    "APPROVE_RECEIVED_PACKAGE": _PAID,
    "DIRECT_REFUND": _PAID,
    OFFER: frozenset({"AWAITING_BUYER_RESPONSE"}),
    "APPROVE_REPLACEMENT": frozenset({"REPLACEMENT_REQUEST_COMPLETE"}) | _ON_THE_WAY,
    "ISSUE_REPLACEMENT_REFUND": _PAID | {"REPLACEMENT_REQUEST_REFUND_SUCCESS"},
    "REJECT_REFUND": _REFUSED,
    "REJECT_RETURN": _REFUSED,
    "REJECT_RECEIVED_PACKAGE": frozenset({"REJECT_RECEIVE_PACKAGE"}),
    "REJECT_REPLACEMENT": frozenset({"REPLACEMENT_REQUEST_REJECT"}),
}
"""The states that show an answer, whoever gave it."""
_WITHDRAWN: Final = ("_CANCEL", "_CANCELLED")
_KNOWN: Final = frozenset().union(*_SHOWN_BY.values()) | {
    *("RETURN_OR_REFUND_REQUEST_CANCEL", "RETURN_OR_REFUND_REQUEST_CANCELLED", "REPLACEMENT_REQUEST_CANCEL"),
}

DECISIONS: Final = frozenset(_SHOWN_BY)
"""Every decision we can send."""


class Shown(NamedTuple):
    """What a request's state says about an answer, and why where it can never be given any more."""

    seen: Seen
    problem: str | None = None


def approves(decision: str) -> bool:
    """Whether a decision goes to `approve`; the others go to `reject`."""
    return not decision.startswith("REJECT_")


def stage_of(next_action: str | None) -> Stage | None:
    """What may be answered now; None when nothing is waited for, or something nobody knows."""
    return STAGES.get(next_action or "")


def shows(
    decision: str,
    status: str,
    next_action: str | None,
    *,
    arbitrated: bool = False,
    sent: bool = False,
) -> Shown:
    """Whether a request's state shows that it was answered like this.

    `sent`: we may have answered it already. A cancellation that is closed without being granted was refused, or
    the buyer took it back: that shows our refusal only where one was sent.
    """
    word = status.strip().upper().replace("__", "_")
    stage = stage_of(next_action)
    waits = stage is not None and decision in stage.all
    if word in _SHOWN_BY.get(decision, ()) and not waits:
        if word.endswith(_WITHDRAWN) and not sent:
            return Shown(Seen.IMPOSSIBLE, "request_closed")
        return Shown(Seen.DONE)
    if arbitrated:
        return Shown(Seen.IMPOSSIBLE, "arbitration")
    if waits or (next_action is None and word.endswith("_PENDING")):
        return Shown(Seen.NOT_DONE)
    if word.endswith(_WITHDRAWN):
        return Shown(Seen.IMPOSSIBLE, "request_closed")
    if next_action is not None or word in _KNOWN:
        return Shown(Seen.IMPOSSIBLE, "answered_otherwise")
    return Shown(Seen.UNREADABLE, "unknown_status")
