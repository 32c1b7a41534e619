"""Whose number is pasted into the search: a line of words, only where it helps."""

from __future__ import annotations

import pytest

from store.db import Store
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import said
from tests.ui.screen_kit import put, record, running, until
from tui import strings
from tui.guess import guess
from tui.screens.search import SearchScreen


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("JP1234567890", "· resi ini tampaknya J&T Express"),
        (" jp 1234 567 890 ", "· resi ini tampaknya J&T Express"),
        ("001234567890", "· resi ini bisa SiCepat?, JET Express?"),
        ("201234567890", "· resi ini bisa J&T Cargo?, JET Express?"),
        ("580000000000000001", None),
        ("kaos polos hitam", None),
        ("JP12", None),
        ("", None),
    ],
)
def test_a_number_is_told_from_a_word(typed: str, right: str | None) -> None:
    assert guess(typed) == right


def test_the_other_language() -> None:
    strings.use("en")
    assert guess("JP1234567890") == "· this number looks like J&T Express"


async def test_a_pasted_number_names_its_courier(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1)])
    async with running(store, clock, size=(80, 24)) as (app, pilot):
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, SearchScreen))
        app.screen.query_one("Input").value = "SPXID012345678901"  # type: ignore[attr-defined]
        await until(pilot, lambda: "resi ini tampaknya SPX Express" in said(app))
        app.screen.query_one("Input").value = "Kaos"  # type: ignore[attr-defined]
        await until(pilot, lambda: "1 ditemukan" in said(app))
        assert "resi ini" not in said(app)
