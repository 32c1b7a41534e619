"""What the platform pays: statements, their transactions, orders without settlement. Scope `seller.finance.info`."""

from __future__ import annotations

from typing import Final

from shop import mapping_finance as mapping
from shop.calls.base import Calls, window
from shop.facts_finance import PayoutPage, StatementPage
from shop.requests import Draft
from shop.wire import finance as wire
from shop.writes import segment

PAGE: Final = "100"
"""Entries of one page: the most the platform gives."""


class FinanceCalls(Calls):
    """Finance 202309, 202501 and 202507."""

    async def statements(
        self, *, time_ge: int | None = None, time_lt: int | None = None, page_token: str | None = None
    ) -> StatementPage:
        """Statements of [time_ge, time_lt) (epoch ms), the oldest first. They are cut daily at 00:00 UTC, so the
        one of a day has the next day's time."""
        times = {
            name: str(value) for name, value in window("statement_time", time_ge, time_lt).items() if value
        }
        query = {"sort_field": "statement_time", "sort_order": "ASC", "page_size": PAGE, **times}
        draft = Draft("GET", "/finance/202309/statements", {**query, "page_token": page_token or ""})
        _reply, page = await self._page(
            draft, "statements", lambda raw: mapping.statement(wire.decode_statement(raw))
        )
        return StatementPage(*page)

    async def statement_transactions(self, statement_id: str, page_token: str | None = None) -> PayoutPage:
        """The transactions of one statement."""
        path = f"/finance/202501/statements/{segment(statement_id)}/statement_transactions"
        query = {"sort_field": "order_create_time", "sort_order": "ASC", "page_size": PAGE}
        draft = Draft("GET", path, {**query, "page_token": page_token or ""})
        _reply, page = await self._page(
            draft, "transactions", lambda raw: mapping.payout(wire.decode_transaction(raw))
        )
        return PayoutPage(*page)

    async def unsettled_orders(self, since: int, page_token: str | None = None) -> PayoutPage:
        """Orders placed since then (epoch ms) that are not settled yet, with the platform's own estimate."""
        query = {
            "sort_field": "order_create_time",
            "sort_order": "ASC",
            "page_size": PAGE,
            "search_time_ge": str(since // 1_000),
        }
        draft = Draft("GET", "/finance/202507/orders/unsettled", {**query, "page_token": page_token or ""})
        _reply, page = await self._page(
            draft, "transactions", lambda raw: mapping.unsettled(wire.decode_unsettled(raw))
        )
        return PayoutPage(*page)
