"""The platform's list calls: filters, order, pages. A list is a view of the moment, never a snapshot.

A page token is opaque base64 with `+`, `/` and `=` in it, so that a client which does not percent-encode it,
or signs it encoded, fails here and not in production. It names the last row's place, so rows that move while
somebody pages turn up twice, or later, but are not skipped in ascending order.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from shop.sandbox.index import SERIALS, key
from shop.sandbox.life import PENDING
from shop.sandbox.orders import Order
from shop.sandbox.world import World

Stale = dict[int, Order | None]
_MARK = b"\xfb\xff\xfe"
"""Becomes `+//+` in base64."""


class BadTokenError(ValueError):
    """A page token that is none of ours, or of another query."""


class OrderFilter(msgspec.Struct, frozen=True):
    """Body of the order search."""

    order_status: str | None = None
    create_time_ge: int | None = None
    create_time_lt: int | None = None
    update_time_ge: int | None = None
    update_time_lt: int | None = None
    shipping_type: str | None = None
    buyer_user_id: str | None = None
    is_buyer_request_cancel: bool | None = None
    warehouse_ids: list[str] | None = None

    def window(self, field: str) -> tuple[int | None, int | None]:
        """(ge, lt) of `create_time` or `update_time`."""
        if field == "create_time":
            return self.create_time_ge, self.create_time_lt
        return self.update_time_ge, self.update_time_lt


class Sorting(NamedTuple):
    """How to list and how much of it."""

    field: str
    descending: bool
    size: int


class Page(NamedTuple):
    """Sort keys of one page, the token of the next ("" at the end), and how many rows match in all."""

    keys: list[int]
    next_token: str
    total: int


def paged(keys: list[int], low: int, high: int, sorting: Sorting, token: str, query: str) -> Page:
    """One page of `keys[low:high]`, which are sorted upwards; raises BadTokenError."""
    after = _opened(token, query) if token else None
    if sorting.descending:
        begin = high if after is None else min(high, bisect_left(keys, after, low, high))
        end = max(low, begin - sorting.size)
        rows = keys[end:begin][::-1]
        more = end > low
    else:
        begin = low if after is None else max(low, bisect_right(keys, after, low, high))
        end = min(high, begin + sorting.size)
        rows = keys[begin:end]
        more = end < high
    return Page(rows, _token(rows[-1], query) if more and rows else "", high - low)


def _token(last: int, query: str) -> str:
    text = f"{last}.{_digest(query)}"
    # A length that is no multiple of three ends in "=".
    return base64.b64encode(_MARK + text.encode() + b"." * (1 + (len(text) % 3 == 2))).decode()


def _opened(token: str, query: str) -> int:
    try:
        raw = base64.b64decode(token, validate=True)
        last, digest = raw.removeprefix(_MARK).decode("ascii").rstrip(".").split(".")
        found = int(last)
    except (binascii.Error, ValueError) as error:
        raise BadTokenError("page_token is invalid") from error
    if digest != _digest(query):
        raise BadTokenError("page_token belongs to another query")
    return found


def _digest(query: str) -> str:
    return hashlib.blake2b(query.encode(), digest_size=6).hexdigest()


def find_orders(
    world: World, wanted: OrderFilter, sorting: Sorting, token: str, stale: Stale
) -> tuple[list[Order], Page]:
    """One page of orders; `stale` holds what a lagging replica still believes. Under the world's lock."""
    query = f"orders {sorting.field} {sorting.descending} {wanted!r}"
    keys, low, high = _matching(world, wanted, sorting.field, stale)
    page = paged(keys, low, high, sorting, token, query)
    found = (seen(world, place & SERIALS, stale) for place in page.keys)
    return [order for order in found if order is not None], page


def _matching(world: World, wanted: OrderFilter, field: str, stale: Stale) -> tuple[list[int], int, int]:
    group = wanted.order_status or ""
    other = "create_time" if field == "update_time" else "update_time"
    keys = world.index.keys(field, group)
    low, high = world.index.bounds(field, group, *wanted.window(field))
    fits = _predicate(world, wanted)
    if fits is None and wanted.window(other) == (None, None) and not stale:
        return keys, low, high
    if wanted.window(other) == (None, None):
        serials = [place & SERIALS for place in keys[low:high]]
    else:
        begin, end = world.index.bounds(other, group, *wanted.window(other))
        serials = [place & SERIALS for place in world.index.keys(other, group)[begin:end]]
    orders = [world.at(serial) for serial in serials if serial not in stale]
    orders.extend(old for old in stale.values() if old is not None and group in ("", old.status))
    chosen = sorted(
        key(_time(order, field), order.serial)
        for order in orders
        if _inside(_time(order, field), wanted.window(field))
        and _inside(_time(order, other), wanted.window(other))
        and (fits is None or fits(order))
    )
    return chosen, 0, len(chosen)


def _time(order: Order, field: str) -> int:
    return order.created if field == "create_time" else order.updated


def _inside(at: int, window: tuple[int | None, int | None]) -> bool:
    return (window[0] is None or at >= window[0]) and (window[1] is None or at < window[1])


def _predicate(world: World, wanted: OrderFilter) -> Callable[[Order], bool] | None:
    """What the indexes cannot answer; None when there is nothing of the kind."""
    tests: list[Callable[[Order], bool]] = []
    if (asked := wanted.is_buyer_request_cancel) is not None:
        tests.append(lambda order: (order.ask_status == PENDING) is asked)
    if (kind := wanted.shipping_type) is not None:
        tests.append(lambda order: world.facts(order).shipping_type == kind)
    if (buyer := wanted.buyer_user_id) is not None:
        tests.append(lambda order: world.facts(order).buyer_id == buyer)
    return (lambda order: all(test(order) for test in tests)) if tests else None


def seen(world: World, serial: int, stale: Stale) -> Order | None:
    """An order as the replica believes it to be."""
    return stale[serial] if serial in stale else world.at(serial)
