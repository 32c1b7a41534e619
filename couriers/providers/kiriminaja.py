"""KiriminAja, an Indonesian aggregator: one POST per parcel, only those that were sent through it.

Documented ("Tracking Order Express"): a bearer key, a JSON body, `histories` newest first with local times.
Nearly every row has the code 100, so the text decides. `refunded` means returned to the sender, and
`delivered_at` was seen months after the row that tells of the delivery, so the row's time counts.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from couriers.ask import Ask, json_post
from couriers.base import Outcome, Parcel, RawReply, TrackingResult, TrackingStatus
from couriers.phrases import Meaning, meaning
from couriers.replies import failed, opened, refusal, retry_after, rows, text
from couriers.source import OneQuestion
from couriers.status import Row, journey
from couriers.times import parse as parse_time

NAME: Final = "kiriminaja"
BASE: Final = "https://client.kiriminaja.com"
PATH: Final = "/api/mitra/tracking"
LONGEST: Final = 20
"""Characters of a number or order id it takes."""

_S = TrackingStatus
_CODES: Final = {
    "101": Meaning(_S.PENDING),
    "110": Meaning(_S.PENDING),
    "301": Meaning(_S.EXCEPTION, "refused"),
    "302": Meaning(_S.CANCELLED),
    "333": Meaning(_S.EXCEPTION, "destroyed"),
    **{str(code): Meaning(_S.RETURNING) for code in range(401, 406)},
    "555": Meaning(_S.EXCEPTION, "customs"),
    "701": Meaning(_S.EXCEPTION, "lost"),
    "702": Meaning(_S.EXCEPTION, "damaged"),
}
"""Of the documented package codes those that say where a parcel is; asked only when the text is silent.
100 stands on every row and 200 also ends a return."""
_NOT_FOUND: Final = "2"
_REFUNDED: Final = "refunded"


class Question(msgspec.Struct, frozen=True):
    """The body of a question."""

    order_id: str
    """KiriminAja's order id or the courier's number."""


def request(parcel: Parcel) -> Question | None:
    """What to ask for a parcel; None when no number of KiriminAja's is that long."""
    number = parcel.tracking_number
    return Question(number) if 0 < len(number) <= LONGEST else None


def parse(reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
    """Read a reply, whatever it is."""
    wait = retry_after(reply.headers, now)
    body = opened(reply)
    if isinstance(body, Outcome):
        return failed(parcel, NAME, body, wait=wait)
    message = text(body.get("text")) or text(body.get("message"))
    if reply.status != 200 or body.get("status") in (False, "false"):
        return failed(parcel, NAME, _refusal(reply.status, text(body.get("code")), message), message, wait)
    details = body.get("details")
    # Without histories the details still show a success, of a parcel that nobody has scanned.
    histories = body.get("histories", None if isinstance(details, dict) else ...)
    told = rows(histories, lambda entry: _row(entry, now))
    if told is None:
        return failed(parcel, NAME, Outcome.BAD_REPLY, message)
    return _journey(told, details if isinstance(details, dict) else {}, parcel, now)


def _refusal(http: int, code: str, message: str) -> Outcome:
    if http in (200, 400) and code == _NOT_FOUND:
        return Outcome.NOT_FOUND
    return refusal(400 if http == 200 else http, message)


def _row(entry: dict[str, Any], now: int) -> Row | None:
    if not (words := text(entry.get("status"))):
        return None
    when = parse_time(text(entry.get("created_at")), now)
    return Row(when.at, words, code=text(entry.get("status_code")) or None, zone_assumed=when.zone_assumed)


def _journey(told: list[Row], details: dict[str, Any], parcel: Parcel, now: int) -> TrackingResult:
    """The rows' story, and the return that only the details tell; their `delivered` alone proves nothing."""
    if details.get("refunded") is True:
        when = parse_time(text(details.get("refunded_at")), now)
        back = Row(when.at, _REFUNDED, code=_REFUNDED, zone_assumed=when.zone_assumed)
        told = [back, *told]
    return journey(told, parcel=parcel, source=NAME, now=now, newest_first=True, read=_read)


def _read(row: Row) -> Meaning | None:
    if row.code == _REFUNDED:
        return Meaning(_S.RETURNED)
    return meaning(row.text) or _CODES.get(row.code or "")


class KiriminAja(OneQuestion):
    """The provider."""

    name = NAME
    base = BASE
    credentials = ("api_key",)

    def ask(self, parcel: Parcel) -> Ask | None:
        """The number in the body, a bearer key."""
        question = request(parcel)
        if question is None:
            return None
        key = {"Authorization": f"Bearer {self._credentials['api_key']}"}
        return json_post(self._base + PATH, question, key)

    def read(self, reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
        """See parse."""
        return parse(reply, parcel, now)
