"""The border for foreign text: properties over any text, and the known attacks by name."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from wcwidth import wcswidth

from tui.guard import guard_terminal
from tui.text import LIMIT, MARKS, clean, fit, listed, wrap

ANY = st.text(st.characters(codec=None), max_size=60) | st.text(
    st.sampled_from("a \x1b\x9b\x00\r\n\u202e\u2066\u200b\u200d\ufe0f\u0301👩🇮🇩字\ud800\U000e0041ｗ\u1160"),
    max_size=60,
)
BIDI = "\u202a\u202e\u2066\u2069\u200b\ufeff\u061c"
FORBIDDEN = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), *BIDI}


@given(ANY)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(ANY)
def test_no_control_bidi_or_lone_surrogate_survives(text: str) -> None:
    shown = clean(text)
    assert not FORBIDDEN & set(shown)
    shown.encode()


@given(ANY)
def test_marks_do_not_pile_up(text: str) -> None:
    run = 0
    for char in clean(text):
        run = run + 1 if unicodedata.category(char).startswith("M") else 0
        assert run <= MARKS


@given(ANY, st.integers(0, 40), st.booleans())
@example("👨‍👩‍👧‍👦 keluarga", 5, False)
@example("🇮🇩❤️1️⃣", 3, True)
def test_a_cell_is_exactly_as_wide_as_asked(text: str, width: int, right: bool) -> None:
    cell = fit(text, width, right=right)
    assert cell_len(cell) == width
    assert not FORBIDDEN & set(cell)


EMOJI = ("👨‍👩‍👧 ok", "🇮🇩 flag", "❤️ 1️⃣", "👍🏽", "ｗｉｄｅ", "字" * 9, "e" + "\u0301" * 2_000)


@pytest.mark.parametrize("text", EMOJI)
def test_toolkit_and_terminal_agree_on_the_width(text: str) -> None:
    assert wcswidth(fit(text, 12)) == 12


@given(ANY, st.integers(1, 30), st.integers(1, 4))
def test_wrapped_lines_stay_within_their_box(text: str, width: int, most: int) -> None:
    lines = wrap(text, width, most)
    assert len(lines) <= most
    assert all(cell_len(line) <= width for line in lines)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b]0;PWN\x07", "␛]0;PWN␇"),
        ("\x9b31m", "\ufffd31m"),
        ("a\tb\r\nc\u2028d", "a b  c d"),
        ("\x7f\x00", "␡␀"),
        ("\u202egpj.exe", "gpj.exe"),
        ("a\u200bb\U000e0041\ufeff", "ab"),
        ("\ud800", "\ufffd"),
        ("[red]x[/red]", "[red]x[/red]"),
        (None, ""),
        ("e" + "\u0301" * 2_000, "e" + "\u0301" * 3),
    ],
)
def test_known_attacks(raw: str | None, shown: str) -> None:
    assert clean(raw) == shown


def test_length_is_capped_and_line_breaks_can_stay() -> None:
    assert len(clean("W" * 1_000_000)) == LIMIT
    assert clean("é" * 1_000_000).endswith("…")
    assert clean("satu\ndua\x1b", lines=True) == "satu\ndua␛"


def test_cut_text_ends_in_an_ellipsis() -> None:
    assert fit("Kaos Polos", 6) == "Kaos …"
    assert fit("5", 4, right=True) == "   5"


def test_the_last_line_of_defence_replaces_and_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.console import Console

    monkeypatch.setattr(Strip, "render", Strip.render)
    reports: list[str] = []
    if getattr(Strip.render, "guarded", False):
        monkeypatch.setattr(Strip.render, "guarded", False)
    guard_terminal(reports.append)
    guard_terminal(reports.append)
    assert "\x1b" not in Strip([Segment("x\x1b]0;PWN\x07")]).render(Console(color_system=None))
    assert len(reports) == 1
    assert Strip([Segment("aman")]).render(Console(color_system=None)) == "aman"
    assert len(reports) == 1


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (28, "segera serahkan, jawab chat"),
        (23, "segera serahkan +1"),
        (18, "segera serahkan +1"),
        (12, "segera serahkan"),
    ],
)
def test_words_are_told_whole_and_the_others_counted(width: int, told: str) -> None:
    assert listed(["segera serahkan", "jawab chat"], width) == told
    assert listed([], width) == ""
