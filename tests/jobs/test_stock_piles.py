"""Which goods are one pile, how many are there, and who goes without: by tables and by properties."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.reading.goods import Claim, Handed, Shelf, Warehouse
from store.stock import Pile, Shortage, keys, on_hand, piles, shortages
from tests.jobs.stock_kit import MAIN, claim, shelf


def two(**told: int) -> list[Shelf]:
    """The same code in two shops: 14 pieces, of which `a` and `b` are for sale and the rest is sold there."""
    return [
        shelf("11", seller_sku="KP", on_hand=14, warehouses=(Warehouse(MAIN, told.get("a", 14)),)),
        shelf(
            "21", seller_sku="KP", shop_id=2, shop="dua", on_hand=14,
            warehouses=(Warehouse(MAIN, told.get("b", 14)),),
        ),
    ]  # fmt: skip


def test_the_same_code_in_several_shops_is_one_pile_and_draws_on_the_least_number() -> None:
    shelves = two()
    shelves[1] = shelves[1]._replace(on_hand=9)
    (pile,) = piles(shelves, [claim(1, 2), claim(2, 3, shop_id=2, sku_id="21"), claim(3, 9, sku_id="99")])
    assert (pile.key, pile.on_hand, pile.reserved, pile.free, pile.shared) == ("KP", 9, 5, 4, True)


@pytest.mark.parametrize(
    ("shelves", "expected"),
    [
        ([shelf("11", seller_sku="KP"), shelf("12", seller_sku="KP")], {"1:11", "1:12"}),
        # One shop uses the code for two SKUs: it names nothing there, and alone in the other shop it shares nothing.
        (
            [
                shelf("11", seller_sku="KP"),
                shelf("12", seller_sku="KP"),
                shelf("21", seller_sku="KP", shop_id=2),
            ],
            {"1:11", "1:12", "2:21"},
        ),
        ([shelf("11"), shelf("11", shop_id=2)], {"1:11", "2:11"}),
        ([shelf("11", seller_sku="KP"), shelf("21", seller_sku="kp", shop_id=2)], {"1:11", "2:21"}),
        ([shelf("11", seller_sku="KP"), shelf("21", seller_sku="KP", shop_id=2)], {"KP"}),
    ],
)
def test_a_code_names_a_pile_only_where_it_names_one_thing(shelves: list[Shelf], expected: set[str]) -> None:
    assert set(keys(shelves).values()) == expected


def test_pieces_that_a_levelled_number_left_out_are_still_on_the_shelf() -> None:
    # 14 lie there; three were sold in the first shop, then both were set to the eleven that are free.
    first, second = two(a=11, b=11)
    second = second._replace(on_hand=11, set_at=100)
    before = claim(50, 3)
    assert on_hand([first, second], [before]) == 14
    # Two more are sold in the second shop, and one in the first: neither was left out of anything.
    second = second._replace(on_hand=11)
    after = [before, claim(150, 2, shop_id=2, sku_id="21"), claim(160, 1)]
    assert on_hand([first, second], after) == 14
    # The three are handed over: the first shop's number falls, and the second left out nothing any more.
    assert on_hand([first._replace(on_hand=11), second], after[1:]) == 11


def test_a_zero_brings_no_goods_and_what_was_lacking_ends_with_the_orders_that_lacked_it() -> None:
    set_to_zero = shelf(on_hand=12, set_at=10, lacking=6)
    assert on_hand([set_to_zero], [claim(1, 4), claim(2, 8)]) == 6
    assert on_hand([set_to_zero._replace(on_hand=4)], [claim(1, 4)]) == 0
    # Cancelled: the platform sells again what was never there.
    assert on_hand([set_to_zero._replace(given_back=8)], [claim(1, 4)]) == 6
    assert on_hand([set_to_zero._replace(given_back=12)], []) == 6
    # Shipped after all: it was there. What was ordered later had its own pieces.
    assert on_hand([set_to_zero._replace(on_hand=20)], [claim(11, 5)]) == 20
    (pile,) = piles([set_to_zero], [claim(1, 4), claim(2, 8)])
    assert pile.free == -6


def test_nobody_counted_is_nobody_short_and_low_is_free_for_sale_and_few() -> None:
    (unknown,) = piles([shelf(on_hand=None)], [claim(1, 5)])
    assert (unknown.on_hand, unknown.free, unknown.is_low(5)) == (None, None, False)
    assert shortages([shelf(on_hand=None)], [claim(1, 5)]) == {}
    (few,) = piles([shelf()], [claim(1, 5)])
    assert few.is_low(5) and not few.is_low(4)
    (own,) = piles([shelf(low_at=2)], [claim(1, 5)])
    assert not own.is_low(5)
    (gone,) = piles([shelf(status="DELETED")], [claim(1, 5)])
    assert not gone.is_low(5)


def test_shops_that_offer_another_number_than_is_free_are_uneven() -> None:
    sold = [claim(1, 3)]
    assert not piles(two(a=11, b=11), sold)[0].uneven
    assert piles(two(a=11, b=14), sold)[0].uneven
    assert not piles([shelf()], sold)[0].uneven


def test_confirmed_orders_come_first_then_deadlines_over_all_shops() -> None:
    claims = [
        claim(30, 6), claim(10, 6, shop_id=2, sku_id="21"), claim(40, 5, served=True), claim(20, 3),
    ]  # fmt: skip
    found = shortages(two(), claims)
    # 14: five are confirmed, six go to the earliest, three to the next; nothing is left for the last.
    assert found == {30: Shortage(30, "11", 6, 0)}
    assert shortages([], claims) == {}


@given(
    st.integers(-5, 40),
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 2), st.booleans()), max_size=25),
)
def test_what_is_given_is_never_more_than_there_is(pieces: int, wanted: list[tuple[int, int, bool]]) -> None:
    shelves = [one._replace(on_hand=pieces) for one in two()]
    claims = [
        claim(place, units, shop_id=shop, sku_id=f"{shop}1", served=served)
        for place, (units, shop, served) in enumerate(wanted)
    ]
    short = shortages(shelves, claims)
    given_out = [one for one in claims if one.order_pk not in short]
    assert sum(one.units for one in given_out) <= max(pieces, 0)
    left = pieces - sum(one.units for one in given_out)
    # Nobody goes without what was there when its turn came, so whoever is short needs more than is left at the end.
    assert all(short[one.order_pk].needed > left for one in claims if one.order_pk in short)


WISH = st.tuples(
    st.integers(1, 2), st.integers(0, 4), st.integers(0, 4), st.booleans(), st.integers(0, 5)
).filter(lambda wish: wish[1] + wish[2] > 0)
"""An order: its shop, pieces of two piles, confirmed, deadline."""


@given(st.tuples(st.integers(0, 30), st.integers(0, 30)), st.lists(WISH, max_size=20), st.randoms())
def test_served_are_the_confirmed_then_the_earliest_and_only_whole_orders(
    pieces: tuple[int, int], wishes: list[tuple[int, int, int, bool, int]], rng: Random
) -> None:
    shelves = [
        shelf(f"{shop}{pile}", seller_sku=f"KP{pile}", shop_id=shop, on_hand=pieces[pile])
        for shop in (1, 2)
        for pile in (0, 1)
    ]
    claims = [
        claim(pk, units, shop_id=shop, sku_id=f"{shop}{pile}", served=confirmed, deadline=deadline)
        for pk, (shop, *both, confirmed, deadline) in enumerate(wishes)
        for pile, units in enumerate(both)
        if units
    ]
    rng.shuffle(claims)
    left, served = list(pieces), set()
    for pk, (_, *both, confirmed, _) in sorted(
        enumerate(wishes), key=lambda one: (not one[1][3], one[1][4], one[0])
    ):
        fits = [units <= there for units, there in zip(both, left, strict=True)]
        if all(fits):
            served.add(pk)
        for pile, units in enumerate(both):
            # What is confirmed may be packed: it keeps what there is of it. Any other order takes all or nothing.
            if all(fits) or (confirmed and fits[pile]):
                left[pile] -= units

    assert set(range(len(wishes))) - set(shortages(shelves, claims)) == served


class Shops:
    """Two platforms that know nothing of each other, and the shelf they share. Time goes on by one a step."""

    def __init__(self, pieces: int) -> None:
        self.there = pieces
        self.sale = [pieces, pieces]
        self.held = [0, 0]
        self.set_at: list[int | None] = [0, 0]
        self.now = 1
        self.claims: list[Claim] = []
        self.handed: list[Handed] = []

    def shelves(self) -> list[Shelf]:
        return [
            shelf(
                f"{shop + 1}1", seller_sku="KP", shop_id=shop + 1, set_at=self.set_at[shop],
                on_hand=self.sale[shop] + self.held[shop], warehouses=(Warehouse(MAIN, self.sale[shop]),),
            )
            for shop in (0, 1)
        ]  # fmt: skip

    def pile(self) -> Pile:
        (found,) = piles(self.shelves(), self.claims, self.handed)
        return found

    def sell(self, shop: int, units: int) -> None:
        units = min(units, self.sale[shop], self.there - sum(one.units for one in self.claims))
        if units <= 0:
            return
        self.sale[shop] -= units
        self.held[shop] += units
        made = claim(self.now, units, shop_id=shop + 1, sku_id=f"{shop + 1}1", placed_at=self.now)
        self.claims.append(made)

    def hand_over(self, place: int) -> None:
        if not self.claims:
            return
        one = self.claims.pop(place % len(self.claims))
        self.held[one.shop_id - 1] -= one.units
        self.there -= one.units
        self.handed.append(Handed(one.shop_id, one.sku_id, one.units, one.placed_at))

    def level(self) -> None:
        free = self.pile().free
        assert free is not None
        self.sale = [max(0, free)] * 2
        self.set_at = [self.now, self.now]


@given(
    st.integers(0, 30),
    st.lists(
        st.tuples(st.sampled_from(["sell", "sell", "hand", "level"]), st.integers(0, 5), st.integers(0, 1)),
        max_size=40,
    ),
)
def test_once_set_a_shared_pile_stays_right_however_orders_are_spread(
    pieces: int, steps: list[tuple[str, int, int]]
) -> None:
    shops = Shops(pieces)
    for what, number, shop in steps:
        shops.now += 1
        match what:
            case "sell":
                shops.sell(shop, number)
            case "hand":
                shops.hand_over(number)
            case _:
                shops.level()
        assert shops.pile().on_hand == shops.there
    shops.now += 1
    shops.level()
    before = shops.pile()
    shops.now += 1
    shops.level()
    assert shops.pile() == before.__class__(
        before.key, tuple(shops.shelves()), before.on_hand, before.reserved
    )
