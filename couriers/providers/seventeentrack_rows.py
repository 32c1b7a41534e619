"""One number's journey as 17TRACK tells it: rows of one or more carriers, each with a status of its own. Pure.

`track_info.tracking.providers[].events[]`, newest first; older replies keep the same parts higher up. The text
of a row leads, its `sub_status` (or `stage`) helps where the text is silent, and `latest_status` only where
every row is: it can be stale, and alone it proves no delivery.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final

from couriers.base import Outcome, Parcel, TrackingResult, TrackingStatus
from couriers.phrases import Meaning
from couriers.replies import failed, text
from couriers.status import Row, both_ends, journey
from couriers.times import Instant
from couriers.times import parse as parse_time
from couriers.verdicts import Coded, hinted

_S = TrackingStatus
_MAIN: Final = {
    "InfoReceived": Meaning(_S.PENDING),
    "InTransit": Meaning(_S.IN_TRANSIT),
    "AvailableForPickup": Meaning(_S.OUT_FOR_DELIVERY),
    "OutForDelivery": Meaning(_S.OUT_FOR_DELIVERY),
    "DeliveryFailure": Meaning(_S.DELIVERY_FAILED),
    "Delivered": Meaning(_S.DELIVERED),
    "Exception": Meaning(_S.EXCEPTION),
    "Expired": Meaning(_S.EXCEPTION, "expired"),  # no news for long, that is all
    # Stages, which older replies have alone:
    "PickedUp": Meaning(_S.PICKED_UP),
    "Departure": Meaning(_S.IN_TRANSIT),
    "Arrival": Meaning(_S.IN_TRANSIT),
    "Returning": Meaning(_S.RETURNING),
    "Returned": Meaning(_S.RETURNED),
}
_SUB: Final = {
    "InTransit_PickedUp": Meaning(_S.PICKED_UP),
    "Exception_Returning": Meaning(_S.RETURNING),
    "Exception_Returned": Meaning(_S.RETURNED),
    "Exception_Cancel": Meaning(_S.CANCELLED),
    "Exception_Lost": Meaning(_S.EXCEPTION, "lost"),
    "Exception_Damage": Meaning(_S.EXCEPTION, "damaged"),
    "Exception_Destroyed": Meaning(_S.EXCEPTION, "destroyed"),
    "Exception_Rejected": Meaning(_S.EXCEPTION, "refused"),
}
_VAGUE: Final = ("InTransit", "InTransit_Other")


def journey_of(item: dict[str, Any], parcel: Parcel, now: int, source: str) -> TrackingResult:
    """What the item of an accepted number says about its parcel."""
    places = list(_places(item))
    events = _events(places)
    rows = [row for one in both_ends(events or ()) if (row := _row(one, now)) is not None]
    if not rows and (events is None or events or not isinstance(item.get("track_info"), dict | None)):
        return failed(parcel, source, Outcome.BAD_REPLY)
    found = (one for place in places if isinstance(one := place.get("latest_status"), dict))
    summary: dict[str, Any] = next(found, {})
    hint = _coded(text(summary.get("sub_status"))) or _coded(text(summary.get("status")))
    if not rows and hint is None:
        return failed(parcel, source, Outcome.NOT_FOUND)  # registered, and nobody has scanned it yet
    read = Coded(_coded, _VAGUE)
    result = journey(rows, parcel=parcel, source=source, now=now, newest_first=True, read=read)
    return hinted(result, hint)


def _places(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Where the parts of a journey stand: below `tracking`, in older replies higher up."""
    info = item.get("track_info")
    if isinstance(info, dict):
        if isinstance(tracking := info.get("tracking"), dict):
            yield tracking
        yield info
    yield item


def _events(places: Sequence[dict[str, Any]]) -> list[Any] | None:
    """All rows of all carriers, the latest one alone if there are no lists; None when lists are no lists."""
    lists: list[list[Any]] = []
    odd = False
    for place in places:
        providers = place.get("providers")
        odd |= not isinstance(providers, list | None)
        for holder in chain([place], providers if isinstance(providers, list) else ()):
            events = holder.get("events") if isinstance(holder, dict) else ...
            if isinstance(events, list):
                lists.append(events)
            else:
                odd |= events is not None
    found = list(chain.from_iterable(lists))
    if not found:
        found = [one for place in places if isinstance(one := place.get("latest_event"), dict)][:1]
    return None if odd and not found else found


def _row(event: object, now: int) -> Row | None:
    if not isinstance(event, dict):
        return None
    code = text(event.get("sub_status")) or text(event.get("stage"))
    words = text(event.get("description")) or code
    if not words:
        return None
    when = _time(event, now)
    return Row(when.at, words, text(event.get("location")) or None, code or None, when.zone_assumed)


def _time(event: dict[str, Any], now: int) -> Instant:
    utc = parse_time(text(event.get("time_utc")), now)
    if utc.zone_assumed:
        utc = parse_time(text(event.get("time_utc")) + "Z", now)
    if utc.at is not None:
        return utc
    iso = parse_time(text(event.get("time_iso")), now)
    raw = event.get("time_raw")
    if iso.at is not None or not isinstance(raw, dict):
        return iso
    return parse_time(" ".join(text(raw.get(part)) for part in ("date", "time", "timezone")), now)


def _coded(code: str) -> Meaning | None:
    return _SUB.get(code) or _MAIN.get(code.partition("_")[0])
