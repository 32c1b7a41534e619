"""The seller's own cancellation: a reason first, what it costs, then only `y`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text as sql
from textual.pilot import Pilot

from store.db import Store
from store.errors import DiskFull
from store.records import PackageRecord
from store.times import HOUR
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import queued, said, toasts
from tests.ui.request_kit import API, ask, request, settled, wishes
from tests.ui.screen_kit import NOW, put, record, running, until
from tui.app import PantauApp
from tui.screens.answer_dialog import AnswerDialog
from tui.screens.cancel import CancelDialog
from tui.screens.results import ResultsScreen


@asynccontextmanager
async def asked(
    store: Store, clock: FrozenClock, *keys: str, **options: Any
) -> AsyncIterator[tuple[PantauApp, Pilot[int]]]:
    """The cancel dialog after these keys."""
    async with running(store, clock, shops=API, **options) as (app, pilot):
        await pilot.press(*keys)
        await until(pilot, lambda: isinstance(app.screen, CancelDialog))
        yield app, pilot


async def test_a_cancellation_takes_a_reason_and_y(store: Store, clock: FrozenClock) -> None:
    put(store, (record(n, payment_method="GoPay") for n in range(1, 41)))
    async with asked(store, clock, "3", "x") as (app, pilot):
        for words in (
            f"Batalkan pesanan {record(1).order_id}",
            "Pembeli tidak minta batal: ini pembatalan oleh penjual.",
            "1 stok habis · dihitung kesalahan penjual 2 harga salah · dihitung kesalahan penjual",
            "Batal karena penjual (7 hari): 0,0% -> 2,5%, target 2,5%: di atas target",
            "dari 10,0%: pesanan per hari dibatasi 75%",
            "Dana kembali ke pembeli: Rp136.000 · dana kembali 26 Nov - 27 Nov (1-2 hari kerja)",
            "Pilih alasan dulu, lalu y.",
        ):
            assert words in said(app), said(app)
        assert "y batalkan" not in said(app)
        await pilot.press("2")
        assert f"Batalkan pesanan {record(1).order_id} dengan alasan harga salah?" in said(app)
        assert queued(store) == []
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
        assert "Hasil pembatalan" in said(app)
    [row] = queued(store)
    assert (row.kind, row.order_id, row.requested_by) == ("cancel", record(1).order_id, "seller")
    assert wishes(store) == [{"kind": "cancel", "reason": "seller_cancel_reason_wrong_price"}]


async def test_no_other_key_cancels(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    async with asked(store, clock, "3", "x") as (app, pilot):
        for key in ("enter", "escape", "q", "Y", "x", "space", "tab", *"jhr9n"):
            await pilot.press("1", key, "escape", "y")
            await settled(app, pilot)
            assert queued(store) == [], key
            await pilot.press("3", "x")
            await until(pilot, lambda: isinstance(app.screen, CancelDialog))


async def test_without_a_reason_y_does_nothing(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    async with asked(store, clock, "3", "x") as (app, pilot):
        await pilot.press("y", "9", "y")
        assert isinstance(app.screen, CancelDialog)
    assert queued(store) == []


async def test_what_was_done_for_it_already_is_said(store: Store, clock: FrozenClock) -> None:
    parcel = (PackageRecord("1150001", status="PROCESSING", tracking_number="JP1"),)
    put(store, [record(1, status="AWAITING_COLLECTION", raw_status="AWAITING_COLLECTION", packages=parcel)])
    store.write(
        lambda conn: conn.execute(
            sql(
                "INSERT INTO packings (shop_id, order_pk, order_id, package_id, packer, begun_at, done_at, outcome,"
                " items, stops) VALUES (1, 1, :order, '1150001', 'a', 1, 2, 'packed', '[]', '[]')"
            ),
            {"order": record(1).order_id},
        )
    )
    async with asked(store, clock, "4", "x") as (app, _):
        assert "Sudah dikerjakan: sudah dikemas. Jangan serahkan paketnya." in said(app)


async def test_an_unpaid_order_has_reasons_of_its_own(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1, status="UNPAID", raw_status="UNPAID", paid_at=None)])
    async with asked(store, clock, "2", "x") as (app, pilot):
        assert "3 pembeli belum membayar · tidak dihitung kesalahan penjual" in said(app)
        await pilot.press("3", "y")
        await until(pilot, lambda: bool(queued(store)))
    [wish] = wishes(store)
    assert wish["reason"] == "seller_cancel_unpaid_reason_buyer_hasnt_paid_within_time_allowed"


async def test_several_orders_of_one_reason(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1), record(2), record(3, cancel_requested=True, cancel_at=NOW + HOUR), record(4)])
    async with asked(store, clock, "3", "a", "x") as (app, pilot):
        await pilot.press("1")
        assert "Batalkan 3 pesanan, 1 ditahan" in said(app)
        assert "untuk 3 dari 4 pesanan" in said(app)
        assert "pembeli sendiri minta batal: setujui permintaannya sebelum 25 Nov 20.00 WIB" in said(app)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
        assert len(app.main.orders.selection()) == 1, "the held one stays marked"
    assert {row.order_id for row in queued(store)} == {record(n).order_id for n in (1, 2, 4)}


async def test_where_the_buyer_asks_r_answers_that_instead(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    ask(store, request(1))
    async with asked(store, clock, "1", "x") as (app, pilot):
        assert "Tidak ada yang bisa dibatalkan." in said(app)
        await pilot.press("1", "y")
        assert isinstance(app.screen, CancelDialog)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, AnswerDialog))
    assert queued(store) == []


async def test_the_answer_is_about_the_orders_shown(store: Store, clock: FrozenClock) -> None:
    put(store, [record(5)])
    async with asked(store, clock, "3", "x") as (app, pilot):
        put(store, [record(1), record(2)])
        await until(pilot, lambda: app.main.orders.window.total == 3)
        await pilot.press("1", "y")
        await until(pilot, lambda: bool(queued(store)))
    assert [row.order_id for row in queued(store)] == [record(5).order_id]


async def test_an_order_that_is_being_cancelled_already(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    async with asked(store, clock, "3", "x") as (app, pilot):
        await pilot.press("1", "y")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
        await pilot.press("escape", "x")
        await until(pilot, lambda: isinstance(app.screen, CancelDialog))
        assert "sudah diminta (antre) oleh Anda" in said(app)
    assert len(queued(store)) == 1


async def test_read_only_cancels_nothing(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    async with running(store, clock, shops=API, read_only=True) as (app, pilot):
        await pilot.press("3", "x")
        await until(pilot, lambda: bool(toasts(app)))
        assert app.screen is app.main


async def test_a_store_that_cannot_be_written_is_told(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, [record(1)])

    async def full(work: object) -> None:
        raise DiskFull(path="/data")

    async with asked(store, clock, "3", "x") as (app, pilot):
        monkeypatch.setattr(store, "awrite", full)
        await pilot.press("1", "y")
        await until(pilot, lambda: any("Disk penuh" in text for text in toasts(app)))
    assert queued(store) == []


async def test_a_rate_below_the_target_is_not_said_to_miss_it(store: Store, clock: FrozenClock) -> None:
    put(store, (record(n) for n in range(1, 101)))
    async with asked(store, clock, "3", "x") as (app, _):
        assert "0,0% -> 1,0%, target 2,5% · masih di bawah target" in said(app)
        assert "terlewati" not in said(app) and "di atas target" not in said(app)
