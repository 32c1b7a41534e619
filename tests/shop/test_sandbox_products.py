"""The sandbox's products and stock as the documentation has them, codes included."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shop.sandbox import product_routes
from shop.sandbox.data import PRODUCTS, RETURN_WAREHOUSE_ID, SKUS, WAREHOUSE_ID
from tests.shop.sandbox_kit import Client, Json, connected, small_world

SEARCH = "/product/202502/products/search"
INVENTORY = "/product/202309/inventory/search"
SECOND = "7010000000000000003"
SHIRTS = PRODUCTS[0]
SHIRT = SHIRTS.skus[0]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with connected(small_world(40)) as made:
        yield made


def set_to(client: Client, product_id: str, *skus: Json) -> Json:
    return client.post(f"/product/202309/products/{product_id}/inventory/update", {"skus": list(skus)})


def sku(sku_id: str, *places: tuple[str, int]) -> Json:
    return {"id": sku_id, "inventory": [{"warehouse_id": place, "quantity": n} for place, n in places]}


def available(client: Client, sku_id: str) -> dict[str, int]:
    (product,) = client.post(INVENTORY, {"sku_ids": [sku_id]})["data"]["inventory"]
    (found,) = product["skus"]
    places = {one["warehouse_id"]: one["available_quantity"] for one in found["warehouse_inventory"]}
    assert found["total_available_quantity"] == sum(places.values())
    return places


def test_all_products_are_found_page_by_page_and_only_the_detail_names_variations(client: Client) -> None:
    found: list[Json] = []
    token = ""
    while True:
        page = client.post(SEARCH, {"status": "ALL"}, {"page_size": "25", "page_token": token})["data"]
        found += page["products"]
        assert page["total_count"] == len(PRODUCTS)
        token = page["next_page_token"]
        if not token:
            break
    assert [one["id"] for one in found] == [one.product_id for one in PRODUCTS]
    listed = found[0]["skus"][0]
    assert listed["inventory"] == [
        {"warehouse_id": WAREHOUSE_ID, "quantity": available(client, SHIRT.sku_id)[WAREHOUSE_ID]}
    ]
    assert "sales_attributes" not in listed
    detail = client.get(f"/product/202309/products/{SHIRTS.product_id}")["data"]
    assert [one["value_name"] for one in detail["skus"][0]["sales_attributes"]] == ["Hitam", "M"]


def test_filters_narrow_and_nonsense_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def search(body: Json, **query: str) -> Json:
        return client.post(SEARCH, body, {"page_size": "100", **query})

    assert [one["id"] for one in search({"seller_skus": [SHIRT.seller_sku]})["data"]["products"]] == [
        SHIRTS.product_id
    ]
    made = search({"sku_ids": [SHIRT.sku_id]})["data"]["products"][0]["create_time"]
    assert search({"create_time_ge": made, "create_time_le": made})["data"]["total_count"] == 1
    assert "products" not in search({"status": "DELETED"})["data"]
    wrong: list[tuple[Json, dict[str, str]]] = [
        ({"status": "BIG"}, {}),
        ({"sku_ids": ["1"] * 11}, {}),
        ({}, {"page_size": "101"}),
        ({}, {"page_token": "x"}),
    ]
    for body, query in wrong:
        assert search(body, **query)["code"] == 36009004
    monkeypatch.setattr(product_routes, "PAGED", 30)
    page = client.post(SEARCH, {}, {"page_size": "30"})["data"]
    beyond = client.post(SEARCH, {}, {"page_size": "30", "page_token": page["next_page_token"]})
    assert beyond["code"] == 12052180


def test_a_number_is_absolute_and_every_warehouse_has_to_be_named(client: Client) -> None:
    shelves = client.sandbox.world.shelves
    cap = PRODUCTS[1].skus[0].sku_id
    with client.sandbox.world.lock:
        shelves.put(cap, {WAREHOUSE_ID: 5, SECOND: 7})
    product_id = PRODUCTS[1].product_id
    assert available(client, cap) == {WAREHOUSE_ID: 5, SECOND: 7}
    refused: list[tuple[Json, int]] = [
        (sku(cap, (WAREHOUSE_ID, 3)), 12019028),
        (sku(cap, (WAREHOUSE_ID, 3), (RETURN_WAREHOUSE_ID, 1)), 12052532),
        (sku(cap, (WAREHOUSE_ID, 3), ("7", 1)), 12052530),
        (sku(cap, (WAREHOUSE_ID, -1), (SECOND, 0)), 12052901),
        (sku(SHIRT.sku_id, (WAREHOUSE_ID, 1)), 12052556),
    ]
    for body, code in refused:
        (error,) = set_to(client, product_id, body)["data"]["errors"]
        assert (error["code"], error["detail"]["sku_id"]) == (code, body["id"])
    twice = sku(cap, (WAREHOUSE_ID, 1), (SECOND, 1))
    assert set_to(client, product_id, twice, twice)["code"] == 12052553
    assert set_to(client, "1", twice)["code"] == 12052032
    assert available(client, cap) == {WAREHOUSE_ID: 5, SECOND: 7}
    # One SKU of two fails: the other is set all the same.
    answer = set_to(client, product_id, sku(cap, (WAREHOUSE_ID, 0), (SECOND, 9)), sku("1", (WAREHOUSE_ID, 1)))
    assert [one["code"] for one in answer["data"]["errors"]] == [12052556]
    assert available(client, cap) == {WAREHOUSE_ID: 0, SECOND: 9}
    alone = {"id": SHIRT.sku_id, "inventory": [{"quantity": 4}]}
    assert set_to(client, SHIRTS.product_id, alone)["code"] == 0
    assert available(client, SHIRT.sku_id) == {WAREHOUSE_ID: 4}


def test_a_promotion_locks_every_third_product() -> None:
    with connected(small_world(5), "stock-locked") as client:
        for place, product in enumerate(PRODUCTS[:3]):
            body = sku(product.skus[0].sku_id, (WAREHOUSE_ID, 1))
            errors = set_to(client, product.product_id, body)["data"].get("errors", [])
            assert [one["code"] for one in errors] == ([12052393] if place == 2 else [])


def test_what_is_sold_is_taken_from_the_main_warehouse_first() -> None:
    world = small_world(0)
    sku_id = next(iter(SKUS))
    world.shelves.put(sku_id, {WAREHOUSE_ID: 2, SECOND: 3})
    world.shelves.available[sku_id] -= 3
    assert world.shelves.spread(sku_id) == {WAREHOUSE_ID: 0, SECOND: 2}
