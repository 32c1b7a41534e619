"""The main screen as a seller uses it: keys, clicks, what it says when there is nothing, too little room, trouble."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jobs.config.keys import ShopSettings
from store.db import Store
from store.status import Tab
from store.times import HOUR, MINUTE, SECOND
from tests.ui.screen_kit import (
    NOW,
    ON_BOTH,
    SIZES,
    cursor_at,
    make_app,
    picture,
    pk_of,
    pref,
    put,
    record,
    running,
    until,
)
from tui.keymap import KeymapError

pytestmark = ON_BOTH


def said(app: object) -> list[str]:
    """The toasts so far."""
    return [notification.message for notification in app._notifications]  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_it_opens_on_the_list_with_the_most_urgent_order(
    store: Store, clock: Callable[[], int], size: tuple[int, int]
) -> None:
    put(store, [record(7, due=47 * MINUTE, note="tolong bubble wrap"), record(9)])
    async with running(store, clock, size=size) as (app, _):
        assert app.focused is app.main.orders
        order_id, _ = cursor_at(app)
        assert order_id == record(7).order_id
        text = "\n".join(picture(app))
        for words in (
            "toko-contoh",
            "Perlu dikirim" if size[0] > 80 else "Kirim",
            "47 mnt !",
            "136.000",
            "catatan",
        ):
            assert words in text
        assert "Catatan: tolong bubble wrap" in text
        assert record(7).order_id in text, "the pane has the whole id"


@pytest.mark.parametrize(("width", "height"), [(20, 5), (1, 1), (39, 30), (200, 9)])
async def test_too_little_room_is_said_and_survived(
    store: Store, clock: Callable[[], int], width: int, height: int
) -> None:
    put(store, [record(1)])
    async with running(store, clock, size=(width, height)) as (app, pilot):
        if width >= 20 and height >= 5:
            assert "terlalu kecil" in " ".join(picture(app))
        await pilot.press("j", "space", "4")
        await pilot.resize_terminal(120, 36)
        await pilot.press("3")
        await until(pilot, lambda: any(line.startswith("▌") for line in picture(app)))


async def test_the_pane_gives_way_on_a_low_screen(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1)])
    async with running(store, clock, size=(100, 19)) as (app, pilot):
        assert not app.main._pane.display
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: any(record(1).order_id in line for line in picture(app)))


async def test_confirm_and_undo(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(number) for number in range(1, 6)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("space", "j", "space", "c")
        await until(pilot, lambda: "2 pesanan dikonfirmasi. u mengurungkan." in said(app))
        await until(pilot, lambda: sum("konfirmasi" in line for line in picture(app)[4:10]) == 2)
        await pilot.press("escape", "c")
        await until(pilot, lambda: "Sudah dikonfirmasi" in said(app))
        await pilot.press("u")
        await until(pilot, lambda: "Konfirmasi 2 pesanan diurungkan." in said(app))
        await until(pilot, lambda: not any("konfirmasi" in line for line in picture(app)[4:10]))
        await pilot.press("u")
        assert said(app)[-1] == "Tidak ada yang dapat diurungkan."


async def test_a_refused_key_says_why(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1, status="IN_TRANSIT", raw_status="IN_TRANSIT"), record(2, cancel_requested=True)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("c")
        assert said(app)[-1] == "Pembeli minta batal: jawab dulu (r)"
        await pilot.press("5", "c")
        assert said(app)[-1] == "Bukan pesanan yang perlu dikirim"
        await pilot.press("7", "c")
        assert said(app)[-1] == "Pilih pesanan dulu"


async def test_read_only_changes_nothing(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1)])
    async with running(store, clock, read_only=True) as (app, pilot):
        assert "hanya lihat" in picture(app)[0]
        await pilot.press("c")
        assert said(app) == ["Mode hanya lihat: tidak ada yang diubah"]
        await pilot.press("s")
        assert app.screen is app.main
        assert "konfirmasi" not in picture(app)[-1]
        confirmed = app.main.orders.cursor
        assert confirmed is not None
        assert confirmed.confirmed_at is None


async def test_tabs_by_key_by_click_and_in_turn(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1), record(2, status="IN_TRANSIT", raw_status="IN_TRANSIT")])
    async with running(store, clock) as (app, pilot):
        strip = app.main._tabs

        def active() -> Tab:
            assert app.main.orders.view is not None
            assert strip.active is app.main.orders.view.tab
            return strip.active

        for tab in Tab:
            await pilot.press(str(tab.value))
            assert active() is tab
        await pilot.press("tab")
        assert active() is Tab.ACTION
        await pilot.press("left")
        assert active() is Tab.RETURNS
        await pilot.click(strip, offset=(picture(app)[1].index("5 "), 0))
        assert active() is Tab.TRANSIT
        assert cursor_at(app)[0] == record(2).order_id


async def test_counts_and_burning_tabs_are_live(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1)])
    async with running(store, clock, size=(200, 60)) as (app, pilot):
        assert "3 Perlu dikirim 1 " in picture(app)[1]
        put(store, [record(2, due=-HOUR), record(3)])
        await until(pilot, lambda: "3 Perlu dikirim 3!" in picture(app)[1])
        await until(pilot, lambda: "2 pesanan baru (Rp272.000)" in said(app))


async def test_history_is_no_news_at_the_start(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(number) for number in range(1, 9)])
    async with running(store, clock) as (app, _):
        assert said(app) == []


async def test_mouse_moves_marks_opens_and_scrolls(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(number) for number in range(10, 99)])
    async with running(store, clock) as (app, pilot):
        orders = app.main.orders
        await pilot.click(orders, offset=(30, 4))
        assert cursor_at(app)[0] == record(13).order_id
        await pilot.click(orders, offset=(1, 6))
        assert len(orders.marks.of(orders.view)) == 1  # type: ignore[arg-type]
        assert cursor_at(app)[0] == record(15).order_id
        await pilot._post_mouse_events([_wheel()], orders, offset=(20, 5), button=0)
        assert orders.top == 3
        assert cursor_at(app)[0] == record(15).order_id
        await pilot.click(app.main._footer, offset=(picture(app)[-1].index("c konfirmasi"), 0))
        await until(pilot, lambda: any("dikonfirmasi" in message for message in said(app)))


def _wheel() -> type:
    from textual.events import MouseScrollDown

    return MouseScrollDown


async def test_countdowns_tick_and_only_what_changed_is_painted(
    store: Store, clock: Callable[[], int]
) -> None:
    put(store, [record(1, due=30 * SECOND), record(2, due=20 * HOUR), record(3, due=21 * HOUR)])
    async with running(store, clock) as (app, pilot):
        orders = app.main.orders
        assert any("30 dtk !" in line for line in picture(app))
        regions: list[Any] = []
        refresh = orders.refresh

        def watched(*args: Any, **how: Any) -> Any:
            regions.extend(args)
            return refresh(*args, **how)

        orders.refresh = watched  # type: ignore[method-assign]
        clock.now += SECOND  # type: ignore[attr-defined]
        app.main._tick()
        await pilot.pause()
        assert any("29 dtk !" in line for line in picture(app))
        assert [region.y for region in regions] == [1]


async def test_nothing_to_show_says_why_and_what_to_do(store: Store, clock: Callable[[], int]) -> None:
    async with running(store, clock, shops=()) as (app, _):
        text = "\n".join(picture(app))
        assert "Belum ada toko." in text
        assert "pantau demo" in text
    async with running(store, clock) as (app, _):
        assert any("Belum ada pesanan." in line for line in picture(app))


async def test_sort_and_theme_and_copy(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1, created_at=NOW - 9 * HOUR), record(2, created_at=NOW - HOUR)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("o", "g")
        await until(pilot, lambda: cursor_at(app)[0] == record(2).order_id)
        await pilot.press("y")
        assert app.clipboard == record(2).order_id
        before = app.theme
        await pilot.press("f2")
        assert app.theme != before
        await until(pilot, lambda: pref(store, "theme") == app.theme)


async def test_remapped_keys_work_and_are_shown(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1)])
    async with running(store, clock, keymap={"order.confirm": "f6"}) as (app, pilot):
        assert "f6 konfirmasi" in picture(app)[-1]
        await pilot.press("c")
        assert said(app) == []
        await pilot.press("f6")
        await until(pilot, lambda: "1 pesanan dikonfirmasi. u mengurungkan." in said(app))


def test_an_impossible_keymap_stops_the_start(store: Store, clock: Callable[[], int]) -> None:
    with pytest.raises(KeymapError):
        make_app(store, clock, keymap={"order.shp": "f6"})


async def test_go_to_finds_the_tab(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(number) for number in range(1, 50)])
    put(store, [record(77, status="DELIVERED", raw_status="DELIVERED")])
    async with running(store, clock) as (app, pilot):
        pk = pk_of(store, record(77))
        app.go_to(pk)
        await until(pilot, lambda: cursor_at(app)[0] == record(77).order_id)
        assert app.main.orders.view.tab is Tab.DELIVERED  # type: ignore[union-attr]


async def test_english(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1, due=30 * MINUTE)])
    shops = (ShopSettings("toko-contoh", kind="file"),)
    async with running(store, clock, language="en", shops=shops) as (app, _):
        text = "\n".join(picture(app))
        assert "To ship" in text
        assert "30 min !" in text


async def test_q_leaves(store: Store, clock: Callable[[], int]) -> None:
    async with running(store, clock) as (app, pilot):
        await pilot.press("q")
        await until(pilot, lambda: app._exit)
    assert (app.return_code or 0) == 0


async def test_the_header_tells_the_late_dispatch_rate_once_enough_orders_were_judged(
    store: Store, clock: Callable[[], int]
) -> None:
    def sent(number: int, minutes: int) -> Any:
        at = NOW - HOUR + minutes * MINUTE
        return record(
            number, status="IN_TRANSIT", created_at=NOW - 20 * HOUR, scan_by=NOW - HOUR, collected_at=at
        )

    put(store, [sent(number, -5) for number in range(8)])
    async with running(store, clock, size=(200, 60)) as (app, pilot):
        app.main._ticks = 1
        app.main._tick()
        await until(pilot, lambda: not app.data.busy)
        assert "telat" not in picture(app)[0]
        put(store, [sent(8, -5), sent(9, 5)])
        app.main._ticks = 61
        app.main._tick()
        await until(pilot, lambda: "telat 10,0 % (7 hari)" in picture(app)[0])


async def test_no_key_acts_where_nobody_can_see_on_what(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1), record(2)])
    async with running(store, clock) as (app, pilot):

        def shown() -> str:
            return type(app.screen).__name__

        await pilot.press("s")
        await until(pilot, lambda: shown() == "ShipDialog")
        await pilot.resize_terminal(20, 5)
        await pilot.press("y")
        await pilot.pause()
        assert shown() == "ShipDialog"
        await pilot.press("escape")
        await until(pilot, lambda: shown() == "MainScreen")
        await pilot.press("s", "c", "enter")
        await pilot.pause()
        assert shown() == "MainScreen"
        assert app.store is not None
        asked = app.store.read(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM actions").scalar_one())
        assert asked == 0
