"""The signature of the Open API: HMAC-SHA256 over path, sorted query and the exact body bytes.

Source: Partner Center, "Sign your API request"; the test vectors of tests/shop/test_shop_signing.py.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

UNSIGNED: Final = frozenset({"sign", "access_token"})
"""Query parameters that are no part of the signature; every other one is, known or not."""


def sign(
    path: str, query: Mapping[str, str], body: bytes | None, secret: str, *, multipart: bool = False
) -> str:
    """The value of `sign`, lower-case hex.

    `query` holds the decoded values; `body` the very bytes that are sent (None: no body, which is not
    the same as `{}`). A multipart body is left out of the signature.
    """
    parts = [path]
    for name in sorted(query):
        if name not in UNSIGNED:
            parts += (name, query[name])
    message = secret.encode() + "".join(parts).encode()
    if body is not None and not multipart:
        message += body
    message += secret.encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def verify(
    given: str,
    path: str,
    query: Mapping[str, str],
    body: bytes | None,
    secret: str,
    *,
    multipart: bool = False,
) -> bool:
    """Whether `given` signs this request. Compared in constant time, on bytes: `given` may hold anything."""
    expected = sign(path, query, body, secret, multipart=multipart)
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))


def encode_query(query: Mapping[str, str]) -> str:
    """The query string of a URL. Page tokens hold `+ / =`, so nothing is safe but what RFC 3986 says is."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query.items())
