"""Cancellations, returns and refunds of one shop: what buyers ask, until when, and what may be answered.

The searches tell what is asked. What the platform would take as an answer, with its reasons, and the buyer's proof
are further reads per request: only while a request waits for us, once for each time it changes.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, TypeVar

import msgspec
from sqlalchemy import Connection

from jobs.aftersales.decisions import OFFER, STAGES, approves, stage_of
from jobs.intake.paging import pages
from jobs.intake.sync import FIRST, OVERLAP, Alive, quiet
from shop.client import ShopClient
from shop.errors import LoginNeeded, ShopError
from shop.facts import RequestPage
from store import orders, requests
from store.db import Store
from store.request_facts import Answers, Decision, Proof, Reason
from store.times import Clock

log = logging.getLogger(__name__)
T = TypeVar("T")

REFRESHED: Final = 50
"""Orders whose requests one search asks for."""
LOOKS: Final = 20
"""Requests looked at in one pass, the nearest deadline first; the others come in the next."""
STREAMS: Final = ("cancellations", "returns")


class RequestsReport(msgspec.Struct):
    """What a pass did."""

    seen: int = 0
    new: int = 0
    changed: int = 0
    rejected: int = 0
    looked: int = 0
    """Requests whose answers and proof were read."""
    unreadable: int = 0
    """Requests of which a part could not be read; they are tried again later."""


class RequestSync:
    """Keeps one shop's requests up to date, with the same windows as jobs/intake/sync.py."""

    def __init__(self, store: Store, client: ShopClient, shop_id: int, *, clock: Clock) -> None:
        self._store = store
        self._client = client
        self._shop_id = shop_id
        self._clock = clock

    async def run_once(self, alive: Alive = quiet) -> RequestsReport:
        """One pass over both kinds; when one fails the other is still read, then the failure is raised."""
        report = RequestsReport()
        failures = []
        for stream, search in (
            (STREAMS[0], self._client.search_cancellations),
            (STREAMS[1], self._client.search_returns),
        ):
            try:
                await self._read(stream, search, report, alive)
            except Exception as error:
                failures.append(error)
        if len(failures) < len(STREAMS):
            await self.look(report, alive)
        if failures:
            raise failures[0]
        return report

    async def look(self, report: RequestsReport, alive: Alive = quiet, limit: int = LOOKS) -> RequestsReport:
        """Read answers and proof of requests that wait for us. Raises only LoginNeeded."""
        now = self._now()
        due = await self._store.aread(lambda conn: requests.unread(conn, self._shop_id, now, limit))
        for one in due:
            await self._look_at(one, report)
            alive()
        return report

    async def look_at(self, pks: Sequence[int]) -> RequestsReport:
        """The same for named requests (their row ids), however lately they were looked at."""
        report = RequestsReport()
        named = await self._store.aread(lambda conn: requests.waiting_ones(conn, self._shop_id, pks))
        for one in named:
            await self._look_at(one, report)
        return report

    async def refresh(self, order_ids: Sequence[str]) -> RequestsReport:
        """Read the requests of single orders again, after something of theirs was answered from here."""
        report = RequestsReport()
        for search in (self._client.search_cancellations, self._client.search_returns):
            for start in range(0, len(order_ids), REFRESHED):
                ask = partial(search, order_ids=list(order_ids[start : start + REFRESHED]))
                async for page in pages(partial(_page, ask)):
                    taken = await self._keep("", page, None)
                    report.seen += taken.seen
                    report.changed += taken.changed
        return report

    async def _look_at(self, one: requests.Unread, report: RequestsReport) -> None:
        """One request; whatever cannot be read is left as it was, and never stops the others."""
        # Two clocks may differ by a second: what the row told before the look is certainly within it.
        began = max(self._now(), one.updated_at)
        options = await self._part(self._answers(one), one, report)
        proof = await self._part(self._proof(one), one, report)
        report.looked += 1
        await self._store.awrite(
            lambda conn: requests.looked(conn, one.pk, began, proof=proof, options=options)
        )

    async def _part(
        self, reading: Awaitable[T | None], one: requests.Unread, report: RequestsReport
    ) -> T | None:
        try:
            return await reading
        except LoginNeeded:
            raise
        except Exception as error:
            log.info("request %s could not be read in full: %s", one.request_id, type(error).__name__)
            report.unreadable += 1
            return None

    async def _answers(self, one: requests.Unread) -> Answers:
        """What the platform takes; where it does not say, what fits the stage, with the reasons for a refusal."""
        stage = stage_of(one.next_action)
        fitting = stage.all if stage else tuple(name for known in STAGES.values() for name in known.all)
        asked = [name for name in dict.fromkeys(fitting) if name != OFFER]
        try:
            found = await self._client.decision_eligibility(one.request_id, asked)
        except LoginNeeded:
            raise
        except ShopError as error:
            log.info("request %s: no eligibility: %s", one.request_id, type(error).__name__)
            found = Answers()
        told = {decision.name: decision for decision in found.decisions}
        without = any(one.eligible and not one.reasons for one in told.values() if not approves(one.name))
        if told and not without:
            return found
        reasons = tuple(await self._client.reject_reasons(one.request_id))
        names = told or (dict.fromkeys(stage.all) if stage else {})
        return Answers(tuple(_filled(name, told.get(name), reasons) for name in names))

    async def _proof(self, one: requests.Unread) -> Proof | None:
        """The history with pictures; a cancellation has none."""
        return None if one.kind == "cancel" else await self._client.return_records(one.request_id)

    def _now(self) -> int:
        return self._clock() + (self._client.server_clock.offset_ms or 0)

    async def _read(
        self,
        stream: str,
        search: Callable[..., Awaitable[RequestPage]],
        report: RequestsReport,
        alive: Alive,
    ) -> None:
        now = self._now()
        mark = await self._store.aread(lambda conn: orders.stream(conn, self._shop_id, stream))
        start = (now - FIRST if mark is None else min(mark, now)) - OVERLAP
        async for page in pages(lambda token: search(update_ge=start, page_token=token)):
            alive()
            # As with orders: a page that names neither requests nor a total proves nothing, and the mark waits.
            last = page.next_token is None and page.named
            taken = await self._keep(stream, page, now if last else None)
            report.seen += taken.seen
            report.new += taken.new
            report.changed += taken.changed
            report.rejected += len(page.rejected)

    async def _keep(self, stream: str, page: RequestPage, watermark: int | None) -> requests.Taken:
        now = self._clock()

        def write(conn: Connection) -> requests.Taken:
            taken = requests.upsert(conn, self._shop_id, page.records, now)
            orders.reject(conn, self._shop_id, page.rejected, now)
            if watermark is not None:
                orders.set_stream(conn, self._shop_id, stream, watermark, now)
            return taken

        return await self._store.awrite(write)


async def _page(ask: Callable[..., Awaitable[RequestPage]], token: str | None) -> RequestPage:
    return await ask(page_token=token)


def _filled(name: str, known: Decision | None, reasons: tuple[Reason, ...]) -> Decision:
    """A decision with the reasons of its request where it needs some and came without."""
    decision = known or Decision(name)
    if approves(name) or decision.reasons:
        return decision
    return msgspec.structs.replace(decision, reasons=reasons)
