"""One order in full, confirming and taking it back, and read-only."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from couriers.base import TrackEvent, TrackingStatus
from store import goods, packages
from store.db import Store
from store.reader import Reader
from store.records import ItemRecord, PackageRecord
from store.views import OrderDetail
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import queued, said, toasts
from tests.ui.screen_kit import NOW, put, record, running, until
from tui.app import PantauApp
from tui.screens.detail import DetailScreen


def _detail(store: Store, number: int = 1) -> OrderDetail:
    reader = Reader.open(store.url)
    try:
        found = reader.detail(reader.find(record(number).order_id)[0])
    finally:
        reader.close()
    assert found is not None
    return found


def _travelling(number: int = 1) -> Any:
    parcel = PackageRecord(
        "1150001", status="PROCESSING", courier="jnt", courier_name="J&T", tracking_number="JP9"
    )
    return record(number, packages=(parcel,), status="IN_TRANSIT", raw_status="IN_TRANSIT")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=str)
async def test_enter_shows_the_order_and_reads_its_note(
    store: Store, clock: FrozenClock, size: tuple[int, int]
) -> None:
    put(
        store,
        [record(1, note="tolong [L] bubble wrap", address="Jl. Mawar 1", phone="(+62)812****"), record(2)],
    )
    async with running(store, clock, size=size) as (app, pilot):
        await pilot.press("3", "enter")
        await until(pilot, lambda: isinstance(app.screen, DetailScreen))
        shown = said(app)
        for words in (
            f"Pesanan {record(1).order_id} · Perlu dikirim",
            "Atur sebelum 25 Nov 20.00 WIB",
            "2 × Kaos Polos · Hitam, L · KP-HTM-L",
            "B*** S*** (+62)812****",
        ):
            assert words in shown, words
        await until(pilot, lambda: _detail(store).row.note_seen_at == NOW)
        if size[0] >= 100:
            assert "tolong [L] bubble wrap" in shown
            assert "Belum ada kabar dari kurir." in shown
        await pilot.press("G")
        await pilot.pause()
        await until(pilot, lambda: "catatan dibaca (Anda)" in said(app) or size[0] < 100)
        await pilot.press("enter")
        assert app.screen is app.main
        assert app.main.orders.cursor is not None
        assert app.main.orders.cursor.order_id == record(1).order_id
    assert queued(store) == []


async def test_a_read_note_no_longer_holds_the_order_back(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1, note="biru")])
    async with running(store, clock) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: _detail(store).row.note_seen_at == NOW)
        await pilot.press("escape", "s")
        await until(pilot, lambda: "Atur pengiriman: 1 pesanan" in said(app))
        assert "ditahan" not in said(app)


async def test_the_journey_arrives_while_it_is_open_and_t_asks_the_courier(
    store: Store, clock: FrozenClock
) -> None:
    put(store, [_travelling()])
    async with running(store, clock) as (app, pilot):
        await pilot.press("5", "enter")
        await until(pilot, lambda: "J&T · JP9" in said(app))
        asked: list[str] = []
        app.runtime.nudge = asked.append  # type: ignore[method-assign, union-attr]
        await pilot.press("t")
        await until(pilot, lambda: asked == ["tracking"])
        assert "Kurir ditanya; jawabannya muncul di sini." in toasts(app)
        events = [TrackEvent(NOW, TrackingStatus.IN_TRANSIT, "Paket tiba di [gudang]", "BANDUNG", None)]

        def arrive(conn: Any) -> None:
            packages.apply_tracking(
                conn, _detail(store).row.pk, "JP9", "in_transit", None, events, "binderbyte", None, NOW, None
            )

        store.write(arrive)
        await until(pilot, lambda: "Paket tiba di [gudang] · BANDUNG" in said(app))
        assert "25 Nov 19.00 di perjalanan binderbyte" in said(app)


async def test_t_without_a_number_says_so_and_y_copies_the_id(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("enter", "t", "y")
        await until(pilot, lambda: f"Disalin: {record(1).order_id}" in toasts(app))
        assert "Belum ada resi" in toasts(app)
        assert app.clipboard == record(1).order_id
    assert queued(store) == []


async def test_the_detail_stays_with_its_order(store: Store, clock: FrozenClock) -> None:
    put(store, [record(5)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("enter")
        put(store, [record(1), record(5, status="CANCELLED", raw_status="CANCELLED", updated_at=NOW)])
        await until(pilot, lambda: f"{record(5).order_id} · Dibatalkan" in said(app))


async def test_the_keys_of_the_list_act_on_the_order_shown(store: Store, clock: FrozenClock) -> None:
    put(store, [record(2), record(3)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "enter")
        await until(pilot, lambda: "c konfirmasi" in said(app) and "s kirim" in said(app))
        put(store, [record(1)])  # above it, where the list's cursor may come to stand
        app.main.orders.go_to(_detail(store, 3).row.pk)
        await pilot.press("c")
        await until(pilot, lambda: _detail(store, 2).row.confirmed_at is not None)
        await until(pilot, lambda: "c konfirmasi" not in said(app))
        await pilot.press("c")
        assert "Sudah dikonfirmasi" in toasts(app)
        for key, words in (
            ("s", "Atur pengiriman: 1 pesanan"),
            ("number_sign", "Tag"),
            ("question_mark", "Di layar ini"),
        ):
            await pilot.press(key)
            await until(pilot, partial(_says, app, words))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, DetailScreen))
        await pilot.press(
            "escape", "W", "question_mark"
        )  # a full screen has a help that begins with its own keys
        await until(pilot, lambda: "Di layar ini" in said(app) and "Di daftar pesanan" in said(app))
        await pilot.press("question_mark")  # the key that opened it closes it
        await until(pilot, lambda: "Di layar ini" not in said(app) and len(app.screen_stack) == 2)
        assert all(_detail(store, number).row.confirmed_at is None for number in (1, 3))
    assert queued(store) == []


async def test_confirming_holds_back_what_lacks_goods_or_has_an_unread_note(
    store: Store, clock: FrozenClock
) -> None:
    gone = (ItemRecord("7", "Topi", 2, 50_000),)
    put(store, [record(1), record(2, items=gone), record(3, items=gone), record(4, note="biru saja")])
    store.write(lambda conn: goods.keep_counts(conn, 1, [goods.Count("7", 1)], NOW))
    async with running(store, clock) as (app, pilot):
        await pilot.press("a", "c")
        await until(pilot, lambda: any("1 pesanan dikonfirmasi" in one for one in toasts(app)))
        assert toasts(app)[-1] == "3 pesanan ditahan: stok kurang 2, catatan belum dibaca 1."
        await pilot.press("escape", "G", "c")  # the note is said whole, and the next press has read it
        await until(pilot, lambda: toasts(app)[-1].endswith('"biru saja". c lagi mengonfirmasi.'))
        await until(pilot, lambda: _detail(store, 4).row.note_seen_at is not None)
        await pilot.press("c")
        await until(pilot, lambda: _detail(store, 4).row.confirmed_at is not None)
        assert _detail(store, 2).row.confirmed_at is None


def _says(app: PantauApp, words: str) -> bool:
    return words in said(app)


async def test_confirming_can_be_taken_back(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1), record(2), record(3)])
    confirmed = {}

    def look() -> dict[int, bool]:
        confirmed.update({n: _detail(store, n).row.confirmed_at is not None for n in (1, 2, 3)})
        return confirmed

    async with running(store, clock) as (app, pilot):
        await pilot.press("c")
        await until(pilot, lambda: look() == {1: True, 2: False, 3: False})
        await pilot.press("a", "c")
        await until(pilot, lambda: all(look().values()))
        await pilot.press("u")
        await until(pilot, lambda: look() == {1: True, 2: False, 3: False})
        await pilot.press("u")
        await until(pilot, lambda: not any(look().values()))
        await pilot.press("u")
        await until(pilot, lambda: "Tidak ada yang dapat diurungkan." in toasts(app))


async def test_read_only_changes_nothing(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1, note="biru")])
    now = _detail(store)
    async with running(store, clock, read_only=True) as (app, pilot):
        await pilot.press("s", "c", "u")
        assert app.screen is app.main
        assert "Mode hanya lihat: tidak ada yang diubah" in toasts(app)
        await pilot.press("enter")
        await until(pilot, lambda: "biru" in said(app))
        await pilot.press("escape", "question_mark")
        await until(pilot, lambda: "Bantuan" in said(app))
        await pilot.press("G")
        assert "Atur pengiriman di TikTok Shop" not in said(app)
        await pilot.press("escape", "colon", *"kirim")
        await app.workers.wait_for_complete()
        assert "order.ship" not in said(app)
    assert queued(store) == []
    assert _detail(store) == now


async def test_an_order_that_is_gone_says_so(store: Store, clock: FrozenClock) -> None:
    async with running(store, clock) as (app, pilot):
        app.push_screen(DetailScreen(404))
        await until(pilot, lambda: "Pesanan ini tidak ada lagi." in said(app))
        await pilot.press("y", "t", "escape")
        assert app.screen is app.main


@pytest.mark.parametrize(
    ("total", "words"),
    [(136_000, "Total Rp136.000"), (137_000, "Lain-lain Rp1.000 ·"), (130_000, "Potongan Rp6.000 ·")],
)
async def test_the_amounts_add_up(store: Store, clock: FrozenClock, total: int, words: str) -> None:
    put(store, [record(1, subtotal=124_000, shipping_fee=12_000, total=total)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "enter")
        await until(pilot, lambda: words in said(app))
        assert ("Lain-lain" in said(app)) is (total > 136_000)
        assert ("Potongan" in said(app)) is (total < 136_000)
