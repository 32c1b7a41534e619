"""What buyers ask: cancellations, returns, refunds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shop import mapping_facts as mapping
from shop.calls.base import Calls, search, window
from shop.facts import RequestPage
from shop.pages import Read
from shop.requests import body_of
from shop.wire import aftersales


class AftersalesCalls(Calls):
    """Return and refund 202309 and later."""

    async def search_cancellations(self, **filters: Any) -> RequestPage:
        """Requests to cancel, the least recently changed first; filters as for `search_returns`."""
        return await self._requests(
            "cancellations",
            "cancellations",
            lambda raw: mapping.cancellation(aftersales.decode_cancellation(raw)),
            **filters,
        )

    async def search_returns(self, **filters: Any) -> RequestPage:
        """Returns and refunds, the least recently changed first.

        Filters: `update_ge`, `update_lt` (epoch ms), `statuses`, `order_ids` (lists), `page_token`,
        `page_size` (10-50).
        """
        return await self._requests(
            "returns",
            "return_orders",
            lambda raw: mapping.return_request(aftersales.decode_return(raw)),
            **filters,
        )

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
        page_token: str | None = None,
        page_size: int = 50,
    ) -> RequestPage:
        query = {"page_size": str(page_size), "sort_field": "update_time", "sort_order": "ASC"}
        status_key = "cancel_status" if kind == "cancellations" else "return_status"
        body = body_of(
            {
                status_key: list(statuses),
                "order_ids": list(order_ids),
                "locale": "id-ID",
                **window("update_time", update_ge, update_lt),
            }
        )
        draft = search(f"/return_refund/202602/{kind}/search", query, page_token, body)
        reply, page = await self._page(draft, key, read)
        return RequestPage(*page, server_time_ms=reply.date_ms)
