"""The nightly sweep: what polling may have missed is read again, what we count is counted again, and what we
need not know any longer is forgotten.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, or_, select, update

from jobs.intake.paging import pages
from jobs.intake.sync import DETAIL, FIRST, Alive, OrdersReport, OrderSync, quiet
from shop.client import ShopClient
from shop.facts import OrderPage
from store import chats, counts, file_privacy, search
from store.bulk import table_of
from store.db import Store
from store.models import Order, Rejected
from store.status import OPEN, OrderStatus, Tab
from store.times import DAY, Clock

log = logging.getLogger(__name__)

REJECTED_DAYS: Final = 30
"""Raw bodies nobody could read may hold a buyer's address."""
CHUNK: Final = 500
"""Rows of one forgetting transaction: the writer belongs to others too."""

_ORDERS: Final = table_of(Order)
_REJECTED: Final = table_of(Rejected)
_ASKED: Final = tuple(
    status for status in OrderStatus if status in OPEN and status is not OrderStatus.UNKNOWN
)


class SweepReport(msgspec.Struct):
    """What a sweep found."""

    read: int = 0
    repaired: int = 0
    """Orders that differed from the platform, new ones included."""
    gone: int = 0
    """Open here, unknown to the platform."""
    miscounted: int = 0
    """Tabs whose kept number was wrong."""
    forgotten: int = 0


class OrderSweep:
    """Compares one shop's open orders with the platform."""

    def __init__(
        self, store: Store, client: ShopClient, sync: OrderSync, shop_id: int, *, clock: Clock
    ) -> None:
        self._store = store
        self._client = client
        self._sync = sync
        self._shop_id = shop_id
        self._clock = clock

    async def run_once(self, alive: Alive = quiet) -> SweepReport:
        """Read all open orders of 30 days by creation, then those that are open only here."""
        report, found = SweepReport(), OrdersReport()
        since = self._clock() + (self._client.server_clock.offset_ms or 0) - FIRST
        for status in _ASKED:
            async for page in self._search(status, since):
                alive()
                await self._sync.take(page.records, page.rejected, found)
        ours = await self._store.aread(self._open)
        missing = sorted(ours - found.seen)
        for at in range(0, len(missing), DETAIL):
            alive()
            await self._sync.refresh(missing[at : at + DETAIL], found)
        report.read = len(found.seen)
        report.repaired = len(found.new | found.changed)
        report.gone = len(ours - found.seen)
        if report.repaired or report.gone:
            log.warning("sweep: %d orders repaired, %d unknown to the platform", report.repaired, report.gone)
        return report

    def _search(self, status: OrderStatus, since: int) -> AsyncIterator[OrderPage]:
        return pages(
            lambda token: self._client.search_orders(create_ge=since, status=status, page_token=token)
        )

    def _open(self, conn: Connection) -> set[str]:
        query = select(_ORDERS.c.order_id).where(
            _ORDERS.c.shop_id == self._shop_id, _ORDERS.c.status.in_([str(status) for status in OPEN])
        )
        return set(conn.execute(query).scalars())


async def sweep_store(store: Store, personal_days: int, *, clock: Clock, alive: Alive = quiet) -> SweepReport:
    """The part that needs no platform: counts, and what is no longer needed. Raises StoreError."""
    report = SweepReport()
    differences = await store.aread(counts.verify)
    if differences:
        report.miscounted = len(differences)
        log.warning("sweep: counts were wrong and are counted again: %s", differences)
        await store.awrite(counts.recount)
    now = clock()
    if personal_days:
        report.forgotten = await _forget(store, now - personal_days * DAY, alive)
        await store.awrite(lambda conn: chats.forget(conn, now - personal_days * DAY))
    old = _REJECTED.c.at < now - REJECTED_DAYS * DAY
    await store.awrite(lambda conn: file_privacy.forget_refused(conn, now - REJECTED_DAYS * DAY))
    await store.awrite(lambda conn: conn.execute(delete(_REJECTED).where(old)).rowcount)
    return report


async def _forget(store: Store, before: int, alive: Alive) -> int:
    """Take names, phones and addresses out of orders that ended before then; how many orders."""
    pks = await store.aread(lambda conn: _remembered(conn, before))
    for at in range(0, len(pks), CHUNK):
        alive()
        await store.awrite(partial(_erase, pks=pks[at : at + CHUNK]))
    return len(pks)


def _remembered(conn: Connection, before: int) -> Sequence[int]:
    personal = or_(*(_ORDERS.c[name].is_not(None) for name in ("buyer", "phone", "address")))
    query = select(_ORDERS.c.id).where(
        _ORDERS.c.tab.in_([Tab.COMPLETED.value, Tab.CANCELLED.value]),
        # In tabs of history sort_at is minus the last change, so this runs on the tab's index.
        _ORDERS.c.sort_at > -before,
        personal,
    )
    return conn.execute(query).scalars().all()


def _erase(conn: Connection, pks: Sequence[int]) -> None:
    # The body's fingerprint stays: an old answer that tells the same again changes nothing.
    conn.execute(update(_ORDERS).where(_ORDERS.c.id.in_(pks)).values(buyer=None, phone=None, address=None))
    file_privacy.forget(conn, pks)
    for pk in pks:
        search.refresh(conn, pk)
