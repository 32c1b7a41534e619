"""What the couriers' own APIs share: one request per parcel, only their own numbers, codes beside the texts.

An adapter brings its request, its rows and its table of codes. A code is asked before the text where the
courier documents it, with two limits: a delivery counts only while the text says nothing else, and a text that
tells of a return or a loss outranks a code that only says "on its way".
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Callable
from typing import Any, ClassVar, Final, NamedTuple
from urllib.parse import urlencode

import msgspec

from couriers.base import Http, Outcome, Parcel, RawReply, TrackingResult, TrackingStatus
from couriers.http import Unreachable
from couriers.names import canonical
from couriers.phrases import Meaning, meaning
from couriers.providers.opening import opened
from couriers.registry import ProviderConfig
from couriers.replies import failed, refusal, retry_after, text
from couriers.secrecy import hide
from couriers.status import Reader, Row, both_ends, by_phrase, journey

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


class Ask(msgspec.Struct, frozen=True):
    """One request with its credentials, so it never shows itself."""

    method: str
    url: str
    params: dict[str, str] | None = None
    headers: dict[str, str] = {}
    content: bytes | None = None

    def __repr__(self) -> str:
        return f"Ask({self.method})"


class DirectApi(ABC):
    """A courier's own API as a provider. Its credentials never show in a repr, an error or a log."""

    name: ClassVar[str]
    courier: ClassVar[str]
    """Our code of the only courier it knows."""
    base: ClassVar[str] = ""
    """Everything before the documented path; empty: it is handed out with the contract."""
    documented = True
    needs_key = True
    credentials: tuple[str, ...] = ()

    def __init__(self, config: ProviderConfig) -> None:
        self._base = (config.base or self.base).rstrip("/")
        self._credentials = {name: config.credentials.get(name, "") for name in self.credentials}

    @abstractmethod
    def ask(self, parcel: Parcel) -> Ask:
        """The request for a parcel."""

    @abstractmethod
    def read(self, reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
        """Its `parse`."""

    def covers(self, courier: str | None) -> bool:
        """Its own parcels only."""
        return canonical(courier) == self.courier

    async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
        """One look-up; every answer and every silence has an outcome. Whoever names the provider means it."""
        parcel = msgspec.structs.replace(parcel, courier=self.courier)
        if not self._base:
            message = "no base address is set: it comes with the contract"
            return failed(parcel, self.name, Outcome.UNAUTHORIZED, message)
        try:
            reply = await send(http, self.ask(parcel))
        except Unreachable as error:
            return failed(parcel, self.name, Outcome.UNAVAILABLE, error.reason)
        # Some services repeat in a refusal what they were given.
        return hide(self.read(reply, parcel, now), self._credentials.values())


async def send(http: Http, ask: Ask) -> RawReply:
    """One request, one reply. Raises Unreachable."""
    return await http.send(
        ask.method, ask.url, params=ask.params, headers=ask.headers or None, content=ask.content
    )


def basic(username: str, password: str) -> dict[str, str]:
    """The header of HTTP Basic authentication."""
    return {"Authorization": "Basic " + b64encode(f"{username}:{password}".encode()).decode("ascii")}


def form(url: str, fields: dict[str, str]) -> Ask:
    """A POST of a form."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return Ask("POST", url, headers=kind, content=urlencode(fields).encode("ascii"))


def json_post(url: str, body: object, headers: dict[str, str]) -> Ask:
    """A POST of JSON."""
    kind = {"Content-Type": "application/json"}
    return Ask("POST", url, headers=kind | headers, content=msgspec.json.encode(body))


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
