"""The sender: the task that empties the outbox, in the monitor as in `pantau sync`.

It runs rounds (jobs/outbox/dispatch.py) as long as the program lives. It is a task of its own, never a job of the
scheduler or a worker of the screen: those are cancelled at shutdown. There is no recovery code: work orphaned
by a death is claimed like any other when its lease has run out. docs/outbox.md has the rules.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from jobs.outbox.dispatch import Dispatcher, Handled
from jobs.outbox.kinds import KINDS, Client, Kind
from jobs.outbox.kinds.base import touched
from jobs.outbox.rules import FINAL, SenderSettings, overdue_since
from shop.facts import OrderPage
from store import actions, health, orders
from store.db import Store
from store.errors import StoreError
from store.reading.stock_wishes import sku_of
from store.times import MINUTE, Clock, now_ms

log = logging.getLogger(__name__)

SHUTDOWN: Final = 15.0
"""Seconds a send under way may still take when the program ends."""
JOB: Final = "sender"
"""Its name in the jobs' health."""
DETAILS: Final = 50
"""Orders one detail read takes."""
JUMP: Final = 5_000
"""Wall and monotonic clock may part by this many ms between two looks."""
IDLE: Final = 1_000
"""Longest time between two looks at the outbox, in ms: another process may have queued something."""
TROUBLE_PAUSE: Final = 5.0
"""Seconds without a claim after the store failed (a full disk, a lock)."""


class ClockGuard:
    """Notices a wall clock that was set, or a computer that slept: then leases and ages cannot be trusted."""

    def __init__(self, wall: Clock, monotonic: Callable[[], float]) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._apart = self._measure()

    def jumped(self) -> bool:
        """Whether the clocks parted since the last jump noticed (or the start); it is told once."""
        apart = self._measure()
        if abs(apart - self._apart) <= JUMP:
            return False
        self._apart = apart
        return True

    def _measure(self) -> float:
        return self._wall() - self._monotonic() * 1_000


class Sender:
    """Sends what is due for the shops it has clients for.

    `clock` is the wall clock of leases and signatures (ms); `owner` names this process in the rows.
    `stocked(shop_id, sku_ids)` is called after the numbers of SKUs were set, or could not be.
    `settled(shop_id, order_ids)` is called after actions ended, so that the orders' new state shows soon; by
    default the sender reads those orders again itself.
    `checkpoint` is called with a name at every point where a process may die; tests plant their kills there.
    """

    def __init__(
        self,
        store: Store,
        clients: Mapping[int, Client],
        settings: SenderSettings,
        clock: Clock = now_ms,
        owner: str = "sender",
        checkpoint: Callable[[str], None] = lambda name: None,
        *,
        kinds: Mapping[str, Kind] = KINDS,
        settled: Callable[[int, Sequence[str]], Awaitable[None]] | None = None,
        stocked: Callable[[int, Sequence[str]], Awaitable[None]] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._clients = clients
        self._clock = clock
        self._settings = settings
        self._settled = settled or self._reread
        self._stocked = stocked
        self._monotonic = monotonic
        self._guard = ClockGuard(clock, monotonic)
        self._dispatcher = Dispatcher(store, settings, clock, owner, checkpoint, kinds, monotonic)
        self._poke = asyncio.Event()
        self._stopping = False
        self._jumped = False
        self._idle = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self.problem: str | None = None
        """Why nothing is sent at present: `clock_jumped`, the code of a StoreError, `internal`; else None."""
        self._said: tuple[str | None, int] | None = None

    @property
    def idle(self) -> bool:
        """Whether the task sleeps until its next look."""
        return self._idle

    def nudge(self) -> None:
        """Something was queued: look now instead of at the next tick. Callable from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._poke.set)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then claim nothing more and let a send under way end, at most 15 s."""
        self._loop = asyncio.get_running_loop()
        self._stopping = False
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self._poke.clear()
                work = asyncio.create_task(self._safe_pass())
                await asyncio.wait([work, stopped], return_when=asyncio.FIRST_COMPLETED)
                self._stopping = stop.is_set()
                await asyncio.wait([work], timeout=SHUTDOWN if self._stopping else None)
                if not work.done():
                    work.cancel()  # the row says `sending`: whoever claims it next finds out
                    break
                await self._say()
                await self._nap(stopped, work.result())
        finally:
            self._stopping = True
            stopped.cancel()
            await self._dispatcher.drain(1)

    async def run_due(self, deadline: float) -> Counter[str]:
        """Pass after pass until nothing is due now; no new pass after `deadline` seconds.

        The answer counts the rows handled by the state they are in now. Raises StoreError when the store
        cannot be written.
        """
        self._loop = asyncio.get_running_loop()
        self._stopping = False
        until = self._monotonic() + deadline
        latest: dict[int, str] = {}
        while self._monotonic() < until and (handled := await self._pass()):
            latest |= {one.row.id: str(one.state) for one in handled}
        await self._dispatcher.drain(max(1.0, until - self._monotonic()))
        return Counter(latest.values())

    async def _nap(self, stopped: asyncio.Task[bool], seconds: float) -> None:
        """Until the time is over, the end is near or, when all is well, somebody nudges."""
        poked = asyncio.create_task(self._poke.wait())
        waiting = [stopped] if self.problem else [stopped, poked]
        self._idle = True
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        self._idle = False
        poked.cancel()

    async def _safe_pass(self) -> float:
        """One pass; how many seconds to wait before the next."""
        try:
            if self._clock_jumped():
                # Leases lapse meanwhile, and the orders are synced before anything is sent again.
                log.warning("the clock jumped: nothing is claimed until our leases have lapsed")
                self._jumped, self.problem = False, "clock_jumped"
                return self._settings.lease / 1_000
            handled = await self._pass()
        except StoreError as error:
            # A full or broken disk: nothing could be written ahead, so nothing was sent.
            log.error("no action is sent: %s", error)
            self.problem = error.code
            return TROUBLE_PAUSE
        except Exception:
            log.exception("a pass of the sender failed")
            self.problem = "internal"
            return TROUBLE_PAUSE
        self.problem = None
        return 0.0 if handled else self._settings.scaled(IDLE) / 1_000

    async def _pass(self) -> list[Handled]:
        """One round of every shop, all at once; what they moved."""
        rounds = [self._round(shop, client) for shop, client in self._clients.items()]
        results = await asyncio.gather(*rounds, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return [one for result in results if not isinstance(result, BaseException) for one in result]

    async def _round(self, shop: int, client: Client) -> list[Handled]:
        handled = await self._dispatcher.round(shop, client, self._may_send)
        over = sorted({order for one in handled if one.state in FINAL for order in touched(one.row)})
        if over:
            self._dispatcher.aside(self._tell(shop, over))
        goods = sorted(
            {sku_of(one.row.target) for one in handled if one.row.kind == "stock" and one.state in FINAL}
        )
        if goods and self._stocked is not None:
            self._dispatcher.aside(self._tell_stock(shop, goods, self._stocked))
        return handled

    async def _tell(self, shop: int, orders: Sequence[str]) -> None:
        try:
            await self._settled(shop, orders)
        except Exception as error:
            # The next poll brings the same news.
            log.info("the orders could not be read again: %s", type(error).__name__)

    async def _tell_stock(
        self, shop: int, sku_ids: Sequence[str], stocked: Callable[[int, Sequence[str]], Awaitable[None]]
    ) -> None:
        try:
            await stocked(shop, sku_ids)
        except Exception as error:
            log.info("the stock could not be read again: %s", type(error).__name__)

    async def _reread(self, shop: int, order_ids: Sequence[str]) -> None:
        """The orders as the platform tells them now: status, parcels, soon the tracking number."""
        for start in range(0, len(order_ids), DETAILS):
            page = await self._clients[shop].order_detail(order_ids[start : start + DETAILS])

            def keep(conn: Connection, page: OrderPage = page) -> None:
                now = self._clock()
                orders.ingest(conn, shop, page.records, now, authoritative=True)
                orders.reject(conn, shop, page.rejected, now)

            await self._store.awrite(keep)

    async def _say(self) -> None:
        """Tell the screen how the sender is doing: at once when that changes, else each minute."""
        now = self._clock()
        if self._said is not None and self._said[0] == self.problem and now - self._said[1] < MINUTE:
            return

        def say(conn: Connection) -> None:
            late = actions.unfinished(conn, overdue_since(now, self._settings))
            if self.problem is not None:
                health.failed(conn, JOB, "", self.problem, None, now)
            elif late:
                health.failed(conn, JOB, "", "actions_overdue", str(late), now)
            else:
                health.ok(conn, JOB, "", now)

        try:
            await self._store.awrite(say)
        except StoreError:
            return  # then nothing can be written at all, and other writes say so
        except Exception:
            # Nobody would start the task again: a word that fails must not end the sending.
            log.exception("the sender's health was not written")
        self._said = (self.problem, now)

    def _may_send(self) -> bool:
        return not self._stopping and not self._clock_jumped()

    def _clock_jumped(self) -> bool:
        self._jumped = self._jumped or self._guard.jumped()
        return self._jumped
