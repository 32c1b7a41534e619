"""One shop at the platform, as calls with our units: epoch ms, whole money, records of the store.

Every read raises a ShopError when it does not get an answer it understands; an order it does not understand
is in the page's `rejected`. Paths carry their own versions (reference: Partner Center, API 202309 and later).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shop import mapping_facts as mapping
from shop import writes
from shop.channel import READ_DEADLINE, Channel, ServerClock, TokenSource
from shop.errors import BadReply, Verdict
from shop.facts import (
    AuthorizedShop,
    OrderPage,
    PackageFacts,
    PackagePage,
    RawTrack,
    RequestPage,
    StockFact,
    TimeSlots,
)
from shop.http import HttpSeam, checked_url
from shop.limiter import RateLimiter
from shop.pages import Entries, Read, T, entries, listed, orders_page
from shop.reply import Reply
from shop.requests import Draft, Prepared, Signer, body_of
from shop.wire import account, aftersales, fulfillment
from shop.wire.envelope import Unreadable
from shop.wire.loose import BROKEN
from shop.writes import ShipItem
from store.times import Clock, now_ms

__all__ = ["Prepared", "ShipItem", "ShopClient", "WriteReply"]

WriteReply = Reply
"""What came back for a write, unread."""


class ShopClient:
    """Reads and writes for one shop. Bound to one event loop; the HTTP seam is closed by its owner.

    `cipher` names the shop (`authorized_shops` knows it); `token` hands out access tokens. Raises InsecureUrl
    for an `api_base` that is neither https nor on this computer.
    """

    def __init__(
        self,
        http: HttpSeam,
        *,
        api_base: str,
        app_key: str,
        app_secret: str,
        token: TokenSource,
        cipher: str | None = None,
        clock: Clock = now_ms,
        limiter: RateLimiter | None = None,
        check_clock: bool = True,
        read_deadline: float = READ_DEADLINE,
    ) -> None:
        checked_url(api_base)
        self._channel = Channel(
            http,
            Signer(api_base, app_key, app_secret, cipher),
            token,
            clock=clock,
            limiter=limiter,
            check_clock=check_clock,
            read_deadline=read_deadline,
        )

    @property
    def cipher(self) -> str | None:
        """`shop_cipher` of all calls; None until it was looked up."""
        return self._channel.signer.cipher

    def use_shop(self, cipher: str) -> None:
        """Speak for this shop from now on."""
        signer = self._channel.signer
        self._channel.signer = Signer(signer.api_base, signer.app_key, signer.app_secret, cipher)

    @property
    def server_clock(self) -> ServerClock:
        """How far the platform's clock is from ours."""
        return self._channel.server_clock

    # -- reads ---------------------------------------------------------------------------------------------

    async def authorized_shops(self) -> list[AuthorizedShop]:
        """The shops the token opens; empty: the token is fine but no shop is bound."""
        draft = Draft("GET", "/authorization/202309/shops", with_shop=False)
        return await self._list(draft, "shops", lambda raw: mapping.authorized_shop(account.decode_shop(raw)))

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
                **_window("update_time", update_ge, update_lt),
                **_window("create_time", create_ge, create_lt),
            }
        )
        return await self._orders(_search("/order/202309/orders/search", query, page_token, body))

    async def order_detail(self, order_ids: Sequence[str]) -> OrderPage:
        """1-50 orders; an id nobody knows may just be absent."""
        if not 1 <= len(order_ids) <= 50:
            raise ValueError("order detail takes 1 to 50 ids")
        return await self._orders(Draft("GET", "/order/202507/orders", {"ids": ",".join(order_ids)}))

    async def package_detail(self, package_id: str) -> PackageFacts:
        """One package. Raises Refused with code 21011001 for an id nobody knows."""
        path = f"/fulfillment/202309/packages/{writes.segment(package_id)}"
        return await self._one(
            Draft("GET", path), lambda raw: mapping.package_facts(fulfillment.decode_package(raw))
        )

    async def search_packages(
        self,
        *,
        update_ge: int | None = None,
        update_lt: int | None = None,
        status: str | None = None,
        page_token: str | None = None,
        page_size: int = 50,
    ) -> PackagePage:
        """Packages by time of change (epoch ms), oldest first. `status` cannot be TO_FULFILL."""
        query = {"page_size": str(page_size), "sort_field": "update_time", "sort_order": "ASC"}
        body = body_of({"package_status": status, **_window("update_time", update_ge, update_lt)})
        draft = _search("/fulfillment/202309/packages/search", query, page_token, body)
        reply, page = await self._page(
            draft, "packages", lambda raw: mapping.package_facts(fulfillment.decode_package(raw))
        )
        return PackagePage(*page, server_time_ms=reply.date_ms)

    async def time_slots(self, package_id: str) -> TimeSlots:
        """How and when a package can be handed over."""
        path = f"/fulfillment/202309/packages/{writes.segment(package_id)}/handover_time_slots"
        return await self._one(
            Draft("GET", path), lambda raw: mapping.time_slots(fulfillment.decode_slots(raw))
        )

    async def tracking(self, order_id: str) -> list[RawTrack]:
        """The platform's own tracking of all parcels of an order, mixed, newest first."""
        path = f"/fulfillment/202309/orders/{writes.segment(order_id)}/tracking"
        return await self._list(
            Draft("GET", path), "tracking", lambda raw: mapping.raw_track(fulfillment.decode_track(raw))
        )

    async def document(self, package_id: str, kind: str = "SHIPPING_LABEL", size: str = "A6") -> str:
        """A link to a PDF that lives 24 hours. Raises NotReady while the platform is making it."""
        path = f"/fulfillment/202309/packages/{writes.segment(package_id)}/shipping_documents"
        draft = Draft("GET", path, {"document_type": kind, "document_size": size})
        document = await self._one(draft, fulfillment.decode_document)
        if not document.doc_url:
            raise BadReply("data has no doc_url")
        return document.doc_url

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

    # -- writes --------------------------------------------------------------------------------------------

    def prepare(self, draft: Draft, timestamp_s: int) -> Prepared:
        """Sign any draft of shop/writes.py, once, for this second. Raises ClockSkew."""
        return self._channel.prepare(draft, timestamp_s)

    def prepare_ship(self, packages: Sequence[ShipItem], timestamp_s: int) -> Prepared:
        """Sign the arranging of 1-50 packages. Raises ClockSkew, ValueError."""
        return self.prepare(writes.ship(packages), timestamp_s)

    async def send_prepared(self, prepared: Prepared, deadline: float = 20.0) -> WriteReply:
        """Send it, once, in at most `deadline` seconds. Raises NotSent or Ambiguous."""
        return await self._channel.send_prepared(prepared, deadline)

    @staticmethod
    def parse_ship(reply: WriteReply, package_ids: Sequence[str]) -> dict[str, Verdict]:
        """What the answer proves for each package."""
        return writes.parse_ship(reply, package_ids)

    # -- inside --------------------------------------------------------------------------------------------

    async def _orders(self, draft: Draft) -> OrderPage:
        reply, envelope = await self._channel.read(draft)
        try:
            return orders_page(envelope.data, reply.date_ms)
        except Unreadable as error:
            raise BadReply(str(error), request_id=envelope.request_id) from None

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
                **_window("update_time", update_ge, update_lt),
            }
        )
        draft = _search(f"/return_refund/202602/{kind}/search", query, page_token, body)
        reply, page = await self._page(draft, key, read)
        return RequestPage(*page, server_time_ms=reply.date_ms)

    async def _page(self, draft: Draft, key: str, read: Read[T]) -> tuple[Reply, Entries[T]]:
        reply, envelope = await self._channel.read(draft)
        try:
            return reply, entries(envelope.data, key, read, source=key)
        except Unreadable as error:
            raise BadReply(str(error), request_id=envelope.request_id) from None

    async def _list(self, draft: Draft, key: str, read: Read[T]) -> list[T]:
        _reply, envelope = await self._channel.read(draft)
        try:
            return listed(envelope.data, key, read, source=key)[0]
        except Unreadable as error:
            raise BadReply(str(error), request_id=envelope.request_id) from None

    async def _one(self, draft: Draft, read: Read[T]) -> T:
        _reply, envelope = await self._channel.read(draft)
        try:
            return read(envelope.data)
        except BROKEN as error:
            raise BadReply(f"{type(error).__name__}", request_id=envelope.request_id) from None


def _search(path: str, query: Mapping[str, str], page_token: str | None, body: bytes) -> Draft:
    return Draft("POST", path, {**query, "page_token": page_token or ""}, body)


def _window(name: str, ge: int | None, lt: int | None) -> dict[str, int | None]:
    """[ge, lt) in ms as whole seconds that miss nothing: the end is rounded up."""
    return {
        f"{name}_ge": None if ge is None else ge // 1_000,
        f"{name}_lt": None if lt is None else -(-lt // 1_000),
    }
