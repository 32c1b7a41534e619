"""The journey of a parcel: what is shown, what comes next, the link, the text for the buyer, asking now."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from couriers.base import TrackEvent, TrackingStatus
from store import packages
from store.db import Store
from store.records import PackageRecord
from store.times import HOUR, MINUTE
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import said, toasts
from tests.ui.hostile import CORPUS
from tests.ui.screen_kit import NOW, picture, put, record, running, until
from tui.app import PantauApp
from tui.browser import open_page
from tui.screens.timeline import TimelineScreen

S = TrackingStatus
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def travelling(*numbers: str, **told: Any) -> Any:
    """An order on its way, a parcel of Ninja per number."""
    parcels = tuple(
        PackageRecord(f"11500{place}", "PROCESSING", "ninja", "Ninja Xpress", f"opt-{place}", number)
        for place, number in enumerate(numbers, 1)
    )
    return record(1, **({"status": "IN_TRANSIT", "raw_status": "IN_TRANSIT", "packages": parcels} | told))


def tell(store: Store, number: str | None, status: str, events: Sequence[TrackEvent], **told: Any) -> None:
    """The courier's answer about a parcel of the first order."""

    def write(conn: Any) -> None:
        packages.apply_tracking(
            conn, 1, number, status, told.get("reason"), events, "binderbyte", told.get("delivered_at"), NOW, None
        )  # fmt: skip

    store.write(write)


def event(hours: float, status: TrackingStatus, text: str, place: str | None = None) -> TrackEvent:
    return TrackEvent(NOW - round(hours * HOUR), status, text, place, None)


async def opened(app: PantauApp, pilot: Pilot[int], *keys: str) -> TimelineScreen:
    """The timeline, opened by its key from the list."""
    await pilot.press("5")
    await until(pilot, lambda: app.main.orders.cursor is not None)
    await pilot.press(*(keys or ("t",)))
    await until(pilot, lambda: isinstance(app.screen, TimelineScreen) and app.screen._order is not None)
    assert isinstance(app.screen, TimelineScreen)
    return app.screen


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=str)
async def test_t_shows_where_the_parcel_is_and_what_comes_next(
    store: Store, clock: FrozenClock, size: tuple[int, int]
) -> None:
    put(store, [travelling("NLIDAP0001")])
    told = [
        event(30, S.PICKED_UP, "Paket dijemput", "BANDUNG"),
        event(2, S.OUT_FOR_DELIVERY, "On Vehicle for Delivery", "[SOLO]"),
    ]
    tell(store, "NLIDAP0001", "out_for_delivery", told)
    async with running(store, clock, size=size) as (app, pilot):
        await opened(app, pilot)
        shown = said(app)
        for words in (
            f"Perjalanan paket · pesanan {record(1).order_id}",
            "Ninja Xpress · NLIDAP0001",
            "Status: sedang diantar, sejak 25 Nov 17.00 WIB",
            "Berikutnya: sampai ke pembeli, paling lambat 25 Nov 23.59 WIB",
            "https://www.ninjaxpress.co/id-id/tracking?id=NLIDAP0001",
            "Riwayat (WIB, terbaru di atas)",
            "25 Nov 17.00 sedang diantar binderbyte On Vehicle for Delivery · [SOLO]",
            "24 Nov 13.00 diambil kurir binderbyte Paket dijemput · BANDUNG",
        ):
            assert words in shown, words
        assert shown.index("On Vehicle") < shown.index("Paket dijemput")
        await pilot.press("escape")
        assert app.screen is app.main


async def test_the_address_is_a_link_of_the_terminal(store: Store, clock: FrozenClock) -> None:
    put(store, [travelling("NV 1&x=2")])
    async with running(store, clock) as (app, pilot):
        await opened(app, pilot)
        links = {
            segment.style.link
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None and segment.style.link
        }
        assert links == {"https://www.ninjaxpress.co/id-id/tracking?id=NV1%26X%3D2"}


async def test_what_should_have_happened_already_says_so(store: Store, clock: FrozenClock) -> None:
    put(store, [travelling("NLIDAP0001")])
    tell(store, "NLIDAP0001", "picked_up", [event(25, S.PICKED_UP, "Paket dijemput")])
    async with running(store, clock) as (app, pilot):
        await opened(app, pilot)
        assert "Terlambat: kabar pergerakan berikutnya, seharusnya sebelum 25 Nov 18.00 WIB" in said(app)


async def test_news_arrive_while_it_is_open(store: Store, clock: FrozenClock) -> None:
    put(store, [travelling("NLIDAP0001")])
    async with running(store, clock) as (app, pilot):
        await opened(app, pilot)
        assert "Belum ada kabar dari kurir." in said(app)
        tell(store, "NLIDAP0001", "exception", [event(1, S.EXCEPTION, "PAKET HILANG")], reason="lost")
        await until(pilot, lambda: "Status: bermasalah (hilang)" in said(app))
        assert "Berikutnya: ajukan klaim ke platform" in said(app)


async def test_each_parcel_has_its_own_journey(store: Store, clock: FrozenClock) -> None:
    put(store, [travelling("NLIDAP0001", "NLIDAP0002")])
    tell(store, "NLIDAP0001", "in_transit", [event(3, S.IN_TRANSIT, "Tiba di Solo")])
    tell(store, "NLIDAP0002", "delivered", [event(2, S.DELIVERED, "Terkirim")], delivered_at=NOW - 2 * HOUR)
    async with running(store, clock) as (app, pilot):
        screen = await opened(app, pilot)
        assert "Perjalanan paket 1/2" in said(app)
        assert "Tiba di Solo" in said(app)
        assert "Terkirim" not in said(app)
        await pilot.press("tab")
        assert "Perjalanan paket 2/2" in said(app)
        assert "Status: sampai" in said(app)
        assert "Berikutnya" not in said(app)
        screen.store_changed()
        await pilot.pause()
        assert "NLIDAP0002" in said(app), "a change of the store does not switch parcels"
        await pilot.press("right")
        assert "NLIDAP0001" in said(app)
        await pilot.press("left")
        assert "NLIDAP0002" in said(app)


async def test_the_text_for_the_buyer_in_both_languages(store: Store, clock: FrozenClock) -> None:
    put(store, [travelling("NLIDAP0001")])
    tell(store, "NLIDAP0001", "in_transit", [event(3, S.IN_TRANSIT, "Tiba di hub\x1b[2J", "SOLO")])
    async with running(store, clock) as (app, pilot):
        await opened(app, pilot)
        await pilot.press("y")
        assert app.clipboard == (
            "Halo Kak, ini kabar paket Kakak:\n"
            f"Pesanan: {record(1).order_id}\n"
            "Kurir: Ninja Xpress, resi NLIDAP0001\n"
            "Status: dalam perjalanan\n"
            "Kabar terakhir: 25 Nov 2026 16.00 WIB, SOLO: Tiba di hub␛[2J\n"
            "Lacak: https://www.ninjaxpress.co/id-id/tracking?id=NLIDAP0001"
        )
        assert "Teks untuk pembeli disalin." in toasts(app)
        await pilot.press("e", "y")
        assert app.clipboard.startswith("Hello, here is the news of your parcel:\nOrder: ")
        assert "Status: on its way\nLatest: 25 Nov 2026 16.00 WIB, SOLO: Tiba di hub" in app.clipboard
        assert "y salin teks pembeli (Inggris)" in said(app), "the screen itself stays in its language"


async def test_r_asks_the_courier_once_a_minute(store: Store, clock: FrozenClock) -> None:
    put(store, [travelling("NLIDAP0001")])
    async with running(store, clock) as (app, pilot):
        await opened(app, pilot)
        asked: list[str] = []
        app.runtime.nudge = asked.append  # type: ignore[method-assign, union-attr]
        await pilot.press("r")
        await until(pilot, lambda: asked == ["tracking"])
        assert "Kurir ditanya; jawabannya muncul di sini." in toasts(app)
        tell(store, "NLIDAP0001", "in_transit", [])
        clock.advance(59_000)
        await pilot.press("f5")
        await until(pilot, lambda: "Baru saja ditanya; sekali tiap 60 detik sudah cukup." in toasts(app))
        assert asked == ["tracking"]
        clock.advance(MINUTE)
        await pilot.press("r")
        await until(pilot, lambda: asked == ["tracking"] * 2)


async def test_a_journey_that_is_over_is_not_asked_about(store: Store, clock: FrozenClock) -> None:
    put(store, [travelling("NLIDAP0001")])
    tell(store, "NLIDAP0001", "returned", [event(2, S.RETURNED, "Returned to sender")])
    async with running(store, clock) as (app, pilot):
        await opened(app, pilot)
        await pilot.press("r")
        await until(
            pilot,
            lambda: "Perjalanan paket ini sudah berakhir; kurir tidak ditanya lagi." in toasts(app),
        )


async def test_b_opens_the_page_and_without_a_browser_copies_it(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, [travelling("NLIDAP0001")])
    page = "https://www.ninjaxpress.co/id-id/tracking?id=NLIDAP0001"
    pages: list[str] = []
    there = True

    def browser(url: str) -> bool:
        pages.append(url)
        return there

    monkeypatch.setattr("tui.screens.timeline.open_page", browser)
    async with running(store, clock) as (app, pilot):
        await opened(app, pilot)
        await pilot.press("b")
        await until(pilot, lambda: pages == [page])
        assert app.clipboard == ""
        there = False
        await pilot.press("b")
        await until(pilot, lambda: app.clipboard == page)
        assert f"Tidak ada browser di sini; tautannya disalin: {page}" in toasts(app)
        await pilot.press("c")
        assert f"Disalin: {page}" in toasts(app)


async def test_o_in_the_detail_opens_it_too(store: Store, clock: FrozenClock) -> None:
    put(store, [travelling("NLIDAP0001")])
    async with running(store, clock) as (app, pilot):
        await opened(app, pilot, "enter", "o")
        await pilot.press("q", "q")
        assert app.screen is app.main


async def test_an_order_without_a_number_or_gone_says_so(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    async with running(store, clock) as (app, pilot):
        await pilot.press("t")
        await until(pilot, lambda: "Belum ada resi" in toasts(app))
        assert app.screen is app.main
        app.push_screen(TimelineScreen(1))
        await until(pilot, lambda: "Pesanan ini belum punya paket dengan resi." in said(app))
        await pilot.press("y", "b", "c", "tab", "e", "escape")
        app.push_screen(TimelineScreen(404))
        await until(pilot, lambda: "Pesanan ini tidak ada lagi." in said(app))
        await pilot.press("y", "b", "c", "tab", "r", "escape")
        assert app.screen is app.main
        assert app.clipboard == ""


@pytest.mark.parametrize("size", [(20, 5), (80, 24), (120, 36), (200, 60)], ids=str)
async def test_hostile_words_stay_words_at_every_size(
    store: Store, clock: FrozenClock, size: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    parcel = PackageRecord(
        "1", "PROCESSING", CORPUS[6], CORPUS[4], CORPUS[2], "\x1b]8;;file:///x\x1b\\JP1[/]"
    )
    put(store, [travelling(packages=(parcel,))])
    told = [
        TrackEvent(NOW - place * MINUTE, S.IN_TRANSIT, text, text, text) for place, text in enumerate(CORPUS)
    ]
    tell(store, None, CORPUS[0], told, reason=CORPUS[8])
    async with running(store, clock, size=size) as (app, pilot):
        await pilot.press("5")
        app.push_screen(TimelineScreen(1))
        await until(pilot, lambda: app.screen._order is not None)  # type: ignore[attr-defined]
        seen: list[list[str]] = []
        while not seen or seen[-1] != picture(app):
            seen.append(picture(app))
            assert not FORBIDDEN.search("".join(seen[-1]))
            for strip in app.screen._compositor.render_strips():
                for segment in strip:
                    address = segment.style.link if segment.style is not None else None
                    assert not address or re.fullmatch(r"https://[\w./#=?%:&+-]+", address), address
            await pilot.press("pagedown")
            await pilot.pause()
        await pilot.press("y", "e", "y", "c")
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", app.clipboard)
        await pilot.press("escape")
        assert app.is_running
    assert not caplog.records, "nothing reached the last line of defence"


def test_a_page_opens_in_a_browser_away_from_the_terminal(tmp_path: Path) -> None:
    told = tmp_path / "told"
    browser = tmp_path / "browser"
    browser.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        "said = sys.argv[1], str(sys.stdout.isatty()), os.environ.get('TERM', '-')\n"
        f"open({str(told)!r}, 'w').write(' '.join(said))\n"
    )
    browser.chmod(0o700)
    page = "https://t.17track.net/en#nums=JP1"
    environ = {"BROWSER": str(browser), "PATH": "/nowhere", "TERM": "xterm"}
    assert open_page(page, environ)
    assert told.read_text() == f"{page} False -"
    assert not open_page(page, {"PATH": "/nowhere", "TERM": "xterm", "BROWSER": "/nowhere/none"})


@pytest.mark.parametrize("url", ["http://x.id/1", "javascript:alert(1)", "file:///etc/passwd", "", "--help"])
def test_only_https_is_opened(url: str) -> None:
    assert not open_page(url, {"BROWSER": "/bin/true"})
