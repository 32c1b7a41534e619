"""Every hostile text in every field: it stays text, rows stay as wide as the list, nothing fires, the app lives."""

from __future__ import annotations

import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len
from wcwidth import wcswidth

from store.db import Store
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.status import Tab
from tests.ui.hostile import CORPUS
from tests.ui.screen_kit import NOW, SIZES, picture, put, record, row, running
from tui import present
from tui.app import PantauApp
from tui.widgets.columns import layout

ZONE = ZoneInfo("Asia/Jakarta")
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]")


def _order(number: int, text: str, status: str) -> OrderRecord:
    return record(
        number,
        status=status,
        raw_status=text,
        buyer=text,
        city=text,
        province=text,
        address=text,
        note=text,
        seller_note=text,
        channel=text,
        currency=text or "IDR",
        cod=True,
        items=(
            ItemRecord("1", text, 1, 1, None, text, text),
            ItemRecord(text, text, 1, 1, None, text, text, True),
        ),
        packages=(
            PackageRecord(text, status=text, courier=text, courier_name=text, tracking_number=text),
            PackageRecord(f"2{text}", status=text, courier=text, courier_name=text, tracking_number=text),
        ),
    )


def _all_painted(app: PantauApp) -> None:
    """Every line is exactly as wide as the screen, for the toolkit and for the terminal, and holds no control."""
    for line in picture(app):
        assert cell_len(line) == app.size.width
        assert wcswidth(line) == app.size.width, repr(line)
        assert not FORBIDDEN.search(line), repr(line)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_foreign_text_only_ever_shows(
    store: Store, clock: Callable[[], int], size: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    put(store, (_order(number, text, "AWAITING_SHIPMENT") for number, text in enumerate(CORPUS, 1)))
    put(store, (_order(500 + number, text, "WHO_KNOWS") for number, text in enumerate(CORPUS, 1)))
    async with running(store, clock, size=size) as (app, pilot):
        for tab, step in (("3", 1), ("1", 15)):
            await pilot.press(tab)
            shown = set()
            while (cursor := app.main.orders.cursor) is not None and cursor.pk not in shown:
                shown.add(cursor.pk)
                _all_painted(app)
                app.main.orders.move(step)
                app.main._follow()
                await pilot.pause()
            assert len(shown) * step >= len(CORPUS)
        await pilot.click(app.main._pane, offset=(4, 2))
        await pilot.click(app.main.orders, offset=(50, 3))
        assert app.is_running
        assert app.return_code is None
        held = {order.note for order in app.main.orders.window.rows}
        assert held <= set(CORPUS), "the store keeps what came in"
    assert not caplog.records, "nothing reached the last line of defence"


@pytest.mark.parametrize("width", [39, 60, 79, 89, 99, 119, 159, 199, 250])
@pytest.mark.parametrize("tab", list(Tab))
def test_every_row_is_as_wide_as_the_list(tab: Tab, width: int) -> None:
    columns = layout(tab, width)
    for text in (*CORPUS, "", "Kaos Polos"):
        order = row(
            order_id=text,
            buyer=text,
            city=text,
            summary=text,
            courier=text,
            courier_name=text,
            tracking_number=text,
            tracking_status=text,
            raw_status=text,
            status=text,
            currency=text,
            channel="TOKOPEDIA",
            note=text,
            cod=True,
            packages=12,
            attention=text,
            action_state=text,
            cancel_requested=True,
            total=-(10**15),
        )
        clocks = present.ticking(order, NOW, ZONE)
        pieces = present.pieces(order, columns, clocks, cursor=True, marked=True)
        assert sum(cell_len(part) for part, _ in pieces) == width
        assert not FORBIDDEN.search("".join(part for part, _ in pieces))
    assert sum(cell_len(part) for part, _ in present.heading(columns, 5)) == width
