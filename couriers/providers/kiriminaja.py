"""KiriminAja, an Indonesian aggregator: one POST per parcel, only those that were sent through it.

Documented ("Tracking Order Express"): a bearer key, a JSON body, `histories` newest first with local times.
Nearly every row has the code 100, so the text decides. `refunded` means returned to the sender, and
`delivered_at` was seen months after the row that tells of the delivery, so the row's time counts.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from couriers.base import Http, Outcome, Parcel, RawReply, TrackingResult, TrackingStatus
from couriers.http import Unreachable
from couriers.phrases import Meaning, meaning
from couriers.providers.opening import opened
from couriers.registry import ProviderConfig
from couriers.replies import failed, refusal, retry_after, text
from couriers.secrecy import hide
from couriers.status import Row, both_ends, journey
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
    rows = _rows(body, now)
    if rows is None:
        return failed(parcel, NAME, Outcome.BAD_REPLY, message)
    details = body.get("details")
    return _journey(rows, details if isinstance(details, dict) else {}, parcel, now)


def _refusal(http: int, code: str, message: str) -> Outcome:
    if http in (200, 400) and code == _NOT_FOUND:
        return Outcome.NOT_FOUND
    return refusal(400 if http == 200 else http, message)


def _rows(body: dict[str, Any], now: int) -> list[Row] | None:
    """The usable rows; None when the body is not what a success holds."""
    histories = body.get("histories", ...)
    if histories is ... and not isinstance(body.get("details"), dict):
        return None
    if histories is ... or histories is None:
        return []
    if not isinstance(histories, list):
        return None
    rows = [row for entry in both_ends(histories) if (row := _row(entry, now)) is not None]
    return rows if rows or not histories else None


def _row(entry: Any, now: int) -> Row | None:
    if not isinstance(entry, dict) or not (words := text(entry.get("status"))):
        return None
    when = parse_time(text(entry.get("created_at")), now)
    return Row(when.at, words, code=text(entry.get("status_code")) or None, zone_assumed=when.zone_assumed)


def _journey(rows: list[Row], details: dict[str, Any], parcel: Parcel, now: int) -> TrackingResult:
    """The rows' story, and the return that only the details tell; their `delivered` alone proves nothing."""
    if details.get("refunded") is True:
        when = parse_time(text(details.get("refunded_at")), now)
        back = Row(when.at, _REFUNDED, code=_REFUNDED, zone_assumed=when.zone_assumed)
        rows = [back, *rows]
    return journey(rows, parcel=parcel, source=NAME, now=now, newest_first=True, read=_read)


def _read(row: Row) -> Meaning | None:
    if row.code == _REFUNDED:
        return Meaning(_S.RETURNED)
    return meaning(row.text) or _CODES.get(row.code or "")


class KiriminAja:
    """The provider. Its key never shows in a repr, an error or a log."""

    name = NAME
    documented = True
    needs_key = True
    credentials = ("api_key",)

    def __init__(self, config: ProviderConfig) -> None:
        self._base = (config.base or BASE).rstrip("/")
        self._key = config.credentials.get("api_key", "")

    def covers(self, courier: str | None) -> bool:
        """Every courier: it goes by its own orders, and the number is enough."""
        return True

    async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
        """One look-up; every answer and every silence has an outcome."""
        question = request(parcel)
        if question is None:
            return failed(parcel, NAME, Outcome.UNSUPPORTED)
        try:
            reply = await http.send(
                "POST",
                self._base + PATH,
                headers={"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"},
                content=msgspec.json.encode(question),
            )
        except Unreachable as error:
            return failed(parcel, NAME, Outcome.UNAVAILABLE, error.reason)
        return hide(parse(reply, parcel, now), (self._key,))
