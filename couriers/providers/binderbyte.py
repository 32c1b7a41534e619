"""BinderByte, an Indonesian aggregator: one GET per parcel, any number, 23 couriers.

Published documentation (Postman) plus what clients in public repositories met: the key stands in the query,
texts are upper-cased, `history` runs newest first, dates are local without a zone (or without a year), the
inner `status` repeats the HTTP status, and `summary.status` is wrong or stale often enough to be ignored.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from couriers.ask import Ask
from couriers.base import Outcome, Parcel, RawReply, TrackingResult
from couriers.names import canonical
from couriers.replies import (
    BadShape,
    NotJson,
    decode,
    failed,
    last_digits,
    refusal,
    retry_after,
    rows,
    text,
    unread,
)
from couriers.source import OneQuestion
from couriers.status import Row, journey
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


class Question(msgspec.Struct, frozen=True):
    """One question, without the key."""

    courier: str
    awb: str
    number: str | None = None
    """The last five digits of the recipient's phone, only for couriers that want them."""


def request(parcel: Parcel) -> Question | None:
    """What to ask for a parcel; None when BinderByte does not know its courier."""
    courier = CODES.get(canonical(parcel.courier) or "")
    if courier is None:
        return None
    number = last_digits(parcel.phone, _PHONE_DIGITS) if courier in _WANT_PHONE else None
    return Question(courier, parcel.tracking_number, number)


def parse(reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
    """Read a reply, whatever it is."""
    wait = retry_after(reply.headers, now)
    # Not `opened`: that lets the status speak for JSON which is no object and counts a redirect as an outage;
    # here both are bad replies.
    try:
        body = decode(reply.body)
    except NotJson:
        return failed(parcel, NAME, unread(reply.status), wait=wait)
    except BadShape:
        outcome = Outcome.BAD_REPLY if reply.status < 400 else refusal(reply.status, "")
        return failed(parcel, NAME, outcome, wait=wait)
    if not isinstance(body, dict):
        return failed(parcel, NAME, Outcome.BAD_REPLY)
    status, message = _status(reply.status, body.get("status")), text(body.get("message"))
    if status != 200:
        return failed(parcel, NAME, refusal(status, message), message, wait)
    data = body.get("data")
    told = rows(data.get("history", ...), lambda entry: _row(entry, now)) if isinstance(data, dict) else None
    if told is None:
        return failed(parcel, NAME, Outcome.BAD_REPLY, message)
    return journey(told, parcel=parcel, source=NAME, now=now, newest_first=True)


def _status(http: int, inner: object) -> int:
    """The reply's own status: a refusal may come with HTTP 200 and the truth inside."""
    if http != 200:
        return http
    if inner is False:
        return 400
    return int(text(inner)) if re.fullmatch(r"[1-9][0-9]{2}", text(inner)) else 200


def _row(entry: dict[str, Any], now: int) -> Row | None:
    if not (words := text(entry.get("desc"))):
        return None
    when = parse_time(text(entry.get("date")), now)
    return Row(when.at, words, text(entry.get("location")) or None, zone_assumed=when.zone_assumed)


class BinderByte(OneQuestion):
    """The provider."""

    name = NAME
    base = BASE
    credentials = ("api_key",)
    couriers = CODES

    def ask(self, parcel: Parcel) -> Ask | None:
        """Everything in the query, the key too."""
        question = request(parcel)
        if question is None:
            return None
        params = {**self._credentials, "courier": question.courier, "awb": question.awb}
        if question.number is not None:
            params["number"] = question.number
        return Ask("GET", f"{self._base}/track", params)

    def read(self, reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
        """See parse."""
        return parse(reply, parcel, now)
