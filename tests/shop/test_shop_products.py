"""Products and stock on the wire: what is sent, what odd answers become, what the answer to a write proves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shop.errors import BadReply, Kind
from shop.product_writes import parse_set_stock, set_stock
from shop.reply import Reply
from store.reading.goods import Warehouse
from tests.shop.client_kit import Make, ok, query
from tests.shop.raw_server import RawServer

SKU = {"id": "11", "seller_sku": "KP", "price": {"currency": "IDR", "sale_price": "67500"},
       "inventory": [{"warehouse_id": "7", "quantity": 3}, {"warehouse_id": "8", "quantity": 4}]}  # fmt: skip


def body(platform: RawServer, number: int = -1) -> Any:
    return json.loads(platform.talks[number].body)


async def test_a_page_of_products_with_odd_ones_among_them(platform: RawServer, make: Make) -> None:
    products = [
        {"id": "1", "title": "Kaos\u0000 Polos", "status": "ACTIVATE", "skus": [SKU]},
        {"id": "2", "skus": None},
        {"id": 3, "title": None, "skus": [{"id": "31", "inventory": [{"quantity": 5}]}]},
        {"title": "tanpa id", "skus": []},
        {"id": "4", "skus": [{"id": "41", "inventory": [{"warehouse_id": "7", "quantity": 10**12}]}]},
    ]
    platform.answers(ok({"products": products, "total_count": 5, "next_page_token": "a+/=="}))
    page = await make().search_products(create_ge=1_000, create_le=9_999, page_token="x+/=", page_size=5)
    assert query(platform)["page_token"] == "x+/=" and query(platform)["page_size"] == "5"
    assert body(platform) == {"status": "ALL", "create_time_ge": 1, "create_time_le": 9}
    assert (page.next_token, page.total, len(page.rejected)) == ("a+/==", 5, 2)
    first, second, third = page.records
    (shirt,) = first.skus
    assert (shirt.name, shirt.seller_sku, shirt.price, shirt.variation) == ("Kaos Polos", "KP", 67_500, None)
    assert shirt.warehouses == (Warehouse("7", 3), Warehouse("8", 4))
    assert second.skus == () and (third.product_id, third.skus[0].warehouses) == ("3", ())


async def test_the_detail_names_variations(platform: RawServer, make: Make) -> None:
    traits = [{"name": "Warna", "value_name": "Hitam"}, {"name": "Ukuran", "value_name": "L"}]
    platform.answers(ok({"id": "1", "title": "Kaos", "skus": [SKU | {"sales_attributes": traits}]}))
    assert (await make().product("1")).skus[0].variation == "Hitam, L"
    with pytest.raises(ValueError, match="id"):
        await make().product("../1")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"total_available_quantity": 5, "total_committed_quantity": 2}, (5, 2, ())),
        ({"warehouse_inventory": [{"warehouse_id": "7", "available_quantity": 5, "committed_quantity": 2}]},
         (5, 2, (Warehouse("7", 5),))),
        ({"total_available_quantity": 5, "warehouse_inventory": [{"available_quantity": 5}]}, (5, 0, ())),
        ({}, (0, 0, ())),
    ],
)  # fmt: skip
async def test_stock_is_told_by_warehouse_or_as_a_sum(
    platform: RawServer, make: Make, told: dict[str, Any], expected: tuple[int, int, tuple[Warehouse, ...]]
) -> None:
    skus = [{"id": "11", **told}, {"id": "99", "total_available_quantity": 1}]
    platform.answers(ok({"inventory": [{"product_id": "1", "skus": skus}]}))
    (found,) = await make().shelved(["11"])
    assert (found.available, found.committed, found.warehouses) == expected
    assert found.count.on_hand == expected[0] + expected[1]


async def test_what_is_no_list_of_stock_is_no_empty_shelf(platform: RawServer, make: Make) -> None:
    platform.answers(ok({"inventory": "none"}))
    with pytest.raises(BadReply):
        await make().shelved(["11"])
    for wrong in ([], ["1"] * 601):
        with pytest.raises(ValueError, match="600"):
            await make().shelved(wrong)


def test_the_write_names_every_warehouse_and_takes_no_nonsense() -> None:
    draft = set_stock("1", "11", [Warehouse("7", 0), Warehouse("8", 4)])
    assert draft.path == "/product/202309/products/1/inventory/update"
    assert json.loads(draft.body or b"") == {
        "skus": [{"id": "11", "inventory": [
            {"warehouse_id": "7", "quantity": 0}, {"warehouse_id": "8", "quantity": 4},
        ]}]
    }  # fmt: skip
    for wrong in ([], [Warehouse("7", -1)], [Warehouse("7", 100_000)]):
        with pytest.raises(ValueError, match="stock needs"):
            set_stock("1", "11", wrong)


def error(code: int | None, sku: str | None = "11", *extra: int) -> dict[str, Any]:
    detail = {"sku_id": sku, "extra_errors": [{"warehouse_id": "7", "code": one} for one in extra]}
    return {"code": code, "message": "no", "detail": detail}


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (None, Kind.DONE, 0),
        ({}, Kind.DONE, 0),
        ({"errors": []}, Kind.DONE, 0),
        ({"errors": [error(12052393)]}, Kind.REFUSED, 12052393),
        ({"errors": [error(None, "11", 12052530)]}, Kind.REFUSED, 12052530),
        ({"errors": [error(77777, "11")]}, Kind.UNKNOWN, 77777),
        ({"errors": [error(12052393, "99")]}, Kind.UNKNOWN, 0),
        ({"errors": [error(12052393, None)]}, Kind.UNKNOWN, 0),
        ({"errors": [{"code": 12052393}]}, Kind.UNKNOWN, 0),
        ({"errors": "many"}, Kind.UNKNOWN, 0),
        ([1], Kind.UNKNOWN, 0),
    ],
)
def test_a_partial_failure_beside_code_zero(data: Any, kind: Kind, code: int | None) -> None:
    told = json.dumps({"code": 0, "message": "Success", "request_id": "R", "data": data}).encode()
    verdict = parse_set_stock(Reply(200, {}, told), "11")
    assert (verdict.kind, verdict.code) == (kind, code)


def test_other_answers_are_what_they_are_for_every_write() -> None:
    assert parse_set_stock(Reply(500, {}, b"oops"), "11").kind is Kind.UNKNOWN
    locked = b'{"code":12052393,"message":"locked","request_id":"R"}'
    assert parse_set_stock(Reply(200, {}, locked), "11").kind is Kind.REFUSED
