"""What can be done at the hand-over, each step as work for the store's writer, decided when its turn comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from jobs.handover import manifests as handover
from store import manifests
from store.reading.manifests import ManifestParcelRow
from store.times import Clock
from tui.widgets.handover_desk import Desk, Page

Work = Callable[[Connection], Any]


class Steps:
    """The steps of one screen."""

    def __init__(self, desk: Desk, now: Clock) -> None:
        self._desk = desk
        self._now = now
        self.scanned_at = 0
        """When the last scan was written down."""

    def scan(self, code: str, *, again: bool = False) -> Work:
        """A parcel onto the manifest of this courier, or of its own where none is chosen yet."""
        desk, now = self._desk, self._now()
        self.scanned_at = now
        courier = desk.courier if desk.page in (Page.SCAN, Page.WAITING) else None
        by = desk.by
        return lambda conn: handover.scan(conn, code, courier, by, now, again=again)

    def remove(self, parcel: ManifestParcelRow) -> Work:
        """A parcel off its manifest."""
        by, now = self._desk.by, self._now()
        return lambda conn: manifests.remove(conn, parcel.manifest_id, parcel.package_id, by, now)

    def accept(self, package_ids: Sequence[str]) -> Work | None:
        """Parcels that nobody could ask about, taken by a person."""
        manifest, by, now = self._desk.manifest, self._desk.by, self._now()
        if manifest is None:
            return None
        return lambda conn: manifests.accept(conn, manifest.id, package_ids, by, now)

    def close(self) -> Work | None:
        """Seal the manifest."""
        manifest, by, now, receiver = self._desk.manifest, self._desk.by, self._now(), self._desk.receiver
        if manifest is None:
            return None
        return lambda conn: handover.close(conn, manifest.id, by, now, receiver)
