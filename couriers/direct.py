"""What the couriers' own APIs share: one request per parcel, only their own numbers, codes beside the texts.

An adapter brings its request, its rows and its table of codes. A code is asked before the text where the
courier documents it, with two limits: a delivery counts only while the text says nothing else, and a text that
tells of a return or a loss outranks a code that only says "on its way".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from couriers.base import Http, Outcome, Parcel, RawReply, TrackingResult, TrackingStatus
from couriers.names import canonical
from couriers.phrases import Meaning, meaning
from couriers.replies import failed, opened, refusal, retry_after, text
from couriers.source import OneQuestion
from couriers.status import Reader, Row, by_phrase, journey

_S = TrackingStatus
_OUTRANKS: Final = frozenset({_S.RETURNING, _S.RETURNED, _S.EXCEPTION})
_MESSAGES: Final = (
    "message", "error", "error_message", "error_description", "info", "msg", "description", "desc", "global",
    "title",
)  # fmt: skip
_UNKNOWN_NUMBER: Final = re.compile(
    r"\b(awb|cnote|connote|waybill|barcode|stt|resi|shipment|tracking)\b.*(not found|tidak ditemukan|belum)"
    r"|invalid (awb|waybill|resi)|can't get waybill",
    re.I,
)


class Scan(Row, frozen=True):
    """A row with one more word of its wire that its reader needs: a leg, a milestone, a description."""

    note: str = ""


class Refusal(NamedTuple):
    """A reply that is no journey."""

    outcome: Outcome
    message: str = ""


Told = list[Row] | Refusal | None
"""What a body holds; None when it is not what the courier documents."""


class DirectApi(OneQuestion):
    """A courier's own API as a provider."""

    courier: str
    """Our code of the only courier it knows."""

    def covers(self, courier: str | None) -> bool:
        """Its own parcels only."""
        return canonical(courier) == self.courier

    async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
        """One look-up; every answer and every silence has an outcome. Whoever names the provider means it."""
        parcel = msgspec.structs.replace(parcel, courier=self.courier)
        if not self._base:
            message = "no base address is set: it comes with the contract"
            return failed(parcel, self.name, Outcome.UNAUTHORIZED, message)
        return await super().track(http, parcel, now)


def answer(
    reply: RawReply,
    parcel: Parcel,
    now: int,
    *,
    source: str,
    tell: Callable[[dict[str, Any]], Told],
    newest_first: bool = False,
    read: Reader = by_phrase,
) -> TrackingResult:
    """The result of a reply, whatever it is; `tell` reads the body of a success and its hidden refusals."""
    told = _told(reply, tell)
    if isinstance(told, Refusal):
        return failed(parcel, source, told.outcome, told.message, retry_after(reply.headers, now))
    if told is None:
        return failed(parcel, source, Outcome.BAD_REPLY)
    return journey(told, parcel=parcel, source=source, now=now, newest_first=newest_first, read=read)


def _told(reply: RawReply, tell: Callable[[dict[str, Any]], Told]) -> Told:
    body = opened(reply)
    if isinstance(body, Outcome):
        return Refusal(body)
    return tell(body) if 200 <= reply.status < 300 else refused(reply.status, body)


def refused(status: int, body: object) -> Refusal:
    """Why a body with an error status holds no journey; words about the number outrank a vague status."""
    words = _words(body)
    if status not in (401, 402, 403, 408, 429) and _UNKNOWN_NUMBER.search(words):
        return Refusal(Outcome.NOT_FOUND, words)
    return Refusal(refusal(status, words), words)


def inner_status(value: object) -> int | None:
    """The status a body gives for itself, as number or text; None when it gives none."""
    plain = text(value)
    return int(plain) if re.fullmatch(r"[1-9]\d\d", plain) else None


def _words(body: object, depth: int = 3) -> str:
    """The message of an error body, wherever the courier keeps it."""
    if not isinstance(body, dict) or not depth:
        return text(body)
    return next(filter(None, (_words(body.get(key), depth - 1) for key in _MESSAGES)), "")


def note(row: Row) -> str:
    """The note of a Scan."""
    return row.note if isinstance(row, Scan) else ""


def settle(coded: TrackingStatus | None, words: str) -> Meaning | None:
    """A row's meaning from its code and its text."""
    said = meaning(words)
    if coded is None or said is None:
        return said if coded is None else Meaning(coded)
    if coded is _S.DELIVERED or (coded is _S.IN_TRANSIT and said.status in _OUTRANKS):
        return said
    return Meaning(coded)


def text_first(words: str, coded: TrackingStatus | None) -> Meaning | None:
    """A row's meaning where the code is not verified: the text, and the code only where that is silent."""
    return meaning(words) or (Meaning(coded) if coded is not None else None)
