"""The screen of money: what comes, what is wrong, an order's lines; empty, long, hostile and broken."""

from __future__ import annotations

import json

import pytest

from store.db import Store
from store.times import DAY
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import said
from tests.ui.hostile import CORPUS
from tests.ui.money_kit import arrived, costs, estimate, payout, settle, usual
from tests.ui.screen_kit import NOW, picture, put, running, until
from tui.screens.money import MoneyScreen
from tui.screens.money_order import MoneyOrderScreen


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
        assert "ongkir -Rp14.000" in told or size[0] == 80
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
        assert "Belum ada dana yang ditunggu" in said(app)
        await pilot.press("tab")
        assert "▌" in "".join(picture(app))


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
