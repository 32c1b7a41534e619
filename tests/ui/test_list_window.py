"""The window model alone: lines follow rows, corrections are reported, edges are proven."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from store.status import Tab
from store.views import View
from tests.ui.screen_kit import row
from tui.widgets.marks import LIMIT, Marks
from tui.widgets.window import KEEP, Stretch, Window

VIEW = [row(number) for number in range(1, 400)]


def part(first: int, last: int, **told: int | bool) -> Stretch:
    """Rows of VIEW as a read gives them."""
    facts = {"at_start": first == 0, "at_end": last >= len(VIEW), "total": len(VIEW)} | told
    return Stretch(tuple(VIEW[first:last]), **facts)  # type: ignore[arg-type]


@given(st.integers(0, 380), st.integers(1, 60), st.integers(0, 500), st.lists(st.booleans(), max_size=12))
def test_rows_keep_their_places_however_the_window_grew(
    first: int, size: int, believed: int, steps: list[bool]
) -> None:
    window = Window()
    low, high = first, min(len(VIEW), first + size)
    window.replace(part(low, high), believed)
    for down in steps:
        before = window.line(VIEW[low].pk)
        assert before is not None
        if down and high < len(VIEW):
            grown = min(len(VIEW), high + 40)
            moved = window.append(part(high, grown))
            high = grown
        elif not down and low > 0:
            grown = max(0, low - 40)
            moved = window.prepend(part(grown, low))
            assert window.line(VIEW[low].pk) == before + moved
            low = grown
            continue
        else:
            continue
        assert window.line(VIEW[low].pk) == before + moved
    assert [window.row(line) for line in range(window.start, window.end)] == VIEW[low:high]
    assert 0 <= window.start <= window.end <= window.total
    if low == 0:
        assert window.start == 0
    if high == len(VIEW):
        assert window.end == window.total
    if low == 0 and high == len(VIEW):
        assert window.total == len(VIEW)


def test_a_window_never_holds_more_than_it_may() -> None:
    many = [row(number) for number in range(1, 4 * KEEP)]
    window = Window()
    window.replace(Stretch(tuple(many[:100]), len(many), True), 0)
    for first in range(100, 3 * KEEP, 100):
        window.append(Stretch(tuple(many[first : first + 100]), len(many)))
    assert len(window.rows) == KEEP
    assert window.row(window.start) == many[window.start]
    while window.start:
        first = max(0, window.start - 100)
        window.prepend(Stretch(tuple(many[first : window.start]), len(many), first == 0))
    assert len(window.rows) == KEEP
    assert window.rows == many[:KEEP]


def test_an_exact_rank_corrects_the_lines_and_says_by_how_much() -> None:
    window = Window()
    window.replace(Stretch(tuple(VIEW[100:150]), len(VIEW)), 90)
    assert window.shift(10) == 10
    assert window.line(VIEW[100].pk) == 100
    assert window.shift(10_000) < 10_000


def test_an_empty_view_has_no_lines() -> None:
    window = Window()
    window.replace(Stretch((), 7, True, True), 5)
    assert (window.total, window.start, window.row(0)) == (0, 0, None)


def test_marks_are_bounded_and_belong_to_their_view() -> None:
    marks, here, there = Marks(), View(Tab.TO_SHIP), View(Tab.COLLECTION)
    marks.add(here, range(LIMIT + 10))
    assert marks.count(here) == LIMIT
    assert not marks.toggle(here, LIMIT + 5)
    assert marks.toggle(here, 0)
    assert marks.toggle(there, 7)
    marks.drop([7])
    assert not marks.has(here, 7)
    assert not marks.has(there, 7)
    marks.clear(here)
    assert marks.of(here) == ()
