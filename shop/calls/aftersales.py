"""What buyers ask: cancellations, returns, refunds; and what the platform would take as an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from shop import mapping_aftersales as mapping
from shop.answers import LOCALE
from shop.calls.base import Calls, search, window
from shop.facts import RequestPage
from shop.pages import Read
from shop.requests import Draft, body_of
from shop.wire import aftersales
from shop.writes import segment
from store.request_facts import Answers, Proof, Reason

_BEGINNING: Final = 0


class AftersalesCalls(Calls):
    """Return and refund 202309 and later."""

    async def search_cancellations(self, **filters: Any) -> RequestPage:
        """Requests to cancel, the least recently changed first; filters as for `search_returns`."""
        return await self._requests("cancellations", "cancellations", mapping.cancellation, **filters)

    async def search_returns(self, **filters: Any) -> RequestPage:
        """Returns and refunds, the least recently changed first.

        Filters: `update_ge`, `update_lt` (epoch ms), `statuses`, `order_ids`, `request_ids` (lists),
        `page_token`, `page_size` (10-50).
        """
        return await self._requests("returns", "return_orders", mapping.return_request, **filters)

    async def reject_reasons(self, request_id: str) -> list[Reason]:
        """What may be said when this very request is refused, in Indonesian."""
        query = {"return_or_cancel_id": request_id, "locale": LOCALE}
        return await self._list(
            Draft("GET", "/return_refund/202309/reject_reasons", query), "reasons", mapping.reason
        )

    async def decision_eligibility(self, request_id: str, decisions: Sequence[str] = ()) -> Answers:
        """Which answers the platform takes now; without `decisions` all it knows are asked about.

        `OFFER_PARTIAL_REFUND` cannot be asked about: the platform's list does not have it.
        """
        query = {
            "return_or_cancel_id": request_id,
            "check_decisions": ",".join(decisions),
            "locale": LOCALE,
        }
        draft = Draft("GET", "/return_refund/202601/decision_eligibility", query)
        return Answers(tuple(await self._list(draft, "decisions", mapping.decision)))

    async def return_records(self, return_id: str) -> Proof:
        """The history of a return with the buyer's words and pictures, oldest first."""
        path = f"/return_refund/202309/returns/{segment(return_id)}/records"
        records = await self._list(Draft("GET", path, {"locale": LOCALE}), "records", mapping.record)
        return Proof(tuple(sorted(records, key=lambda record: record.at or _BEGINNING)))

    async def aftersale_eligibility(self, order_id: str) -> list[str]:
        """The reasons (keys) with which the seller may cancel the whole order now; empty: with none."""
        path = f"/return_refund/202602/orders/{segment(order_id)}/aftersale_eligibility"
        query = {"initiate_aftersale_user": "SELLER", "request_types": "CANCEL"}
        draft = Draft("GET", path, query)
        return await self._one(draft, lambda raw: mapping.cancel_reasons(aftersales.decode_eligibility(raw)))

    async def refund_preview(self, order_id: str, reason: str) -> int | None:
        """What the buyer would get back if the seller cancelled now; None when the platform does not say."""
        body = body_of({"order_id": order_id, "request_type": "CANCEL", "reason_name": reason})
        draft = Draft("POST", "/return_refund/202602/refunds/calculate", body=body)
        return await self._one(draft, lambda raw: mapping.refund_total(aftersales.decode_calculated(raw)))

    async def _requests(
        self,
        kind: str,
        key: str,
        read: Read[Any],
        *,
        update_ge: int | None = None,
        update_lt: int | None = None,
        statuses: Sequence[str] = (),
        order_ids: Sequence[str] = (),
        request_ids: Sequence[str] = (),
        page_token: str | None = None,
        page_size: int = 50,
    ) -> RequestPage:
        query = {"page_size": str(page_size), "sort_field": "update_time", "sort_order": "ASC"}
        noun = "cancel" if kind == "cancellations" else "return"
        body = body_of(
            {
                f"{noun}_status": list(statuses),
                f"{noun}_ids": list(request_ids),
                "order_ids": list(order_ids),
                "locale": LOCALE,
                **window("update_time", update_ge, update_lt),
            }
        )
        draft = search(f"/return_refund/202602/{kind}/search", query, page_token, body)
        reply, page = await self._page(draft, key, read)
        return RequestPage(*page, server_time_ms=reply.date_ms)
