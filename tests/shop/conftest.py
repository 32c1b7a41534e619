"""Fixtures of the shop tests: a raw server, a real seam, a client of both, retries that do not wait."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import stamina

from shop.client import ShopClient
from shop.http import HttpSeam
from tests.shop.client_kit import NOW, SECRET, Make, Tokens
from tests.shop.raw_server import RawServer


@pytest.fixture
async def platform() -> AsyncIterator[RawServer]:
    """A listening RawServer on a free port of this machine."""
    raw = RawServer()
    server = await asyncio.start_server(raw.serve, "127.0.0.1", 0)
    raw.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield raw
    server.close()
    await raw.close()


@pytest.fixture
async def seam() -> AsyncIterator[HttpSeam]:
    http = HttpSeam()
    yield http
    await http.aclose()


@pytest.fixture(autouse=True)
def retries_without_waiting() -> Iterator[None]:
    """Four attempts like in the program, but no pause between them."""
    with stamina.set_testing(True, attempts=4):
        yield


@pytest.fixture
def unused_url() -> str:
    """An address of this machine nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
def make(platform: RawServer, seam: HttpSeam, tokens: Tokens) -> Make:
    def client(**options: Any) -> ShopClient:
        given: dict[str, Any] = {"api_base": platform.url, "cipher": "CIPHER+/=", "clock": lambda: NOW}
        given["token"] = tokens
        return ShopClient(seam, app_key="app", app_secret=SECRET, **(given | options))

    return client
