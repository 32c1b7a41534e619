"""Biteship, an Indonesian aggregator: one GET per parcel, any number, instant couriers among them.

Documented ("Retrieve a Public Tracking", "Tracking Status"): the raw key in `authorization`, `history` oldest
first with ISO times, and a word of status on every row. The words are coarse: `dropping_off` covers every step
between pick-up and hand-over and `on_hold` was seen on plain hub transit, so the note is heard before the word.
A documentation page writes the words in camelCase; both are read.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import quote

import msgspec

from couriers.ask import Ask
from couriers.base import Outcome, Parcel, RawReply, TrackingResult, TrackingStatus
from couriers.names import canonical
from couriers.phrases import Meaning, meaning
from couriers.replies import failed, opened, refusal, retry_after, rows, text
from couriers.source import OneQuestion
from couriers.status import Row, journey
from couriers.times import parse as parse_time

NAME: Final = "biteship"
BASE: Final = "https://api.biteship.com"

_SAME: Final = (
    "jne", "jnt", "sicepat", "anteraja", "ninja", "lion", "idexpress", "tiki", "pos", "sap", "rpx", "wahana",
    "paxel", "grab", "deliveree", "lalamove", "borzo",
)  # fmt: skip
CODES: Final = {code: code for code in _SAME} | {"gosend": "gojek"}
"""Our courier code -> theirs."""

_S = TrackingStatus
_CERTAIN: Final = {
    "delivered": Meaning(_S.DELIVERED),
    "returned": Meaning(_S.RETURNED),
    "cancelled": Meaning(_S.CANCELLED),
}
"""Words that are taken as they are."""
_WORDS: Final = {
    "confirmed": Meaning(_S.PENDING),
    "scheduled": Meaning(_S.PENDING),
    "allocated": Meaning(_S.PENDING),
    "picking_up": Meaning(_S.PENDING),
    "courier_not_found": Meaning(_S.PENDING),
    "picked": Meaning(_S.PICKED_UP),
    "on_hold": Meaning(_S.EXCEPTION, "held"),
    "return_in_transit": Meaning(_S.RETURNING),
    "rejected": Meaning(_S.EXCEPTION, "refused"),
    "disposed": Meaning(_S.EXCEPTION, "destroyed"),
}
"""Words for a note that says nothing."""
_ON_THE_WAY: Final = "dropping_off"
_GOES_BACK: Final = frozenset({_S.RETURNING, _S.RETURNED})
_WAITS: Final = frozenset({_S.UNKNOWN, _S.PENDING, _S.PICKED_UP, _S.EXCEPTION})
_INSTANT: Final = frozenset({"gosend", "grab"})
_NOT_THERE_YET: Final = "40003002"
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|[\s-]+")


class Question(msgspec.Struct, frozen=True):
    """One question, without the key."""

    courier: str
    awb: str

    @property
    def path(self) -> str:
        """Below the base address; a number is foreign text and must not reach another address."""
        return f"/v1/trackings/{quote(self.awb, safe='')}/couriers/{quote(self.courier, safe='')}"


def request(parcel: Parcel) -> Question | None:
    """What to ask for a parcel; None when Biteship does not know its courier."""
    courier = CODES.get(canonical(parcel.courier) or "")
    return Question(courier, parcel.tracking_number) if courier is not None else None


def parse(reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
    """Read a reply, whatever it is."""
    wait = retry_after(reply.headers, now)
    body = opened(reply)
    if isinstance(body, Outcome):
        return failed(parcel, NAME, body, wait=wait)
    # The success says `messsage`, three s, as documented.
    message = text(body.get("error")) or text(body.get("message")) or text(body.get("messsage"))
    if reply.status != 200 or body.get("success") in (False, "false"):
        return failed(parcel, NAME, _refusal(reply.status, text(body.get("code")), message), message, wait)
    told = rows(body.get("history", ...), lambda entry: _row(entry, now))
    if told is None:
        return failed(parcel, NAME, Outcome.BAD_REPLY, message)
    read = _Reader(parcel.courier)
    return journey(told, parcel=parcel, source=NAME, now=now, newest_first=False, read=read)


def _refusal(http: int, code: str, message: str) -> Outcome:
    """The eight digits begin with a status of their own, more exact than HTTP's where they differ."""
    if code == _NOT_THERE_YET:
        return Outcome.NOT_FOUND
    inner = int(code[:3]) if len(code) == 8 and code.isdecimal() else 0
    if http in (200, 400):
        http = inner if 400 <= inner < 600 else 400
    return refusal(http, message)


def _row(entry: dict[str, Any], now: int) -> Row | None:
    """A row whose note is missing still tells its word."""
    word = _HUMP.sub("_", text(entry.get("status"))).lower().replace("canceled", "cancelled")
    words = text(entry.get("note")) or word
    if not words:
        return None
    when = parse_time(text(entry.get("updated_at")), now)
    return Row(when.at, words, code=word or None, zone_assumed=when.zone_assumed)


class _Reader:
    """Reads the rows of one parcel, oldest first as `journey` asks.

    `dropping_off` under a note nobody knows says only that the parcel is on its way: it moves one that waits,
    but must not take a parcel out of the courier's bag or back from its return.
    """

    def __init__(self, courier: str | None) -> None:
        instant = canonical(courier) in _INSTANT
        self._on_the_way = Meaning(_S.OUT_FOR_DELIVERY if instant else _S.IN_TRANSIT)
        self._last = _S.UNKNOWN

    def __call__(self, row: Row) -> Meaning | None:
        found = self._read(row.code or "", meaning(row.text))
        self._last = found.status if found else self._last
        return found

    def _read(self, word: str, noted: Meaning | None) -> Meaning | None:
        if word in _CERTAIN and not (noted and noted.status in _GOES_BACK):
            return _CERTAIN[word]
        if noted is None and word == _ON_THE_WAY:
            return self._on_the_way if self._last in _WAITS else None
        return noted or _WORDS.get(word)


class Biteship(OneQuestion):
    """The provider."""

    name = NAME
    base = BASE
    credentials = ("api_key",)
    couriers = CODES

    def ask(self, parcel: Parcel) -> Ask | None:
        """Number and courier in the path, the key in a header."""
        question = request(parcel)
        if question is None:
            return None
        key = {"authorization": self._credentials["api_key"]}
        return Ask("GET", self._base + question.path, headers=key)

    def read(self, reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
        """See parse."""
        return parse(reply, parcel, now)
