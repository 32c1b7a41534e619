"""AfterShip, a world-wide aggregator: a tracking is created once and read from then on.

Documented (tracking API 2024-07 and later): header `as-api-key` (signed requests are an option we do not
need), `{meta, data}`, checkpoints oldest first, each with a `tag` and a `subtag`. Creating costs a shipment of
the plan, reading is free, so we ask first (`GET /trackings?tracking_numbers=`) and create only what is not
there: the account itself remembers, and neither a restart nor a second computer pays twice. 4003 (exists
already) is a success. The slug is left out: theirs for Indonesian couriers could not be checked, and without
one they detect it. Phone digits are not sent.

`base` is the host; one that ends in `/tracking/<version>` chooses the version.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import msgspec

from couriers.ask import Ask, json_post, send
from couriers.awb import LONGEST, normalise
from couriers.base import Http, Outcome, Pace, Parcel, RawReply, TrackingResult, TrackingStatus
from couriers.http import Unreachable
from couriers.names import canonical
from couriers.phrases import Meaning
from couriers.registry import ProviderConfig
from couriers.replies import LONGEST_WAIT, failed, opened, refusal, retry_after, rows, text
from couriers.source import Source
from couriers.status import Row, journey
from couriers.times import parse as parse_time
from couriers.verdicts import Coded, hinted

NAME: Final = "aftership"
BASE: Final = "https://api.aftership.com"
VERSION: Final = "2025-07"
_VERSIONED: Final = re.compile(r"/tracking/\d{4}-\d{2}$")

EXISTS: Final = 4003
CODES: Final = {
    4001: Outcome.BAD_REPLY,
    4004: Outcome.NOT_FOUND,
    4005: Outcome.NOT_FOUND,  # not a number they accept
    4008: Outcome.BAD_REPLY,
    4009: Outcome.BAD_REPLY,
    4010: Outcome.UNSUPPORTED,  # courier unknown
    4012: Outcome.UNSUPPORTED,  # courier not detected
    4017: Outcome.BAD_REPLY,
}
"""Their `meta.code` beyond HTTP's numbers."""

_S = TrackingStatus
_TAGS: Final = {
    "InfoReceived": Meaning(_S.PENDING),
    "InTransit": Meaning(_S.IN_TRANSIT),
    "OutForDelivery": Meaning(_S.OUT_FOR_DELIVERY),
    "AvailableForPickup": Meaning(_S.OUT_FOR_DELIVERY),
    "AttemptFail": Meaning(_S.DELIVERY_FAILED),
    "Delivered": Meaning(_S.DELIVERED),
    "Exception": Meaning(_S.EXCEPTION),
    "Expired": Meaning(_S.EXCEPTION, "expired"),
}
_SUBTAGS: Final = {
    "Exception_003": Meaning(_S.EXCEPTION, "refused"),
    "Exception_004": Meaning(_S.EXCEPTION, "customs"),
    "Exception_006": Meaning(_S.EXCEPTION, "held"),
    "Exception_007": Meaning(_S.EXCEPTION, "address"),
    "Exception_010": Meaning(_S.RETURNING),
    "Exception_011": Meaning(_S.RETURNED),
    "Exception_012": Meaning(_S.EXCEPTION, "damaged"),
    "Exception_013": Meaning(_S.EXCEPTION, "lost"),
}
_VAGUE: Final = ("InTransit", "InTransit_001")
_BACK: Final = frozenset({_S.RETURNING, _S.RETURNED})


class Trouble(NamedTuple):
    """Why a reply tells of no tracking; `existing` is its id when only its creation was refused."""

    outcome: Outcome
    message: str = ""
    wait: float | None = None
    existing: str | None = None


def parse(reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
    """What a reply to any of the calls says about a parcel, whatever the reply is."""
    return _told(tracking_of(reply, parcel, now), parcel, now)


def tracking_of(reply: RawReply, parcel: Parcel, now: int) -> dict[str, Any] | Trouble:
    """The parcel's tracking in a reply: alone, in a list, or (before 2024-07) wrapped once more."""
    body = opened(reply)
    if isinstance(body, Outcome):
        unread = Outcome.BAD_REPLY if body is Outcome.NOT_FOUND else body
        return Trouble(unread, wait=_wait(unread, reply.headers, now))
    meta = body["meta"] if isinstance(body.get("meta"), dict) else {}
    told, message = text(meta.get("code")), text(meta.get("message"))
    code = int(told) if told.isdecimal() and len(told) < 6 else reply.status
    data = body.get("data")
    if not (200 <= reply.status < 300 and 200 <= code < 300):
        outcome = _refused(code, reply.status, message)
        if outcome is Outcome.NOT_FOUND and not meta:
            outcome = Outcome.UNAVAILABLE  # a page that is not theirs: a wrong address, not a missing parcel
        known = next((one for found in _inside(data) if (one := _id(found))), "")
        wait = _wait(outcome, reply.headers, now)
        return Trouble(outcome, message, wait, known if code == EXISTS else None)
    if not isinstance(data, dict):
        return Trouble(Outcome.BAD_REPLY, message)
    listed = isinstance(data.get("trackings"), list)
    found = [one for one in _inside(data) if _number(one) == normalise(parcel.tracking_number)]
    if not found and not listed:
        found = [one for one in _inside(data) if not _number(one) and _id(one)]
    if found:
        courier = canonical(parcel.courier)
        return next((one for one in found if canonical(text(one.get("slug"))) == courier), found[0])
    return Trouble(Outcome.NOT_REGISTERED if listed else Outcome.BAD_REPLY, message)


def _inside(data: object) -> Iterator[dict[str, Any]]:
    """Every tracking of a reply's data."""
    if isinstance(data, dict):
        yield data
        listed = data.get("trackings")
        for one in [data.get("tracking"), *(listed if isinstance(listed, list) else ())]:
            if isinstance(one, dict):
                yield one


def _number(tracking: Mapping[str, Any]) -> str:
    return normalise(text(tracking.get("tracking_number"))[:LONGEST])


def _id(tracking: Mapping[str, Any]) -> str | None:
    known = text(tracking.get("id"))
    return known if re.fullmatch(r"[\w-]{1,128}", known) else None


def _refused(code: int, status: int, message: str) -> Outcome:
    if code in CODES:
        return CODES[code]
    if code == EXISTS or code > 599:
        return Outcome.BAD_REPLY if status < 500 else Outcome.UNAVAILABLE
    return refusal(code if code >= 300 else status, message)


def _wait(outcome: Outcome, headers: Mapping[str, str], now: int) -> float | None:
    """Seconds until the next try: Retry-After, else the second in which their window starts again."""
    told = retry_after(headers, now)
    if told is not None or outcome is not Outcome.RATE_LIMITED:
        return told
    try:
        reset = float(headers.get("x-ratelimit-reset", ""))
    except ValueError:
        return None
    seconds = reset - now / 1_000 if reset > LONGEST_WAIT else reset  # an instant; a few read it as a span
    return min(seconds, LONGEST_WAIT) if math.isfinite(seconds) and seconds >= 0 else None


def _told(tracking: dict[str, Any] | Trouble, parcel: Parcel, now: int) -> TrackingResult:
    if isinstance(tracking, Trouble):
        return failed(parcel, NAME, tracking.outcome, tracking.message, tracking.wait)
    told = rows(tracking.get("checkpoints"), lambda point: _row(point, now))
    if told is None:
        return failed(parcel, NAME, Outcome.BAD_REPLY)
    hint = _coded(text(tracking.get("subtag"))) or _coded(text(tracking.get("tag")))
    if not told and hint is None:
        return failed(parcel, NAME, Outcome.NOT_FOUND)  # `Pending`: created, and nobody has scanned it yet
    read = Coded(_coded, _VAGUE)
    result = journey(told, parcel=parcel, source=NAME, now=now, newest_first=False, read=read)
    result = hinted(result, hint)
    if result.status is _S.DELIVERED and tracking.get("return_to_sender") is True:
        return msgspec.structs.replace(result, status=_S.RETURNED, delivered_at=None)
    return result


def _row(point: dict[str, Any], now: int) -> Row | None:
    code = text(point.get("subtag")) or text(point.get("tag"))
    words = text(point.get("message")) or text(point.get("subtag_message")) or code
    if not words:
        return None
    when = parse_time(text(point.get("checkpoint_time")), now)
    place = text(point.get("location")) or text(point.get("city"))
    return Row(when.at, words, place or None, code or None, when.zone_assumed)


def _coded(code: str) -> Meaning | None:
    return _SUBTAGS.get(code) or _TAGS.get(code.partition("_")[0])


class AfterShip(Source):
    """The provider; its key travels in a header."""

    name = NAME
    base = BASE
    credentials = ("api_key",)
    pace = Pace(per_second=5.0, at_once=2)
    """Documented per second: create 20, list 6, read one 5."""

    def __init__(self, config: ProviderConfig) -> None:
        super().__init__(config)
        if not _VERSIONED.search(self._base):
            self._base += f"/tracking/{VERSION}"

    async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
        """Ask; create what is not there, and read that. One request for a known parcel, three for a new one."""
        number = normalise(parcel.tracking_number)
        url, key = f"{self._base}/trackings", {"as-api-key": self._credentials["api_key"]}
        ask = Ask("GET", url, {"tracking_numbers": number}, key)
        found = await self._tracking(http, ask, parcel, now)
        if isinstance(found, Trouble) and found.outcome in (Outcome.NOT_REGISTERED, Outcome.NOT_FOUND):
            create = json_post(url, {"tracking_number": number}, key)
            found = await self._tracking(http, create, parcel, now)
            known = found.existing if isinstance(found, Trouble) else _id(found)
            if known is not None:
                one = Ask("GET", f"{url}/{quote(known, safe='')}", headers=key)
                found = await self._tracking(http, one if known else ask, parcel, now)
        return self._hidden(_told(found, parcel, now))

    async def _tracking(self, http: Http, ask: Ask, parcel: Parcel, now: int) -> dict[str, Any] | Trouble:
        try:
            return tracking_of(await send(http, ask), parcel, now)
        except Unreachable as error:
            return Trouble(Outcome.UNAVAILABLE, error.reason)
