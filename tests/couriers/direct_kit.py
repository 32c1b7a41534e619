"""What the tests of the couriers' own APIs share: a network that answers from a list, and providers by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from couriers.base import Parcel, Provider, RawReply, TrackingResult
from couriers.registry import ProviderConfig, Registry
from couriers.sandbox import API_KEY, base_of
from tests.couriers.courier_kit import NOW

SECRET = "CANARY-7f3a"


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


def direct(name: str, base: str | None = "https://courier.example", **credentials: str) -> Provider:
    """A provider with every credential it names, SECRET where none is given."""
    kind = Registry().load(name)
    return kind(ProviderConfig(base, dict.fromkeys(kind.credentials, SECRET) | credentials, enabled=True))


def faked(name: str, root: str) -> Provider:
    """A provider pointed at its fake."""
    return direct(name, base_of(name, root), **dict.fromkeys(Registry().load(name).credentials, API_KEY))


async def question(name: str, parcel: Parcel, base: str | None = "https://courier.example") -> Sent:
    """What a provider sends for a parcel."""
    line = Line((404, {}))
    await direct(name, base).track(line, parcel, NOW)
    return line.sent[-1]


def reading(
    parse: Callable[[RawReply, Parcel, int], TrackingResult], number: str
) -> Callable[[Any], TrackingResult]:
    """An adapter's parse as a function of a body alone."""

    def read(body: Any) -> TrackingResult:
        return parse(RawReply(200, {}, msgspec.json.encode(body)), Parcel(number), NOW)

    return read
