"""Everything about one order, or about many for an export: a few statements for up to 500 of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from store.reading.base import CHUNK, marks
from store.reading.goods import handed, reserved, shelves
from store.reading.journal import Journal
from store.reading.lists import Lists
from store.status import Tab
from store.stock import Place, piles
from store.views import ItemRow, OrderDetail, PackageRow, View

NEEDS_LIMIT: Final = 5_000
"""With more open orders than this, free stock is not summed up for a look at an order: it is unknown then."""

_EXTRA: Final = (
    *("province", "address", "phone", "seller_note", "payment_method", "subtotal", "shipping_fee"),
    *("deadline_source", "cancel_at", "shipped_at", "collected_at", "delivered_at", "cancel_reason"),
    *("fulfillment_type", "shipping_type", "delivery_option", "confirmed_by"),
)
_OWN_NOTE: Final = "(SELECT n.text FROM notes n WHERE n.order_pk = o.id ORDER BY n.id DESC LIMIT 1)"
_ITEM: Final = ItemRow.__struct_fields__[:-2]
_PARCEL: Final = ", ".join(PackageRow.__struct_fields__)

Piles = dict[Place, tuple[int | None, int | None]]
"""What lies there of a SKU, over all shops that share it, and what of it is free; None: not known."""


class Single(Lists, Journal):
    """Orders with all that belongs to them."""

    def detail(self, pk: int, stock: Piles | None = None) -> OrderDetail | None:
        """One order with its journey, actions and history; None when it is gone.

        `stock`: what `stocked` told before; None: it is asked again, which takes a while with thousands of SKUs.
        """
        with self._link.snapshot():
            return next(
                iter(self._details([pk], self.stocked() if stock is None else stock, full=True)), None
            )

    def details(self, pks: Iterable[int]) -> Iterator[OrderDetail]:
        """Orders with items and parcels, without journey, actions and history, in the order asked for."""
        rest = iter(pks)
        stock = self.stocked()
        while some := list(islice(rest, CHUNK)):
            with self._link.snapshot():
                found = self._details(some, stock, full=False)
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

    def stocked(self) -> Piles:
        """What there is of each SKU; nothing is free for sure where too many open orders claim some of it."""
        known = shelves(self._query)
        few = sum(self.total(View(tab), 0) for tab in (Tab.TO_SHIP, Tab.COLLECTION)) <= NEEDS_LIMIT
        claims = reserved(self._query, known) if known and few else ()
        return {
            (shelf.shop_id, shelf.sku_id): (pile.on_hand, pile.free if few else None)
            for pile in piles(known, claims, handed(self._query, known))
            for shelf in pile.shelves
        }

    def _details(self, pks: list[int], stock: Piles, *, full: bool) -> list[OrderDetail]:
        columns = ", ".join(f"o.{name}" for name in _EXTRA)
        extra = {
            row[0]: row[1:]
            for row in self._query(
                f"SELECT o.id, s.name, o.tags, {_OWN_NOTE}, {columns} FROM orders o JOIN shops s ON s.id = o.shop_id"
                f" WHERE o.id IN ({marks(pks)})",
                pks,
            )
        }
        items, parcels = self._items(pks, stock), self._parcels(pks)
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

    def _items(self, pks: list[int], stock: Piles) -> dict[int, list[ItemRow]]:
        columns = ", ".join(f"i.{name}" for name in _ITEM)
        rows = self._query(
            f"SELECT i.order_pk, o.shop_id, {columns} FROM items i JOIN orders o ON o.id = i.order_pk"
            f" WHERE i.order_pk IN ({marks(pks)}) ORDER BY i.order_pk, i.line",
            pks,
        )
        found: dict[int, list[ItemRow]] = defaultdict(list)
        for pk, shop_id, *rest in rows:
            told: dict[str, Any] = dict(zip(_ITEM, rest, strict=True))
            told["is_gift"] = bool(told["is_gift"])
            there, free = stock.get((shop_id, told["sku_id"]), (None, None))
            found[pk].append(ItemRow(**told, on_hand=there, free=free))
        return found

    def _parcels(self, pks: list[int]) -> dict[int, list[PackageRow]]:
        found: dict[int, list[PackageRow]] = defaultdict(list)
        statement = f"SELECT order_pk, {_PARCEL} FROM packages WHERE order_pk IN ({marks(pks)})"
        for pk, *rest in self._query(f"{statement} ORDER BY order_pk, package_id", pks):
            found[pk].append(PackageRow(*rest))
        return found
