"""What the hand-over screen stands on: the page, the manifest, what has to be answered. No widget, no storage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from enum import StrEnum
from typing import Final, NamedTuple

from store.reading.manifests import CourierWaiting, ManifestParcelRow, ManifestRow, WaitingRow
from store.times import SECOND

PATIENCE: Final = 10 * SECOND
"""After so long without an answer a person may take a parcel unchecked."""


class Page(StrEnum):
    """What is shown; a stop or a question stands before it."""

    COURIERS = "couriers"
    SCAN = "scan"
    WAITING = "waiting"
    PAST = "past"
    CLOSED = "closed"


class Stop(NamedTuple):
    """One thing that must not be handed over and waits for a person to say that they took it out."""

    reason: str
    number: str
    """Tracking number, or the code that was scanned."""
    order_id: str = ""
    buyer: str = ""
    courier: str = ""
    """Of the parcel, by name."""
    manifest: str = ""
    """The number of the manifest it stands on."""
    at: int | None = None
    key: tuple[str, int] | None = None
    """Package id and time of the scan, where it stands on a manifest."""

    @property
    def again(self) -> bool:
        """Whether a person may put it on a manifest all the same."""
        return self.reason == "handed_over"


class Line(NamedTuple):
    """A courier to choose: what waits for it, and its open manifest."""

    courier: str
    courier_name: str | None
    waiting: CourierWaiting | None
    manifest: ManifestRow | None


class Desk:
    """The state of the screen. The cursor is kept by what it stands on, never by its place."""

    def __init__(self, by: str, zone: tzinfo) -> None:
        self.by = by
        self.zone = zone
        self.page = Page.COURIERS
        self.courier = ""
        self.courier_name: str | None = None
        self.manifest: ManifestRow | None = None
        self.parcels: Sequence[ManifestParcelRow] = ()
        """Everything on the manifest, the newest scan first."""
        self.groups: Sequence[CourierWaiting] = ()
        self.open: Sequence[ManifestRow] = ()
        self.past: Sequence[ManifestRow] = ()
        self.stops: list[Stop] = []
        self.question: str | None = None
        """What was asked and waits for `y`: `remove`, `accept`, `close`, `again`."""
        self.receiver = ""
        self.said = ("", "")
        self.scroll = 0
        """Lines of a closed manifest that were scrolled past."""
        self.loaded = False
        """Whether the first look at the store has arrived."""
        self._cursor: dict[Page, str] = {}
        self._first: dict[Page, int] = {}
        self._seen: set[tuple[str, int]] = set()
        """Stops that somebody has answered, or that are waiting for it."""

    # ---- the lists --------------------------------------------------------------------------------------

    @property
    def lines(self) -> list[Line]:
        """The couriers, the nearest deadline first; then those that only have an open manifest."""
        open_of = {row.courier: row for row in reversed(self.open)}
        found = [
            Line(group.courier, group.courier_name, group, open_of.pop(group.courier, None))
            for group in self.groups
        ]
        return found + [Line(row.courier, row.courier_name, None, row) for row in open_of.values()]

    @property
    def waiting(self) -> tuple[WaitingRow, ...]:
        """What the courier of this manifest still waits for."""
        return next((group.parcels for group in self.groups if group.courier == self.courier), ())

    @property
    def keys(self) -> list[str]:
        """What the cursor can stand on, in the order it is shown."""
        match self.page:
            case Page.COURIERS:
                return [line.courier for line in self.lines]
            case Page.SCAN:
                return [parcel.package_id for parcel in self.parcels]
            case Page.WAITING:
                return [parcel.package_id for parcel in self.waiting]
            case Page.PAST:
                return [row.number for row in self.past]
            case Page.CLOSED:
                return [parcel.package_id for parcel in self.parcels if parcel.state == "on"]

    @property
    def place(self) -> int:
        """The line under the cursor; what it stood on may have gone, then it is the first."""
        keys, here = self.keys, self._cursor.get(self.page)
        return keys.index(here) if here in keys else 0

    def move(self, step: int) -> None:
        """Move the cursor, not beyond the ends; a closed manifest has none and is scrolled."""
        if self.page is Page.CLOSED:
            self.scroll = max(self.scroll + step, 0)
        elif keys := self.keys:
            self._cursor[self.page] = keys[min(max(self.place + step, 0), len(keys) - 1)]

    def window(self, rows: int) -> range:
        """The lines of the page's list that are shown, so many at most: it moves only as far as the cursor needs."""
        total, place, rows = len(self.keys), self.place, max(rows, 1)
        first = min(max(self._first.get(self.page, 0), place - rows + 1), place)
        self._first[self.page] = first = max(0, min(first, total - rows))
        return range(first, min(first + rows, total))

    @property
    def under_cursor(self) -> str | None:
        """What the cursor stands on."""
        keys = self.keys
        return keys[self.place] if keys else None

    @property
    def parcel(self) -> ManifestParcelRow | None:
        """The parcel under the cursor."""
        here = self.under_cursor
        return next((parcel for parcel in self.parcels if parcel.package_id == here), None)

    def newest(self) -> None:
        """The cursor goes to the newest scan."""
        self._cursor.pop(Page.SCAN, None)

    # ---- going somewhere --------------------------------------------------------------------------------

    def go(self, page: Page) -> None:
        """Show another page; what was asked is not asked any more."""
        self.page, self.question, self.said = page, None, ("", "")
        self.scroll = 0

    def choose(self, courier: str, name: str | None) -> None:
        """Scan for this courier from now on."""
        if courier != self.courier:
            self.leave()
        self.courier, self.courier_name = courier, name or self.courier_name
        self.go(Page.SCAN)

    def only(self, manifest_id: int) -> None:
        """A scan went onto this manifest; if it is another one, the next look shows that."""
        if self.manifest is not None and self.manifest.id != manifest_id:
            self.manifest, self.parcels = None, ()

    def leave(self) -> None:
        """Back to the couriers; the manifest stays open."""
        self.courier, self.courier_name, self.manifest, self.parcels = "", None, None, ()
        self.receiver = ""
        self.go(Page.COURIERS)

    # ---- what the store says ----------------------------------------------------------------------------

    def take_in(self, manifest: ManifestRow | None, parcels: Sequence[ManifestParcelRow]) -> bool:
        """The manifest as it is now; whether something on it has to be taken out that nobody was told of."""
        self.manifest, self.parcels = manifest, parcels
        if manifest is not None:
            self.courier, self.courier_name = manifest.courier, manifest.courier_name or self.courier_name
        if manifest is None or manifest.closed_at is not None:
            return False
        fresh = [row for row in parcels if row.state == "stopped" and _key(row) not in self._seen]
        for row in fresh:
            self.stop(
                Stop(
                    row.reason or "",
                    row.tracking_number,
                    row.order_id,
                    row.buyer or "",
                    key=_key(row),
                )
            )
        return bool(fresh)

    def stop(self, stop: Stop) -> None:
        """Something must not go; a parcel that is stopped already is not told twice."""
        if stop.key is not None:
            if stop.key in self._seen:
                return
            self._seen.add(stop.key)
        self.stops.append(stop)
        self.question = None

    def count(self, state: str) -> int:
        """How many parcels of the manifest are in a state."""
        return sum(parcel.state == state for parcel in self.parcels)

    def late(self, now: int) -> list[str]:
        """Package ids whose check has no answer: the platform could not be asked, or has been silent too long."""
        return [
            parcel.package_id
            for parcel in self.parcels
            if parcel.state == "checking" and (parcel.reason or now - parcel.scanned_at >= PATIENCE)
        ]


def _key(row: ManifestParcelRow) -> tuple[str, int]:
    return row.package_id, row.scanned_at
