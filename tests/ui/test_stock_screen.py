"""The list of goods: what presses comes first, one number sets it after a look, shops are levelled; hostile names."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from textual.pilot import Pilot

from jobs.config.keys import ShopSettings
from store.db import Store
from store.records import ItemRecord
from store.times import SECOND
from tests.conftest import FrozenClock
from tests.jobs.stock_kit import stocked
from tests.ui.dialog_kit import queued, said, toasts
from tests.ui.hostile import CORPUS
from tests.ui.screen_kit import ON_BOTH, SIZES, changed, picture, put, record, running, until
from tui.app import PantauApp
from tui.screens.results import ResultsScreen
from tui.screens.stock import StockScreen
from tui.screens.stock_set import SetDialog

SHOPS = (ShopSettings("toko-contoh"), ShopSettings("dua"))


@asynccontextmanager
async def opened(
    store: Store, clock: FrozenClock, **options: Any
) -> AsyncIterator[tuple[PantauApp, Pilot[int]]]:
    """The list, opened by its key."""
    async with running(store, clock, **({"shops": SHOPS} | options)) as (app, pilot):
        await pilot.press("W")
        await until(pilot, lambda: isinstance(app.screen, StockScreen))
        await until(pilot, lambda: not app.data.busy)
        await pilot.pause()
        yield app, pilot


def lines(app: PantauApp, *names: str) -> list[str]:
    """The names in the order in which they stand on the screen."""
    shown = picture(app)
    found = [(y, name) for name in names for y, line in enumerate(shown) if name in line]
    return [name for _, name in sorted(found)]


def wishes(store: Store) -> list[tuple[str, int, int | None, bool]]:
    """What is in the outbox: state, number, what was seen, forced."""
    rows = store.read(
        lambda conn: conn.exec_driver_sql(
            "SELECT state, params FROM actions WHERE kind = 'stock' ORDER BY id"
        ).all()
    )
    told = [(state, json.loads(params)) for state, params in rows]
    return [(state, one["quantity"], one["seen"], one["force"]) for state, one in told]


@ON_BOTH
async def test_what_presses_stands_first_and_one_number_sets_it(store: Store, clock: FrozenClock) -> None:
    for sku, name, available in (
        ("31", "Banyak", 90), ("32", "Habis", 0), ("33", "Menipis", 3), ("34", "Kurang", 0), ("35", "Laris", 30),
    ):  # fmt: skip
        told: dict[str, Any] = {"name": name, "seller_sku": f"K-{name}", "now": clock()}
        store.write(partial(stocked, sku_id=sku, available=available, **told))
    made = [record(1, items=(ItemRecord("34", "Kurang", 2, 1_000),))]
    made += [
        record(number, items=(ItemRecord("35", "Laris", 2, 1_000),), created_at=clock() - number * SECOND)
        for number in range(2, 9)
    ]
    put(store, made)
    async with opened(store, clock) as (app, pilot):
        assert lines(app, "K-Banyak", "K-Habis", "K-Menipis", "K-Kurang", "K-Laris") == [
            "K-Kurang", "K-Habis", "K-Laris", "K-Menipis", "K-Banyak",
        ]  # fmt: skip
        assert "KURANG" in said(app) and "segera habis" in said(app) and "Barang · 5" in said(app)
        # Search, then out of it again.
        await pilot.press("slash", *"menip", "enter")
        await until(pilot, lambda: "1 dari 5 cocok" in said(app))
        await pilot.press("e")
        await until(pilot, lambda: "berapa yang masih boleh dijual" in said(app))
        await pilot.press("backspace", *"100000", "enter")
        await until(pilot, lambda: "Angka bulat dari 0 sampai 99.999" in said(app))
        await pilot.press(*["backspace"] * 6, *"40", "enter")
        await until(pilot, lambda: isinstance(app.screen, SetDialog))
        await until(pilot, lambda: "toko-contoh: 3 → 40" in said(app))
        assert queued(store) == []
        # Enter cancels; only y sends.
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, StockScreen))
        assert wishes(store) == []
        await pilot.press("e", "backspace", *"40", "enter")
        await until(pilot, lambda: isinstance(app.screen, SetDialog))
        await pilot.press("f")
        await until(pilot, lambda: "Tetap diubah walau" in said(app))
        await pilot.press("f", "y")
        await until(pilot, lambda: any("1 angka dikirim" in toast for toast in toasts(app)))
        assert wishes(store) == [("queued", 40, 3, False)]
        await changed(app, pilot)
        app.screen.store_changed()  # type: ignore[attr-defined]
        await until(pilot, lambda: "→ 40" in said(app))
        app.push_screen(ResultsScreen())
        await until(pilot, lambda: "SKU 33: 3 → 40" in said(app))
        await pilot.press("escape")
        await pilot.press("escape")
        await until(pilot, lambda: "Barang · 5" in said(app))
        await pilot.press("l")
        await until(pilot, lambda: "4 dari 5 habis atau menipis" in said(app))
        # A number of its own for "low"; nothing typed takes it back.
        await pilot.press("G", "b", *"2", "enter")
        await until(pilot, lambda: "3 dari 5 habis atau menipis" in said(app))
        await pilot.press("g", "y")
        assert app.clipboard == "K-Kurang"
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, StockScreen))


async def test_shops_that_share_a_pile_are_levelled_to_what_is_free(store: Store, clock: FrozenClock) -> None:
    store.write(lambda conn: stocked(conn, "41", 12, committed=2, seller_sku="KP", now=clock()))
    store.write(lambda conn: stocked(conn, "42", 14, seller_sku="KP", shop="dua", now=clock()))
    put(store, [record(1, items=(ItemRecord("41", "Kaos Polos", 2, 1_000),))])
    async with opened(store, clock, size=(120, 36)) as (app, pilot):
        assert "2 toko" in said(app) and "angka beda" in said(app)
        assert "dua: dijual 14, terpesan 0 · 42" in said(app)
        await pilot.press("r")
        await until(pilot, lambda: "dua: 14 → 12" in said(app))
        assert "toko-contoh: 12 → 12" in said(app)
        await pilot.press("y")
        # The one that is so already, too: its number is known to be of this moment then.
        await until(pilot, lambda: {one[1:3] for one in wishes(store)} == {(12, 14), (12, 12)})
    async with opened(store, clock, read_only=True) as (app, pilot):
        assert "e ubah" not in said(app) and "r samakan" not in said(app)
        await pilot.press("e")
        await until(pilot, lambda: len(toasts(app)) > 0)
        assert len(wishes(store)) == 2


async def test_empty_long_and_hostile_lists_have_their_sentence_and_stay_in_their_lines(
    store: Store, clock: FrozenClock
) -> None:
    async with opened(store, clock) as (app, pilot):
        assert "Belum ada barang" in said(app)
        await pilot.press("e", "r", "slash", "y", "j", "G")
        assert isinstance(app.screen, StockScreen)

        def fill(conn: Any) -> None:
            for place, text in enumerate(CORPUS):
                stocked(conn, f"9{place}", place, name=text, variation=text, seller_sku=text, now=clock())
            for place in range(300):
                stocked(conn, f"8{place:04d}", place % 7 * 10, name=f"Barang {place}", now=clock())

        store.write(fill)
        app.screen.store_changed()
        await until(pilot, lambda: f"Barang · {300 + len(CORPUS)}" in said(app))
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            for key in ("G", "g", "pagedown", "j"):
                await pilot.press(key)
                shown = picture(app)
                # The border is whole, the cursor and the keys are in sight: nothing broke out of its line.
                assert shown[0].startswith("╭") and shown[-1].rstrip().startswith("╰")
                assert all(line[0] in "│╭╰" and line.rstrip()[-1] in "│╮╯" for line in shown)
                assert sum("▌" in line for line in shown) == 1
                assert "Esc kembali" in said(app)
        await pilot.press("slash", *"tidak ada ini", "enter")
        await until(pilot, lambda: "Tidak ada yang cocok" in said(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Barang · 3" in said(app))
