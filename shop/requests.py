"""Requests before they are sent: path, query and body become a signed URL, once.

The signature carries the timestamp, and the platform refuses a timestamp older than 5 minutes before any
business logic. So a write that is signed when it is written ahead, and sent late, cannot take effect late.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from shop.signing import encode_query, sign

JSON: Final = {"content-type": "application/json"}


class Draft(msgspec.Struct, frozen=True):
    """What is to be asked, without app, shop, time or signature. Empty query values are dropped."""

    method: str
    path: str
    query: Mapping[str, str] = {}
    body: bytes | None = None
    with_shop: bool = True
    """Whether the call takes `shop_cipher`; sending it where it is not expected is an error (36009004)."""


class Prepared(msgspec.Struct, frozen=True):
    """A signed request. The access token is no part of the signature and is added when it is sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    timestamp_s: int

    def __repr__(self) -> str:
        # The URL holds the signature and the shop's cipher.
        return f"Prepared({self.method} {self.url.partition('?')[0]} at {self.timestamp_s})"


class Signer(msgspec.Struct, frozen=True):
    """An app and the shop it speaks for."""

    api_base: str
    app_key: str
    app_secret: str
    cipher: str | None = None

    def __repr__(self) -> str:
        return f"Signer({self.api_base}, {self.app_key})"

    def prepare(self, draft: Draft, timestamp_s: int) -> Prepared:
        """Sign `draft` for the given second of the epoch."""
        query = {name: value for name, value in draft.query.items() if value}
        query |= {"app_key": self.app_key, "timestamp": str(timestamp_s)}
        if draft.with_shop and self.cipher:
            query["shop_cipher"] = self.cipher
        query["sign"] = sign(draft.path, query, draft.body, self.app_secret)
        return Prepared(
            method=draft.method,
            url=f"{self.api_base.rstrip('/')}{draft.path}?{encode_query(query)}",
            headers=JSON,
            body=draft.body,
            timestamp_s=timestamp_s,
        )


def body_of(members: Mapping[str, Any]) -> bytes:
    """The bytes that are signed and sent; members that are None or empty lists are left out."""
    return msgspec.json.encode(
        {name: value for name, value in members.items() if value not in (None, [], "")}
    )
