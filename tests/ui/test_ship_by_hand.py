"""Shipping from a shop without API: the dialog says so, `y` puts it on the checklist, nothing waits for a sender."""

from __future__ import annotations

from typing import Any

import pytest

from store import orders
from store.db import Store
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import queued, said, toasts
from tests.ui.screen_kit import NOW, put, record, running, until
from tui.screens.checklist import ChecklistScreen
from tui.screens.results import ResultsScreen
from tui.screens.ship import ShipDialog


def files(store: Store, *numbers: int, shop: str = "toko-contoh", **told: Any) -> None:
    """Orders of a shop of files."""

    def write(conn: Any) -> None:
        records = [record(number, packages=(), **told) for number in numbers]
        orders.ingest(conn, orders.shop_pk(conn, shop, "file"), records, NOW, authoritative=True)

    store.write(write)


async def test_y_puts_orders_on_the_checklist_and_shows_it(store: Store, clock: FrozenClock) -> None:
    files(store, 1, 2)
    async with running(store, clock) as (app, pilot):
        await pilot.press("a", "s")
        await until(pilot, lambda: isinstance(app.screen, ShipDialog))
        assert "Kirim lewat Seller Center: 2 pesanan" in said(app)
        assert "Toko tanpa API: pengiriman Anda atur sendiri di Seller Center." in said(app)
        assert "y ke daftar kirim (2)" in said(app)
        # Nothing leaves, so nothing is beyond recall, and no warehouse decides.
        assert "Tidak bisa dibatalkan" not in said(app)
        assert "Jemput" not in said(app)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ChecklistScreen))
        await until(pilot, lambda: record(2).order_id in said(app))
        assert "Kelompok 1 dari 1: 2 pesanan" in said(app)
        # Nobody follows a batch that no sender will ever end.
        await app.workers.wait_for_complete()
        assert not any(worker.group == "follow" for worker in app.workers)
        assert app.main.orders.view is not None
        assert app.main.orders.marks.count(app.main.orders.view) == 0
    assert {(row.state, row.reason, row.package_id) for row in queued(store)} == {("queued", "by_hand", None)}


@pytest.mark.parametrize("key", ["enter", "escape", "q", "space", "Y"])
async def test_no_other_key_puts_it_there(store: Store, clock: FrozenClock, key: str) -> None:
    files(store, 1)
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "s")
        await until(pilot, lambda: isinstance(app.screen, ShipDialog))
        await pilot.press(key, "escape")
        await until(pilot, lambda: app.screen is app.main)
        await app.workers.wait_for_complete()
    assert queued(store) == []


async def test_an_order_on_the_checklist_is_not_wished_again(store: Store, clock: FrozenClock) -> None:
    files(store, 1)
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "s")
        await until(pilot, lambda: isinstance(app.screen, ShipDialog))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ChecklistScreen))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        await until(pilot, lambda: app.main.orders.cursor and app.main.orders.cursor.action_state == "queued")
        await pilot.press("s")
        await until(pilot, lambda: bool(toasts(app)))
        assert app.screen is app.main
    assert len(queued(store)) == 1


async def test_a_soft_reason_can_be_overruled_here_too(store: Store, clock: FrozenClock) -> None:
    files(store, 1, note="biru")
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "s")
        await until(pilot, lambda: isinstance(app.screen, ShipDialog))
        assert "Tidak ada yang bisa dikirim sekarang." in said(app)
        await pilot.press("i", "y")
        await until(pilot, lambda: isinstance(app.screen, ChecklistScreen))
    assert len(queued(store)) == 1


async def test_both_kinds_of_shops_at_once_are_told_apart(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    files(store, 2, shop="berkas")
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "a", "s")
        await until(pilot, lambda: isinstance(app.screen, ShipDialog))
        assert "Atur pengiriman: 2 pesanan" in said(app)
        assert "1 paket dari toko tanpa API: Anda atur sendiri di Seller Center" in said(app)
        assert "kurir belum ditentukan · Seller Center" in said(app)
        assert "Tidak bisa dibatalkan" in said(app)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
        await until(pilot, lambda: "di daftar kirim: atur di Seller Center" in said(app))
        # One is the sender's, one never will be.
        assert "1/2" in said(app)
        await pilot.press("escape")
    assert [row.reason for row in queued(store)].count("by_hand") == 1
