"""A big shop answers as fast as a small one. Bounds are ratios or generous: a busy machine must pass them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from shop.sandbox.search import OrderFilter, Sorting, find_orders
from shop.sandbox.shipping import ShipItem
from shop.sandbox.world import World
from tests.shop.sandbox_kit import MONDAY, package_of, small_world

BIG, SMALL = 50_000, 500


@pytest.fixture(scope="module")
def worlds() -> Iterator[tuple[World, World]]:
    yield small_world(SMALL, rate=5), small_world(BIG, rate=5)


def best(action: Callable[[], object], rounds: int = 30) -> float:
    """The shortest of some runs: noise only ever adds."""
    shortest = float("inf")
    for _ in range(rounds):
        begun = time.perf_counter()
        action()
        shortest = min(shortest, time.perf_counter() - begun)
    return shortest


def page(world: World, token: str = "") -> str:
    wanted = OrderFilter(update_time_lt=MONDAY + 10**7)
    with world.lock:
        return find_orders(world, wanted, Sorting("update_time", False, 50), token, {})[1].next_token


def test_a_page_costs_the_page_and_not_the_shop(worlds: tuple[World, World]) -> None:
    small, big = worlds
    assert page(big) and page(small)
    assert best(lambda: page(big)) < 8 * best(lambda: page(small)) + 0.001


def test_a_tick_costs_what_happens_and_not_the_shop(worlds: tuple[World, World]) -> None:
    small, big = worlds
    assert best(small.tick) < 0.005
    assert best(big.tick) < 8 * best(small.tick) + 0.001


def test_a_change_costs_little_in_a_big_shop(worlds: tuple[World, World]) -> None:
    _, big = worlds
    waiting = [order for order in big if order.status == "AWAITING_SHIPMENT"][:50]
    items = iter([ShipItem(package_of(big, order)) for order in waiting])
    assert best(lambda: big.ship(next(items), "r")) < 0.01
