"""AnterAja's partner API (developer documentation v2.1): one post per parcel, own shipments only.

`POST {base}/tracking` with `{waybill_no}` and two key headers; the address is handed out with the keys, and
that the path is `/tracking` is unverified. `history` runs newest first with times in UTC (`...+0000`). An unknown
number answers HTTP 200 with `history` and `order` both null. Codes 26x (returns, cancellations) are unverified
and left to the text.
"""

from __future__ import annotations

from typing import Any, Final

from couriers.ask import Ask, json_post
from couriers.base import Outcome, Parcel, RawReply, TrackingResult, TrackingStatus
from couriers.direct import DirectApi, Refusal, Told, answer, inner_status, refused, settle
from couriers.phrases import Meaning
from couriers.replies import rows, text
from couriers.status import Row
from couriers.times import Instant
from couriers.times import parse as parse_time

NAME: Final = "anteraja"
PATH: Final = "/tracking"

_S = TrackingStatus
_CODES: Final = (
    dict.fromkeys(("100", "150", "160", "400"), _S.PENDING)
    | dict.fromkeys(("210", "220", "230", "300", "330", "332"), _S.IN_TRANSIT)
    | {"200": _S.PICKED_UP, "240": _S.OUT_FOR_DELIVERY, "250": _S.DELIVERED}
)
"""400 is a pick-up moved to another day."""


def parse(reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
    """Read a reply, whatever it is."""

    def tell(body: dict[str, Any]) -> Told:
        if (status := inner_status(body.get("status"))) != 200:
            return refused(status, body) if status is not None else None
        content = body.get("content")
        if not isinstance(content, dict):
            return None
        history = content.get("history", ...)
        if history is None and content.get("order") is None:
            return Refusal(Outcome.NOT_FOUND)
        return rows(history, lambda entry: _row(entry, now))

    return answer(reply, parcel, now, source=NAME, tell=tell, newest_first=True, read=_read)


def _row(entry: dict[str, Any], now: int) -> Row | None:
    message = entry.get("message")
    words = text(message.get("id") or message.get("en")) if isinstance(message, dict) else text(message)
    if not words:
        return None
    when = _time(text(entry.get("timestamp")), now)
    place = text(entry.get("hub_name")) or None
    return Row(when.at, words, place, text(entry.get("tracking_code")) or None, when.zone_assumed)


def _time(written: str, now: int) -> Instant:
    """UTC also where the offset is missing: so it is documented."""
    when = parse_time(written, now)
    return parse_time(written + "+0000", now)._replace(zone_assumed=True) if when.zone_assumed else when


def _read(row: Row) -> Meaning | None:
    return settle(_CODES.get(row.code or ""), row.text)


class AnterAja(DirectApi):
    """The provider."""

    name = courier = NAME
    credentials = ("access_key_id", "secret_access_key")

    def ask(self, parcel: Parcel) -> Ask:
        """The number in a body, both keys in headers."""
        keys = {name.replace("_", "-"): value for name, value in self._credentials.items()}
        return json_post(self._base + PATH, {"waybill_no": parcel.tracking_number}, keys)

    def read(self, reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
        """See parse."""
        return parse(reply, parcel, now)
