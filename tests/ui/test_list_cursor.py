"""The cursor is an order, not a line: whatever comes and goes, the same order stays on the same line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from store.db import Store
from store.times import HOUR, MINUTE
from tests.ui.screen_kit import NOW, changed, cursor_at, picture, put, record, running, until


def _gone(number: int) -> object:
    return record(number, status="CANCELLED", raw_status="CANCELLED", updated_at=NOW)


@pytest.mark.parametrize("threaded", [False, True], ids=["loop", "thread"])
@pytest.mark.parametrize("start", [3, 60, 139], ids=["near the start", "in the middle", "near the end"])
async def test_rows_come_and_go_around_the_cursor(
    store: Store, clock: Callable[[], int], start: int, threaded: bool
) -> None:
    put(store, (record(number) for number in range(10, 150)))
    async with running(store, clock, threaded=threaded) as (app, pilot):
        app.main.orders.move(start - 1)
        await pilot.press("j")
        await until(pilot, lambda: cursor_at(app)[0].endswith(f"{10 + start:07d}") and not app.data.busy)
        before = cursor_at(app)
        above = 10 + start - 2

        put(store, [record(1_000, due=(10 + start) * HOUR - MINUTE)])
        await changed(app, pilot)
        assert cursor_at(app) == before, "a row came in above"
        put(store, [record(1_001, due=(10 + start) * HOUR + MINUTE), record(1_002, due=1 * MINUTE)])
        await changed(app, pilot)
        assert cursor_at(app) == before, "rows came in below and at the very start"
        put(store, [_gone(above), _gone(1_000)])  # type: ignore[list-item]
        await changed(app, pilot)
        assert cursor_at(app) == before, "rows above left"
        held = {row.order_id for row in app.main.orders.window.rows}
        assert record(above).order_id not in held
        assert record(1_001).order_id in held


async def test_an_order_that_leaves_gives_its_line_to_its_neighbour(
    store: Store, clock: Callable[[], int]
) -> None:
    put(store, (record(number) for number in range(10, 150)))
    async with running(store, clock) as (app, pilot):
        app.main.orders.move(49)
        await pilot.press("j")
        order_id, line = cursor_at(app)
        put(store, [_gone(60)])  # type: ignore[list-item]
        await changed(app, pilot)
        assert cursor_at(app) == (record(61).order_id, line)
        assert order_id == record(60).order_id


async def test_the_last_order_that_leaves_gives_way_to_the_one_before(
    store: Store, clock: Callable[[], int]
) -> None:
    put(store, (record(number) for number in range(10, 20)))
    async with running(store, clock) as (app, pilot):
        await pilot.press("G")
        put(store, [_gone(19)])  # type: ignore[list-item]
        await changed(app, pilot)
        assert cursor_at(app)[0] == record(18).order_id
        put(store, (_gone(number) for number in range(10, 19)))  # type: ignore[misc]
        await changed(app, pilot)
        assert app.main.orders.cursor is None
        assert any("Semua pesanan sudah diatur" in text for text in picture(app))


async def test_an_order_whose_deadline_moves_keeps_cursor_and_line(
    store: Store, clock: Callable[[], int]
) -> None:
    put(store, (record(number) for number in range(10, 150)))
    async with running(store, clock) as (app, pilot):
        app.main.orders.move(39)
        await pilot.press("j")
        before = cursor_at(app)
        put(store, [record(50, due=100 * HOUR, updated_at=NOW)])
        await changed(app, pilot)
        assert cursor_at(app) == before


async def test_a_short_list_keeps_its_line_and_settles_when_the_seller_moves(
    store: Store, clock: Callable[[], int]
) -> None:
    put(store, (record(number) for number in range(10, 16)))
    async with running(store, clock) as (app, pilot):
        await pilot.press("j", "j")
        before = cursor_at(app)
        put(store, [record(1)])
        await changed(app, pilot)
        assert cursor_at(app) == before
        put(store, [_gone(1), _gone(10)])  # type: ignore[list-item]
        await changed(app, pilot)
        assert cursor_at(app) == before
        await pilot.press("j")
        assert app.main.orders.top == 0
        assert cursor_at(app) == (record(13).order_id, before[1])


async def test_a_list_left_at_its_start_shows_what_burns_once_all_is_calm(
    store: Store, clock: Callable[[], int]
) -> None:
    put(store, (record(number) for number in range(10, 90)))
    async with running(store, clock) as (app, pilot):
        await pilot.press("j", "k")
        put(store, [record(1)])
        await changed(app, pilot)
        assert cursor_at(app)[0] == record(10).order_id
        assert app.main.orders.top == 1
        clock.now += 31_000  # type: ignore[attr-defined]
        app.main._tick()
        await pilot.pause()
        assert app.main.orders.top == 0
        assert cursor_at(app)[0] == record(10).order_id
        assert any("0000001 " in line for line in picture(app))


@pytest.mark.parametrize("threaded", [False, True], ids=["loop", "thread"])
async def test_marks_survive_and_leave_with_their_order(
    store: Store, clock: Callable[[], int], threaded: bool
) -> None:
    put(store, (record(number) for number in range(10, 80)))
    async with running(store, clock, threaded=threaded) as (app, pilot):
        await pilot.press("space", "j", "j", "space")
        marked = app.main.orders.selection()
        assert len(marked) == 2
        put(store, [record(1), record(2)])
        await changed(app, pilot)
        assert app.main.orders.selection() == marked
        await pilot.press("4", "3")
        await until(pilot, lambda: app.main.orders.selection() == marked)
        assert sum("●  …" in line for line in picture(app)) == 2
        put(store, [_gone(10)])  # type: ignore[list-item]
        await changed(app, pilot)
        await until(pilot, lambda: app.main.orders.selection() == marked[1:])
        await pilot.press("escape")
        assert app.main.orders.marks.count(app.main.orders.view) == 0  # type: ignore[arg-type]


async def test_a_tab_remembers_its_cursor(store: Store, clock: Callable[[], int]) -> None:
    put(store, (record(number) for number in range(10, 80)))
    async with running(store, clock) as (app, pilot):
        await pilot.press("pagedown", "j")
        before = cursor_at(app)
        await pilot.press("8")
        assert any("Tidak ada pesanan dibatalkan" in line for line in picture(app))
        await pilot.press("3")
        assert cursor_at(app) == before
