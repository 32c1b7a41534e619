"""What the main screen says when a source, the store or the background fails: one sentence, and the list stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from store import health
from store.db import Store
from store.times import MINUTE
from tests.ui.dialog_kit import toasts
from tests.ui.screen_kit import NOW, changed, cursor_at, make_app, picture, put, record, running, until


async def test_trouble_is_one_sentence_that_goes_away(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1)])
    shop = "toko-contoh"
    store.write(lambda conn: health.ok(conn, "orders", shop, NOW - 10 * MINUTE))
    store.write(
        lambda conn: health.failed(
            conn, "orders", shop, "no_network", None, NOW - 9 * MINUTE, NOW + 3 * MINUTE
        )
    )
    async with running(store, clock, size=(200, 60)) as (app, pilot):
        line = picture(app)[-2]
        assert "Tidak tersambung sejak 18.51; data terakhir 18.50 tetap tampil" in line
        assert "Dicoba lagi 19.03." in line
        assert "pesanan 10 mnt lalu, tertunda" in picture(app)[0]
        assert "▲ sinkron" in picture(app)[-1]
        store.write(lambda conn: health.ok(conn, "orders", shop, NOW))
        await until(pilot, lambda: "tersambung" not in picture(app)[-2])
        assert "● sinkron" in picture(app)[-1]


async def test_an_unreadable_store_keeps_the_last_picture(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1)])
    async with running(store, clock) as (app, pilot):
        reader = app.data._here
        if reader is None:
            pytest.skip("reads run in a thread here")

        def broken(*_: object, **__: object) -> object:
            raise OSError("disk on fire\x1b]0;PWN\x07")

        reader.counts = broken  # type: ignore[method-assign,assignment]
        await changed(app, pilot)
        await until(pilot, lambda: any("Basis data tidak terbaca" in line for line in picture(app)))
        assert cursor_at(app)[0] == record(1).order_id
        del reader.counts
        app.main._tick()
        await until(pilot, lambda: not any("Basis data tidak terbaca" in line for line in picture(app)))


async def test_a_backend_that_cannot_start_is_told_and_the_list_stays(
    store: Store, clock: Callable[[], int]
) -> None:
    put(store, [record(1)])
    app = make_app(store, clock)
    app._runtime_factory = lambda: 1 / 0  # type: ignore[assignment]
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: any("Sinkronisasi tidak dapat dimulai" in line for line in picture(app)))
        await pilot.press("c")
        assert toasts(app) == ["Sinkronisasi sedang disiapkan; coba lagi sebentar."]
        assert cursor_at(app)[0] == record(1).order_id


async def test_a_courier_is_named_and_its_trouble_ends_with_its_rest(
    store: Store, clock: Callable[[], int]
) -> None:
    put(store, [record(1)])

    def rests(conn: object, until: int) -> None:
        health.failed(conn, "courier", "binderbyte", "no_network", None, NOW - MINUTE, until)  # type: ignore[arg-type]

    store.write(lambda conn: rests(conn, NOW + MINUTE))
    async with running(store, clock, size=(200, 60)) as (app, pilot):
        assert "Tidak tersambung (binderbyte)" in picture(app)[-2]
        # Over, and no parcel is due that could try it: nobody knows of any trouble.
        store.write(lambda conn: rests(conn, NOW))
        await until(pilot, lambda: "binderbyte" not in "".join(picture(app)))
