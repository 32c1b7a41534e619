"""What changes, is answered elsewhere or runs out of time under an open dialog is not answered as it was."""

from __future__ import annotations

import pytest

from store import actions
from store.db import Store
from store.errors import DiskFull
from store.times import HOUR, MINUTE
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import queued, said, toasts
from tests.ui.request_kit import ask, asked, changed, ended, request, stored
from tests.ui.screen_kit import NOW, put, record, until
from tui.screens.answer_dialog import AnswerDialog


async def test_the_answer_is_about_the_request_shown(store: Store, clock: FrozenClock) -> None:
    put(store, [record(5)])
    ask(store, request(5))
    async with asked(store, clock, "1", "r") as (app, pilot):
        put(store, [record(1), record(2)])
        ask(store, request(1, deadline_at=NOW + MINUTE), request(2, deadline_at=NOW + MINUTE))
        await until(pilot, lambda: app.main.orders.window.total == 3)
        assert record(5).order_id in said(app)
        await pilot.press("y")
        await ended(app, pilot)
    assert [row.order_id for row in queued(store)] == [record(5).order_id]


async def test_a_request_that_changes_meanwhile_is_not_answered_as_it_was(
    store: Store, clock: FrozenClock
) -> None:
    put(store, [record(1)])
    ask(store, request(1, "refund"))
    async with asked(store, clock, "9", "r") as (app, pilot):
        ask(store, changed(request(1, "refund"), amount=999_000))
        await until(pilot, lambda: "Permintaan ini baru saja berubah" in said(app))
        assert "y setujui" not in said(app)
        await pilot.press("y")
        assert isinstance(app.screen, AnswerDialog)
        assert queued(store) == []
        await pilot.press("f5")
        await until(pilot, lambda: "Rp999.000 kembali ke pembeli?" in said(app))
        await pilot.press("y")
        await ended(app, pilot)
    assert len(queued(store)) == 1


async def test_a_change_that_the_screen_has_not_seen_yet_is_found_by_the_write(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, [record(1)])
    ask(store, request(1, "refund"))
    async with asked(store, clock, "9", "r") as (app, pilot):
        monkeypatch.setattr(AnswerDialog, "store_changed", lambda self: None)
        ask(store, changed(request(1, "refund"), amount=999_000))
        await pilot.press("y")
        await until(pilot, lambda: "Rp999.000 kembali ke pembeli?" in said(app))
        assert queued(store) == []


async def test_a_request_answered_elsewhere_is_left_alone(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    ask(store, request(1))
    row = stored(store, request(1))
    async with asked(store, clock, "1", "r") as (app, pilot):
        told = {"request_id": row.request_id, "about": "cancel", "decision": "REJECT_REQUEST_CANCEL"}
        store.write(
            lambda conn: actions.queue(
                conn, shop_id=1, kind="reject", order_pk=row.order_pk, order_id=row.order_id,
                target=f"{row.request_id}:REJECT_REQUEST_CANCEL", package_id=None, params=told, by="cli", now=NOW,
            )
        )  # fmt: skip
        await pilot.press("y")
        await until(pilot, lambda: "sudah diminta (antre) oleh baris perintah" in said(app))
        assert isinstance(app.screen, AnswerDialog)
        assert "y setujui" not in said(app)
    assert [one.requested_by for one in queued(store)] == ["cli"]


async def test_a_request_that_was_closed_meanwhile(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    ask(store, request(1))
    async with asked(store, clock, "1", "r") as (app, pilot):
        gone = {"status": "CANCELLATION_REQUEST_CANCEL", "next_action": None, "deadline_at": None}
        ask(store, changed(request(1), **gone), unread=True)
        await until(pilot, lambda: "baru saja berubah" in said(app))
        await pilot.press("f5")
        await until(pilot, lambda: "permintaan ini sudah selesai" in said(app))
        assert "Tidak ada jawaban yang ditunggu dari Anda" in said(app)
        await pilot.press("y", "n", "g")
        assert "y setujui" not in said(app)
    assert queued(store) == []


async def test_the_clock_runs_out_while_the_dialog_is_open(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    ask(store, request(1))
    async with asked(store, clock, "1", "r") as (app, pilot):
        clock.advance(5 * HOUR)
        app.screen.tick()  # type: ignore[attr-defined]
        await pilot.pause()
        assert "sisa 12 mnt !" in said(app)
        clock.advance(12 * MINUTE)
        await pilot.press("y")  # before any tick has seen it
        await pilot.pause()
        assert "Batas jawab 26 Nov 00.12 WIB sudah lewat: platform menyetujuinya sendiri" in said(app)
        assert "y setujui" not in said(app)
        await pilot.press("y", "n", "1", "y")
        assert isinstance(app.screen, AnswerDialog)
    assert queued(store) == []


async def test_a_store_that_cannot_be_written_is_told(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, [record(1)])
    ask(store, request(1))

    async def full(work: object) -> None:
        raise DiskFull(path="/data")

    async with asked(store, clock, "1", "r") as (app, pilot):
        monkeypatch.setattr(store, "awrite", full)
        await pilot.press("y")
        await until(pilot, lambda: any("Disk penuh" in text for text in toasts(app)))
        assert app.screen is app.main
    assert queued(store) == []
