"""The seller cancels a whole order. The platform refuses a repeat (25001011), so it is resendable.

It is asynchronous: an accepted one shows as a cancellation first, as the order's status a little later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from jobs.outbox.kinds.base import Client, Usual, answer_of
from jobs.outbox.rules import Answer, Evidence, Seen, State
from shop.answers import cancel_order
from shop.writes import parse_write
from store.actions import Claimed
from store.records import RequestRecord
from store.request_facts import RequestDetail, decode
from store.status import IN_HAND, OrderStatus

WITH_COURIER: Final = frozenset({"IN_TRANSIT", "DELIVERED", "COMPLETED"})
"""Order statuses in which the courier has the goods, or had them."""
_OPEN: Final = IN_HAND | {OrderStatus.UNPAID, OrderStatus.ON_HOLD}


class CancelParams(msgspec.Struct, frozen=True):
    """What the row keeps of a cancellation."""

    reason: str


class Cancel(Usual):
    """Cancel an order. The target is its id."""

    resendable = True

    async def read(self, client: Client, row: Claimed, now: int) -> Evidence:
        """Look at the order, and at its cancellations while it still stands."""
        page = await client.order_detail([row.target])
        order = next((one for one in page.records if one.order_id == row.target), None)
        if order is None:
            if page.named and not page.rejected and row.state == State.QUEUED:
                return Evidence(Seen.IMPOSSIBLE, now, problem="order_not_found")
            return Evidence(Seen.UNREADABLE, now, problem="order_not_told")
        if order.status == "CANCELLED":
            return Evidence(Seen.DONE, now, order.raw_status)
        requests = (await client.search_cancellations(order_ids=[row.target], page_size=50)).records
        mine = [one for one in requests if one.order_id == row.target]
        if accepted := next(filter(_is_ours, mine), None):
            return Evidence(Seen.DONE, now, accepted.status)
        if order.status in WITH_COURIER:
            return Evidence(Seen.IMPOSSIBLE, now, order.raw_status, problem="with_courier")
        if order.status not in _OPEN:
            return Evidence(Seen.UNREADABLE, now, order.raw_status, problem="unknown_status")
        if row.state == State.QUEUED and _buyer_waits(mine):
            return Evidence(Seen.IMPOSSIBLE, now, order.raw_status, problem="buyer_asks")
        return Evidence(Seen.NOT_DONE, now, order.raw_status)

    def prepare(self, client: Client, rows: Sequence[Claimed], signed_at: int) -> Any:
        """The order and the reason."""
        (row,) = rows
        reason = msgspec.json.decode(row.params, type=CancelParams).reason
        return client.prepare(cancel_order(row.target, reason), signed_at // 1_000)

    def answers(self, client: Client, reply: Any, rows: Sequence[Claimed]) -> Mapping[str, Answer]:
        """One verdict for the order."""
        return {row.target: answer_of(parse_write(reply)) for row in rows}


def _is_ours(found: RequestRecord) -> bool:
    """Whether a cancellation is the seller's (or the platform's) and was not closed again."""
    detail = decode(found.detail, RequestDetail) or RequestDetail()
    return detail.wire_type == "CANCEL" and not found.status.upper().endswith(("_CANCEL", "_CANCELLED"))


def _buyer_waits(requests: Iterable[RequestRecord]) -> bool:
    """Whether the buyer's own request is open: answering it cancels as well, and is nobody's fault."""
    return any(one.next_action is not None for one in requests)
