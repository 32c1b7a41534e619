"""JNE's partner API: one form post per parcel, any JNE number, credentials of a contract.

`POST /tracing/api/list/v1/cnote/{AWB}` with `username` and `api_key`; `history` runs oldest first with
`DD-MM-YYYY HH:MM` in local time. Documented at plain http; credentials are not sent in the open here, so https
is asked at the same place (unverified that it answers: `base` can be set). What a wrong key gets is unverified,
so are the codes of a failed attempt (U**) and of a return (R**): their text is asked first.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import quote

from couriers.ask import Ask, form
from couriers.base import Parcel, RawReply, TrackingResult, TrackingStatus
from couriers.direct import DirectApi, Told, answer, refused, settle, text_first
from couriers.phrases import Meaning
from couriers.replies import rows, text
from couriers.status import Row
from couriers.times import parse as parse_time

NAME: Final = "jne"
BASE: Final = "https://apiv2.jne.co.id:10101"
PATH: Final = "/tracing/api/list/v1/cnote/"

_S = TrackingStatus
_CODES: Final = (
    ("PU0|RC1", _S.PICKED_UP),
    ("OP[123]|TP.|IP[12]", _S.IN_TRANSIT),
    ("IP3", _S.OUT_FOR_DELIVERY),
    (r"D\w\w", _S.DELIVERED),
)
_UNVERIFIED: Final = ((r"U\w\w", _S.DELIVERY_FAILED), (r"R\w\w", _S.RETURNING))


def parse(reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
    """Read a reply, whatever it is."""

    def tell(body: dict[str, Any]) -> Told:
        if body.get("status") is False or text(body.get("error")):
            return refused(400, body)
        if not isinstance(body.get("cnote"), dict):
            return None
        return rows(body.get("history", ...), lambda entry: _row(entry, now))

    return answer(reply, parcel, now, source=NAME, tell=tell, read=_read)


def _row(entry: dict[str, Any], now: int) -> Row | None:
    if not (words := text(entry.get("desc"))):
        return None
    when = parse_time(text(entry.get("date")), now)
    return Row(when.at, words, code=text(entry.get("code")) or None, zone_assumed=when.zone_assumed)


def _read(row: Row) -> Meaning | None:
    coded = _lookup(row.code, _CODES)
    return settle(coded, row.text) if coded else text_first(row.text, _lookup(row.code, _UNVERIFIED))


def _lookup(code: str | None, table: tuple[tuple[str, TrackingStatus], ...]) -> TrackingStatus | None:
    return next((status for shape, status in table if re.fullmatch(shape, code or "")), None)


class Jne(DirectApi):
    """The provider."""

    name = courier = NAME
    base = BASE
    credentials = ("username", "api_key")

    def ask(self, parcel: Parcel) -> Ask:
        """A form with the credentials, the number in the path."""
        return form(self._base + PATH + quote(parcel.tracking_number, safe=""), self._credentials)

    def read(self, reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
        """See parse."""
        return parse(reply, parcel, now)
