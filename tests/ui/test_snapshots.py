"""What a person sees, as text: the screens at two sizes on a shop that stands still.

A change on purpose is taken over with `pytest tests/ui/test_snapshots.py --snapshot-update` and read in the diff.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.pilot import Pilot

from couriers.base import TrackEvent, TrackingStatus
from store import goods, health, orders, packages
from store.db import Store
from store.records import ItemRecord, PackageRecord
from store.times import HOUR, MINUTE
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import answer
from tests.ui.screen_kit import NOW, picture, pk_of, put, record, running, until
from tui.app import PantauApp

SIZES = [(80, 24), (120, 36)]
STILL = 8
"""Looks in a row without a change: what follows at an idle moment has followed by then."""
SCREENS = {
    "to-ship": ("3",),
    "empty": ("3", "7"),
    "ship": ("3", "a", "s"),
    "results": ("3", "a", "s", "y"),
    "detail": ("5", "enter"),
    "search": ("slash", *"kaos"),
    "help": ("question_mark",),
}


class TextFiles(SingleFileSnapshotExtension):
    """One text file per screen, readable in a diff."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def shop(sqlite_template: Path, tmp_path: Path, clock: FrozenClock) -> Iterator[Store]:
    """A dozen orders of every kind that a dialog has a word for; what is seen does not depend on the engine."""
    store = Store.open(str(shutil.copy(sqlite_template, tmp_path / "pantau.db")), clock=clock)
    hat = ItemRecord("9", "Topi Trucker", 1, 45_000, None, "TP-NVY", "Navy")
    travelling = PackageRecord("1150020", "PROCESSING", "sicepat", "SiCepat REG", None, "SC0012345678")
    put(
        store,
        [
            record(1, due=47 * MINUTE, note="tolong bubble wrap ya kak, warnanya jangan sampai tertukar"),
            record(2, cod=True, total=1_250_000),
            record(3, cancel_requested=True, cancel_at=NOW + 27 * HOUR),
            record(4, items=(hat,), channel="TOKOPEDIA"),
            record(5, packages=()),
            *(record(number) for number in range(6, 12)),
            record(20, status="IN_TRANSIT", raw_status="IN_TRANSIT", packages=(travelling,), phone="(+62)812****90",
                   address="Jl. Mawar 12, RT 03/RW 05, Coblong, Kota Bandung", note="titip satpam",
                   payment_method="Transfer bank", subtotal=136_000, shipping_fee=12_000),
        ],
    )  # fmt: skip

    def write(conn: Any) -> None:
        shop_id = orders.shop_pk(conn, "toko-contoh")
        goods.keep_counts(conn, shop_id, [goods.Count("9", 0), goods.Count("1730020", 14)], NOW)
        journey = [
            TrackEvent(NOW - 2 * HOUR, TrackingStatus.IN_TRANSIT, "Paket tiba di gudang sortir", "JAKARTA"),
            TrackEvent(NOW - 9 * HOUR, TrackingStatus.PICKED_UP, "Paket diambil kurir", "BANDUNG"),
        ]
        pk = pk_of(store, record(20))
        packages.apply_tracking(conn, pk, None, "in_transit", None, journey, "binderbyte", None, NOW, None)
        for job in ("orders", "tracking", "sender"):
            health.ok(conn, job, "toko-contoh", NOW - 4_000, NOW + MINUTE)

    store.write(write)
    yield store
    store.close()


async def _go(app: PantauApp, pilot: Pilot[int], shop: Store, screen: str) -> None:
    """Press the keys of a screen and let it come to rest."""
    for key in SCREENS[screen]:
        await pilot.press(key)
        await until(pilot, lambda: not app.data.busy)
    if screen in ("ship", "results"):
        depth = 2
        await until(pilot, lambda: len(app.screen_stack) == depth)
    if screen == "ship":
        await pilot.press("h")
    if screen == "results":
        await pilot.press("y")
        await until(pilot, lambda: any("antre" in line for line in picture(app)))
        refused = {"state": "refused", "code": 21008044, "reason": "pending cancellation"}
        checked = {"state": "unknown", "reason": "no_answer", "due_at": NOW + HOUR}
        told = {record(7).order_id: refused, record(8).order_id: checked, record(9).order_id: {}}
        answer(shop, told, NOW, state="done", tracking_number="JP0012345678")
        await until(pilot, lambda: any("4/6" in line for line in picture(app)))
    if screen == "search":
        await until(pilot, lambda: any("ditemukan" in line for line in picture(app)))
    if screen == "detail":
        await until(
            pilot, lambda: any("catatan dibaca" in line for line in picture(app)) or app.size.width < 100
        )
    app.clear_notifications()
    looks: list[list[str]] = []

    def at_rest() -> bool:
        looks.append(picture(app))
        still = looks[-STILL:]
        return len(still) == STILL and all(look == still[0] for look in still)

    await until(pilot, lambda: not app.data.busy and not app.screen.query("Toast") and at_rest())


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("screen", SCREENS)
async def test_screen(
    shop: Store, clock: FrozenClock, snapshot: SnapshotAssertion, screen: str, size: tuple[int, int]
) -> None:
    async with running(shop, clock, size=size) as (app, pilot):
        await _go(app, pilot, shop, screen)
        shown = "\n".join(line.rstrip() for line in picture(app)) + "\n"
    assert shown == snapshot(extension_class=TextFiles)
