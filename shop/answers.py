"""Cancelling, and answering what buyers ask, as drafts; shop/writes.py says how drafts are sent and read.

Answers carry a key of ours (`idempotency_key`, a signed query parameter): a repeat with the same key and the
same body has no second effect. Cancelling has no key; the platform refuses a repeat (25001011).
"""

from __future__ import annotations

from typing import Final

from shop.requests import Draft, body_of
from shop.writes import segment

LOCALE: Final = "id-ID"
"""The language of the platform's texts."""
OFFER: Final = "OFFER_PARTIAL_REFUND"
LONGEST_KEY: Final = 255


def cancel_order(order_id: str, reason: str) -> Draft:
    """Cancel a whole order as the seller (202602); asynchronous: a yes means accepted."""
    body = body_of({"order_id": order_id, "cancel_reason": reason})
    return Draft("POST", "/return_refund/202602/cancellations", body=body)


def answer_cancellation(
    cancel_id: str, *, approve: bool, key: str, reason: str | None = None, comment: str | None = None
) -> Draft:
    """Answer a buyer's request to cancel (202309). `key` makes a repeat harmless.

    Raises ValueError for a rejection without a reason, and for a key that is empty or too long.
    """
    path = f"/return_refund/202309/cancellations/{segment(cancel_id)}/{_verb(approve, reason)}"
    body = None if approve else body_of({"reject_reason": reason, "comment": comment})
    return Draft("POST", path, _keyed(key), body)


def answer_return(
    return_id: str,
    decision: str,
    *,
    approve: bool,
    key: str,
    reason: str | None = None,
    comment: str | None = None,
    amount: int | None = None,
    currency: str = "IDR",
    keep_item: bool | None = None,
) -> Draft:
    """Answer a return or refund (202309); `decision` fits the pending action (APPROVE_REFUND, ...).

    `amount` (whole units of `currency`) goes with OFFER_PARTIAL_REFUND and only with it; `keep_item` lets
    the buyer keep the goods. Raises ValueError as `answer_cancellation` does.
    """
    if (decision == OFFER) is (amount is None) or (amount is not None and amount <= 0):
        raise ValueError(f"{OFFER} takes an amount above 0, and no other decision takes one")
    path = f"/return_refund/202309/returns/{segment(return_id)}/{_verb(approve, reason)}"
    body = {
        "decision": decision,
        "reject_reason": reason,
        "comment": comment,
        "buyer_keep_item": keep_item,
        "partial_refund": None if amount is None else {"currency": currency, "amount": str(amount)},
    }
    return Draft("POST", path, _keyed(key), body_of(body))


def _verb(approve: bool, reason: str | None) -> str:
    if not approve and not reason:
        raise ValueError("a rejection needs a reason")
    return "approve" if approve else "reject"


def _keyed(key: str) -> dict[str, str]:
    # Without it a repeat could count twice, so an empty one is never sent.
    if not 0 < len(key) <= LONGEST_KEY:
        raise ValueError(f"a key has 1 to {LONGEST_KEY} characters")
    return {"idempotency_key": key}
