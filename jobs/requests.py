"""Cancellations, returns and refunds of one shop: what buyers ask, and until when we may answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from sqlalchemy import Connection

from jobs.paging import pages
from jobs.sync import FIRST, OVERLAP, Alive, quiet
from shop.client import ShopClient
from shop.facts import RequestPage
from store import orders, requests
from store.db import Store
from store.times import Clock

STREAMS: Final = ("cancellations", "returns")


class RequestsReport(msgspec.Struct):
    """What a pass did."""

    seen: int = 0
    new: int = 0
    changed: int = 0
    rejected: int = 0


class RequestSync:
    """Keeps one shop's requests up to date, with the same windows as jobs/sync.py."""

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
        if failures:
            raise failures[0]
        return report

    async def _read(
        self,
        stream: str,
        search: Callable[..., Awaitable[RequestPage]],
        report: RequestsReport,
        alive: Alive,
    ) -> None:
        now = self._clock() + (self._client.server_clock.offset_ms or 0)
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
