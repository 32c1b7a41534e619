"""Search, palette, help and notices: each leads to the right order or command."""

from __future__ import annotations

from typing import Any

import pytest

from store import health
from store.db import Store
from store.records import ItemRecord, PackageRecord
from store.views import ChangeRow
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import queued, said
from tests.ui.screen_kit import NOW, put, record, running, until
from tui.changes import what
from tui.screens.detail import DetailScreen
from tui.screens.help import HelpScreen
from tui.screens.notices import NoticesScreen
from tui.screens.search import SearchScreen


def _special() -> Any:
    return record(
        7,
        status="AWAITING_COLLECTION",
        raw_status="AWAITING_COLLECTION",
        buyer="Siti Kurnia",
        note="kado ulang tahun",
        items=(ItemRecord("1", "Helm Bogo Retro", 1, 215_000, None, "HB-DOFF", "Doff"),),
        packages=(PackageRecord("1157", courier="sicepat", tracking_number="SC00712345"),),
    )


@pytest.mark.parametrize(
    "typed", ["58000000000" + "0000007", "SC00712345", "siti kur", "hb-doff", "helm bogo", "ulang tahun"]
)
async def test_search_opens_the_right_order_in_its_tab(store: Store, clock: FrozenClock, typed: str) -> None:
    put(store, [*(record(number) for number in range(1, 7)), _special()])
    async with running(store, clock) as (app, pilot):
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, SearchScreen))
        await pilot.press(*("space" if sign == " " else sign for sign in typed))
        await until(pilot, lambda: "· 1 ditemukan" in said(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DetailScreen))
        await until(pilot, lambda: f"Pesanan {_special().order_id} · Menunggu diambil" in said(app))
        await pilot.press("escape")
        assert app.main.orders.cursor is not None
        assert app.main.orders.cursor.order_id == _special().order_id
    assert queued(store) == [], "letters typed into the line are no commands"


async def test_arrows_choose_and_escape_changes_nothing(store: Store, clock: FrozenClock) -> None:
    put(store, (record(number, created_at=NOW - number) for number in range(1, 6)))
    async with running(store, clock, size=(80, 24)) as (app, pilot):
        before = app.main.orders.cursor
        await pilot.press("slash", *"kaos")
        await until(pilot, lambda: "· 5 ditemukan" in said(app))
        await pilot.press("escape")
        assert app.screen is app.main
        assert app.main.orders.cursor == before
        await pilot.press("slash", *"kaos")
        await until(pilot, lambda: "· 5 ditemukan" in said(app))
        await pilot.press("down", "down", "up", "enter")
        await until(pilot, lambda: f"Pesanan {record(2).order_id}" in said(app))


async def test_a_scanner_that_types_and_enters_at_once_finds_its_order(
    store: Store, clock: FrozenClock
) -> None:
    put(store, [*(record(number) for number in range(1, 7)), _special()])
    async with running(store, clock) as (app, pilot):
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, SearchScreen))
        await pilot.press(*"SC00712345", "enter")
        await until(pilot, lambda: f"Pesanan {_special().order_id}" in said(app))


async def test_search_says_what_it_wants_and_that_it_found_nothing(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("slash")
        await until(pilot, lambda: "sedikitnya 3 huruf" in said(app))
        await pilot.press(*"[/]x")
        await until(pilot, lambda: "tidak ada yang cocok" in said(app))
        await pilot.press("enter")
        assert isinstance(app.screen, SearchScreen)


async def test_the_palette_runs_what_was_found(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    async with running(store, clock, keymap={"theme": "f9"}) as (app, pilot):
        before = app.theme
        await pilot.press("colon")
        await until(pilot, lambda: "Cari perintah" in said(app))
        assert "kirim · s · order.ship" in said(app)
        await pilot.press(*"tema")
        await until(pilot, lambda: "tema · f9 · theme" in said(app) and "order.ship" not in said(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.theme != before)
        await pilot.press("colon", *"order.ship")
        await until(pilot, lambda: "kirim · s · order.ship" in said(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Atur pengiriman: 1 pesanan" in said(app))
        await pilot.press("enter")
    assert queued(store) == []


async def test_the_palette_offers_nothing_for_orders_that_are_not_there(
    store: Store, clock: FrozenClock
) -> None:
    async with running(store, clock) as (app, pilot):
        await pilot.press("colon", *"order.ship")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "kirim · s" not in said(app)


async def test_help_lists_the_keys_as_they_are(store: Store, clock: FrozenClock) -> None:
    async with running(store, clock, size=(120, 90), keymap={"order.ship": "f6", "search": "f3"}) as (
        app,
        pilot,
    ):
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert "f6 Atur pengiriman di TikTok Shop" in said(app)
        assert "f3 Cari nomor pesanan" in said(app)
        assert " s Atur" not in said(app)
        for command in app.commands():
            assert " ".join(command.help.split()) in said(app), command.id
        await pilot.press("escape", "s")
        assert app.screen is app.main


async def test_notices_tell_the_news_and_open_the_order(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1), record(2)])
    put(store, [record(1, status="CANCELLED", raw_status="CANCELLED", updated_at=NOW)])
    store.write(lambda conn: health.failed(conn, "orders", "toko-contoh", "no_network", "[/x]", NOW))
    async with running(store, clock) as (app, pilot):
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: isinstance(app.screen, NoticesScreen))
        assert "25 Nov 19.00 sinkron: Tidak tersambung" in said(app)
        assert "…000000001 Perlu dikirim -> Dibatalkan" in said(app)
        await pilot.press("enter")
        assert isinstance(app.screen, NoticesScreen), "a job is no order"
        await pilot.press("j", "enter")
        await until(pilot, lambda: f"Pesanan {record(1).order_id} · Dibatalkan" in said(app))
        await pilot.press("escape", "exclamation_mark")
        await until(pilot, lambda: "2 pesanan masuk (Perlu dikirim)" in said(app))
        await pilot.press("j", "j", "enter")
        await until(pilot, lambda: len(app.main.orders.selection()) == 1 and app.screen is app.main)


async def test_no_news_is_said(store: Store, clock: FrozenClock) -> None:
    async with running(store, clock) as (app, pilot):
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "Belum ada kabar." in said(app))
        await pilot.press("enter", "exclamation_mark")
        await until(pilot, lambda: app.screen is app.main)


@pytest.mark.parametrize("detail", [None, "", "[]", "{", '{"job": 7}', '{"kind": ["x"]}', "1e400"])
@pytest.mark.parametrize(
    "kind", ["job.failed", "action.done", "order.new", "request.status", "who.knows", "x"]
)
def test_any_row_of_the_feed_has_words(kind: str, detail: str | None) -> None:
    assert what(ChangeRow(1, NOW, None, None, None, kind, None, "\x1b[2J", detail, "\x9b")).isprintable()
