"""Orders into a file for people and their spreadsheets: whole or not at all, and for nobody else to read."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, cast
from zoneinfo import ZoneInfo

import msgspec

from jobs.deadlines import Deadlines
from jobs.files.publish import publish
from shop.files import compact, csv_out, xlsx_out
from shop.files.facts import Broken
from shop.files.guard import guarded
from shop.files.layout import OWN
from shop.files.limits import EXTENSIONS
from shop.files.masking import masked, masked_cells
from shop.files.sheet import NoRoom, Sheet
from store import changes
from store.bulk import one_writer
from store.status import Tab
from store.views import View

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jobs.config.settings import Settings
    from store.db import Store
    from store.reader import Reader
    from store.records import OrderRecord

EVERY: Final = 200
"""Orders between two looks at whether somebody wants it stopped."""
_BREATH: Final = 0.001
"""Seconds for the threads that paint, after each of those."""
_CODES: Final = {
    errno.EEXIST: "exists", errno.ENOENT: "no_folder", errno.ENOTDIR: "no_folder", errno.EISDIR: "is_folder",
    errno.EACCES: "forbidden", errno.EPERM: "forbidden", errno.EROFS: "forbidden", errno.ENOSPC: "full",
    errno.EDQUOT: "full", errno.EFBIG: "full", errno.ENAMETOOLONG: "name_too_long",
}  # fmt: skip

Problem = Literal[
    "wrong_name",
    "exists",
    "no_folder",
    "is_folder",
    "forbidden",
    "full",
    "name_too_long",
    "too_big",
    "failed",
]


class Refused(Exception):
    """No file was written, and nothing is left behind. `problem`: a stable code, `why`: the system's own words."""

    def __init__(self, problem: Problem, why: str = "") -> None:
        super().__init__(problem)
        self.problem: Problem = problem
        self.why = why


class Stopped(Exception):
    """A person ended it; nothing is left behind."""


class Stop(Protocol):
    """A threading.Event, or what looks like one."""

    def is_set(self) -> bool: ...
    def set(self) -> None: ...
    def wait(self, timeout: float) -> bool: ...


class Wanted(msgspec.Struct, frozen=True):
    """What to write, and how. Without `pks`, `view`, `tab` and `search` it is every order."""

    path: Path
    pks: tuple[int, ...] | None = None
    """These orders."""
    view: View | None = None
    """What a list shows, its filters included."""
    tab: Tab | None = None
    search: str | None = None
    language: str = "id"
    compact: bool = False
    mask: bool = False
    replace: bool = False
    """Whether a file of that name may be replaced."""


class Written(msgspec.Struct, frozen=True):
    """What is in the file."""

    orders: int
    rows: int
    columns: tuple[str, ...]


Progress = Callable[[int, int], None]
"""Told how many orders of how many are done."""


def check(path: Path, *, replace: bool = False) -> None:
    """Raises Refused where it is clear beforehand that nothing can be written there."""
    if path.suffix.lower() not in EXTENSIONS:
        raise Refused("wrong_name")
    try:
        if path.is_dir():
            raise Refused("is_folder")
        if not path.parent.is_dir():
            raise Refused("no_folder")
        if not replace and os.path.lexists(path):
            raise Refused("exists")
    except OSError as error:
        raise refused(error) from error


def export(
    store: Store,
    settings: Settings,
    wanted: Wanted,
    *,
    by: str,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Written:
    """Write the file, and a line in the feed about it. Takes seconds for 100,000 orders: not for an event loop.

    The file appears whole under its name, or not at all. Raises Refused, Stopped, StoreError.
    """
    check(wanted.path, replace=wanted.replace)
    try:
        folder = Path(tempfile.mkdtemp(prefix=".pantau-", dir=wanted.path.parent))
    except OSError as error:
        raise refused(error) from error
    part = folder / f"part{wanted.path.suffix.lower()}"
    try:
        with closing(store.reader()) as reader:
            pks = _chosen(reader, wanted, store.clock())
            written = _Work(reader, settings, wanted, pks, progress, stop).write(part)
        _note(store, wanted, written, by)
        publish(part, wanted.path, replace=wanted.replace)
    except Broken as error:
        raise Refused("too_big") from error
    except OSError as error:
        raise refused(error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return written


def refused(error: OSError) -> Refused:
    """What the system said, as one of our codes."""
    code = _CODES.get(error.errno or 0, "failed")
    return Refused(cast(Problem, code), error.strerror or type(error).__name__)


class _Work:
    """One file on its way to the disk."""

    def __init__(
        self,
        reader: Reader,
        settings: Settings,
        wanted: Wanted,
        pks: Sequence[int],
        progress: Progress | None,
        stop: Stop | None,
    ) -> None:
        self._reader = reader
        self._wanted = wanted
        self._pks = pks
        self._progress = progress
        self._stop = stop
        self._zone = ZoneInfo(settings.timezone)
        self._deadlines = Deadlines(settings.deadlines)
        self._orders = 0
        self._large = False
        self._fit = csv_out.fit if wanted.path.suffix.lower() == ".csv" else xlsx_out.fit

    def write(self, part: Path) -> Written:
        """Begin anew for a sheet that turns out to be larger than an archive holds without ZIP64."""
        while True:
            try:
                if self._wanted.compact:
                    return self._table(part, compact.HEADER, compact.TABBED, self._lines())
                return self._platforms(part)
            except xlsx_out.Large:
                part.unlink(missing_ok=True)
                self._large = True

    def _platforms(self, part: Path) -> Written:
        """Begin anew with one more column whenever an order needs one that the header lacks."""
        unknown: dict[str, None] = {}
        own = 0
        while True:
            sheet = Sheet(
                self._wanted.language,
                unknown=tuple(unknown),
                own=own,
                masked=self._wanted.mask,
                fit=self._fit,
                again=self._again,
            )
            try:
                return self._table(part, sheet.header, sheet.tabbed, self._rows(sheet))
            except NoRoom as lacking:
                part.unlink(missing_ok=True)
                if lacking.columns[0] in OWN:
                    own = len(lacking.columns)
                else:
                    wanted = {*lacking.columns, *unknown}
                    known = [name for name in self._reader.unknown_columns() if name in wanted]
                    unknown |= dict.fromkeys([*known, *lacking.columns])

    def _table(
        self, part: Path, header: Sequence[str], tabbed: Sequence[bool], rows: Iterator[list[str]]
    ) -> Written:
        # A file that was read may have named a column so that it acts.
        told = guarded([*header], self._fit)
        if part.suffix == ".csv":
            count = csv_out.write(part, told, tabbed, rows)
        else:
            count = xlsx_out.write(part, told, rows, zip64=self._large)
        if self._stop is not None and self._stop.is_set():
            raise Stopped
        return Written(self._orders, count, tuple(header))

    def _rows(self, sheet: Sheet) -> Iterator[list[str]]:
        for record, beside in self._records():
            yield from sheet.rows(record, beside)

    def _lines(self) -> Iterator[list[str]]:
        for record, beside in self._records():
            cells = compact.line(record, self._wanted.language, self._zone, from_file=bool(beside))
            yield guarded(cells, self._fit)

    def _records(self) -> Iterator[tuple[OrderRecord, Mapping[str, Any]]]:
        self._orders = 0
        unpack = msgspec.msgpack.Decoder(dict[str, Any]).decode
        for record, extra in self._reader.records(self._pks):
            if self._orders % EVERY == 0:
                self._look_up()
            self._orders += 1
            beside = unpack(extra) if extra else {}
            if self._wanted.mask:
                record = masked(record)
                lines = [masked_cells(cells) for cells in beside.get("lines", ())]
                beside = {"order": masked_cells(beside.get("order", {})), "lines": lines} if beside else {}
            yield record, beside
        self._tell()

    def _look_up(self) -> None:
        self._tell()
        # Waiting lets other threads in; an export is in no hurry.
        if self._stop is not None and (self._stop.is_set() or self._stop.wait(_BREATH)):
            raise Stopped

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(self._orders, len(self._pks))

    def _again(self, record: OrderRecord, preorder: bool) -> OrderRecord:
        """What the import does to every order it reads."""
        return self._deadlines.of(record, preorder=preorder)[0]


def _chosen(reader: Reader, wanted: Wanted, now: int) -> Sequence[int]:
    """The orders, as they are at this moment."""
    if wanted.pks is not None:
        return wanted.pks
    if wanted.search is not None:
        return reader.orders(tab=wanted.tab, search=wanted.search, now=now)
    view = wanted.view or (None if wanted.tab is None else View(wanted.tab))
    return reader.every_pk() if view is None else reader.pks_of(view, now)


def _note(store: Store, wanted: Wanted, written: Written, by: str) -> None:
    """That buyers' data left the store. Before the file gets its name: none goes out unnoted."""
    detail = changes.detail(name=wanted.path.name, orders=written.orders, masked=wanted.mask)
    row = (store.clock(), None, None, None, "orders.exported", None, None, detail, by)

    def write(conn: Connection) -> None:
        one_writer(conn)
        changes.append(conn, [row])

    store.write(write)
