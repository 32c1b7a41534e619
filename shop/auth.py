"""Tokens: the authorization link, exchanging its code, refreshing.

The auth host is asked without signature, with the app secret and the token in the query string; so nothing
here may ever put a URL into a text, and shop/http.py keeps httpx from logging them.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs, urlsplit

import msgspec

from shop.channel import opened
from shop.errors import BadReply, LoginNeeded, error_for
from shop.http import HttpSeam, checked_url
from shop.mapping import text
from shop.signing import encode_query
from shop.wire.account import decode_tokens
from shop.wire.loose import BROKEN
from store.times import SECOND, Clock, now_ms

AUTHORIZE: Final = "https://services.tiktokshop.com/open/authorize"
"""For every region but the US."""
DEADLINE: Final = 20.0
_IS_DURATION: Final = 10**9
"""The `expire_in` fields are epoch seconds; one below September 2001 can only be a duration."""


class TokenPair(msgspec.Struct, frozen=True):
    """What the auth host hands out. Times in epoch ms; the refresh token may rotate with every refresh."""

    access: str
    refresh: str
    access_expires_at: int
    refresh_expires_at: int
    seller_name: str | None = None
    region: str | None = None
    scopes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"TokenPair(*** until {self.access_expires_at}, refresh *** until {self.refresh_expires_at})"


def authorize_url(service_id: str, state: str) -> str:
    """The page on which the seller lets the app in; `state` is a fresh random value."""
    return f"{AUTHORIZE}?{encode_query({'service_id': service_id, 'state': state})}"


def code_from(pasted: str, state: str) -> str:
    """The auth code in what a person pasted: the redirect URL, or the code itself.

    Raises LoginNeeded when the seller refused, when the URL answers another question (`state`) or holds no
    code. A link from the App Store carries no state and is accepted.
    """
    pasted = pasted.strip()
    if "=" not in pasted:
        if not pasted:
            raise LoginNeeded("no code")
        return pasted
    given = {name: values[0] for name, values in parse_qs(urlsplit(pasted).query).items()}
    if given.get("state", state) != state:
        raise LoginNeeded("the pasted address belongs to another login")
    code = given.get("code", "")
    if not code or code == "null":
        raise LoginNeeded("the seller did not agree" if "error" in given else "no code")
    return code


async def exchange(
    http: HttpSeam, auth_base: str, app_key: str, app_secret: str, code: str, *, clock: Clock = now_ms
) -> TokenPair:
    """Turn an auth code (30 minutes, single use) into tokens. Raises a ShopError."""
    query = {"auth_code": code, "grant_type": "authorized_code"}
    return await _ask(http, auth_base, "get", app_key, app_secret, query, "", clock)


async def refresh(
    http: HttpSeam,
    auth_base: str,
    app_key: str,
    app_secret: str,
    refresh_token: str,
    *,
    clock: Clock = now_ms,
) -> TokenPair:
    """A new pair. One attempt: two at once can kill both pairs, so the caller holds a lease.

    Raises a ShopError. Ambiguous means that the old refresh token may or may not be dead; LoginNeeded that
    the platform does not know it.
    """
    query = {"refresh_token": refresh_token, "grant_type": "refresh_token"}
    return await _ask(http, auth_base, "refresh", app_key, app_secret, query, refresh_token, clock)


async def _ask(
    http: HttpSeam,
    auth_base: str,
    verb: str,
    app_key: str,
    app_secret: str,
    query: dict[str, str],
    old_refresh: str,
    clock: Clock,
) -> TokenPair:
    checked_url(auth_base)
    everything = encode_query({"app_key": app_key, "app_secret": app_secret, **query})
    url = f"{auth_base.rstrip('/')}/api/v2/token/{verb}?{everything}"
    # `write`: it rotates a secret, so it gets a connection of its own like every call that changes something.
    reply = await http.send("GET", url, deadline=DEADLINE, write=True)
    envelope = opened(reply)
    if error := error_for(reply, envelope):
        raise error
    try:
        tokens = decode_tokens(envelope.data)
        access = _token(tokens.access_token)
        fresh = _token(tokens.refresh_token or old_refresh)
    except BROKEN:
        raise BadReply("no tokens in the answer", request_id=envelope.request_id) from None
    now = clock()
    return TokenPair(
        access=access,
        refresh=fresh,
        access_expires_at=_moment(tokens.access_token_expire_in, now),
        refresh_expires_at=_moment(tokens.refresh_token_expire_in, now),
        seller_name=text(tokens.seller_name),
        region=text(tokens.seller_base_region),
        scopes=tuple(tokens.granted_scopes or ()),
    )


def _moment(expire_in: int | None, now: int) -> int:
    """Epoch ms; unknown means now, so that it is refreshed soon rather than trusted for ever."""
    if not expire_in or expire_in < 0:
        return now
    return now + expire_in * SECOND if expire_in < _IS_DURATION else expire_in * SECOND


def _token(value: str | None) -> str:
    """A token goes into a header: printable ASCII only."""
    if not value or not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError("no usable token")
    return value
