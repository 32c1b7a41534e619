"""Products as they look on the wire, and the rules by which a number of pieces is taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from shop.sandbox.data import PRODUCTS, RETURN_WAREHOUSE_ID, SKUS, Product, Sku
from shop.sandbox.deadlines import DAY
from shop.sandbox.shipping import Refusal
from shop.sandbox.stock import Level
from shop.sandbox.world import World

Json = dict[str, Any]
Stale = Mapping[str, Level]
"""What a lagging replica believes of the SKUs that changed since."""
LISTED: Final = 90 * DAY
"""How long before the world's start the first product was listed; one a day follows."""
MOST: Final = 99_999
LOCKED: Final = 3
"""With `stock-locked` a promotion holds every third product."""


class Place(msgspec.Struct, frozen=True):
    """One warehouse of an update; with a single warehouse its id may be left out."""

    quantity: int
    warehouse_id: str = ""


class SkuUpdate(msgspec.Struct, frozen=True):
    """One SKU of an update."""

    id: str
    inventory: list[Place] = []


def created(world: World, product: Product) -> int:
    """When a product was listed, epoch seconds."""
    return int(world.pace.start) - LISTED + PRODUCTS.index(product) * DAY


def product_json(world: World, product: Product, stale: Stale, *, detail: bool) -> Json:
    """A product; only its detail names the variations."""
    made = created(world, product)
    return {
        "id": product.product_id,
        "title": product.name,
        "status": "ACTIVATE",
        "create_time": made,
        "update_time": world.shelves.changed.get(product.product_id, made),
        "sales_regions": ["ID"],
        "is_not_for_sale": False,
        "integrated_platform_statuses": [{"platform": "TOKOPEDIA", "status": "ACTIVATE"}],
        "audit": {"status": "APPROVED"},
        "skus": [
            _sku_json(stale.get(sku.sku_id) or world.shelves.level(sku.sku_id), sku, detail=detail)
            for sku in product.skus
        ],
    }


def _sku_json(level: Level, sku: Sku, *, detail: bool) -> Json:
    told: Json = {
        "id": sku.sku_id,
        "seller_sku": sku.seller_sku,
        "price": {"currency": "IDR", "sale_price": str(sku.price)},
        "inventory": [{"warehouse_id": place, "quantity": units} for place, units in level.spread().items()],
        "status_info": {"status": "NORMAL"},
    }
    if detail:
        told["sales_attributes"] = [
            {"id": str(100000 + place), "name": f"Variasi {place}", "value_name": value.strip()}
            for place, value in enumerate(sku.variation.split(","), start=1)
        ]
    return told


def refusal(world: World, product: Product, update: SkuUpdate, *, locked: bool) -> list[tuple[Refusal, str]]:
    """Why an update of one SKU is not executed, each with the warehouse it is about ("" for the whole SKU)."""
    found = SKUS.get(update.id)
    if found is None or found[0] is not product:
        return [(Refusal(12052556, "The SKU does not exist."), "")]
    if locked:
        return [(Refusal(12052393, "The stock is locked by an ongoing promotion."), "")]
    known = world.shelves.spread(update.id)
    given = [place.warehouse_id for place in update.inventory]
    if len(known) == 1 and given == [""]:
        given = list(known)
    wrong = []
    for place in given:
        if place == RETURN_WAREHOUSE_ID:
            wrong.append((Refusal(12052532, "The warehouse is not a delivery warehouse."), place))
        elif place not in known:
            wrong.append((Refusal(12052530, "The warehouse does not exist."), place))
    if wrong:
        return wrong
    if sorted(given) != sorted(known):
        return [(Refusal(12019028, "The warehouses of a SKU cannot be added or removed here."), "")]
    if any(not 0 <= place.quantity <= MOST for place in update.inventory):
        return [(Refusal(12052901, f"The quantity must be between 0 and {MOST}."), "")]
    return []


def apply(world: World, product: Product, update: SkuUpdate, request_id: str) -> None:
    """Set the numbers; the ledger's target is the SKU and what it was set to."""
    known = list(world.shelves.spread(update.id))
    places = {place.warehouse_id or known[0]: place.quantity for place in update.inventory}
    world.shelves.put(update.id, places)
    world.shelves.changed[product.product_id] = int(world.now())
    total = sum(places.values())
    world.ledger.add("stock", f"{update.id}={total}", [], request_id, world.clock.wall(), "")


def inventory_json(world: World, product_ids: list[str], sku_ids: list[str], stale: Stale) -> list[Json]:
    """Inventory search: named SKUs, or all of the named products; the SKU list wins."""
    wanted = [SKUS[sku_id] for sku_id in sku_ids if sku_id in SKUS]
    if not sku_ids:
        products = [product for product in PRODUCTS if product.product_id in product_ids]
        wanted = [(product, sku) for product in products for sku in product.skus]
    grouped: dict[str, list[Json]] = {}
    for product, sku in wanted:
        grouped.setdefault(product.product_id, []).append(
            _level_json(stale.get(sku.sku_id) or world.shelves.level(sku.sku_id), sku)
        )
    return [{"product_id": product_id, "skus": skus} for product_id, skus in grouped.items()]


def _level_json(level: Level, sku: Sku) -> Json:
    places = level.spread()
    # What was sold is taken from the main warehouse.
    held = dict.fromkeys(places, 0) | {next(iter(places)): level.committed}
    return {
        "id": sku.sku_id,
        "seller_sku": sku.seller_sku,
        "total_available_quantity": level.available,
        "total_committed_quantity": level.committed,
        "warehouse_inventory": [
            {"warehouse_id": place, "available_quantity": units, "committed_quantity": held[place]}
            for place, units in places.items()
        ],
    }
