"""What the screen remembers: the tab, and of each tab its sort and its filters; nothing when it may only look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from store import ui_state
from store.db import Store
from store.status import Tab
from store.views import View
from tests.ui.screen_kit import make_app, picture, pk_of, pref, put, record, running, until
from tui import views
from tui.app import PantauApp


def _view(app: PantauApp) -> View:
    view = app.main.orders.view
    assert view is not None
    return view


@pytest.mark.parametrize("threaded", [False, True], ids=["in the loop", "in a thread"])
async def test_the_next_start_shows_what_was_left(
    store: Store, clock: Callable[[], int], threaded: bool
) -> None:
    put(store, [record(1, cod=True), record(2)])
    async with running(store, clock, threaded=threaded) as (app, pilot):
        await pilot.press("f", "3", "enter")
        await until(pilot, lambda: _view(app).chips == {"cod"})
        await pilot.press("4", "o")
        await until(pilot, lambda: _view(app) == View(Tab.COLLECTION, "newest"))
    async with running(store, clock, threaded=threaded) as (app, pilot):
        await until(pilot, lambda: _view(app) == View(Tab.COLLECTION, "newest"))
        assert "terbaru dulu" in picture(app)[-1]
        await pilot.press("3")
        await until(pilot, lambda: app.main.orders.cursor is not None)
        assert _view(app) == View(Tab.TO_SHIP, "urgent", frozenset({"cod"}))
        assert app.main.orders.window.total == 1
        assert "1 saringan" in picture(app)[-1]
        await pilot.press("escape")
        await until(pilot, lambda: app.main.orders.window.total == 2)
        assert "saringan" not in picture(app)[-1]


async def test_it_is_written_while_the_screen_runs(store: Store, clock: Callable[[], int]) -> None:
    async with running(store, clock) as (app, pilot):
        await pilot.press("5")
        app.main.keep_views()
        await until(pilot, lambda: '"tab":5' in (pref(store, views.KEY) or ""))


async def test_who_may_only_look_leaves_no_trace(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1)])
    async with running(store, clock, read_only=True) as (_, pilot):
        await pilot.press("5", "o", "f2")
    assert (pref(store, views.KEY), pref(store, "theme")) == (None, None)


async def test_a_filter_left_on_does_not_hide_the_order_one_goes_to(
    store: Store, clock: Callable[[], int]
) -> None:
    put(store, [record(1, cod=True), record(2)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("f", "3", "enter", "4")
        app.go_to(pk_of(store, record(2)))
        await until(pilot, lambda: app.main.orders.cursor is not None)
        assert app.main.orders.cursor.order_id == record(2).order_id  # type: ignore[union-attr]
        assert _view(app).chips == frozenset()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"tab":99}', '{"tab":"3"}', '{"tabs":{"3":{"sort":"by_price","chips":["cod"]}}}',
     '{"tabs":{"77":{}}}', '{"tabs":{"x":{}}}'],
)  # fmt: skip
def test_what_cannot_be_read_is_passed_over(text: str) -> None:
    kept = views.Views()
    kept.read(text)
    assert kept.tab is Tab.TO_SHIP
    assert kept.of(Tab.TO_SHIP) == View(Tab.TO_SHIP)


def test_unknown_filters_are_left_out_and_known_ones_kept() -> None:
    kept = views.Views()
    kept.read('{"tab":5,"tabs":{"3":{"chips":["cod","by_moon"]}},"more":1}')
    assert kept.tab is Tab.TRANSIT
    assert kept.of(Tab.TO_SHIP).chips == {"cod"}
    again = views.Views()
    again.read(kept.text())
    assert again.of(Tab.TO_SHIP).chips == {"cod"}
    assert again.text() == kept.text()


async def test_an_unreadable_memory_never_stops_the_start(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1)])
    store.write(lambda conn: ui_state.put(conn, views.KEY, "{broken"))
    app = make_app(store, clock)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.main.orders.cursor is not None)
        assert _view(app) == View(Tab.TO_SHIP)


async def test_a_store_that_does_not_answer_still_opens_a_tab(store: Store, clock: Callable[[], int]) -> None:
    app = make_app(store, clock)
    open_reader = app.data._open

    def broken() -> Any:
        reader = open_reader()
        reader.pref = _fails  # type: ignore[method-assign]
        return reader

    app.data._open = broken
    async with app.run_test(size=(120, 36)):
        assert _view(app) == View(Tab.TO_SHIP)


def _fails(key: str) -> str | None:
    raise OSError("disk on fire")
