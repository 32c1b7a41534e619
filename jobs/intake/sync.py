"""Orders of one shop: everything that changed since last time, without a gap and without going backwards.

Each pass reads a window of the platform's update times, from a little before the last watermark to the
platform's own now, oldest change first, page by page by token. Each page is a transaction of its own; the
watermark moves in the transaction that ends the last page. Orders become visible late: with 8 s of that,
"newer than the last seen" left 95 of 8,000 stale (measured), hence the overlap.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, func, select

from jobs.intake.paging import pages
from shop.client import ShopClient
from store import orders
from store.bulk import one_writer, table_of
from store.db import Store
from store.models import Change
from store.records import OrderRecord, RejectedRecord
from store.times import DAY, SECOND, Clock

log = logging.getLogger(__name__)

STREAM: Final = "orders"
OVERLAP: Final = 120 * SECOND
"""An order may become visible this long after its update time; 8 s were measured."""
FIRST: Final = 30 * DAY
"""How far back the first pass reads."""
DETAIL: Final = 50
"""Ids of one detail read."""

_CHANGES: Final = table_of(Change)

Alive = Callable[[], None]
"""Called whenever something arrived: a long pass is not a hung one."""


def quiet() -> None:
    """An Alive for callers who do not watch."""


class OrdersReport(msgspec.Struct):
    """What a pass did, in distinct orders; usable also when the pass ended in an exception."""

    pages: int = 0
    seen: set[str] = set()
    new: set[str] = set()
    changed: set[str] = set()
    """Really different, new ones apart."""
    rejected: set[str] = set()
    """What could not be understood, by id where it could still be read."""


class OrderSync:
    """Keeps one shop's orders up to date. Not to be run twice at a time."""

    def __init__(self, store: Store, client: ShopClient, shop_id: int, *, clock: Clock) -> None:
        self._store = store
        self._client = client
        self._shop_id = shop_id
        self._clock = clock

    async def run_once(self, report: OrdersReport | None = None, alive: Alive = quiet) -> OrdersReport:
        """One pass. Raises a ShopError or StoreError; `report` then holds what was done before."""
        report = report or OrdersReport()
        start, now = await self._window()
        # Without an end the platform takes its own now, by the one clock that dates orders. What changes while
        # we page moves behind the page we are at, and is read there.
        async for page in pages(lambda token: self._client.search_orders(update_ge=start, page_token=token)):
            alive()
            # A page that names neither orders nor a total proves nothing: the watermark waits.
            last = now if page.next_token is None and page.named else None
            await self.take(page.records, page.rejected, report, watermark=last)
            report.pages += 1
        return report

    async def refresh(self, order_ids: Sequence[str], report: OrdersReport | None = None) -> OrdersReport:
        """Read these orders now, whatever their update time says: a detail read is the last word."""
        report = report or OrdersReport()
        for at in range(0, len(order_ids), DETAIL):
            page = await self._client.order_detail(order_ids[at : at + DETAIL])
            await self._keep(page.records, page.rejected, report, authoritative=True)
        return report

    async def take(
        self,
        records: Sequence[OrderRecord],
        rejected: Sequence[RejectedRecord],
        report: OrdersReport,
        watermark: int | None = None,
    ) -> None:
        """Store a page; orders told differently at the same update time are read again in detail.

        `watermark` is stored with the last row that it covers.
        """

        conflicts = await self._keep(records, rejected, report, watermark=watermark)
        for at in range(0, len(conflicts), DETAIL):
            page = await self._client.order_detail(conflicts[at : at + DETAIL])
            last = watermark if at + DETAIL >= len(conflicts) else None
            await self._keep(page.records, page.rejected, report, authoritative=True, watermark=last)

    async def _window(self) -> tuple[int, int]:
        """From when to read, and what the platform's clock says: the watermark when all of it was read."""
        now = self._clock() + (self._client.server_clock.offset_ms or 0)
        mark = await self._store.aread(lambda conn: orders.stream(conn, self._shop_id, STREAM))
        # A mark in the future was made by a wrong clock: what changed meanwhile must not be skipped.
        start = now - FIRST if mark is None else min(mark, now)
        return start - OVERLAP, now

    async def _keep(
        self,
        records: Sequence[OrderRecord],
        rejected: Sequence[RejectedRecord],
        report: OrdersReport,
        *,
        authoritative: bool = False,
        watermark: int | None = None,
    ) -> list[str]:
        """One transaction; the answer is the conflicts. While there are any, the watermark stays."""
        now = self._clock()

        def write(conn: Connection) -> tuple[list[str], set[str], set[str]]:
            one_writer(conn)
            before = conn.execute(select(func.coalesce(func.max(_CHANGES.c.seq), 0))).scalar_one()
            result = orders.ingest(conn, self._shop_id, records, now, authoritative=authoritative)
            orders.reject(conn, self._shop_id, rejected, now)
            if watermark is not None and not result.conflicts:
                orders.set_stream(conn, self._shop_id, STREAM, watermark, now)
            touched = select(_CHANGES.c.order_id, _CHANGES.c.kind).where(_CHANGES.c.seq > before)
            rows = conn.execute(touched).all() if result.new or result.changed else []
            new = {order_id for order_id, kind in rows if kind == "order.new"}
            return result.conflicts, new, {order_id for order_id, _ in rows}

        conflicts, new, touched = await self._store.awrite(write)
        report.seen |= {record.order_id for record in records}
        report.rejected |= {one.ref or f"{one.source} {hash(one.raw)}" for one in rejected}
        report.new |= new
        report.changed |= touched - report.new
        return list(dict.fromkeys(conflicts))
