"""From the rows of a source to a journey: order, duplicates, and where the parcel is. Pure.

The newest row by time decides, never a provider's summary word (wrong or stale at several). A row that says
nothing about progress passes the decision to the next older one. Going back is normal (failed, in transit,
out for delivery again), but what has arrived stays arrived unless a later row says it goes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

import msgspec

from couriers.base import TERMINAL, Outcome, Parcel, TrackEvent, TrackingResult, TrackingStatus
from couriers.phrases import Meaning, meaning
from couriers.times import plausible
from store.times import DAY

FUTURE: Final = DAY
"""A row dated further ahead than any zone can explain is in its place on the wire, not in its time."""
READ_ROWS: Final = 4_000
"""Rows of a reply that are looked at; a hostile one has a hundred thousand."""
KEPT_ROWS: Final = 500
"""Newest rows of one journey that are kept; a real one has some dozens."""
LONGEST_TEXT: Final = 2_000

_S = TrackingStatus
_AFTER_DELIVERED: Final = frozenset({_S.RETURNING, _S.RETURNED, _S.DELIVERY_FAILED})
"""What takes a delivery back: it went back after all, or the courier corrected itself."""
_AFTER_CANCELLED: Final = frozenset(_S) - {_S.UNKNOWN, _S.PENDING, _S.CANCELLED}
"""A cancelled pick-up does not hold a parcel that was then scanned."""
_BUYER: Final = ("PENERIMA", "PEMBELI", "CONSIGNEE", "CUSTOMER", "BERSANGKUTAN", "YBS")

T = TypeVar("T")
Reader = Callable[["Row"], Meaning | None]


class Row(msgspec.Struct, frozen=True):
    """One row as the wire tells it, its time already read."""

    at: int | None
    text: str
    location: str | None = None
    code: str | None = None
    zone_assumed: bool = False


def by_phrase(row: Row) -> Meaning | None:
    """The reading of a source that has no codes worth trusting."""
    return meaning(row.text)


def journey(
    rows: Sequence[Row],
    *,
    parcel: Parcel,
    source: str,
    now: int,
    newest_first: bool,
    read: Reader = by_phrase,
) -> TrackingResult:
    """The answer of a source that knows the parcel. `newest_first`: the order its documentation names."""
    dated = [row if row.at is None or plausible(row.at) else _undated(row) for row in both_ends(rows)]
    ordered = arrange(dated, newest_first=newest_first, now=now)[-KEPT_ROWS:]
    events = tuple(_event(row, read(row), now) for row in ordered)
    status, reason, delivered_at = decide(events)
    return TrackingResult(
        tracking_number=parcel.tracking_number,
        courier=parcel.courier,
        source=source,
        outcome=Outcome.OK,
        status=status,
        reason=reason,
        delivered_at=delivered_at,
        events=events,
    )


def _undated(row: Row) -> Row:
    return msgspec.structs.replace(row, at=None)


def both_ends(rows: Sequence[T]) -> Sequence[T]:
    """At most READ_ROWS: the first and the last, whichever end the newest stand at."""
    half = READ_ROWS // 2
    return rows if len(rows) <= READ_ROWS else [*rows[:half], *rows[-half:]]


def arrange(rows: Iterable[Row], *, newest_first: bool, now: int) -> list[Row]:
    """Oldest first by time, equal times in the wire's order, rows told twice once.

    A row without a usable time stays beside its older neighbour on the wire. The times themselves tell when a
    source does not keep the order it promises.
    """
    told = list(rows)
    known = [row.at for row in told if row.at is not None and row.at - now < FUTURE]
    if known and known[0] != known[-1]:
        newest_first = known[0] > known[-1]
    if newest_first:
        told.reverse()
    keys: list[int] = []
    last = min(known, default=0)
    for row in told:
        if row.at is not None and row.at - now < FUTURE:
            last = row.at
        keys.append(last)
    ordered: list[Row] = []
    seen: set[tuple[int | None, str, str]] = set()
    before = None
    for _, row in sorted(zip(keys, told, strict=True), key=lambda pair: pair[0]):
        same = (row.at, " ".join(row.text.split()).casefold(), (row.location or "").casefold())
        # Without a time equal words may be another day's; only neighbours are surely told twice.
        if same != before and (row.at is None or same not in seen):
            ordered.append(row)
        seen.add(same)
        before = same
    return ordered


def decide(events: Sequence[TrackEvent]) -> tuple[TrackingStatus, str | None, int | None]:
    """Status, reason and time of delivery to the buyer of a journey told oldest first."""
    status, reason, delivered_at = TrackingStatus.UNKNOWN, None, None
    way_back = False
    for event in events:
        told = event.status
        if told is TrackingStatus.UNKNOWN or not _follows(status, told):
            continue
        if told is TrackingStatus.RETURNING:
            way_back = True
        elif _names_buyer(event.text) or "ULANG" in event.text.upper():
            way_back = False  # another attempt at the buyer's door after all
        if told is TrackingStatus.DELIVERED:
            if way_back:
                told = TrackingStatus.RETURNED  # what is on its way back is delivered to the sender
            elif status is not TrackingStatus.DELIVERED:
                delivered_at = event.at
        elif told in _AFTER_DELIVERED:
            delivered_at = None
        elif told is TrackingStatus.PICKED_UP and status is TrackingStatus.IN_TRANSIT:
            told = TrackingStatus.IN_TRANSIT  # "received by" the second depot is no second pick-up
        status, reason = told, event.reason
    return status, reason, delivered_at


def _follows(status: TrackingStatus, told: TrackingStatus) -> bool:
    if status not in TERMINAL or status is told:
        return True
    if status is TrackingStatus.DELIVERED:
        return told in _AFTER_DELIVERED
    return status is TrackingStatus.CANCELLED and told in _AFTER_CANCELLED


def _names_buyer(text: str) -> bool:
    upper = text.upper()
    return any(word in upper for word in _BUYER)


def _event(row: Row, found: Meaning | None, now: int) -> TrackEvent:
    return TrackEvent(
        at=row.at,
        status=found.status if found else TrackingStatus.UNKNOWN,
        text=row.text[:LONGEST_TEXT],
        location=row.location and row.location[:LONGEST_TEXT],
        code=row.code and row.code[:LONGEST_TEXT],
        reason=found.reason if found else None,
        zone_assumed=row.zone_assumed,
        future=row.at is not None and row.at > now,
    )
