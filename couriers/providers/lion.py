"""Lion Parcel's documented API: one GET per parcel, own shipments only, HTTP Basic.

`GET {base}/v3/stt/track?q=<STT | shipment id | own reference>`; the live address is handed out with the
contract. `history` runs oldest first with ISO times. Whose `POD` it is, the row's `stt_journey_type` tells: empty
and `reroute` is the buyer, a return or a cancellation is the sender. A return travels under a new STT that
names the first in `ref_stt_number`. An empty `stts` is an unknown number (unverified).
"""

from __future__ import annotations

from typing import Any, Final

from couriers.ask import Ask, basic
from couriers.base import Outcome, Parcel, RawReply, TrackingResult, TrackingStatus
from couriers.direct import DirectApi, Refusal, Scan, Told, answer, note, settle
from couriers.phrases import Meaning
from couriers.replies import rows, text
from couriers.status import Row
from couriers.times import parse as parse_time

NAME: Final = "lion"
PATH: Final = "/v3/stt/track"

_S = TrackingStatus
_CODES: Final = (
    dict.fromkeys(("SHPCRT", "SHPSCD", "CRRSRC", "CRROTW"), _S.PENDING)
    | dict.fromkeys(("CRRPIC", "CRRDON", "BKD"), _S.PICKED_UP)
    | dict.fromkeys(("STI", "STI-DEST"), _S.IN_TRANSIT)
    | dict.fromkeys(("KONDISPATCH", "DEL"), _S.OUT_FOR_DELIVERY)
    | dict.fromkeys(("CNX", "CRRCNC", "CSTCNC", "ADMCNC"), _S.CANCELLED)
    | dict.fromkeys(("RTS", "RTSHQ"), _S.RETURNING)
    | {"POD": _S.DELIVERED}
)
_SAYS_NOTHING: Final = frozenset({"STT ADJUSTED"})
"""A change of the price."""
_TO_BUYER: Final = frozenset({"", "reroute"})
_TO_SENDER: Final = frozenset({"return", "return-reroute", "cancel", "returnhq"})
_ON_THE_WAY: Final = frozenset({_S.PENDING, _S.PICKED_UP, _S.IN_TRANSIT, _S.OUT_FOR_DELIVERY})


def parse(reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
    """Read a reply, whatever it is."""

    def tell(body: dict[str, Any]) -> Told:
        stts = body.get("stts", ...)
        if stts is None or stts == []:
            return Refusal(Outcome.NOT_FOUND)
        if not isinstance(stts, list):
            return None
        number = parcel.tracking_number.upper()
        shipments = [one for one in stts if isinstance(one, dict)]
        named = [one for one in shipments if number in _numbers(one)]
        # Asked by shipment id nothing names it; of several STTs one must not speak for another's parcel.
        if not named and len(stts) > 1:
            return Refusal(Outcome.NOT_FOUND, "several STTs, none of this number")
        entries: list[object] = []
        for one in named or shipments:
            history = one.get("history")
            if not isinstance(history, list):
                return None
            entries += history
        return rows(entries, lambda entry: _row(entry, now)) if shipments else None

    return answer(reply, parcel, now, source=NAME, tell=tell, read=_read)


def _numbers(stt: dict[str, Any]) -> set[str]:
    """The STT's own number and the one it replaces."""
    history = stt.get("history")
    told = [stt, *(one for one in history if isinstance(one, dict))] if isinstance(history, list) else [stt]
    return {text(stt.get("stt_no")).upper(), *(text(one.get("ref_stt_number")).upper() for one in told[:500])}


def _row(entry: dict[str, Any], now: int) -> Row | None:
    code = text(entry.get("status_code")).upper()
    if not (words := text(entry.get("remarks")) or code):
        return None
    when = parse_time(text(entry.get("datetime")), now)
    leg = entry.get("stt_journey_type")
    return Scan(
        when.at,
        words,
        text(entry.get("city")) or text(entry.get("location")) or None,
        code or None,
        when.zone_assumed,
        # Null is the first journey like empty text; what is no word at all is no journey we know.
        (text(leg).lower() or "?") if leg not in (None, "") else "",
    )


def _read(row: Row) -> Meaning | None:
    code, leg = row.code or "", note(row)
    if code in _SAYS_NOTHING:
        return None
    coded = _S.IN_TRANSIT if code.startswith("TRUCK") else _CODES.get(code)
    found = settle(coded, row.text)
    if found is None or (leg in _TO_BUYER and found.status is not _S.DELIVERED):
        return found
    if found.status is _S.DELIVERED:
        # Nothing but a POD is a delivery, whatever a remark says.
        handed = {_S.DELIVERED: leg in _TO_BUYER, _S.RETURNED: leg in _TO_SENDER}
        return next((Meaning(status) for status, fits in handed.items() if fits and code == "POD"), None)
    return Meaning(_S.RETURNING) if leg in _TO_SENDER and found.status in _ON_THE_WAY else found


class Lion(DirectApi):
    """The provider."""

    name = courier = NAME
    credentials = ("username", "password")

    def ask(self, parcel: Parcel) -> Ask:
        """The number in the query."""
        return Ask("GET", self._base + PATH, {"q": parcel.tracking_number}, basic(**self._credentials))

    def read(self, reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
        """See parse."""
        return parse(reply, parcel, now)
