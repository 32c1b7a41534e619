"""Cancellations and returns asked for over real HTTP: odd answers, then the fake platform."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from shop import answers, errors, writes
from shop.client import ShopClient
from shop.errors import Kind
from shop.http import HttpSeam
from shop.requests import Draft
from shop.sandbox import returns
from shop.sandbox.server import Sandbox, running_sandbox
from shop.sandbox.world import World
from store.request_facts import Proof, RequestDetail, decode
from tests.shop.aftersales_kit import NO_PROOF, OUT_OF_STOCK, PACKED, asked, order_in, request_id, returned
from tests.shop.client_kit import Make, coded, ok, query
from tests.shop.raw_server import RawServer
from tests.shop.sandbox_kit import id_of

Json = dict[str, Any]


async def test_the_filters_are_on_the_wire(platform: RawServer, make: Make) -> None:
    platform.answers(ok({"total_count": 0}), ok({"total_count": 0}))
    client = make()
    await client.search_returns(
        update_ge=1_500, statuses=["AWAITING_BUYER_SHIP"], request_ids=["4036"], page_size=10
    )
    await client.search_cancellations(request_ids=["4035"], order_ids=["58"])
    sent = [json.loads(talk.body) for talk in platform.talks]
    assert sent == [
        {
            "return_status": ["AWAITING_BUYER_SHIP"],
            "return_ids": ["4036"],
            "locale": "id-ID",
            "update_time_ge": 1,
        },
        {"cancel_ids": ["4035"], "order_ids": ["58"], "locale": "id-ID"},
    ]


async def test_decisions_are_asked_for_in_one_parameter(platform: RawServer, make: Make) -> None:
    platform.answers(ok({"decisions": [{"decision": "REJECT_REFUND", "eligible": True}, "odd", {}]}), ok({}))
    client = make()
    found = await client.decision_eligibility("4036", ["APPROVE_REFUND", "REJECT_REFUND"])
    assert [one.name for one in found.decisions] == ["REJECT_REFUND"]
    assert query(platform)["check_decisions"] == "APPROVE_REFUND,REJECT_REFUND"
    assert (await client.decision_eligibility("4036")).decisions == ()
    assert "check_decisions" not in query(platform)


@pytest.mark.parametrize("data", [{"records": 5}, {"records": {"a": 1}}, [1], "x"])
async def test_a_history_that_is_no_list(platform: RawServer, make: Make, data: object) -> None:
    platform.answers(ok(data))
    with pytest.raises(errors.BadReply):
        await make().return_records("4036")


async def test_a_history_with_odd_rows(platform: RawServer, make: Make) -> None:
    rows: list[Any] = [
        {"create_time": 9},
        None,
        "x",
        {"create_time": "7"},
        {"note": "kapan?"},
        {"create_time": []},
    ]
    platform.answers(ok({"records": rows}), ok({}))
    client = make()
    assert [one.at for one in (await client.return_records("4036")).records] == [None, None, 7_000, 9_000]
    assert await client.return_records("4036") == Proof()


YES = {"request_type": "CANCEL", "eligible": True, "available_reason_names": ["a", "b"]}
NO = {"request_type": "CANCEL", "eligible": False, "ineligible_code": 25001045}


@pytest.mark.parametrize(
    ("skus", "reasons"),
    [
        ([], []),
        ([{"line_item_eligibility": [YES]}], ["a", "b"]),
        ([{"line_item_eligibility": [YES, YES | {"available_reason_names": ["c", "b"]}]}], ["b"]),
        ([{"line_item_eligibility": [YES]}, {"line_item_eligibility": [YES]}], ["a", "b"]),
        ([{"line_item_eligibility": [YES]}, {"line_item_eligibility": [NO]}], []),
        ([{"line_item_eligibility": [YES, NO]}], []),
        ([{"line_item_eligibility": [YES, NO | {"request_type": "RETURN"}]}], ["a", "b"]),
        ([{"line_item_eligibility": [YES]}, {"line_item_eligibility": None}], []),
        ([{"line_item_eligibility": [YES | {"available_reason_names": None}]}], []),
        ([{"line_item_eligibility": [YES | {"eligible": None}]}], []),
    ],
)  # fmt: skip
async def test_the_whole_order_or_nothing(
    platform: RawServer, make: Make, skus: Any, reasons: list[str]
) -> None:
    platform.answers(ok({"sku_eligibility": skus}))
    assert await make().aftersale_eligibility("58") == reasons
    asked_for = query(platform)
    assert (asked_for["request_types"], asked_for["initiate_aftersale_user"]) == ("CANCEL", "SELLER")


async def test_a_sku_that_cannot_be_read_is_no_yes(platform: RawServer, make: Make) -> None:
    platform.answers(
        ok({"sku_eligibility": [{"line_item_eligibility": [YES]}, {"line_item_eligibility": 5}]})
    )
    with pytest.raises(errors.BadReply):
        await make().aftersale_eligibility("58")


@pytest.mark.parametrize(
    ("data", "total"),
    [
        ({"order_refund_amount": {"refund_total": "12500.00", "currency": "IDR"}}, 12_500),
        ({"order_refund_amount": {"refund_total": 0}}, 0),
        ({"order_refund_amount": {"refund_total": "banyak"}}, None),
        ({"order_refund_amount": None}, None),
        ({}, None),
    ],
)
async def test_what_a_refund_would_be(platform: RawServer, make: Make, data: Json, total: int | None) -> None:
    platform.answers(ok(data))
    assert await make().refund_preview("58", OUT_OF_STOCK) == total
    assert json.loads(platform.talks[0].body)["request_type"] == "CANCEL"


async def test_a_refused_read_is_an_error(platform: RawServer, make: Make) -> None:
    platform.answers(coded(25007006, "not found"))
    with pytest.raises(errors.Refused) as caught:
        await make().reject_reasons("4036")
    assert caught.value.code == 25007006


# -- the fake platform -----------------------------------------------------------------------------------------


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(World(seed=7, orders=400)) as running:
        yield running


@pytest.fixture
async def client(sandbox: Sandbox, seam: HttpSeam) -> AsyncIterator[ShopClient]:
    login = sandbox.credentials

    async def token(force: bool = False) -> str:
        return login.access_token

    yield ShopClient(
        seam,
        api_base=sandbox.url,
        app_key=login.app_key,
        app_secret=login.app_secret,
        token=token,
        cipher=login.shop_cipher,
        clock=lambda: int(sandbox.world.clock.now() * 1_000),
    )


async def send(client: ShopClient, sandbox: Sandbox, draft: Draft) -> Kind:
    prepared = client.prepare(draft, int(sandbox.world.clock.now()))
    return writes.parse_write(await client.send_prepared(prepared, 5.0)).kind


async def test_everything_the_searches_tell_is_understood(client: ShopClient) -> None:
    for page in (await client.search_cancellations(), await client.search_returns()):
        assert page.records
        assert page.rejected == []
        for found in page.records:
            detail = decode(found.detail, RequestDetail)
            assert detail is not None
            assert detail.lines
            assert detail.wire_type


async def test_a_seller_cancels(client: ShopClient, sandbox: Sandbox) -> None:
    world = sandbox.world
    order = order_in(world, "AWAITING_SHIPMENT", lambda it: bool(it.paid))
    order_id = id_of(world, order)
    reasons = await client.aftersale_eligibility(order_id)
    assert OUT_OF_STOCK in reasons
    assert await client.refund_preview(order_id, reasons[0]) == world.facts(order).total
    draft = answers.cancel_order(order_id, reasons[0])
    assert [await send(client, sandbox, draft) for _ in range(2)] == [Kind.DONE, Kind.ALREADY]
    assert await client.aftersale_eligibility(order_id) == []
    world.advance(3)
    (found,) = (await client.search_cancellations(order_ids=[order_id])).records
    assert found.status == "CANCELLATION_REQUEST_COMPLETE"
    assert [effect.kind for effect in world.effects] == ["cancel"]


async def test_a_seller_answers_a_buyer(client: ShopClient, sandbox: Sandbox) -> None:
    world = sandbox.world
    order = asked(world)
    number = request_id(world, order)
    (found,) = (await client.search_cancellations(request_ids=[number])).records
    assert found.next_action == "SELLER_RESPOND_CANCEL"
    reasons = await client.reject_reasons(number)
    assert PACKED in [one.name for one in reasons]
    offered = await client.decision_eligibility(number, ["REJECT_REQUEST_CANCEL"])
    assert (offered.decisions[0].eligible, list(offered.decisions[0].reasons)) == (True, reasons)
    draft = answers.answer_cancellation(
        number, approve=False, key="k1", reason=PACKED, comment="sudah dikemas"
    )
    assert [await send(client, sandbox, draft) for _ in range(2)] == [Kind.DONE, Kind.DONE]
    assert [effect.kind for effect in world.effects] == ["reject"]
    again = answers.answer_cancellation(number, approve=True, key="k2")
    assert await send(client, sandbox, again) is Kind.LOOK


async def test_a_seller_answers_a_return(client: ShopClient, sandbox: Sandbox) -> None:
    world = sandbox.world
    order = returned(world, returns.REFUND)
    number = request_id(world, order, "return")
    proof = await client.return_records(number)
    assert proof.records[0].role == "BUYER"
    assert proof.records[0].pictures
    draft = answers.answer_return(number, answers.OFFER, approve=True, key="k1", amount=5_000)
    assert [await send(client, sandbox, draft) for _ in range(2)] == [Kind.DONE, Kind.DONE]
    (found,) = (await client.search_returns(request_ids=[number])).records
    detail = decode(found.detail, RequestDetail)
    assert detail is not None
    assert (found.status, detail.offered, found.next_action) == ("AWAITING_BUYER_RESPONSE", 5_000, None)
    no = answers.answer_return(number, "REJECT_REFUND", approve=False, key="k2", reason=NO_PROOF)
    assert await send(client, sandbox, no) is Kind.LOOK
    assert [effect.kind for effect in world.effects] == ["approve"]


async def test_a_lost_answer_is_harmless_with_its_key(client: ShopClient, sandbox: Sandbox) -> None:
    world = sandbox.world
    number = request_id(world, returned(world, returns.REFUND), "return")
    draft = answers.answer_return(number, "APPROVE_REFUND", approve=True, key="k1")
    sandbox.platform.faults.set("cut-after@/return_refund*1")
    with pytest.raises(errors.Ambiguous):
        await send(client, sandbox, draft)
    assert await send(client, sandbox, draft) is Kind.DONE
    assert [effect.count for effect in world.effects] == [1]
