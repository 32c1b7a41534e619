"""Answering what buyers ask: only `y` answers, and only what was shown."""

from __future__ import annotations

from typing import Any

import pytest
from textual.widgets import Input

from store.db import Store
from store.request_facts import Answers, Decision, RequestLine
from store.times import HOUR
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import queued, said, toasts
from tests.ui.request_kit import AGREED, API, PICTURES, ask, asked, ended, offers, request, settled, wishes
from tests.ui.screen_kit import NOW, picture, put, record, running, until
from tui.screens import answer_dialog
from tui.screens.answer_dialog import AnswerDialog
from tui.screens.detail import DetailScreen
from tui.screens.prompt import Prompt


async def test_a_cancellation_is_approved_with_three_keys(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1, payment_method="GoPay")])
    ask(store, request(1))
    async with asked(store, clock, "1", "r") as (app, pilot):
        for words in (
            "Permintaan: pembatalan · menunggu jawaban Anda",
            "Jawab sebelum 26 Nov 00.12 WIB: sisa 5 j 12 mnt",
            "Alasan pembeli: Salah pilih ukuran",
            "Dana kembali ke pembeli: Rp136.000",
            "Dana kembali 26 Nov - 27 Nov (1-2 hari kerja)",
            "Tanpa jawaban: disetujui otomatis 26 Nov 00.12 WIB, Rp136.000 kembali ke pembeli",
            "Paket ini TIDAK boleh diserahkan ke kurir",
            "2 × Kaos Polos · Hitam, L · KP-HTM-L · Rp136.000",
            "warnanya salah",
            PICTURES[2].url,
            f"Setujui pembatalan, pesanan {record(1).order_id}: Rp136.000 kembali ke pembeli?",
        ):
            assert words in said(app), said(app)
        assert queued(store) == []
        await pilot.press("y")
        await ended(app, pilot)
        assert "Hasil jawaban" in said(app)
    [row] = queued(store)
    assert (row.kind, row.order_id, row.state, row.requested_by) == (
        *("approve", record(1).order_id, "queued"),
        "seller",
    )
    assert wishes(store)[0]["decision"] == "APPROVE_REQUEST_CANCEL"


async def test_no_other_key_answers(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    ask(store, request(1))
    others = ("enter", "escape", "q", "Y", "space", "tab", *"jkhacsrx5G", "f5")
    async with asked(store, clock, "1", "r") as (app, pilot):
        for key in others:
            await pilot.press(key, "escape", "y")
            await settled(app, pilot)
            assert queued(store) == [], key
            await pilot.press("1", "r")
            await until(pilot, lambda: isinstance(app.screen, AnswerDialog))


@pytest.mark.parametrize(
    "keys", [("n",), ("g",), ("o",), ("n", "9"), ("n", "c", "y"), ("o", "1"), ("o", "a")]
)
async def test_a_list_sends_nothing_before_something_is_chosen(
    store: Store, clock: FrozenClock, keys: tuple[str, ...]
) -> None:
    put(store, [record(1)])
    ask(store, request(1, "return"))
    async with asked(store, clock, "9", "r") as (app, pilot):
        await pilot.press(*keys, "y", "enter", "escape", "escape", "escape")
        await settled(app, pilot)
    assert queued(store) == []


async def test_a_refusal_takes_a_reason_of_the_platform_and_a_comment(
    store: Store, clock: FrozenClock
) -> None:
    put(store, [record(1)])
    ask(store, request(1))
    async with asked(store, clock, "1", "r") as (app, pilot):
        await pilot.press("n")
        assert "1 Barang sudah dikemas" in said(app)
        assert "y kirim" not in said(app), "no reason is chosen yet"
        await pilot.press("2")
        assert "dengan alasan: Sudah sepakat dengan pembeli?" in said(app)
        assert "Paket tetap dikirim" in said(app)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press(*"sudah dikirim ya", "enter")
        await until(pilot, lambda: isinstance(app.screen, AnswerDialog))
        assert "Komentar: sudah dikirim ya" in said(app)
        assert queued(store) == [], "a y in the comment is a letter"
        await pilot.press("y")
        await ended(app, pilot)
    assert wishes(store) == [
        {"kind": "reject", "request_id": request(1).request_id, "about": "cancel", "reason": AGREED.name}
        | {"decision": "REJECT_REQUEST_CANCEL", "comment": "sudah dikirim ya"}
    ]


async def test_reasons_that_were_not_read_are_not_guessed(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    ask(store, request(1, "refund"), unread=True)
    async with asked(store, clock, "9", "r") as (app, pilot):
        assert "Tidak bisa ditolak: alasan dari platform belum terbaca" in said(app)
        assert "Bukti belum dibaca; F5 baca sekarang" in said(app)
        await pilot.press("n")
        assert "Tidak bisa ditolak: alasan dari platform belum terbaca" in said(app)
        await pilot.press("1", "y")
        assert isinstance(app.screen, AnswerDialog)
        assert queued(store) == []
        await pilot.press("escape")
        ask(store, request(1, "refund"))
        await until(pilot, lambda: "warnanya salah" in said(app))
        await pilot.press("n")
        assert "1 Barang sudah dikemas" in said(app), "they came while the dialog was open"
        await pilot.press("escape", "y")
        await ended(app, pilot)
    assert [row.kind for row in queued(store)] == ["approve"]


async def test_marked_orders_are_answered_one_after_the_other(store: Store, clock: FrozenClock) -> None:
    put(store, [record(n) for n in range(1, 6)])
    soonest_last = (request(n, deadline_at=NOW + (9 - n) * HOUR) for n in range(1, 5))
    ask(store, *soonest_last)
    async with asked(store, clock, "1", "a", "r") as (app, pilot):
        assert "Permintaan 1 dari 4" in said(app) and f"pesanan {record(4).order_id}" in said(app)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, AnswerDialog) and "2 dari 4" in said(app))
        assert len(queued(store)) == 1, "a confirmed key press is on disk before the next question"
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, AnswerDialog) and "3 dari 4" in said(app))
        await pilot.press("n", "1", "y")
        await until(pilot, lambda: isinstance(app.screen, AnswerDialog) and "4 dari 4" in said(app))
        assert "s lewati" not in said(app)
        await pilot.press("escape")
        await ended(app, pilot)
        shown = said(app)
        assert record(4).order_id in shown and record(2).order_id in shown and "0/2" in shown
        assert len(app.main.orders.selection()) == 2, "what was left alone stays marked"
    assert [(row.kind, row.order_id) for row in queued(store)] == [
        ("approve", record(4).order_id),
        ("reject", record(2).order_id),
    ]


async def test_other_answers_with_their_consequences(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    not_now = {"APPROVE_REPLACEMENT": "stok pengganti tidak ada"}
    ask(store, request(1, "return"), options=offers("return", **not_now))
    async with asked(store, clock, "9", "r") as (app, pilot):
        assert "Rp136.000 kembali ke pembeli setelah barangnya diterima?" in said(app)
        await pilot.press("g")
        assert "1 Kembalikan dana tanpa retur" in said(app)
        assert "platform tidak menerima keputusan ini sekarang: stok pengganti tidak ada" in said(app)
        await pilot.press("2", "y")
        assert isinstance(app.screen, AnswerDialog)
        assert queued(store) == []
        await pilot.press("1")
        assert "Barang tetap pada pembeli" in said(app)
        assert "Kembalikan dana tanpa retur, pesanan" in said(app)
        await pilot.press("y")
        await ended(app, pilot)
    assert [(one["kind"], one["decision"]) for one in wishes(store)] == [("approve", "DIRECT_REFUND")]


async def test_a_partial_refund_takes_an_amount_within_the_limit(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    ask(store, request(1, "refund"))
    async with asked(store, clock, "9", "r") as (app, pilot):
        await pilot.press("g", "1")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        for wrong in ("", "0", "-5", "NaN", "1e400", "5,5", "Rp136.001", "9" * 19, "٣"):
            app.screen.query_one(Input).value = wrong
            await pilot.press("enter")
            assert isinstance(app.screen, Prompt), wrong
        app.screen.query_one(Input).value = "Rp50.000"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, AnswerDialog))
        assert "tawarkan Rp50.000?" in said(app) and "Tawaran: Rp50.000 dari Rp136.000" in said(app)
        await pilot.press("y")
        await ended(app, pilot)
    [wish] = wishes(store)
    assert (wish["decision"], wish["amount"]) == ("OFFER_PARTIAL_REFUND", 50_000)


async def test_no_amount_no_offer(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    ask(store, request(1, "refund"))
    async with asked(store, clock, "9", "r") as (app, pilot):
        await pilot.press("g", "1")
        await until(pilot, lambda: isinstance(app.screen, Prompt))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, AnswerDialog))
        await pilot.press("y")
        assert isinstance(app.screen, AnswerDialog)
    assert queued(store) == []


async def test_a_returned_parcel_is_checked(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    ask(store, request(1, "received", tracking_number="JP99", courier_name="J&T Express"))
    async with asked(store, clock, "9", "r") as (app, pilot):
        assert "Cek barang yang kembali sampai 26 Nov 00.12 WIB: y terima, n tolak" in said(app)
        assert "Paket retur: JP99 · J&T Express" in said(app)
        await pilot.press("n", "1", "y")
        await ended(app, pilot)
    assert wishes(store)[0]["decision"] == "REJECT_RECEIVED_PACKAGE"


async def test_a_returned_parcel_without_a_clock_of_the_platform(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    ask(store, request(1, "received", deadline_at=None))
    async with asked(store, clock, "9", "r") as (app, _):
        assert "Jawab sebelum 27 Nov 23.59 WIB (perkiraan)" in said(app), "two working days after it changed"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"arbitration": "IN_PROGRESS"}, "Tidak bisa dijawab: sedang diputus platform"),
        ({"deadline_at": NOW - 1}, "Tidak bisa dijawab: batas jawab sudah lewat"),
        ({"quick_refund": True}, "Dana sudah dikembalikan platform: paket retur tidak bisa ditolak"),
    ],
)
async def test_what_cannot_be_done_says_why(
    store: Store, clock: FrozenClock, told: dict[str, Any], words: str
) -> None:
    put(store, [record(1)])
    ask(store, request(1, "received", **told))
    async with asked(store, clock, "9", "r") as (app, pilot):
        assert words in said(app)
        await pilot.press("n", "1", "y")
        assert isinstance(app.screen, AnswerDialog)
    assert queued(store) == []


async def test_links_are_copied_and_opened_only_by_their_keys(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def browser(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr(answer_dialog, "open_page", browser)
    put(store, [record(1)])
    ask(store, request(1))
    async with asked(store, clock, "1", "r") as (app, pilot):
        await pilot.press("o")
        assert "▌ gambar 1" in "\n".join(picture(app))
        await pilot.press("o")
        assert app.clipboard == PICTURES[0].url
        await pilot.press("3")
        assert app.clipboard == PICTURES[2].url
        await pilot.press("k", "o")
        assert app.clipboard == PICTURES[1].url
        await pilot.press("a")
        assert app.clipboard.split("\n") == [one.url for one in PICTURES]
        assert opened == []
        await pilot.press("b")
        await until(pilot, lambda: opened == [PICTURES[1].url])
        await pilot.press("escape", "b")
        await until(pilot, lambda: opened == [PICTURES[1].url, PICTURES[0].url])
    assert queued(store) == []


async def test_an_order_whose_request_was_not_read(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1, cancel_requested=True)])
    async with running(store, clock, shops=API) as (app, pilot):
        await pilot.press("1", "r")
        await until(pilot, lambda: any("belum terbaca dari platform" in one for one in toasts(app)))
        assert app.screen is app.main


async def test_read_only_answers_nothing(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    ask(store, request(1))
    async with running(store, clock, shops=API, read_only=True) as (app, pilot):
        await pilot.press("1", "r")
        await until(pilot, lambda: bool(toasts(app)))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DetailScreen) and "Salah pilih" in said(app))
        assert "r jawab" not in said(app)
        await pilot.press("r")
        assert isinstance(app.screen, DetailScreen)


async def test_the_pane_and_the_detail_tell_of_every_request(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    closed: dict[str, Any] = {
        "status": "CANCELLATION_REQUEST_CANCEL",
        "next_action": None,
        "deadline_at": None,
    }
    ask(store, request(1, "return"), unread=True)
    ask(store, request(1, request_id="77", reason_text="salah alamat", **closed), unread=True)
    async with running(store, clock, shops=API) as (app, pilot):
        await pilot.press("9")
        await until(pilot, lambda: "Retur: jawab sebelum besok 00.12 · Rp136.000" in "\n".join(picture(app)))
        await pilot.press("enter")
        await until(pilot, lambda: "salah alamat" in said(app))
        assert "pembatalan · ditarik atau ditutup" in said(app)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, AnswerDialog))
        await pilot.press("y")
        await ended(app, pilot)
    assert [row.kind for row in queued(store)] == ["approve"]


async def test_a_cancellation_has_no_proof_to_read(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    ask(store, request(1), proof=None)
    async with asked(store, clock, "1", "r") as (app, _):
        assert "Kaos Polos" in said(app)
        assert "Bukti" not in said(app) and "Kata dan bukti" not in said(app) and "F5" not in said(app)


async def test_a_decision_of_another_stage_is_not_listed(store: Store, clock: FrozenClock) -> None:
    misfit, words = 25020003, "The decision does not match the pending action."
    told = (
        *offers("return").decisions,
        Decision("APPROVE_REFUND", eligible=False, code=misfit, why_not=words),
        Decision("ISSUE_REPLACEMENT_REFUND", eligible=False, code=25011032, why_not="sudah pernah ditolak"),
    )
    put(store, [record(1)])
    ask(store, request(1, "return"), options=Answers(told))
    async with asked(store, clock, "9", "r") as (app, pilot):
        await pilot.press("g")
        assert "Setujui pengembalian dana" not in said(app) and words not in said(app)
        assert "sudah pernah ditolak" in said(app), "a real reason stays"


async def test_a_plain_answer_of_another_stage_says_so_in_our_words(store: Store, clock: FrozenClock) -> None:
    words = "The decision does not match the pending action."
    told = (
        Decision("APPROVE_REQUEST_CANCEL"),
        Decision("REJECT_REQUEST_CANCEL", eligible=False, code=25020004, why_not=words),
    )
    put(store, [record(1)])
    ask(store, request(1), options=Answers(told))
    async with asked(store, clock, "1", "r") as (app, _):
        assert "Tidak bisa ditolak: platform tidak menerima keputusan ini" in said(app)
        assert words not in said(app)


async def test_what_does_not_fit_is_said_to_be_there_and_the_buyer_comes_first(
    store: Store, clock: FrozenClock
) -> None:
    put(store, [record(1)])
    goods = tuple(RequestLine(str(n), f"Barang ke-{n}", 1) for n in range(12))
    ask(store, request(1, "return", lines=goods))
    async with asked(store, clock, "9", "r", size=(80, 24)) as (app, pilot):
        await until(pilot, lambda: "j/k gulir" in said(app))
        await pilot.press("g")
        assert "j/k gulir" not in said(app), "there the keys choose"
        await pilot.press("escape")
        await until(pilot, lambda: "j/k gulir" in said(app))
    async with asked(store, clock, "9", "r", size=(120, 60)) as (app, _):
        assert "j/k gulir" not in said(app)
        assert said(app).index("warnanya salah") < said(app).index("Barang ke-0")
