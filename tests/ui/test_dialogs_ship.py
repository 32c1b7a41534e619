"""Arranging a shipment from the screen: only `y` ships, and only what was shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from jobs.config.keys import ShipSettings
from store import goods, orders
from store.db import Store
from store.errors import DiskFull
from store.records import PackageRecord
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import answer, queued, said, toasts
from tests.ui.screen_kit import NOW, put, record, running, until
from tui.app import PantauApp
from tui.screens.results import ResultsScreen
from tui.screens.ship import ShipDialog


@asynccontextmanager
async def asked(
    store: Store, clock: FrozenClock, *keys: str, **options: Any
) -> AsyncIterator[tuple[PantauApp, Pilot[int]]]:
    """The ship dialog after these keys."""
    async with running(store, clock, **options) as (app, pilot):
        await pilot.press(*keys)
        await until(pilot, lambda: isinstance(app.screen, ShipDialog))
        yield app, pilot


async def test_a_hundred_clean_orders_of_107_ship_with_four_keys(store: Store, clock: FrozenClock) -> None:
    noted = {number: {"note": "warna biru ya"} for number in range(1, 5)}
    wished = {number: {"cancel_requested": True} for number in range(5, 8)}
    put(store, (record(number, **(noted | wished).get(number, {})) for number in range(1, 108)))
    keys = ("3", "a", "s", "y")
    assert len(keys) <= 12
    async with asked(store, clock, *keys[:3]) as (app, pilot):
        assert "Atur pengiriman: 100 pesanan, 7 ditahan" in said(app)
        assert queued(store) == []
        await pilot.press(keys[3])
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
        rows = queued(store)
    assert len(rows) == 100
    assert {row.order_id for row in rows} == {record(number).order_id for number in range(8, 108)}
    assert {(row.state, row.kind, row.requested_by) for row in rows} == {("queued", "ship", "seller")}


@pytest.mark.parametrize("key", ["enter", "escape", "q", "space", "s", "Y", "tab", "j", "h"])
async def test_no_other_key_ships(store: Store, clock: FrozenClock, key: str) -> None:
    put(store, [record(1), record(2)])
    async with asked(store, clock, "a", "s") as (app, pilot):
        await pilot.press(key, "escape", "y")
        await until(pilot, lambda: app.screen is app.main)
        await app.workers.wait_for_complete()
        assert queued(store) == []


@pytest.mark.parametrize("words", ["hay", "ya kak", "gk ya", "yes"])
async def test_a_sentence_typed_into_the_wrong_window_ships_nothing(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    put(store, [record(1)])
    async with asked(store, clock, "s") as (app, pilot):
        for name in ("ALONE", "TYPING", "STARTLED"):
            monkeypatch.setattr(f"tui.screens.dialog.{name}", 60.0)
        await pilot.press(*("space" if sign == " " else sign for sign in words))
        assert isinstance(app.screen, ShipDialog)
        assert "Tombol itu tidak berarti di sini" in toasts(app)[-1]
        assert queued(store) == []


@pytest.mark.parametrize("after", [(), ("enter",)])
async def test_a_yes_that_stays_alone_ships(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, after: tuple[str, ...]
) -> None:
    put(store, [record(1)])
    async with asked(store, clock, "s") as (_, pilot):
        monkeypatch.setattr("tui.screens.dialog.ALONE", 60.0 if after else 0.05)
        await pilot.press("y", *after)  # Enter does not take it back
        await until(pilot, lambda: len(queued(store)) == 1)


@pytest.mark.parametrize("key", ["enter", "escape", "q"])
async def test_leaving_keeps_the_marks(store: Store, clock: FrozenClock, key: str) -> None:
    put(store, [record(1), record(2)])
    async with asked(store, clock, "a", "s") as (app, pilot):
        await pilot.press(key)
        await until(pilot, lambda: app.screen is app.main)
        assert len(app.main.orders.selection()) == 2


async def test_each_held_order_says_why(store: Store, clock: FrozenClock) -> None:
    held = [
        record(1, note="tolong [L] warna biru"),
        record(2, cancel_requested=True, cancel_at=NOW + 3_600_000),
        record(3, cod=True, total=2_500_000),
        record(4, packages=()),
        record(5, shipping_type="SELLER"),
        record(6, packages=(PackageRecord("115", status="PROCESSING"),)),
        record(7, items=(record(7).items[0],)),
    ]
    put(store, [*held, record(8)])

    def no_stock(conn: Any) -> None:
        level = goods.Count(held[6].items[0].sku_id, 0)
        goods.keep_counts(conn, orders.shop_pk(conn, "toko-contoh"), [level], NOW)

    store.write(no_stock)
    async with asked(store, clock, "a", "s", ship=ShipSettings(cod_review_above=1_000_000)) as (app, pilot):
        assert "1 pesanan, 7 ditahan" in said(app)
        assert "(+1 lagi: h lihat semua)" in said(app)
        await pilot.press("h")
        for words in (
            'catatan pembeli belum dibaca: "tolong [L] warna biru"',
            "pembeli minta batal; jawab sebelum 25 Nov 20.00 WIB",
            "COD besar: Rp2.500.000, batas Rp1.000.000",
            "belum ada paket dari platform; sinkron dulu (F5)",
            "dikirim penjual: perlu kurir dan resi",
            "sudah diatur",
            "stok kurang: Kaos Polos Hitam, L butuh 2, bebas 0",
            f"Yang akan dikirim: {record(8).order_id}",
        ):
            assert words in said(app), said(app)


async def test_a_person_may_overrule_soft_reasons_and_sees_which(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1, note="biru"), record(2, cancel_requested=True), record(3)])
    async with asked(store, clock, "a", "s") as (app, pilot):
        assert "y kirim 1 i ikutkan yang boleh (1)" in said(app)
        await pilot.press("i")
        assert "2 pesanan, 1 ditahan" in said(app)
        assert 'ikut dikirim atas keputusan Anda: …000000001 catatan pembeli belum dibaca: "biru"' in said(
            app
        )
        await pilot.press("i")
        assert "1 pesanan, 2 ditahan" in said(app)
        await pilot.press("i", "y")
        await until(pilot, lambda: len(queued(store)) == 2)
    assert {row.order_id for row in queued(store)} == {record(1).order_id, record(3).order_id}


async def test_nothing_to_ship_offers_no_y(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1, cancel_requested=True)])
    async with asked(store, clock, "3", "s") as (app, pilot):
        assert "Tidak ada yang bisa dikirim sekarang." in said(app)
        assert "y kirim" not in said(app)
        await pilot.press("y")
        assert isinstance(app.screen, ShipDialog)
        assert queued(store) == []


async def test_the_answer_is_about_the_orders_shown(store: Store, clock: FrozenClock) -> None:
    put(store, [record(5)])
    async with asked(store, clock, "s") as (app, pilot):
        put(store, [record(1), record(2)])
        await until(pilot, lambda: app.main.orders.window.total == 3)
        await pilot.press("y")
        await until(pilot, lambda: bool(queued(store)))
    assert [row.order_id for row in queued(store)] == [record(5).order_id]


async def test_failures_are_marked_even_when_the_results_were_left(store: Store, clock: FrozenClock) -> None:
    put(store, (record(number) for number in range(1, 6)))
    async with asked(store, clock, "a", "s") as (app, pilot):
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
        assert len(app.main.orders.selection()) == 1, "what is on its way is not acted upon twice"
        await pilot.press("b", "4")
        refused = {"state": "refused", "code": 21011007, "reason": "cancellation pending"}
        answer(store, {record(2).order_id: refused, record(4).order_id: refused}, NOW, state="done")
        await until(pilot, lambda: not [w for w in app.workers if w.group == "follow" and w.is_running])
        await pilot.press("3")
        marked = app.main.orders.selection()
        rows = await app.data.get(lambda reader: reader.rows(marked))
        assert [row.order_id for row in rows] == [record(2).order_id, record(4).order_id]


async def test_a_store_that_cannot_be_written_is_told(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, [record(1)])

    async def full(work: object) -> None:
        raise DiskFull(path="/data")

    async with asked(store, clock, "s") as (app, pilot):
        monkeypatch.setattr(store, "awrite", full)
        await pilot.press("y")
        await until(pilot, lambda: any("Disk penuh" in text for text in toasts(app)))
        assert app.screen is app.main
    assert queued(store) == []


@pytest.mark.parametrize("size", [(44, 12), (80, 24), (120, 36)], ids=str)
async def test_the_keys_stay_in_sight_and_long_lists_scroll(
    store: Store, clock: FrozenClock, size: tuple[int, int]
) -> None:
    put(store, (record(number, note=f"catatan {number} " + "x" * 40) for number in range(1, 60)))
    put(store, [record(70)])
    async with asked(store, clock, "a", "s", size=size) as (app, pilot):
        app.clear_notifications()
        for key in ("h", "i"):
            await pilot.press(key)
            assert "Tidak bisa dibatalkan" in said(app)
            assert "Esc/Enter kembali" in said(app)
        # The orders that ship stand first, the reasons of the overruled ones below them.
        await pilot.press("G")
        assert "catatan 59 " in said(app)
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert "Esc/Enter kembali" in said(app)


async def test_news_wait_until_the_dialog_is_answered(store: Store, clock: FrozenClock) -> None:
    """A toast over the reasons would hide what has to be read before `y`."""
    put(store, [record(1, note="jangan hari Minggu"), record(2)])
    async with asked(store, clock, "a", "s") as (app, pilot):
        assert toasts(app) == []
        put(store, [record(3)])
        await until(pilot, lambda: app.main._newest != app.main._told)
        app.main._tell_news()
        await until(pilot, lambda: not app.data.busy)
        assert toasts(app) == []
        await pilot.press("escape")
        app.main._tell_news()
        await until(pilot, lambda: any("1 pesanan baru" in text for text in toasts(app)))
