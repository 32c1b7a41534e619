"""Orders: search, detail, the platform's own tracking, and the stock behind them."""

from __future__ import annotations

from collections.abc import Sequence

from shop import mapping_facts as mapping
from shop import writes
from shop.calls.base import Calls, search, window
from shop.errors import BadReply
from shop.facts import OrderLine, OrderPage, RawTrack, StockFact
from shop.pages import orders_page
from shop.requests import Draft, body_of
from shop.wire import account, fulfillment
from shop.wire import orders as wire
from shop.wire.envelope import Unreadable


class OrderCalls(Calls):
    """Order 202309 and later, product 202309."""

    async def search_orders(
        self,
        *,
        update_ge: int | None = None,
        update_lt: int | None = None,
        create_ge: int | None = None,
        create_lt: int | None = None,
        status: str | None = None,
        cancel_requested: bool | None = None,
        page_token: str | None = None,
        page_size: int = 100,
    ) -> OrderPage:
        """Orders with times in [ge, lt) (epoch ms), oldest first by the time that was asked for."""
        by = "create_time" if update_ge is None and update_lt is None else "update_time"
        query = {"page_size": str(page_size), "sort_field": by, "sort_order": "ASC"}
        body = body_of(
            {
                "order_status": status,
                "is_buyer_request_cancel": cancel_requested,
                **window("update_time", update_ge, update_lt),
                **window("create_time", create_ge, create_lt),
            }
        )
        return await self._orders(search("/order/202309/orders/search", query, page_token, body))

    async def order_detail(self, order_ids: Sequence[str]) -> OrderPage:
        """1-50 orders; an id nobody knows may just be absent."""
        if not 1 <= len(order_ids) <= 50:
            raise ValueError("order detail takes 1 to 50 ids")
        return await self._orders(Draft("GET", "/order/202507/orders", {"ids": ",".join(order_ids)}))

    async def order_lines(self, order_id: str) -> list[OrderLine]:
        """Every unit of an order and the package it lies in; empty for an id nobody knows."""
        draft = Draft("GET", "/order/202507/orders", {"ids": writes.segment(order_id)})
        found = await self._list(draft, "orders", lambda raw: mapping.order_lines(wire.decode_lines(raw)))
        return [line for of, lines in found if of == order_id for line in lines]

    async def tracking(self, order_id: str) -> list[RawTrack]:
        """The platform's own tracking of all parcels of an order, mixed, newest first."""
        path = f"/fulfillment/202309/orders/{writes.segment(order_id)}/tracking"
        return await self._list(
            Draft("GET", path), "tracking", lambda raw: mapping.raw_track(fulfillment.decode_track(raw))
        )

    async def inventory(self, sku_ids: Sequence[str]) -> list[StockFact]:
        """Stock of 1-600 SKUs."""
        if not 1 <= len(sku_ids) <= 600:
            raise ValueError("inventory search takes 1 to 600 SKUs")
        draft = Draft("POST", "/product/202309/inventory/search", body=body_of({"sku_ids": list(sku_ids)}))
        products = await self._list(
            draft, "inventory", lambda raw: mapping.stock_facts(account.decode_inventory(raw))
        )
        wanted = set(sku_ids)
        return [fact for facts in products for fact in facts if fact.sku_id in wanted]

    async def _orders(self, draft: Draft) -> OrderPage:
        reply, envelope = await self._channel.read(draft)
        try:
            return orders_page(envelope.data, reply.date_ms)
        except Unreadable as error:
            raise BadReply(str(error), request_id=envelope.request_id) from None
