"""The performance screen and the ticket dialog, on a real store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from store import attention, parcels
from store.db import Store
from store.records import PackageRecord
from store.status import Tab
from store.times import DAY, HOUR
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import said, toasts
from tests.ui.screen_kit import NOW, pk_of, put, record, running, until
from tui import strings
from tui.screens.performance import PerformanceScreen
from tui.screens.ticket import TicketScreen

RESI = "JP1234567890"


@pytest.fixture(autouse=True)
def _unlearned() -> Iterator[None]:
    yield
    attention.use({})


def parcel(number: int, status: str, **told: Any) -> Any:
    facts: dict[str, Any] = {"status": status, "raw_status": status, "updated_at": NOW - HOUR}
    box = (
        PackageRecord(
            f"115{number:07d}", courier="jnt", courier_name="J&T Express", tracking_number=f"{RESI}{number}"
        ),
    )
    return record(number, **({"packages": box} | facts | told))


def history(store: Store) -> None:
    """Sixty parcels that J&T took at 16.00 WIB, and three that wait at 19.00 with a clock that ends tonight."""
    midnight = NOW - 19 * HOUR
    put(store, (
        parcel(n, "COMPLETED", shipped_at=(start := midnight - (n % 20 + 1) * DAY) + 9 * HOUR,
               collected_at=start + 16 * HOUR, delivered_at=start + 40 * HOUR, scan_by=start + 23 * HOUR)
        for n in range(1, 61)
    ))  # fmt: skip
    put(
        store,
        (
            parcel(n, "AWAITING_COLLECTION", shipped_at=NOW - HOUR, scan_by=NOW + 4 * HOUR)
            for n in (71, 72, 73)
        ),
    )


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_what_to_bring_stands_first(store: Store, clock: FrozenClock, size: tuple[int, int]) -> None:
    history(store)
    async with running(store, clock, size=size) as (app, pilot):
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, PerformanceScreen) and "Saran" in said(app))
        told = said(app)
        assert "Telat kirim (LDR): 0,0 % (0 dari" in told
        assert "antar J&T Express hari ini: 3 paket" in told
        await pilot.press("escape")
        assert app.screen is app.main


async def test_couriers_and_chances(store: Store, clock: FrozenClock) -> None:
    history(store)
    async with running(store, clock, size=(120, 60)) as (app, pilot):
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, PerformanceScreen) and "Menunggu" in said(app))
        told = said(app)
        assert "J&T Express 63 7,0 j 7,0 j 60 24,0 j 24,0 j 60 0,0 %" in told
        assert "Menunggu diambil: 3 paket · kira-kira 3 akan telat" in told
        assert "% di-scan sebelum 23.00" in told
        assert "Sen Sel Rab Kam Jum Sab Min" in told


async def test_nothing_yet(store: Store, clock: FrozenClock) -> None:
    async with running(store, clock) as (app, pilot):
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, PerformanceScreen) and "Saran" in said(app))
        told = said(app)
        assert "belum cukup data (0 pesanan)" in told
        assert "Belum ada paket yang diatur dalam 90 hari terakhir." in told
        assert "Tidak ada paket yang perlu diantar sendiri hari ini." in told


async def at_parcel(store: Store, app: Any, pilot: Any, tab: Tab) -> None:
    await pilot.press(str(int(tab)))
    await until(pilot, lambda: app.main.orders.cursor is not None and app.main.orders.view.tab is tab)


async def test_the_ticket_is_shown_and_copied_in_either_language(store: Store, clock: FrozenClock) -> None:
    put(store, [parcel(1, "IN_TRANSIT", collected_at=NOW - 5 * DAY)])
    async with running(store, clock, size=(120, 50)) as (app, pilot):
        await at_parcel(store, app, pilot, Tab.TRANSIT)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        assert "Tiket: paket macet" in said(app)
        assert "Langkah berikut: Buka tiket" in said(app)
        assert "Tanpa pergerakan: 120 jam" in said(app)
        await pilot.press("y")
        assert app.clipboard.startswith(f"Paket tidak bergerak: {RESI}1 (J&T Express)\n\nPesanan: 58")
        assert toasts(app) == ["Teks tiket disalin."]
        await pilot.press("e", "y")
        assert app.clipboard.startswith(f"Parcel does not move: {RESI}1")
        await pilot.press("escape")
        assert app.screen is app.main


async def test_hostile_words_of_a_courier_are_harmless(store: Store, clock: FrozenClock) -> None:
    put(store, [parcel(1, "IN_TRANSIT", collected_at=NOW - 5 * DAY)])
    columns = "order_pk, key, at, status, text, source"
    told = f"INSERT INTO tracking_events ({columns}) VALUES (1, 'k', ?, 'in_transit', ?, 'x')"
    store.write(lambda conn: conn.exec_driver_sql(told, (NOW - 5 * DAY, "[b]di\x1b]52;c;AAAA\x07 hub\u202e")))
    async with running(store, clock, size=(120, 50)) as (app, pilot):
        await at_parcel(store, app, pilot, Tab.TRANSIT)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        assert "[b]di␛]52;c;AAAA␇ hub" in said(app)
        await pilot.press("y")
        assert "\x1b" not in app.clipboard and "\u202e" not in app.clipboard and "\n" in app.clipboard


async def test_a_delivery_is_disputed_and_settled(store: Store, clock: FrozenClock) -> None:
    put(store, [parcel(1, "DELIVERED", delivered_at=NOW - HOUR)])
    async with running(store, clock, size=(120, 50)) as (app, pilot):
        await at_parcel(store, app, pilot, Tab.DELIVERED)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        assert "tandai dengan d" in said(app)
        await pilot.press("d")
        await until(pilot, lambda: "Mohon bukti serah terima" in said(app))
        assert "Tiket: pembeli belum terima" in said(app)
        await pilot.press("d")
        await until(pilot, lambda: "tandai dengan d" in said(app))
    assert store.read(lambda conn: parcels.judge(conn, [1])) == []


async def test_read_only_marks_nothing(store: Store, clock: FrozenClock) -> None:
    put(store, [parcel(1, "DELIVERED", delivered_at=NOW - HOUR)])
    async with running(store, clock, read_only=True) as (app, pilot):
        await at_parcel(store, app, pilot, Tab.DELIVERED)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        await pilot.press("d", "y")
        assert toasts(app) == ["Mode hanya lihat: tidak ada yang diubah"]


async def test_an_order_without_trouble_says_so(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    async with running(store, clock) as (app, pilot):
        await at_parcel(store, app, pilot, Tab.TO_SHIP)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        assert "Tidak ada masalah dengan paket ini" in said(app)
        await pilot.press("d", "y")
        assert toasts(app) == []


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_code_has_words_and_a_next_step(language: str) -> None:
    strings.use(language)
    for code in attention.PARCEL_CODES:
        assert strings.word("reason", code) != code
    for kind in (*attention.PARCEL_CODES, "exception", "cancelled"):
        assert strings.known(f"next.{kind}")


async def test_what_to_save_first_and_the_keys_that_lead_there(store: Store, clock: FrozenClock) -> None:
    history(store)
    unarranged = record(80, due=3 * HOUR, scan_by=NOW + 4 * HOUR)
    put(store, (unarranged,))
    async with running(store, clock, size=(120, 60)) as (app, pilot):
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, PerformanceScreen) and "Selamatkan" in said(app))
        told = said(app)
        assert "Selamatkan dulu: 4 pesanan hari ini" in told
        assert f"{unarranged.order_id} 23.00 · atur dan serahkan" in told
        assert "a tandai yang belum diatur" in told
        await pilot.press("a")
        await until(pilot, lambda: app.main.orders.selection() == (pk_of(store, unarranged),))
        assert app.main.orders.view is not None and app.main.orders.view.tab is Tab.TO_SHIP
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, PerformanceScreen) and "Selamatkan" in said(app))
        await pilot.press("s")
        await until(pilot, lambda: len(app.main.orders.selection()) == 3)
        assert Tab(app.main.orders.view.tab.value) is Tab.COLLECTION
