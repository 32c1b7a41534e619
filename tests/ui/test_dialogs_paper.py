"""Paper from the keyboard: what is printed where, what would be printed again, and what became of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from jobs.config.keys import PaperSettings
from store import orders, papers
from store.db import Store
from store.paper_facts import Missing, OnPaper, PaperContent, PaperRow
from store.reader import Reader
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import answer, said, toasts
from tests.ui.hostile import CORPUS
from tests.ui.screen_kit import NOW, SIZES, pk_of, put, record, running, until
from tui.app import PantauApp
from tui.screens.paper import PaperDialog
from tui.screens.paper_progress import PaperScreen
from tui.screens.results import ResultsScreen


def arranged(number: int, **told: Any) -> Any:
    """An order whose label can be printed."""
    from store.records import PackageRecord

    parcel = PackageRecord(
        f"1150000{number:07d}", "PROCESSING", "jnt", "J&T", tracking_number=f"JP{number:010d}"
    )
    status = {"status": "AWAITING_COLLECTION", "raw_status": "AWAITING_COLLECTION", "packages": (parcel,)}
    return record(number, **(status | told))


def wanted(store: Store) -> list[PaperRow]:
    reader = Reader.open(store.url)
    try:
        return reader.papers()[::-1]
    finally:
        reader.close()


def printed_before(store: Store, number: int, times: int) -> None:
    """The label of an order went to a printer so often."""
    pk = pk_of(store, record(number))

    def write(conn: Any) -> None:
        parcel = OnPaper(1, f"1150000{number:07d}", ((pk, record(number).order_id),))
        for _ in range(times):
            paper = papers.want(conn, "label", "A6", PaperContent((pk,)), "kasir", "seller", NOW)
            papers.ready(
                conn, paper, PaperContent((pk,), (parcel,)), f"labels_{paper}.pdf", 1, (), NOW, "seller"
            )
            papers.printed(conn, paper, NOW, "seller")

    store.write(write)


@pytest.fixture
def printers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A print system with two printers; what `lp` was given lies in the answer, a line a job."""
    log = tmp_path / "printed"
    log.touch()
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, body in (("lpstat", "printf 'kasir\\ngudang\\n'"), ("lp", f'echo "$@" >> {log}')):
        program = folder / name
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return log


async def asked(app: PantauApp, pilot: Pilot[int], *keys: str) -> None:
    await pilot.press(*keys)
    await until(pilot, lambda: isinstance(app.screen, PaperDialog))


async def test_labels_take_two_keys(store: Store, clock: FrozenClock, printers: Path) -> None:
    put(store, [arranged(1)])
    async with running(store, clock, paper=PaperSettings(printer="kasir")) as (app, pilot):
        await asked(app, pilot, "4", "l")
        assert "Cetak: 1 pesanan" in said(app) and "Printer: kasir" in said(app)
        assert wanted(store) == []
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, PaperScreen))
        await until(pilot, lambda: "label pengiriman (1): sedang dibuat" in said(app))
    [row] = wanted(store)
    assert (row.kind, row.size, row.printer, row.state) == ("label", "A6", "kasir", "wanted")


async def test_slip_list_size_and_printer_are_keys_away(
    store: Store, clock: FrozenClock, printers: Path
) -> None:
    put(store, [arranged(1), arranged(2)])
    async with running(store, clock) as (app, pilot):
        await asked(app, pilot, "4", "a", "l")
        assert "dibuat sebagai PDF saja" in said(app), (
            "without a configured printer nothing is printed unasked"
        )
        await pilot.press("d", "p", "a", "w", "w", "y")
        await until(pilot, lambda: isinstance(app.screen, PaperScreen))
    rows = wanted(store)
    assert {row.kind for row in rows} == {"label", "slip", "picklist"}
    assert {(row.size, row.printer, row.count) for row in rows} == {("A5", "gudang", 2)}


async def test_what_was_printed_before_is_said_and_can_be_left_out(
    store: Store, clock: FrozenClock, printers: Path
) -> None:
    put(store, [arranged(1), arranged(2)])
    printed_before(store, 2, 3)
    async with running(store, clock) as (app, pilot):
        await asked(app, pilot, "4", "a", "l")
        assert "1 label sudah pernah dicetak" in said(app) and "…000000002 3x" in said(app)
        await pilot.press("n")
        assert "Cetak: 1 pesanan" in said(app)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, PaperScreen))
    assert wanted(store)[-1].count == 1


@pytest.mark.parametrize("key", ["enter", "escape", "q", "tab", "x", "Y"])
async def test_no_other_key_prints(store: Store, clock: FrozenClock, printers: Path, key: str) -> None:
    put(store, [arranged(1)])
    async with running(store, clock) as (app, pilot):
        await asked(app, pilot, "4", "l")
        await pilot.press(key, "escape", "y")
        await until(pilot, lambda: app.screen is app.main)
        await app.workers.wait_for_complete()
    assert wanted(store) == []


async def test_with_nothing_chosen_there_is_nothing_to_print(
    store: Store, clock: FrozenClock, printers: Path
) -> None:
    put(store, [arranged(1)])
    async with running(store, clock) as (app, pilot):
        await asked(app, pilot, "4", "l")
        await pilot.press("l", "y")
        assert isinstance(app.screen, PaperDialog)
    assert wanted(store) == []


async def test_a_picking_list_is_of_the_marks_or_of_all_that_is_confirmed(
    store: Store, clock: FrozenClock, printers: Path
) -> None:
    put(store, [record(number) for number in range(1, 5)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "p")
        await until(pilot, lambda: any("konfirmasi dulu" in one for one in toasts(app)))
        pks = [pk_of(store, record(number)) for number in (1, 2, 3)]
        store.write(lambda conn: orders.confirm(conn, pks, NOW, "seller"))
        await asked(app, pilot, "p")
        assert "Cetak: 3 pesanan" in said(app) and "● daftar pengambilan" in " ".join(picture_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        await asked(app, pilot, "space", "p")
        assert "Cetak: 1 pesanan" in said(app)


def picture_of(app: PantauApp) -> list[str]:
    from tests.ui.screen_kit import picture

    return picture(app)


async def test_a_printer_that_is_not_there_is_named(store: Store, clock: FrozenClock, printers: Path) -> None:
    put(store, [arranged(1)])
    async with running(store, clock, paper=PaperSettings(printer="hilang")) as (app, pilot):
        await asked(app, pilot, "4", "l")
        assert "Printer hilang (config.toml) tidak dikenal" in said(app)


def finished(store: Store, folder: Path, missing: Sequence[Missing] = ()) -> int:
    """A paper that is made, with its file."""
    folder.mkdir(exist_ok=True)

    def write(conn: Any) -> int:
        pk = pk_of(store, record(1))
        paper = papers.want(conn, "label", "A6", PaperContent((pk,)), None, "seller", NOW)
        content = PaperContent((pk,), (OnPaper(1, "11500000000001", ((pk, record(1).order_id),)),))
        papers.ready(conn, paper, content, f"labels_{paper}.pdf", 2, missing, NOW, "seller")
        return paper

    paper = store.write(write)
    (folder / f"labels_{paper}.pdf").write_bytes(b"%PDF-1.4 x")
    return paper


async def test_a_finished_paper_is_printed_saved_and_says_what_is_missing(
    store: Store, clock: FrozenClock, printers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, [arranged(1)])
    folder, home = tmp_path / "paper", tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    paper = finished(store, folder, [Missing("580000000000000009", "cancelled", "1", 21023059)])
    settings = PaperSettings(folder=str(folder), printer="gudang")
    async with running(store, clock, paper=settings) as (app, pilot):
        app.push_screen(PaperScreen([paper]))
        await until(pilot, lambda: "2 halaman" in said(app))
        assert "…000000009" in said(app) and "(21023059)" in said(app)
        await pilot.press("p")
        await until(pilot, lambda: wanted(store)[0].state == "printed")
        await until(pilot, lambda: "cetak ulang" in said(app))
        await pilot.press("s")
        await until(pilot, lambda: (home / f"labels_{paper}.pdf").exists())
    assert f"-d gudang -t pantau label {paper} -- {folder}/labels_{paper}.pdf" in printers.read_text()


async def test_a_partial_paper_warns_and_names_reasons_in_words(store: Store, clock: FrozenClock) -> None:
    put(store, [arranged(number) for number in (1, 2)])

    def write(conn: Any) -> int:
        pks = [pk_of(store, record(number)) for number in (1, 2)]
        paper = papers.want(conn, "label", "A6", PaperContent(tuple(pks)), None, "seller", NOW)
        first, second = (((pk, record(number).order_id),) for number, pk in enumerate(pks, start=1))
        parcels = (OnPaper(1, "1150000000111", first), OnPaper(1, "1150000000222", first),
                   OnPaper(1, "1150000000333", second))  # fmt: skip
        missing = (
            Missing(record(1).order_id, "request_pending", "1150000000222", 21021010),
            Missing(record(2).order_id, "by_platform", "1150000000333", 21008043),
            Missing("580000000000000003", "no_parcel"),
        )
        content = PaperContent(tuple(pks), parcels)
        papers.ready(conn, paper, content, f"labels_{paper}.pdf", 1, missing, NOW, "seller")
        return paper

    paper = store.write(write)
    async with running(store, clock) as (app, pilot):
        app.push_screen(PaperScreen([paper]))
        await until(pilot, lambda: "(1 dari 4)" in said(app))
        shown = said(app)
        assert "! label pengiriman (1 dari 4): siap" in shown and "✓" not in shown
        assert "…000000001 paket …000000222 ada permintaan batal" in shown
        assert "jawab permintaannya dulu (r)" in shown and "Seller Center" not in shown
        assert "…000000002 dikirim oleh gudang platform" in shown, "one parcel needs no name"
        assert "request_pending" not in shown and "by_platform" not in shown


async def test_labels_of_an_order_not_shipped_say_what_to_do(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "l")
        await until(pilot, lambda: any("kirim dulu (s)" in one for one in toasts(app)))


async def test_a_paper_that_failed_is_tried_again(store: Store, clock: FrozenClock, tmp_path: Path) -> None:
    put(store, [arranged(1)])

    def write(conn: Any) -> int:
        paper = papers.want(conn, "label", "A6", PaperContent((1,)), None, "seller", NOW)
        papers.failed(conn, paper, "no_network", (), NOW, "seller")
        return paper

    paper = store.write(write)
    async with running(store, clock) as (app, pilot):
        app.push_screen(PaperScreen([paper]))
        await until(pilot, lambda: "gagal" in said(app))
        await pilot.press("r")
        await until(pilot, lambda: len(wanted(store)) == 2)
        await until(pilot, lambda: "sedang dibuat" in said(app))


@pytest.mark.parametrize("size", [*SIZES, (20, 5)])
async def test_hostile_words_stay_words(store: Store, clock: FrozenClock, size: tuple[int, int]) -> None:
    texts = [text for text in CORPUS if text.strip()][:30]
    put(store, [arranged(1)])

    def write(conn: Any) -> list[int]:
        made = []
        for text in texts:
            paper = papers.want(conn, "label", text[:9], PaperContent((1,)), text, "seller", NOW)
            papers.failed(conn, paper, text[:60], [Missing(text, text, text, 1)], NOW, "seller")
            made.append(paper)
        return made

    made = store.write(write)
    async with running(store, clock, size=size) as (app, pilot):
        app.push_screen(PaperScreen(made))
        await until(pilot, lambda: isinstance(app.screen, PaperScreen))
        await pilot.press(*["j"] * 35, "p", "o", "s")
        await app.workers.wait_for_complete()
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_after_shipping_one_key_leads_to_the_labels(
    store: Store, clock: FrozenClock, printers: Path
) -> None:
    put(store, [record(1), record(2)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "a", "s", "y")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
        answer(
            store,
            {record(1).order_id: {"state": "done", "tracking_number": "JP0000000001"}},
            NOW,
            state="refused",
        )
        await until(pilot, lambda: "l cetak label (1)" in said(app))
        await asked(app, pilot, "l")
        assert "Cetak: 1 pesanan" in said(app)


async def test_the_latest_papers_are_a_key_away(store: Store, clock: FrozenClock, tmp_path: Path) -> None:
    put(store, [arranged(1)])
    finished(store, tmp_path / "paper")
    async with running(store, clock) as (app, pilot):
        await pilot.press("L")
        await until(
            pilot, lambda: "Kertas terakhir" in said(app) and "label pengiriman (1): siap" in said(app)
        )
