"""Returns in the sandbox: every decision, every wrong moment, and what buyers and the platform do by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shop.sandbox import returns
from shop.sandbox.deadlines import DAY, is_working_day
from shop.sandbox.orders import Return
from shop.sandbox.world import World
from tests.shop.aftersales_kit import (
    BASE,
    EMPTY,
    NO_PROOF,
    arrived,
    decide,
    kinds,
    order_in,
    request_id,
    returned,
    row_of,
)
from tests.shop.sandbox_kit import Client, Json, connected, small_world

SOME: Json = {"partial_refund": {"currency": "IDR", "amount": "5000"}}
NO: Json = {"reject_reason": NO_PROOF}


@pytest.fixture
def client() -> Iterator[Client]:
    with connected(small_world(400)) as it:
        yield it


@pytest.fixture
def world(client: Client) -> World:
    return client.sandbox.world


@pytest.mark.parametrize(
    ("kind", "decision", "body", "status"),
    [
        ("REFUND", "APPROVE_REFUND", {}, "RETURN_OR_REFUND_REQUEST_SUCCESS"),
        ("REFUND", "REJECT_REFUND", NO, "REFUND_OR_RETURN_REQUEST_REJECT"),
        ("REFUND", "OFFER_PARTIAL_REFUND", SOME, "AWAITING_BUYER_RESPONSE"),
        ("RETURN_AND_REFUND", "APPROVE_RETURN", {}, "AWAITING_BUYER_SHIP"),
        (
            "RETURN_AND_REFUND",
            "APPROVE_RETURN",
            {"buyer_keep_item": True},
            "RETURN_OR_REFUND_REQUEST_SUCCESS",
        ),
        ("RETURN_AND_REFUND", "REJECT_RETURN", NO, "REFUND_OR_RETURN_REQUEST_REJECT"),
        ("RETURN_AND_REFUND", "DIRECT_REFUND", {}, "RETURN_OR_REFUND_REQUEST_SUCCESS"),
        ("RETURN_AND_REFUND", "OFFER_PARTIAL_REFUND", SOME, "AWAITING_BUYER_RESPONSE"),
        ("REPLACEMENT", "APPROVE_REPLACEMENT", {}, "REPLACEMENT_REQUEST_COMPLETE"),
        ("REPLACEMENT", "REJECT_REPLACEMENT", NO, "REPLACEMENT_REQUEST_REJECT"),
        ("REPLACEMENT", "ISSUE_REPLACEMENT_REFUND", {}, "REPLACEMENT_REQUEST_REFUND_SUCCESS"),
    ],
)
def test_a_decision_that_fits(
    client: Client, world: World, kind: str, decision: str, body: Json, status: str
) -> None:
    order = returned(world, kind)
    assert "seller_next_action_response" in row_of(client, order, "returns")
    assert decide(client, order, decision, **body)["code"] == 0
    row = row_of(client, order, "returns")
    assert row["return_status"] == status
    assert "seller_next_action_response" not in row
    (effect,) = world.effects
    assert effect.kind == ("reject" if decision.startswith("REJECT") else "approve")
    assert effect.target == f"{request_id(world, order, 'return')}:{decision}"


def test_an_offer_is_told_with_its_amount(client: Client, world: World) -> None:
    order = returned(world, "REFUND")
    decide(client, order, "OFFER_PARTIAL_REFUND", **SOME)
    row = row_of(client, order, "returns")
    assert (row["seller_proposed_return_type"], row["partial_refund"]["amount"]) == ("PARTIAL_REFUND", "5000")


@pytest.mark.parametrize(
    ("decision", "body", "status", "arbitration"),
    [
        ("APPROVE_RECEIVED_PACKAGE", {}, "RETURN_OR_REFUND_REQUEST_SUCCESS", None),
        ("REJECT_RECEIVED_PACKAGE", {"reject_reason": EMPTY}, "REJECT_RECEIVE_PACKAGE", "IN_PROGRESS"),
    ],
)
def test_goods_that_came_back_are_checked(
    client: Client, world: World, decision: str, body: Json, status: str, arbitration: str | None
) -> None:
    order = arrived(world)
    (action,) = row_of(client, order, "returns")["seller_next_action_response"]
    assert action["action"] == "SELLER_RESPOND_RECEIVE_PACKAGE"
    assert decide(client, order, decision, **body)["code"] == 0
    row = row_of(client, order, "returns")
    assert (row["return_status"], row.get("arbitration_status")) == (status, arbitration)


RETURN, REFUND, SWAP = returns.RETURN, returns.REFUND, returns.SWAP
AT_SHIP = {"status": returns.TO_SHIP, "deadline": None}
ON_THE_WAY = {"status": returns.SHIPPED, "deadline": None}
GRANTED = {"status": returns.GRANTED, "deadline": None}
REJECTED = {"status": returns.REJECTED, "deadline": None}
JUDGED = {"status": returns.REJECTED, "deadline": None, "arbitration": "IN_PROGRESS"}


@pytest.mark.parametrize(
    ("kind", "fields", "decision", "body", "code"),
    [
        # the decision of another pending action
        (REFUND, {}, "APPROVE_RETURN", {}, 25020003),
        (RETURN, {}, "REJECT_REFUND", NO, 25020004),
        (SWAP, {}, "APPROVE_REFUND", {}, 25020003),
        (SWAP, {}, "OFFER_PARTIAL_REFUND", SOME, 25020003),
        # goods that are not there yet
        (RETURN, AT_SHIP, "APPROVE_RECEIVED_PACKAGE", {}, 25011013),
        (RETURN, ON_THE_WAY, "APPROVE_RECEIVED_PACKAGE", {}, 25020011),
        (RETURN, ON_THE_WAY, "REJECT_RECEIVED_PACKAGE", {"reject_reason": EMPTY}, 25020012),
        (RETURN, ON_THE_WAY, "APPROVE_RETURN", {}, 25020003),
        # too late
        (RETURN, AT_SHIP, "APPROVE_RETURN", {}, 25020010),
        (RETURN, AT_SHIP, "REJECT_RETURN", NO, 25011011),
        (REFUND, GRANTED, "APPROVE_REFUND", {}, 25020010),
        (REFUND, REJECTED, "APPROVE_REFUND", {}, 25011012),
        (REFUND, JUDGED, "APPROVE_REFUND", {}, 25011010),
        (REFUND, {"status": returns.CLOSED, "deadline": None}, "APPROVE_REFUND", {}, 25001003),
        (REFUND, {"status": returns.COMPLETE, "deadline": None}, "REJECT_REFUND", NO, 25001003),
        # partial refunds
        (REFUND, {"offer_refused": True}, "OFFER_PARTIAL_REFUND", SOME, 25011032),
        (REFUND, {}, "OFFER_PARTIAL_REFUND", {"partial_refund": {"currency": "USD", "amount": "5"}}, 25011032),
        (REFUND, {}, "OFFER_PARTIAL_REFUND", {"partial_refund": {"currency": "IDR", "amount": "0"}}, 25011032),
        (REFUND, {}, "OFFER_PARTIAL_REFUND", {"partial_refund": {"currency": "IDR", "amount": "9" * 12}}, 25011032),
        (REFUND, {}, "OFFER_PARTIAL_REFUND", {"partial_refund": {"currency": "IDR", "amount": "1.5"}}, 25011032),
        (REFUND, {}, "OFFER_PARTIAL_REFUND", {}, 36009004),
        (REFUND, {}, "APPROVE_REFUND", SOME, 36009004),
        # reasons
        (REFUND, {}, "REJECT_REFUND", {"reject_reason": "nope"}, 25001014),
        (REFUND, {}, "REJECT_REFUND", {"reject_reason": EMPTY}, 25001021),
        (REFUND, {}, "REJECT_REFUND", {}, 36009004),
        # no decisions
        (REFUND, {}, "APPROVE_EVERYTHING", {}, 36009004),
        (REFUND, {}, "APPROVE_REFUND", {"reject_reason": NO_PROOF}, 36009004),
        (REFUND, {}, "REJECT_REFUND", {"reject_reason": 5}, 36009004),
    ],
)  # fmt: skip
def test_a_decision_that_does_not_fit(
    client: Client, world: World, kind: str, fields: Json, decision: str, body: Json, code: int
) -> None:
    order = returned(world, kind, **fields)
    assert decide(client, order, decision, **body)["code"] == code
    assert kinds(client) == []


def test_a_quick_refund_forbids_rejecting_the_parcel(client: Client, world: World) -> None:
    order = arrived(world, quick=True)
    assert row_of(client, order, "returns")["is_quick_refund"] is True
    assert decide(client, order, "REJECT_RECEIVED_PACKAGE", reject_reason=EMPTY)["code"] == 25011025
    assert decide(client, order, "APPROVE_RECEIVED_PACKAGE")["code"] == 0


def test_an_unknown_return(client: Client, world: World) -> None:
    order = order_in(world, "DELIVERED")
    assert decide(client, order, "APPROVE_REFUND")["code"] == 25007006
    for strange in ("1", "40360", "4035" + request_id(world, order, "return")[4:]):
        path = f"{BASE}/202309/returns/{strange}/approve"
        assert client.post(path, {"decision": "APPROVE_REFUND"})["code"] == 25007006


def test_the_same_key_answers_the_same(client: Client, world: World) -> None:
    order = returned(world, "REFUND")
    replies = [decide(client, order, "OFFER_PARTIAL_REFUND", key="k", **SOME)["code"] for _ in range(2)]
    assert replies == [0, 0]
    assert kinds(client) == ["approve"]
    assert decide(client, order, "APPROVE_REFUND", key="k")["code"] == 36009004


# -- what happens by itself ------------------------------------------------------------------------------------


def walk(world: World, kind: str, *decisions: tuple[str, dict[str, Any]], **fields: Any) -> Return:
    """A return to its end: the decisions at the moments they fit, else nothing but time."""
    order = returned(world, kind, **fields)
    waiting = list(decisions)
    for _ in range(60):
        assert order.returned is not None
        if order.returned.status in returns.OVER:
            return order.returned
        if waiting and returns.action(order.returned):
            name, said = waiting.pop(0)
            order.returned = returns.decide(order.returned, name, world.now(), **said)
            continue
        at = returns.coming(world.pace, order, order.returned)
        assert at is not None
        world.clock.advance(max(0, at - world.now()))
        order.returned = returns.step(world.pace, order, order.returned, at)
    raise AssertionError("the return never ends")


def events(back: Return) -> list[str]:
    return [said.event for said in back.steps]


def many(kind: str, *decisions: tuple[str, dict[str, Any]], seeds: int = 24) -> list[Return]:
    return [walk(small_world(80, seed=seed), kind, *decisions) for seed in range(1, seeds)]


def test_silence_is_consent_or_the_buyer_withdraws() -> None:
    for kind in (REFUND, RETURN, SWAP):
        ways = [events(back)[1] for back in many(kind)]
        assert set(ways) <= {"SYSTEM_APPROVE", "BUYER_CANCEL"}
        assert ways.count("SYSTEM_APPROVE") > ways.count("BUYER_CANCEL")
    assert any(events(back)[1] == "BUYER_CANCEL" for back in many(REFUND, seeds=40))


def test_the_way_back() -> None:
    ends = many(RETURN, ("APPROVE_RETURN", {}))
    whole = [
        "BUYER_APPLY", "APPROVE_RETURN", "BUYER_SHIP", "PACKAGE_ARRIVED", "SYSTEM_APPROVE", "REFUNDED",
    ]  # fmt: skip
    complete = [back for back in ends if back.status == returns.COMPLETE]
    assert complete
    for back in complete:
        assert events(back) == whole
        assert back.tracking_number
    assert any(back.status == returns.CLOSED for back in many(RETURN, ("APPROVE_RETURN", {}), seeds=50))


def test_two_working_days_to_check_the_parcel() -> None:
    world = small_world(30)
    order = returned(world, status=returns.SHIPPED, deadline=None)
    assert order.returned is not None
    at = returns.coming(world.pace, order, order.returned)
    assert at is not None
    back = returns.step(world.pace, order, order.returned, at)
    assert back.deadline is not None
    assert returns.action(back) == "SELLER_RESPOND_RECEIVE_PACKAGE"
    first, last = (at + 25_200) // DAY + 1, (back.deadline + 25_200) // DAY
    assert sum(is_working_day(day) for day in range(first, last + 1)) == 2
    assert is_working_day(last)


def test_a_rejection_closes_or_goes_to_the_platform() -> None:
    ends = many(REFUND, ("REJECT_REFUND", {"reason": NO_PROOF}), seeds=40)
    sides = {back.arbitration for back in ends}
    assert sides == {"", "SUPPORT_BUYER", "SUPPORT_SELLER"}
    for back in ends:
        assert (back.status == returns.COMPLETE) is (back.arbitration == "SUPPORT_BUYER")


def test_a_rejected_parcel_is_judged() -> None:
    ends = many(RETURN, ("APPROVE_RETURN", {}), ("REJECT_RECEIVED_PACKAGE", {"reason": EMPTY}), seeds=30)
    judged = [back for back in ends if "REJECT_RECEIVED_PACKAGE" in events(back)]
    assert {back.arbitration for back in judged} == {"SUPPORT_BUYER", "SUPPORT_SELLER"}


def test_an_offer_is_taken_or_comes_back_once() -> None:
    ends = many(REFUND, ("OFFER_PARTIAL_REFUND", {"amount": 5_000}), seeds=30)
    assert all(back.offered == 5_000 for back in ends)
    assert {back.steps[2].event for back in ends if len(back.steps) > 2} >= {
        "BUYER_ACCEPT_OFFER",
        "BUYER_REFUSE_OFFER",
    }
    assert all(back.offer_refused is ("BUYER_REFUSE_OFFER" in events(back)) for back in ends)


def test_the_order_is_completed_when_its_return_is_over(client: Client, world: World) -> None:
    order = returned(world, "REFUND")
    decide(client, order, "APPROVE_REFUND")
    world.advance(4 * DAY)
    assert order.returned is not None
    assert (order.status, order.returned.status) == ("COMPLETED", returns.COMPLETE)


def test_a_new_shop_has_returns_at_several_steps() -> None:
    world = small_world(600)
    world.tick()
    statuses = {order.returned.status for order in world if order.returned is not None}
    assert {returns.PENDING, returns.TO_SHIP} <= statuses
    assert len(statuses) >= 3
    assert any(
        returns.action(order.returned) == "SELLER_RESPOND_RECEIVE_PACKAGE"
        for order in world
        if order.returned is not None
    )


def test_a_busy_shop_gets_every_kind_of_return() -> None:
    world = small_world(4_000)
    world.advance(3 * DAY)
    kinds_seen = {order.returned.kind for order in world if order.returned is not None}
    assert kinds_seen == {REFUND, RETURN, SWAP}
