"""After a shipment: progress, what failed and what to do about it, a second try for those alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from store.db import Store
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import answer, queued, said, toasts
from tests.ui.screen_kit import NOW, picture, put, record, running, until
from tui.app import PantauApp
from tui.screens.results import ResultsScreen

REFUSED = {"state": "refused", "code": 21008044, "reason": "The order has a pending cancellation request."}
STUCK = {"state": "needs_person", "reason": "attempts_used_up"}


@asynccontextmanager
async def shipped(
    store: Store, clock: FrozenClock, count: int, **options: object
) -> AsyncIterator[tuple[PantauApp, Pilot[int]]]:
    """The results screen of a shipment of so many orders, all queued."""
    put(store, (record(number) for number in range(1, count + 1)))
    async with running(store, clock, **options) as (app, pilot):  # type: ignore[arg-type]
        await pilot.press("a", "s")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen) and "antre" in said(app))
        yield app, pilot


async def test_progress_follows_the_sender_without_a_key(store: Store, clock: FrozenClock) -> None:
    async with shipped(store, clock, 4) as (app, pilot):
        assert "0/4 berhasil 0 · ditolak 0 · diperiksa 0" in said(app)
        unknown = {"state": "unknown", "reason": "no_answer", "due_at": NOW + 60_000}
        answer(
            store,
            {record(1).order_id: unknown, record(4).order_id: {}},
            NOW,
            state="done",
            tracking_number="JP1",
        )
        await until(pilot, lambda: "2/4 berhasil 2 · ditolak 0 · diperiksa 1" in said(app))
        assert "diperiksa, tidak akan terkirim dua kali" in said(app)
        assert f"✓ {record(2).order_id} berhasil JP1" in said(app)
        assert "b lanjut di latar belakang" in said(app)


async def test_what_failed_stands_on_top_with_reason_and_advice(store: Store, clock: FrozenClock) -> None:
    async with shipped(store, clock, 3) as (app, pilot):
        answer(store, {record(3).order_id: REFUSED, record(2).order_id: STUCK}, NOW, state="done")
        await until(pilot, lambda: "Selesai: berhasil 1 · ditolak 1 · perlu orang 1" in said(app))
        # A toast beside the list may name an order as well.
        lines = [line for line in picture(app) if record(1).order_id[:11] in line and len(line.split()) > 3]
        assert [line.split()[2][-1] for line in lines] == ["2", "3", "1"]
        assert "Ada permintaan batal atau retur yang belum dijawab (21008044)" in said(app)
        assert "→ Jawab dulu permintaan pembeli." in said(app)
        assert "sudah beberapa kali dikirim tanpa hasil" in said(app)
        assert "b lanjut" not in said(app)
        assert "l cetak label (1)" in said(app), "only of the one that is arranged"


async def test_the_other_language_says_it_too(store: Store, clock: FrozenClock) -> None:
    async with shipped(store, clock, 1) as (app, pilot):
        await pilot.press("escape")
    async with running(store, clock, language="en") as (app, pilot):
        answer(store, {}, NOW, **REFUSED)
        await pilot.press("A")
        await until(pilot, lambda: "(21008044)" in said(app))
        assert "arrange shipment: refused A cancellation or return request is open (21008044)" in said(app)
        assert "→ Answer the buyer's request first." in said(app)


async def test_retry_queues_only_what_failed(store: Store, clock: FrozenClock) -> None:
    async with shipped(store, clock, 4) as (app, pilot):
        answer(store, {record(1).order_id: REFUSED, record(2).order_id: STUCK}, NOW, state="done")
        await until(pilot, lambda: "r ulangi 2 yang gagal" in said(app))
        await pilot.press("r")
        await until(pilot, lambda: "2/4" in said(app))
        assert "2 tindakan diantrekan lagi." in toasts(app)
        live = {row.order_id for row in queued(store) if row.state == "queued"}
        assert live == {record(1).order_id, record(2).order_id}
        answer(store, {}, NOW, state="done")
        await until(pilot, lambda: "Selesai: berhasil 4 · ditolak 0 · perlu orang 0" in said(app))
        assert "r ulangi" not in said(app)
        before = queued(store)
        await pilot.press("r")
        await until(pilot, lambda: "Tidak ada yang gagal." in toasts(app))
        assert queued(store) == before


@pytest.mark.parametrize("key", ["b", "escape", "enter", "q"])
async def test_leaving_stops_nothing(store: Store, clock: FrozenClock, key: str) -> None:
    async with shipped(store, clock, 2) as (app, pilot):
        await pilot.press(key)
        await until(pilot, lambda: app.screen is app.main)
        assert [row.state for row in queued(store)] == ["queued", "queued"]


async def test_the_outbox_has_everything_newest_first(store: Store, clock: FrozenClock) -> None:
    async with running(store, clock) as (app, pilot):
        await pilot.press("A")
        await until(pilot, lambda: "Belum ada tindakan ke platform." in said(app))
    async with shipped(store, clock, 3) as (app, pilot):
        await pilot.press("escape", "A")
        await until(pilot, lambda: "Kotak keluar" in said(app))
        text = said(app)
        assert text.index(record(3).order_id) < text.index(record(1).order_id)
        assert "25 Nov 19.00 " + record(3).order_id + " atur pengiriman: antre" in text


async def test_a_long_batch_scrolls_at_any_size(store: Store, clock: FrozenClock) -> None:
    async with shipped(store, clock, 60, size=(80, 24)) as (app, pilot):
        await pilot.press("G")
        await pilot.pause()
        assert record(60).order_id in said(app)
        assert "Esc kembali" in said(app)
