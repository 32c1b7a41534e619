"""The rows of parcels' journeys: stored once however often, and by whomever, they are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any, Final, Protocol

from sqlalchemy import Connection, select

from store.bulk import insert_rows, table_of
from store.models import TrackingEvent
from store.times import MINUTE

_EVENTS: Final = table_of(TrackingEvent)

_COLUMNS: Final = (
    "order_pk", "tracking_number", "key", "at", "status", "text", "location", "code", "source",
)  # fmt: skip

Scan = tuple[int, str]
"""The minute and the words: what two sources have in common when they tell of the same scan."""
_CHUNK: Final = 500
"""Values in one IN list: both databases cap them, SQLite lowest."""


class Event(Protocol):
    """What a parcel's journey is told in; couriers.base.TrackEvent is one."""

    @property
    def at(self) -> int | None: ...
    @property
    def status(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def location(self) -> str | None: ...
    @property
    def code(self) -> str | None: ...


class Telling(Protocol):
    """What a source told of an order's parcels; `tracking_number` None: of all of them."""

    @property
    def order_pk(self) -> int: ...
    @property
    def tracking_number(self) -> str | None: ...
    @property
    def events(self) -> Sequence[Event]: ...
    @property
    def source(self) -> str: ...


def event_key(source: str, tracking_number: str | None, event: Event) -> str:
    """What makes two tellings one event: source, parcel, time, place, and the text without its spacing."""
    told = "\x1f".join(
        (source, tracking_number or "", str(event.at), _words(event.text), event.location or "")
    )
    return blake2b(told.encode(errors="replace"), digest_size=8).hexdigest()


def unseen(conn: Connection, tellings: Sequence[Telling]) -> list[list[tuple[str, Event]]]:
    """For each telling those of its events that are not stored yet, each once, with their keys.

    An event that another source has told in the same words within the same minute is stored already, under
    the name of who told it first; the number matters only when both sources name one, for the platform tells
    of whole orders.
    """
    keys: dict[int, set[str]] = {}
    told: dict[int, list[tuple[str, str | None, Scan]]] = {}
    for row in _known(conn, tellings):
        keys.setdefault(row.order_pk, set()).add(row.key)
        if row.at is not None:
            scan = (row.source, row.tracking_number, _scan(row.at, row.text))
            told.setdefault(row.order_pk, []).append(scan)
    return [
        _fresh(telling, keys.setdefault(telling.order_pk, set()), told.setdefault(telling.order_pk, []))
        for telling in tellings
    ]


def store_events(conn: Connection, tellings: Sequence[Telling]) -> None:
    """Store what is new. The caller holds every other writer back."""
    rows = [
        (
            telling.order_pk, telling.tracking_number, key, event.at, str(event.status),
            event.text.replace("\0", ""), event.location, event.code, telling.source,
        )
        for telling, fresh in zip(tellings, unseen(conn, tellings), strict=True)
        for key, event in fresh
    ]  # fmt: skip
    insert_rows(conn, _EVENTS, _COLUMNS, rows)


def _known(conn: Connection, tellings: Sequence[Telling]) -> Iterator[Any]:
    """What is stored of the orders in question."""
    names = ("order_pk", "key", "source", "tracking_number", "at", "text")
    pks = sorted({telling.order_pk for telling in tellings if telling.events})
    for start in range(0, len(pks), _CHUNK):
        here = _EVENTS.c.order_pk.in_(pks[start : start + _CHUNK])
        yield from conn.execute(select(*(_EVENTS.c[name] for name in names)).where(here))


def _fresh(
    telling: Telling, keys: set[str], told: list[tuple[str, str | None, Scan]]
) -> list[tuple[str, Event]]:
    source, number = telling.source, telling.tracking_number
    elsewhere = {
        scan for teller, about, scan in told if teller != source and (None in (about, number) or about == number)
    }  # fmt: skip
    fresh: list[tuple[str, Event]] = []
    for event in telling.events:
        key = event_key(source, number, event)
        scan = None if event.at is None else _scan(event.at, event.text)
        if key not in keys and scan not in elsewhere:
            keys.add(key)
            if scan is not None:
                told.append((source, number, scan))
            fresh.append((key, event))
    return fresh


def _scan(at: int, text: str) -> Scan:
    return at // MINUTE, _words(text)


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()
