"""Splitting, combining and numbers of one's own courier: only `y` writes, and only what was shown."""

from __future__ import annotations

from typing import Any

import pytest

from store import shipping_providers
from store.db import Store
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.shipping_providers import OwnCourier
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import queued, said, toasts
from tests.ui.hostile import CORPUS
from tests.ui.screen_kit import NOW, SIZES, put, record, running, until
from tui.screens.own_number import NumbersScreen, ReviewDialog
from tui.screens.repack import RepackDialog
from tui.screens.results import ResultsScreen

COURIERS = [OwnCourier("900", "J&T Express", "jnt"), OwnCourier("901", "JNE", "jne")]


def two(number: int, **told: Any) -> OrderRecord:
    """An order of two SKUs in one parcel, of a buyer who is known."""
    items = (ItemRecord("A", "Kaos Polos", 2, 68_000), ItemRecord("B", "Topi Trucker", 1, 55_000))
    usual = {"items": items, "buyer_id": "7", "address": "Jalan Contoh 1"}
    return record(number, **(usual | told))


def own(number: int, **told: Any) -> OrderRecord:
    """An order the seller ships himself."""
    return record(number, shipping_type="SELLER", **told)


def name_couriers(store: Store) -> None:
    store.write(lambda conn: shipping_providers.replace(conn, 1, COURIERS, NOW))


async def test_an_order_is_split_with_four_keys(store: Store, clock: FrozenClock) -> None:
    put(store, [two(1)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "S")
        await until(pilot, lambda: isinstance(app.screen, RepackDialog))
        assert "2x Kaos Polos" in said(app) and "y pecah" not in said(app), "nothing is split yet"
        await pilot.press("1", "2")
        assert "Pecah menjadi 2 paket" in said(app)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
    [row] = queued(store)
    assert (row.kind, row.package_id, row.requested_by) == ("split", "11500000000001", "seller")


async def test_marked_orders_of_one_buyer_are_combined(store: Store, clock: FrozenClock) -> None:
    put(store, [two(1), two(2), two(3, buyer_id="8"), two(4)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "space", "j", "space", "S")
        await until(pilot, lambda: isinstance(app.screen, RepackDialog))
        assert "Gabungkan 2 pesanan" in said(app), "the marked one is meant, not every order of the buyer"
        await pilot.press("a")
        assert "Gabungkan 3 pesanan" in said(app)
        await pilot.press("a")
        assert "y gabung" not in said(app)
        await pilot.press("space", "y")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
    [row] = queued(store)
    assert row.kind == "combine"


async def test_marks_that_cannot_join_are_named(store: Store, clock: FrozenClock) -> None:
    put(store, [two(1), two(2, buyer_id="8")])
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "a", "S")
        await until(pilot, lambda: isinstance(app.screen, RepackDialog))
        assert "1 pesanan lain yang ditandai tidak ikut" in said(app)


async def test_g_turns_to_the_other_way_and_back(store: Store, clock: FrozenClock) -> None:
    put(store, [two(1), two(2)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "S")
        await until(pilot, lambda: isinstance(app.screen, RepackDialog))
        assert "Isi (ketik" in said(app)
        await pilot.press("g")
        assert "Bisa digabung" in said(app)
        await pilot.press("g")
        assert "Isi (ketik" in said(app)


async def test_a_combined_parcel_is_taken_apart(store: Store, clock: FrozenClock) -> None:
    shared = (PackageRecord("99", "TO_FULFILL"),)
    put(store, [two(1, packages=shared), two(2, packages=shared)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "S")
        await until(pilot, lambda: isinstance(app.screen, RepackDialog))
        assert "Pisahkan 2 pesanan" in said(app)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
    assert [(row.kind, row.package_id) for row in queued(store)] == [("uncombine", "99")]


async def test_no_other_key_splits(store: Store, clock: FrozenClock) -> None:
    put(store, [two(1)])
    async with running(store, clock) as (app, pilot):
        for key in ("enter", "escape", "q", "S", "Y", "tab", "space", "x"):
            await pilot.press("3", "S")
            await until(pilot, lambda: isinstance(app.screen, RepackDialog))
            await pilot.press("1", "2", key, "escape", "y")
            await until(pilot, lambda: app.screen is app.main)
            await app.workers.wait_for_complete()
            assert queued(store) == [], key


async def test_what_cannot_be_done_says_why(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "S")
        await until(pilot, lambda: isinstance(app.screen, RepackDialog))
        assert "Hanya satu jenis barang" in said(app) and "Tidak ada pesanan lain" in said(app)
        await pilot.press("y", "space", "1", "g", "a")
        assert isinstance(app.screen, RepackDialog)
    assert queued(store) == []


async def test_three_parcels_take_three_scans_and_one_yes(store: Store, clock: FrozenClock) -> None:
    put(store, [own(1), own(2), own(3)])
    name_couriers(store)
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "a", "R")
        await until(pilot, lambda: isinstance(app.screen, NumbersScreen))
        for number in ("JP0000000001", "JP0000000002", "JP0000000003"):
            await pilot.press(*number, "enter")
        await until(pilot, lambda: isinstance(app.screen, ReviewDialog))
        assert "Periksa: 3 resi" in said(app) and "JP0000000002 J&T Express" in said(app)
        assert queued(store) == []
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
    rows = queued(store)
    assert [(row.kind, row.order_id[-1]) for row in rows] == [("ship", "1"), ("ship", "2"), ("ship", "3")]


async def test_the_arrows_choose_the_courier_and_f3_skips(store: Store, clock: FrozenClock) -> None:
    put(store, [own(1), own(2)])
    name_couriers(store)
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "a", "R")
        await until(pilot, lambda: isinstance(app.screen, NumbersScreen))
        await pilot.press("f3", "down", *"TOKO-77", "enter")
        await until(pilot, lambda: isinstance(app.screen, ReviewDialog))
        await until(pilot, lambda: "TOKO-77 JNE" in said(app))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
    assert [row.order_id[-1] for row in queued(store)] == ["2"]


async def test_leaving_midway_shows_what_was_entered_and_sends_nothing(
    store: Store, clock: FrozenClock
) -> None:
    put(store, [own(1), own(2)])
    name_couriers(store)
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "a", "R")
        await until(pilot, lambda: isinstance(app.screen, NumbersScreen))
        await pilot.press("enter", *"JP0000000001", "enter", "escape")
        await until(pilot, lambda: isinstance(app.screen, ReviewDialog))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
    assert queued(store) == []


async def test_orders_of_the_platforms_courier_take_no_number(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    name_couriers(store)
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "R")
        await until(pilot, lambda: any("dikirim sendiri" in one for one in toasts(app)))
        assert app.screen is app.main
    assert queued(store) == []


@pytest.mark.parametrize("size", [*SIZES, (20, 5)])
async def test_hostile_words_stay_words(store: Store, clock: FrozenClock, size: tuple[int, int]) -> None:
    texts = [text for text in CORPUS if text.strip()][:40]
    items = tuple(ItemRecord(f"S{n}", text, 1, 1, variation=text) for n, text in enumerate(texts))
    put(store, [record(1, items=items, shipping_type="SELLER", buyer=texts[0]), two(2)])
    store.write(
        lambda conn: shipping_providers.replace(
            conn, 1, [OwnCourier(str(n), text) for n, text in enumerate(texts)], NOW
        )
    )
    async with running(store, clock, size=size) as (app, pilot):
        await pilot.press("3", "S")
        if size[0] > 20:
            await until(pilot, lambda: isinstance(app.screen, RepackDialog))
            await pilot.press(*["j"] * 45, "2", "escape", "R")
            await until(pilot, lambda: isinstance(app.screen, NumbersScreen))
            await pilot.press(*["down"] * 45, "escape")
        await until(pilot, lambda: app.screen is app.main)
    assert queued(store) == []
