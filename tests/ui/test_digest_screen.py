"""The digest's screen, its notice, and `pantau digest`, on a real store."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
import typer

from jobs.routine.digest import Closed, Digest, Goods, ToShip, Yesterday, encode
from store import digests, memory
from store.db import Store
from store.digests import Away
from store.status import Tab
from store.times import DAY, HOUR
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import said, toasts
from tests.ui.hostile import CORPUS
from tests.ui.screen_kit import NOW, SIZES, changed, picture, pk_of, put, record, running, until
from tui import digest_words, strings
from tui.cmd.context import Context
from tui.cmd.digest import digest
from tui.screens.digest import DigestScreen


def made(**told: Any) -> Digest:
    facts: dict[str, Any] = {
        "at": "2026-11-25T08:00:00+07:00",
        "noon": "2026-11-25T12:00:00+07:00",
        "to_ship": ToShip(),
        "scan_risk": 0,
        "requests": 0,
        "stock": Goods(),
        "chats": 0,
        "failed_actions": 0,
        "yesterday": Yesterday("2026-11-24", 143, 98, 2, 66, 12_500_000),
        "orders": {},
        "kind": "routine",
        "slot": "2026-11-25 08:00",
    }
    return Digest(**(facts | told))


def keep(store: Store, told: Digest, at: int = NOW - 4 * HOUR) -> None:
    slot = told.slot or ""
    store.write(lambda conn: digests.add_routine(conn, slot, encode(told), at, "{}"))


async def shown(app: Any, pilot: Any, words: str) -> str:
    await until(pilot, lambda: isinstance(app.screen, DigestScreen) and words in said(app))
    return said(app)


@pytest.mark.parametrize("size", SIZES)
async def test_enter_marks_the_orders_of_a_line(
    store: Store, clock: FrozenClock, size: tuple[int, int]
) -> None:
    late, soon, far = record(1, due=-2 * HOUR), record(2, due=3 * HOUR), record(3, due=40 * HOUR)
    put(store, (late, soon, far))
    async with running(store, clock, size=size) as (app, pilot):
        await pilot.press("1", "D")
        told = await shown(app, pilot, "Kemarin")
        assert "1 lewat batas kirim" in told and "1 kirim hari ini" in told
        assert "Rp0 omzet" in told and "Enter tandai di daftar" in told
        await pilot.press("j")
        await pilot.press("enter")
        await until(pilot, lambda: app.main.orders.selection() == (pk_of(store, soon),))
        assert app.screen is app.main and app.main.orders.view is not None
        assert app.main.orders.view.tab is Tab.TO_SHIP
        assert app.main.orders.cursor is not None and app.main.orders.cursor.pk == pk_of(store, soon)
        assert any("1 pesanan ditandai" in text for text in toasts(app))


async def test_older_ones_are_shown_as_they_were_told(store: Store, clock: FrozenClock) -> None:
    keep(store, made(to_ship=ToShip(7, 12, 3), scan_risk=4, orders={"overdue": ["gone"], "scan_risk": []}))
    async with running(store, clock) as (app, pilot):
        await pilot.press("D")
        told = await shown(app, pilot, "Semua beres")
        assert "sekarang, 25 Nov 19.00 · 1 dari 2" in told and "← lama" in told
        await pilot.press("left")
        told = said(app)
        assert "dibuat 25 Nov 08.00 · 2 dari 2" in told
        assert "12 kirim hari ini" in told and "7 kirim sebelum 12.00" in told and "143 pesanan baru" in told
        assert "Rp12.500.000 omzet" in told
        with_seen = store.reader()
        await until(pilot, lambda: with_seen.digests()[0].seen_at == NOW)
        with_seen.close()
        # The orders of that line have moved on; nothing is marked.
        await pilot.press("enter")
        await until(pilot, lambda: any("sudah tidak di tab" in text for text in toasts(app)))
        view = app.main.orders.view
        assert view is not None and app.main.orders.marks.count(view) == 0
        await pilot.press("D", "left", "left", "right", "right", "escape")
        assert app.screen is app.main


async def test_what_happened_meanwhile_is_told_and_opens_first(store: Store, clock: FrozenClock) -> None:
    closed = Closed("2026-11-24T17:10:00+07:00", "2026-11-25T06:30:00+07:00", new=5, cancelled=2)
    async with running(store, clock) as (app, pilot):
        away = Away(NOW - DAY, NOW, 0)
        body = encode(made(kind="opened", slot=None, while_closed=closed))
        detail = msgspec.json.encode({"new": 5, "cancelled": 2, "since": closed.since}).decode()

        app.has_jobs = True
        store.write(lambda conn: memory.remember(conn, digests.AWAY, away))
        await pilot.press("D")
        await shown(app, pilot, "selama Pantau tertutup sedang dibaca")
        store.write(lambda conn: digests.add_opened(conn, away, body, NOW, detail))
        await changed(app, pilot)
        notice = "Selama Pantau tertutup: 5 pesanan baru, 2 dibatalkan. Tekan D"
        await until(pilot, lambda: any(notice in text for text in toasts(app)))
        told = await shown(app, pilot, "Selama tertutup (24 Nov 17.10 sampai 25 Nov 06.30)")
        assert "5 pesanan baru" in told and "2 dari 2" in told
        await pilot.press("escape", "D")
        await shown(app, pilot, "1 dari 2")  # seen: from now on the present comes first
        # Its line among the news leads to it, not to the present.
        await pilot.press("escape", "exclamation_mark")
        await until(pilot, lambda: "selama tertutup" in said(app).lower() or "ringkasan:" in said(app))
        await pilot.press("enter")
        await shown(app, pilot, "2 dari 2")


async def test_a_damaged_digest_and_hostile_ids_are_no_danger(store: Store, clock: FrozenClock) -> None:
    keep(store, made(scan_risk=len(CORPUS), orders={"scan_risk": list(CORPUS)}))
    store.write(lambda conn: digests.add_routine(conn, "x", '{"at": 1}', NOW - HOUR, "{}"))
    async with running(store, clock) as (app, pilot):
        await pilot.press("D")
        await shown(app, pilot, "1 dari 3")
        await pilot.press("left")
        assert "ditulis oleh versi lain" in said(app)
        await pilot.press("enter", "G", "left")
        assert f"{len(CORPUS)} berisiko telat scan" in said(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.main and not app.data.busy)


@pytest.mark.parametrize("language", ["id", "en"])
def test_notices_in_words(language: str) -> None:
    strings.use(language)
    told = {"before_noon": "3", "today": "12", "overdue": "1", "chats": "2", "requests": "9", "slot": "08:00"}
    words = digest_words.summed(told)
    assert words.count(",") == digest_words.SAID - 1 and "12" in words
    assert digest_words.summed({}) == strings.t("digest.quiet")
    assert digest_words.remaining({"arrange": 14, "scan": 0}) == strings.t("cutoff.arrange", n=14)
    step = {"rate": "ldr", "share": 0.103, "level": "cap_90", "forecast": True, "shop": "toko\x1b[2J"}
    said_of = digest_words.stepped(step)
    assert ("10,3 %" if language == "id" else "10.3 %") in said_of and "90 %" in said_of
    assert "\x1b" not in said_of
    assert digest_words.stepped({"share": "x", "level": "cap_0"}).endswith(strings.t("rating.level.stopped"))


def test_the_command(
    store: Store, clock: FrozenClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[[shops]]\nname = "toko-contoh"\nkind = "file"\n', encoding="utf-8")
    ctx = Context(config, {"data_dir": str(Path(store.url).parent)}, {}, clock)
    put(store, (record(1, due=-HOUR), record(2, due=2 * HOUR)))
    context = cast(typer.Context, SimpleNamespace(obj=ctx))
    digest(context, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["to_ship"] == {"before_noon": 1, "today": 1, "overdue": 1}
    assert {"at", "scan_risk", "requests", "stock", "chats", "failed_actions", "yesterday"} <= told.keys()
    assert told["orders"]["overdue"] == [record(1).order_id]
    digest(context, shop="toko-contoh", as_json=False)
    assert "lewat batas kirim" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        digest(context, last=True)
    keep(store, made(scan_risk=3))
    capsys.readouterr()
    digest(context, last=True, as_json=True)
    assert json.loads(capsys.readouterr().out)["scan_risk"] == 3


async def test_a_long_digest_scrolls_with_the_cursor(store: Store, clock: FrozenClock) -> None:
    full = made(
        to_ship=ToShip(1, 2, 3), scan_risk=4, requests=5, stock=Goods(6, 7), chats=8, failed_actions=9,
        while_closed=Closed("2026-11-24T17:10:00+07:00", "x", *range(1, 7)),
    )  # fmt: skip
    keep(store, full)
    async with running(store, clock, size=(80, 24)) as (app, pilot):
        await pilot.press("D")
        await shown(app, pilot, "1 dari 2")
        await pilot.press("left", "G")
        body = app.screen.query_one("#body")
        await until(pilot, lambda: body.scroll_offset.y > 0)
        await pilot.press("enter")
        await until(pilot, lambda: any("Tidak ada pesanan di baris ini" in text for text in toasts(app)))
        await pilot.press("g")
        await until(pilot, lambda: body.scroll_offset.y == 0)
        assert any("▌" in line and "pesanan baru" in line for line in picture(app))
