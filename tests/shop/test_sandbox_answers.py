"""Buyers' requests to cancel are answered: once, with a reason that fits, in time; and faults change nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from shop.sandbox import life
from shop.sandbox.world import World
from tests.shop.aftersales_kit import (
    BASE,
    DAY,
    PACKED,
    answer,
    asked,
    cancel,
    changed,
    kinds,
    order_in,
    request_id,
    row_of,
    unstoppable,
)
from tests.shop.sandbox_kit import Client, connected, id_of, small_world


@pytest.fixture
def client() -> Iterator[Client]:
    with connected(small_world(400)) as it:
        yield it


@pytest.fixture
def world(client: Client) -> World:
    return client.sandbox.world


def test_a_request_is_approved(client: Client, world: World) -> None:
    order = asked(world)
    row = row_of(client, order)
    assert row["seller_next_action_response"] == [
        {"action": "SELLER_RESPOND_CANCEL", "deadline": world.now() + 2 * DAY}
    ]
    assert answer(client, order, yes=True)["code"] == 0
    assert row_of(client, order)["cancel_status"] == "CANCELLATION_REQUEST_SUCCESS"
    assert answer(client, order, yes=True)["code"] == 25020010
    world.advance(life.STOPPING)
    assert (order.status, order.cancel_by) == ("CANCELLED", "BUYER")
    assert row_of(client, order)["cancel_status"] == "CANCELLATION_REQUEST_COMPLETE"
    assert answer(client, order, yes=False, reject_reason=PACKED)["code"] == 25020009
    (effect,) = world.effects
    assert (effect.kind, effect.target) == ("approve", f"{request_id(world, order)}:APPROVE_REQUEST_CANCEL")


def test_a_request_is_rejected_and_the_order_goes_on(client: Client, world: World) -> None:
    order = asked(world)
    assert answer(client, order, yes=False, reject_reason=PACKED, comment="maaf 🙏")["code"] == 0
    assert row_of(client, order)["cancel_status"] == "CANCELLATION_REQUEST_CANCELLED"
    shown = client.order(id_of(world, order))
    assert (shown["status"], shown["is_buyer_request_cancel"]) == ("AWAITING_COLLECTION", False)
    assert answer(client, order, yes=True)["code"] == 25011012
    assert answer(client, order, yes=False, reject_reason=PACKED)["code"] == 25011011
    assert kinds(client) == ["reject"]
    world.advance(2 * DAY)
    assert order.status in ("IN_TRANSIT", "DELIVERED", "CANCELLED")
    assert not order.collected or order.collected > order.answered


def test_a_seller_may_cancel_after_a_withdrawn_request(client: Client, world: World) -> None:
    order = asked(world)
    changed(world, order, lambda it: life.close_request(it, world.now()))
    assert cancel(client, order)["code"] == 0
    row = row_of(client, order)
    assert (row["cancel_type"], row["cancel_id"]) == ("CANCEL", request_id(world, order, "own"))


def test_a_reason_must_be_one_of_those_offered(client: Client, world: World) -> None:
    order = asked(world, "AWAITING_SHIPMENT")
    assert answer(client, order, yes=False)["code"] == 36009004
    assert answer(client, order, yes=False, reject_reason="nope")["code"] == 25001014
    delivered = "order_manage_list_action_respond_popup_reject_reason_delivered"
    assert answer(client, order, yes=False, reject_reason=delivered)["code"] == 25001021
    assert answer(client, order, yes=True, decision="APPROVE")["code"] == 36009004
    assert kinds(client) == []


def test_a_sellers_own_cancellation_cannot_be_answered(client: Client, world: World) -> None:
    order = order_in(world, "AWAITING_SHIPMENT")
    cancel(client, order)
    path = f"{BASE}/202309/cancellations/{request_id(world, order, 'own')}/approve"
    assert client.post(path)["code"] == 25001003


def test_a_courier_that_cannot_be_stopped_leaves_only_a_no() -> None:
    world, order = unstoppable()
    with connected(world) as client:
        changed(world, order, lambda it: life.happen(world.pace, it, life.Event.BUYER_ASKS, world.now()))
        assert answer(client, order, yes=True)["code"] == 25001045
        assert answer(client, order, yes=False, reject_reason=PACKED)["code"] == 0


# -- keys and faults -------------------------------------------------------------------------------------------


def test_the_same_key_answers_the_same_and_does_nothing(client: Client, world: World) -> None:
    order = asked(world)
    replies = [answer(client, order, yes=False, key="k1", reject_reason=PACKED) for _ in range(3)]
    assert [reply["code"] for reply in replies] == [0, 0, 0]
    assert kinds(client) == ["reject"]
    other = answer(client, order, yes=False, key="k1", reject_reason=PACKED, comment="lain")
    assert other["code"] == 36009004
    assert "used for another" in other["message"]
    assert answer(client, order, yes=False, key="k" * 256, reject_reason=PACKED)["code"] == 36009004


def test_a_refused_call_leaves_its_key_unused(client: Client, world: World) -> None:
    order = asked(world)
    assert answer(client, order, yes=False, key="k1", reject_reason="nope")["code"] == 25001014
    assert answer(client, order, yes=False, key="k1", reject_reason=PACKED)["code"] == 0


@pytest.mark.parametrize(
    ("fault", "executed"),
    [
        ("cut-before", 0),
        ("500", 0),
        ("429", 0),
        ("cut-after", 1),
        ("500-after", 1),
        ("garbage", 1),
        ("half", 1),
    ],
)
def test_faults_strike_before_or_after_the_effect(fault: str, executed: int) -> None:
    with connected(small_world(400), faults=f"{fault}@{BASE}*2") as client:
        world = client.sandbox.world
        order, other = order_in(world, "AWAITING_SHIPMENT"), asked(world)

        def lost(call: Callable[[], Any]) -> None:
            with suppress(httpx.HTTPError, ValueError):
                call()

        lost(lambda: cancel(client, order))
        lost(lambda: answer(client, other, yes=True, key="k"))
        assert sorted(kinds(client)) == ["approve", "cancel"] * executed
        assert cancel(client, order)["code"] == (25001011 if executed else 0)
        assert answer(client, other, yes=True, key="k")["code"] == 0
        assert sorted(kinds(client)) == ["approve", "cancel"]


def test_without_the_guard_doubles_are_counted(client: Client, world: World) -> None:
    client.sandbox.platform.faults.set("no-duplicate-guard")
    client.sandbox.platform.obey()
    order, other = order_in(world, "AWAITING_SHIPMENT"), asked(world)
    for _ in range(2):
        cancel(client, order)
        answer(client, other, yes=True, key="k")
    counts = [(effect.kind, effect.count) for effect in world.effects]
    assert counts == [("cancel", 1), ("approve", 1), ("cancel", 2), ("approve", 2)]


def test_reads_may_lag_behind_an_answer(client: Client, world: World) -> None:
    order = asked(world)
    world.advance(0)
    client.sandbox.platform.faults.set("stale-reads:60s")
    answer(client, order, yes=True)
    before = client.post(f"{BASE}/202602/cancellations/search", {"order_ids": [id_of(world, order)]})
    assert before["data"]["total_count"] == 0, "the replica does not know of the request either"
    client.sandbox.platform.faults.set("")
    assert row_of(client, order)["cancel_status"] == "CANCELLATION_REQUEST_SUCCESS"
