"""Writes: signed once, sent once, told apart package by package."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from shop import answers, writes
from shop.client import ShopClient
from shop.errors import Ambiguous, Kind, LoginNeeded, NotSent, ShopError, classify
from shop.http import HttpSeam
from shop.limiter import RateLimiter
from shop.requests import Draft
from shop.signing import verify
from shop.writes import PickupSlot, SelfShipment, ShipItem
from tests.shop.raw_server import Answer, RawServer, drip, half, hang, http_answer, reset

THEN = 1767225600


async def token(force: bool = False) -> str:
    return "CANARY-T"


@pytest.fixture
def client(platform: RawServer, seam: HttpSeam) -> ShopClient:
    return ShopClient(
        seam, api_base=platform.url, app_key="app", app_secret="CANARY-S", token=token, cipher="C"
    )


def body(draft: Draft) -> Any:
    return json.loads(draft.body or b"null")


def test_one_package_has_a_call_of_its_own() -> None:
    draft = writes.ship([ShipItem("1150000000000000001")])
    assert (draft.method, draft.path, draft.body) == (
        "POST",
        "/fulfillment/202309/packages/1150000000000000001/ship",
        b"{}",
    )


def test_several_packages_share_a_call() -> None:
    draft = writes.ship([ShipItem("1"), ShipItem("2", handover="DROP_OFF")])
    assert draft.path == "/fulfillment/202309/packages/ship"
    assert body(draft) == {"packages": [{"id": "1"}, {"id": "2", "handover_method": "DROP_OFF"}]}


def test_a_slot_means_pick_up() -> None:
    draft = writes.ship([ShipItem("1", slot=PickupSlot(1767225600_000, 1767229200_000))])
    assert body(draft) == {
        "handover_method": "PICKUP",
        "pickup_slot": {"start_time": 1767225600, "end_time": 1767229200},
    }


def test_the_sellers_own_courier() -> None:
    draft = writes.ship([ShipItem("1", self_shipment=SelfShipment("JX1", "661"))])
    assert body(draft) == {"self_shipment": {"tracking_number": "JX1", "shipping_provider_id": "661"}}


@pytest.mark.parametrize(
    "ids", [[], ["1"] * 2, [str(n) for n in range(51)], [""], ["../1"], ["1", "2/3"], ["1?a=b"]]
)
def test_what_is_no_ship_call(ids: list[str]) -> None:
    with pytest.raises(ValueError, match=r"packages|usable"):
        writes.ship([ShipItem(package_id) for package_id in ids])


def test_fifty_fit() -> None:
    assert len(body(writes.ship([ShipItem(str(n)) for n in range(50)]))["packages"]) == 50


def test_cancelling_an_order() -> None:
    draft = answers.cancel_order("5", "seller_cancel_reason_out_of_stock")
    assert draft.path == "/return_refund/202602/cancellations"
    assert body(draft) == {"order_id": "5", "cancel_reason": "seller_cancel_reason_out_of_stock"}


def test_answering_a_request_carries_its_key_in_the_query() -> None:
    yes = answers.answer_cancellation("41", approve=True, key="k")
    no = answers.answer_cancellation("41", approve=False, key="k", reason="packed", comment="maaf – ya")
    assert (yes.path, yes.query, yes.body) == (
        "/return_refund/202309/cancellations/41/approve",
        {"idempotency_key": "k"},
        None,
    )
    assert no.path.endswith("/41/reject")
    assert body(no) == {"reject_reason": "packed", "comment": "maaf – ya"}
    back = answers.answer_return("42", "REJECT_RETURN", approve=False, key="k", reason="r")
    assert back.path == "/return_refund/202309/returns/42/reject"
    assert body(back) == {"decision": "REJECT_RETURN", "reject_reason": "r"}


async def test_a_write_is_signed_when_it_is_prepared(platform: RawServer, client: ShopClient) -> None:
    platform.answers(http_answer(b'{"code":0,"data":{}}'))
    prepared = client.prepare_ship([ShipItem("1"), ShipItem("2")], THEN)
    for _ in range(2):
        await client.send_prepared(prepared, 5.0)
    first, second = platform.talks
    assert (first.target, first.body) == (second.target, second.body)
    url = urlsplit(first.target)
    sent = dict(parse_qsl(url.query))
    assert sent["timestamp"] == str(THEN)
    assert verify(sent["sign"], url.path, sent, first.body, "CANARY-S")
    assert first.headers["x-tts-access-token"] == "CANARY-T"
    assert first.connection != second.connection


async def test_the_answer_is_read_package_by_package(platform: RawServer, client: ShopClient) -> None:
    errors = [{"code": 21011040, "message": "shipped", "detail": {"package_id": "2"}}]
    platform.answers(http_answer(json.dumps({"code": 0, "data": {"errors": errors}})))
    reply = await client.send_prepared(client.prepare_ship([ShipItem("1"), ShipItem("2")], THEN), 5.0)
    verdicts = client.parse_ship(reply, ["1", "2"])
    assert (verdicts["1"].kind, verdicts["2"].kind) == (Kind.DONE, Kind.ALREADY)


async def test_the_platforms_pause_is_passed_on(platform: RawServer, client: ShopClient) -> None:
    platform.answers(http_answer(b'{"code":36009002}', 429, retry_after="9"))
    reply = await client.send_prepared(client.prepare_ship([ShipItem("1")], THEN), 5.0)
    verdict = writes.parse_write(reply)
    assert (verdict.kind, verdict.retry_after) == (Kind.NOT_SENT, 9.0)


@pytest.mark.parametrize("answer", [reset, half, hang, drip, http_answer(b"x" * 9_000_000)])
async def test_an_unclear_answer_is_never_tried_again(
    platform: RawServer, client: ShopClient, answer: Answer
) -> None:
    platform.answers(answer)
    with pytest.raises(Ambiguous) as caught:
        await client.send_prepared(client.prepare_ship([ShipItem("1")], THEN), 0.5)
    assert classify(caught.value).kind is Kind.UNKNOWN
    assert len(platform.talks) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_trouble_of_theirs_is_never_tried_again(
    platform: RawServer, client: ShopClient, status: int
) -> None:
    platform.answers(http_answer(b"oops", status))
    reply = await client.send_prepared(client.prepare_ship([ShipItem("1")], THEN), 5.0)
    assert writes.parse_ship(reply, ["1"])["1"].kind is Kind.UNKNOWN
    assert len(platform.talks) == 1


async def test_nothing_listens(seam: HttpSeam, unused_url: str) -> None:
    client = ShopClient(seam, api_base=unused_url, app_key="a", app_secret="s", token=token)
    with pytest.raises(NotSent) as caught:
        await client.send_prepared(client.prepare_ship([ShipItem("1")], THEN), 5.0)
    assert classify(caught.value).kind is Kind.NOT_SENT


async def test_a_deadline_in_the_queue_means_that_nothing_left(platform: RawServer, seam: HttpSeam) -> None:
    async def slow(force: bool = False) -> str:
        await asyncio.Event().wait()
        return ""

    client = ShopClient(seam, api_base=platform.url, app_key="a", app_secret="s", token=slow)
    with pytest.raises(NotSent):
        await client.send_prepared(client.prepare_ship([ShipItem("1")], THEN), 0.05)
    tired = RateLimiter(rate=0.01)
    await tired.wait(write=True)
    client = ShopClient(seam, api_base=platform.url, app_key="a", app_secret="s", token=token, limiter=tired)
    with pytest.raises(NotSent):
        await client.send_prepared(client.prepare_ship([ShipItem("1")], THEN), 0.05)
    assert not platform.talks


@pytest.mark.parametrize(
    ("trouble", "kind"), [(Ambiguous("reset"), Kind.NOT_SENT), (LoginNeeded("over"), Kind.AUTH)]
)
async def test_a_failed_token_call_leaves_the_write_unsent(
    platform: RawServer, seam: HttpSeam, trouble: ShopError, kind: Kind
) -> None:
    async def failing(force: bool = False) -> str:
        raise trouble

    client = ShopClient(seam, api_base=platform.url, app_key="a", app_secret="s", token=failing)
    with pytest.raises(ShopError) as caught:
        await client.send_prepared(client.prepare_ship([ShipItem("1")], THEN), 5.0)
    assert classify(caught.value).kind is kind
    assert not platform.talks
