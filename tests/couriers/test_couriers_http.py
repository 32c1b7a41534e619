"""The couriers' way to the network, against servers that behave as badly as they like."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
import traceback

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from couriers.http import CourierHttp, Unreachable, is_loopback
from tests.couriers.courier_kit import answering, serving

KEY = "CANARY"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"


async def echo(request: Request) -> Response:
    body = (await request.body()).decode()
    seen = {"query": str(request.query_params), "body": body, "headers": dict(request.headers)}
    return JSONResponse(seen, 418, {"X-Odd": "Yes"})


async def away(request: Request) -> Response:
    return RedirectResponse("https://example.invalid/")


APP = Starlette(routes=[Route("/echo", echo, methods=["GET", "POST"]), Route("/away", away)])


async def fails(http: CourierHttp, url: str) -> str:
    with pytest.raises(Unreachable) as caught:
        await http.send("GET", url, params={"api_key": KEY}, headers={"key": KEY})
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__cause__ is None and caught.value.__context__ is None
    return caught.value.reason


async def test_a_request_and_its_reply(http: CourierHttp) -> None:
    with serving(APP) as base:
        reply = await http.send(
            "POST", f"{base}/echo", params={"awb": "A B&c"}, headers={"key": "k"}, content=b"x"
        )
        kept = await http.send("GET", f"{base}/echo?awb=1")
    assert (reply.status, reply.headers["x-odd"]) == (418, "Yes")
    assert b'"query":"awb=A+B%26c","body":"x"' in reply.body
    assert b'"key":"k"' in reply.body and b'"accept-encoding":"identity"' in reply.body
    assert b'"query":"awb=1"' in kept.body


@pytest.mark.parametrize("told", [{"headers": {"key": f"{KEY}é"}}, {"params": {"awb": f"{KEY}\ud800"}}])
async def test_what_no_request_can_carry_is_refused_without_a_word_of_it(
    http: CourierHttp, told: dict[str, dict[str, str]]
) -> None:
    with pytest.raises(Unreachable) as caught:
        await http.send("GET", "http://127.0.0.1:1/", params=told.get("params"), headers=told.get("headers"))
    assert caught.value.reason == "bad_request"
    assert caught.value.__cause__ is None and caught.value.__context__ is None


async def test_no_redirect_is_followed(http: CourierHttp) -> None:
    with serving(APP) as base:
        reply = await http.send("GET", f"{base}/away")
    assert reply.status == 307


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://api.binderbyte.com/v1/track", "insecure"),
        ("http://127.0.0.1.example/x", "insecure"),
        ("http://localhost.example/x", "insecure"),
        ("ftp://127.0.0.1/x", "insecure"),
        ("file:///etc/passwd", "bad_address"),
        ("127.0.0.1/x", "bad_address"),
        ("", "bad_address"),
        ("http://[::1", "bad_address"),
        ("http://127.0.0.1:1/x", "connect"),
        ("http://localhost:1/x", "connect"),
    ],
)
async def test_an_address_that_must_not_or_cannot_be_reached(
    url: str, reason: str, http: CourierHttp
) -> None:
    assert await fails(http, url) == reason


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_this_computer_may_be_plain_http(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "cut"),
        (HEAD % 100 + b"half", "cut"),
        (b"SSH-2.0-OpenSSH\r\n", "cut"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\nxxxxx", "encoded"),
        (HEAD % 3_000 + b"x" * 3_000, "too_big"),
    ],
)
async def test_a_reply_that_is_none(answer: bytes, reason: str) -> None:
    async with CourierHttp(deadline=20, biggest=2_000) as http:
        with answering(lambda line: line.sendall(answer)) as base:
            assert await fails(http, base) == reason


async def test_silence_and_a_drip_end_at_the_deadline() -> None:
    def drip(line: socket.socket) -> None:
        line.sendall(HEAD % 1_000_000)
        while True:
            line.sendall(b"x" * 10)
            time.sleep(0.01)

    for answer in (lambda line: line.recv(1), drip):
        began = time.perf_counter()
        with answering(answer) as base:
            async with CourierHttp(deadline=0.2) as http:
                assert await fails(http, base) == "timeout"
        assert time.perf_counter() - began < 3


async def test_a_caller_who_leaves_does_not_spoil_the_client(http: CourierHttp) -> None:
    with serving(APP) as base:
        for _ in range(30):
            task = asyncio.create_task(http.send("GET", f"{base}/echo"))
            await asyncio.sleep(0)
            task.cancel()
        reply = await http.send("GET", f"{base}/echo")
    assert reply.status == 418


async def test_the_log_names_no_url(http: CourierHttp, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with serving(APP) as base:
        await http.send("GET", f"{base}/echo", params={"api_key": KEY})
        await fails(http, "http://127.0.0.1:1/")
    assert KEY not in caplog.text
