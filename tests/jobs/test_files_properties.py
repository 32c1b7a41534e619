"""What holds of any exports of any orders: read twice, read in any order, given out and read again.

The reader runs in this process here: what another process adds is tested in its own place.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, assume, example, given, settings
from hypothesis import strategies as st

from jobs.config.keys import DeadlineSettings
from jobs.config.settings import load
from jobs.deadlines import Deadlines
from jobs.files import child, reading
from jobs.files.export import Wanted, export
from jobs.files.importer import import_file
from jobs.files.outcome import Outcome
from shop.files.facts import Broken, Piece
from shop.files.reader import read
from store.db import Store
from tests.conftest import FrozenClock
from tests.shop.files_kit import Row, csv_bytes, row, xlsx_bytes
from tui import jsonout

WIB: Final = ZoneInfo("Asia/Jakarta")
MORNING: Final = datetime(2026, 10, 6, 7, 0)
STEPS: Final = ("unpaid", "to_ship", "collection", "transit", "delivered", "done")
TIME_OF: Final = {
    "to_ship": "Paid Time", "collection": "RTS Time", "transit": "Shipped Time", "delivered": "Delivered Time",
}  # fmt: skip
"""What a step writes down; the last one has no time of its own."""
FEW: Final = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Life(NamedTuple):
    """One order: the hours at which it takes its steps, the step at which it is cancelled, if it is."""

    number: int
    hours: tuple[int, ...]
    cancelled: int | None
    skus: int
    note: str

    def rows(self, hour: int, edit: str) -> list[Row]:
        """What an export of that hour tells of it; nothing before it was placed."""
        over = sum(at <= hour for at in self.hours)
        if over == 0:
            return []
        state = STEPS[over - 1]
        at = {"Created Time": self.hours[0]}
        at |= {TIME_OF[step]: self.hours[n] for n, step in enumerate(STEPS[:over]) if step in TIME_OF}
        if self.cancelled is not None and over > self.cancelled:
            state = "cancelled"
            at = {name: moment for name, moment in at.items() if name in ("Created Time", "Paid Time")}
            at["Cancelled Time"] = self.hours[self.cancelled]
        names = ("Created Time", "Paid Time", "RTS Time", "Shipped Time", "Delivered Time", "Cancelled Time")
        cells = dict.fromkeys(names, "") | {name: _time(moment) for name, moment in at.items()}
        cells |= {"Buyer Message": self.note, "Seller Note": edit}
        return [row(self.number, sku, state=state) | cells for sku in range(1, self.skus + 1)]


class Export(NamedTuple):
    """A file: when it was made, which orders were left out, what the seller had noted by then."""

    hour: int
    without: frozenset[int]
    edit: str
    xlsx: bool

    def data(self, lives: Sequence[Life]) -> bytes:
        """Its bytes."""
        rows = [
            one
            for life in lives
            if life.number not in self.without
            for one in life.rows(self.hour, self.edit)
        ]
        return xlsx_bytes(rows) if self.xlsx else csv_bytes(rows)


TEXTS: Final = st.sampled_from(
    ["", "tolong bubble wrap", "=1+1", "'kutip", 'a, "b"\nc', "-5", "@nama", "é\u200f"]
)


@st.composite
def lives(draw: Callable[[Any], Any]) -> list[Life]:
    """A few orders, each with a life of its own."""
    found = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        hours = sorted(draw(st.lists(st.integers(0, 30), min_size=1, max_size=6)))
        cancelled = draw(st.none() | st.integers(1, 3))
        found.append(Life(number, tuple(hours), cancelled, draw(st.integers(1, 2)), draw(TEXTS)))
    return found


EXPORTS: Final = st.lists(
    st.builds(Export, st.integers(0, 32), st.frozensets(st.integers(1, 4), max_size=2), TEXTS, st.booleans()),
    min_size=2,
    max_size=4,
)


class Shop:
    """A shop of files with a store of its own."""

    def __init__(self, folder: Path, template: Path, clock: FrozenClock) -> None:
        folder.mkdir(mode=0o700)
        self._folder = folder
        shutil.copy(template, folder / "pantau.db")
        (folder / "config.toml").write_text('[[shops]]\nname = "toko"\nkind = "file"\n')
        self._settings = load(folder / "config.toml", {}, {"data_dir": str(folder)})
        self.store = Store.open(str(folder / "pantau.db"), clock=clock)

    def take(self, *files: bytes) -> list[Outcome]:
        """Read files, one after the other."""

        async def run() -> list[Outcome]:
            told = []
            for data in files:
                path = self._folder / "berkas"
                path.write_bytes(data)
                one = await import_file(self.store, self._settings, self._settings.shops[0], path, by="test")
                assert one.state == "done" and not one.rejected, one
                told.append(one)
            return told

        return asyncio.run(run())

    def documents(self) -> dict[str, Any]:
        """What scripts are told of every order, and the cells that only files know."""
        found = {}
        with closing(self.store.reader()) as reader:
            pks = list(reader.orders())
            for pk, detail in zip(pks, reader.details(pks), strict=True):
                beside = reader.file_order(pk)
                assert beside is not None
                document = jsonout.order(detail, WIB)
                found[document["order_id"]] = (document, beside.order, beside.lines)
        return found

    def give(self, ending: str) -> bytes:
        """All of it as an export."""
        path = self._folder / f"keluar.{ending}"
        export(self.store, self._settings, Wanted(path, replace=True), by="test")
        return path.read_bytes()

    def feed(self) -> list[Any]:
        """What was told of orders, ever."""
        query = "SELECT kind, order_id, old, new FROM changes WHERE order_id IS NOT NULL ORDER BY seq"
        return [tuple(one) for one in self.store.read(lambda conn: conn.exec_driver_sql(query).all())]


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process, through the same frames."""

    async def frames(path: Path, deadlines: DeadlineSettings) -> AsyncGenerator[list[Piece]]:
        for frame in child.frames(read(path), Deadlines(deadlines)):
            if isinstance(frame, child.Unfit):
                raise Broken(frame.reason)
            if isinstance(frame, child.Pieces):
                yield frame.pieces

    monkeypatch.setattr(reading, "read", frames)


@contextmanager
def shops(template: Path, clock: FrozenClock, count: int) -> Iterator[list[Shop]]:
    """So many, all empty."""
    with tempfile.TemporaryDirectory() as folder:
        made = [Shop(Path(folder) / str(number), template, clock) for number in range(count)]
        yield made
        for one in made:
            one.store.close()


def whole(exports: Sequence[Export], orders: Sequence[Life]) -> list[bytes]:
    """The files that tell anything."""
    return [
        data for one in exports if any(data for data in [_told(one, orders)]) for data in [one.data(orders)]
    ]


def _told(export: Export, orders: Sequence[Life]) -> bool:
    return any(life.rows(export.hour, "") for life in orders if life.number not in export.without)


@FEW
@given(orders=lives(), exports=EXPORTS)
# Files of the same age that differ in a note: the one whose words do not count is read again.
@example(
    orders=[Life(1, (9, 14, 15), None, 2, "")],
    exports=[Export(17, frozenset(), note, False) for note in ("'kutip", "", "")],
)
def test_a_file_read_again_changes_nothing(
    sqlite_template: Path, clock: FrozenClock, orders: list[Life], exports: list[Export]
) -> None:
    files = whole(exports, orders)
    with shops(sqlite_template, clock, 1) as (shop,):
        shop.take(*files)
        before, feed = shop.documents(), shop.feed()
        for told in shop.take(*files):
            assert (told.new, told.changed, told.gone, told.cancelled) == (0, 0, (), ()), told
            assert told.unchanged == told.orders
        assert shop.documents() == before
        assert shop.feed() == feed


@FEW
@given(orders=lives(), exports=EXPORTS, data=st.data())
def test_the_order_of_the_files_makes_no_difference(
    sqlite_template: Path, clock: FrozenClock, orders: list[Life], exports: list[Export], data: st.DataObject
) -> None:
    files = whole(exports, orders)
    with shops(sqlite_template, clock, 2) as (one, other):
        one.take(*files)
        other.take(*data.draw(st.permutations(files)))
        assert other.documents() == one.documents()


@FEW
@given(orders=lives(), exports=EXPORTS, ending=st.sampled_from(["csv", "xlsx"]))
def test_what_was_given_out_reads_as_it_was(
    sqlite_template: Path, clock: FrozenClock, orders: list[Life], exports: list[Export], ending: str
) -> None:
    files = whole(exports, orders)
    assume(files)
    with shops(sqlite_template, clock, 2) as (one, empty):
        one.take(*files)
        before, feed = one.documents(), one.feed()
        given = one.give(ending)
        (told,) = one.take(given)
        assert (told.new, told.changed, told.unchanged) == (0, 0, len(before)), told
        assert one.documents() == before
        assert one.feed() == feed
        (told,) = empty.take(given)
        assert told.new == len(before)
        assert empty.documents() == before


def _time(hour: int) -> str:
    return f"{MORNING + timedelta(hours=hour):%d/%m/%Y %H:%M:%S}"
