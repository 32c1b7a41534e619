"""Products and stock: the whole list, the names of variations, and the number of pieces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shop import mapping_products as mapping
from shop.calls.base import Calls, search
from shop.mapping_products import ProductPage, ProductRecord, Shelved
from shop.requests import Draft, body_of
from shop.wire import products as wire
from shop.writes import segment

MAX_PAGED: Final = 10_000
"""Products one search can page through (12052180 beyond); narrow it by time."""
MAX_SKUS: Final = 600
"""SKUs of one inventory search."""


class ProductCalls(Calls):
    """Product 202502 (search) and 202309."""

    async def search_products(
        self,
        *,
        create_ge: int | None = None,
        create_le: int | None = None,
        page_token: str | None = None,
        page_size: int = 100,
    ) -> ProductPage:
        """Products of every status by time of creation (epoch ms, both ends belong to it). `page_size` 1-100."""
        window = {
            "create_time_ge": None if create_ge is None else create_ge // 1_000,
            "create_time_le": None if create_le is None else create_le // 1_000,
        }
        draft = search(
            "/product/202502/products/search",
            {"page_size": str(page_size)},
            page_token,
            body_of({"status": "ALL", **window}),
        )
        reply, page = await self._page(
            draft, "products", lambda raw: mapping.product(wire.decode_product(raw))
        )
        return ProductPage(*page, server_time_ms=reply.date_ms)

    async def product(self, product_id: str) -> ProductRecord:
        """One product; the only answer that names the variations of its SKUs."""
        draft = Draft("GET", f"/product/202309/products/{segment(product_id)}")
        return await self._one(draft, lambda raw: mapping.product(wire.decode_product(raw)))

    async def shelved(self, sku_ids: Sequence[str]) -> list[Shelved]:
        """Pieces of 1-600 SKUs, warehouse by warehouse; one the platform does not know is left out."""
        if not 1 <= len(sku_ids) <= MAX_SKUS:
            raise ValueError(f"inventory search takes 1 to {MAX_SKUS} SKUs")
        draft = Draft("POST", "/product/202309/inventory/search", body=body_of({"sku_ids": list(sku_ids)}))
        products = await self._list(draft, "inventory", lambda raw: mapping.shelved(wire.decode_level(raw)))
        wanted = set(sku_ids)
        return [one for skus in products for one in skus if one.sku_id in wanted]
