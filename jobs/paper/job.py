"""The background job `papers`: makes what was asked for, and deletes what is old.

A paper is made by one process at a time (store/papers.py, `claim`), from what is stored; only labels of the platform
need the network. It is printed once, at most: what a crash leaves in doubt is left to a person.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from jobs.config.settings import Settings
from jobs.intake.sync import Alive, quiet
from jobs.paper import picking
from jobs.paper.fetch import PASSING, WAITS, Ask
from jobs.paper.files import PaperFolder, paper_name
from jobs.paper.inspect import Unmerged
from jobs.paper.labels import LabelMaker, Labels
from jobs.paper.press import print_paper
from jobs.problems import problem_of
from store import papers
from store.db import Store
from store.errors import StoreError
from store.paper_facts import Missing, PaperContent
from store.papers import Wanted
from store.status import OrderStatus
from store.times import DAY, HOUR, MINUTE, SECOND, Clock, to_datetime
from store.views import OrderDetail

if TYPE_CHECKING:
    from jobs.paper.draw import Made

log = logging.getLogger(__name__)

EVERY: Final = 30 * SECOND
LEASE: Final = 2 * MINUTE
"""How long a paper belongs to who makes it without a sign of life."""
SIGN: Final = 20.0
"""Seconds between two signs of life."""
PAUSES: Final = (5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE)
"""Between attempts at a paper of which nothing came out, while that may pass by itself."""


class Nothing(Exception):
    """No part of a paper could be made. `reason`: a stable word the screen knows."""

    def __init__(self, reason: str, missing: Sequence[Missing] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.missing = tuple(missing)


class PaperJobs:
    """All papers of one process."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        ask: Ask,
        at_platform: Callable[[int], bool],
        *,
        clock: Clock,
        waits: Sequence[float] = WAITS,
    ) -> None:
        """`ask` fetches a label; `at_platform` says of a shop's row id whether it can be asked for any."""
        self._store = store
        self._settings = settings
        self._clock = clock
        self._folder = PaperFolder(settings.paper_path)
        self._labels = LabelMaker(
            store, self._folder, ask, at_platform, clock=clock, language=settings.language, waits=waits
        )
        self._tidied_at: int | None = None

    async def run_once(self, alive: Alive = quiet) -> int:
        """Make everything that is due; how many papers. Raises StoreError."""
        now = self._clock()
        waiting = await self._store.aread(lambda conn: papers.due(conn, now))
        for paper in waiting:
            alive()
            await self.make(paper, alive)
        await self._tidy(now)
        return len(waiting)

    async def make(self, paper: int, alive: Alive = quiet) -> bool:
        """Make one paper, and print it where that was asked for; whether it was ours to make."""
        now = self._clock()
        wanted = await self._store.awrite(lambda conn: papers.claim(conn, paper, now, now + LEASE))
        if wanted is None:
            return False
        working = asyncio.create_task(self._signs(paper, alive))
        try:
            if await self._made(wanted, alive) and wanted.printer is not None:
                printer, by = wanted.printer, wanted.requested_by
                await print_paper(self._store, self._folder, wanted.id, wanted.kind, printer, by, self._clock)
        except asyncio.CancelledError:
            self._store.submit(lambda conn: papers.stretch(conn, paper, self._clock()))
            raise
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working
        return True

    async def _made(self, wanted: Wanted, alive: Alive) -> bool:
        try:
            content, name, pages, missing = await self._make(wanted, alive)
        except Nothing as nothing:
            await self._give_up(wanted, nothing.reason, nothing.missing)
        except StoreError:
            raise
        except Unmerged as error:
            await self._give_up(wanted, f"file_{error.reason}")
        except OSError as error:
            log.warning("paper %d: %s", wanted.id, error.strerror)
            await self._give_up(wanted, "disk")
        except Exception as error:  # one paper that cannot be made must not keep the others waiting
            await self._give_up(wanted, problem_of(error).code)
        else:
            now, by = self._clock(), wanted.requested_by
            await self._store.awrite(
                lambda conn: papers.ready(conn, wanted.id, content, name, pages, missing, now, by)
            )
            return True
        return False

    async def _make(self, wanted: Wanted, alive: Alive) -> tuple[PaperContent, str, int, tuple[Missing, ...]]:
        name = paper_name(wanted.kind, wanted.id)
        if wanted.kind != "label":
            content, made, left_out = await asyncio.to_thread(self._drawn, wanted)
            if made is None:
                raise Nothing(left_out[0].reason if left_out else "no_orders", left_out)
            await asyncio.to_thread(self._folder.write, name, made.data)
            return content, name, made.pages, left_out
        details = await asyncio.to_thread(self._details, wanted.content.pks)
        parcels = picking.parcels(details)
        by_pk = {detail.row.pk: detail for detail in details}
        self._folder.make()
        labels = await self._labels.make(parcels, by_pk, wanted.size, self._folder.file(name), alive)
        missing = (*labels.missing, *_without_parcel(details))
        if not labels.pages:
            raise Nothing(_common(labels, missing), missing)
        return PaperContent(wanted.content.pks, tuple(parcels)), name, labels.pages, missing

    def _drawn(self, wanted: Wanted) -> tuple[PaperContent, Made | None, tuple[Missing, ...]]:
        """Papers of our own, in a thread: they need nothing but the store. None: there is nothing to put on it."""
        # Imported here: the PDF library takes longer to load than all the rest of the background.
        from jobs.paper.picklist import draw_picklist
        from jobs.paper.slip import draw_slips

        language, content = self._settings.language, wanted.content
        if wanted.kind == "manifest":
            return content, self._manifest(content.manifest_id), ()
        found = self._details(content.pks)
        details = [detail for detail in found if detail.row.status != OrderStatus.CANCELLED]
        gone = [detail for detail in found if detail.row.status == OrderStatus.CANCELLED]
        left_out = tuple(Missing(detail.row.order_id, "cancelled") for detail in gone)
        if wanted.kind == "picklist":
            when = to_datetime(wanted.requested_at, ZoneInfo(self._settings.timezone))
            drawn = (
                draw_picklist(details, wanted.size, language, f"{when:%d/%m/%Y %H.%M}") if details else None
            )
            return content, drawn, left_out
        parcels = picking.with_cancelled(picking.parcels(details), gone)
        counts = self._store.read(lambda conn: papers.printed_slips(conn, parcels))
        by_pk = {detail.row.pk: detail for detail in found}
        drawn = draw_slips(parcels, by_pk, wanted.size, language, counts) if parcels else None
        left_out += _without_parcel(details)
        return PaperContent(content.pks, tuple(parcels)), drawn, left_out

    def _manifest(self, manifest_id: int | None) -> Made | None:
        from jobs.paper import manifest

        if manifest_id is None:
            return None
        with closing(self._store.reader()) as reader:
            row = reader.manifest_of_id(manifest_id)
            parcels = reader.manifest_parcels(manifest_id)
        words = manifest.WORDS[self._settings.language]
        return None if row is None else manifest.manifest_pdf(row, parcels, words)

    def _details(self, pks: Sequence[int]) -> list[OrderDetail]:
        with closing(self._store.reader()) as reader:
            return list(reader.details(pks))

    async def _give_up(self, wanted: Wanted, problem: str, missing: Sequence[Missing] = ()) -> None:
        """Try again later where that may help, else say that it failed."""
        now, by = self._clock(), wanted.requested_by
        if problem in PASSING and wanted.attempts < len(PAUSES):
            at = now + PAUSES[wanted.attempts]
            await self._store.awrite(lambda conn: papers.later(conn, wanted.id, problem, at))
        else:
            await self._store.awrite(lambda conn: papers.failed(conn, wanted.id, problem, missing, now, by))

    async def _signs(self, paper: int, alive: Alive) -> None:
        """While a paper is made: neither the scheduler nor another process should think we are gone."""
        while True:
            await asyncio.sleep(SIGN)
            alive()
            await self._store.awrite(lambda conn: papers.stretch(conn, paper, self._clock() + LEASE))

    async def _tidy(self, now: int) -> None:
        days = self._settings.paper.keep_days
        if not days or (self._tidied_at is not None and now - self._tidied_at < HOUR):
            return
        for name in await self._store.awrite(lambda conn: papers.tidy(conn, now - days * DAY)):
            self._folder.remove(name)
        await asyncio.to_thread(self._folder.sweep, now - days * DAY)
        self._tidied_at = now


def _without_parcel(details: Sequence[OrderDetail]) -> tuple[Missing, ...]:
    return tuple(Missing(detail.row.order_id, "no_parcel") for detail in details if not detail.parcels)


def _common(labels: Labels, missing: Sequence[Missing]) -> str:
    """What a paper without a single label is told to suffer from: something that may pass, before what will not."""
    reasons = [one.reason for one in missing]
    return next((reason for reason in reasons if reason in PASSING), reasons[0] if reasons else "no_orders")
