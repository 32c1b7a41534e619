"""The packing table: scanned and pressed, at two sizes, with stops, crashes, hostile text and orders of any size."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Input

from store.db import Store
from store.packing_facts import Contents, Line, Parcel, Part, Stop
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.times import SECOND
from store.views import PackedRow, PackingDay, PackingRow
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import said
from tests.ui.hostile import CORPUS
from tests.ui.scan_kit import at_speed, press, quiet, scan
from tests.ui.screen_kit import NOW, changed, picture, put, record, running, until
from tui import scanner
from tui.app import PantauApp
from tui.screens import scan_work
from tui.screens.packing import PackingScreen
from tui.strings import CATALOGUES
from tui.widgets import packing_page as page
from tui.widgets import packing_view as view
from tui.widgets.packing_desk import Desk

FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
RESI, OTHER = "JP1234567890", "JP2222222222"
SHIRT = ItemRecord("17300", "Kaos Polos", 2, 68_000, None, "KP-HTM-L", "Hitam, L")
CAP = ItemRecord("17301", "Topi Trucker", 1, 30_000, None, "TP-NVY", "Navy")
GIFT = ItemRecord("17301", "Topi Trucker", 1, 0, None, "TP-NVY", "Navy", True)
SIZES = [(80, 24), (120, 36)]
WIB = ZoneInfo("Asia/Jakarta")


@pytest.fixture(autouse=True)
def _short_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "QUIET_MS", 30)


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every bell that rang."""
    rung: list[int] = []
    monkeypatch.setattr(PantauApp, "bell", lambda self: rung.append(1))
    monkeypatch.setattr(scan_work, "BELLS_APART", 0.001)
    return rung


@pytest.fixture(autouse=True)
def _rings(bells: list[int]) -> Iterator[None]:
    yield


def waiting(number: int = 1, resi: str = RESI, **told: Any) -> OrderRecord:
    """An order that waits to be packed: two shirts, a cap, a gift."""
    parcels = (PackageRecord(f"1150{number}", "PROCESSING", "jnt", "J&T Express", None, resi),)
    facts: dict[str, Any] = {
        "status": "AWAITING_COLLECTION", "raw_status": "AWAITING_COLLECTION", "items": (SHIRT, CAP, GIFT),
        "packages": parcels,
    }  # fmt: skip
    return record(number, **(facts | told))


@asynccontextmanager
async def table(
    store: Store, clock: FrozenClock, *, size: tuple[int, int] = (120, 36), **settings: Any
) -> AsyncIterator[tuple[PantauApp, Pilot[int], PackingScreen]]:
    """The packing table, opened by its key."""
    async with running(store, clock, size=size, **settings) as (app, pilot):
        await pilot.press("4")
        await pilot.press("B")
        await until(pilot, lambda: isinstance(app.screen, PackingScreen))
        screen = app.screen
        assert isinstance(screen, PackingScreen)
        await quiet(app, pilot)
        yield app, pilot, screen


def evidence(store: Store, pk: int = 1) -> list[PackingRow]:
    with closing(store.reader()) as reader:
        return reader.packings(pk)


def stop_of(screen: PackingScreen) -> str | None:
    return screen.desk.stop.reason if screen.desk.stop is not None else None


def fits(app: PantauApp) -> None:
    for strip in app.screen._compositor.render_strips():
        assert not FORBIDDEN.search(strip.text), repr(strip.text)
        assert cell_len(strip.text) == app.size.width


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_scan_the_label_scan_the_goods_next(
    store: Store, clock: FrozenClock, size: tuple[int, int], bells: list[int]
) -> None:
    put(store, [waiting(note="tolong bubble wrap"), waiting(2, OTHER, items=(CAP,))])
    async with table(store, clock, size=size) as (app, pilot, _):
        assert "P I N D A I R E S I" in said(app)
        assert "Belum ada paket yang dikemas hari ini." in said(app)
        assert said(app).count("dikemas · 0 berhenti") == 1
        await scan(app, pilot, RESI)
        for words in ("J&T Express · JP1234567890", "CATATAN PEMBELI", "tolong bubble wrap", "0/4 barang",
                      "Kaos Polos", "Hitam, L", "KP-HTM-L", "hadiah"):  # fmt: skip
            assert words in said(app), words
        assert len(bells) == 1
        for n, code in enumerate(("KP-HTM-L", "TP-NVY", "KP-HTM-L"), 1):
            clock.advance(10 * SECOND)
            await scan(app, pilot, code)
            assert f"{n}/4 barang" in said(app)
            assert "BENAR · " in said(app)
            assert len(bells) == 1 + n
        assert "2/2" in said(app)
        clock.advance(10 * SECOND)
        await scan(app, pilot, "TP-NVY")
        assert "SELESAI ✓ JP1234567890 · 4 barang · 40 dtk" in said(app)
        assert "P I N D A I R E S I" in said(app)
        assert "hari ini 1 dikemas · 0 berhenti" in said(app)
        await scan(app, pilot, OTHER)
        assert "0/1 barang" in said(app)
        fits(app)
    (row,) = evidence(store)
    assert (row.outcome, row.wanted, row.scanned, row.by_hand, row.stops) == ("packed", 4, 4, 0, ())
    assert row.done_at is not None
    assert row.done_at - row.begun_at == 40 * SECOND


async def test_a_whole_parcel_scanned_without_a_pause(store: Store, clock: FrozenClock) -> None:
    put(store, [waiting(), waiting(2, OTHER, items=(CAP,))])
    async with table(store, clock) as (app, pilot, _):
        at = None
        for code in (RESI, "KP-HTM-L", "TP-NVY", "KP-HTM-L", "TP-NVY", OTHER, "TP-NVY"):
            at = at_speed(app, [*code, "enter"], start=at)
        await quiet(app, pilot)
        assert "SELESAI ✓ JP2222222222" in said(app)
    assert [evidence(store, pk)[0].outcome for pk in (1, 2)] == ["packed", "packed"]


async def test_a_scanner_without_an_ending_and_one_that_pastes(store: Store, clock: FrozenClock) -> None:
    put(store, [waiting()])
    async with table(store, clock) as (app, pilot, screen):
        await scan(app, pilot, RESI, ending=None)
        assert screen.desk.open_id is not None
        app.post_message(events.Paste("KP-HTM-L\n"))
        await until(pilot, lambda: "1/4 barang" in said(app))
        await scan(app, pilot, "TP-NVY", ending="tab")
        assert "2/4 barang" in said(app)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"status": "CANCELLED"}, "SUDAH DIBATALKAN"),
        ({"cancel_requested": True}, "MINTA BATAL"),
        ({"status": "IN_TRANSIT"}, "sudah diambil kurir"),
        ({"status": "COMPLETED"}, "sudah selesai"),
        ({"status": "ON_HOLD"}, "belum diatur"),
        ({"packages": (PackageRecord("11501", "PROCESSING", "sicepat", None, None, RESI),)}, "milik J&T Express"),
    ],
)  # fmt: skip
async def test_a_stop_is_red_rings_three_times_and_takes_y(
    store: Store, clock: FrozenClock, told: dict[str, Any], words: str, bells: list[int]
) -> None:
    size = SIZES["status" in told]
    put(store, [waiting(**told)])
    async with table(store, clock, size=size) as (app, pilot, screen):
        await scan(app, pilot, RESI)
        await until(pilot, lambda: len(bells) == 3)
        assert "B E R H E N T I" in said(app)
        assert words in said(app)
        assert screen.has_class("-stopped")
        assert screen.styles.background == screen.query_one("#body").background_colors[1]
        fits(app)
        # Whatever a scanner or a hand does, it stays.
        for code in ("yyyyzz", "y12345", "KP-HTM-L", RESI):
            await scan(app, pilot, code)
            assert f"DITOLAK · {code}" in said(app)
        for key in ("escape", "enter", "q", "f", "slash", "c", "space"):
            await press(app, pilot, key)
        assert screen.has_class("-stopped")
        clock.advance(SECOND)
        await press(app, pilot, "y")
        assert not screen.has_class("-stopped")
        assert "P I N D A I R E S I" in said(app)
    newest = evidence(store)[0]
    assert (newest.outcome, newest.done_at) == ("stopped", clock.now)


@pytest.mark.parametrize("step", [0.002, 0.02, 0.07], ids=["fast", "usual", "slow"])
async def test_a_y_inside_a_code_is_no_answer(
    store: Store, clock: FrozenClock, step: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanner, "QUIET_MS", 300)
    put(store, [waiting()])
    async with table(store, clock) as (app, pilot, screen):
        await scan(app, pilot, "NOBODY-1")
        assert stop_of(screen) == "unknown"
        for code in ("y", "yy", "ya", "ay", "abyc", "y1234567"):
            at_speed(app, [*code, "enter"], step)
            await quiet(app, pilot)
            assert stop_of(screen) == "unknown", code


async def test_a_wrong_thing_stops_and_the_parcel_goes_on(
    store: Store, clock: FrozenClock, bells: list[int]
) -> None:
    put(store, [waiting(), waiting(2, OTHER)])
    async with table(store, clock) as (app, pilot, screen):
        await scan(app, pilot, RESI)
        await scan(app, pilot, "KP-HTM-L")
        bells.clear()
        await scan(app, pilot, OTHER)
        await until(pilot, lambda: len(bells) == 3)
        assert "Ini resi paket lain" in said(app)
        await press(app, pilot, "y")
        assert "1/4 barang" in said(app)
        await scan(app, pilot, RESI)
        assert "Resi paket ini sendiri" in said(app)
        for _ in range(2):
            await scan(app, pilot, "KP-HTM-L")
        assert "KEBANYAKAN: Kaos Polos Hitam, L (KP-HTM-L) cukup 2" in said(app)
        await press(app, pilot, "y")
        assert screen.desk.open_id is not None
    assert evidence(store)[0].stops == ("other_parcel", "too_many")


async def test_teaching_a_code(store: Store, clock: FrozenClock) -> None:
    put(store, [waiting()])
    async with table(store, clock) as (app, pilot, screen):
        await scan(app, pilot, RESI)
        await scan(app, pilot, "8990000000001")
        assert "Kode barang ini tidak dikenal" in said(app)
        await press(app, pilot, "down")
        await press(app, pilot, "B")
        assert "Kode 8990000000001 mulai sekarang berarti Topi Trucker Navy?" in said(app)
        await press(app, pilot, "n")
        assert stop_of(screen) == "unknown_item", "anything but y is no"
        await press(app, pilot, "b", "y")
        assert stop_of(screen) is None
        await scan(app, pilot, "8990000000001")
        assert "BENAR · Topi Trucker Navy 1/1" in said(app)


async def test_teaching_after_the_stop_was_acknowledged(store: Store, clock: FrozenClock) -> None:
    put(store, [waiting()])
    async with table(store, clock) as (app, pilot, screen):
        await scan(app, pilot, RESI)
        await press(app, pilot, "b")
        await until(pilot, lambda: "Belum ada kode tak dikenal" in said(app))
        await scan(app, pilot, "8990000000001")
        await press(app, pilot, "y", "b", "y")
        await scan(app, pilot, "8990000000001")
        assert "BENAR · Kaos Polos Hitam, L 1/2" in said(app)
        assert screen.desk.question is None


async def test_goods_without_codes(store: Store, clock: FrozenClock) -> None:
    put(store, [waiting()])
    async with table(store, clock) as (app, pilot, _):
        await scan(app, pilot, RESI)
        await press(app, pilot, "right", "right", "left")
        assert "1/4 barang · 1 tanpa pindai" in said(app)
        await press(app, pilot, "f")
        assert "Selesai tanpa memindai 3 barang lagi?" in said(app)
        await press(app, pilot, "escape")
        assert "1/4 barang" in said(app)
        await press(app, pilot, "f")
        await scan(app, pilot, "TP-NVY")
        assert "2/4 barang" in said(app), "who scans on has not said yes"
        await press(app, pilot, "y")
        assert "2/4 barang" in said(app), "and a later y answers nothing"
        await press(app, pilot, "f", "y")
        assert "SELESAI ✓ JP1234567890 · 4 barang · 0 dtk · 3 tanpa pindai" in said(app)
    (row,) = evidence(store)
    assert (row.scanned, row.by_hand) == (1, 3)


async def test_by_hand_a_number_a_code_and_a_name(store: Store, clock: FrozenClock) -> None:
    put(store, [waiting()])
    async with table(store, clock) as (app, pilot, _):
        await press(app, pilot, "w")
        line = app.screen.query_one(Input)
        line.value = "Sari\x1b]0;PWN\x07"
        await pilot.press("enter")
        assert "pengemas Sari" in said(app)
        await press(app, pilot, "slash")
        await pilot.press(*"jp1234567890", "enter")
        await quiet(app, pilot)
        assert "0/4 barang" in said(app)
        await press(app, pilot, "slash")
        await pilot.press(*"kp-htm-l", "enter")
        await quiet(app, pilot)
        assert "1/4 barang" in said(app)
        await press(app, pilot, "slash")
        await pilot.press("escape")
        await press(app, pilot, "slash")
        await pilot.press("enter")
        assert "1/4 barang" in said(app)
    assert evidence(store)[0].packer == "Sari␛]0;PWN␇"


async def test_the_order_under_the_list_s_cursor_without_its_label(store: Store, clock: FrozenClock) -> None:
    put(store, [waiting()])
    async with table(store, clock) as (app, pilot, screen):
        assert "c pesanan …000001" in said(app)
        await press(app, pilot, "c")
        assert screen.desk.open_id is not None
        await press(app, pilot, "f", "y")
        assert "c pesanan" not in said(app)


async def test_one_of_several_parcels(store: Store, clock: FrozenClock) -> None:
    two = tuple(PackageRecord(f"1150{n}", "PROCESSING", "jnt", None, None, f"JP000000000{n}") for n in (1, 2))
    put(store, [waiting(packages=two)])
    async with table(store, clock) as (app, pilot, screen):
        await scan(app, pilot, record(1).order_id)
        assert "Kode ini milik 2 paket" in said(app)
        await press(app, pilot, "down", "enter")
        assert "JP0000000002" in said(app)
        assert "Pesanan ini 2 paket" in said(app)
        await scan(app, pilot, "KP-HTM-L")
        await press(app, pilot, "f")
        assert "3 barang lain dianggap masuk paket lain" in said(app)
        await press(app, pilot, "y")
        assert "1 barang" in said(app)
        await scan(app, pilot, record(1).order_id)
        await press(app, pilot, "escape")
        assert screen.desk.choices == ()


async def test_packed_before_is_a_stop_that_a_person_may_overrule(store: Store, clock: FrozenClock) -> None:
    put(store, [waiting(items=(CAP,))])
    async with table(store, clock) as (app, pilot, screen):
        await scan(app, pilot, RESI)
        await scan(app, pilot, "TP-NVY")
        await scan(app, pilot, RESI)
        assert "SUDAH DIKEMAS 25 Nov 19.00 WIB oleh" in said(app)
        await press(app, pilot, "o")
        assert "Tetap kemas paket ini?" in said(app)
        await press(app, pilot, "escape")
        assert stop_of(screen) == "packed"
        await press(app, pilot, "o", "y")
        assert "0/1 barang" in said(app)


async def test_giving_up_asks_and_is_evidence(store: Store, clock: FrozenClock) -> None:
    put(store, [waiting()])
    async with table(store, clock) as (app, pilot, _):
        await scan(app, pilot, RESI)
        await press(app, pilot, "escape")
        assert "Batal mengemas paket ini?" in said(app)
        await press(app, pilot, "y")
        assert "belum dikemas" in said(app)
        await press(app, pilot, "escape")
        assert app.screen is app.main
    assert evidence(store)[0].outcome == "aborted"


async def test_an_order_cancelled_meanwhile_stops_by_itself(
    store: Store, clock: FrozenClock, bells: list[int]
) -> None:
    put(store, [waiting()])
    async with table(store, clock) as (app, pilot, screen):
        await scan(app, pilot, RESI)
        put(store, [waiting(status="CANCELLED", updated_at=clock.now)])
        await until(pilot, lambda: stop_of(screen) == "cancelled")
        await quiet(app, pilot)
        assert "SUDAH DIBATALKAN" in said(app)
        await press(app, pilot, "y")
        assert "P I N D A I R E S I" in said(app)
    assert evidence(store)[0].outcome == "stopped"


async def test_a_stale_look_never_finishes(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, [waiting()])
    async with table(store, clock) as (app, pilot, screen):
        await scan(app, pilot, RESI)
        monkeypatch.setattr(screen, "store_changed", lambda: None)
        put(store, [waiting(status="CANCELLED", updated_at=clock.now)])
        await press(app, pilot, "f", "y")
        assert stop_of(screen) == "cancelled"


async def test_what_was_begun_goes_on_in_the_next_session(store: Store, clock: FrozenClock) -> None:
    put(store, [waiting()])
    async with table(store, clock) as (app, pilot, _):
        await scan(app, pilot, RESI)
        await scan(app, pilot, "KP-HTM-L")
    async with table(store, clock) as (app, pilot, _):
        await scan(app, pilot, RESI)
        assert "Dilanjutkan: dimulai 19.00" in said(app)
        assert "1/4 barang" in said(app)


async def test_a_store_that_fails_is_told_and_nothing_happened(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from store.errors import DiskFull

    put(store, [waiting()])
    async with table(store, clock) as (app, pilot, screen):
        await scan(app, pilot, RESI)

        async def full(work: Any) -> None:
            raise DiskFull(path="/data")

        with monkeypatch.context() as broken:
            broken.setattr(store, "awrite", full)
            await scan(app, pilot, "KP-HTM-L")
            assert "Tidak jadi: Disk penuh" in said(app)
            assert "0/4 barang" in said(app)
        await scan(app, pilot, "KP-HTM-L")
        assert "1/4 barang" in said(app)
        assert screen.desk.stop is None


async def test_silent_when_the_settings_say_so(store: Store, clock: FrozenClock, bells: list[int]) -> None:
    from jobs.config.keys import PackingSettings

    put(store, [waiting()])
    async with table(store, clock, packing=PackingSettings(packer="Sari", sound=False)) as (app, pilot, _):
        await scan(app, pilot, RESI)
        await scan(app, pilot, "8999999")
        assert bells == []
        assert "pengemas Sari" in said(app)
        assert "B E R H E N T I" in said(app)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_sixty_items_and_forty_units(store: Store, clock: FrozenClock, size: tuple[int, int]) -> None:
    many = tuple(ItemRecord(f"sku{n:03d}", f"Barang {n:03d}", 1, 1, None, f"BRG-{n:03d}") for n in range(60))
    forty = (ItemRecord("1", "Masker", 40, 1, None, "MSK-01"),)
    put(store, [waiting(items=many), waiting(2, OTHER, items=forty)])
    async with table(store, clock, size=size) as (app, pilot, _):
        await scan(app, pilot, RESI)
        for place in (59, 0, 31):
            await scan(app, pilot, f"BRG-{place:03d}")
            await until(pilot, lambda place=place: f"Barang {place:03d}" in "\n".join(picture(app)[2:-3]))  # type: ignore[misc]
        assert "3/60 barang" in said(app)
        await press(app, pilot, "f", "y")
        await scan(app, pilot, OTHER)
        at = None
        for _ in range(40):
            at = at_speed(app, [*"MSK-01", "enter"], start=at)
        await quiet(app, pilot)
        assert "SELESAI ✓ JP2222222222 · 40 barang" in said(app)
    assert evidence(store, 1)[0].by_hand == 57


async def test_an_order_without_items(store: Store, clock: FrozenClock) -> None:
    put(store, [waiting(items=())])
    async with table(store, clock) as (app, pilot, _):
        await scan(app, pilot, RESI)
        assert "Isi pesanan ini tidak diketahui" in said(app)
        await press(app, pilot, "down", "right", "up")
        await press(app, pilot, "f", "y")
        assert "SELESAI" in said(app)


@pytest.mark.parametrize("size", [(80, 90), (120, 70)], ids=str)
async def test_hostile_text_stays_text(
    store: Store, clock: FrozenClock, size: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    orders = []
    for n, text in enumerate(CORPUS):
        item = ItemRecord(text or "x", text, 2, 1, text, text, text)
        # Four orders in one combined parcel.
        parcel = PackageRecord(f"1150{n // 4}", "PROCESSING", text, text, None, f"RESI{n // 4:06d}")
        orders.append(waiting(n + 1, items=(item,), packages=(parcel,), note=text, buyer=text))
    put(store, orders)
    async with table(store, clock, size=size) as (app, pilot, screen):
        for n in range((len(CORPUS) + 3) // 4):
            screen.scanned(f"RESI{n:06d}")
            await quiet(app, pilot)
            assert screen.desk.row is not None
            assert screen.desk.row.package_id == f"1150{n}"
            fits(app)
            screen.desk.clear()
        await scan(app, pilot, "RESI000000")
        for line in range(2, 40, 6):
            await pilot.click(offset=(8, line))
        assert app.is_running
    assert not caplog.records, "nothing reached the last line of defence"


@pytest.mark.parametrize("room", [36, 76, 116])
def test_every_text_in_every_view(room: int) -> None:
    for text in CORPUS:
        shown = list(_everything(text, room))
        for words in shown:
            assert not FORBIDDEN.search(words.plain), repr(words.plain)
        assert max(cell_len(words.plain) for words in shown) <= room
        desk = Desk(text, WIB)
        desk.unknown = text
        assert not FORBIDDEN.search(page.title(desk) + "".join(page.keys(desk)))


def _everything(text: str, room: int) -> Iterator[Content]:
    part = Part(1, text, text, text, False, None, text, text, 1)
    parcel = Parcel(1, text, text, text, text, text, text, text, (part, part))
    names = ("order", "shop", "raw", "manifest", "by", "label", "courier", "sku", "name", "variation")
    facts: dict[str, str | int] = dict.fromkeys(names, text)
    inside = Contents((Line(1, text, 0, text, text, 10_000, 1, 1, text, text, True),) * 2, shared=2)
    day = PackingDay(1, 1, ((text, 1),), 1, (PackedRow(text, text, text, NOW),))
    prefix = "packing_stop."
    reasons = [key.removeprefix(prefix) for key in CATALOGUES["id"] if key.startswith(prefix)]
    yield from view.choice_lines([parcel], 0, room)
    yield from view.parcel_lines(parcel, inside, room)
    for tall in (False, True):
        yield from view.waiting_lines(day, room, WIB, tall=tall)
        yield from view.item_lines(inside, 0, room, tall=tall, several=True)[0]
        for reason in (*reasons, text):
            yield from view.stop_lines(Stop(NOW, reason, text, facts), room, WIB, tall=tall)


async def test_tiny_terminals_take_nothing_and_live(store: Store, clock: FrozenClock) -> None:
    put(store, [waiting()])
    async with table(store, clock, size=(80, 24)) as (app, pilot, screen):
        await scan(app, pilot, RESI)
        for size in ((20, 5), (39, 9), (2, 1)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            await scan(app, pilot, "KP-HTM-L")
            await press(app, pilot, "f", "y", "right")
            fits(app)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "0/4 barang" in said(app)
        assert screen.desk.question is None


async def test_keys_that_come_too_fast_are_named(store: Store, clock: FrozenClock) -> None:
    async with table(store, clock) as (app, pilot, _):
        at_speed(app, "wf")
        await quiet(app, pilot)
        assert "Terlalu cepat untuk tombol, terlalu pendek untuk pindaian: wf" in said(app)
        await scan(app, pilot, "KP-1")
        assert "Nomor ini tidak dikenal" in said(app), "short, but ended: a code"


async def test_who_only_looks_has_no_packing_table(store: Store, clock: FrozenClock) -> None:
    put(store, [waiting()])
    async with running(store, clock, read_only=True) as (app, pilot):
        await pilot.press("4", "B")
        await pilot.pause()
        assert app.screen is app.main


async def test_in_english_too(store: Store, clock: FrozenClock) -> None:
    put(store, [waiting(status="CANCELLED")])
    async with table(store, clock, language="en") as (app, pilot, _):
        await scan(app, pilot, RESI)
        assert "S T O P" in said(app)
        assert "is CANCELLED" in said(app)


async def test_the_history_says_what_happened(store: Store, clock: FrozenClock) -> None:
    from tui.changes import what

    put(store, [waiting(items=(CAP,))])
    async with table(store, clock) as (app, pilot, _):
        for code in (RESI, "8999999"):
            await scan(app, pilot, code)
        await press(app, pilot, "y")
        await scan(app, pilot, "TP-NVY")
        await changed(app, pilot)
    with closing(store.reader()) as reader:
        told = [what(change) for change in reader.history(1)]
    assert told[:2] == ["dikemas", "berhenti di meja kemas: kode barang tidak dikenal"]
