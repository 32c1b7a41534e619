"""One request to a source, with its credentials and the bodies it may carry: a form or JSON."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import urlencode

import msgspec

from couriers.base import Http, RawReply


class Ask(msgspec.Struct, frozen=True):
    """One request with its credentials, so it never shows itself."""

    method: str
    url: str
    params: dict[str, str] | None = None
    headers: dict[str, str] = {}
    content: bytes | None = None

    def __repr__(self) -> str:
        return f"Ask({self.method})"


async def send(http: Http, ask: Ask) -> RawReply:
    """One request, one reply. Raises Unreachable."""
    return await http.send(
        ask.method, ask.url, params=ask.params, headers=ask.headers or None, content=ask.content
    )


def basic(username: str, password: str) -> dict[str, str]:
    """The header of HTTP Basic authentication."""
    return {"Authorization": "Basic " + b64encode(f"{username}:{password}".encode()).decode("ascii")}


def form(url: str, fields: dict[str, str]) -> Ask:
    """A POST of a form."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return Ask("POST", url, headers=kind, content=urlencode(fields).encode("ascii"))


def json_post(url: str, body: object, headers: dict[str, str]) -> Ask:
    """A POST of JSON."""
    kind = {"Content-Type": "application/json"}
    return Ask("POST", url, headers=kind | headers, content=msgspec.json.encode(body))
