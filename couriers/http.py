"""The couriers' only way to the network: one long-lived client, bounded in time, size and direction.

Keys of some providers stand in the query, so nothing that leaves this module names a URL: errors are a word
from a short list, without the client's exception behind them.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from ipaddress import ip_address
from types import TracebackType
from typing import Final, Self

import httpx

from couriers.base import RawReply

DEADLINE: Final = 30.0
"""Seconds for a whole request: a person may wait for it, and a slow provider must not hold a place."""
BIGGEST: Final = 8 * 1024 * 1024
CONNECTIONS: Final = 10
_TIMEOUT: Final = httpx.Timeout(connect=5, read=15, write=15, pool=5)
_POOL_TIMEOUTS: Final = 2
"""In a row, before the client is built anew: httpx can leak its pool's places for good."""

# It logs whole URLs at INFO.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class Unreachable(Exception):
    """No usable reply came. `reason`: insecure bad_address bad_request connect timeout cut too_big encoded closed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CourierHttp:
    """couriers.base.Http over httpx."""

    def __init__(self, *, deadline: float = DEADLINE, biggest: int = BIGGEST) -> None:
        self._deadline = deadline
        self._biggest = biggest
        self._client: httpx.AsyncClient | None = None
        self._retired: list[httpx.AsyncClient] = []
        self._pool_timeouts = 0
        self._running: set[asyncio.Task[RawReply]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends what is still under way and gives the connections back."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        for client in filter(None, (self._client, *self._retired)):
            await client.aclose()
        self._client, self._retired = None, []

    async def send(
        self,
        method: str,
        url: str,
        *,
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> RawReply:
        """One request, one reply, no redirects followed. Raises Unreachable."""
        request = _request(_address(url), method, params, headers, content)
        task = asyncio.create_task(self._exchange(request))
        self._running.add(task)
        task.add_done_callback(self._forget)
        # Waited for, not cancelled: a cancelled exchange can keep its place in httpx's pool for ever. It ends
        # by itself at the next check of the deadline or by the client's own timeouts.
        await asyncio.wait({task}, timeout=self._deadline)
        if not task.done():
            raise Unreachable("timeout")
        if task.cancelled():
            raise Unreachable("closed")
        return task.result()

    def _forget(self, task: asyncio.Task[RawReply]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # said to nobody when the caller has left already

    async def _exchange(self, request: httpx.Request) -> RawReply:
        loop = asyncio.get_running_loop()
        end = loop.time() + self._deadline
        reason = "connect"
        try:
            reply = await self._ready().send(request, stream=True)
            reason = "cut"
            try:
                body = await self._body(reply, end)
            finally:
                with suppress(httpx.HTTPError):
                    await reply.aclose()
        except httpx.PoolTimeout:
            self._count_pool_timeout()
            reason = "timeout"
        except httpx.TimeoutException:
            reason = "timeout"
        except httpx.ConnectError:
            reason = "connect"
        except httpx.HTTPError:
            reason = "cut"
        except (httpx.InvalidURL, ValueError):
            reason = "bad_address"
        else:
            self._pool_timeouts = 0
            return RawReply(reply.status_code, {k.lower(): v for k, v in reply.headers.items()}, body)
        # Raised outside the handler: the client's exception carries the request, and that the key.
        raise Unreachable(reason)

    async def _body(self, reply: httpx.Response, end: float) -> bytes:
        if reply.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
            raise Unreachable("encoded")  # not asked for, and a small one can unpack to gigabytes
        loop = asyncio.get_running_loop()
        kept = bytearray()
        async for chunk in reply.aiter_raw():
            kept += chunk
            if len(kept) > self._biggest:
                raise Unreachable("too_big")
            if loop.time() > end:
                raise Unreachable("timeout")
        return bytes(kept)

    def _ready(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                follow_redirects=False,
                trust_env=False,
                timeout=_TIMEOUT,
                limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
            )
        return self._client

    def _count_pool_timeout(self) -> None:
        self._pool_timeouts += 1
        if self._pool_timeouts >= _POOL_TIMEOUTS and self._client is not None:
            self._pool_timeouts = 0
            # Requests may still be under way on it, so it is closed at the end.
            self._retired.append(self._client)
            self._client = None


def _address(url: str) -> httpx.URL:
    """The parsed address; raises Unreachable for anything but https, or plain http to this computer."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError):
        parsed = None
    if parsed is None or not parsed.host:
        raise Unreachable("bad_address")
    if parsed.scheme == "https" or (parsed.scheme == "http" and is_loopback(parsed.host)):
        return parsed
    raise Unreachable("insecure")


def _request(
    url: httpx.URL,
    method: str,
    params: dict[str, str] | None,
    headers: dict[str, str] | None,
    content: bytes | None,
) -> httpx.Request:
    """Raises Unreachable for what no request can carry: a header beyond ASCII or of two lines, half a character."""
    accepts = {"Accept": "application/json", "Accept-Encoding": "identity"}
    if not all(value.isprintable() for value in (headers or {}).values()):
        raise Unreachable("bad_request")
    with suppress(ValueError, httpx.InvalidURL):
        return httpx.Request(
            method,
            url,
            headers=accepts | (headers or {}),
            content=content,
            extensions={"timeout": _TIMEOUT.as_dict()},
            params=params,
        )
    # Raised out here: the client's exception would carry the key that it could not write.
    raise Unreachable("bad_request")


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only be this computer."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
