"""What adapters share in reading replies: JSON of unknown quality, rows, words of refusal, waiting times. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Final

import msgspec

from couriers.base import Outcome, Parcel, RawReply, TrackingResult
from couriers.status import Row, both_ends
from store.times import from_datetime

_BOM: Final = b"\xef\xbb\xbf"
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
"""Half a character: the strict decoder refuses the whole body for one in one row."""
LONGEST_MESSAGE: Final = 200
LONGEST_WAIT: Final = 86_400.0

_QUOTA: Final = re.compile(r"\b(quota|kuota|habis|balance|saldo|daily|harian|monthly|bulanan|limit)\b", re.I)
_TOO_FAST: Final = re.compile(r"too many|rate.?limit|per (second|minute|detik|menit)|terlalu sering", re.I)
_PHONE: Final = re.compile(r"phone|telepon|telpon|ponsel|\bhp\b|last (4|5|four|five) digit|(4|5) digit", re.I)
_KEY: Final = re.compile(
    r"api.?key|token tidak valid|\bunauth(ori[sz]ed|enticated)\b|\bforbidden\b|invalid (key|token)|credential",
    re.I,
)
_DIGITS: Final = re.compile(r"\d{5,}")
_SAID_BY_STATUS: Final = (401, 402, 403, 429)


class NotJson(Exception):
    """The body is no JSON at all: a page of a proxy or nothing, so the service is down rather than wrong."""


class BadShape(Exception):
    """JSON that cannot be what the documentation describes, or was cut off."""


def decode(body: bytes) -> Any:
    """The JSON of a body; raises NotJson or BadShape."""
    body = body.removeprefix(_BOM).strip()
    if body[:1] not in (b"{", b"["):
        raise NotJson
    for attempt in (body, _SURROGATE.sub(rb"\\ufffd", body)):
        with suppress(msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return msgspec.json.decode(attempt)
    raise BadShape


def opened(reply: RawReply) -> dict[str, Any] | Outcome:
    """The JSON object of a body; without one the outcome that the HTTP status leaves."""
    try:
        body = decode(reply.body)
    except NotJson:
        return unread(reply.status)
    except BadShape:
        body = None
    if isinstance(body, dict):
        return body
    return Outcome.BAD_REPLY if reply.status < 300 else refusal(reply.status, "")


def unread(status: int) -> Outcome:
    """The outcome of a reply that is no JSON at all."""
    # An empty refusal still is one; a page instead of JSON tells of a proxy, not of the parcel.
    return refusal(status, "") if status in _SAID_BY_STATUS else Outcome.UNAVAILABLE


def rows(entries: object, row: Callable[[dict[str, Any]], Row | None]) -> list[Row] | None:
    """The usable rows; None when there is no list, or nothing of it can be read. Null is an empty list."""
    if entries is None:
        return []
    if not isinstance(entries, list):
        return None
    told = [
        one for entry in both_ends(entries) if isinstance(entry, dict) and (one := row(entry)) is not None
    ]
    return told if told or not entries else None


def text(value: object) -> str:
    """A text field whatever its type, empty for null and containers; without NUL: PostgreSQL refuses it."""
    if isinstance(value, str):
        return value.replace("\0", "").strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def refusal(status: int, message: str) -> Outcome:
    """The outcome of a reply that is no success: by status first, by the words where that is ambiguous."""
    if status == 401:
        return Outcome.UNAUTHORIZED
    if status in (402, 403, 429):
        if _TOO_FAST.search(message):
            return Outcome.RATE_LIMITED
        if status == 402 or _QUOTA.search(message):
            return Outcome.QUOTA_EXCEEDED
        return Outcome.RATE_LIMITED if status == 429 else Outcome.UNAUTHORIZED
    if status >= 500 or status == 408 or 300 <= status < 400:
        return Outcome.UNAVAILABLE
    if _TOO_FAST.search(message):
        return Outcome.RATE_LIMITED
    if _QUOTA.search(message):
        return Outcome.QUOTA_EXCEEDED
    if _PHONE.search(message):
        return Outcome.NEEDS_PHONE
    if _KEY.search(message):
        return Outcome.UNAUTHORIZED
    return Outcome.NOT_FOUND if status in (400, 404, 422) else Outcome.BAD_REPLY


def retry_after(headers: Mapping[str, str], now: int) -> float | None:
    """Seconds of a Retry-After header, in either of its two forms; None when absent or senseless."""
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            when = parsedate_to_datetime(value)
        except ValueError:
            return None
        # RFC 9110 writes GMT; `-0000` comes out naive.
        seconds = (from_datetime(when if when.tzinfo else when.replace(tzinfo=UTC)) - now) / 1_000
    return min(seconds, LONGEST_WAIT) if math.isfinite(seconds) and seconds >= 0 else None


def last_digits(phone: str | None, count: int) -> str | None:
    """The last digits of a phone number; None when a mask (`0812****90`) hides one of them."""
    seen = re.sub(r"[^0-9*xX]", "", phone or "")
    tail = seen[-count:]
    return tail if len(tail) == count and tail.isdigit() else None


def folded(message: str) -> str:
    """A message on one line without long digits."""
    return _DIGITS.sub("…", " ".join(message.split()))


def failed(
    parcel: Parcel, source: str, outcome: Outcome, message: str = "", wait: float | None = None
) -> TrackingResult:
    """A result that says why nothing is known. Long digits leave the message: they may be a phone number."""
    plain = folded(message)[:LONGEST_MESSAGE]
    return TrackingResult(
        tracking_number=parcel.tracking_number,
        courier=parcel.courier,
        source=source,
        outcome=outcome,
        message=plain or None,
        retry_after=wait,
    )
