"""Several shops in one list: a letter and a colour each, one shop alone by a key, and whose trouble it is."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.config.keys import ShopSettings
from store import desk, orders
from store.db import Store
from store.status import Tab
from store.times import MINUTE
from store.views import HealthRow, ShopRow, View
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import said
from tests.ui.screen_kit import NOW, SIZES, picture, pk_of, pref, put, record, row, running, until
from tui import present, views
from tui.screens.filter import LETTERS, FilterDialog
from tui.shops import COLOURS, SIGNS, Badge, badges
from tui.widgets.columns import layout
from tui.widgets.health_line import sentence
from tui.widgets.painted import ROLES, length

WIB = ZoneInfo("Asia/Jakarta")


def shops(*names: str) -> list[ShopRow]:
    return [ShopRow(number, name, "tiktok", None) for number, name in enumerate(names, 1)]


@pytest.mark.parametrize(
    ("names", "signs"),
    [
        (("toko-satu", "toko-dua"), "SD"),
        (("batik", "bunga"), "BU"),
        (("aa", "aa aa"), "AB"),
        (("店", "1-2"), "AB"),
        (("Toko Éclair", "Toko Kopi"), "CK"),
    ],
)
def test_each_shop_has_a_letter_of_its_own(names: tuple[str, ...], signs: str) -> None:
    assert "".join(badge.sign for badge in badges(shops(*names), {}).values()) == signs


def test_one_shop_needs_no_telling_apart() -> None:
    assert badges(shops("satu"), {"satu": "pink"}) == {} == badges([], {})


def test_a_chosen_colour_is_kept_and_nobody_else_gets_it() -> None:
    found = badges(shops("a", "b", "c"), {"b": COLOURS[0]})
    assert [badge.role for badge in found.values()] == [f"shop-{COLOURS[place]}" for place in (1, 0, 2)]
    assert all(f"shop-{colour}" in ROLES for colour in COLOURS)


@given(st.lists(st.text(max_size=12), min_size=2, max_size=20))
def test_any_names_get_signs_that_are_keys_and_differ(names: list[str]) -> None:
    found = badges(shops(*names), {})
    signs = [badge.sign for badge in found.values()]
    assert len(set(signs)) == len(names) and set(signs) <= set(SIGNS)


@pytest.mark.parametrize("width", [79, 119, 199])
@pytest.mark.parametrize("tab", list(Tab))
def test_a_row_says_whose_it_is_and_stays_as_wide(tab: Tab, width: int) -> None:
    order, told = row(1), {1: Badge("S", "shop-teal", "satu")}
    columns = layout(tab, width, shops=True)
    line = present.pieces(
        order, columns, present.ticking(order, NOW, WIB), cursor=False, marked=False, shops=told
    )
    assert length(line) == width
    assert line[3][1] == "shop-teal" and line[3][0].startswith("S")
    assert "shop" not in {column.name for column in layout(tab, width).columns}


def test_tags_stand_behind_what_matters_more() -> None:
    words = [text for text, _ in present.flags(row(1, tags="kado,tahan", cod=True))]
    assert words.index("DITAHAN") < words.index("COD") < words.index("#kado")
    assert present.flags(row(1, tags="tahan"))[0] == ("DITAHAN", "soon")


def trouble(shop: str) -> HealthRow:
    return HealthRow("orders", shop, NOW - MINUTE, NOW, "token", None, None)


def test_trouble_names_its_shop_and_counts_the_others() -> None:
    one = sentence([trouble("satu")], NOW, WIB, True)
    assert "satu" in one and "toko lain" not in one
    two = sentence([trouble("satu"), trouble("dua"), trouble("dua")], NOW, WIB, True)
    assert "satu" in two and "(+1 toko lain bermasalah)" in two
    assert "satu" not in sentence([trouble("satu")], NOW, WIB, False)


def test_the_chosen_shop_and_tags_outlive_the_program() -> None:
    kept = views.Views()
    kept.shown(View(Tab.TO_SHIP, chips=frozenset({"cod", "tag:kado"}), shop_id=2))
    again = views.Views()
    again.read(kept.text())
    assert again.of(Tab.TO_SHIP) == View(Tab.TO_SHIP, chips=frozenset({"cod", "tag:kado"}), shop_id=2)
    assert again.of(Tab.TRANSIT) == View(Tab.TRANSIT, shop_id=2)
    again.read('{"tabs": {"3": {"chips": ["tag:", "tag:%", "tag:a,b", "new", "nope"]}}}')
    assert again.of(Tab.TO_SHIP).chips == frozenset({"new"})


def other_shop(store: Store, *numbers: int) -> None:
    def write(conn: Any) -> None:
        made = [record(number) for number in numbers]
        orders.ingest(conn, orders.shop_pk(conn, "toko-dua"), made, NOW, authoritative=True)

    store.write(write)


@pytest.mark.parametrize("size", SIZES)
async def test_two_shops_in_one_list(store: Store, clock: FrozenClock, size: tuple[int, int]) -> None:
    put(store, [record(1), record(2)])
    other_shop(store, 11)
    watched = (ShopSettings("toko-contoh", kind="file", colour="pink"), ShopSettings("toko-dua", kind="file"))
    pk = pk_of(store, record(1))
    store.write(lambda conn: desk.add_tags(conn, [pk], ["kado"], "seller", NOW))
    async with running(store, clock, size=size, shops=watched) as (app, pilot):
        await pilot.press("3")
        await until(pilot, lambda: app.main.orders.window.total == 3)
        await until(pilot, lambda: sum(" D" in line[:8] for line in picture(app)) == 1)
        assert sum(line[4:5] == "C" for line in picture(app)) == 2
        assert any("C toko-contoh" in line for line in picture(app))
        assert [badge.role for badge in app.main.orders.shops.values()] == ["shop-pink", "shop-blue"]

        await pilot.press("enter")
        await until(pilot, lambda: f"{record(1).order_id} · toko-contoh · Perlu dikirim" in picture(app)[0])
        await pilot.press("escape", "f")
        await until(pilot, lambda: isinstance(app.screen, FilterDialog) and "D ○ toko-dua" in said(app))
        assert LETTERS[1] + " ○ #kado" in said(app)
        await pilot.press("D" if size[0] < 100 else "d", "enter")  # no tag has the small one
        await until(pilot, lambda: app.main.orders.window.total == 1)
        await until(pilot, lambda: "toko toko-dua" in picture(app)[-1])
        await until(pilot, lambda: app.main._counts[Tab.TO_SHIP].n == 1)
        await pilot.press("4", "3")
        await until(pilot, lambda: app.main.orders.window.total == 1)
        await until(pilot, lambda: '"shop":2' in (pref(store, views.KEY) or ""))
        await pilot.press("escape")
        await until(pilot, lambda: app.main.orders.window.total == 3)

        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, FilterDialog))
        await pilot.press(LETTERS[1], "enter")
        await until(pilot, lambda: [one.pk for one in app.main.orders.window.rows] == [pk])
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, FilterDialog) and "● #kado" in said(app))
        await pilot.press("0", "enter")
        await until(pilot, lambda: app.main.orders.window.total == 3)
