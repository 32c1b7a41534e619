"""Everything about one order, or about many for an export: a few statements for up to 500 of them."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from store.reading.base import CHUNK, marks
from store.reading.goods import OPEN
from store.reading.journal import Journal
from store.reading.link import Link
from store.reading.lists import Lists
from store.status import Tab
from store.views import ItemRow, OrderDetail, PackageRow, View

NEEDS_LIMIT: Final = 5_000
"""With more open orders than this, free stock is not summed up at a key press: it is unknown then."""
NEEDS_AGE: Final = 2.0
"""Seconds for which a sum is used again."""

_EXTRA: Final = (
    *("province", "address", "phone", "seller_note", "payment_method", "subtotal", "shipping_fee"),
    *("deadline_source", "cancel_at", "shipped_at", "collected_at", "delivered_at", "cancel_reason"),
    *("fulfillment_type", "shipping_type", "delivery_option", "confirmed_by"),
)
_OWN_NOTE: Final = "(SELECT n.text FROM notes n WHERE n.order_pk = o.id ORDER BY n.id DESC LIMIT 1)"
_ITEM: Final = ItemRow.__struct_fields__[:-2]
_PARCEL: Final = ", ".join(PackageRow.__struct_fields__)

Needs = dict[tuple[int, str], int]


class Single(Lists, Journal):
    """Orders with all that belongs to them."""

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._needs: tuple[float, Needs | None] = (float("-inf"), None)

    def detail(self, pk: int) -> OrderDetail | None:
        """One order with its journey, actions and history; None when it is gone."""
        with self._link.snapshot():
            return next(iter(self._details([pk], full=True)), None)

    def details(self, pks: Iterable[int]) -> Iterator[OrderDetail]:
        """Orders with items and parcels, without journey, actions and history, in the order asked for."""
        rest = iter(pks)
        while some := list(islice(rest, CHUNK)):
            with self._link.snapshot():
                found = self._details(some, full=False)
            yield from found

    def tracking_numbers(self, pks: Sequence[int]) -> dict[tuple[int, str], str | None]:
        """The tracking number of each (order, package) of these orders."""
        found: dict[tuple[int, str], str | None] = {}
        for start in range(0, len(pks), CHUNK):
            some = pks[start : start + CHUNK]
            statement = "SELECT order_pk, package_id, tracking_number FROM packages"
            for pk, package_id, number in self._query(f"{statement} WHERE order_pk IN ({marks(some)})", some):
                found[pk, package_id] = number
        return found

    def _details(self, pks: list[int], *, full: bool) -> list[OrderDetail]:
        columns = ", ".join(f"o.{name}" for name in _EXTRA)
        extra = {
            row[0]: row[1:]
            for row in self._query(
                f"SELECT o.id, s.name, o.tags, {_OWN_NOTE}, {columns} FROM orders o JOIN shops s ON s.id = o.shop_id"
                f" WHERE o.id IN ({marks(pks)})",
                pks,
            )
        }
        items, parcels = self._items(pks), self._parcels(pks)
        made = []
        for row in self.rows(pks):
            shop, tags, note, *values = extra[row.pk]
            detail = OrderDetail(
                row=row,
                shop=shop,
                tags=tuple(filter(None, tags.split(","))),
                own_note=note or "",
                items=tuple(items[row.pk]),
                parcels=tuple(parcels[row.pk]),
                events=tuple(self.events(row.pk)) if full else (),
                actions=tuple(self.actions(order_pk=row.pk)) if full else (),
                history=tuple(self.history(row.pk)) if full else (),
                **dict(zip(_EXTRA, values, strict=True)),
            )
            made.append(detail)
        return made

    def _items(self, pks: list[int]) -> dict[int, list[ItemRow]]:
        columns = ", ".join(f"i.{name}" for name in _ITEM)
        rows = self._query(
            f"SELECT i.order_pk, o.shop_id, s.on_hand, {columns} FROM items i"
            " JOIN orders o ON o.id = i.order_pk"
            " LEFT JOIN stock s ON s.shop_id = o.shop_id AND s.sku_id = i.sku_id"
            f" WHERE i.order_pk IN ({marks(pks)}) ORDER BY i.order_pk, i.line",
            pks,
        )
        needs = self._needed() if any(row[2] is not None for row in rows) else None
        found: dict[int, list[ItemRow]] = defaultdict(list)
        for pk, shop_id, on_hand, *rest in rows:
            told: dict[str, Any] = dict(zip(_ITEM, rest, strict=True))
            told["is_gift"] = bool(told["is_gift"])
            free = None
            if on_hand is not None and needs is not None:
                free = on_hand - needs.get((shop_id, told["sku_id"]), 0)
            found[pk].append(ItemRow(**told, on_hand=on_hand, free=free))
        return found

    def _parcels(self, pks: list[int]) -> dict[int, list[PackageRow]]:
        found: dict[int, list[PackageRow]] = defaultdict(list)
        statement = f"SELECT order_pk, {_PARCEL} FROM packages WHERE order_pk IN ({marks(pks)})"
        for pk, *rest in self._query(f"{statement} ORDER BY order_pk, package_id", pks):
            found[pk].append(PackageRow(*rest))
        return found

    def _needed(self) -> Needs | None:
        """Units that open orders claim, by (shop, SKU); None when there are too many to sum up."""
        read_at, needs = self._needs
        if time.monotonic() - read_at < NEEDS_AGE:
            return needs
        needs = None
        if sum(self.total(View(tab), 0) for tab in (Tab.TO_SHIP, Tab.COLLECTION)) <= NEEDS_LIMIT:
            rows = self._query(
                "SELECT o.shop_id, i.sku_id, sum(i.quantity) FROM orders o"
                f" JOIN items i ON i.order_pk = o.id WHERE {OPEN} GROUP BY o.shop_id, i.sku_id"
            )
            needs = {(shop_id, sku_id): int(units) for shop_id, sku_id, units in rows}
        self._needs = (time.monotonic(), needs)
        return needs
