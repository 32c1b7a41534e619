"""What the tests of the screen share: orders to show, an app on a real store, and waiting for what it does."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, closing
from typing import Any

import pytest
from textual.pilot import Pilot

from jobs.config.keys import ShopSettings
from jobs.config.settings import Settings
from store import orders
from store.db import Store
from store.reader import Reader
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.times import HOUR, MINUTE, Clock
from store.views import Key, OrderRow
from tests.conftest import ENGINES
from tui.app import PantauApp
from tui.backend import Backend

NOW = 1_795_608_000_000
"""A Wednesday noon (UTC) in November 2026: 19.00 WIB."""

ON_BOTH = pytest.mark.parametrize("store_url", ENGINES, indirect=True)
"""Mark of a module whose tests run on PostgreSQL too, where there is a server for tests."""

SIZES = [(80, 24), (120, 36), (200, 60)]


def record(number: int, *, due: int | None = None, **told: Any) -> OrderRecord:
    """Order `number`, to be arranged `due` ms from NOW (an hour per number when not told)."""
    arrange = NOW + (due if due is not None else number * HOUR)
    facts: dict[str, Any] = {
        "order_id": f"58000000000{number:07d}",
        "status": "AWAITING_SHIPMENT",
        "raw_status": "AWAITING_SHIPMENT",
        "created_at": NOW - 5 * HOUR,
        "updated_at": NOW - 4 * HOUR,
        "paid_at": NOW - 5 * HOUR + MINUTE,
        "items": (ItemRecord(f"17300{number}", "Kaos Polos", 2, 68_000, None, "KP-HTM-L", "Hitam, L"),),
        "packages": (PackageRecord(f"1150000{number:07d}", status="TO_FULFILL", courier="jnt"),),
        "arrange_by": arrange,
        "scan_by": arrange + 6 * HOUR,
        "buyer": "B*** S***",
        "city": "Kota Bandung",
        "province": "Jawa Barat",
        "total": 136_000,
    }
    return OrderRecord(**(facts | told))


def row(number: int = 1, **told: Any) -> OrderRow:
    """A row as the reader gives it, for the pure parts."""
    facts: dict[str, Any] = {
        "pk": number, "key": Key(NOW + number * HOUR, number), "shop_id": 1, "order_id": f"58000000000{number:07d}",
        "channel": "TIKTOK_SHOP", "status": "AWAITING_SHIPMENT", "raw_status": "AWAITING_SHIPMENT",
        "created_at": NOW - 5 * HOUR, "paid_at": None, "updated_at": NOW, "arrange_by": NOW + 47 * MINUTE,
        "scan_by": NOW + 5 * HOUR + 12 * MINUTE, "buyer": "B*** S***", "city": "Kota Bandung",
        "summary": "2x Kaos Polos Hitam, L", "units": 2, "total": 136_000, "currency": "IDR", "courier": "jnt",
        "courier_name": "J&T Express", "tracking_number": None, "tracking_status": None, "last_event_at": None,
        "packages": 1, "cod": False, "cancel_requested": False, "note": None, "note_seen_at": None,
        "confirmed_at": None, "action_state": None, "attention_at": None, "attention": None,
    }  # fmt: skip
    return OrderRow(**(facts | told))


def put(store: Store, records: Iterable[OrderRecord]) -> None:
    """Take these orders in for the shop of the tests."""
    made = list(records)

    def write(conn: Any) -> None:
        orders.ingest(conn, orders.shop_pk(conn, "toko-contoh"), made, NOW, authoritative=True)

    store.write(write)


class OpenBackend(Backend):
    """A backend whose store belongs to the test."""

    def stop(self, timeout: float) -> None:
        """Leave the store open."""


def pk_of(store: Store, made: OrderRecord) -> int:
    """The row of an order that was put there."""
    with closing(store.reader()) as reader:
        return reader.find(made.order_id)[0]


def pref(store: Store, key: str) -> str | None:
    """A setting of the screen, as it is stored."""
    with closing(store.reader()) as reader:
        return reader.pref(key)


def make_app(store: Store, clock: Clock, *, threaded: bool = False, **settings: Any) -> PantauApp:
    """An app on a store; `settings` replace the defaults."""
    given = Settings(**({"shops": (ShopSettings("toko-contoh", kind="file"),)} | settings))
    return PantauApp(
        given,
        lambda: Reader.open(store.url),
        lambda: OpenBackend(store),
        clock=clock,
        threaded_reads=threaded or store.dialect == "postgresql",
    )


@asynccontextmanager
async def running(
    store: Store, clock: Clock, *, size: tuple[int, int] = (120, 36), threaded: bool = False, **settings: Any
) -> AsyncIterator[tuple[PantauApp, Pilot[int]]]:
    """A running app whose backend is ready and whose list has arrived."""
    app = make_app(store, clock, threaded=threaded, **settings)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: app.store is not None)
        await until(pilot, lambda: app.main.loaded)
        yield app, pilot


async def until(pilot: Pilot[Any], holds: Callable[[], object], seconds: float = 8.0) -> None:
    """Let the app work until something holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        await pilot.pause()
        if holds():
            return
        await pilot.pause(0.01)
    raise AssertionError("it did not come to pass in time")


async def changed(app: PantauApp, pilot: Pilot[Any]) -> None:
    """The app has seen what was just committed."""
    app.main.store_changed()
    await until(pilot, lambda: not app.data.busy)


def picture(app: PantauApp) -> list[str]:
    """The text of the screen, line by line."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


def cursor_at(app: PantauApp) -> tuple[str, int]:
    """The order under the cursor and the line of the screen it is painted on."""
    cursor = app.main.orders.cursor
    assert cursor is not None
    lines = [y for y, line in enumerate(picture(app)) if line.startswith("▌")]
    assert len(lines) == 1
    assert cursor.order_id[-4:] in picture(app)[lines[0]]
    return cursor.order_id, lines[0]
