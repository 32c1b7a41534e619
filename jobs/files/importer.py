"""One Seller Center file into the store, chunk by chunk: it can be stopped, killed, taken up again, and read by two
processes at once; the sums and the orders come out the same.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec
from sqlalchemy import Connection

from jobs.config.keys import ShopSettings
from jobs.config.settings import Settings
from jobs.files import by_hand, reading
from jobs.files.outcome import Outcome, Progress, Refused
from shop.files.facts import Bad, Broken, Head, Kin, Odd, Piece, Told
from shop.files.stamps import AHEAD
from store import files, orders
from store.db import Store
from store.file_judge import FileTold
from store.reading.files import KIN

BLOCK: Final = 1024 * 1024
ORDER_ID: Final = "order id"
"""The column of the order's id, folded."""


class Flag(Protocol):
    """What can tell a reading to stop: a threading.Event, an asyncio.Event."""

    def is_set(self) -> bool: ...


async def import_file(
    store: Store,
    settings: Settings,
    shop: ShopSettings,
    path: Path,
    *,
    by: str,
    progress: Callable[[Progress], None] | None = None,
    stop: Flag | None = None,
) -> Outcome:
    """Read one file for one shop. What is wrong with the file is in the outcome; raises StoreError.

    `by`: who asked for it, for the record. `progress` is called in this loop after every chunk; `stop` is looked at
    then, and what is in by that time stays.
    """
    try:
        there = path.stat()
        digest = await asyncio.to_thread(digest_of, path)
    except OSError:
        return Outcome(str(path), "failed", problem="no_file" if not path.exists() else "unreadable")
    shop_id = await store.awrite(lambda conn: orders.shop_pk(conn, shop.name, shop.kind))
    begun = await store.awrite(lambda conn: files.begin(conn, shop_id, path.name, digest, store.clock(), by))
    work = _Work(store, shop_id, begun, only_new=shop.kind != "file", progress=progress, stop=stop)
    try:
        async with aclosing(reading.read(path, settings.deadlines)) as pieces:
            async for some in pieces:
                await work.take(some)
                if work.stopped:
                    break
        if not await asyncio.to_thread(_unchanged, path, there):
            raise Broken("unreadable")  # what was read may not be what the digest stands for
        await work.end()
    except Broken as broken:
        where = (broken.row, broken.column, broken.value)
        told = (begun.import_id, broken.reason, store.clock(), *where)
        await store.awrite(lambda conn: files.fail(conn, *told))
    return await asyncio.to_thread(_outcome, store, str(path), begun.import_id)


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, hex. Raises OSError."""
    made = hashlib.sha256()
    with path.open("rb") as source:
        while block := source.read(BLOCK):
            made.update(block)
    return made.hexdigest()


def _unchanged(path: Path, there: os.stat_result) -> bool:
    """Whether this is still the very file; one that went away meanwhile was read whole."""
    try:
        now = path.stat()
    except OSError:
        return True
    return (now.st_ino, now.st_size, now.st_mtime_ns) == (there.st_ino, there.st_size, there.st_mtime_ns)


class _Work:
    """A reading under way: gathers chunks that every process cuts alike, and writes them."""

    def __init__(
        self,
        store: Store,
        shop_id: int,
        begun: files.Begun,
        *,
        only_new: bool,
        progress: Callable[[Progress], None] | None,
        stop: Flag | None,
    ) -> None:
        self._store = store
        self._shop_id = shop_id
        self._id = begun.import_id
        self._done = begun.done
        """Orders that were in when this process began."""
        self._only_new = only_new
        self._progress = progress
        self._stop = stop
        self._head: Head | None = None
        self._at = 0
        """Number of the first order in hand."""
        self._orders: list[Told] = []
        self._warnings: list[dict[str, Any]] = []
        self._row = 1
        self.stopped = False

    async def take(self, pieces: Sequence[Piece]) -> None:
        """Some more of the file."""
        bad: list[files.Kept] = []
        for piece in pieces:
            match piece:
                case Told():
                    self._orders.append(piece)
                    self._row = max(self._row, piece.row)
                    if len(self._orders) == files.CHUNK:
                        await self._flush()
                case Bad():
                    bad.append((piece.row, piece.column, piece.reason, piece.value, piece.cells))
                case Kin():
                    bad.append((piece.row, None, KIN, "", piece.cells))
                case Odd() if len(self._warnings) < files.WARNINGS:
                    told = msgspec.structs.asdict(piece)
                    self._warnings.append(
                        {name: value for name, value in told.items() if value not in (None, "")}
                    )
                case Head():
                    await self._begin(piece)
        if bad:
            await self._store.awrite(lambda conn: files.reject(conn, self._id, bad))
        self._tell()
        self.stopped = self._stop is not None and self._stop.is_set()

    async def end(self) -> None:
        """All has been read, or a person ended it."""
        if not self.stopped:
            await self._flush()
        now, warnings = self._store.clock(), self._warnings
        if self.stopped:
            await self._store.awrite(lambda conn: files.stop(conn, self._id, warnings, now))
        else:
            find = _order_id_of(self._head.columns if self._head else ())
            await self._store.awrite(
                lambda conn: files.finish(
                    conn, self._id, warnings, now, order_id_of=find, only_new=self._only_new
                )
            )

    async def _begin(self, head: Head) -> None:
        if head.stamp is not None and head.stamp > self._store.clock() + AHEAD:
            # Nobody knows the day after tomorrow: such a file would pass for the newest for weeks.
            head = msgspec.structs.replace(head, stamp=None)
        known = msgspec.structs.asdict(head)
        self._head = head
        self._only_new |= known.pop("masked")
        await self._store.awrite(lambda conn: files.describe(conn, self._id, **known))

    async def _flush(self) -> None:
        told, start = self._orders, self._at
        if not told:
            return
        self._orders, self._at = [], start + len(told)
        if self._at > self._done:
            await self._store.awrite(lambda conn: self._write(conn, start, told))

    def _write(self, conn: Connection, start: int, told: Sequence[Told]) -> None:
        """One chunk and everything that follows from it, in one transaction."""
        now = self._store.clock()
        facts = [FileTold(one.record, one.extra, one.whole) for one in told]
        taken = files.take(conn, self._shop_id, self._id, start, facts, now, only_new=self._only_new)
        if taken is not None and not self._only_new:
            stamp = self._head.stamp if self._head else None
            records = [one.record for one in told]
            by_hand.reconcile(conn, self._shop_id, self._id, records, stamp, now)

    def _tell(self) -> None:
        if self._progress is not None and self._head is not None:
            rows = self._head.rows
            self._progress(Progress(self._id, min(self._row, rows), rows, self._at))


def _order_id_of(columns: Sequence[str]) -> Callable[[Sequence[str]], str | None]:
    """Finds the order's id in the cells of a row of this file."""
    names = [name.strip().casefold() for name in columns]
    if ORDER_ID not in names:
        return lambda cells: None
    at = names.index(ORDER_ID)
    return lambda cells: cells[at].strip() if at < len(cells) else None


def _outcome(store: Store, path: str, import_id: int) -> Outcome:
    """What the store says of a reading: also what another process took of it is in there."""
    reader = store.reader()
    try:
        row = reader.import_row(import_id)
        assert row is not None
        told = reader.news(import_id, kinds=("order.not_in_file", "order.status"))
        rejects = reader.rejects(import_id, cells=False)
    finally:
        reader.close()
    gone = tuple(one.order_id or "" for one in told if one.kind == "order.not_in_file")
    cancelled = tuple(one.order_id or "" for one in told if one.new == "CANCELLED")
    where = row.detail
    return Outcome(
        path,
        row.state,
        import_id,
        row.rows,
        row.orders,
        row.new,
        row.changed,
        row.unchanged,
        gone,
        cancelled,
        tuple(Refused(one.row, one.column, one.reason, one.value) for one in rejects),
        tuple(row.warnings),
        row.problem,
        where.get("row"),
        where.get("column"),
        where.get("value", ""),
    )
