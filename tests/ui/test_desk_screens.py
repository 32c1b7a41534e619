"""Notes, tags, saved batches and the appeal by keys alone, with one pair of hands and hostile text."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store import desk, orders
from store.db import Store
from store.reading.desk import BatchMember
from store.status import HOLD, Tab
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import queued, said, toasts
from tests.ui.hostile import CORPUS
from tests.ui.screen_kit import NOW, picture, pk_of, put, record, row, running, until
from tui.screens.appeal import FolderPrompt
from tui.screens.batches import BatchesDialog, OpenedDialog, opening
from tui.screens.detail import DetailScreen
from tui.screens.note import NotePrompt
from tui.screens.prompt import Prompt
from tui.screens.tags import TagsDialog


def note_of(store: Store, pk: int) -> str:
    with closing(store.reader()) as reader:
        note = reader.note(pk)
        return "" if note is None else note.text


def tags_of(store: Store, pk: int) -> tuple[str, ...]:
    return store.read(lambda conn: desk.tags_of(conn, [pk])[pk])


async def test_a_note_is_typed_shown_changed_and_taken_back(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    pk = pk_of(store, record(1))
    async with running(store, clock) as (app, pilot):
        await pilot.press("3")
        await until(pilot, lambda: app.main.orders.cursor is not None)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, NotePrompt))
        await pilot.press(*"titip", "enter")
        await until(pilot, lambda: "Catatan sendiri: titip" in " ".join(picture(app)))
        assert note_of(store, pk) == "titip"
        await pilot.press("n")
        await until(
            pilot, lambda: isinstance(app.screen, NotePrompt) and "Sekarang, oleh" in " ".join(picture(app))
        )
        await pilot.press("ctrl+j", *"rt", "enter")
        await until(pilot, lambda: note_of(store, pk) == "titip\nrt")
        await pilot.press("u")
        await until(pilot, lambda: note_of(store, pk) == "titip")
        await pilot.press("n", "escape")
        await until(pilot, lambda: app.screen is app.main)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, NotePrompt))
        await pilot.press(*["backspace"] * 5, "enter")
        await until(pilot, lambda: note_of(store, pk) == "")
        await until(pilot, lambda: not any("Catatan sendiri" in line for line in picture(app)))


async def test_a_held_order_is_neither_confirmed_nor_shipped_until_the_tag_is_off(
    store: Store, clock: FrozenClock
) -> None:
    put(store, [record(1), record(2)])
    pk = pk_of(store, record(1))
    async with running(store, clock) as (app, pilot):
        await pilot.press("3")
        await until(pilot, lambda: app.main.orders.window.total == 2)
        await pilot.press("number_sign")
        await until(pilot, lambda: isinstance(app.screen, TagsDialog))
        await pilot.press("1", "t")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*"x,", "backspace", *"yz", "enter")
        await until(pilot, lambda: isinstance(app.screen, TagsDialog) and "● xyz" in said(app))
        await pilot.press("enter")
        await until(pilot, lambda: tags_of(store, pk) == (HOLD, "xyz"))
        await until(pilot, lambda: any("DITAHAN" in line for line in picture(app)))
        assert any("Tag: #tahan #xyz" in line for line in picture(app))

        await pilot.press("c")
        await until(pilot, lambda: any("Ditahan oleh tag" in toast for toast in toasts(app)))
        await pilot.press("s")
        await pilot.pause()
        assert app.screen is app.main
        await pilot.press("space", "down", "space", "s")
        await until(pilot, lambda: "ditahan oleh tag tahan" in said(app))
        await pilot.press("y")
        await until(pilot, lambda: len(queued(store)) == 1)
        assert queued(store)[0].order_id == record(2).order_id
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.screen is app.main)

        await pilot.press("u")
        await until(pilot, lambda: tags_of(store, pk) == ())


async def test_a_batch_is_saved_opened_told_and_deleted(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1), record(2), record(3)])
    async with running(store, clock, size=(80, 24)) as (app, pilot):
        await pilot.press("3")
        await until(pilot, lambda: app.main.orders.window.total == 3)
        await pilot.press("a", "b")
        await until(
            pilot, lambda: isinstance(app.screen, BatchesDialog) and "Belum ada kumpulan" in said(app)
        )
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*"pagi", "enter")
        await until(pilot, lambda: any("disimpan sebagai pagi" in toast for toast in toasts(app)))
        await pilot.press("escape")
        store.write(
            lambda conn: orders.ingest(
                conn,
                orders.shop_pk(conn, "toko-contoh", "file"),
                [record(1, status="CANCELLED", raw_status="CANCELLED", updated_at=NOW + 1)],
                NOW + 1,
            )
        )
        await pilot.press("1", "b")
        await until(pilot, lambda: isinstance(app.screen, BatchesDialog) and "pagi (3 pesanan" in said(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, OpenedDialog))
        assert "Kumpulan pagi: 2 ditandai di tab Perlu dikirim" in said(app)
        assert f"{record(1).order_id} dari Perlu dikirim menjadi Dibatalkan" in said(app)
        assert app.main.orders.selection() == (pk_of(store, record(2)), pk_of(store, record(3)))
        assert queued(store) == []
        await pilot.press("enter", "b")
        await until(pilot, lambda: isinstance(app.screen, BatchesDialog))
        await pilot.press("x", "enter")
        await until(pilot, lambda: "Kumpulan pesanan" in said(app))
        await pilot.press("x", "y")
        await until(pilot, lambda: app.screen is app.main)
        with closing(store.reader()) as reader:
            await until(pilot, lambda: reader.batches() == [])


async def test_the_appeal_is_two_files_and_the_whole_history_is_told(
    store: Store, clock: FrozenClock, tmp_path: Path
) -> None:
    put(store, [record(1)])
    pk = pk_of(store, record(1))
    store.write(lambda conn: desk.add_tags(conn, [pk], ["kado"], "seller", NOW))
    store.write(lambda conn: desk.set_note(conn, pk, "rahasia", "seller", NOW))
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "enter")
        await until(
            pilot, lambda: isinstance(app.screen, DetailScreen) and "tag +kado" in " ".join(picture(app))
        )
        assert "catatan sendiri: rahasia" in " ".join(picture(app))
        await pilot.press("A")
        await until(pilot, lambda: isinstance(app.screen, FolderPrompt))
        line: Any = app.screen.query_one("PathLine")
        line.value = str(tmp_path / "berkas")
        await pilot.press("enter")
        await until(pilot, lambda: any("Berkas banding:" in toast for toast in toasts(app)))
        found = sorted(path.name for path in (tmp_path / "berkas").iterdir())
        assert found == [f"banding_{record(1).order_id}{end}" for end in (".json", ".pdf")]
        told = json.loads((tmp_path / "berkas" / found[0]).read_text())
        assert told["order"]["order_id"] == record(1).order_id
        await pilot.press("A")
        await until(pilot, lambda: isinstance(app.screen, FolderPrompt))
        assert line is not app.screen.query_one("PathLine")
        again: Any = app.screen.query_one("PathLine")
        assert again.value == str(tmp_path / "berkas")
        again.value = __file__
        await pilot.press("enter")
        await until(pilot, lambda: any("tidak jadi" in toast for toast in toasts(app)))


async def test_hostile_text_and_long_lists_stay_in_their_boxes(store: Store, clock: FrozenClock) -> None:
    put(store, [record(n, buyer=text, note=text) for n, text in enumerate(CORPUS[:6], 1)])
    pks = [pk_of(store, record(n)) for n in range(1, 7)]

    def write(conn: Any) -> None:
        for number, text in enumerate(CORPUS):
            desk.set_note(conn, pks[number % 6], text, text[:40], NOW)
            if text.replace("\x00", "").strip():
                desk.save_batch(conn, f"{number} {text}", pks, "seller", NOW + number)

    store.write(write)
    async with running(store, clock, size=(80, 24)) as (app, pilot):
        await pilot.press("3")
        await until(pilot, lambda: app.main.orders.cursor is not None)
        shown: list[tuple[str, type[Any]]] = [
            ("n", NotePrompt), ("b", BatchesDialog), ("number_sign", TagsDialog), ("enter", DetailScreen),
        ]  # fmt: skip
        for key, screen in shown:
            await pilot.press(key)
            await until(pilot, lambda screen=screen: isinstance(app.screen, screen))  # type: ignore[misc]
            assert all(line.isprintable() for line in picture(app)), key
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is app.main)


def member(pk: int, status: str = "AWAITING_SHIPMENT", was: str | None = None) -> BatchMember:
    return BatchMember(pk, row(pk, status=status, raw_status=status), was)


@pytest.mark.parametrize(
    ("members", "tab", "marked", "rest"),
    [
        ([], None, (), (0, 0, 0, 0)),
        ([BatchMember(1, None)], None, (), (0, 0, 1, 0)),
        ([member(1), member(2)], Tab.TO_SHIP, (1, 2), (0, 0, 0, 0)),
        ([member(1), member(2, "IN_TRANSIT"), member(3)], Tab.TO_SHIP, (1, 3), (1, 0, 0, 0)),
        ([member(1, "CANCELLED", "AWAITING_SHIPMENT")], None, (), (0, 1, 0, 0)),
        ([member(1, "SOMETHING_NEW")], Tab.ACTION, (1,), (0, 0, 0, 0)),
        ([member(n) for n in range(1, 503)], Tab.TO_SHIP, tuple(range(1, 501)), (0, 0, 0, 2)),
    ],
)
def test_what_opening_a_batch_marks(
    members: list[BatchMember], tab: Tab | None, marked: tuple[int, ...], rest: tuple[int, ...]
) -> None:
    found = opening(members)
    assert (found.tab, found.marked) == (tab, marked)
    assert (len(found.elsewhere), len(found.moved), found.lost, found.full) == rest
    assert found.whole is (bool(marked) and not any(rest))
