"""Filter chips: the tab shows what has all of them, Esc in the dialog changes nothing, Esc in the list clears them."""

from __future__ import annotations

from store.db import Store
from store.reading.views import CHIPS as KNOWN
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import said
from tests.ui.screen_kit import put, record, running, until
from tui.screens.filter import CHIPS, FilterDialog


def test_every_chip_of_the_store_has_its_digit() -> None:
    assert set(CHIPS) == set(KNOWN)
    assert len(CHIPS) <= 9


async def test_chips_narrow_the_tab_and_escape_widens_it(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1), record(2, cod=True), record(3, cod=True, note="kado"), record(4, note="cepat")])
    async with running(store, clock) as (app, pilot):
        await pilot.press("3")
        await until(pilot, lambda: app.main.orders.window.total == 4)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, FilterDialog) and "COD" in said(app))
        await pilot.press("3", "4", "enter")
        await until(pilot, lambda: app.main.orders.window.total == 1)
        assert [row.order_id for row in app.main.orders.window.rows] == [record(3).order_id]
        await pilot.press("escape")
        await until(pilot, lambda: app.main.orders.window.total == 4)


async def test_escape_in_the_dialog_leaves_the_view_alone(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1), record(2, cod=True)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("3", "f", "3", "escape")
        assert app.screen is app.main
        assert app.main.orders.view is not None
        assert app.main.orders.view.chips == frozenset()
