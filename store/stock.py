"""Stock: what the platform says is on hand, and who goes without when it is not enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import msgspec
from sqlalchemy import Connection, func, select

from store.bulk import insert_into, table_of
from store.models import Item, Order, Stock
from store.status import Tab

_STOCK = table_of(Stock)
_ITEMS = table_of(Item)
_ORDERS = table_of(Order)


class Level(msgspec.Struct, frozen=True):
    """On hand of one SKU: available plus committed, in units."""

    sku_id: str
    on_hand: int
    seller_sku: str | None = None


class Demand(msgspec.Struct, frozen=True):
    """What one order to ship needs of one SKU."""

    order_pk: int
    sku_id: str
    quantity: int
    deadline: int
    """Epoch ms: the earlier is served first."""
    reserved: bool = False
    """Confirmed by us: its stock is spoken for, whatever the clocks say."""


class Shortage(msgspec.Struct, frozen=True):
    """An order that cannot be served, and what was left for it."""

    order_pk: int
    sku_id: str
    needed: int
    free: int


def upsert(conn: Connection, shop_id: int, levels: Sequence[Level], now: int) -> None:
    """Store what is on hand."""
    if not levels:
        return
    add = insert_into(conn, _STOCK)
    told = ("seller_sku", "on_hand", "updated_at")
    conn.execute(
        add.on_conflict_do_update(
            index_elements=["shop_id", "sku_id"], set_={name: add.excluded[name] for name in told}
        ),
        [
            {"shop_id": shop_id, "updated_at": now, **msgspec.structs.asdict(level)}
            for level in {level.sku_id: level for level in levels}.values()
        ],
    )


def levels(conn: Connection, shop_id: int) -> dict[str, int]:
    """On hand by SKU, as last told."""
    query = select(_STOCK.c.sku_id, _STOCK.c.on_hand).where(_STOCK.c.shop_id == shop_id)
    return {row.sku_id: row.on_hand for row in conn.execute(query)}


def needed(conn: Connection, shop_id: int) -> list[Demand]:
    """What the orders to ship need, one row per order and SKU."""
    query = (
        select(
            _ITEMS.c.order_pk,
            _ITEMS.c.sku_id,
            func.sum(_ITEMS.c.quantity),
            _ORDERS.c.sort_at,
            _ORDERS.c.confirmed_at.is_not(None),
        )
        .join(_ORDERS, _ORDERS.c.id == _ITEMS.c.order_pk)
        .where(_ORDERS.c.tab == Tab.TO_SHIP.value, _ORDERS.c.shop_id == shop_id)
        .group_by(_ITEMS.c.order_pk, _ITEMS.c.sku_id, _ORDERS.c.sort_at, _ORDERS.c.confirmed_at)
        .order_by(_ORDERS.c.sort_at, _ITEMS.c.order_pk, _ITEMS.c.sku_id)
    )
    return [Demand(pk, sku, int(units), by, bool(held)) for pk, sku, units, by, held in conn.execute(query)]


def allocate(on_hand: Mapping[str, int], demands: Iterable[Demand]) -> list[Shortage]:
    """Serve reserved orders first, then the oldest deadline; the answer is who goes without, in that order.

    A SKU of unknown stock is never short. An order that cannot be served whole takes nothing of that SKU:
    what is left may be enough for the next one.
    """
    left = dict(on_hand)
    short: list[Shortage] = []
    wanted = sorted(demands, key=lambda d: (not d.reserved, d.deadline, d.order_pk))
    for order_pk, lines in groupby(wanted, key=lambda d: d.order_pk):
        mine = [one for one in lines if one.sku_id in on_hand]
        lacking = [one for one in mine if one.quantity > left[one.sku_id]]
        short += [Shortage(order_pk, one.sku_id, one.quantity, max(left[one.sku_id], 0)) for one in lacking]
        for one in mine:
            # What was confirmed or arranged keeps its pieces; else an order goes whole or takes nothing.
            if one not in lacking and (one.reserved or not lacking):
                left[one.sku_id] -= one.quantity
    return short
