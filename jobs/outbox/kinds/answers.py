"""Answer what a buyer asks: approve or reject a cancellation, a return, a refund, a replacement.

Each answer carries a key of its own row (`idempotency_key`), so a repeat has no second effect and the kinds are
resendable. Evidence is the request itself, searched by its id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from jobs.aftersales.decisions import OFFER, Shown, shows
from jobs.outbox.kinds.base import Client, Usual, answer_of
from jobs.outbox.rules import Answer, Evidence, Seen, State
from shop.answers import answer_cancellation, answer_return
from shop.writes import parse_write
from store.actions import Claimed
from store.records import RequestRecord
from store.request_facts import RequestDetail, decode


class AnswerParams(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the row keeps of an answer."""

    request_id: str
    about: str
    """The kind of request: `cancel`, `return`, `refund` or `replacement`."""
    decision: str
    reason: str | None = None
    comment: str | None = None
    amount: int | None = None
    """Of a partial refund, in whole units of `currency`."""
    currency: str = "IDR"


class Respond(Usual):
    """`approve` or `reject`. The target is `<request>:<decision>`."""

    resendable = True

    def __init__(self, *, approve: bool) -> None:
        self._approve = approve

    async def read(self, client: Client, row: Claimed, now: int) -> Evidence:
        """Look whether the request still waits for us, and what became of it if not."""
        wish = params(row)
        search = client.search_cancellations if wish.about == "cancel" else client.search_returns
        page = await search(request_ids=[wish.request_id], page_size=10)
        found = next((one for one in page.records if one.request_id == wish.request_id), None)
        if found is None:
            # Once something was sent, "not found" may be a lagging replica; before, there is nothing to answer.
            if page.named and not page.rejected and row.state == State.QUEUED:
                return Evidence(Seen.IMPOSSIBLE, now, problem="request_not_found")
            return Evidence(Seen.UNREADABLE, now, problem="request_not_told")
        shown = _shown(wish, found, sent=row.attempts > 0)
        return Evidence(shown.seen, now, found.status, problem=shown.problem)

    def prepare(self, client: Client, rows: Sequence[Claimed], signed_at: int) -> Any:
        """The answer with the key of its row."""
        (row,) = rows
        wish, key = params(row), idempotency_key(row)
        if wish.about == "cancel":
            draft = answer_cancellation(
                wish.request_id, approve=self._approve, key=key, reason=wish.reason, comment=wish.comment
            )
        else:
            draft = answer_return(
                wish.request_id,
                wish.decision,
                approve=self._approve,
                key=key,
                reason=wish.reason,
                comment=wish.comment,
                amount=wish.amount,
                currency=wish.currency,
            )
        return client.prepare(draft, signed_at // 1_000)

    def answers(self, client: Client, reply: Any, rows: Sequence[Claimed]) -> Mapping[str, Answer]:
        """One verdict for the request."""
        return {row.target: answer_of(parse_write(reply)) for row in rows}


def params(row: Claimed) -> AnswerParams:
    """What a row asks for."""
    return msgspec.json.decode(row.params, type=AnswerParams)


def target(request_id: str, decision: str) -> str:
    """The target of an answer: each stage of a return is answered once."""
    return f"{request_id}:{decision}"


def idempotency_key(row: Claimed) -> str:
    """The same for every attempt of a row, and of no other row anywhere, a store made anew included."""
    unique = f"{row.shop_id}:{row.id}:{row.target}:{row.requested_at}"
    return f"pantau-{blake2b(unique.encode(), digest_size=16).hexdigest()}"


def _shown(wish: AnswerParams, found: RequestRecord, *, sent: bool) -> Shown:
    detail = decode(found.detail, RequestDetail) or RequestDetail()
    if wish.decision == OFFER and wish.amount is not None and detail.offered == wish.amount:
        return Shown(Seen.DONE)
    return shows(
        wish.decision,
        found.status,
        found.next_action,
        arbitrated=detail.arbitration == "IN_PROGRESS",
        sent=sent,
    )
