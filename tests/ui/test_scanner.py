"""A scanner told from a person: by speed, by ending, by silence. Every time is given, nothing waits."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.hostile import CORPUS, RAW
from tui.scanner import LINES, LONGEST, Deliberate, Scan, Scanner, Typed, cleaned

GAP = 50
RESI = "JP1234567890"
FAST, SLOW = 0.008, 0.120
"""Seconds between two signs: a usual scanner, a quick typist."""


class Table:
    """A scanner and its time."""

    def __init__(self, gap: float = GAP, **options: int) -> None:
        self.scanner = Scanner(gap, **options)
        self.at = 100.0
        self.heard: list[Scan | Typed] = []

    def keys(self, keys: Sequence[str], step: float = FAST) -> None:
        """Press keys, `step` seconds before each; single signs are printable."""
        for key in keys:
            self.at += step
            answer = self.scanner.feed(key if len(key) == 1 else None, key, self.at)
            if answer is not None:
                self.heard.append(answer)

    def wait(self, seconds: float = 1.0) -> list[Scan | Typed]:
        """Nothing comes for so long; everything that was heard."""
        self.at += seconds
        answer = self.scanner.flush(self.at)
        if answer is not None:
            self.heard.append(answer)
        return self.heard


@pytest.mark.parametrize("ending", ["enter", "tab", "ctrl+j"])
def test_a_scan_is_fast_and_ended(ending: str) -> None:
    table = Table()
    table.keys([*RESI, ending])
    assert table.heard == [Scan(RESI)], "it is known at the ending, without waiting"
    assert table.wait() == [Scan(RESI)]


def test_carriage_return_and_line_feed_end_one_scan() -> None:
    table = Table()
    table.keys([*RESI, "enter", "ctrl+j"])
    assert table.wait() == [Scan(RESI)]


def test_a_scanner_without_an_ending_is_heard_when_it_falls_silent() -> None:
    table = Table()
    table.keys(RESI)
    assert table.heard == []
    assert table.scanner.pending
    assert table.scanner.due == pytest.approx(table.at + GAP / 1_000)
    assert table.scanner.flush(table.at + 0.001) is None, "not yet"
    assert table.wait() == [Scan(RESI)]
    assert table.scanner.due is None


def test_an_ending_that_comes_late_is_not_a_key_of_its_own() -> None:
    table = Table()
    table.keys(RESI)
    table.at += 0.2
    table.keys(["enter"])
    assert table.wait() == [Scan(RESI)]


def test_two_scans_back_to_back() -> None:
    table = Table()
    table.keys([*RESI, "enter", *"8991234567890", "enter"])
    assert table.heard == [Scan(RESI), Scan("8991234567890")]


def test_two_scans_without_endings_are_told_apart_by_the_pause() -> None:
    table = Table()
    table.keys(RESI)
    table.at += 0.3
    table.keys("8991234567890")
    assert table.wait() == [Scan(RESI), Scan("8991234567890")]


def test_a_person_types_keys() -> None:
    table = Table()
    table.keys(RESI, SLOW)
    assert table.wait() == [Typed((sign,), sign) for sign in RESI]


def test_a_person_who_types_fast_is_no_scanner() -> None:
    # Two keys rolled over, then a pause, as fluent typists do.
    table = Table()
    for pair in ("te", "rl", "al", "u!"):
        table.at += 0.09
        table.keys(pair, 0.02)
    heard = table.wait()
    assert [answer for answer in heard if isinstance(answer, Scan)] == []
    assert "".join(answer.text for answer in heard if isinstance(answer, Typed)) == "terlalu!"
    assert all(isinstance(answer, Typed) and answer.key is None for answer in heard), "no pair is a command"


def test_a_person_s_enter_is_a_key() -> None:
    table = Table()
    table.keys(["y"])
    table.at += 0.2
    table.keys(["enter"])
    assert table.wait() == [Typed(("y",), "y"), Typed(("enter",))]


def test_a_single_key_is_heard_after_the_gap() -> None:
    table = Table()
    table.keys(["y"])
    assert table.heard == []
    (answer,) = table.wait(0.06)
    assert isinstance(answer, Typed)
    assert answer.key == "y"


def test_other_keys_are_heard_at_once() -> None:
    table = Table()
    table.keys(["escape", "down", "f5"])
    assert table.heard == [Typed(("escape",)), Typed(("down",)), Typed(("f5",))]


def test_a_key_held_down_is_no_scan() -> None:
    table = Table()
    table.keys("j" * 40, 0.033)
    (answer,) = table.wait()
    assert isinstance(answer, Typed)
    assert answer.key == "j"
    assert len(answer.keys) == 40


def test_a_code_too_short_is_told_from_keys() -> None:
    table = Table()
    table.keys([*"KP-y", "enter"])
    (answer,) = table.wait()
    assert answer == Typed(("K", "P", "-", "y", "enter"), "KP-y", ended=True)
    assert answer.key is None, "the y inside it is no answer to anything"


def test_the_least_length_can_be_set() -> None:
    table = Table(least=3)
    table.keys([*"KP-", "enter"])
    assert table.wait() == [Scan("KP-")]


def test_half_a_scan_is_what_came() -> None:
    table = Table()
    table.keys(RESI[:8])
    assert table.wait(0.4) == [Scan(RESI[:8])]
    table.keys([*RESI[8:10]])
    assert table.wait()[1:] == [Typed(tuple(RESI[8:10]), RESI[8:10])]


def test_a_key_after_a_scan_without_ending_is_not_lost() -> None:
    table = Table()
    table.keys([*RESI, "escape"])
    assert table.heard == [Scan(RESI)]
    assert table.wait() == [Scan(RESI), Typed(("escape",))]


def test_a_key_inside_a_short_burst_stays_behind_it() -> None:
    table = Table()
    table.keys(["a", "escape"])
    assert table.wait() == [Typed(("a", "escape"), "a")]


@pytest.mark.parametrize("prefix", ["]C1", "]Q1", "]E0"])
def test_a_scanner_that_names_the_kind_of_barcode(prefix: str) -> None:
    table = Table()
    table.keys([*f"{prefix}{RESI}", "enter"])
    assert table.wait() == [Scan(RESI)]


def test_a_scanner_that_begins_with_a_control_sign() -> None:
    table = Table()
    table.keys(["ctrl+b", *RESI, "enter"])
    assert table.wait() == [Typed(("ctrl+b",)), Scan(RESI)]


def test_keys_without_a_printable_sign_are_not_part_of_a_code() -> None:
    scanner = Scanner(GAP)
    assert scanner.feed("\x02", "ctrl+b", 1.0) == Typed(("ctrl+b",))
    assert scanner.feed(None, "f3", 2.0) == Typed(("f3",))


def test_a_paste_counts_as_a_scan() -> None:
    scanner = Scanner(GAP)
    assert scanner.paste(f"  {RESI}\r\n") == [Scan(RESI)]
    assert scanner.paste("A1\n\n \nB2\r\nC3") == [Scan("A1"), Scan("B2"), Scan("C3")]
    assert scanner.paste(" \x00\n\x1b") == []
    assert len(scanner.paste("12345678\n" * 10_000)) == LINES


def test_ten_thousand_signs_are_capped() -> None:
    table = Table()
    table.keys([*("ab" * 5_000), "enter"], 0.001)
    assert table.wait() == [Scan(("ab" * 5_000)[:LONGEST])]
    assert [len(scan.text) for scan in table.scanner.paste("ab" * 5_000)] == [LONGEST]


@pytest.mark.parametrize("text", [*CORPUS, *RAW])
def test_what_comes_in_is_cleaned(text: str) -> None:
    code = cleaned(text)
    assert code.isprintable()
    assert len(code) <= LONGEST
    assert cleaned(code) == code or code.startswith("]")
    code.encode()  # no half characters: a store takes it
    for scan in Scanner(GAP).paste(text):
        assert scan.text.isprintable()


def test_unicode_is_compared_in_one_form() -> None:
    assert cleaned("ＪＰ１２３") == "JP123"
    assert cleaned("\ufeffJP\u200b1\u202e2 ") == "JP12"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "Y", "7", "-", "enter", "tab", "escape", "f5", "ctrl+b"]),
            st.floats(0, 0.2),
        ),
        max_size=40,
    )
)
def test_no_key_is_lost_but_endings_of_scans(presses: list[tuple[str, float]]) -> None:
    table = Table()
    for key, step in presses:
        table.keys([key], step)
    table.wait()
    assert not table.scanner.pending
    signs = "".join(key for key, _ in presses if len(key) == 1)
    assert "".join(answer.text for answer in table.heard) == signs
    others = [key for key, _ in presses if key in ("escape", "f5", "ctrl+b")]
    typed = [key for answer in table.heard if isinstance(answer, Typed) for key in answer.keys]
    assert [key for key in typed if key in ("escape", "f5", "ctrl+b")] == others


def press(meant: Deliberate, at: float, *keys: tuple[str, float]) -> float:
    for key, step in keys:
        at += step
        meant.feed(key, at)
    return at


def test_a_key_that_stands_alone_is_meant() -> None:
    meant = Deliberate(300)
    at = press(meant, 10.0, ("y", 1.0))
    assert meant.due == pytest.approx(at + 0.3)
    assert meant.settled(at + 0.2) is None
    assert meant.settled(at + 0.31) == "y"
    assert meant.settled(at + 0.4) is None, "once"
    assert meant.due is None


@pytest.mark.parametrize("step", [0.005, 0.06, 0.25])
def test_the_same_letter_inside_a_code_is_not_however_slow_the_scanner(step: float) -> None:
    meant = Deliberate(300)
    for code in ("JPy123", "y123456", "123456y", "y"):
        at = press(meant, 10.0, *((sign, step) for sign in code), ("enter", step))
        assert meant.settled(at + 5) != "y"
        meant = Deliberate(300)
