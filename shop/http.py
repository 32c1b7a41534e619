"""The seam to the network: the one module of shop/ that knows httpx.

It answers a single question better than a plain client does: may this request have been executed? `NotSent`
means no byte of it left; everything else that is not a complete answer is `Ambiguous`.

Reads share one long-lived client. A request of it that is cancelled half way can leave a dead slot in httpx's
pool (0.28), and enough of those make a healthy server look unreachable; so a client that lost a request to
a deadline or a cancellation takes no new ones and is closed when its last request ends. Each write has a
connection of its own: a server closing an idle one as we write would make an ambiguous error of a good one.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import ssl
import zlib
from collections.abc import AsyncIterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

import httpx

from shop.errors import Ambiguous, BadReply, InsecureUrl, NotSent
from shop.reply import Reply

__all__ = ["MAX_BODY", "HttpSeam", "Pinned", "Reply", "checked_url"]

MAX_BODY: Final = 8 * 1024 * 1024
"""Bytes of one answer after decompression; a full page of orders has about 300 kB."""
MAX_READS: Final = 10
"""httpx with 50 connections is slower than with 10, measured."""

_NEVER_LEFT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
    httpx.ProxyError,
)
_ENCODINGS: Final = {"": None, "identity": None, "gzip": 31, "deflate": 15}


def checked_url(url: str) -> SplitResult:
    """The parts of an address secrets may be sent to. Raises InsecureUrl for any other.

    https with a host and without user:password; plain http only to this computer.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise InsecureUrl("not an address") from None
    if "@" in parts.netloc or not host:
        raise InsecureUrl("an address needs a host and no user")
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)):
        return parts
    raise InsecureUrl("plain http to another computer")


def is_loopback(url: str) -> bool:
    """Whether an address is on this computer (a sandbox)."""
    return _is_loopback(urlsplit(url).hostname or "")


class Pinned(NamedTuple):
    """Where to download from: a name, and the one address it stands for (shop/labels.py has checked both)."""

    scheme: str
    host: str
    port: int
    address: str
    target: str


class HttpSeam:
    """Sends requests; bound to the event loop that first uses it. Close it with `aclose`.

    `ca_file` adds a certificate authority; there is no way to switch verification off. `proxy` comes from our
    settings only: the environment is not looked at.
    """

    def __init__(self, *, ca_file: str | None = None, proxy: str | None = None) -> None:
        # httpx logs whole URLs at INFO, and the token endpoint has its secrets in the query string.
        for name in ("httpx", "httpcore"):
            logger = logging.getLogger(name)
            logger.setLevel(max(logger.level, logging.WARNING))
        self._ca_file = ca_file
        self._proxy = proxy
        self._pool: _Pool | None = None
        self._closing: set[asyncio.Task[None]] = set()

    async def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        deadline: float = 30.0,
        *,
        write: bool,
        max_body: int = MAX_BODY,
    ) -> Reply:
        """One attempt, at most `deadline` seconds from call to last byte; no redirect is followed.

        Raises NotSent, Ambiguous, BadReply (an answer larger than `max_body` or in an unknown encoding; to a
        write, that too is Ambiguous) or InsecureUrl.
        """
        checked_url(url)
        progress = _Progress()
        request: dict[str, Any] = {
            "method": method,
            "url": url,
            "headers": {"accept": "application/json", "accept-encoding": "gzip", **(headers or {})},
            "content": content,
            "timeout": _timeouts(deadline),
            "extensions": {"trace": progress.trace},
        }
        try:
            async with asyncio.timeout(deadline):
                if write:
                    async with self._client(keepalive=0) as client:
                        return await _exchange(client, request, max_body)
                async with self._reading() as client:
                    return await _exchange(client, request, max_body)
        except TimeoutError:
            raise (NotSent if progress.still_here else Ambiguous)("deadline") from None
        except _NEVER_LEFT as error:
            raise NotSent(type(error).__name__) from None
        except (httpx.HTTPError, httpx.StreamError, zlib.error, OSError) as error:
            raise Ambiguous(type(error).__name__) from None
        except BadReply as error:
            if write:
                raise Ambiguous(error.reason) from None
            raise

    async def download(self, place: Pinned, *, head: bytes, max_body: int, deadline: float) -> Reply:
        """A file from a checked address, over a connection of its own; no redirect is followed.

        The connection goes to `place.address` whatever its name means by now; certificate, SNI and Host are the
        name's. Raises NotSent, Ambiguous, or BadReply for a body that is too large or does not begin with `head`.
        """
        progress = _Progress()
        named = place.host if ":" not in place.host else f"[{place.host}]"
        default = {"https": 443, "http": 80}[place.scheme]
        request: dict[str, Any] = {
            "method": "GET",
            "url": httpx.URL(
                scheme=place.scheme,
                host=place.address,
                port=place.port,
                raw_path=place.target.encode("ascii"),
            ),
            "headers": {
                "host": named if place.port == default else f"{named}:{place.port}",
                "accept": "*/*",
                "accept-encoding": "identity",
            },
            "timeout": _timeouts(deadline),
            "extensions": {"trace": progress.trace, "sni_hostname": place.host},
        }
        try:
            async with asyncio.timeout(deadline), self._client(keepalive=0) as client:
                return await _exchange(client, request, max_body, head)
        except TimeoutError:
            raise (NotSent if progress.still_here else Ambiguous)("deadline") from None
        except _NEVER_LEFT as error:
            raise NotSent(type(error).__name__) from None
        except (httpx.HTTPError, httpx.StreamError, zlib.error, OSError) as error:
            raise Ambiguous(type(error).__name__) from None

    async def aclose(self) -> None:
        """Close every connection; requests under way end as Ambiguous."""
        if self._pool is not None:
            await self._pool.client.aclose()
            self._pool = None
        await asyncio.gather(*self._closing)

    def _client(self, keepalive: int) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=_ssl_context(self._ca_file),
            limits=httpx.Limits(max_connections=MAX_READS, max_keepalive_connections=keepalive),
            follow_redirects=False,
            trust_env=False,
            proxy=self._proxy,
        )

    @contextlib.asynccontextmanager
    async def _reading(self) -> AsyncIterator[httpx.AsyncClient]:
        pool = self._pool = self._pool or _Pool(self._client(keepalive=MAX_READS))
        pool.busy += 1
        try:
            yield pool.client
        except httpx.PoolTimeout:
            pool.starved += 1
            if pool.starved >= 2:
                self._retire(pool)
            raise
        except (asyncio.CancelledError, GeneratorExit):
            self._retire(pool)
            raise
        else:
            pool.starved = 0
        finally:
            pool.busy -= 1
            if pool.retired and not pool.busy:
                task = asyncio.get_running_loop().create_task(pool.client.aclose())
                self._closing.add(task)
                task.add_done_callback(self._closing.discard)

    def _retire(self, pool: _Pool) -> None:
        pool.retired = True
        if self._pool is pool:
            self._pool = None


class _Pool:
    """A client of reads and how it fares."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.busy = 0
        self.starved = 0
        self.retired = False


class _Progress:
    """How far one request came, told by httpcore's trace extension."""

    def __init__(self) -> None:
        self._connecting = False
        self._sending = False

    async def trace(self, event: str, info: object) -> None:
        if event == "connection.connect_tcp.started":
            self._connecting = True
        elif event.endswith("send_request_headers.started"):
            self._sending = True

    @property
    def still_here(self) -> bool:
        """Seen connecting and not seen sending. Without any trace: not known, so False."""
        return self._connecting and not self._sending


async def _exchange(
    client: httpx.AsyncClient, request: dict[str, Any], max_body: int, head: bytes = b""
) -> Reply:
    """One request and its answer; `head` is how the body of a success has to begin."""
    async with client.stream(**request) as response:
        headers = {name.lower(): value for name, value in response.headers.items()}
        encoding = headers.get("content-encoding", "").strip().lower()
        if encoding not in _ENCODINGS:
            raise BadReply("unknown content encoding")
        inflate = _ENCODINGS[encoding]
        unpack = zlib.decompressobj(inflate) if inflate else None
        body = bytearray()
        # Unpacked here and not by httpx: a bomb must not be blown up before it is measured.
        async for chunk in response.aiter_raw():
            body += unpack.decompress(chunk, max_body + 1 - len(body)) if unpack else chunk
            if len(body) > max_body:
                raise BadReply("answer too large")
            if response.status_code == 200 and not head.startswith(body[: len(head)]):
                raise BadReply("not the kind of file that was asked for")
        if unpack and body and not unpack.eof:
            raise Ambiguous("half a body")
        return Reply(response.status_code, headers, bytes(body))


def _timeouts(deadline: float) -> httpx.Timeout:
    short, long = min(5.0, deadline), min(15.0, deadline)
    return httpx.Timeout(connect=short, read=long, write=long, pool=short)


@lru_cache(maxsize=4)
def _ssl_context(ca_file: str | None) -> ssl.SSLContext:
    """Building one costs some 20 ms, and a write must not."""
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
