"""17TRACK, a world-wide aggregator: POSTs of JSON arrays, at most 40 numbers each, its own status on each row.

Documented as API v2.2 (v2.4 answers alike: set its address as `base`). A number must be registered before it
is told, and registering costs quota while asking is free. So we ask first and register only what the answer
calls not registered (-18019902): the account itself remembers, and neither a restart nor a second computer
pays twice. -18019901 (registered already) is a success. The carrier is left out: their numbers for Indonesian
couriers are published nowhere we could check, and without one they detect it. Phone digits are not sent: no
documented field takes them.

A reply is HTTP 200 even when numbers in it are refused; each number has its own outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

from couriers.ask import json_post, send
from couriers.awb import LONGEST, normalise
from couriers.base import Http, Outcome, Pace, Parcel, RawReply, TrackingResult
from couriers.http import Unreachable
from couriers.providers.seventeentrack_rows import journey_of
from couriers.replies import failed, opened, refusal, retry_after, text
from couriers.source import Source

NAME: Final = "17track"
BASE: Final = "https://api.17track.net/track/v2.2"
BATCH: Final = 40
_CARRIERS: Final = 4
"""Journeys of one number that are read: it can be registered with several carriers."""

_REGISTERED: Final = -18019901
_UNAUTHORIZED: Final = (-18010001, -18010002, -18010004, -18010005)
"""Address not allowed, bad key, account off, not allowed."""
_OUR_FAULT: Final = (-18010010, -18010011, -18010012, -18010013)
CODES: Final = {
    **dict.fromkeys(_UNAUTHORIZED, Outcome.UNAUTHORIZED),
    **dict.fromkeys(_OUR_FAULT, Outcome.BAD_REPLY),
    -18010003: Outcome.UNAVAILABLE,
    -18010014: Outcome.RATE_LIMITED,
    -18019902: Outcome.NOT_REGISTERED,
    -18019903: Outcome.UNSUPPORTED,  # carrier not detected
    -18019907: Outcome.QUOTA_EXCEEDED,
    -18019908: Outcome.QUOTA_EXCEEDED,
    -18019909: Outcome.NOT_FOUND,  # nothing yet
    -18019910: Outcome.UNSUPPORTED,  # wrong carrier
}
"""Their error codes, of a whole reply or of one number."""


class Trouble(NamedTuple):
    """Why a whole reply tells of no number."""

    outcome: Outcome
    message: str = ""
    wait: float | None = None


class Answer(NamedTuple):
    """The items of a reply by number, as `normalise` writes it."""

    accepted: Mapping[str, list[dict[str, Any]]]
    rejected: Mapping[str, list[dict[str, Any]]]

    def refusal(self, number: str) -> tuple[int | None, str]:
        """Code and message of a number that was refused."""
        error = _table(self.rejected[number][0].get("error")) if number in self.rejected else {}
        return _number(error.get("code")), text(error.get("message"))


def request(parcels: Iterable[Parcel]) -> list[dict[str, str]]:
    """The body of every call: each number once, without a carrier."""
    numbers = dict.fromkeys(normalise(parcel.tracking_number) for parcel in parcels)
    return [{"number": number} for number in numbers]


def parse(reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
    """What a reply of `gettrackinfo` says about one parcel, whatever the reply is."""
    return parse_many(reply, [parcel], now)[0]


def parse_many(reply: RawReply, parcels: Sequence[Parcel], now: int) -> list[TrackingResult]:
    """One result for each parcel, in their order."""
    answer = _answer(reply, now)
    if isinstance(answer, Trouble):
        return [failed(parcel, NAME, *answer) for parcel in parcels]
    return [_told(answer, parcel, now) for parcel in parcels]


def parse_registered(reply: RawReply, parcels: Sequence[Parcel], now: int) -> list[TrackingResult | None]:
    """What a reply of `register` says: None for a parcel that is registered now, else why it is not."""
    answer = _answer(reply, now)
    if isinstance(answer, Trouble):
        return [failed(parcel, NAME, *answer) for parcel in parcels]
    results: list[TrackingResult | None] = []
    for parcel in parcels:
        number = normalise(parcel.tracking_number)
        code, message = answer.refusal(number)
        if number in answer.accepted or code == _REGISTERED:
            results.append(None)
        else:
            results.append(failed(parcel, NAME, _refused(code, 200, message), message))
    return results


def _answer(reply: RawReply, now: int) -> Answer | Trouble:
    wait = retry_after(reply.headers, now)
    body = opened(reply)
    if isinstance(body, Outcome):
        return Trouble(Outcome.BAD_REPLY if body is Outcome.NOT_FOUND else body, wait=wait)
    data = _table(body.get("data"))
    accepted, rejected = data.get("accepted"), data.get("rejected")
    errors = data.get("errors")
    error = _table(errors[0]) if isinstance(errors, list) and errors else {}
    code = _number(body.get("code")) or _number(error.get("code"))
    message = text(error.get("message")) or text(body.get("message"))
    if reply.status != 200 or code:
        return Trouble(_refused(code, reply.status, message), message, wait)
    lists = [one for one in (accepted, rejected) if one is not None]
    if not lists or not all(isinstance(one, list) for one in lists):
        return Trouble(Outcome.BAD_REPLY, message)
    return Answer(_by_number(accepted or ()), _by_number(rejected or ()))


def _by_number(items: Iterable[object]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        if isinstance(item, dict) and (number := normalise(text(item.get("number"))[:LONGEST])):
            found.setdefault(number, []).append(item)
    return found


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: object) -> int | None:
    plain = text(value)
    return int(plain) if plain.removeprefix("-").isdecimal() and len(plain) < 16 else None


def _refused(code: int | None, status: int, message: str) -> Outcome:
    if code in CODES:
        return CODES[code]
    outcome = refusal(status, message)
    if outcome is Outcome.NOT_FOUND:
        # These calls are about many numbers: a missing page is a wrong address, not a missing parcel.
        return Outcome.UNAVAILABLE if status == 404 else Outcome.BAD_REPLY
    return outcome


def _told(answer: Answer, parcel: Parcel, now: int) -> TrackingResult:
    number = normalise(parcel.tracking_number)
    known = [journey_of(item, parcel, now, NAME) for item in answer.accepted.get(number, ())[:_CARRIERS]]
    if known:
        return max(known, key=lambda one: (one.outcome is Outcome.OK, bool(one.events)))
    if number in answer.rejected:
        code, message = answer.refusal(number)
        return failed(parcel, NAME, _refused(code, 200, message), message)
    return failed(parcel, NAME, Outcome.BAD_REPLY, "the reply leaves the number out")


class SeventeenTrack(Source):
    """The provider; its key travels in a header."""

    name = NAME
    base = BASE
    credentials = ("api_key",)
    batch_size = BATCH
    pace = Pace(per_second=1.0, at_once=1)
    """One question can be three requests, and three a second are the limit people quote."""

    async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
        """One look-up; every answer and every silence has an outcome."""
        return (await self.track_many(http, [parcel], now))[0]

    async def track_many(self, http: Http, parcels: Sequence[Parcel], now: int) -> list[TrackingResult]:
        """Ask; register what is not registered, and ask for that again. At most three requests."""
        results = await self._ask(http, parcels, now)
        new = [place for place, one in enumerate(results) if one.outcome is Outcome.NOT_REGISTERED]
        if new:
            troubles = await self._register(http, [parcels[place] for place in new], now)
            known = [place for place, trouble in zip(new, troubles, strict=True) if trouble is None]
            told = await self._ask(http, [parcels[place] for place in known], now) if known else []
            results = list(results)
            for place, one in chain(zip(new, troubles, strict=True), zip(known, told, strict=True)):
                results[place] = one or results[place]
        return [self._hidden(one) for one in results]

    async def _ask(self, http: Http, parcels: Sequence[Parcel], now: int) -> list[TrackingResult]:
        reply = await self._post(http, "gettrackinfo", parcels)
        if isinstance(reply, Trouble):
            return [failed(parcel, NAME, *reply) for parcel in parcels]
        return parse_many(reply, parcels, now)

    async def _register(self, http: Http, parcels: Sequence[Parcel], now: int) -> list[TrackingResult | None]:
        reply = await self._post(http, "register", parcels)
        if isinstance(reply, Trouble):
            return [failed(parcel, NAME, *reply) for parcel in parcels]
        return parse_registered(reply, parcels, now)

    async def _post(self, http: Http, call: str, parcels: Sequence[Parcel]) -> RawReply | Trouble:
        key = {"17token": self._credentials["api_key"]}
        try:
            return await send(http, json_post(f"{self._base}/{call}", request(parcels), key))
        except Unreachable as error:
            return Trouble(Outcome.UNAVAILABLE, error.reason)
