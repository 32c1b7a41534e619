"""The job `papers`: our own papers, what is printed, who makes it, and what a crash leaves."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from jobs.paper import printing
from jobs.paper.job import LEASE
from store import papers
from store.times import DAY, SECOND
from tests.conftest import FrozenClock
from tests.jobs.paper_desk import Desk, open_desk


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path, clock: FrozenClock) -> Iterator[Desk]:
    with open_desk(sqlite_template, tmp_path, clock) as made:
        yield made


async def test_slips_and_lists_need_no_network(desk: Desk) -> None:
    pks = [desk.put(1, note="merah"), desk.put(2), desk.put(3, status="CANCELLED")]
    slip, picklist = desk.want(*pks, kind="slip"), desk.want(*pks, kind="picklist")
    await desk.jobs.run_once()
    assert len(desk.pages(slip)) == 2
    assert "merah" in "".join(desk.pages(slip))
    assert "2 pesanan, 4 barang" in desk.pages(picklist)[0]
    assert {one.reason for one in (*desk.row(slip).missing, *desk.row(picklist).missing)} == {"cancelled"}
    assert desk.platform.asked == []


async def test_nothing_to_draw_is_no_paper(desk: Desk) -> None:
    pk = desk.put(1, packages=())
    gone = desk.put(2, status="CANCELLED")
    one, two, three = (
        desk.want(pk, kind="slip"),
        desk.want(gone, kind="picklist"),
        desk.want(999, kind="slip"),
    )
    await desk.jobs.run_once()
    assert [desk.row(paper).problem for paper in (one, two, three)] == ["no_parcel", "cancelled", "no_orders"]


def test_a_wish_needs_an_order(desk: Desk) -> None:
    with pytest.raises(ValueError, match="no orders"):
        desk.want()


# -- printing ----------------------------------------------------------------------------------------------


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """What went to the printer: file, printer, title."""
    told: list[tuple[str, str, str]] = []
    monkeypatch.setattr(
        printing, "print_file", lambda path, printer, title: told.append((path.name, printer, title))
    )
    return told


async def test_a_paper_is_printed_when_it_is_ready(desk: Desk, printed: list[tuple[str, str, str]]) -> None:
    pk = desk.put(1)
    paper = desk.want(pk, printer="Zebra")
    await desk.jobs.run_once()
    assert printed == [(f"labels_{paper}.pdf", "Zebra", f"pantau label {paper}")]
    assert desk.row(paper).state == "printed"
    with closing(desk.store.reader()) as reader:
        assert reader.prints([pk]) == {(pk, "1151"): 1}


async def test_a_reprint_of_a_slip_says_which(desk: Desk, printed: list[tuple[str, str, str]]) -> None:
    pk = desk.put(1)
    for expected in ("", "cetak ulang ke-1", "cetak ulang ke-2"):
        paper = desk.want(pk, kind="slip", printer="Zebra")
        await desk.jobs.run_once()
        (page,) = desk.pages(paper)
        assert expected in page
        assert ("cetak ulang" in page) is bool(expected)


@pytest.mark.parametrize(
    ("reason", "problem"), [("print_refused", "print_refused"), ("print_slow", "print_unsure")]
)
async def test_a_printer_that_does_not_print(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, reason: str, problem: str
) -> None:
    def fails(*_: object) -> None:
        raise printing.PrintError(reason)

    monkeypatch.setattr(printing, "print_file", fails)
    paper = desk.want(desk.put(1), printer="Zebra")
    await desk.jobs.run_once()
    row = desk.row(paper)
    assert (row.state, row.problem, row.pages) == ("ready", problem, 1)
    desk.clock.now += DAY
    assert await desk.jobs.run_once() == 0


async def test_a_crash_at_the_printer_prints_no_second_stack(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program dies after the printer took it: nobody prints it again, a person is asked."""

    class Died(BaseException):
        pass

    calls: list[int] = []
    monkeypatch.setattr(asyncio, "to_thread", _dying(asyncio.to_thread, calls, Died))
    paper = desk.want(desk.put(1), printer="Zebra")
    with pytest.raises(Died):
        await desk.jobs.run_once()
    monkeypatch.undo()
    desk.clock.now += DAY
    assert await desk.another().run_once() == 0
    row = desk.row(paper)
    assert (row.state, row.problem, len(calls)) == ("ready", "print_unsure", 1)


def _dying(real: Any, calls: list[int], died: type[BaseException]) -> Any:
    async def to_thread(work: Any, *args: Any) -> Any:
        if work is printing.print_file:
            calls.append(1)
            raise died
        return await real(work, *args)

    return to_thread


# -- one at a time, and what is left behind ----------------------------------------------------------------


async def test_two_processes_make_it_once(desk: Desk, printed: list[tuple[str, str, str]]) -> None:
    paper = desk.want(desk.put(1), desk.put(2), printer="Zebra")
    await asyncio.gather(desk.jobs.run_once(), desk.another().run_once())
    assert desk.row(paper).state == "printed"
    assert len(printed) == 1
    assert sorted(desk.platform.asked) == ["1151", "1152"]


async def test_who_dies_half_way_is_followed_by_another(desk: Desk) -> None:
    paper = desk.want(desk.put(1))
    desk.store.write(lambda conn: papers.claim(conn, paper, desk.clock(), desk.clock() + LEASE))
    assert await desk.another().run_once() == 0
    desk.clock.now += LEASE
    assert await desk.another().run_once() == 1
    assert desk.row(paper).state == "ready"


async def test_who_is_stopped_gives_it_back_at_once(desk: Desk) -> None:
    desk.platform.gate = asyncio.Event()
    paper = desk.want(desk.put(1))
    task = asyncio.create_task(desk.jobs.run_once())
    while not desk.platform.under_way:
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    desk.platform.gate.set()
    desk.store.write(lambda conn: None)  # behind what was written on the way out
    assert await desk.another().run_once() == 1
    assert desk.row(paper).state == "ready"


async def test_a_disk_that_is_full_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    papers_ = [desk.want(desk.put(1)), desk.want(desk.put(2), kind="slip")]
    await desk.jobs.run_once()
    assert [(desk.row(paper).state, desk.row(paper).problem) for paper in papers_] == [("failed", "disk")] * 2


async def test_old_files_are_deleted_and_their_rows_stay(desk: Desk) -> None:
    paper = desk.want(desk.put(1))
    await desk.jobs.run_once()
    desk.clock.now += 30 * DAY + SECOND
    await desk.jobs.run_once()
    assert desk.files() == []
    assert desk.row(paper).state == "ready" and desk.row(paper).file is None
