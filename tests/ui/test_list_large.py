"""A tab of a hundred thousand orders: opened, paged, jumped and scrolled through, holding a window only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from store import counts
from store.bulk import table_of
from store.db import Store
from store.models import Order
from tests.ui.screen_kit import NOW, changed, put, record, running, until
from tui.widgets.window import KEEP

MANY = 100_000


def _multiply(store: Store, wanted: int) -> None:
    """Copy the only order until there are as many, each a minute later than the one before."""

    def write(conn: Any) -> None:
        columns = [column.name for column in table_of(Order).columns if column.name != "id"]
        made = {
            "order_id": "cast(590000000000000000 + n.value AS varchar)",
            "sort_at": f"{NOW} + n.value * 60000",
        }
        selected = ", ".join(made.get(name, f"o.{name}") for name in columns)
        conn.execute(
            text(
                f"WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < {wanted - 1}) "
                f"INSERT INTO orders ({', '.join(columns)}) SELECT {selected} FROM orders o, n"
            )
        )
        counts.recount(conn)

    store.write(write)


@pytest.fixture
def large(store: Store) -> Store:
    """MANY orders to ship."""
    put(store, [record(1, due=0)])
    _multiply(store, MANY)
    return store


async def test_paging_from_end_to_end_shows_every_order_once(large: Store, clock: Callable[[], int]) -> None:
    async with running(large, clock) as (app, _):
        orders = app.main.orders
        assert orders.window.total == MANY
        seen = [row.pk for row in orders.window.rows[:1]]
        while orders.cursor_line < MANY - 1:
            before = orders.cursor_line
            orders.move(400)
            assert orders.cursor is not None
            assert orders.cursor_line == min(before + 400, MANY - 1)
            seen.append(orders.cursor.key.sort)
            assert len(orders.window.rows) <= KEEP
        assert seen[1:] == sorted(seen[1:])
        assert orders.cursor is not None
        assert orders.cursor.key.sort == NOW + (MANY - 1) * 60_000
        for _ in range(20):
            before = orders.cursor_line
            orders.move(-400)
            assert orders.cursor_line == before - 400


@pytest.mark.parametrize("threaded", [False, True], ids=["loop", "thread"])
async def test_ends_jumps_and_changes_far_from_any_edge(
    large: Store, clock: Callable[[], int], threaded: bool
) -> None:
    async with running(large, clock, threaded=threaded) as (app, pilot):
        orders = app.main.orders
        await pilot.press("G")
        await until(pilot, lambda: orders.cursor_line == MANY - 1)
        await pilot.press("g")
        await until(pilot, lambda: orders.cursor_line == 0)
        orders.scroll_rows(MANY // 2)
        await until(pilot, lambda: orders.window.row(MANY // 2) is not None)
        assert orders.window.row(MANY // 2).key.sort == NOW + MANY // 2 * 60_000  # type: ignore[union-attr]
        assert orders.cursor_line == 0
        await pilot.click(orders, offset=(20, 10))
        await until(pilot, lambda: orders.cursor_line == MANY // 2 + 9)
        before = orders.cursor, orders.cursor_line - orders.top
        put(large, [record(2, due=-1)])
        await changed(app, pilot)
        assert (orders.cursor, orders.cursor_line - orders.top) == before
        # The exact line of so deep a row is learnt later, and changes nothing on the screen.
        orders.tick(clock())
        await until(pilot, lambda: orders.cursor_line == MANY // 2 + 10)
        assert (orders.cursor, orders.cursor_line - orders.top) == before
        await pilot.press("j", "k")
        await until(pilot, lambda: not app.data.busy)
        assert orders.cursor == before[0]


async def test_the_scrollbar_jumps_and_the_cursor_is_brought_back_by_a_key(
    large: Store, clock: Callable[[], int]
) -> None:
    async with running(large, clock) as (app, pilot):
        orders = app.main.orders
        width, height = orders.size
        await pilot.mouse_down(orders, offset=(width - 1, height - 1))
        await pilot.mouse_up(orders, offset=(width - 1, height - 1))
        await until(pilot, lambda: orders.window.at_end)
        assert orders.top == MANY - orders.rows_high
        assert orders.cursor_line == 0
        await pilot.press("j")
        await until(pilot, lambda: orders.cursor_line == 1)
        assert orders.top <= 1


async def test_marking_all_is_bounded_and_says_so(large: Store, clock: Callable[[], int]) -> None:
    async with running(large, clock) as (app, pilot):
        await pilot.press("a")
        await until(pilot, lambda: len(app.main.orders.selection()) == 500)
        said = [notification.message for notification in app._notifications]
        assert "500 pesanan pertama ditandai dari 100.000; sebanyak itu sekali jalan." in said
        await pilot.press("a")
        assert len(app.main.orders.selection()) == 1
