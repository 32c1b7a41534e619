"""The door: everything the platform checks before it does any work, in one fixed order.

Path, method, app_key/sign/timestamp, time window, signature over the raw body, token, cipher, scope; the
parameters are the handlers' business. The platform's true order is not documented.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from shop.sandbox.account import Account
from shop.signing import verify

OLDEST: Final = 300
NEWEST: Final = 30
"""The timestamp may be this many seconds before and after the platform's own clock."""

Json = dict[str, Any]


class DeniedError(Exception):
    """The call ends here with a platform code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def bad(message: str) -> DeniedError:
    """36009004, the umbrella for requests the platform cannot use; only the message tells more."""
    return DeniedError(400, 36009004, message)


class Call(NamedTuple):
    """A request that reached a handler."""

    method: str
    path: str
    args: tuple[str, ...]
    """The variable parts of the path."""
    query: Mapping[str, str]
    body: bytes
    request_id: str
    base: str
    """Scheme and host the client used, for links in answers."""


class Route(NamedTuple):
    """One endpoint; a path with `*` for each variable part."""

    method: str
    path: str
    scope: str
    handler: Callable[[Any, Call], Json]
    cipher: bool = True
    write: bool = False

    @property
    def pattern(self) -> re.Pattern[str]:
        """The path as an expression."""
        return re.compile(re.escape(self.path).replace(r"\*", "([^/]+)"))


class Routes:
    """The table of endpoints."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._routes = [(route.pattern, route) for route in routes]

    def find(self, method: str, path: str) -> tuple[Route, tuple[str, ...]]:
        """The endpoint and the variable parts; raises DeniedError for an unknown path or a wrong method."""
        known = False
        for pattern, route in self._routes:
            if (match := pattern.fullmatch(path)) is None:
                continue
            known = True
            if route.method == method:
                return route, match.groups()
        if known:
            raise DeniedError(405, 36009010, "Invalid method.")
        raise DeniedError(404, 36009009, "Invalid path.")


def query_of(raw: bytes) -> dict[str, str]:
    """The decoded query; refuses a name that comes twice: nobody could say what was signed."""
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise bad("Invalid query encoding.") from None
    query = dict(pairs)
    if len(query) != len(pairs):
        raise bad("Duplicate query parameter.")
    return query


def check(
    account: Account,
    route: Route,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
    wall: float,
) -> None:
    """Let an authentic call pass, or raise DeniedError with the first thing that is wrong."""
    content_type = headers.get("content-type", "")
    for name in ("app_key", "sign", "timestamp"):
        if not query.get(name):
            raise bad(f"Invalid credentials. The '{name}' query parameter is missing.")
    if query["app_key"] != account.app_key:
        raise bad("Invalid app_key.")
    stamp = query["timestamp"]
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) == 10):
        raise bad("Invalid timestamp: must be 10 digits.")
    if not -OLDEST <= int(stamp) - wall <= NEWEST:
        raise bad("Invalid timestamp: the 'timestamp' is expired or too far in the future.")
    multipart = content_type.startswith("multipart/form-data")
    if not verify(query["sign"], path, query, body, account.app_secret, multipart=multipart):
        raise DeniedError(401, 106001, "Invalid sign.")
    if body and not multipart and not content_type.startswith("application/json"):
        raise bad("Invalid content-type: must be application/json.")
    token = headers.get("x-tts-access-token") or query.get("access_token", "")
    if not account.knows(token):
        raise DeniedError(401, 36009004, "Invalid access token.")
    if account.expired(token):
        raise DeniedError(401, 105002, "Expired credentials. The 'access_token' is expired.")
    _check_shop(account, route, query)


def _check_shop(account: Account, route: Route, query: Mapping[str, str]) -> None:
    cipher = query.get("shop_cipher")
    if route.cipher and not cipher:
        raise DeniedError(400, 106013, "The 'shop_cipher' query parameter is missing.")
    if not route.cipher and cipher is not None:
        raise bad("Unexpected identifier: 'shop_cipher' is not expected here.")
    if route.cipher and cipher != account.cipher:
        raise DeniedError(401, 101000, "The access token and the 'shop_cipher' do not match.")
    if route.scope not in account.scopes:
        raise DeniedError(403, 105005, f"Access denied: the scope '{route.scope}' is not granted.")
