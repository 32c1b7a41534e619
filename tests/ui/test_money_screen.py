"""The screen of money: what comes, what is wrong, an order's lines; empty, long, hostile and broken."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from jobs.config.keys import MoneySettings
from jobs.money.overview import gather
from jobs.money.watch import LESS, OVERDUE, Wrong, say
from store.db import Store
from store.times import DAY, WIB
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import said, toasts
from tests.ui.hostile import CORPUS
from tests.ui.money_kit import arrived, costs, estimate, payout, settle, usual
from tests.ui.screen_kit import NOW, picture, put, running, until
from tui.screens.money import MoneyScreen
from tui.screens.money_order import MoneyOrderScreen
from tui.screens.money_view import lines


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_what_comes_and_what_is_wrong(store: Store, clock: FrozenClock, size: tuple[int, int]) -> None:
    usual(store)
    costs(store)
    async with running(store, clock, size=size) as (app, pilot):
        await pilot.press("U")
        await until(pilot, lambda: "Perkiraan dana" in said(app))
        told = said(app)
        assert "Rp177.500 dari 2 pesanan" in told
        assert "Lewat tanggal, belum dibayar: 1 pesanan" in told
        assert "Dibayar lain dari perkiraan: 2 pesanan" in told
        assert told.index("-Rp14.000") < told.index("-Rp5.000")
        assert "ongkir -Rp14.000" in told and "dibayar Rp74.750, perkiraan Rp88.750" in told
        assert "Di bawah margin: 25 pesanan" in told
        assert isinstance(app.screen, MoneyScreen)
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(app.screen, MoneyOrderScreen) and "diterima" in said(app))
        assert "komisi platform" in said(app)
        assert "Rp74.750" in said(app)
        await pilot.press("escape", "escape")
        assert not isinstance(app.screen, MoneyScreen)


async def test_nothing_and_then_much(store: Store, clock: FrozenClock) -> None:
    async with running(store, clock, size=(80, 24)) as (app, pilot):
        await pilot.press("U")
        await until(pilot, lambda: "Belum ada dana yang ditunggu" in said(app))
        assert "Belum ada laporan penyelesaian" in said(app)
        assert "pantau costs import" in said(app)
        await pilot.press("enter", "j", "G", "tab")
        assert isinstance(app.screen, MoneyScreen)
        put(store, [arrived(n, 10) for n in range(1, 301)])
        settle(store, NOW - DAY, [payout("999")])
        await pilot.press("r")
        await until(pilot, lambda: "belum dibayar: 300 pesanan" in said(app))
        assert "▌" in "".join(picture(app))
        await pilot.press("G")
        assert "… dan 240 lagi" in said(app) and "Laporan penyelesaian terakhir: 1" in said(app)
        await pilot.press("g")
        assert "Lewat tanggal, belum dibayar: 300 pesanan" in said(app), "what is wrong comes first"
        await pilot.press("tab")
        assert "Belum ada dana yang ditunggu" in said(app)
        assert "▌" in "".join(picture(app))
        await pilot.press("g")
        assert "▌" in "".join(picture(app))
        # What the news say of many leads to them, and what they say of one to that one.
        many = [Wrong(pk, f"58{pk}", 1, 100) for pk in range(1, 13)]
        await pilot.press("escape")
        store.write(lambda conn: say(conn, {OVERDUE: many, LESS: many[:1]}, NOW))
        news = "12 pesanan lewat tanggal, belum dibayar: Rp1.200"
        await until(pilot, lambda: any(news in text for text in toasts(app)))
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "belum dibayar: 12 pesanan, Rp1.200" in said(app))
        assert "dibayar kurang dari perkiraan: Rp100" in said(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MoneyOrderScreen))
        await pilot.press("escape", "exclamation_mark", "j", "enter")
        await until(pilot, lambda: isinstance(app.screen, MoneyScreen) and "▌" in "".join(picture(app)))
        await pilot.press("tab")
        assert "Belum ada dana yang ditunggu" in said(app)


async def test_hostile_words_stay_words(store: Store, clock: FrozenClock) -> None:
    put(store, [arrived(n, 10) for n in range(1, 4)])
    bad = [
        payout(
            arrived(1, 10).order_id,
            transaction_id=str(number),
            kind="ORDER" if not number else text[:200],
            settlement=-(10**14),
            detail=json.dumps({text[:80]: text[:80], "x": 10**14}),
        )
        for number, text in enumerate(("", *CORPUS[:20]))
    ]
    settle(store, NOW - DAY, bad, status="[red]PAID\x1b[2J")
    estimate(store, [payout(arrived(2, 10).order_id, detail=json.dumps({"unsettled_reason": CORPUS[0]}))])
    async with running(store, clock, size=(80, 24)) as (app, pilot):
        await pilot.press("U")
        await until(pilot, lambda: "Perkiraan" in said(app) or "Belum ada dana" in said(app))
        assert "\x1b" not in said(app) and "\x07" not in said(app)
        app.push_screen(MoneyOrderScreen(1))
        await until(pilot, lambda: "Laporan" in said(app))
        assert "\x1b" not in said(app) and "\x07" not in said(app)
        await pilot.resize_terminal(40, 10)
        await pilot.resize_terminal(200, 60)
        await pilot.press("escape", "escape")


async def test_a_read_that_fails_is_told(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError("gone")

    async with running(store, clock) as (app, pilot):
        monkeypatch.setattr("jobs.money.overview.gather", broken)
        await pilot.press("U")
        await until(pilot, lambda: "tidak bisa dibaca" in said(app))
        monkeypatch.undo()
        await pilot.press("r")
        await until(pilot, lambda: "Belum ada dana" in said(app))
        assert "tidak bisa dibaca" not in said(app)


@pytest.mark.parametrize("room", [76, 116])
def test_a_statement_adds_up_at_sight_and_a_failed_one_stands_on_top(store: Store, room: int) -> None:
    settle(store, NOW - 2 * DAY, [payout("1", settlement=1_353_363, revenue=1_503_400, fees=-145_037)], status="FAILED",
           adjustment=-5_000)  # fmt: skip
    settle(store, NOW - DAY, [payout("2", settlement=100, revenue=90, fees=0)], number=2)
    with closing(store.reader()) as reader:
        found = gather(reader, MoneySettings(), NOW)
    told = [line.content.plain for line in lines(found, 0, WIB, room)]
    assert told[0].startswith("Pembayaran GAGAL: 1")
    assert "GAGAL" in told[1] and "Rp1.353.363" in told[1]
    whole = " ".join(told)
    assert "penjualan Rp1.503.400 · biaya -Rp145.037 · penyesuaian -Rp5.000 · " in whole
    assert "penjualan Rp90 · lain-lain Rp10 · 1 transaksi" in whole
    assert all(len(line) <= room for line in told) and "…" not in whole
