"""Packages: their state, how they can be handed over, and their papers."""

from __future__ import annotations

from collections.abc import Sequence

from shop import mapping_facts as mapping
from shop import writes
from shop.calls.base import Calls, search, window
from shop.errors import BadReply
from shop.facts import CombinablePage, PackageFacts, PackagePage, SplitFacts, TimeSlots
from shop.requests import Draft, body_of
from shop.wire import fulfillment


class ParcelCalls(Calls):
    """Fulfillment 202309."""

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
        body = body_of({"package_status": status, **window("update_time", update_ge, update_lt)})
        draft = search("/fulfillment/202309/packages/search", query, page_token, body)
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

    async def document(self, package_id: str, kind: str = "SHIPPING_LABEL", size: str = "A6") -> str:
        """A link to a PDF that lives 24 hours. Raises NotReady while the platform is making it."""
        path = f"/fulfillment/202309/packages/{writes.segment(package_id)}/shipping_documents"
        draft = Draft("GET", path, {"document_type": kind, "document_size": size})
        document = await self._one(draft, fulfillment.decode_document)
        if not document.doc_url:
            raise BadReply("data has no doc_url")
        return document.doc_url

    async def split_attributes(self, order_ids: Sequence[str]) -> list[SplitFacts]:
        """Which of 1-50 orders may, or must, be split; an id nobody knows may just be absent."""
        if not 1 <= len(order_ids) <= 50:
            raise ValueError("split attributes takes 1 to 50 ids")
        path = "/fulfillment/202309/orders/split_attributes"
        draft = Draft("GET", path, {"order_ids": ",".join(map(writes.segment, order_ids))})
        return await self._list(
            draft, "split_attributes", lambda raw: mapping.split_facts(fulfillment.decode_split(raw))
        )

    async def combinable(self, *, page_token: str | None = None, page_size: int = 50) -> CombinablePage:
        """The sets of orders that the platform would put into one parcel now. `page_size` 1-50."""
        query = {"page_size": str(page_size), "page_token": page_token or ""}
        draft = Draft("GET", "/fulfillment/202309/combinable_packages/search", query)
        reply, page = await self._page(
            draft, "combinable_packages", lambda raw: mapping.combinable(fulfillment.decode_combinable(raw))
        )
        return CombinablePage(*page, server_time_ms=reply.date_ms)
