"""No cell acts as a formula, and whoever reads it back has what was there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.files.guard import guard, guarded, unguard
from shop.files.limits import CELL

ACTING = ["=1+1", "+62812", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", ";=1", "＝1", "＋1", "－1", "＠a"]
SIGNS = st.text(st.sampled_from("=+-@;＝＋－＠'\t\r\n \xa0\u200bab1"), max_size=6)


@pytest.mark.parametrize("text", ACTING)
@pytest.mark.parametrize("before", ["", " ", "   ", "\xa0", "\u3000", "\u200b", "\ufeff", "\x0b"])
def test_what_would_act_gets_an_apostrophe(text: str, before: str) -> None:
    assert guard(before + text) == f"'{before}{text}"


@pytest.mark.parametrize(
    "text", ["", "Kaos", "a=b", "'kutip'", "(+62)812****1234", "580000000000000001", '{"a":1}', "0811", "{=1"]
)
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert guard(text) == unguard(text) == text


@pytest.mark.parametrize("text", ["'=1", "''=1", "' =1", "'", "''"])
def test_an_apostrophe_that_was_there_is_there_again(text: str) -> None:
    assert unguard(guard(text)) == text


@settings(max_examples=400, derandomize=True, database=None)
@given(SIGNS | st.text(max_size=12))
def test_unguard_is_the_inverse_of_guard(text: str) -> None:
    told = guard(text)
    assert unguard(told) == text
    assert not told.lstrip(" ").startswith(
        ("=", "+", "-", "@", "\t", "\r", "\n", ";", "＝", "＋", "－", "＠")
    )


@settings(max_examples=400, derandomize=True, database=None)
@given(st.lists(SIGNS | st.text(max_size=12), min_size=1, max_size=5))
def test_a_row_looked_at_as_a_whole_is_guarded_as_its_cells_are(row: list[str]) -> None:
    assert guarded(row, str) == [guard(cell) for cell in row]


@pytest.mark.parametrize("row", [["a", "x" * CELL], ["a\uffff", "b"]])
def test_what_a_cell_cannot_hold_is_fit(row: list[str]) -> None:
    assert guarded(row, lambda text: text[:3].replace("\uffff", "?")) == [
        text[:3].replace("\uffff", "?") for text in row
    ]
