"""What the tests of single sources share: providers by name, a network that answers from a list, bodies no
adapter may stumble over."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from importlib import import_module
from itertools import count
from types import ModuleType

import msgspec
import pytest

from couriers.base import Outcome, Parcel, Provider, RawReply, TrackingResult
from couriers.http import CourierHttp
from couriers.registry import ProviderConfig, Registry
from couriers.sandbox import API_KEY, ScriptedParcel, base_of
from couriers.status import KEPT_ROWS
from tests.couriers.courier_kit import JNT, NOW, sandbox

SECRET = "CANARY-7f3a"
STRANGE = (
    (b"", 200, Outcome.UNAVAILABLE),
    (b"<html>Bad Gateway</html>", 200, Outcome.UNAVAILABLE),
    (b"<html>no such page</html>", 404, Outcome.UNAVAILABLE),
    (b"", 401, Outcome.UNAUTHORIZED),
    (b"<html>slow down</html>", 429, Outcome.RATE_LIMITED),
    (b"null", 200, Outcome.UNAVAILABLE),
    (b"{}", 200, Outcome.BAD_REPLY),
    (b"[1,2]", 200, Outcome.BAD_REPLY),
    (b'{"status":200,"data":{"hist', 200, Outcome.BAD_REPLY),
    (b'{"status":"\xff"}', 200, Outcome.BAD_REPLY),
    (b'{"a":' * 100_000, 200, Outcome.BAD_REPLY),
    (b"[" * 100_000, 200, Outcome.BAD_REPLY),
)
"""Bodies that say the same from every source: a body, its HTTP status, what comes of it."""


def bodies(*rows: tuple[bytes, int, Outcome]) -> pytest.MarkDecorator:
    """A test for each of these bodies."""
    return pytest.mark.parametrize(("body", "status", "right"), rows, ids=count())


class Sent(msgspec.Struct):
    """A request as the network saw it."""

    method: str
    url: str
    params: dict[str, str] | None
    headers: dict[str, str]
    content: bytes


class Line:
    """An Http that notes every request and gives the replies of a list, the last one for ever."""

    def __init__(self, *replies: tuple[int, object]) -> None:
        self.sent: list[Sent] = []
        self._replies = [RawReply(status, {}, msgspec.json.encode(body)) for status, body in replies]

    async def send(
        self,
        method: str,
        url: str,
        *,
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> RawReply:
        self.sent.append(Sent(method, url, params, headers or {}, content or b""))
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]


def built(name: str, base: str | None = "https://courier.example", **credentials: str) -> Provider:
    """A provider with every credential it names, SECRET where none is given."""
    kind = Registry().load(name)
    return kind(ProviderConfig(base, dict.fromkeys(kind.credentials, SECRET) | credentials, enabled=True))


def faked(name: str, root: str) -> Provider:
    """A provider pointed at its fake."""
    return built(name, base_of(name, root), **dict.fromkeys(Registry().load(name).credentials, API_KEY))


async def question(name: str, parcel: Parcel, base: str | None = "https://courier.example") -> Sent:
    """What a provider sends for a parcel."""
    line = Line((404, {}))
    await built(name, base).track(line, parcel, NOW)
    return line.sent[-1]


async def wire_of(
    name: str, known: ScriptedParcel, http: CourierHttp, **credentials: str
) -> tuple[TrackingResult, TrackingResult, TrackingResult]:
    """What a courier's fake says of its parcel, to SECRET (where no credential is given), and of no parcel."""
    with sandbox(known) as root:
        sound, stranger = faked(name, root), built(name, base_of(name, root), **credentials)
        return (
            await sound.track(http, Parcel(known.number), NOW),
            await stranger.track(http, Parcel(known.number), NOW),
            await sound.track(http, Parcel("000"), NOW),
        )


def adapter_of(name: str) -> ModuleType:
    """The module of a provider: named like it, unless that is no name of a module."""
    return import_module(f"couriers.providers.{'seventeentrack' if name == '17track' else name}")


def reading(
    parse: Callable[[RawReply, Parcel, int], TrackingResult], number: str = JNT, courier: str | None = None
) -> Callable[..., TrackingResult]:
    """An adapter's parse as a function of a body, bytes or what JSON is made of, its status and headers."""

    def read(body: object, status: int = 200, **headers: str) -> TrackingResult:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return parse(RawReply(status, headers, raw), Parcel(number, courier), NOW)

    return read


def read_in_time(read: Callable[[bytes], TrackingResult], body: object, seconds: float) -> None:
    """A delivery among a hundred thousand rows is found, the newest rows are kept, and it takes no longer."""
    raw = json.dumps(body).encode()
    began = time.process_time()
    result = read(raw)
    taken = time.process_time() - began
    assert (result.status, len(result.events)) == ("delivered", KEPT_ROWS)
    assert taken < seconds
