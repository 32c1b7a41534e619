"""Order lists of the fake platform: filters, order, pages, and lists that move while somebody reads them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shop.sandbox.platform import Platform
from shop.sandbox.search import Page, Sorting, paged
from tests.shop.sandbox_kit import DETAIL, MONDAY, SEARCH, Client, connected, id_of, small_world, some

BY_UPDATE = {"sort_field": "update_time", "sort_order": "ASC"}


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with connected(small_world(240)) as client:
        yield client


def test_pages_cover_everything_once_in_both_directions(client: Client) -> None:
    up = client.orders(None, {"sort_field": "create_time", "sort_order": "ASC"}, size=17)
    down = client.orders(None, {"sort_field": "create_time", "sort_order": "DESC"}, size=17)
    ids = [order["id"] for order in up]
    assert len(ids) == len(set(ids)) == 240
    assert ids == [order["id"] for order in reversed(down)]
    times = [order["create_time"] for order in up]
    assert times == sorted(times)


def test_without_parameters_the_oldest_come_first(client: Client) -> None:
    times = [
        order["create_time"] for order in client.post(SEARCH, extra={"page_size": "50"})["data"]["orders"]
    ]
    assert times == sorted(times)


def test_windows_are_half_open(client: Client) -> None:
    everything = client.orders(None, BY_UPDATE)
    middle = everything[120]["update_time"]
    before = client.orders({"update_time_lt": middle}, BY_UPDATE)
    after = client.orders({"update_time_ge": middle}, BY_UPDATE)
    assert all(order["update_time"] < middle for order in before)
    assert all(order["update_time"] >= middle for order in after)
    assert len(before) + len(after) == 240


def test_filters_agree_with_a_plain_look(client: Client) -> None:
    everything = client.orders()
    middle = sorted(order["create_time"] for order in everything)[120]
    for body in (
        {"order_status": "AWAITING_SHIPMENT"},
        {"is_buyer_request_cancel": True},
        {"shipping_type": "SELLER"},
        {"buyer_user_id": everything[3]["user_id"]},
        {"order_status": "COMPLETED", "create_time_ge": middle},
        {"create_time_lt": middle, "update_time_ge": middle},
    ):
        found = {order["id"] for order in client.orders(body, BY_UPDATE, size=7)}
        wanted = {
            order["id"]
            for order in everything
            if body.get("order_status", order["status"]) == order["status"]
            and body.get("is_buyer_request_cancel", order["is_buyer_request_cancel"])
            == order["is_buyer_request_cancel"]
            and body.get("shipping_type", order["shipping_type"]) == order["shipping_type"]
            and body.get("buyer_user_id", order["user_id"]) == order["user_id"]
            and order["create_time"] >= body.get("create_time_ge", 0)
            and order["create_time"] < body.get("create_time_lt", 2**40)
            and order["update_time"] >= body.get("update_time_ge", 0)
        }
        assert found == wanted, body
        assert found, body
        total = client.post(SEARCH, body, {"page_size": "1"})["data"]["total_count"]
        assert total == len(wanted), body


def test_an_empty_list_has_no_orders_key(client: Client) -> None:
    data = client.post(SEARCH, {"create_time_ge": MONDAY + 10**6}, {"page_size": "10"})["data"]
    assert data == {"next_page_token": "", "total_count": 0}


def test_detail_takes_fifty_ids_and_leaves_strangers_out(client: Client) -> None:
    ids = [order["id"] for order in client.orders()[:50]]
    assert {order["id"] for order in client.get(DETAIL, {"ids": ",".join(ids)})["data"]["orders"]} == set(ids)
    assert client.get(DETAIL, {"ids": ",".join([*ids, "1"])})["code"] == 36009004
    assert client.get(DETAIL, {"ids": ""})["code"] == 36009004
    assert client.get(DETAIL, {"ids": "580000000000000000,abc,-1"})["data"] == {}


def test_both_detail_versions_and_the_list_tell_the_same(client: Client) -> None:
    listed = client.orders({"order_status": "IN_TRANSIT"})[0]
    for path in (DETAIL, "/order/202309/orders"):
        assert client.get(path, {"ids": listed["id"]})["data"]["orders"] == [listed]


def test_the_order_object_keeps_the_platforms_habits(client: Client) -> None:
    world = client.sandbox.world
    unpaid = client.order(id_of(world, some(world, "UNPAID")))
    assert not {"paid_time", "packages", "recipient_address", "rts_sla_time", "tracking_number"} & set(unpaid)
    hold = client.order(id_of(world, some(world, "ON_HOLD")))
    assert hold["is_on_hold_order"] and "recipient_address" not in hold and hold["packages"]
    cancelled = client.order(id_of(world, some(world, "CANCELLED", collected=0)))
    assert cancelled["recipient_address"]["name"] == "" and cancelled["cancel_reason"]
    waiting = client.order(id_of(world, some(world, "AWAITING_SHIPMENT")))
    assert {level["address_level"] for level in waiting["recipient_address"]["district_info"]} >= {"L1", "L2"}
    assert "*" in waiting["recipient_address"]["name"] and "*" in waiting["recipient_address"]["phone_number"]
    assert int(waiting["payment"]["total_amount"]) > 0
    assert waiting["rts_sla_time"] <= waiting["tts_sla_time"] < waiting["shipping_due_time"]


def test_each_unit_is_a_line_item_and_the_sums_agree(client: Client) -> None:
    world = client.sandbox.world
    order = next(order for order in world if any(line.quantity > 1 for line in world.facts(order).lines))
    known, shown = world.facts(order), client.order(id_of(world, order))
    assert len(shown["line_items"]) == sum(line.quantity for line in known.lines)
    assert len({item["id"] for item in shown["line_items"]}) == len(shown["line_items"])
    subtotal = sum(int(item["sale_price"]) for item in shown["line_items"])
    assert subtotal == int(shown["payment"]["sub_total"]) == known.subtotal


def test_polling_with_an_overlap_misses_nothing_while_rows_move() -> None:
    """Rows move between the pages of every poll; a closed window with overlap still finds every change."""
    world = small_world(300, seed=3)
    platform = Platform(world, faults="page-drift")
    with connected(platform) as client:
        seen: dict[str, int] = {}
        watermark, repeats = 0, 0
        for _ in range(6):
            until = world.now() + 1
            body = {"update_time_ge": max(0, watermark - 120), "update_time_lt": until}
            for order in client.orders(body, BY_UPDATE, size=20):
                repeats += seen.get(order["id"]) is not None
                seen[order["id"]] = max(order["update_time"], seen.get(order["id"], 0))
            watermark = until
            world.advance(1800)
        platform.faults.set("")
        body = {"update_time_ge": watermark - 120}
        seen |= {order["id"]: order["update_time"] for order in client.orders(body, BY_UPDATE)}
        assert seen == {id_of(world, order): order.updated for order in world}
        assert repeats > 0, "nothing moved: the test proved nothing"


def test_a_row_may_be_told_outside_the_window_it_was_asked_for() -> None:
    world = small_world(100)
    platform = Platform(world)

    def move(page: Page) -> None:
        if page.keys:
            world.touch(world.at(page.keys[0] & ((1 << 26) - 1)))

    platform.on_page = move
    with connected(platform) as client:
        until = world.now() - 60
        listed = client.orders({"update_time_lt": until}, BY_UPDATE, size=50)
    assert any(order["update_time"] >= until for order in listed)


@pytest.mark.parametrize("descending", [False, True])
def test_a_page_after_a_row_that_is_gone_goes_on_at_its_place(descending: bool) -> None:
    keys = [10, 20, 30, 40]
    how = Sorting("update_time", descending, 2)
    first = paged(keys, 0, 4, how, "", "q")
    keys.remove(first.keys[-1])
    rest = paged(keys, 0, 3, how, first.next_token, "q")
    assert rest.keys == ([20, 10] if descending else [30, 40])
    assert rest.next_token == ""
