"""Shelves of all shops, what open orders claim of them, and what was sold lately.

The questions are functions of `query`, so that a job asks them inside its transaction (store/goods.py) and the screen
through its reader. On a store of many open orders they take tens of milliseconds: off the screen's loop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from store.reading.base import CHUNK, Base, marks
from store.reading.lacking import Set, given_back
from store.reading.stock_wishes import Setting, sku_of, wished
from store.status import OrderStatus, Tab
from store.times import DAY

T = TypeVar("T", int, str)
Query = Callable[[str, Sequence[Any]], Sequence[Any]]
"""A statement with `?` for its values, and the rows of the answer."""

OFFERED: Final = frozenset({"ACTIVATE"})
"""The product status in which buyers can buy (Search Products 202502)."""
_OPEN: Final = (
    "(SELECT id FROM ("
    f"SELECT id FROM orders WHERE tab IN ({Tab.TO_SHIP:d}, {Tab.COLLECTION:d}) UNION ALL"
    f" SELECT id FROM orders WHERE tab = {Tab.UNPAID:d} AND status = '{OrderStatus.ON_HOLD}'"
    ") AS claiming ORDER BY id) AS w"
)
"""Ids of the orders that claim goods: from payment to the courier's scan they lie on the shelf and are spoken for.

A tab's index has its ids, so no order's row is read for them, and sorted they find their items page by page: on a
store of 160,000 open orders that is a fifth of the time of asking the orders themselves.
"""


class Warehouse(msgspec.Struct, frozen=True):
    """One place a SKU is sold from, as Sku.warehouses keeps it."""

    id: str
    quantity: int


class Shelf(NamedTuple):
    """One SKU of one shop. What nobody told is None."""

    shop_id: int
    shop: str
    sku_id: str
    product_id: str | None
    seller_sku: str | None
    name: str
    variation: str | None
    status: str | None
    price: int | None
    warehouses: tuple[Warehouse, ...]
    low_at: int | None
    on_hand: int | None
    """What the platform sells and what it has sold and not yet handed over, together."""
    told_at: int | None
    """When the platform told that, epoch ms."""
    set_at: int | None
    """When its number was last set from here (by levelling shops, or by a person for a shared pile)."""
    lacking: int = 0
    """Pieces that orders placed until then went without, and still do while they are open."""
    given_back: int = 0
    """Pieces of such orders that were cancelled since: for sale again, though they were never there."""

    @property
    def available(self) -> int | None:
        """What the platform still sells; None while its warehouses are not known."""
        return sum(one.quantity for one in self.warehouses) if self.warehouses else None

    @property
    def for_sale(self) -> bool:
        """Whether buyers can buy it, as far as anybody told."""
        return self.status is None or self.status in OFFERED


class Claim(NamedTuple):
    """What one open order needs of one SKU."""

    order_pk: int
    shop_id: int
    sku_id: str
    units: int
    deadline: int
    """Epoch ms: the earlier is served first."""
    served: bool
    """Confirmed by us, or its parcel is arranged: its goods are spoken for, whatever the clocks say."""
    placed_at: int


class Handed(NamedTuple):
    """Pieces of a SKU that the courier took, of one order."""

    shop_id: int
    sku_id: str
    units: int
    placed_at: int


class SoldRow(NamedTuple):
    """Pieces of a SKU in one new order."""

    shop_id: int
    sku_id: str
    at: int
    units: int


_STOCKED: Final = (
    "SELECT t.shop_id, h.name, t.sku_id, k.product_id, coalesce(k.seller_sku, t.seller_sku), k.name,"
    " k.variation, k.status, k.price, k.warehouses, k.low_at, t.on_hand, t.updated_at"
    " FROM stock t JOIN shops h ON h.id = t.shop_id"
    " LEFT JOIN skus k ON k.shop_id = t.shop_id AND k.sku_id = t.sku_id"
)
_UNCOUNTED: Final = (
    "SELECT k.shop_id, h.name, k.sku_id, k.product_id, k.seller_sku, k.name,"
    " k.variation, k.status, k.price, k.warehouses, k.low_at, NULL, NULL"
    " FROM skus k JOIN shops h ON h.id = k.shop_id"
    " WHERE NOT EXISTS (SELECT 1 FROM stock t WHERE t.shop_id = k.shop_id AND t.sku_id = k.sku_id)"
)
_SET: Final = (
    "SELECT shop_id, target, requested_at, params FROM actions WHERE kind = 'stock' AND state = 'done'"
    " ORDER BY requested_at, id"
)
_CLAIMS: Final = (
    "SELECT o.id, o.shop_id, i.sku_id, sum(i.quantity),"
    # What is on hold stands in a tab that is sorted by something else; its clock begins when it is released.
    f" CASE WHEN o.tab = {Tab.UNPAID:d} THEN coalesce(o.arrange_by, o.scan_by, o.created_at + {2 * DAY})"
    f" ELSE o.sort_at END AS due, o.created_at, o.confirmed_at IS NOT NULL OR o.tab = {Tab.COLLECTION:d}"
    # CROSS JOIN holds SQLite to this order of the tables; to PostgreSQL it is a join like any other.
    f" FROM {_OPEN} CROSS JOIN items i CROSS JOIN orders o WHERE i.order_pk = w.id AND o.id = i.order_pk"
)
_SUMS: Final = (
    f"SELECT o.shop_id, i.sku_id, sum(i.quantity) FROM {_OPEN} CROSS JOIN items i CROSS JOIN orders o"
    " WHERE i.order_pk = w.id AND o.id = i.order_pk"
)
_SUMS_OF_ONE: Final = (
    f"SELECT i.sku_id, sum(i.quantity) FROM {_OPEN} CROSS JOIN items i WHERE i.order_pk = w.id"
)
"""Where there is one shop nobody has to ask the orders for theirs."""
_WANTED: Final = "SELECT DISTINCT o.shop_id, i.sku_id FROM orders o JOIN items i ON i.order_pk = o.id"
_GROUPED: Final = " GROUP BY o.id, i.sku_id ORDER BY due, o.id, i.sku_id"
_HANDED: Final = (
    "SELECT o.shop_id, i.sku_id, i.quantity, o.created_at FROM orders o JOIN items i ON i.order_pk = o.id"
    " WHERE o.created_at > ? AND o.status IN ('IN_TRANSIT', 'DELIVERED', 'COMPLETED')"
)
REMEMBERED: Final = 30 * DAY
"""How far back hand-overs are added up: whose numbers were set longer ago should count again anyway."""
_SOLD: Final = (
    "SELECT o.shop_id, i.sku_id, o.created_at, i.quantity FROM orders o JOIN items i ON i.order_pk = o.id"
    " WHERE o.created_at > ? AND o.created_at <= ? AND o.status NOT IN ('UNPAID', 'CANCELLED')"
)


_decode = msgspec.json.Decoder(tuple[Warehouse, ...]).decode


def shelves(query: Query) -> list[Shelf]:
    """Every SKU that any shop told of, those that orders name only by a stock answer too."""
    # The newest of each counts.
    last = {
        (shop_id, sku_of(target)): (at, target, params) for shop_id, target, at, params in query(_SET, ())
    }
    numbers = {place: Set(at, wished(target, params).lacking) for place, (at, target, params) in last.items()}
    back = given_back(query, numbers)
    set_to = {place: (*number, back[place]) for place, number in numbers.items()}
    found = [_shelf(row, set_to) for part in (_STOCKED, _UNCOUNTED) for row in query(part, ())]
    return sorted(found, key=lambda shelf: (shelf.name, shelf.variation or "", shelf.shop_id, shelf.sku_id))


def claims(query: Query, sku_ids: Collection[str] | None = None) -> list[Claim]:
    """What the open orders of all shops need, one row per order and SKU; None: of all SKUs."""
    if sku_ids is None:
        return [_claim(row) for row in query(_CLAIMS + _GROUPED, ())]
    parts = ((f"{_CLAIMS} AND i.sku_id IN ({marks(some)}){_GROUPED}", some) for some in _chunks(sku_ids))
    return [_claim(row) for statement, some in parts for row in query(statement, some)]


def reserved(query: Query, known: Sequence[Shelf], sku_ids: Collection[str] | None = None) -> list[Claim]:
    """What the open orders of all shops need (of these SKUs only), summed up: order, deadline and moment are 0.

    Only where a shared pile's number was set from here, or goods were lacking then, it matters when an order was
    placed: of such a row for each.
    """
    apart = {(shelf.shop_id, shelf.sku_id) for shelf in _shared(known)} if _was_set(known) else set()
    apart |= {(shelf.shop_id, shelf.sku_id) for shelf in known if shelf.lacking}
    found = [
        Claim(0, shop_id, sku_id, int(units), 0, False, 0)
        for shop_id, sku_id, units in _sums(query, sku_ids)
        if (shop_id, sku_id) not in apart
    ]
    wanted = {sku_id for _, sku_id in apart if sku_ids is None or sku_id in sku_ids}
    found += [one for one in claims(query, wanted) if (one.shop_id, one.sku_id) in apart]
    return found


def _sums(query: Query, sku_ids: Collection[str] | None) -> list[Sequence[Any]]:
    only, args = "", []
    # Each statement goes over all open orders: more SKUs than one has room for are asked for as all.
    if sku_ids is not None and len(sku_ids) <= CHUNK:
        args = sorted(sku_ids)
        only = f" AND i.sku_id IN ({marks(args)})" if args else " AND false"
    shops = [row[0] for row in query("SELECT id FROM shops", ())]
    if len(shops) == 1:
        return [(shops[0], *row) for row in query(f"{_SUMS_OF_ONE}{only} GROUP BY i.sku_id", args)]
    return list(query(f"{_SUMS}{only} GROUP BY o.shop_id, i.sku_id", args))


def wanted(query: Query, pks: Collection[int]) -> set[tuple[int, str]]:
    """The SKUs of these orders, each with its shop."""
    found: set[tuple[int, str]] = set()
    for some in _chunks(pks):
        found |= {(row[0], row[1]) for row in query(f"{_WANTED} WHERE o.id IN ({marks(some)})", some)}
    return found


def _chunks(values: Collection[T]) -> Iterator[list[T]]:
    every = sorted(values)
    return (every[start : start + CHUNK] for start in range(0, len(every), CHUNK))


def handed(query: Query, known: Sequence[Shelf]) -> list[Handed]:
    """What the couriers took of SKUs that shops share since a number of theirs was set; nothing where none was."""
    set_at = _was_set(known)
    if not set_at:
        return []
    wanted = {(shelf.shop_id, shelf.sku_id) for shelf in _shared(known)}
    since = max(min(set_at), max(set_at) - REMEMBERED)
    return [row for row in (Handed(*row) for row in query(_HANDED, (since,))) if (row[0], row[1]) in wanted]


def sold(query: Query, since: int, until: int) -> list[SoldRow]:
    """What was bought after `since` and not taken back, however far the orders are by now."""
    return [SoldRow(*row) for row in query(_SOLD, (since, until))]


def _claim(row: Sequence[Any]) -> Claim:
    pk, shop_id, sku_id, units, due, placed_at, served = row
    return Claim(pk, shop_id, sku_id, int(units), due, bool(served), placed_at)


def _shared(known: Sequence[Shelf]) -> list[Shelf]:
    """The shelves whose code stands in several shops."""
    shops: dict[str, set[int]] = defaultdict(set)
    for shelf in known:
        if shelf.seller_sku:
            shops[shelf.seller_sku].add(shelf.shop_id)
    return [shelf for shelf in known if shelf.seller_sku and len(shops[shelf.seller_sku]) > 1]


def _was_set(known: Sequence[Shelf]) -> list[int]:
    """When numbers of shared shelves were set from here."""
    return [shelf.set_at for shelf in _shared(known) if shelf.set_at is not None]


class Goods(Base):
    """Reads for the stock screen and `pantau stock`."""

    def shelves(self) -> list[Shelf]:
        """As `shelves`."""
        return shelves(self._query)

    def reserved(self, known: Sequence[Shelf]) -> list[Claim]:
        """As `reserved`."""
        return reserved(self._query, known)

    def handed(self, known: Sequence[Shelf]) -> list[Handed]:
        """As `handed`."""
        return handed(self._query, known)

    def sold(self, since: int, until: int) -> list[SoldRow]:
        """As `sold`."""
        return sold(self._query, since, until)

    def being_set(self) -> list[Setting]:
        """Numbers that were asked for and have no end yet."""
        rows = self._query(
            "SELECT shop_id, target, state, params, requested_at FROM actions WHERE kind = 'stock'"
            " AND state IN ('queued', 'sending', 'unknown', 'needs_person') ORDER BY id"
        )
        return [
            Setting(shop_id, sku_of(target), state, wished(target, params).quantity, at)
            for shop_id, target, state, params, at in rows
        ]


def _shelf(row: Sequence[Any], set_to: dict[tuple[int, str], tuple[int, int, int]]) -> Shelf:
    (shop_id, shop, sku_id, product_id, seller_sku, name, variation, status, price, places, low_at, *told) = (
        row
    )
    on_hand, told_at = told
    return Shelf(
        shop_id, shop, sku_id, product_id, seller_sku or None, name or "", variation, status, price,
        warehouses_of(places), low_at, on_hand, told_at, *set_to.get((shop_id, sku_id), (None, 0, 0)),
    )  # fmt: skip


def warehouses_of(text: str | None) -> tuple[Warehouse, ...]:
    """Sku.warehouses as values; none when it cannot be read."""
    try:
        return _decode(text or "[]")
    except (msgspec.MsgspecError, ValueError):
        return ()
