"""What may be answered and the buyer's proof: read when a request is new or changed, one failure at a time."""

from __future__ import annotations

from functools import partial

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, text

from jobs.aftersales.decisions import STAGES
from jobs.intake.requests import RequestsReport
from shop.errors import LoginNeeded
from shop.sandbox import life, returns
from shop.sandbox.orders import Order
from store import requests
from store.db import Store
from store.request_facts import Answers
from store.times import HOUR
from store.views import RequestRow
from tests.jobs.answers_kit import NOW, Stage, on_stage
from tests.shop.aftersales_kit import arrived, asked, changed, returned

ELIGIBILITY = "/return_refund/202601/decision_eligibility"


def rows(stage: Stage, *, open_only: bool = True) -> list[RequestRow]:
    reader = stage.store.reader()
    try:
        return reader.requests(open_only=open_only)
    finally:
        reader.close()


async def test_open_requests_bring_their_answers_and_the_buyers_proof(store: Store) -> None:
    prepared = (asked, returned, partial(returned, kind=returns.REFUND), arrived)
    async with on_stage(store, *prepared) as (stage, made):
        for order in made:
            row = stage.request(order)
            assert row.options is not None and row.looked_at is not None
            stage_of_it = STAGES[row.next_action or ""]
            assert {one.name for one in row.options.decisions} <= set(stage_of_it.all)
            refusal = next(one for one in row.options.decisions if one.name.startswith("REJECT_"))
            assert refusal.eligible and refusal.reasons and all(reason.text for reason in refusal.reasons)
            if row.kind == "cancel":
                assert row.proof is None
            else:
                assert row.proof is not None and row.proof.records[0].role == "BUYER"
        deadlines = [row.deadline_at for row in rows(stage) if row.deadline_at is not None]
        assert deadlines == sorted(deadlines)


async def test_what_did_not_change_is_not_read_again_and_what_did_is(store: Store) -> None:
    async with on_stage(store, returned) as (stage, (order,)):
        # The look of the same second is taken once more; from then on all is quiet.
        await stage.store.awrite(_later)
        stage.faults(f"500@{ELIGIBILITY}")
        report = await stage.sync.run_once()
        assert (report.looked, report.unreadable) == (0, 0)
        stage.faults("")
        first = stage.request(order)
        stage.world.advance(60)
        changed(stage.world, order, partial(_granted, at=stage.world.now()))
        changed(stage.world, order, partial(_arrives, at=stage.world.now()))
        assert (await stage.sync.run_once()).looked == 1
        again = stage.request(order)
        assert again.next_action == "SELLER_RESPOND_RECEIVE_PACKAGE" != first.next_action
        assert again.options is not None and first.options is not None
        assert {one.name for one in again.options.decisions}.isdisjoint(
            one.name for one in first.options.decisions
        )


async def test_a_platform_without_an_eligibility_answer_still_tells_its_reasons(store: Store) -> None:
    async with on_stage(store, asked, faults=f"internal@{ELIGIBILITY}") as (stage, (order,)):
        options = stage.request(order).options
        assert options is not None
        assert [one.name for one in options.decisions] == ["APPROVE_REQUEST_CANCEL", "REJECT_REQUEST_CANCEL"]
        assert options.decisions[1].reasons and options.decisions[0].reasons == ()


async def test_one_failing_read_stops_neither_the_others_nor_the_job(store: Store) -> None:
    async with on_stage(store, asked, returned) as (stage, (first, second)):
        for order in (first, second):
            await stage.store.awrite(partial(_forget, pk=stage.request(order).pk))
        failing = stage.request(first).request_id
        ask = stage.client.decision_eligibility

        async def sometimes(request_id: str, decisions: object = ()) -> Answers:
            if request_id == failing:
                raise ValueError("an answer of another shape")
            return await ask(request_id)

        stage.client.decision_eligibility = sometimes  # type: ignore[method-assign]
        report = await stage.sync.look(RequestsReport())
        assert (report.looked, report.unreadable) == (2, 1)
        assert stage.request(first).options is None
        assert stage.request(second).options is not None and stage.request(second).proof is not None


async def test_a_dead_login_is_told_and_not_swallowed(store: Store) -> None:
    async with on_stage(store, asked) as (stage, (order,)):
        await stage.store.awrite(partial(_forget, pk=stage.request(order).pk))

        async def refused(*_: object, **__: object) -> Answers:
            raise LoginNeeded("the token is dead")

        stage.client.decision_eligibility = refused  # type: ignore[method-assign]
        with pytest.raises(LoginNeeded):
            await stage.sync.look(RequestsReport())


async def test_a_named_request_is_read_at_once(store: Store) -> None:
    async with on_stage(store, asked) as (stage, (order,)):
        pk = stage.request(order).pk
        await stage.store.awrite(
            lambda conn: requests.looked(conn, pk, NOW + HOUR, proof=None, options=Answers())
        )
        await stage.sync.look_at([pk, 999])
        options = stage.request(order).options
        assert options is not None and options.decisions


async def test_requests_of_one_order_are_read_again_after_an_answer(store: Store) -> None:
    async with on_stage(store, asked) as (stage, (order,)):
        (row,) = await stage.send(await stage.answer(order, "approve"))
        assert stage.request(order).next_action is not None
        await stage.sync.refresh([row.order_id])
        assert stage.request(order).next_action is None
        feed = await stage.store.aread(_feed)
        assert ("request.answered", "sari", life.GRANTED) in feed


def _later(conn: Connection) -> None:
    conn.execute(text("UPDATE requests SET looked_at = looked_at + 2000 WHERE looked_at IS NOT NULL"))


def _forget(conn: Connection, pk: int) -> None:
    """As if nobody had looked yet."""
    conn.execute(
        text("UPDATE requests SET looked_at = NULL, options = NULL, proof = NULL WHERE id = :pk"), {"pk": pk}
    )


def _feed(conn: Connection) -> list[tuple[str, str, str | None]]:
    return [tuple(row) for row in conn.execute(text("SELECT kind, actor, new FROM changes ORDER BY seq"))]


def _granted(order: Order, at: int) -> None:
    assert order.returned is not None
    order.returned, order.updated = returns.decide(order.returned, "APPROVE_RETURN", at), at


def _arrives(order: Order, at: int) -> None:
    assert order.returned is not None
    order.returned = replace(order.returned, status=returns.SHIPPED, deadline=at + 86_400, since=at)
