"""Finance in the sandbox: daily statements that add up and never change, and every parameter that is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shop.sandbox.deadlines import DAY
from shop.sandbox.world import World
from tests.shop.sandbox_kit import Client, Json, connected, small_world

STATEMENTS = "/finance/202309/statements"
UNSETTLED = "/finance/202507/orders/unsettled"
BY_TIME = {"sort_field": "statement_time"}
BY_ORDER = {"sort_field": "order_create_time"}


@pytest.fixture
def client() -> Iterator[Client]:
    with connected(small_world(300)) as it:
        yield it


@pytest.fixture
def world(client: Client) -> World:
    return client.sandbox.world


def listed(client: Client, path: str, name: str, query: dict[str, str]) -> list[Json]:
    """Every entry of every page."""
    found: list[Json] = []
    while True:
        page = client.get(path, query)
        assert page["code"] == 0, page
        found += page["data"][name]
        assert page["data"]["total_count"] >= len(found)
        if not page["data"]["next_page_token"]:
            return found
        query = query | {"page_token": page["data"]["next_page_token"]}


def whole(text: str) -> int:
    return int(float(text))


def transactions(statement_id: str) -> str:
    return f"/finance/202501/statements/{statement_id}/statement_transactions"


def test_statements_are_cut_at_midnight_and_add_up(client: Client, world: World) -> None:
    told = listed(client, STATEMENTS, "statements", BY_TIME | {"page_size": "7"})
    assert len(told) > 14
    assert [one["statement_time"] for one in told] == sorted(one["statement_time"] for one in told)
    assert all(one["statement_time"] % DAY == 0 for one in told)
    seen: set[str] = set()
    for one in told:
        rows = listed(client, transactions(one["id"]), "transactions", BY_ORDER | {"page_size": "3"})
        assert sum(whole(row["settlement_amount"]) for row in rows) == whole(one["settlement_amount"])
        for row in rows:
            parts = ("revenue_amount", "shipping_cost_amount", "fee_tax_amount")
            charged = sum(whole(row[name]) for name in parts) + whole(row.get("adjustment_amount", "0"))
            assert charged == whole(row["settlement_amount"])
            assert row["id"] not in seen
            seen.add(row["id"])
    assert {one["payment_status"] for one in told} <= {"PAID", "PROCESSING", "FAILED"}


def test_an_order_is_settled_three_days_after_it_arrived(client: Client, world: World) -> None:
    order = next(
        order for order in world
        if order.status == "DELIVERED" and not world.facts(order).tokopedia and order.returned is None
        and world.pace.chance(order, 2_000) < 0.9
    )  # fmt: skip
    order_id = world.numbers.order_id(order.serial)
    path = f"/finance/202501/orders/{order_id}/statement_transactions"
    before = listed(client, STATEMENTS, "statements", BY_TIME)
    waiting = {row["order_id"]: row for row in listed(client, UNSETTLED, "transactions", BY_ORDER)}
    assert "sku_transactions" not in client.get(path)["data"]
    client.sandbox.world.advance(order.delivered + 3 * DAY - world.now() + DAY)
    found = client.get(path)["data"]
    (row,) = found["sku_transactions"]
    assert row["settlement_amount"] == waiting[order_id]["est_settlement_amount"]
    cut = int(row["statement_id"][3:]) * DAY
    assert 0 < cut - (order.delivered + 3 * DAY) <= DAY
    assert order_id not in {row["order_id"] for row in listed(client, UNSETTLED, "transactions", BY_ORDER)}
    after = {one["id"]: one for one in listed(client, STATEMENTS, "statements", BY_TIME)}
    for one in before:
        told = after[one["id"]]
        assert told["settlement_amount"] == one["settlement_amount"]


def test_what_was_settled_and_then_refunded_is_taken_off(client: Client, world: World) -> None:
    listed(client, STATEMENTS, "statements", BY_TIME)
    world.advance(30 * DAY)
    rows: list[Json] = []
    for one in listed(client, STATEMENTS, "statements", BY_TIME):
        rows += listed(client, transactions(one["id"]), "transactions", BY_ORDER)
    refunded = [
        row for row in rows
        if whole(row.get("revenue_breakdown", {}).get("refund_subtotal_before_discount_amount", "0"))
    ]  # fmt: skip
    adjusted = [row for row in rows if row["type"] == "ADJUSTMENT"]
    assert refunded and adjusted
    assert all(row["adjustment_order_id"] and "order_id" not in row for row in adjusted)


def test_a_faster_shop_is_paid_sooner() -> None:
    with connected(small_world(120, speed=1_440)) as client:
        before = len(listed(client, STATEMENTS, "statements", BY_TIME))
        client.sandbox.world.advance(10 * 60)  # ten of its days
        told = listed(client, STATEMENTS, "statements", BY_TIME)
        assert len(told) >= before + 3
        assert all(one["statement_time"] <= client.sandbox.world.now() for one in told)


def test_windows_and_states_choose(client: Client) -> None:
    told = listed(client, STATEMENTS, "statements", BY_TIME)
    middle = told[5]["statement_time"]
    since = listed(client, STATEMENTS, "statements", BY_TIME | {"statement_time_ge": str(middle)})
    until = listed(client, STATEMENTS, "statements", BY_TIME | {"statement_time_lt": str(middle)})
    assert until + since == told and since[0]["statement_time"] == middle
    paid = listed(client, STATEMENTS, "statements", BY_TIME | {"payment_status": "PAID"})
    assert paid == [one for one in told if one["payment_status"] == "PAID"]
    newest = client.get(STATEMENTS, BY_TIME | {"sort_order": "DESC", "page_size": "1"})["data"]["statements"]
    assert newest == told[-1:]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (STATEMENTS, {}),
        (STATEMENTS, {"sort_field": "create_time"}),
        (STATEMENTS, BY_TIME | {"page_size": "0"}),
        (STATEMENTS, BY_TIME | {"page_size": "101"}),
        (STATEMENTS, BY_TIME | {"page_size": "x"}),
        (STATEMENTS, BY_TIME | {"sort_order": "UP"}),
        (STATEMENTS, BY_TIME | {"payment_status": "SETTLED"}),
        (STATEMENTS, BY_TIME | {"statement_time_ge": "gestern"}),
        (STATEMENTS, BY_TIME | {"page_token": "abc"}),
        (STATEMENTS, BY_TIME | {"strange": "1"}),
        (transactions("7380000000000000001"), BY_ORDER),
        (transactions("1"), BY_ORDER),
        (UNSETTLED, BY_TIME),
        ("/finance/202501/orders/580000000000000001/statement_transactions", {}),
    ],
)
def test_what_the_platform_cannot_use_is_refused(client: Client, path: str, query: dict[str, Any]) -> None:
    reply = client.send("GET", path, client.query(query))
    assert (reply.status_code, reply.json()["code"]) == (400, 36009004)


def test_a_token_without_the_scope_is_refused(client: Client) -> None:
    client.sandbox.platform.account.scopes.discard("seller.finance.info")
    assert client.get(STATEMENTS, BY_TIME)["code"] == 105005
