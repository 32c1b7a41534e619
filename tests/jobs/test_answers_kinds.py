"""Answering and cancelling over real HTTP: whatever is lost on the way, there is exactly one effect, and it is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import pytest
from msgspec.structs import replace

from jobs.aftersales.decisions import shows
from jobs.outbox.dispatch import Dispatcher
from jobs.outbox.kinds import KINDS
from jobs.outbox.kinds.answers import idempotency_key
from jobs.outbox.rules import Seen
from shop.sandbox import decisions, life, returns
from shop.sandbox.orders import Order
from shop.sandbox.world import World
from store.db import Store
from store.times import now_ms
from tests.conftest import by_engine
from tests.jobs.answers_kit import SPANS, Stage, claimed, on_stage
from tests.shop.aftersales_kit import (
    NO_PROOF,
    OUT_OF_STOCK,
    PACKED,
    arrived,
    asked,
    changed,
    order_in,
    returned,
)

FAULTS = (
    *("cut-after", "cut-before", "500-after", "500", "garbage", "half", "429:1:50ms"),
    *("internal-after", "timeout-after:1:300ms"),
)
"""What befalls the one write as it leaves."""
CANCEL = "/return_refund/202602/cancellations"
ANSWERS = "/return_refund/202309"

paid_order = partial(order_in, status="AWAITING_SHIPMENT", fits=lambda order: bool(order.paid))
asks_refund = partial(returned, kind=returns.REFUND)


def one_effect(stage: Stage, kind: str, target: str) -> None:
    """Exactly this was executed, once."""
    assert [(effect.kind, effect.target, effect.count) for effect in stage.effects] == [(kind, target, 1)]


@pytest.mark.parametrize(
    ("store_url", "fault"),
    by_engine(["", *FAULTS, "stale-reads:300ms,cut-after"], ["", "cut-after", "cut-before"]),
    indirect=["store_url"],
)
async def test_an_order_is_cancelled_once_whatever_is_lost(store: Store, fault: str) -> None:
    spec = f"{fault}@{CANCEL}*1" if fault else ""
    async with on_stage(store, paid_order) as (stage, (order,)):
        (row,) = await stage.send(await stage.cancel(order, "out_of_stock"), fault=spec)
        assert (row.state, row.kind) == ("done", "cancel")
        one_effect(stage, "cancel", row.order_id)
        assert stage.world.at(order.serial).cancel_key == OUT_OF_STOCK


ANSWERED = (
    (asked, "approve", None, "APPROVE_REQUEST_CANCEL", life.GRANTED),
    (asked, "reject", "been_packed", "REJECT_REQUEST_CANCEL", life.WITHDRAWN),
    (asks_refund, "approve", None, "APPROVE_REFUND", returns.GRANTED),
    (returned, "reject", "no_proof", "REJECT_RETURN", returns.REJECTED),
)
"""(how it came about, wish, reason, decision, what the platform shows then)."""


@pytest.mark.parametrize(
    ("prepare", "wish", "reason", "decision", "status", "fault"),
    # Every kind of answer is once executed and once lost, and each of the other faults befalls some kind.
    [
        *((*answered, fault) for answered in ANSWERED for fault in FAULTS[:2]),
        *((*ANSWERED[turn % len(ANSWERED)], fault) for turn, fault in enumerate(FAULTS[2:])),
    ],
)
async def test_a_request_is_answered_once_whatever_is_lost(
    store: Store,
    prepare: partial[Order],
    wish: str,
    reason: str | None,
    decision: str,
    status: str,
    fault: str,
) -> None:
    async with on_stage(store, prepare) as (stage, (order,)):
        request = stage.request(order)
        (row,) = await stage.send(await stage.answer(order, wish, reason), fault=f"{fault}@{ANSWERS}*1")
        assert (row.state, row.kind) == ("done", wish)
        one_effect(stage, wish, f"{request.request_id}:{decision}")
        await stage.sync.refresh([row.order_id])
        assert (stage.request(order).status, stage.request(order).next_action) == (status, None)


class Died(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("at", ["claimed", "read", "marked", "signed", "answered", "finished"])
async def test_whoever_dies_at_any_point_leaves_one_effect(store: Store, at: str) -> None:
    async with on_stage(store, asked, paid_order) as (stage, (request, order)):
        batches = [await stage.answer(request, "approve"), await stage.cancel(order, "out_of_stock")]

        def die(name: str) -> None:
            if name == at:
                raise Died

        first = Dispatcher(store, SPANS, now_ms, "dead", die, KINDS, time.monotonic)
        with pytest.raises(Died):
            await first.round(stage.shop, stage.client, lambda: True)
        await first.drain(1)
        assert [row.state for batch in batches for row in await stage.send(batch)] == ["done", "done"]
        assert sorted(effect.kind for effect in stage.effects) == ["approve", "cancel"]


@pytest.mark.parametrize(
    ("prepare", "wish", "reason", "amount", "decision", "status"),
    [
        (returned, "approve", None, None, "APPROVE_RETURN", returns.TO_SHIP),
        (returned, "DIRECT_REFUND", None, None, "DIRECT_REFUND", returns.GRANTED),
        (returned, "OFFER_PARTIAL_REFUND", None, 1_000, "OFFER_PARTIAL_REFUND", returns.OFFERED),
        (asks_refund, "reject", "no_proof", None, "REJECT_REFUND", returns.REJECTED),
        (arrived, "approve", None, None, "APPROVE_RECEIVED_PACKAGE", returns.GRANTED),
        (arrived, "reject", "parcel_empty", None, "REJECT_RECEIVED_PACKAGE", returns.PARCEL_REJECTED),
        (partial(returned, kind=returns.SWAP), "approve", None, None, "APPROVE_REPLACEMENT", returns.SWAP_COMPLETE),
        (
            partial(returned, kind=returns.SWAP), "ISSUE_REPLACEMENT_REFUND", None, None,
            "ISSUE_REPLACEMENT_REFUND", returns.SWAP_REFUNDED,
        ),
    ],
)  # fmt: skip
async def test_every_decision_shows_itself(
    store: Store,
    prepare: partial[Order],
    wish: str,
    reason: str | None,
    amount: int | None,
    decision: str,
    status: str,
) -> None:
    async with on_stage(store, prepare) as (stage, (order,)):
        # The answer is lost, so only the read can tell.
        batch = await stage.answer(order, wish, reason, amount)
        (row,) = await stage.send(batch, fault=f"cut-after@{ANSWERS}*1")
        assert row.state == "done"
        one_effect(stage, row.kind, f"{stage.request(order).request_id}:{decision}")
        await stage.sync.refresh([row.order_id])
        assert stage.request(order).status == status


async def test_what_a_colleague_has_done_before_is_done_and_nothing_is_sent(store: Store) -> None:
    async with on_stage(store, asked, paid_order) as (stage, (request, order)):
        answer, cancellation = (
            await stage.answer(request, "approve"),
            await stage.cancel(order, "wrong_price"),
        )
        with stage.world.lock:
            changed(
                stage.world,
                request,
                lambda it: life.accept_cancel(it, "BUYER", it.cancel_key, stage.world.now()),
            )
            changed(
                stage.world,
                order,
                lambda it: life.accept_cancel(it, "SELLER", OUT_OF_STOCK, stage.world.now()),
            )
        states = [row.state for batch in (answer, cancellation) for row in await stage.send(batch)]
        assert states == ["done", "done"]
        assert stage.effects == []


async def test_what_can_never_happen_any_more_is_refused_with_a_reason(store: Store) -> None:
    async with on_stage(store, asked, returned, paid_order) as (stage, (first, second, order)):
        world = stage.world
        batches = [
            await stage.answer(first, "reject", PACKED),
            await stage.answer(second, "reject", NO_PROOF),
            await stage.cancel(order, "out_of_stock"),
        ]
        changed(world, first, lambda it: life.close_request(it, world.now()))
        changed(world, second, _granted(world))
        changed(
            world,
            order,
            lambda it: setattr(it, "status", "IN_TRANSIT"),
        )
        told = [(row.state, row.reason) for batch in batches for row in await stage.send(batch)]
        assert told == [
            ("refused", "request_closed"), ("refused", "answered_otherwise"), ("refused", "with_courier"),
        ]  # fmt: skip
        assert stage.effects == []


def _granted(world: World) -> Callable[[Order], None]:
    def grant(order: Order) -> None:
        assert order.returned is not None
        order.returned = returns.decide(order.returned, "APPROVE_RETURN", world.now())

    return grant


async def test_a_buyer_who_asks_first_stops_the_sellers_own_cancellation(store: Store) -> None:
    async with on_stage(store, paid_order) as (stage, (order,)):
        batch = await stage.cancel(order, "out_of_stock")
        world = stage.world
        changed(world, order, lambda it: life.happen(world.pace, it, life.Event.BUYER_ASKS, world.now()))
        (row,) = await stage.send(batch)
        assert (row.state, row.reason) == ("refused", "buyer_asks")
        assert stage.effects == []


def unstoppable(world: World) -> Order:
    """The courier has the parcel, and the order does not show it yet."""
    return next(
        order
        for order in world
        if decisions.unstoppable(world.pace, order)
        and world.facts(order).fulfillment_type == "FULFILLMENT_BY_SELLER"
        and not order.ask_status
    )


def locked(world: World) -> Order:
    """The first call to cancel it meets a lock."""
    return next(
        order
        for order in world
        if decisions.locks(world.pace, order)
        and decisions.why_not_cancel(world.pace, order, world.facts(order)) is None
    )


async def test_a_refusal_keeps_the_platforms_code_and_words(store: Store) -> None:
    async with on_stage(store, unstoppable, count=400) as (stage, (order,)):
        (row,) = await stage.send(await stage.cancel(order, "wrong_price"))
        assert (row.state, row.code) == ("refused", 25001045)
        assert row.reason and "courier" in row.reason
        assert stage.effects == []


async def test_a_lock_passes_by_itself(store: Store) -> None:
    async with on_stage(store, locked, count=400) as (stage, (order,)):
        (row,) = await stage.send(await stage.cancel(order, "out_of_stock"))
        assert row.state == "done"
        one_effect(stage, "cancel", row.order_id)


def test_a_key_is_of_one_row_alone_and_the_same_for_every_attempt() -> None:
    row = claimed("approve", "1:APPROVE_REFUND")
    again = replace(row, attempts=3, state="unknown", fence=7, due_at=1)
    others = [replace(row, **{name: value}) for name, value in
              (("id", 2), ("shop_id", 2), ("target", "1:REJECT_REFUND"), ("requested_at", 5))]  # fmt: skip
    assert idempotency_key(row) == idempotency_key(again)
    assert len({idempotency_key(one) for one in (row, *others)}) == 5
    assert len(idempotency_key(row)) <= 255


@pytest.mark.parametrize(
    ("decision", "status", "waits_for", "sent", "seen", "problem"),
    [
        ("APPROVE_REFUND", "RETURN_OR_REFUND_REQUEST_PENDING", "SELLER_RESPOND_REFUND", True, Seen.NOT_DONE, None),
        ("APPROVE_REFUND", "RETURN_OR_REFUND_REQUEST_PENDING", None, True, Seen.NOT_DONE, None),
        ("APPROVE_REFUND", "RETURN_OR_REFUND_REQUEST_SUCCESS", None, False, Seen.DONE, None),
        ("REJECT_REFUND", "RETURN_OR_REFUND_REQUEST_SUCCESS", None, True, Seen.IMPOSSIBLE, "answered_otherwise"),
        ("REJECT_REFUND", "RETURN_OR_REFUND_REQUEST__CANCELLED", None, True, Seen.IMPOSSIBLE, "request_closed"),
        ("APPROVE_RETURN", "BUYER_SHIPPED_ITEM", "SELLER_RESPOND_RECEIVE_PACKAGE", True, Seen.DONE, None),
        ("APPROVE_RECEIVED_PACKAGE", "BUYER_SHIPPED_ITEM", "SELLER_RESPOND_RECEIVE_PACKAGE", True, Seen.NOT_DONE, None),
        ("REJECT_RETURN", "BUYER_SHIPPED_ITEM", "SELLER_RESPOND_RECEIVE_PACKAGE", True, Seen.IMPOSSIBLE,
         "answered_otherwise"),
        ("REJECT_REQUEST_CANCEL", "CANCELLATION_REQUEST_CANCELLED", None, True, Seen.DONE, None),
        ("REJECT_REQUEST_CANCEL", "CANCELLATION_REQUEST_CANCELLED", None, False, Seen.IMPOSSIBLE, "request_closed"),
        ("APPROVE_REQUEST_CANCEL", "CANCELLATION_REQUEST_CANCEL", None, True, Seen.IMPOSSIBLE, "request_closed"),
        ("APPROVE_REQUEST_CANCEL", "SOMETHING_NEW", None, True, Seen.UNREADABLE, "unknown_status"),
        ("APPROVE_REFUND", "", None, True, Seen.UNREADABLE, "unknown_status"),
    ],
)  # fmt: skip
def test_what_a_requests_state_shows(
    decision: str, status: str, waits_for: str | None, sent: bool, seen: Seen, problem: str | None
) -> None:
    assert shows(decision, status, waits_for, sent=sent) == (seen, problem)


def test_a_case_before_the_platforms_judges_is_not_ours_to_answer() -> None:
    pending = ("APPROVE_REFUND", "RETURN_OR_REFUND_REQUEST_PENDING", "SELLER_RESPOND_REFUND")
    assert shows(*pending, arbitrated=True) == (Seen.IMPOSSIBLE, "arbitration")
    assert shows("REJECT_RECEIVED_PACKAGE", "REJECT_RECEIVE_PACKAGE", None, arbitrated=True).seen is Seen.DONE
