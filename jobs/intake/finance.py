"""What the platform pays to one shop: statements, their transactions, and its estimates for what is still to come.

A statement is cut once a day and never taken back, but its payment may still be under way: the search begins at the
oldest one that is not paid. Transactions are read once for each statement, and again when its amounts changed.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import Connection

from jobs.intake.paging import pages
from jobs.intake.sync import Alive, quiet
from shop.client import ShopClient
from shop.errors import BadReply, LoginNeeded, NotSent, Refused, ShopError
from shop.facts_finance import PayoutPage, StatementPage
from store import money, orders
from store.db import Store
from store.money_records import PayoutRecord
from store.records import RejectedRecord
from store.times import DAY, Clock

log = logging.getLogger(__name__)

STREAM: Final = "statements"
FIRST: Final = 60 * DAY
"""How far back the first pass looks."""
OLDEST_OPEN: Final = 30 * DAY
"""A statement that is not paid after so long is no longer asked about."""
OVERLAP: Final = 2 * DAY
STATEMENTS: Final = 40
"""Statements whose transactions one pass reads; the others come in the next."""


class FinanceReport(msgspec.Struct):
    """What a pass did."""

    statements: int = 0
    new: int = 0
    payouts: int = 0
    unsettled: int = 0
    rejected: int = 0


class FinanceSync:
    """Keeps what the platform pays to one shop up to date."""

    def __init__(self, store: Store, client: ShopClient, shop_id: int, *, clock: Clock) -> None:
        self._store = store
        self._client = client
        self._shop_id = shop_id
        self._clock = clock

    async def run_once(self, alive: Alive = quiet) -> FinanceReport:
        """One pass. Raises a ShopError or StoreError; what was read until then stays."""
        report = FinanceReport()
        await self._statements(report, alive)
        waiting = await self._store.aread(lambda conn: money.unread(conn, self._shop_id, STATEMENTS))
        failures = []
        for statement_id in waiting:
            try:
                await self._transactions(statement_id, report, alive)
            except (BadReply, Refused) as error:
                # About this statement alone: the others, and the estimates, are still read.
                failures.append(error)
        await self._unsettled(report, alive)
        if failures:
            raise failures[0]
        return report

    async def _statements(self, report: FinanceReport, alive: Alive) -> None:
        now = self._clock() + (self._client.server_clock.offset_ms or 0)
        known = await self._store.aread(lambda conn: money.begin_at(conn, self._shop_id, now - OLDEST_OPEN))
        since = now - FIRST if known is None else min(known, now) - OVERLAP
        async for page in pages(lambda token: self._client.statements(time_ge=since, page_token=token)):
            alive()
            last = page.next_token is None and page.named
            report.new += await self._keep(page, now if last else None)
            report.statements += len(page.records)
            report.rejected += len(page.rejected)

    async def _keep(self, page: StatementPage, watermark: int | None) -> int:
        now = self._clock()

        def write(conn: Connection) -> int:
            new = money.upsert_statements(conn, self._shop_id, page.records, now)
            orders.reject(conn, self._shop_id, page.rejected, now)
            if watermark is not None:
                orders.set_stream(conn, self._shop_id, STREAM, watermark, now)
            return len(new)

        return await self._store.awrite(write)

    async def _transactions(self, statement_id: str, report: FinanceReport, alive: Alive) -> None:
        """Page by page; a statement counts as read once its last page is here."""
        ask = partial(self._client.statement_transactions, statement_id)
        async for page in pages(ask):
            alive()
            await self._keep_payouts(statement_id, page)
            report.payouts += len(page.records)
            report.rejected += len(page.rejected)

    async def _keep_payouts(self, statement_id: str, page: PayoutPage) -> None:
        now = self._clock()

        def write(conn: Connection) -> None:
            money.upsert_payouts(conn, self._shop_id, statement_id, page.records)
            orders.reject(conn, self._shop_id, page.rejected, now)
            if page.next_token is None and page.named:
                money.was_read(conn, self._shop_id, statement_id, now)

        await self._store.awrite(write)

    async def _unsettled(self, report: FinanceReport, alive: Alive) -> None:
        """The platform's own estimates. A shop where this endpoint is not open goes without them."""
        since = self._clock() - FIRST
        records: list[PayoutRecord] = []
        rejected: list[RejectedRecord] = []
        try:
            async for page in pages(lambda token: self._client.unsettled_orders(since, token)):
                alive()
                records += page.records
                rejected += page.rejected
        except (LoginNeeded, NotSent):
            raise
        except ShopError as error:
            log.info("no estimates of unsettled orders: %s", type(error).__name__)
            return
        now = self._clock()

        def write(conn: Connection) -> None:
            money.replace_unsettled(conn, self._shop_id, records)
            orders.reject(conn, self._shop_id, rejected, now)

        await self._store.awrite(write)
        report.unsettled += len(records)
        report.rejected += len(rejected)
