"""Pos Indonesia's partner API: the reply is known, the request is not.

Known: `{response: {data: [...]}}` newest first, `{response: null}` for an unknown number, the test system's
`{rs_tnt: {r_tnt: [...]}}` oldest first, and the older site's `{result: [...]}` after a post of `{barcode}`. The
address is handed out with the contract, so `base` is all of it; that the partner API takes the same post with
the key as a bearer token is unverified. Times are local; parts of a description are joined with `~~`.

`DALAM PROSES` is a hub or the delivery run, `SELESAI ANTAR` a delivery or a failed attempt: the description
tells which.
"""

from __future__ import annotations

import re
from typing import Any, Final

from couriers.ask import Ask, json_post
from couriers.base import Outcome, Parcel, RawReply, TrackingResult, TrackingStatus
from couriers.direct import DirectApi, Refusal, Scan, Told, answer, note, refused
from couriers.phrases import Meaning, meaning
from couriers.replies import rows, text
from couriers.status import Row
from couriers.times import parse as parse_time

NAME: Final = "pos"

_S = TrackingStatus
_EVENTS: Final = {
    "PRA COLLECTING": _S.PENDING,
    "PENERIMAAN DI LOKET": _S.PICKED_UP,
    "POSTING LOKET": _S.PICKED_UP,
    "DALAM PROSES": _S.IN_TRANSIT,
    "MANIFEST SERAH": _S.IN_TRANSIT,
    "MANIFEST TERIMA": _S.IN_TRANSIT,
    "PROSES ANTAR": _S.OUT_FOR_DELIVERY,
    "SELESAI ANTAR": _S.DELIVERED,
}
_TELLS_MORE: Final = frozenset({_S.DELIVERY_FAILED, _S.RETURNING, _S.RETURNED, _S.EXCEPTION, _S.CANCELLED})
_NOT: Final = re.compile(r"\b(BELUM|TIDAK|TAK|GAGAL|BATAL|ULANG)\b", re.I)
"""In the description of `SELESAI ANTAR`: the run is over, the parcel is not with the buyer."""


def parse(reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
    """Read a reply, whatever it is."""

    def tell(body: dict[str, Any]) -> Told:
        if "response" in body:
            return _nested(body["response"], "data", now)
        if "rs_tnt" in body:
            return _nested(body["rs_tnt"], "r_tnt", now)
        if isinstance(body.get("errors"), dict):
            return refused(400, body["errors"])
        return rows(body.get("result", ...), lambda entry: _row(entry, now))

    return answer(reply, parcel, now, source=NAME, tell=tell, newest_first=True, read=_read)


def _nested(answered: object, key: str, now: int) -> Told:
    if answered is None:
        return Refusal(Outcome.NOT_FOUND)
    if not isinstance(answered, dict):
        return None
    told = rows(answered.get(key, ...), lambda entry: _row(entry, now))
    # The test system runs the other way; times tell it too, but not of rows of the same minute.
    return told[::-1] if told and key == "r_tnt" else told


def _row(entry: dict[str, Any], now: int) -> Row | None:
    event = " ".join(text(entry.get("eventName")).split())
    parts = [one.strip() for one in text(entry.get("description")).split("~~")[:20]]
    described = ", ".join(filter(None, parts))
    if not (words := ": ".join(filter(None, (event, described)))):
        return None
    when = parse_time(text(entry.get("eventDate")), now)
    place = text(entry.get("officeName")) or None
    told = ", ".join(filter(None, (text(entry.get("status")), described)))
    return Scan(when.at, words, place, event.upper() or None, when.zone_assumed, told)


def _read(row: Row) -> Meaning | None:
    event, told = _EVENTS.get(row.code or ""), note(row)
    if event is None:
        return meaning(row.text)
    said = meaning(told)
    if said is not None and said.status in _TELLS_MORE:
        return said
    if event is _S.DELIVERED and _NOT.search(told[:1_000]):
        return Meaning(_S.DELIVERY_FAILED)
    if event is _S.IN_TRANSIT and said is not None and said.status is _S.OUT_FOR_DELIVERY:
        return said
    return Meaning(event)


class Pos(DirectApi):
    """The provider."""

    name = courier = NAME
    credentials = ("api_key",)

    def ask(self, parcel: Parcel) -> Ask:
        """The number in the body, the key in a header."""
        key = {"Authorization": f"Bearer {self._credentials['api_key']}"}
        return json_post(self._base, {"barcode": parcel.tracking_number}, key)

    def read(self, reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
        """See parse."""
        return parse(reply, parcel, now)
