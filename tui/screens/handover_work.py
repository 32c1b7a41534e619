"""How the hand-over screen works: one step after the other in the store's writer, told and sounded, and an eye on
what the background and others change meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from store.reading.manifests import CourierWaiting, ManifestParcelRow, ManifestRow
from tui.reasons import failure
from tui.screens.scan_work import ScanWork
from tui.strings import t
from tui.widgets.handover_desk import Desk, Page

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.reader import Reader
    from tui.app import PantauApp

WRONG: Final = 3
"""Bells of a stop; one is for right."""
PAST: Final = 200
"""Past manifests shown."""


class Step(NamedTuple):
    """Something to write, decided when its turn comes, and what to do with the answer."""

    plan: Callable[[], Callable[[Connection], Any] | None]
    done: Callable[[Any], None]


class Seen(NamedTuple):
    """One look at the store."""

    open: list[ManifestRow]
    manifest: ManifestRow | None
    parcels: list[ManifestParcelRow]
    past: list[ManifestRow]


class HandoverWork(ScanWork[Step]):
    """The queue and the looks of a hand-over; what is shown and what keys mean is its subclass's."""

    desk: Desk

    def __init__(self, app: PantauApp, desk: Desk) -> None:
        super().__init__(app)
        self.desk = desk
        self._asking = self._ask_again = False

    @property
    def working(self) -> bool:
        """Whether something that was scanned or pressed, or a look, is still to be done."""
        return super().working or self._asking

    # ---- writing ----------------------------------------------------------------------------------------

    def _queue(
        self, plan: Callable[[], Callable[[Connection], Any] | None], done: Callable[[Any], None]
    ) -> None:
        self.enqueue(Step(plan, done))

    async def do(self, step: Step) -> None:
        """Decide, write, take the answer in."""
        store = self._pantau.store
        if store is None:
            self._say(t("app.busy_starting"), "bold $warning", WRONG)
            return
        if (work := step.plan()) is None:
            return
        try:
            answer = await store.awrite(work)
        except Exception as error:  # told, never raised: what was not written down did not happen
            self._say(self._why_not(error), "bold $error", WRONG)
            self.store_changed()
            return
        step.done(answer)
        self.redraw()
        self.store_changed()

    def _why_not(self, error: Exception) -> str:
        from store.manifests import ManifestError

        if isinstance(error, ManifestError):
            return t("status.failed", detail=t(f"manifest.{error.reason}"))
        return t("status.failed", detail=failure(error))

    # ---- looking ----------------------------------------------------------------------------------------

    def store_changed(self) -> None:
        """Somebody committed something: this manifest, and what waits for the couriers."""
        desk = self.desk
        chosen = (desk.manifest.id if desk.manifest is not None else None, desk.courier)
        wants_past = desk.page is Page.PAST

        def read(reader: Reader) -> Seen:
            manifest_id, courier = chosen
            standing = reader.manifests(is_open=True)
            manifest = (
                reader.manifest_of_id(manifest_id)
                if manifest_id is not None
                else next((row for row in standing if row.courier == courier), None)
            )
            parcels = reader.manifest_parcels(manifest.id) if manifest is not None else []
            return Seen(standing, manifest, parcels, reader.manifests(limit=PAST) if wants_past else [])

        def arrived(seen: Seen) -> None:
            now = (desk.manifest.id if desk.manifest is not None else None, desk.courier)
            if now == chosen:  # else somebody went on meanwhile, and another look is on its way
                self._arrived(seen)

        self._pantau.data.ask(read, arrived)
        self._look_who_waits()

    def _arrived(self, seen: Seen) -> None:
        desk = self.desk
        desk.open, desk.loaded = seen.open, True
        if seen.past:
            desk.past = seen.past
        if desk.take_in(seen.manifest, seen.parcels):
            self._ring(WRONG)
        manifest = desk.manifest
        if manifest is not None and manifest.closed_at is not None and desk.page is Page.SCAN:
            desk.go(Page.CLOSED)  # another seat closed it
        if manifest is not None and manifest.closed_at is None and any(map(_must_go, seen.parcels)):
            # The ordinary sync has learned of it before the job looked.
            self._queue(lambda: _rejudge(manifest.id, self._pantau.clock()), lambda answer: None)
        self.redraw()

    def _look_who_waits(self) -> None:
        """It walks every order that waits: in a thread, and one at a time."""
        if self._asking:
            self._ask_again = True
            return
        self._asking = True
        self._pantau.data.ask(
            lambda reader: reader.unmanifested(), self._who_waits, slow=True, failed=self._nobody_knows
        )

    def _who_waits(self, groups: list[CourierWaiting]) -> None:
        self._asking = False
        if self.desk.groups != groups:
            self.desk.groups = groups
            self.redraw()
        if self._ask_again and self.is_attached:
            self._ask_again = False
            self._look_who_waits()

    def _nobody_knows(self) -> None:
        self._asking = False


def _must_go(row: ManifestParcelRow) -> bool:
    return row.state in ("on", "checking") and (row.cancel_requested or row.status == "CANCELLED")


def _rejudge(manifest_id: int, now: int) -> Callable[[Connection], Any]:
    def write(conn: Connection) -> int:
        from jobs.handover.manifests import rejudge
        from store.manifest_state import live

        return len(rejudge(conn, live(conn, manifest_id), now))

    return write
