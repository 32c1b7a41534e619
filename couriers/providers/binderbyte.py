"""BinderByte, an Indonesian aggregator: one GET per parcel, any number, 23 couriers.

Published documentation (Postman) plus what clients in public repositories met: the key stands in the query,
texts are upper-cased, `history` runs newest first, dates are local without a zone (or without a year), the
inner `status` repeats the HTTP status, and `summary.status` is wrong or stale often enough to be ignored.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from couriers.base import Http, Outcome, Parcel, RawReply, TrackingResult
from couriers.http import Unreachable
from couriers.names import canonical
from couriers.registry import ProviderConfig
from couriers.replies import BadShape, NotJson, decode, failed, last_digits, refusal, retry_after, text
from couriers.secrecy import hide
from couriers.status import Row, both_ends, journey
from couriers.times import parse as parse_time

NAME: Final = "binderbyte"
BASE: Final = "https://api.binderbyte.com/v1"

_SAME: Final = (
    "jne", "pos", "jnt", "sicepat", "tiki", "anteraja", "wahana", "ninja", "lion", "pcp", "jet", "rex",
    "first", "spx", "kgx", "sap", "rpx", "lex", "indah_cargo", "dakota", "kurir_tokopedia",
)  # fmt: skip
CODES: Final = {code: code for code in _SAME} | {"idexpress": "ide", "jtcargo": "jnt_cargo"}
"""Our courier code -> theirs."""

_WANT_PHONE: Final = frozenset({"jne", "jnt"})
_PHONE_DIGITS: Final = 5


class Ask(msgspec.Struct, frozen=True):
    """One question, without the key."""

    courier: str
    awb: str
    number: str | None = None
    """The last five digits of the recipient's phone, only for couriers that want them."""


def request(parcel: Parcel) -> Ask | None:
    """What to ask for a parcel; None when BinderByte does not know its courier."""
    courier = CODES.get(canonical(parcel.courier) or "")
    if courier is None:
        return None
    number = last_digits(parcel.phone, _PHONE_DIGITS) if courier in _WANT_PHONE else None
    return Ask(courier, parcel.tracking_number, number)


def parse(reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
    """Read a reply, whatever it is."""
    wait = retry_after(reply.headers, now)
    try:
        body = decode(reply.body)
    except NotJson:
        # An empty refusal still is one; a page instead of JSON tells of a proxy, not of the parcel.
        known = reply.status in (401, 402, 403, 429)
        outcome = refusal(reply.status, "") if known else Outcome.UNAVAILABLE
        return failed(parcel, NAME, outcome, wait=wait)
    except BadShape:
        outcome = Outcome.BAD_REPLY if reply.status < 400 else refusal(reply.status, "")
        return failed(parcel, NAME, outcome, wait=wait)
    if not isinstance(body, dict):
        return failed(parcel, NAME, Outcome.BAD_REPLY)
    status, message = _status(reply.status, body.get("status")), text(body.get("message"))
    if status != 200:
        return failed(parcel, NAME, refusal(status, message), message, wait)
    rows = _rows(body.get("data"), now)
    if rows is None:
        return failed(parcel, NAME, Outcome.BAD_REPLY, message)
    return journey(rows, parcel=parcel, source=NAME, now=now, newest_first=True)


def _status(http: int, inner: object) -> int:
    """The reply's own status: a refusal may come with HTTP 200 and the truth inside."""
    if http != 200:
        return http
    if inner is False:
        return 400
    return int(text(inner)) if re.fullmatch(r"[1-9][0-9]{2}", text(inner)) else 200


def _rows(data: object, now: int) -> list[Row] | None:
    """The usable rows; None when the data is not what a success holds."""
    if not isinstance(data, dict) or not isinstance(history := data.get("history", ...), list | None):
        return None
    if history is None:
        return []
    rows = [row for entry in both_ends(history) if (row := _row(entry, now)) is not None]
    return rows if rows or not history else None


def _row(entry: Any, now: int) -> Row | None:
    if not isinstance(entry, dict) or not (words := text(entry.get("desc"))):
        return None
    when = parse_time(text(entry.get("date")), now)
    return Row(when.at, words, text(entry.get("location")) or None, zone_assumed=when.zone_assumed)


class BinderByte:
    """The provider. Its key never shows in a repr, an error or a log."""

    name = NAME
    documented = True
    needs_key = True
    credentials = ("api_key",)

    def __init__(self, config: ProviderConfig) -> None:
        self._base = (config.base or BASE).rstrip("/")
        self._key = config.credentials.get("api_key", "")

    def covers(self, courier: str | None) -> bool:
        """Whether BinderByte has a code for it; it never guesses a courier itself."""
        return canonical(courier) in CODES

    async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
        """One look-up; every answer and every silence has an outcome."""
        ask = request(parcel)
        if ask is None:
            return failed(parcel, NAME, Outcome.UNSUPPORTED)
        params = {"api_key": self._key, "courier": ask.courier, "awb": ask.awb}
        if ask.number is not None:
            params["number"] = ask.number
        try:
            reply = await http.send("GET", f"{self._base}/track", params=params)
        except Unreachable as error:
            return failed(parcel, NAME, Outcome.UNAVAILABLE, error.reason)
        return hide(parse(reply, parcel, now), (self._key,))  # a refusal may repeat what it was given
