"""NUL and lone surrogates, which no store holds, in whatever a dialog, the help or the palette can be given."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len
from textual.widgets import Input
from wcwidth import wcswidth

from jobs.wishes.plans import Held, ShipLine, ShipPlan
from store import changes
from store.db import Store
from store.views import ActionRow, ChangeRow, EventRow, ItemRow, OrderDetail, PackageRow
from tests.ui.hostile import RAW
from tests.ui.screen_kit import NOW, put, record, row, running, until
from tui.app import PantauApp
from tui.commands import TABLE
from tui.reasons import failure
from tui.screens.detail import DetailScreen
from tui.screens.help import HelpScreen
from tui.screens.notices import NoticesScreen
from tui.screens.results import ResultsScreen
from tui.screens.search import SearchScreen
from tui.screens.ship import ShipDialog

FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SIZES = [(80, 24), (120, 36)]


def _action(number: int, text: str) -> ActionRow:
    return ActionRow(number, 1, text, 1, text, text, None, "refused", None, text, 1, NOW, text, NOW, None)


def _change(number: int, text: str) -> ChangeRow:
    # The JSON of a detail cannot hold a surrogate; one that is no JSON may hold anything.
    about = changes.detail(kind=text, reason=text) if text.isascii() else text
    return ChangeRow(
        number, NOW, 1, 1, text, ("action.refused", "order.status", text)[number % 3], text, text, about, text
    )


def _detail(text: str) -> OrderDetail:
    order = row(
        order_id=text, buyer=text, city=text, note=text, summary=text, courier=text, courier_name=text,
        tracking_number=text, tracking_status=text, status=text, raw_status=text, currency=text, channel=text,
        attention=text, action_state=text,
    )  # fmt: skip
    return OrderDetail(
        row=order, shop=text, province=text, address=text, phone=text, seller_note=text, payment_method=text,
        subtotal=1, shipping_fee=1, deadline_source=text, cancel_at=None, shipped_at=None, collected_at=None,
        delivered_at=None, cancel_reason=text, fulfillment_type=text, shipping_type=text, delivery_option=text,
        confirmed_by=text, tags=(text,),
        items=(ItemRow(1, text, text, text, text, text, 1, 1, True, 1, -1),),
        parcels=(PackageRow(text, text, text, text, text, text, text, text, NOW, None, NOW),),
        events=(EventRow(NOW, text, text, text, text, text, text),),
        actions=(_action(1, text),),
        history=(_change(0, text), _change(1, text), _change(2, text)),
    )  # fmt: skip


def _plan() -> ShipPlan:
    lines = tuple(ShipLine(n, 1, text, text, text, text) for n, text in enumerate(RAW, 1))
    held = tuple(
        Held(n, text, "note_unseen", {"note": text}, text, (line,))
        for (n, text), line in zip(enumerate(RAW, 1), lines, strict=True)
    )
    return ShipPlan(lines, held, tuple((text, 1) for text in RAW))


def _all_painted(app: PantauApp) -> None:
    for strip in app.screen._compositor.render_strips():
        assert not FORBIDDEN.search(strip.text), repr(strip.text)
        assert cell_len(strip.text) == app.size.width
        assert wcswidth(strip.text) == app.size.width, repr(strip.text)


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> Any:
    """Nothing reached the last line of defence."""
    yield
    assert not caplog.records


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.usefixtures("quiet")
async def test_no_dialog_shows_them(store: Store, clock: Callable[[], int], size: tuple[int, int]) -> None:
    put(store, [record(1)])
    async with running(store, clock, size=size) as (app, pilot):
        for text in RAW:
            detail = DetailScreen(1)
            await app.push_screen(detail)
            await until(pilot, lambda detail=detail: detail._shown is not None)  # type: ignore[misc]
            detail._arrived(_detail(text))
            await pilot.pause()
            _all_painted(app)
            await pilot.press("y", "escape")
        results = ResultsScreen()
        await app.push_screen(results)
        await pilot.pause()
        results._arrived(([_action(n, text) for n, text in enumerate(RAW, 1)], {}))
        await pilot.pause()
        _all_painted(app)
        await pilot.press("escape")
        for dialog in (
            NoticesScreen([_change(n, text) for n in range(3) for text in RAW], app.zone, 3),
            ShipDialog(_plan(), app.zone),
            HelpScreen(app.commands(), dict.fromkeys((command.id for command in TABLE), "".join(RAW))),
        ):
            await app.push_screen(dialog)
            for key in ("h", "i", "pagedown", "pagedown"):
                await pilot.press(key)
                await pilot.pause()
                _all_painted(app)
            await pilot.press("escape")
        assert app.screen is app.main


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.usefixtures("quiet")
async def test_the_pane_and_the_toasts_show_none(
    store: Store, clock: Callable[[], int], size: tuple[int, int]
) -> None:
    put(store, [record(1)])
    async with running(store, clock, size=size) as (app, pilot):
        for text in RAW:
            app.main._pane.show(_detail(text), NOW)
            app.say(text)
            app.main.read_failed(failure(OSError(text)))
            app.main.backend_failed(text)
            await pilot.pause()
            _all_painted(app)
            app.clear_notifications()


@pytest.mark.usefixtures("quiet")
async def test_they_can_be_typed_or_pasted_into_the_search(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1)])
    async with running(store, clock, size=(80, 24)) as (app, pilot):
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, SearchScreen))
        for text in RAW:
            for typed in (text, f"580000{text}"):
                app.screen.query_one(Input).value = typed
                await app.workers.wait_for_complete()
                await pilot.pause()
                _all_painted(app)
        app.screen.query_one(Input).value = "58000"
        await until(pilot, lambda: app.screen._rows)  # type: ignore[attr-defined]
        assert app.is_running


@pytest.mark.usefixtures("quiet")
async def test_they_can_be_typed_or_pasted_into_the_palette(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(1)])
    async with running(store, clock, size=(80, 24)) as (app, pilot):
        for text in RAW:
            await pilot.press("colon")
            await until(pilot, lambda: app.screen is not app.main)
            app.screen.query_one(Input).value = text
            await pilot.pause()
            _all_painted(app)
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is app.main)
