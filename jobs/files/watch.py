"""A folder whose export files are read as they appear: one watcher per shop that has one.

A file is read when it is complete: its size and time stood still between two looks, and nobody has it open for
writing. Linux tells the latter exactly for files of our own on its own disks. A file that ends in the middle (a CSV
without a last line's end, an XLSX without its table of contents) must then stand still only a little longer, for a
writer who opens it again for each part; elsewhere only quiet tells that its writer is done. A file is known by its
bytes, so it is read once, wherever it is moved and however often the program starts.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from jobs.config.keys import ShopSettings
from jobs.config.settings import Settings
from jobs.files.importer import digest_of, import_file
from jobs.files.outcome import Outcome
from jobs.intake.sync import Alive, quiet
from shop.files.limits import EXTENSIONS
from store import files, health, orders
from store.db import Store
from store.sqlite import filesystem
from store.times import MINUTE

if sys.platform == "linux":
    import fcntl

JOB: Final = "files"
LOOK: Final = 0.25
"""Seconds between two looks: what was closed is read within two seconds, its reader's start included."""
SETTLED: Final = 0.75
"""Seconds a file must have stood still that ends in the middle, or whose writer the system cannot see."""
QUIET: Final = 5.0
"""The same for one to which both apply."""
LOCAL: Final = frozenset(
    {"bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "tmpfs", "xfs", "zfs"}
)
"""Linux file systems all of whose writers Linux knows; not so what it shares with another computer, or with Windows."""
NOT_YET: Final = (".", "~$")
"""Beginnings of names of files that programs are still writing, or keep as locks (.~lock.x.csv#, ~$x.xlsx)."""
KEPT: Final = ("done", "failed", "stopped")
"""A file that was read so far is left alone: what a person has stopped, a person takes up again."""


class Seen(NamedTuple):
    """What tells one state of a file from another."""

    size: int
    modified: int
    inode: int


class Watcher:
    """Reads what lies in one shop's folder."""

    def __init__(self, store: Store, settings: Settings, shop: ShopSettings) -> None:
        self._store = store
        self._settings = settings
        self._shop = shop
        self._folder = Path(shop.watch_dir)
        self._seen: dict[str, tuple[Seen, float]] = {}
        """What the last look saw, and since when it has been so (monotonic seconds)."""
        self._done: dict[str, Seen] = {}
        """Files that need nothing more while they stay as they are."""
        self._bad: dict[str, str] = {}
        """Files in the folder that could not be used, and why."""
        self.problem = ("", "")
        """What is wrong now: code and detail; empty when all is well."""
        self._told_at = 0

    async def run(self, alive: Alive = quiet) -> None:
        """Look again and again until cancelled; the job's health is written here."""
        while True:
            await self.look(alive)
            alive()
            await asyncio.sleep(LOOK)

    async def once(self, alive: Alive = quiet) -> list[Outcome]:
        """Read what lies there now and is, or soon will be, complete. Raises FileNotFoundError and the like."""
        found = await self.look(alive)
        end = time.monotonic() + QUIET + 2 * LOOK
        while self._waiting() and time.monotonic() < end:
            await asyncio.sleep(LOOK)
            found += await self.look(alive)
        return found

    async def look(self, alive: Alive = quiet) -> list[Outcome]:
        """One look: read every file that is complete, and say in the job's health what is wrong."""
        try:
            there = await asyncio.to_thread(_scan, self._folder)
        except OSError as error:
            await self._say("no_folder", f"{self._folder}: {error.strerror}")
            return []
        now = time.monotonic()
        self._seen = {
            name: before
            if (before := self._seen.get(name)) is not None and before[0] == seen
            else (seen, now)
            for name, seen in there.items()
        }
        for known in (self._done, self._bad):
            for name in known.keys() - there.keys():
                del known[name]
        outcomes = []
        for name, (seen, since) in sorted(self._seen.items()):
            if self._done.get(name) == seen or since == now:
                continue
            if not await asyncio.to_thread(_complete, self._folder / name, now - since, seen.modified):
                continue
            outcome = await self._read(name, seen, alive)
            outcomes += [outcome] if outcome is not None else []
        bad = sorted(self._bad.items())
        await self._say("bad_export" if bad else "", "; ".join(f"{name}: {why}" for name, why in bad)[:300])
        return outcomes

    def _waiting(self) -> bool:
        return any(self._done.get(name) != seen for name, (seen, _since) in self._seen.items())

    async def _read(self, name: str, seen: Seen, alive: Alive) -> Outcome | None:
        """Read a file unless these bytes were read before."""
        path = self._folder / name
        self._bad.pop(name, None)
        try:
            digest = await asyncio.to_thread(digest_of, path)
        except OSError as error:
            if path.exists():
                self._bad[name] = error.strerror or "unreadable"
            return None
        shop = self._shop
        shop_id = await self._store.awrite(lambda conn: orders.shop_pk(conn, shop.name, shop.kind))
        known = await self._store.aread(lambda conn: files.find(conn, shop_id, digest))
        outcome, problem = None, None
        if known is not None and (known[0] in KEPT or known[1] is not None):
            # What cost too much or broke off once does so again; `import` and `I` try it all the same.
            problem = known[1]
        else:
            outcome = await import_file(
                self._store, self._settings, shop, path, by="watch", progress=lambda _: alive()
            )
            problem = outcome.problem
        if problem is not None:
            self._bad[name] = problem
        self._done[name] = seen
        return outcome

    async def _say(self, problem: str, detail: str) -> None:
        """Write the health of the job when it is another, and now and then that all is well."""
        now = self._store.clock()
        if self.problem == (problem, detail) and now - self._told_at < MINUTE:
            return
        self.problem, self._told_at = (problem, detail), now
        name = self._shop.name
        if problem:
            await self._store.awrite(lambda conn: health.failed(conn, JOB, name, problem, detail, now))
        else:
            await self._store.awrite(lambda conn: health.ok(conn, JOB, name, now))


def _scan(folder: Path) -> dict[str, Seen]:
    """The tables in a folder, by name. Raises OSError when the folder cannot be read."""
    found = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.lower().endswith(EXTENSIONS) or entry.name.startswith(NOT_YET):
                continue
            with suppress(OSError):  # gone since
                told = entry.stat()
                if entry.is_file():
                    found[entry.name] = Seen(told.st_size, told.st_mtime_ns, told.st_ino)
    return found


def _complete(path: Path, still: float, modified: int) -> bool:
    """Whether a file that has not changed for `still` seconds is written to its end."""
    try:
        with path.open("rb") as source:
            writing = _written_to(path, source.fileno())
            if writing:
                return False
            long = max(still, _age(modified))
            if _ends(path, source):
                return writing is False or long >= SETTLED
            return long >= (QUIET if writing is None else SETTLED)
    except OSError:
        return still >= QUIET  # may not be read: reading it will say so


def _ends(path: Path, source: BinaryIO) -> bool:
    """Whether the last bytes are those of a whole table."""
    if path.suffix.lower() == ".xlsx":
        return zipfile.is_zipfile(source)
    if source.seek(0, os.SEEK_END) == 0:
        return False
    source.seek(-1, os.SEEK_END)
    return source.read(1) in b"\r\n"


def _age(modified: int) -> float:
    """Seconds since then by the computer's clock; files of the future have none."""
    return time.time() - modified / 1e9


def _written_to(path: Path, descriptor: int) -> bool | None:
    """Whether somebody has the file open for writing; None where the system cannot tell.

    A lease to read is refused while there is a writer (F_SETLEASE in fcntl(2)); it is for files of our own, on disks of
    this computer.
    """
    if sys.platform != "linux":
        return None
    try:
        mounts = Path("/proc/self/mountinfo").read_text("utf-8", "replace")
        if filesystem(path.resolve(), mounts) not in LOCAL:
            return None
        # A writer who comes in this moment is announced by a signal: by one that does nothing.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return None  # not ours, or a disk without leases
    return False


def watchers(store: Store, settings: Settings, takes: Callable[[str], bool]) -> dict[str, Watcher]:
    """A watcher for every shop that has a folder, by the shop's name; `takes` says which shops are ours."""
    return {
        shop.name: Watcher(store, settings, shop)
        for shop in settings.shops
        if shop.kind == "file" and shop.watch_dir and takes(shop.name)
    }
