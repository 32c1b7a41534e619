"""The fresh look before a hand-over: the platform is asked about every parcel that stands on an open manifest.

A scan is checked at once (the screen nudges the job `handover`), all that were scanned meanwhile in one read of
up to 50 orders. What was checked a while ago is asked about again as long as its manifest is open. Without an
answer a parcel stays as it is and its row says why; nothing here ever makes it `on` without one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, Protocol

import msgspec
from sqlalchemy import Connection

from jobs.handover.facts import parcels
from jobs.handover.manifests import reason_to_stop, rejudge
from jobs.handover.rules import Parcel
from jobs.intake.sync import DETAIL, Alive, OrdersReport, OrderSync, quiet
from jobs.problems import problem_of
from shop.errors import Refused
from shop.facts import PackageFacts
from store import manifests
from store.db import Store
from store.manifest_state import Unsettled, live, unsettled
from store.times import MINUTE, Clock

AGAIN: Final = 10 * MINUTE
"""A check is this good while the manifest stays open; the ordinary sync sees most of what happens meanwhile."""
UNREAD: Final = "bad_reply"
"""Why a parcel waits whose order came in a form nobody understands (`problem.<code>` in the catalogues)."""

Key = tuple[int, str]


class Packages(Protocol):
    """The part of the platform's client that tells single packages."""

    async def package_detail(self, package_id: str) -> PackageFacts:
        """One package as it is now."""


class HandoverCheck:
    """The checks of one shop. Not to be run twice at a time."""

    def __init__(self, store: Store, shop_id: int, *, clock: Clock) -> None:
        self._store = store
        self._shop_id = shop_id
        self._clock = clock

    async def pending(self) -> list[Unsettled]:
        """What should be asked about now, the parcels nobody has looked at yet first."""
        older = self._clock() - AGAIN
        rows = await self._store.aread(lambda conn: unsettled(conn, older))
        mine = [row for row in rows if row.shop_id == self._shop_id]
        return sorted(mine, key=lambda row: (row.state != "checking", row.checked_at or 0))

    async def run_once(self, packages: Packages, sync: OrderSync, alive: Alive = quiet) -> int:
        """Ask until nothing waits any more; how many parcels got an answer. Raises a ShopError or StoreError."""
        asked: set[tuple[int, str]] = set()
        answered = 0
        while True:
            rows = [row for row in await self.pending() if (row.manifest_id, row.package_id) not in asked]
            if not rows:
                return answered
            some, orders = await self._batch(rows)
            asked |= {(row.manifest_id, row.package_id) for row in some}
            report = OrdersReport()
            if orders:
                await sync.refresh(orders, report)
            alive()
            told = await self._statuses(packages, some)
            settle = partial(self._settle, rows=some, report=report, told=told)
            answered += await self._store.awrite(settle)

    async def unanswered(self, error: BaseException) -> None:
        """Nobody could be asked: the parcels that wait say why."""
        problem = problem_of(error).code
        rows = [row for row in await self.pending() if row.state == "checking"]
        if rows:
            await self._store.awrite(lambda conn: _wait(conn, rows, problem))

    async def _batch(self, rows: Sequence[Unsettled]) -> tuple[list[Unsettled], list[str]]:
        """As many parcels as one read of their orders takes, and those orders."""
        now = self._clock()
        keys = [(row.shop_id, row.package_id) for row in rows[:DETAIL]]
        found = await self._store.aread(lambda conn: parcels(conn, keys, now))
        some: list[Unsettled] = []
        orders: dict[str, None] = {}
        for row in rows[:DETAIL]:
            mine = _orders(found.get((row.shop_id, row.package_id)), row)
            if some and len(orders.keys() | mine) > DETAIL:
                break
            some.append(row)
            orders.update(dict.fromkeys(mine))
        return some, list(orders)

    async def _statuses(self, packages: Packages, rows: Sequence[Unsettled]) -> dict[Key, str]:
        """The platform's word for parcels of orders that are several and whose own bodies did not say it."""
        now = self._clock()
        keys = [(row.shop_id, row.package_id) for row in rows]
        found = await self._store.aread(lambda conn: parcels(conn, keys, now))
        told: dict[Key, str] = {}
        for key, parcel in found.items():
            if parcel.status is None and any(order.packages > 1 for order in parcel.orders):
                try:
                    told[key] = (await packages.package_detail(parcel.package_id)).status
                except Refused:
                    told[key] = "CANCELLED"  # 21011001: there is no such package any more
        return told

    def _settle(
        self, conn: Connection, rows: Sequence[Unsettled], report: OrdersReport, told: Mapping[Key, str]
    ) -> int:
        now, answered = self._clock(), 0
        # A person may have closed or changed the manifest while the platform was asked.
        standing = {(row.manifest_id, row.package_id): row for row in live(conn)}
        rows = [standing[key] for row in rows if (key := (row.manifest_id, row.package_id)) in standing]
        found = parcels(conn, [(row.shop_id, row.package_id) for row in rows], now)
        good: dict[int, list[str]] = {}
        for row in rows:
            key = (row.shop_id, row.package_id)
            parcel = found.get(key)
            silent = _orders(parcel, row) - report.seen
            if silent & report.rejected:
                _wait(conn, [row], UNREAD)
                continue
            answered += 1
            if parcel is not None and key in told:
                parcel = msgspec.structs.replace(parcel, status=told[key] or None)
            reason = "not_told" if silent else reason_to_stop(parcel, row)
            if reason is None:
                good.setdefault(row.manifest_id, []).append(row.package_id)
            else:
                manifests.stop(conn, row.manifest_id, row.package_id, reason, now)
        for manifest, package_ids in good.items():
            manifests.passed(conn, manifest, package_ids, now)
        return answered


async def stop_what_changed(store: Store, clock: Clock) -> list[Unsettled]:
    """What the ordinary sync has learned of parcels on open manifests; the answer is what was stopped."""

    def bad(conn: Connection) -> bool:
        rows = live(conn)
        found = parcels(conn, [(row.shop_id, row.package_id) for row in rows], clock())
        return any(reason_to_stop(found.get((row.shop_id, row.package_id)), row) for row in rows)

    if not await store.aread(bad):
        return []  # by far the most often: no write, and nobody's screen is woken
    return await store.awrite(lambda conn: rejudge(conn, live(conn), clock()))


def _orders(parcel: Parcel | None, row: Unsettled) -> set[str]:
    return {row.order_id} if parcel is None else {one.order_id for one in parcel.orders}


def _wait(conn: Connection, rows: Sequence[Unsettled], problem: str) -> None:
    for manifest in sorted({row.manifest_id for row in rows}):
        mine = [row.package_id for row in rows if row.manifest_id == manifest]
        try:
            manifests.wait(conn, manifest, mine, problem)
        except manifests.ManifestError:
            continue  # closed meanwhile: nothing of it changes any more
