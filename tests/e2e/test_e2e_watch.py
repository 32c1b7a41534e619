"""Exports of Seller Center dropped into a watched folder while the monitor runs in a real terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bench import sheets
from store.reader import Reader
from store.reading.files import ImportRow
from tests.e2e.monitor import Monitor
from tests.e2e.program import Pantau, words, write_config
from tests.shop.files_kit import csv_bytes, row, xlsx_bytes
from tui.file_words import sentence

pytestmark = pytest.mark.pty

TO_SHIP, TO_COLLECT = 3, 4
MANY = 12_000
"""Rows of a file that takes seconds to read."""
NOW = datetime.now(ZoneInfo("Asia/Jakarta"))


class Folder:
    """The shop's folder of exports, and what the program says of the files in it."""

    def __init__(self, path: Path, pantau: Pantau) -> None:
        self.path = path
        self.program = pantau

    def drop(self, name: str, data: bytes) -> Path:
        """A file that appears whole, as a browser's download does: written elsewhere, then renamed."""
        (part := self.path / f"{name}.part").write_bytes(data)
        return part.rename(self.path / name)

    def imports(self) -> list[ImportRow]:
        """Every reading, the newest first."""
        with closing(Reader.open(str(self.program.data / "pantau.db"))) as reader:
            return reader.imports()

    def read(self) -> list[tuple[str, str]]:
        """Name and state of every reading, the newest first."""
        return [(one.name, one.state) for one in self.imports()]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty one, and a program that watches it."""
    path = tmp_path / "unduhan"
    path.mkdir()
    shop = f'[[shops]]\nname = "toko-contoh"\nkind = "file"\nwatch_dir = "{path}"\n'
    return Folder(path, Pantau(write_config(tmp_path, shop), {}))


@pytest.fixture
def monitor(folder: Folder) -> Iterator[Monitor]:
    """The monitor, which has nothing to show yet."""
    with Monitor.of(folder.program) as running:
        running.until(
            lambda: words("empty.files", key="I")[:30] in running.text(), "the empty list appeared", 45
        )
        yield running


def told(number: int, state: str = "to_ship") -> dict[str, str]:
    """An order of this morning."""
    at = NOW - timedelta(hours=3)
    times = {"Created Time": at, "Paid Time": at + timedelta(minutes=1)}
    if state == "collection":
        times["RTS Time"] = at + timedelta(hours=1)
    cells = {name: f"{moment:%d/%m/%Y %H:%M:%S}" for name, moment in times.items()}
    return row(number, state=state) | cells


def shows(monitor: Monitor, number: int) -> bool:
    """Whether the order is in the list."""
    return any(f"{number:016d}".endswith(one.order[-9:]) for one in monitor.rows())


def test_what_appears_in_the_folder_stands_in_the_list(folder: Folder, monitor: Monitor) -> None:
    data = csv_bytes([told(1), told(2), told(2) | {"SKU ID": "1730000000000000009"}, told(3, "collection")])
    # Written in two pieces by a program that takes its time: half an order is no order.
    with (folder.path / "pagi.csv").open("wb") as file:
        file.write(data[: len(data) // 2])
        file.flush()
        os.fsync(file.fileno())
        monitor.settle(1.5, 4)
        assert folder.read() == []
        file.write(data[len(data) // 2 :])
    monitor.until(lambda: folder.read() == [("pagi.csv", "done")], "it was read", 30)
    monitor.until(lambda: monitor.counts().get(TO_SHIP) == 2, "two wait for the seller", 20)
    monitor.until(lambda: monitor.counts().get(TO_COLLECT) == 1, "one waits for its courier")
    monitor.insist(str(TO_SHIP), lambda: len(monitor.rows()) == 2, "the tab opened")
    assert shows(monitor, 1) and shows(monitor, 2)
    monitor.insist(str(TO_COLLECT), lambda: shows(monitor, 3), "the other tab opened")

    # The same bytes under another name, and a file of the same rows in another form.
    folder.drop("pagi (1).csv", data)
    folder.drop("siang.xlsx", xlsx_bytes([told(1), told(4), told(3, "collection")]))
    monitor.until(lambda: folder.read()[0] == ("siang.xlsx", "done"), "the later one was read", 30)
    monitor.until(lambda: monitor.counts().get(TO_SHIP) == 3, "one more waits")
    newest, first = folder.imports()
    assert (newest.new, newest.changed, newest.unchanged) == (1, 0, 2)
    assert (first.name, first.new) == ("pagi.csv", 3)
    assert monitor.counts().get(TO_COLLECT) == 1


def test_a_broken_file_is_told_and_left(folder: Folder, monitor: Monitor) -> None:
    data = b"Order/adjustment ID,Order settled time,Total settlement amount\n58,06/10/2026,1\n"
    path = folder.drop("penghasilan.csv", data)
    monitor.until(lambda: words("problem.bad_export")[:40] in monitor.text(), "it is told", 30)
    folder.drop("baik.csv", csv_bytes([told(1)]))
    monitor.until(lambda: monitor.counts().get(TO_SHIP) == 1, "the next file is read all the same", 30)
    assert path.read_bytes() == data
    assert folder.read() == [("baik.csv", "done"), ("penghasilan.csv", "failed")]
    monitor.insist("I", lambda: words("files.title") in monitor.text(), "the screen of files opened")
    monitor.insist("down", lambda: sentence("settlement")[:40] in monitor.text(), "it says what is wrong")


def test_keys_are_answered_while_a_big_file_is_read(folder: Folder, monitor: Monitor) -> None:
    folder.drop("sedikit.csv", csv_bytes([told(number) for number in range(1, 9)]))
    monitor.until(lambda: monitor.counts().get(TO_SHIP) == 8, "some orders stand in the list", 30)
    monitor.insist(str(TO_SHIP), lambda: len(monitor.rows()) == 8, "the tab opened")
    part = sheets.write_csv(folder.path / "besar.csv.part", MANY)
    part.rename(folder.path / "besar.csv")
    # Once some of it is in, and long before the rest.
    monitor.until(lambda: folder.read()[0] == ("besar.csv", "running"), "it is being read", 30)
    monitor.until(lambda: folder.imports()[0].orders > 0, "some of it is in", 30)
    answered = 0
    while folder.read()[0][1] == "running" and answered < 8:
        before = monitor.cursor().order
        monitor.send("down" if answered % 2 == 0 else "up")
        monitor.until(lambda before=before: monitor.cursor().order != before, "the key was answered", 3)  # type: ignore[misc]
        answered += 1
    assert answered >= 3, "it was over before a key could be pressed"
    monitor.until(lambda: folder.read()[0] == ("besar.csv", "done"), "all of it is in", 60)
    (row,) = [one for one in folder.imports() if one.name == "besar.csv"]
    assert (row.rows, row.rejected, row.new) == (MANY, 0, row.orders)
    monitor.send("q")
    assert monitor.reap(10)
