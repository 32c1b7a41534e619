"""Every hostile text in everything a dialog can show: it stays text, nothing fires, the app lives."""

from __future__ import annotations

import re
from typing import Any

import pytest
from rich.cells import cell_len
from sqlalchemy import text as sql
from textual.pilot import Pilot
from wcwidth import wcswidth

from couriers.base import TrackEvent, TrackingStatus
from store import actions, changes, health, packages
from store.db import Store
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.views import ActionRow
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import queued
from tests.ui.hostile import CORPUS
from tests.ui.screen_kit import NOW, put, record, running, until
from tui.app import PantauApp
from tui.screens.detail import DetailScreen
from tui.screens.notices import NoticesScreen
from tui.screens.results import ResultsScreen
from tui.screens.search import SearchScreen
from tui.screens.ship import ShipDialog

FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SIZES = [(80, 24), (120, 36)]


def _order(number: int, text: str) -> OrderRecord:
    parcel = PackageRecord(f"{number}{text}", "TO_FULFILL", text, text, text, text or "JP1")
    return record(
        number,
        raw_status=text,
        buyer=text,
        buyer_id=text,
        city=text,
        province=text,
        address=text,
        phone=text,
        note=text,
        seller_note=text,
        payment_method=text,
        cancel_reason=text,
        delivery_option=text,
        channel=text,
        currency=text or "IDR",
        items=(
            ItemRecord("1", text, 1, 1, text, text, text),
            ItemRecord(text, text, 1, 1, None, text, text, True),
        ),
        packages=(parcel,),
    )


@pytest.fixture
def hostile(store: Store) -> Store:
    """An order per text, each with a journey, a refused action and rows in the feed that carry the text too."""
    put(store, (_order(number, text) for number, text in enumerate(CORPUS, 1)))

    def write(conn: Any) -> None:
        for pk, text in enumerate(CORPUS, 1):
            event = TrackEvent(NOW, TrackingStatus.IN_TRANSIT, text, text, text)
            packages.apply_tracking(conn, pk, None, text, text, [event], text or "x", None, NOW, None)
            wish = actions.queue(
                conn, shop_id=1, kind=text or "ship", order_pk=pk, order_id=text, target=text, package_id=text,
                params={}, by=text, now=NOW,
            )  # fmt: skip
            feed = (NOW, 1, pk, text, "order.status", text, text, changes.detail(kind=text), text)
            changes.append(conn, [feed, (NOW, 1, pk, text, "action.done", text, text, text, text)])
            health.failed(conn, text, text, text, text, NOW)
            if wish.created:
                values = {"reason": text, "id": wish.action_id}
                conn.execute(sql("UPDATE actions SET state='refused', reason=:reason WHERE id=:id"), values)
        conn.execute(sql("UPDATE orders SET action_state='refused'"))

    store.write(write)
    return store


def _all_painted(app: PantauApp) -> None:
    for strip in app.screen._compositor.render_strips():
        assert not FORBIDDEN.search(strip.text), repr(strip.text)
        assert cell_len(strip.text) == app.size.width
        assert wcswidth(strip.text) == app.size.width, repr(strip.text)


async def _to_the_end(app: PantauApp, pilot: Pilot[int]) -> None:
    """Every part of a long text, page by page."""
    seen: list[str] = []
    while True:
        _all_painted(app)
        shown = "".join(strip.text for strip in app.screen._compositor.render_strips())
        if seen and seen[-1] == shown:
            return
        seen.append(shown)
        await pilot.press("pagedown")
        await pilot.pause()


@pytest.fixture
def untouched(hostile: Store, caplog: pytest.LogCaptureFixture) -> Any:
    """Afterwards nothing was queued, and nothing had to be caught by the last line of defence."""
    before = queued(hostile)
    yield
    assert queued(hostile) == before, "nothing was asked of the platform"
    assert not caplog.records, "nothing reached the last line of defence"


@pytest.mark.parametrize("size", [(80, 90), (120, 70)], ids=str)
@pytest.mark.usefixtures("untouched")
async def test_the_detail_of_every_hostile_order(
    hostile: Store, clock: FrozenClock, size: tuple[int, int]
) -> None:
    async with running(hostile, clock, size=size) as (app, pilot):
        screen = DetailScreen(1)
        app.push_screen(screen)
        await until(pilot, lambda: screen._shown is not None)
        for pk in range(1, len(CORPUS) + 1):
            screen.pk = pk
            screen.store_changed()
            await pilot.pause()
            _all_painted(app)
        for line in range(2, 40, 4):
            await pilot.click(screen, offset=(12, line))
        await pilot.press("escape")
        assert app.screen is app.main
        assert app.is_running


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        (("a", "s"), ShipDialog),
        (("A",), ResultsScreen),
        (("exclamation_mark",), NoticesScreen),
    ],
    ids=["ship", "outbox", "notices"],
)
@pytest.mark.usefixtures("untouched")
async def test_lists_of_hostile_orders(
    hostile: Store, clock: FrozenClock, size: tuple[int, int], keys: tuple[str, ...], kind: type
) -> None:
    async with running(hostile, clock, size=size) as (app, pilot):
        await pilot.press("3", *keys)
        await until(pilot, lambda: isinstance(app.screen, kind))
        await pilot.pause()
        if kind is ShipDialog:
            await pilot.press("h", "i")
        await _to_the_end(app, pilot)
        await pilot.click(offset=(size[0] // 2, 6))
        await pilot.press("escape", "escape")
        assert app.is_running


@pytest.mark.usefixtures("untouched")
async def test_searching_for_hostile_orders(hostile: Store, clock: FrozenClock) -> None:
    async with running(hostile, clock, size=(80, 24)) as (app, pilot):
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, SearchScreen))
        line = app.screen.query_one("Input")
        for text in ("580000", *CORPUS):
            line.value = text[:300]  # type: ignore[attr-defined]
            await until(pilot, lambda text=text: app.screen._found == line.value)  # type: ignore[attr-defined, misc]
            await pilot.pause()
            _all_painted(app)
        await pilot.press("escape")
        assert app.is_running


def test_the_hostile_rows_are_there(hostile: Store) -> None:
    rows: list[ActionRow] = queued(hostile)
    assert {row.reason for row in rows} >= set(CORPUS) - {""}
    assert {row.state for row in rows} == {"refused"}
