"""The client on a real socket: strange answers, retries, tokens, the clock, secrets, pace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any

import pytest
import stamina

from shop import errors
from shop.client import ShipItem, ShopClient
from shop.errors import ShopError
from shop.http import HttpSeam
from shop.limiter import RateLimiter
from store.times import MINUTE, SECOND, now_ms
from tests.shop.client_kit import EMPTY, NOW, Make, Tokens, coded, ok
from tests.shop.raw_server import Answer, RawServer, close, garbage, half, hang, http_answer, reset

# -- strange answers -------------------------------------------------------------------------------------------

READS: list[Callable[[ShopClient], Awaitable[object]]] = [
    lambda client: client.search_orders(),
    lambda client: client.order_detail(["1"]),
    lambda client: client.package_detail("1"),
    lambda client: client.search_packages(),
    lambda client: client.time_slots("1"),
    lambda client: client.document("1"),
    lambda client: client.search_cancellations(),
    lambda client: client.search_returns(),
]
STRANGE = [
    b"",
    b"<html>hello</html>",
    b"null",
    b"{}",
    b'{"data":{}}',
    b'{"code":0,"data":7}',
    b'{"code":0,"data":[]}',
    b'{"code":0,"data":"x"}',
    b'{"code":0,"data":{"orders":7,"packages":7,"cancellations":7,"return_orders":7,"package_id":{},"doc_url":[],'
    b'"pickup_slots":7}}',
    b"[" * 100_000,
    b'{"code":0,"data":{"orders":' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    b"\x00" * 100,
]


@pytest.mark.parametrize("read", READS)
async def test_strange_answers_are_errors_of_ours(
    platform: RawServer, make: Make, read: Callable[[ShopClient], Awaitable[object]]
) -> None:
    client = make()
    for body in STRANGE:
        platform.answers(http_answer(body))
        before = len(platform.talks)
        with pytest.raises(errors.BadReply):
            await read(client)
        assert len(platform.talks) == before + 1  # asking again would not make it better


async def test_lost_orders_are_not_no_new_orders(platform: RawServer, make: Make) -> None:
    platform.answers(ok({"total_count": 3}), ok({"total_count": 0}))
    with pytest.raises(errors.BadReply, match="no orders"):
        await make().search_orders()
    assert (await make().search_orders()).records == []


# -- retries of reads ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "trouble",
    [
        reset,
        close,
        half,
        garbage,
        http_answer(b"bad gateway", 502),
        http_answer(b"", 408),
        coded(36009003),
        coded(36009003, status=500),
        coded(36009002, status=429),
        http_answer(b"slow", 429, retry_after="120"),
    ],
)
async def test_reads_try_four_times(platform: RawServer, make: Make, trouble: Answer) -> None:
    platform.answers(trouble, trouble, trouble, EMPTY)
    assert (await make().search_orders()).records == []
    assert len(platform.talks) == 4


async def test_the_fourth_failure_is_told(platform: RawServer, make: Make) -> None:
    platform.answers(coded(36009003))
    with pytest.raises(errors.Unavailable) as caught:
        await make().search_orders()
    assert len(platform.talks) == 4
    assert (caught.value.code, caught.value.request_id) == (36009003, "R")


@pytest.mark.parametrize(
    "answer",
    [
        coded(21011001),
        coded(105005),
        coded(106001, status=401),
        coded(77777777),
        http_answer(b"slow", 429, retry_after="121"),
        http_answer(b"hello"),
        http_answer(b"", 302, location="http://127.0.0.1/"),
        http_answer(b"nothing here", 404),
    ],
)
async def test_what_another_try_cannot_mend_is_asked_once(
    platform: RawServer, make: Make, answer: Answer
) -> None:
    platform.answers(answer)
    with pytest.raises(ShopError):
        await make().search_orders()
    assert len(platform.talks) == 1


async def test_the_platforms_own_pause_is_kept(platform: RawServer, make: Make) -> None:
    platform.answers(http_answer(b"slow", 429, retry_after="2"), EMPTY)
    loop = asyncio.get_running_loop()
    with stamina.set_testing(False):
        began = loop.time()
        await make().search_orders()
    # Our own first pause is at most 1.5 s.
    assert 1.9 < loop.time() - began < 4


async def test_no_connection_is_tried_four_times_and_told(make: Make, unused_url: str) -> None:
    with pytest.raises(errors.NotSent):
        await make(api_base=unused_url).search_orders()


async def test_a_silent_platform_is_given_up(platform: RawServer, make: Make) -> None:
    platform.answers(hang)
    with pytest.raises(errors.Ambiguous):
        await make(read_deadline=0.05).search_orders()
    assert len(platform.talks) == 4


# -- tokens ----------------------------------------------------------------------------------------------------


async def test_an_expired_token_is_refreshed_once(platform: RawServer, make: Make, tokens: Tokens) -> None:
    platform.answers(coded(105002, status=401), EMPTY)
    await make().search_orders()
    assert [talk.headers["x-tts-access-token"] for talk in platform.talks] == ["CANARY-T1", "CANARY-T2"]
    assert tokens.forced == 1


async def test_a_refreshed_token_that_is_refused_too_is_told(
    platform: RawServer, make: Make, tokens: Tokens
) -> None:
    platform.answers(coded(105002))
    with pytest.raises(errors.TokenExpired):
        await make().search_orders()
    assert (len(platform.talks), tokens.forced) == (2, 1)


async def test_a_token_that_somebody_refreshed_meanwhile_is_used(
    platform: RawServer, make: Make, tokens: Tokens
) -> None:
    async def expired(talk: Any) -> None:
        tokens.tokens.pop(0)
        await coded(105002)(talk)

    platform.answers(expired, EMPTY)
    await make().search_orders()
    assert platform.talks[1].headers["x-tts-access-token"] == "CANARY-T2"
    assert tokens.forced == 0


# -- the clock -------------------------------------------------------------------------------------------------


def dated(server_ms: int) -> Answer:
    return http_answer(b'{"code":0,"data":{"orders":[]}}', date=formatdate(server_ms / 1_000, usegmt=True))


@pytest.mark.parametrize(
    ("platform_minus_us", "fine"),
    [(0, True), (-8 * SECOND, True), (-30 * SECOND, False), (3 * MINUTE, True), (5 * MINUTE, False)],
)
async def test_a_clock_too_far_off_signs_no_write(
    platform: RawServer, make: Make, platform_minus_us: int, fine: bool
) -> None:
    platform.answers(dated(NOW + platform_minus_us))
    client = make()
    await client.search_orders()
    assert abs((client.server_clock.offset_ms or 0) - platform_minus_us) <= SECOND
    items = [ShipItem("1")]
    if fine:
        assert client.prepare_ship(items, NOW // 1_000).timestamp_s == NOW // 1_000
        return
    with pytest.raises(errors.ClockSkew):
        client.prepare_ship(items, NOW // 1_000)
    unchecked = make(check_clock=False)
    await unchecked.search_orders()
    assert unchecked.prepare_ship(items, 1).timestamp_s == 1


async def test_one_odd_date_changes_nothing(platform: RawServer, make: Make) -> None:
    platform.answers(dated(NOW), dated(NOW), dated(NOW + 10 * MINUTE), dated(NOW), dated(NOW))
    client = make()
    for _ in range(5):
        await client.search_orders()
    assert abs(client.server_clock.offset_ms or 0) <= SECOND


async def test_reads_go_on_with_a_wrong_clock_and_notice_when_it_is_right_again(
    platform: RawServer, make: Make
) -> None:
    platform.answers(dated(NOW + 5 * MINUTE))
    now = NOW
    client = make(clock=lambda: now)
    await client.search_orders()
    with pytest.raises(errors.ClockSkew):
        client.prepare_ship([ShipItem("1")], now // 1_000)
    now += 5 * MINUTE
    for _ in range(2):
        await client.search_orders()
    assert client.prepare_ship([ShipItem("1")], now // 1_000).timestamp_s == now // 1_000


async def test_the_platform_may_know_better(platform: RawServer, make: Make) -> None:
    platform.answers(coded(36009004, "timestamp is expired"))
    with pytest.raises(errors.ClockSkew):
        await make().search_orders()


# -- secrets, addresses, pace ----------------------------------------------------------------------------------


async def test_no_secret_in_any_text(
    platform: RawServer, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said = ""
    for answer in (reset, http_answer(b"x", 500), coded(105002), coded(106001), http_answer(b"x")):
        platform.answers(answer)
        with pytest.raises(ShopError) as caught:
            await make().search_orders()
        said += f"{caught.value!r}{caught.value}{caught.value.say('id')}{caught.value.say('en')}"
    assert "CANARY" not in said + caplog.text
    assert "CIPHER" not in said + caplog.text


def test_an_insecure_platform_is_a_wrong_setting(make: Make) -> None:
    with pytest.raises(errors.InsecureUrl):
        make(api_base="http://open-api.tiktokglobalshop.com")


async def test_writes_overtake_reads() -> None:
    limiter = RateLimiter(rate=20.0)
    done: list[str] = []

    async def go(name: str) -> None:
        await limiter.wait(write=name.startswith("w"))
        done.append(name)

    reads = [asyncio.create_task(go(f"r{n}")) for n in range(12)]
    await asyncio.sleep(0)
    writes = [asyncio.create_task(go(f"w{n}")) for n in range(3)]
    await asyncio.gather(*reads, *writes)
    # The bucket held four; one more read stood in it already.
    assert max(done.index(f"w{n}") for n in range(3)) <= 7
    assert [name for name in done if name.startswith("r")] == [f"r{n}" for n in range(12)]


async def test_a_cancelled_write_lets_the_reads_go_on() -> None:
    limiter = RateLimiter(rate=20.0)
    for _ in range(4):
        await limiter.wait(write=False)
    write = asyncio.create_task(limiter.wait(write=True))
    await asyncio.sleep(0)
    write.cancel()
    async with asyncio.timeout(2):
        await limiter.wait(write=False)


def test_now_is_the_default_clock(seam: HttpSeam, tokens: Tokens) -> None:
    client = ShopClient(
        seam, api_base="https://x.example", app_key="a", app_secret="s", token=tokens, clock=now_ms
    )
    assert client.cipher is None
