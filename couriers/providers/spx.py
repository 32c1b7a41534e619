"""SPX Express's web page: an endpoint nobody promised, so it is off unless switched on by name.

`GET /shipment/order/open/order/get_order_info?spx_tn=N&language_code=id`, without a key, as public projects of
six countries use it. `data.sls_tracking_info.records` runs newest first with epoch seconds; rows with
`display_flag` 0 are internal. A failure is HTTP 200 with another `retcode` than 0 and cannot be told from an
unknown number, so it is worth asking again. A failed attempt does not change the milestone: the code is asked
first, then the text, the milestone last. The list of codes is known to be incomplete.
"""

from __future__ import annotations

from typing import Any, Final

from couriers.ask import Ask
from couriers.base import Outcome, Pace, Parcel, RawReply, TrackingResult, TrackingStatus
from couriers.direct import DirectApi, Refusal, Scan, Told, answer, note, settle
from couriers.phrases import Meaning
from couriers.replies import rows, text
from couriers.status import Row, both_ends

NAME: Final = "spx"
BASE: Final = "https://spx.co.id"
PATH: Final = "/shipment/order/open/order/get_order_info"

_S = TrackingStatus
_CODES: Final = (
    dict.fromkeys(("A000", "F000", "F004", "F050"), _S.PENDING)
    | dict.fromkeys(("F098", "F100"), _S.PICKED_UP)
    | {f"F{code}": _S.IN_TRANSIT for code in range(430, 600)}
    | dict.fromkeys(("F671", "F673", "F677", "F680"), _S.RETURNING)
    | {"F600": _S.OUT_FOR_DELIVERY, "F650": _S.DELIVERY_FAILED, "F980": _S.DELIVERED, "F999": _S.RETURNED}
)
_MILESTONES: Final = {
    "1": _S.PENDING,
    "5": _S.IN_TRANSIT,
    "6": _S.OUT_FOR_DELIVERY,
    "8": _S.DELIVERED,
    "10": _S.RETURNING,
}
_EPOCH: Final = range(1_000_000_000, 4_000_000_000)


def parse(reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
    """Read a reply, whatever it is."""

    def tell(body: dict[str, Any]) -> Told:
        if (code := text(body.get("retcode"))) != "0":
            return Refusal(Outcome.UNAVAILABLE, text(body.get("message"))) if code else None
        data = body.get("data")
        info = data.get("sls_tracking_info") if isinstance(data, dict) else None
        if not isinstance(info, dict):
            return None
        records = info.get("records", ...)
        if isinstance(records, list):
            records = [one for one in both_ends(records) if not _internal(one)]
        return rows(records, _row)

    return answer(reply, parcel, now, source=NAME, tell=tell, newest_first=True, read=_read)


def _internal(entry: object) -> bool:
    return isinstance(entry, dict) and text(entry.get("display_flag", 1)) in ("0", "")


def _row(entry: dict[str, Any]) -> Row | None:
    words = text(entry.get("description")) or text(entry.get("tracking_name"))
    if not words:
        return None
    at, place = entry.get("actual_time"), entry.get("current_location")
    return Scan(
        at * 1_000 if isinstance(at, int) and at in _EPOCH else None,
        words,
        (text(place.get("location_name")) or None) if isinstance(place, dict) else None,
        text(entry.get("tracking_code")) or None,
        note=text(entry.get("milestone_code")),
    )


def _read(row: Row) -> Meaning | None:
    found = settle(_CODES.get(row.code or ""), row.text)
    milestone = _MILESTONES.get(note(row))
    return found or (Meaning(milestone) if milestone is not None else None)


class Spx(DirectApi):
    """The provider."""

    name = courier = NAME
    base = BASE
    documented = False
    needs_key = False
    pace = Pace(per_second=0.5, at_once=1)

    def ask(self, parcel: Parcel) -> Ask:
        """The number in the query."""
        return Ask("GET", self._base + PATH, {"spx_tn": parcel.tracking_number, "language_code": "id"})

    def read(self, reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
        """See parse."""
        return parse(reply, parcel, now)
