"""What an answer or a cancellation means, in words; and the question before it."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from jobs.aftersales.answer_plans import AnswerChoice, Asked, answer_plan
from jobs.aftersales.cancel_plans import CancelLine, FaultRate
from jobs.parcel_steps import ParcelStep, Step
from jobs.rulebook import Refund
from jobs.wishes.plans import Held
from store.request_facts import Picture, Proof, Record
from store.views import RequestRow
from tests.jobs.test_answers_plans import CANCELLATION, REFUND, ROW
from tests.store.store_kit import NOW
from tui import strings
from tui.cmd.wishes import ask
from tui.request_words import answer_words, cancel_words, proof_links, rate_words, refund_words, why_asked

WIB = ZoneInfo("Asia/Jakarta")
RATE = FaultRate(1, 0.012, 0.1034, 1, 87, 8, 0.025, "none", "cap_75")
LINE = CancelLine(
    1, 1, "58", "AWAITING_SHIPMENT", "seller_cancel_reason_out_of_stock", True, "B***", "Kaos", 136_000, "IDR",
    Refund("any", (3, 14)), (ParcelStep("11", Step.PRINTED, "JX1"), ParcelStep("12", Step.OPEN)),
)  # fmt: skip


@pytest.fixture(autouse=True)
def indonesian() -> Iterator[None]:
    strings.use("id")
    yield
    strings.use("id")


def told(row: RequestRow, decision: str = "approve", reason: str | None = None) -> str:
    asked = [Asked(row, (), (ParcelStep("11", Step.PACKED, "JX1"),))]
    (line,) = answer_plan(asked, AnswerChoice(decision, reason), NOW).ok
    return "\n".join(answer_words(line, WIB))


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_approved_cancellation_says_the_money_the_parcel_and_the_silence(language: str) -> None:
    strings.use(language)
    words = told(CANCELLATION)
    for part in {
        "id": ("setujui pembatalan (Rp50.000)", "dana kembali", "TIDAK boleh diserahkan", "JX1: sudah dikemas",
               "tanpa jawaban sampai"),
        "en": ("approve the cancellation (Rp50.000)", "money back", "must NOT be handed", "JX1: packed",
               "without an answer until"),
    }[language]:  # fmt: skip
        assert part in words, words


def test_a_rejection_says_its_reason_and_no_money() -> None:
    words = told(ROW, "reject", "no_proof")
    assert "tolak retur: Tanpa bukti" in words
    assert "dana kembali" not in words


def test_dates_of_the_money() -> None:
    assert "19 Nov - 20 Nov (1-2 hari kerja)" in told(REFUND)
    assert refund_words(None, WIB) == "tidak ada dana yang kembali"
    assert "setelah barang diterima" in refund_words(Refund("any", (3, 14)), WIB)
    assert "belum pasti" in refund_words(Refund("any", (3, 14), NOW, NOW, certain=False), WIB)
    assert "(perkiraan)" in told(replace(REFUND, deadline_at=None))


def test_a_cancellation_says_whose_fault_it_is_and_how_far_the_goods_are() -> None:
    words = "\n".join(cancel_words(LINE, WIB))
    assert "stok habis; dihitung kesalahan penjual" in words
    assert "JX1: label sudah dicetak" in words and "12:" not in words
    free = replace(
        LINE, reason="seller_cancel_unpaid_reason_buyer_hasnt_paid_within_time_allowed", fault=False
    )
    assert "pembeli belum membayar; tidak dihitung" in "\n".join(cancel_words(free, WIB))


def test_the_rate_in_words() -> None:
    assert rate_words(RATE) == (
        "Batal karena penjual (7 hari): 1,2% -> 10,3%, target 2,5%: pesanan per hari dibatasi 75%"
    )
    assert rate_words(replace(RATE, after=0.02, leads_to="none")).endswith("target 2,5%")
    assert "1 -> 9 dari 87 pesanan" in rate_words(replace(RATE, now=None, after=None, leads_to="few"))


def test_foreign_words_drive_no_terminal() -> None:
    hostile = replace(ROW, reason_text="\x1b[2Jrusak\x07", reason="x")
    assert (
        "rusak" in why_asked(hostile)
        and "\x1b" not in why_asked(hostile)
        and "\x07" not in why_asked(hostile)
    )


def test_links_are_listed_once() -> None:
    links = (Picture("https://a/1"), Picture("https://a/2"))
    proof = Proof((Record(1, pictures=links), Record(2, pictures=links[:1])))
    assert proof_links(replace(ROW, proof=proof)) == ["https://a/1", "https://a/2"]
    assert proof_links(ROW) == []


class Terminal(io.StringIO):
    """A person types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "sent"), [("y\n", True), ("YA\n", True), ("\n", False), ("n\n", False), ("", False)]
)
def test_only_a_yes_sends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, sent: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    held = [Held(2, "59", "with_courier", {})]
    if sent:
        ask([("58", ["a", ""])], held, WIB, ["rate"])
    else:
        with pytest.raises(SystemExit) as end:
            ask([("58", ["a", ""])], held, WIB, ["rate"])
        assert end.value.code == 1
    shown = capsys.readouterr().err
    assert "  58\n    a\n  59  paket sudah di kurir" in shown and "rate\n" in shown


def test_without_a_terminal_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    with pytest.raises(SystemExit):
        ask([("58", [])], [], WIB)
