"""Ninja Van / Ninja Xpress: OAuth2 client credentials, own shipments only.

A token from `POST /{country}/2.0/oauth/access_token`, then `GET /{country}/1.0/orders/tracking-events/{number}`
of Ninja Van's published API (4.1.0), which answers `{events: [...]}`. Ninja Van prefers to push: a pushed event
has the shape of such a row, so `parse` reads its body as a journey of one row. The call has to be switched on
for an account, and no captured reply was at hand: its rows are read as those of the push, whose status names
are documented. Times have a zone. `is_parcel_on_rts_leg` tells that the parcel travels back.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final
from urllib.parse import quote, urlsplit

import msgspec

from couriers.ask import Ask, json_post, send
from couriers.base import Http, Outcome, Parcel, RawReply, TrackingResult, TrackingStatus
from couriers.direct import DirectApi, Scan, Told, answer, note, settle
from couriers.http import Unreachable
from couriers.phrases import Meaning
from couriers.registry import ProviderConfig
from couriers.replies import BadShape, NotJson, decode, failed, rows, text
from couriers.secrecy import hide
from couriers.status import Row
from couriers.times import parse as parse_time
from store.times import HOUR, MINUTE

NAME: Final = "ninja"
BASE: Final = "https://api.ninjavan.co"
SANDBOX: Final = "api-sandbox.ninjavan.co"
"""Knows only Singapore, whatever the account's country."""
EARLY: Final = 5 * MINUTE
"""A token is renewed this long before its end."""

_S = TrackingStatus
_STATUSES: Final = {
    "pending pickup": _S.PENDING,
    "driver dispatched for pickup": _S.PENDING,
    "pickup exception, max attempts reached": _S.PENDING,
    "picked up, in transit to origin hub": _S.PICKED_UP,
    "arrived at origin hub": _S.IN_TRANSIT,
    "arrived at transit hub": _S.IN_TRANSIT,
    "in transit to next sorting hub": _S.IN_TRANSIT,
    "arrived at destination hub": _S.IN_TRANSIT,
    "on vehicle for delivery": _S.OUT_FOR_DELIVERY,
    "delivered, received by customer": _S.DELIVERED,
    "delivered, left at doorstep": _S.DELIVERED,
    "delivered, collected by customer": _S.DELIVERED,
    "delivery exception, pending reschedule": _S.DELIVERY_FAILED,
    "delivery exception, max attempts reached": _S.DELIVERY_FAILED,
    "delivery exception, return to sender initiated": _S.RETURNING,
    "returned to sender": _S.RETURNED,
    "cancelled": _S.CANCELLED,
}
_BACK: Final = "back"


def parse(reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
    """Read a reply or a pushed event, whatever it is."""

    def tell(body: dict[str, Any]) -> Told:
        pushed = "events" not in body and "status" in body and "timestamp" in body
        return rows([body] if pushed else body.get("events", ...), lambda entry: _row(entry, now))

    return answer(reply, parcel, now, source=NAME, tell=tell, read=_read)


def _row(entry: dict[str, Any], now: int) -> Row | None:
    status = text(entry.get("status"))
    if not status:
        return None
    words = ": ".join(filter(None, (status, text(entry.get("comments")))))
    when = parse_time(text(entry.get("timestamp")), now)
    leg = entry.get("is_parcel_on_rts_leg")
    back = "" if leg in (None, False) else _BACK
    return Scan(when.at, words, _place(entry), status, when.zone_assumed, back)


def _place(entry: dict[str, Any]) -> str | None:
    """The hub or city of the one `..._information` a row may have."""
    for key, told in entry.items():
        if key.endswith("_information") and isinstance(told, dict):
            return text(told.get("hub")) or text(told.get("city")) or None
    return None


def _read(row: Row) -> Meaning | None:
    status = row.code or ""
    coded = _STATUSES.get(" ".join(status.lower().split()))
    found = Meaning(coded) if coded is not None else settle(None, status)
    if found is None or note(row) != _BACK:
        return found
    if found.status is _S.DELIVERED:
        return Meaning(_S.RETURNED)
    moving = found.status in (_S.PICKED_UP, _S.IN_TRANSIT, _S.OUT_FOR_DELIVERY, _S.DELIVERY_FAILED)
    return Meaning(_S.RETURNING) if moving else found


class Ninja(DirectApi):
    """The provider; keeps its token until shortly before its end."""

    name = courier = NAME
    base = BASE
    credentials = ("client_id", "client_secret")

    def __init__(self, config: ProviderConfig) -> None:
        super().__init__(config)
        country = "sg" if urlsplit(self._base).hostname == SANDBOX else "id"
        self._root = f"{self._base}/{country}"
        self._token = ""
        self._ends = 0
        self._renewing = asyncio.Lock()

    def ask(self, parcel: Parcel) -> Ask:
        """The number in the path, the token in a header."""
        path = f"/1.0/orders/tracking-events/{quote(parcel.tracking_number, safe='')}"
        return Ask("GET", self._root + path, headers={"Authorization": f"Bearer {self._token}"})

    def read(self, reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
        """See parse."""
        return parse(reply, parcel, now)

    async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
        """One look-up; a token that the platform no longer takes is renewed once."""
        parcel = msgspec.structs.replace(parcel, courier=NAME)
        try:
            for _ in range(2):
                if (refused := await self._log_in(http, parcel, now)) is not None:
                    return refused
                used = self._token
                reply = await send(http, self.ask(parcel))
                if reply.status != 401:
                    break
                if self._token == used:
                    self._ends = 0
        except Unreachable as error:
            return failed(parcel, NAME, Outcome.UNAVAILABLE, error.reason)
        return hide(self.read(reply, parcel, now), (*self._credentials.values(), self._token))

    async def _log_in(self, http: Http, parcel: Parcel, now: int) -> TrackingResult | None:
        """Have a token; otherwise the result that says why there is none. One at a time asks for it."""
        async with self._renewing:
            if self._token and now < self._ends - EARLY:
                return None
            body = self._credentials | {"grant_type": "client_credentials"}
            reply = await send(http, json_post(f"{self._root}/2.0/oauth/access_token", body, {}))
            given = _token(reply, now)
            if given is not None:
                self._token, self._ends = given
                return None
            if reply.status in (400, 401, 403):
                return failed(parcel, NAME, Outcome.UNAUTHORIZED)
            result = answer(reply, parcel, now, source=NAME, tell=lambda body: None)
            return self._hidden(result)


def _token(reply: RawReply, now: int) -> tuple[str, int] | None:
    """The token of a login and when it ends (epoch ms; an hour from now when it does not say)."""
    try:
        body = decode(reply.body)
    except (NotJson, BadShape):
        return None
    token = body.get("access_token") if isinstance(body, dict) else None
    if reply.status != 200 or not isinstance(token, str) or not token:
        return None
    ends = body.get("expires")
    return token, ends * 1_000 if type(ends) is int and 0 < ends < 4_000_000_000 else now + HOUR
