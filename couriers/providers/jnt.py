"""J&T Express's partner API (developer.jet.co.id): one post per parcel, own shipments only, HTTP Basic.

JSON `{awb, eccompanyid}`; the address is handed out with the contract, so `base` is all of it (what stands where
in it is unverified). `history` runs oldest first in local time. Status code 100 stands on every row between the
label and the hand-over, so the text decides there, but only 200 is a delivery: "diterima oleh" is a depot before.
The codes of problems (150-163) and returns (401, 402) are unverified and asked only when the text is silent.
"""

from __future__ import annotations

from typing import Any, Final

from couriers.ask import Ask, basic, json_post
from couriers.base import Parcel, RawReply, TrackingResult, TrackingStatus
from couriers.direct import DirectApi, Told, answer, inner_status, refused, settle, text_first
from couriers.phrases import Meaning
from couriers.replies import rows, text
from couriers.status import Row
from couriers.times import parse as parse_time

NAME: Final = "jnt"

_S = TrackingStatus
_CODES: Final = {"101": _S.PENDING, "200": _S.DELIVERED}
_BETWEEN: Final = "100"
_UNVERIFIED: Final = dict.fromkeys((str(code) for code in range(150, 164)), _S.EXCEPTION) | {
    "401": _S.RETURNING,
    "402": _S.RETURNING,
}


def parse(reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
    """Read a reply, whatever it is."""

    def tell(body: dict[str, Any]) -> Told:
        if error := text(body.get("error_id")):
            return refused(inner_status(error) or 400, body)
        return rows(body.get("history", ...), lambda entry: _row(entry, now))

    return answer(reply, parcel, now, source=NAME, tell=tell, read=_read)


def _row(entry: dict[str, Any], now: int) -> Row | None:
    code, words = text(entry.get("status_code")), text(entry.get("status"))
    if code in _UNVERIFIED:
        words = ": ".join(filter(None, (words, text(entry.get("note")))))  # the reason stands there
    if not words:
        return None
    when = parse_time(text(entry.get("date_time")), now)
    place = text(entry.get("city_name")) or text(entry.get("storeName")) or None
    return Row(when.at, words, place, code or None, when.zone_assumed)


def _read(row: Row) -> Meaning | None:
    code = row.code or ""
    if (coded := _CODES.get(code)) is not None:
        return settle(coded, row.text)
    found = text_first(row.text, _UNVERIFIED.get(code))
    if found is not None and found.status is _S.DELIVERED:
        return Meaning(_S.PICKED_UP) if code == _BETWEEN else None
    return found


class Jnt(DirectApi):
    """The provider."""

    name = courier = NAME
    credentials = ("username", "password", "eccompanyid")

    def ask(self, parcel: Parcel) -> Ask:
        """Number and company in the body."""
        given = self._credentials
        body = {"awb": parcel.tracking_number, "eccompanyid": given["eccompanyid"]}
        return json_post(self._base, body, basic(given["username"], given["password"]))

    def read(self, reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
        """See parse."""
        return parse(reply, parcel, now)
