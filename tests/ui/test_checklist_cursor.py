"""The cursor of the checklist: it keeps its order, and goes on to the next one of its list."""

from __future__ import annotations

from tui.screens.checklist_cursor import Cursor, Spot


def spots(*ids: str, ticked: str = "") -> list[Spot]:
    return [*(Spot(one, False) for one in ids), *(Spot(one, True) for one in ticked)]


def test_it_stays_on_its_order_whatever_arrives() -> None:
    assert Cursor().here is None
    cursor = Cursor()
    cursor.leave()
    cursor.move(1)
    cursor.over(spots("a", "b", "c"))
    cursor.move(1)
    cursor.over(spots("x", "a", "b", "c", ticked="d"))
    assert cursor.here == Spot("b", False)
    cursor.move(-9)
    assert cursor.here == Spot("x", False)
    cursor.move(9)
    assert cursor.here == Spot("d", True)


def test_where_its_order_left_the_list_it_is_on_the_next_one_of_the_same_list() -> None:
    cursor = Cursor()
    cursor.over(spots("a", "b", "c"))
    cursor.move(1)
    cursor.over(spots("a", "c", ticked="b"))
    assert cursor.here == Spot("c", False)
    cursor.over(spots("a", ticked="bc"))
    assert cursor.here == Spot("a", False)
    cursor.over(spots(ticked="abc"))
    assert cursor.here == Spot("a", True)
    cursor.over([])
    assert cursor.here is None


def test_what_is_done_is_left_but_not_its_list() -> None:
    cursor = Cursor()
    cursor.over(spots("a", "b", ticked="c"))
    cursor.leave()
    assert cursor.here == Spot("b", False)
    cursor.leave()
    assert cursor.here == Spot("b", False)
    cursor.home()
    cursor.over(spots("a", "b"))
    assert cursor.here == Spot("a", False)
