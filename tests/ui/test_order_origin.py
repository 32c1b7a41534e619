"""An order of a file: the pane and the detail screen say which file knew of it, and who says until when."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy import insert

from store.bulk import table_of
from store.db import Store
from store.models import FileOrder
from store.times import DAY, HOUR
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import said
from tests.ui.files_kit import file_read
from tests.ui.screen_kit import NOW, ON_BOTH, picture, pk_of, put, record, running, until
from tui.screens.detail import DetailScreen

pytestmark = ON_BOTH


def known_by(store: Store, pk: int, import_id: int, **cells: str) -> None:
    """That a file held an order, with cells of its own."""
    extra = msgspec.msgpack.encode({"order": cells, "lines": []})
    values = {"order_pk": pk, "shop_id": 1, "import_id": import_id, "stamp": NOW, "extra": extra}
    store.write(lambda conn: conn.execute(insert(table_of(FileOrder)).values(**values)))


@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=str)
async def test_not_in_the_last_file(store: Store, clock: FrozenClock, size: tuple[int, int]) -> None:
    put(store, [record(1), record(2)])
    old = file_read(store, name="kemarin.csv", digest="a", stamp=NOW - DAY)
    new = file_read(store, name="hari ini.csv", digest="b", stamp=NOW)
    known_by(store, pk_of(store, record(1)), old, **{"Warehouse Name": "Gudang \x1b[31m A"})
    known_by(store, pk_of(store, record(2)), new)
    async with running(store, clock, size=size) as (app, pilot):
        absent = "Tidak ada di berkas terakhir (hari ini.csv, 25 Nov 18.59)"
        await until(pilot, lambda: absent.split(" (")[0] in "\n".join(picture(app)))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DetailScreen))
        await pilot.press("G")
        await until(pilot, lambda: "Terakhir ada di kemarin.csv" in said(app) or size[0] == 80)
        if size[0] > 80:
            assert absent in said(app)
            assert "Gudang ␛[31m A" in said(app)
        await pilot.press("escape", "j")
        await until(pilot, lambda: record(2).order_id in "\n".join(picture(app)[-12:]))
        assert "Tidak ada di berkas" not in "\n".join(picture(app))


@pytest.mark.parametrize(
    ("source", "due", "words", "doubtful"),
    [
        ("platform", 5 * HOUR, "batas waktu dari platform", False),
        ("dispatch", 5 * HOUR, "batas waktu menurut aturan pengiriman", False),
        ("dispatch", 4_000 * DAY, "batas waktu menurut aturan pengiriman", True),
        ("same_day", 5 * HOUR, "batas waktu menurut aturan kurir hari yang sama", False),
    ],
)
async def test_who_says_until_when(
    store: Store, clock: FrozenClock, source: str, due: int, words: str, doubtful: bool
) -> None:
    told: dict[str, Any] = {"arrange_by": None, "scan_by": NOW + due, "deadline_source": source}
    put(store, [record(1, **told)])
    async with running(store, clock, size=(200, 36)) as (app, pilot):
        if source != "platform":
            await until(pilot, lambda: words in "\n".join(picture(app)))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DetailScreen) and words in said(app))
        assert ("libur tahun itu belum diketahui" in said(app)) is doubtful
