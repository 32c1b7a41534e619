"""J&T Express's web page: an endpoint nobody promised, so it is off unless switched on by name.

A form post to the site's router, as public projects use it, with the last four digits of the recipient's phone
when known. The page signs its posts with a secret of its own; that one is not ours to use, so the post goes
unsigned and the site may well refuse it. In the reply `data` is JSON written as text inside JSON, sometimes the
whole reply is; `details` runs oldest first in local time. `scanscode` 1 picked up, 2 left, 3 arrived, 4 on
delivery, 5 delivered, 6 problem, 7 held, empty for an internal scan.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from couriers.ask import Ask, form
from couriers.base import Outcome, Pace, Parcel, RawReply, TrackingResult, TrackingStatus
from couriers.direct import DirectApi, Refusal, Told, answer, refused, settle, text_first
from couriers.phrases import Meaning
from couriers.replies import BadShape, NotJson, decode, last_digits, rows, text
from couriers.status import Row
from couriers.times import parse as parse_time

NAME: Final = "jnt_web"
BASE: Final = "https://www.jet.co.id"
PATH: Final = "/index/router/index.html"
PHONE_DIGITS: Final = 4

_S = TrackingStatus
_CODES: Final = {
    "1": _S.PICKED_UP,
    "2": _S.IN_TRANSIT,
    "3": _S.IN_TRANSIT,
    "4": _S.OUT_FOR_DELIVERY,
    "5": _S.DELIVERED,
}
_PROBLEM: Final = "6"
_HELD: Final = Meaning(_S.EXCEPTION, "held")


def parse(reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
    """Read a reply, whatever it is."""

    def tell(body: dict[str, Any]) -> Told:
        if body.get("success") is False:
            return refused(400, body)
        data = _unpacked(body.get("data", ...))
        if data is None or data == "":
            return Refusal(Outcome.NOT_FOUND)
        if not isinstance(data, dict):
            return None
        details = data.get("details", ...)
        if details is None or details == []:
            return Refusal(Outcome.NOT_FOUND)
        return rows(details, lambda entry: _row(entry, now))

    whole = _unpacked_body(reply)
    return answer(whole, parcel, now, source=NAME, tell=tell, read=_read)


def _unpacked_body(reply: RawReply) -> RawReply:
    """The reply, taken out of a JSON text if it is one."""
    if not reply.body.lstrip().startswith(b'"'):
        return reply
    try:
        inner = msgspec.json.decode(reply.body, type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return reply
    return msgspec.structs.replace(reply, body=inner.encode("utf-8", "replace"))


def _unpacked(data: object) -> object:
    if not isinstance(data, str) or not data.strip():
        return data if not isinstance(data, str) else None
    try:
        return decode(data.encode("utf-8", "replace"))
    except (NotJson, BadShape):
        return ...


def _row(entry: dict[str, Any], now: int) -> Row | None:
    if not (words := text(entry.get("desc")) or text(entry.get("scanstatus"))):
        return None
    when = parse_time(text(entry.get("scantime")), now)
    place = text(entry.get("city")) or text(entry.get("siteName")) or None
    return Row(when.at, words, place, text(entry.get("scanscode")) or None, when.zone_assumed)


def _read(row: Row) -> Meaning | None:
    if row.code is None:
        return None
    if row.code == "7":
        return _HELD
    if row.code == _PROBLEM:
        return text_first(row.text, _S.EXCEPTION)
    return settle(_CODES.get(row.code), row.text)


class JntWeb(DirectApi):
    """The provider."""

    name = NAME
    courier = "jnt"
    base = BASE
    documented = False
    needs_key = False
    pace = Pace(per_second=0.5, at_once=1)

    def ask(self, parcel: Parcel) -> Ask:
        """The site's own form."""
        fields = {"method": "query/findTrack", "data[billcode]": parcel.tracking_number, "data[lang]": "id"}
        if (digits := last_digits(parcel.phone, PHONE_DIGITS)) is not None:
            fields["data[phone]"] = digits
        return form(self._base + PATH, fields | {"data[source]": "3"})

    def read(self, reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
        """See parse."""
        return parse(reply, parcel, now)
