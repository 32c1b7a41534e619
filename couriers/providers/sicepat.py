"""SiCepat's partner API: one GET per parcel, any SiCepat number, the key in a header.

`GET /customer/waybill?waybill=N`. The truth stands inside: `sicepat.status.code` 400 is an unknown number under
HTTP 200. `track_history` runs oldest first in local time; a row's text is in `city`, except in the `DELIVERED`
row, where `receiver_name` holds it. Documented at plain http; the key is not sent in the open here, so https
is asked at the same place (a newer host exists, unverified: `base` can be set). The codes of returns and
failed attempts are unverified: their text is asked first.
"""

from __future__ import annotations

from typing import Any, Final

from couriers.ask import Ask
from couriers.base import Parcel, RawReply, TrackingResult, TrackingStatus
from couriers.direct import DirectApi, Told, answer, inner_status, refused, settle, text_first
from couriers.phrases import Meaning
from couriers.replies import rows, text
from couriers.status import Row
from couriers.times import parse as parse_time

NAME: Final = "sicepat"
BASE: Final = "https://api.sicepat.com"
PATH: Final = "/customer/waybill"

_S = TrackingStatus
_CODES: Final = {
    "PICKREQ": _S.PENDING,
    "PICK": _S.PICKED_UP,
    "IN": _S.IN_TRANSIT,
    "OUT": _S.IN_TRANSIT,
    "ANT": _S.OUT_FOR_DELIVERY,
    "DELIVERED": _S.DELIVERED,
}
"""`OUT` has left a hub, not for the buyer's door."""
_UNVERIFIED: Final = {"RETUR": _S.RETURNING, "UNPICK": _S.PENDING, "AU": _S.DELIVERY_FAILED}
_LOST: Final = Meaning(_S.EXCEPTION, "lost")


def parse(reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
    """Read a reply, whatever it is."""

    def tell(body: dict[str, Any]) -> Told:
        inner = body.get("sicepat")
        if not isinstance(inner, dict) or not isinstance(status := inner.get("status"), dict):
            return None
        if (code := inner_status(status.get("code"))) != 200:
            return refused(code, status) if code is not None else None
        result = inner.get("result")
        if not isinstance(result, dict):
            return None
        return rows(result.get("track_history", ...), lambda entry: _row(entry, now))

    return answer(reply, parcel, now, source=NAME, tell=tell, read=_read)


def _row(entry: dict[str, Any], now: int) -> Row | None:
    code = text(entry.get("status"))
    words = text(entry.get("city")) or text(entry.get("receiver_name")) or code
    if not words:
        return None
    when = parse_time(text(entry.get("date_time")), now)
    return Row(when.at, words, code=code or None, zone_assumed=when.zone_assumed)


def _read(row: Row) -> Meaning | None:
    if row.code == "HILANG":
        return _LOST
    coded = _CODES.get(row.code or "")
    return settle(coded, row.text) if coded else text_first(row.text, _UNVERIFIED.get(row.code or ""))


class SiCepat(DirectApi):
    """The provider."""

    name = courier = NAME
    base = BASE
    credentials = ("api_key",)

    def ask(self, parcel: Parcel) -> Ask:
        """The number in the query, the key in a header."""
        key = {"api-key": self._credentials["api_key"]}
        return Ask("GET", self._base + PATH, {"waybill": parcel.tracking_number}, key)

    def read(self, reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
        """See parse."""
        return parse(reply, parcel, now)
