"""The seam: what left, what did not, and that nothing waits for ever. Real sockets throughout."""

from __future__ import annotations

import asyncio
import gzip
import logging
import ssl
import zlib

import httpx
import pytest

from shop.errors import Ambiguous, BadReply, InsecureUrl, NotSent
from shop.http import MAX_BODY, HttpSeam, checked_url
from tests.shop.raw_server import (
    Answer,
    RawServer,
    Talk,
    close,
    drip,
    garbage,
    half,
    hang,
    http_answer,
    reset,
)

BOTH = pytest.mark.parametrize("write", [False, True], ids=["read", "write"])


@BOTH
async def test_a_good_answer(platform: RawServer, seam: HttpSeam, write: bool) -> None:
    platform.answers(http_answer(b'{"code":0}', X_Thing="1", date="Sun, 22 Nov 2026 02:00:00 GMT"))
    reply = await seam.send("POST", f"{platform.url}/p?q=1", {"x-a": "b"}, b"body", write=write)
    assert (reply.status, reply.body, reply.headers["x-thing"]) == (200, b'{"code":0}', "1")
    assert reply.date_ms == 1795312800_000
    talk = platform.talks[0]
    assert (talk.method, talk.target, talk.body, talk.headers["x-a"]) == ("POST", "/p?q=1", b"body", "b")


@BOTH
@pytest.mark.parametrize("answer", [reset, close, half, garbage], ids=lambda answer: answer.__name__)
async def test_a_request_that_left_and_got_no_answer_is_ambiguous(
    platform: RawServer, seam: HttpSeam, answer: Answer, write: bool
) -> None:
    platform.answers(answer)
    with pytest.raises(Ambiguous):
        await seam.send("POST", platform.url, content=b"x", write=write)
    assert len(platform.talks) == 1  # one attempt, no retry below


@BOTH
async def test_reset_right_after_accept_is_ambiguous(
    platform: RawServer, seam: HttpSeam, write: bool
) -> None:
    platform.reset_on_accept = True
    with pytest.raises(Ambiguous):
        await seam.send("POST", platform.url, content=b"x", write=write)


@BOTH
async def test_refused_connection_is_not_sent(seam: HttpSeam, unused_url: str, write: bool) -> None:
    with pytest.raises(NotSent):
        await seam.send("POST", unused_url, content=b"x", write=write)


@BOTH
async def test_failed_tls_is_not_sent(platform: RawServer, seam: HttpSeam, write: bool) -> None:
    platform.greeting = b"this is no TLS handshake\r\n"
    with pytest.raises(NotSent):
        await seam.send("POST", platform.url.replace("http:", "https:"), content=b"x", write=write)
    assert not platform.talks


async def test_unknown_host_is_not_sent(seam: HttpSeam, monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_dns(*args: object, **kwargs: object) -> None:
        raise OSError("Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", no_dns)
    with pytest.raises(NotSent):
        await seam.send("GET", "https://platform.invalid/", write=False)


@BOTH
@pytest.mark.parametrize("answer", [hang, drip], ids=lambda answer: answer.__name__)
async def test_the_deadline_is_for_the_whole_request(
    platform: RawServer, seam: HttpSeam, answer: Answer, write: bool
) -> None:
    platform.answers(answer)
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(Ambiguous):
        await seam.send("POST", platform.url, content=b"x", deadline=0.15, write=write)
    assert loop.time() - began < 2


async def test_a_deadline_while_still_connecting_is_not_sent(
    seam: HttpSeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*args: object, **kwargs: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", never)
    with pytest.raises(NotSent):
        await seam.send("POST", "http://127.0.0.1:9/", content=b"x", deadline=0.05, write=True)


async def test_each_write_has_a_connection_of_its_own(platform: RawServer, seam: HttpSeam) -> None:
    platform.answers(http_answer())
    for _ in range(3):
        await seam.send("POST", platform.url, content=b"x", write=True)
    assert [talk.connection for talk in platform.talks] == [1, 2, 3]


async def test_reads_share_connections(platform: RawServer, seam: HttpSeam) -> None:
    platform.answers(http_answer())
    for _ in range(3):
        await seam.send("GET", platform.url, write=False)
    assert platform.connections == 1


@BOTH
async def test_no_redirect_is_followed(platform: RawServer, seam: HttpSeam, write: bool) -> None:
    platform.answers(http_answer(b"", 302, location=f"{platform.url}/elsewhere"))
    assert (await seam.send("POST", platform.url, content=b"x", write=write)).status == 302
    assert len(platform.talks) == 1


async def test_the_environment_chooses_no_proxy(
    platform: RawServer, seam: HttpSeam, unused_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, unused_url)
    monkeypatch.setenv("NO_PROXY", "")
    platform.answers(http_answer())
    assert (await seam.send("GET", platform.url, write=False)).status == 200


def big(size: int) -> Answer:
    return http_answer(b" " * size)


async def endless(talk: Talk) -> None:
    """Chunks without an end: no content-length warns of it."""
    await talk.say(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while not talk.server.stop.is_set():
        await talk.say(b"1000\r\n" + b" " * 4096 + b"\r\n")


def bomb() -> Answer:
    return http_answer(gzip.compress(b" " * (50 * MAX_BODY // 8)), content_encoding="gzip")


@pytest.mark.parametrize("answer", [big(5_000), endless, bomb()], ids=["big", "endless", "bomb"])
async def test_an_answer_beyond_the_cap(platform: RawServer, seam: HttpSeam, answer: Answer) -> None:
    platform.answers(answer)
    with pytest.raises(BadReply):
        await seam.send("GET", platform.url, write=False, max_body=4_000)
    with pytest.raises(Ambiguous):  # to a write, an answer nobody can read proves nothing
        await seam.send("POST", platform.url, content=b"x", write=True, max_body=4_000)


async def test_an_answer_at_the_cap(platform: RawServer, seam: HttpSeam) -> None:
    platform.answers(big(4_000))
    assert len((await seam.send("GET", platform.url, write=False, max_body=4_000)).body) == 4_000


async def test_compressed_answers(platform: RawServer, seam: HttpSeam) -> None:
    platform.answers(
        http_answer(gzip.compress(b'{"code":0}'), content_encoding="gzip"),
        http_answer(zlib.compress(b'{"code":0}'), content_encoding="deflate"),
        http_answer(gzip.compress(b'{"code":0}')[:-9], content_encoding="gzip"),
        http_answer(b"not gzip at all", content_encoding="gzip"),
        http_answer(b"x", content_encoding="br"),
    )
    for _ in range(2):
        assert (await seam.send("GET", platform.url, write=False)).body == b'{"code":0}'
    for problem in (Ambiguous, Ambiguous, BadReply):
        with pytest.raises(problem):
            await seam.send("GET", platform.url, write=False)


async def test_a_cancelled_read_does_not_poison_the_pool(platform: RawServer, seam: HttpSeam) -> None:
    platform.answers(hang)
    for _ in range(15):  # more than the pool has places
        platform.arrived.clear()
        task = asyncio.create_task(seam.send("GET", platform.url, write=False))
        await platform.arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    platform.answers(http_answer())
    assert (await seam.send("GET", platform.url, deadline=2, write=False)).status == 200


async def test_reads_under_way_survive_a_neighbours_deadline(platform: RawServer, seam: HttpSeam) -> None:
    gate = asyncio.Event()

    async def late(talk: Talk) -> None:
        await gate.wait()
        await http_answer()(talk)

    platform.answers(late)
    neighbour = asyncio.create_task(seam.send("GET", platform.url, write=False))
    await platform.arrived.wait()
    with pytest.raises(Ambiguous):
        await seam.send("GET", platform.url, deadline=0.05, write=False)
    gate.set()
    assert (await neighbour).status == 200


async def test_two_pool_timeouts_rebuild_the_client(
    platform: RawServer, seam: HttpSeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.answers(http_answer())
    await seam.send("GET", platform.url, write=False)

    def starved(*args: object, **kwargs: object) -> None:
        raise httpx.PoolTimeout("no place")

    assert seam._pool is not None
    monkeypatch.setattr(seam._pool.client, "stream", starved)
    for _ in range(2):
        with pytest.raises(NotSent):
            await seam.send("GET", platform.url, write=False)
    assert (await seam.send("GET", platform.url, write=False)).status == 200
    assert platform.connections == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://open-api.tiktokglobalshop.com",
        "http://127.0.0.1.example.com",
        "http://user:pw@127.0.0.1/",
        "https://allowed.example@evil/",
        "http://10.0.0.1",
        "http://[::ffff:10.0.0.1]/",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "https://",
        "http://[::1",
        "http://127.0.0.1:99999",
        "nonsense",
        "",
    ],
)
async def test_secrets_go_nowhere_in_the_clear(seam: HttpSeam, url: str) -> None:
    with pytest.raises(InsecureUrl) as caught:
        checked_url(url)
    assert isinstance(caught.value, ValueError)
    assert "https" in caught.value.say("id")
    with pytest.raises(InsecureUrl):
        await seam.send("GET", url, write=False)


@pytest.mark.parametrize(
    "url", ["https://x.example", "http://localhost:1", "http://127.9.9.9", "http://[::1]:8/"]
)
def test_addresses_that_are_fine(url: str) -> None:
    assert checked_url(url).hostname


async def test_no_url_is_ever_logged_or_told(
    platform: RawServer, seam: HttpSeam, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    platform.answers(http_answer(), reset)
    url = f"{platform.url}/?app_secret=CANARY-S"
    await seam.send("GET", url, {"x-tts-access-token": "CANARY-T"}, write=False)
    with pytest.raises(Ambiguous) as caught:
        await seam.send("GET", url, {"x-tts-access-token": "CANARY-T"}, write=False)
    assert "CANARY" not in caplog.text
    assert "CANARY" not in f"{caught.value!r}{caught.value}{caught.value.say('en')}{caught.value.__cause__}"


def test_verification_stays_on_with_a_ca_file_of_ones_own(tmp_path: object) -> None:
    import certifi

    seam = HttpSeam(ca_file=certifi.where())
    assert seam._client(0)._transport._pool._ssl_context.verify_mode is ssl.CERT_REQUIRED  # type: ignore[attr-defined]
