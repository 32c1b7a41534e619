"""All products of a shop are taken in: page by page, window by window, names from orders or one by one."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.intake import products as intake
from jobs.intake.sync import quiet
from shop.errors import ShopError
from shop.sandbox import product_routes, products
from shop.sandbox.data import PRODUCTS, SKUS
from store.bulk import table_of
from store.models import Sku
from tests.jobs.runtime_kit import Scene, crew_of

_SKUS = table_of(Sku)


def known(shop: Scene) -> dict[str, tuple[Any, ...]]:
    found = shop.rows("SELECT sku_id, name, variation, seller_sku, status FROM skus")
    return {str(row[0]): row[1:] for row in found}


async def test_every_sku_is_known_counted_and_named(shop: Scene) -> None:
    async with crew_of(shop) as (crew, jobs):
        await jobs.orders(quiet)
        assert await jobs.products(quiet) == len(SKUS)
        found = known(shop)
        assert set(found) == set(SKUS) and len(shop.rows("SELECT sku_id FROM stock")) == len(SKUS)
        several = [product for product in PRODUCTS if len(product.skus) > 1]
        # Orders name what was sold; of the rest so many products are asked one by one in each pass.
        for _ in range(len(several) // intake.DETAILS + 1):
            await jobs.products(quiet)
        found = known(shop)
        for product in several:
            for sku in product.skus:
                assert found[sku.sku_id] == (product.name, sku.variation, sku.seller_sku, "ACTIVATE")
        # Read again, nothing is news; another number is.
        before = shop.rows("SELECT count(*) FROM changes")
        await jobs.products(quiet)
        assert shop.rows("SELECT count(*) FROM changes") == before
        sku_id = next(iter(SKUS))
        with shop.world.lock:
            shop.world.shelves.available[sku_id] += 1
        await jobs.products(quiet)
        ((kind, detail),) = shop.rows("SELECT kind, detail FROM changes ORDER BY seq DESC LIMIT 1")
        assert kind == "stock.changed" and sku_id in str(detail)
        # The seller's own low mark stays.
        crew.store.write(lambda conn: conn.execute(_SKUS.update().values(low_at=3)))
        await jobs.products(quiet)
        assert shop.rows("SELECT DISTINCT low_at FROM skus") == [(3,)]


async def test_a_sku_that_was_taken_off_its_product_is_forgotten(
    shop: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with crew_of(shop) as (_, jobs):
        await jobs.products(quiet)
        first = PRODUCTS[0].skus[0].sku_id
        whole = products.product_json

        def smaller(*given: Any, **how: Any) -> dict[str, Any]:
            told = whole(*given, **how)
            return told | {"skus": [sku for sku in told["skus"] if sku["id"] != first]}

        monkeypatch.setattr(products, "product_json", smaller)
        assert await jobs.products(quiet) == len(SKUS) - 1
        assert first not in known(shop)
        assert shop.rows(f"SELECT * FROM stock WHERE sku_id = '{first}'") == []


@pytest.mark.parametrize("told", [True, False])
async def test_more_products_than_one_search_shows_are_found_in_windows(
    shop: Scene, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    # The platform says how many there are, or only stops in the middle.
    monkeypatch.setattr(product_routes, "PAGED", 20)
    monkeypatch.setattr(intake, "MAX_PAGED", 20 if told else 10_000)
    wide = product_routes.search

    def narrow(platform: Any, call: Any) -> dict[str, Any]:
        return wide(platform, call._replace(query={**call.query, "page_size": "10"}))

    routes = product_routes.product_routes("a", "b")
    assert routes[0].handler is wide
    monkeypatch.setattr(
        "shop.sandbox.api.ROUTES._routes",
        [(p, r._replace(handler=narrow) if r.handler is wide else r) for p, r in _routes()],
    )
    async with crew_of(shop) as (_, jobs):
        assert await jobs.products(quiet) == len(SKUS)
    assert set(known(shop)) == set(SKUS)


def _routes() -> list[Any]:
    from shop.sandbox.api import ROUTES

    return list(ROUTES._routes)


async def test_a_search_that_breaks_off_loses_nothing(shop: Scene) -> None:
    async with crew_of(shop) as (_, jobs):
        await jobs.products(quiet)
        shop.faults("500@/product/202502")
        with pytest.raises(ShopError):
            await jobs.products(quiet)
        shop.faults("internal@/product/202309/products/*1")
        assert await jobs.products(quiet) == len(SKUS)
    assert set(known(shop)) == set(SKUS)
