"""Requests that are empty, long, broken or hostile: they stay text, nothing fires, the app lives."""

from __future__ import annotations

import re
from typing import Any

import pytest
from rich.cells import cell_len
from sqlalchemy import text as sql
from textual.pilot import Pilot
from wcwidth import wcswidth

from store.db import Store
from store.request_facts import (
    Answers,
    Decision,
    Picture,
    Proof,
    Reason,
    Record,
    RequestDetail,
    RequestLine,
    encode,
)
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import queued, said
from tests.ui.hostile import CORPUS
from tests.ui.request_kit import API, ask, asked, request, settled
from tests.ui.screen_kit import NOW, SIZES, put, record, running, until
from tui.app import PantauApp
from tui.screens.answer import look_at
from tui.screens.answer_dialog import AnswerDialog
from tui.screens.answer_view import Mode
from tui.screens.cancel import CancelDialog
from tui.screens.detail import DetailScreen
from tui.screens.request_lines import Look, links

FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
LONG = RequestDetail(lines=tuple(RequestLine(f"S{n}", f"Barang {n}", n) for n in range(1, 61)))
MODES: tuple[Mode, ...] = ("view", "reject", "other", "links")
ALBUM = Proof(
    tuple(
        Record(
            NOW - n,
            "BUYER",
            note=f"kata {n}",
            pictures=tuple(Picture(f"https://x/{n}-{m}") for m in range(3)),
        )
        for n in range(10)
    )
)


def _facts(text: str) -> RequestDetail:
    line = RequestLine(text, text, 1, text, text, 1)
    return RequestDetail(
        wire_type=text, role=text, lines=(line,), currency=text or "IDR", shipment_type=text, handover=text,
        tracking_number=text, courier_name=text, arbitration=text or None,
    )  # fmt: skip


def _proof(text: str) -> Proof:
    pictures = (Picture(text, text), Picture(f"https://x/{text}", "video"))
    return Proof((Record(NOW, text, text, text, text, text, pictures), Record(None)))


def _options(text: str) -> Answers:
    return Answers(
        (
            Decision("APPROVE_REQUEST_CANCEL"),
            Decision("REJECT_REQUEST_CANCEL", reasons=(Reason(text, text), Reason(f"{text}2", text))),
            Decision(text or "X", False, 1, text),
        )
    )


def _painted(app: PantauApp) -> None:
    for strip in app.screen._compositor.render_strips():
        assert not FORBIDDEN.search(strip.text), repr(strip.text)
        assert cell_len(strip.text) == app.size.width
        assert wcswidth(strip.text) == app.size.width, repr(strip.text)


def _look(store: Store, pk: int, app: PantauApp) -> Look:
    found = store.read(lambda conn: look_at(conn, pk, NOW, app.settings))
    assert found is not None
    assert found.approve is not None
    return found


async def _to_the_end(app: PantauApp, pilot: Pilot[int]) -> None:
    seen = ""
    while True:
        _painted(app)
        shown = "".join(strip.text for strip in app.screen._compositor.render_strips())
        if shown == seen:
            return
        seen = shown
        await pilot.press("pagedown")
        await pilot.pause()


@pytest.fixture
def hostile(store: Store, caplog: pytest.LogCaptureFixture) -> Any:
    """A request per text; afterwards nothing was queued, and nothing reached the last line of defence."""
    put(store, (record(n, buyer=text, payment_method=text) for n, text in enumerate(CORPUS, 1)))
    for n, text in enumerate(CORPUS, 1):
        told = {"reason": text, "reason_text": text, "raw": encode(_facts(text))}
        ask(store, request(n, **told), options=_options(text), proof=_proof(text))
    yield store
    assert queued(store) == []
    assert not caplog.records


@pytest.mark.parametrize(("size", "step"), list(zip(SIZES, (1, 4, 4), strict=True)), ids=str)
async def test_hostile_requests(hostile: Store, clock: FrozenClock, size: tuple[int, int], step: int) -> None:
    async with asked(hostile, clock, "1", "r", size=size) as (app, pilot):
        dialog = app.screen
        assert isinstance(dialog, AnswerDialog)
        for pk in range(1, len(CORPUS) + 1, step):
            look = _look(hostile, pk, app)
            reason = next((one.name for one in look.reasons), "")
            dialog._look, dialog._at = look, {"reject": reason, "links": links(look.row)[0].url}
            for mode in MODES:
                dialog._turn(mode)
                await pilot.pause()
                _painted(app)
        for keys in (("h", "pagedown"), ("n", "1", "2", "j"), ("o", "o", "j", "k", "a"), ("g", "1", "j")):
            await pilot.press("escape", *keys)
            _painted(app)
            await pilot.click(offset=(size[0] // 2, 6))
        await pilot.press("escape", "escape")
        await settled(app, pilot)
        assert app.is_running


@pytest.mark.parametrize(("size", "step"), [((80, 60), 1), ((120, 60), 4)], ids=str)
async def test_hostile_requests_in_the_pane_the_detail_and_the_cancel_dialog(
    hostile: Store, clock: FrozenClock, size: tuple[int, int], step: int
) -> None:
    async with running(hostile, clock, size=size, shops=API) as (app, pilot):
        await pilot.press("1")
        for _ in CORPUS[::step]:
            await pilot.press("j")
            _painted(app)
        await pilot.press("a", "x")
        await until(pilot, lambda: isinstance(app.screen, CancelDialog))
        await pilot.press("h")
        await _to_the_end(app, pilot)
        await pilot.press("escape")
        screen = DetailScreen(1)
        app.push_screen(screen)
        await until(pilot, lambda: screen._shown is not None)
        for pk in range(1, len(CORPUS) + 1, step):
            screen.pk = pk
            screen.store_changed()
            await pilot.pause()
            _painted(app)


@pytest.mark.parametrize("key", ["r", "x"])
async def test_a_tiny_terminal_answers_nothing(store: Store, clock: FrozenClock, key: str) -> None:
    put(store, [record(1), record(2)])
    ask(store, request(1))
    async with running(store, clock, size=(80, 24), shops=API) as (app, pilot):
        await pilot.press("1", key)
        await until(pilot, lambda: isinstance(app.screen, AnswerDialog | CancelDialog))
        await pilot.resize_terminal(20, 5)
        await pilot.press("n", "1", "y", "j", "k", "o", "g", "c", "s")
        await pilot.pause()
        assert isinstance(app.screen, AnswerDialog | CancelDialog)
        await pilot.press("escape")
        await settled(app, pilot)
        await pilot.press(key, "y")
        await settled(app, pilot)
    assert queued(store) == []


async def test_an_empty_request(store: Store, clock: FrozenClock) -> None:
    bare: dict[str, Any] = {
        "lines": (),
        "reason": None,
        "reason_text": None,
        "amount": None,
        "deadline_at": None,
    }
    put(store, [record(1)])
    ask(store, request(1, **bare), proof=Proof())
    async with asked(store, clock, "1", "r") as (app, pilot):
        for words in (
            "Pembeli tidak menyebut alasan",
            "Platform tidak menyebut barangnya: seluruh pesanan",
            "jumlahnya belum disebut platform",
            "Tidak ada bukti",
            "(perkiraan)",
            "dana kembali ke pembeli?",
        ):
            assert words in said(app), said(app)
        await pilot.press("o", "b", "h", "g", "c")
        await pilot.press("n", "1", "escape", "y")
        await until(pilot, lambda: [row.kind for row in queued(store)] == ["approve"])


@pytest.mark.parametrize("size", [(44, 12), *SIZES], ids=str)
async def test_a_long_request_scrolls_and_its_keys_stay_in_sight(
    store: Store, clock: FrozenClock, size: tuple[int, int]
) -> None:
    put(store, [record(1)])
    ask(store, request(1, raw=encode(LONG)), proof=ALBUM)
    async with asked(store, clock, "1", "r", size=size) as (app, pilot):
        await pilot.press("h")
        assert "Esc/Enter kembali" in said(app)
        await pilot.press("G")
        await pilot.pause()
        assert "Barang 60" in said(app), "the end of the body is in sight"
        await pilot.press("o", *["j"] * 29)
        await pilot.pause()
        assert "gambar 30" in said(app), "the chosen link is in sight"
        await pilot.press("o")
        assert app.clipboard == "https://x/9-2"
        assert "Esc/Enter kembali" in said(app)


async def test_columns_that_cannot_be_read_are_empty(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    ask(store, request(1))
    broken = "UPDATE requests SET detail = '{\"lines\":[1]}', proof = '[', options = '{}x', kind = 'neu', status = '?'"
    store.write(lambda conn: conn.execute(sql(broken)))
    async with asked(store, clock, "1", "r") as (app, pilot):
        assert "Permintaan: neu · ?" in said(app)
        await pilot.press("n", "1", "y", "escape", "y")
        await until(pilot, lambda: [row.kind for row in queued(store)] == ["approve"])
