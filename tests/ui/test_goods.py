"""An order's summary at the border of the screen."""

from __future__ import annotations

import pytest

from store.flatten import summary
from store.records import ItemRecord
from tui import strings
from tui.goods import goods


def item(name: str, quantity: int = 1) -> ItemRecord:
    return ItemRecord(name, name, quantity, 1_000)


@pytest.mark.parametrize(
    ("items", "told"),
    [
        ([], ""),
        ([item("Topi", 2)], "2x Topi"),
        ([item("Topi"), item("Kaos", 1_200)], "1201 items: Topi, Kaos"),
        ([item("3 barang: Topi")], "1x 3 barang: Topi"),
        ([item("3 barang: {x}"), item("\x1b[2J")], "2 items: 3 barang: {x}, ␛[2J"),
    ],
)
def test_only_its_own_words_are_translated(items: list[ItemRecord], told: str) -> None:
    stored, _ = summary(items)
    strings.use("en")
    assert goods(stored) == told
    strings.use("id")
    assert goods(stored) == told.replace(" items: ", " barang: ")


def test_what_nobody_knows_is_empty_and_what_is_long_is_cut() -> None:
    assert goods(None) == ""
    strings.use("en")
    assert goods("12 barang: " + "x" * 500, 30) == "12 items: " + "x" * 19 + "…"
