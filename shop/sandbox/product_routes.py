"""The endpoints of products and stock."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from shop.sandbox import products
from shop.sandbox.data import PRODUCTS, Product
from shop.sandbox.gate import Call, Route, bad
from shop.sandbox.platform import Platform, RefusedError, body_as
from shop.sandbox.search import BadTokenError, Sorting, paged
from shop.sandbox.shipping import Refusal

Json = dict[str, Any]
MAX_SKUS: Final = 600
MAX_PRODUCTS: Final = 100
MAX_CODES: Final = 10
PAGED: Final = 10_000
"""Products one search pages through."""
_STATUSES: Final = frozenset(
    {"ALL", "DRAFT", "PENDING", "FAILED", "ACTIVATE", "SELLER_DEACTIVATED", "PLATFORM_DEACTIVATED",
     "FREEZE", "DELETED"}
)  # fmt: skip


class ProductFilter(msgspec.Struct, frozen=True):
    """Body of the product search; the ends of its windows belong to them."""

    status: str | None = None
    seller_skus: list[str] = []
    sku_ids: list[str] = []
    create_time_ge: int | None = None
    create_time_le: int | None = None
    update_time_ge: int | None = None
    update_time_le: int | None = None


class InventoryFilter(msgspec.Struct, frozen=True):
    """Body of the inventory search."""

    product_ids: list[str] = []
    sku_ids: list[str] = []


class Update(msgspec.Struct, frozen=True):
    """Body of an update of stock."""

    skus: list[products.SkuUpdate] = []


def product_routes(read: str, write: str) -> tuple[Route, ...]:
    """The routes under their two scopes."""
    return (
        Route("POST", "/product/202502/products/search", read, search),
        Route("GET", "/product/202309/products/*", read, detail),
        Route("POST", "/product/202309/products/*/inventory/update", write, update),
        Route("POST", "/product/202309/inventory/search", read, inventory),
    )


def search(platform: Platform, call: Call) -> Json:
    """POST /product/202502/products/search, in order of creation."""
    size = call.query.get("page_size", "")
    if not (size.isascii() and size.isdigit() and 1 <= int(size) <= 100):
        raise bad("Invalid page_size: must be between 1 and 100.")
    wanted = body_as(call, ProductFilter)
    if wanted.status is not None and wanted.status not in _STATUSES:
        raise bad("Invalid status.")
    if len(wanted.seller_skus) > MAX_CODES or len(wanted.sku_ids) > MAX_CODES:
        raise bad(f"Invalid parameter: at most {MAX_CODES} seller_skus or sku_ids.")
    found = [place for place, one in enumerate(PRODUCTS) if _fits(platform, one, wanted)]
    token = call.query.get("page_token", "")
    try:
        page = paged(found, 0, len(found), Sorting("create_time", False, int(size)), token, repr(wanted))
    except BadTokenError as error:
        raise bad(f"Invalid parameter: {error}") from None
    if page.keys and found.index(page.keys[0]) >= PAGED:
        raise RefusedError(Refusal(12052180, f"Only the first {PAGED} products can be listed."))
    stale = _stale(platform)
    rows = [products.product_json(platform.world, PRODUCTS[key], stale, detail=False) for key in page.keys]
    return {"next_page_token": page.next_token, "total_count": page.total} | (
        {"products": rows} if rows else {}
    )


def _fits(platform: Platform, product: Product, wanted: ProductFilter) -> bool:
    if wanted.status not in (None, "ALL", "ACTIVATE"):
        return False
    if wanted.seller_skus and not any(sku.seller_sku in wanted.seller_skus for sku in product.skus):
        return False
    if wanted.sku_ids and not any(sku.sku_id in wanted.sku_ids for sku in product.skus):
        return False
    world = platform.world
    made = products.created(world, product)
    changed = world.shelves.changed.get(product.product_id, made)
    return _within(made, wanted.create_time_ge, wanted.create_time_le) and _within(
        changed, wanted.update_time_ge, wanted.update_time_le
    )


def _within(at: int, first: int | None, last: int | None) -> bool:
    return (first is None or at >= first) and (last is None or at <= last)


def _product(product_id: str) -> Product:
    for product in PRODUCTS:
        if product.product_id == product_id:
            return product
    raise RefusedError(Refusal(12052032, "The product does not exist."))


def detail(platform: Platform, call: Call) -> Json:
    """GET /product/202309/products/{id}."""
    return products.product_json(platform.world, _product(call.args[0]), _stale(platform), detail=True)


def update(platform: Platform, call: Call) -> Json:
    """POST .../inventory/update: code 0, and one error for each SKU that failed."""
    product = _product(call.args[0])
    body = body_as(call, Update)
    ids = [sku.id for sku in body.skus]
    if not ids:
        raise bad("Invalid parameter skus: at least one is needed.")
    if len(set(ids)) != len(ids):
        raise RefusedError(Refusal(12052553, "The SKU is listed twice."))
    locked = (
        platform.faults.mode("stock-locked") is not None
        and PRODUCTS.index(product) % products.LOCKED == products.LOCKED - 1
    )
    errors = []
    for sku in body.skus:
        wrong = products.refusal(platform.world, product, sku, locked=locked)
        if wrong:
            errors.append(_error(sku.id, wrong))
        else:
            products.apply(platform.world, product, sku, call.request_id)
    return {"errors": errors} if errors else {}


def _error(sku_id: str, wrong: list[tuple[Refusal, str]]) -> Json:
    first = wrong[0][0]
    extra = [
        {"warehouse_id": place, "code": one.code, "message": one.message} for one, place in wrong if place
    ]
    told: Json = {"sku_id": sku_id} | ({"extra_errors": extra} if extra else {})
    return {"code": first.code, "message": first.message, "detail": told}


def inventory(platform: Platform, call: Call) -> Json:
    """POST /product/202309/inventory/search."""
    wanted = body_as(call, InventoryFilter)
    if len(wanted.product_ids) > MAX_PRODUCTS or len(wanted.sku_ids) > MAX_SKUS:
        raise bad(f"Invalid parameter: at most {MAX_PRODUCTS} product_ids or {MAX_SKUS} sku_ids.")
    if not wanted.product_ids and not wanted.sku_ids:
        raise bad("Invalid parameter: product_ids or sku_ids is required.")
    return {
        "inventory": products.inventory_json(
            platform.world, wanted.product_ids, wanted.sku_ids, _stale(platform)
        )
    }


def _stale(platform: Platform) -> products.Stale:
    lag = platform.faults.mode("stale-reads")
    return {} if lag is None else platform.world.shelves.lagging(lag.seconds)
