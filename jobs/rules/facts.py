"""What rules ask of orders, read from the store. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, case, func, select

from jobs.config.rule_keys import Rule
from jobs.rules.conditions import Facts, History
from jobs.wishes.candidates import candidates, needs
from store.bulk import table_of
from store.models import Change, Item, Order, Shop, Stock
from store.status import SHIPPABLE, TAB_OF, OrderStatus, Tab

_ORDERS: Final = table_of(Order)
_SHOPS: Final = table_of(Shop)
_ITEMS: Final = table_of(Item)
_STOCK: Final = table_of(Stock)
_CHANGES: Final = table_of(Change)
_CHUNK: Final = 500
"""Values in one IN list: both databases cap them, SQLite lowest."""


def facts_of(
    conn: Connection, rule: Rule, pks: Sequence[int], histories: Mapping[int, History] | None = None
) -> list[Facts]:
    """Facts of these orders as far as the rule asks for them, the most urgent first; one that is gone is left out."""
    found: list[Facts] = []
    for some in _chunks(pks):
        missing, unknown = _stock(conn, some) if rule.when.stock is not None else ({}, set())
        back = _taken_back(conn, some) if rule.do == "confirm" else set()
        query = select(_ORDERS, _SHOPS.c.name.label("shop")).join(_SHOPS, _SHOPS.c.id == _ORDERS.c.shop_id)
        for row in conn.execute(query.where(_ORDERS.c.id.in_(some))):
            found.append(
                Facts(
                    pk=row.id,
                    shop_id=row.shop_id,
                    shop=row.shop,
                    order_id=row.order_id,
                    status=row.status,
                    due=row.sort_at,
                    total=row.total,
                    cod=bool(row.cod),
                    note=row.note,
                    note_seen_at=row.note_seen_at,
                    channel=row.channel,
                    courier=row.courier,
                    tags=tuple(filter(None, row.tags.split(","))),
                    confirmed=row.confirmed_at is not None,
                    taken_back=row.id in back,
                    missing=missing.get(row.id, ""),
                    stock_known=row.id not in unknown,
                    buyer_known=bool(row.buyer_id),
                    history=(histories or {}).get(row.id),
                )
            )
    return sorted(found, key=lambda one: (one.due, one.pk))


def histories_of(conn: Connection, pks: Sequence[int]) -> dict[int, History]:
    """What else the buyers of these orders ordered in the same shop. Looks through the orders: not for a writer."""
    found: dict[int, History] = {}
    for some in _chunks(pks):
        mine = select(_ORDERS.c.id, _ORDERS.c.shop_id, _ORDERS.c.buyer_id, _ORDERS.c.status)
        own = [row for row in conn.execute(mine.where(_ORDERS.c.id.in_(some))) if row.buyer_id]
        state = _ORDERS.c.status
        sums = (
            select(
                _ORDERS.c.shop_id,
                _ORDERS.c.buyer_id,
                func.count(),
                func.sum(case((state == OrderStatus.COMPLETED, 1), else_=0)),
                func.sum(case((state == OrderStatus.CANCELLED, 1), else_=0)),
            )
            .where(_ORDERS.c.buyer_id.in_({row.buyer_id for row in own}))
            .group_by(_ORDERS.c.shop_id, _ORDERS.c.buyer_id)
        )
        by_buyer = {(shop, buyer): counts for shop, buyer, *counts in conn.execute(sums)} if own else {}
        for row in own:
            orders, completed, cancelled = map(int, by_buyer[row.shop_id, row.buyer_id])
            found[row.id] = History(
                orders - 1,
                completed - (row.status == OrderStatus.COMPLETED),
                cancelled - (row.status == OrderStatus.CANCELLED),
            )
    return found


def present(conn: Connection, rule: Rule, limit: int) -> list[int]:
    """Orders that stand where the rule could act on them now, the most urgent first."""
    if rule.do == "message":
        status = OrderStatus(rule.on)
        wanted, tabs = {status}, {TAB_OF[status]}
    elif rule.do == "hold":
        wanted, tabs = {OrderStatus.UNPAID, OrderStatus.ON_HOLD, *SHIPPABLE}, {Tab.UNPAID, Tab.TO_SHIP}
    else:
        wanted, tabs = set(SHIPPABLE), {Tab.TO_SHIP}
    found: list[tuple[int, int]] = []
    for tab in tabs:
        query = select(_ORDERS.c.sort_at, _ORDERS.c.id).where(_ORDERS.c.tab == tab.value)
        query = (
            query.where(_ORDERS.c.status.in_(wanted)).order_by(_ORDERS.c.sort_at, _ORDERS.c.id).limit(limit)
        )
        found += [(sort_at, pk) for sort_at, pk in conn.execute(query)]
    return [pk for _, pk in sorted(found)[:limit]]


def _stock(conn: Connection, pks: Sequence[int]) -> tuple[dict[int, str], set[int]]:
    """The first short item of each order, and the orders with an item whose stock nobody told."""
    short = {pk: need.name for pk, need in needs(conn, candidates(conn, pks)).items()}
    same = (_STOCK.c.shop_id == _ORDERS.c.shop_id) & (_STOCK.c.sku_id == _ITEMS.c.sku_id)
    untold = (
        select(_ITEMS.c.order_pk)
        .join(_ORDERS, _ORDERS.c.id == _ITEMS.c.order_pk)
        .outerjoin(_STOCK, same)
        .where(_ITEMS.c.order_pk.in_(pks), _STOCK.c.sku_id.is_(None))
    )
    with_items = set(conn.execute(select(_ITEMS.c.order_pk).where(_ITEMS.c.order_pk.in_(pks))).scalars())
    return short, set(conn.execute(untold).scalars()) | (set(pks) - with_items)


def _taken_back(conn: Connection, pks: Sequence[int]) -> set[int]:
    query = select(_CHANGES.c.order_pk).where(
        _CHANGES.c.order_pk.in_(pks), _CHANGES.c.kind == "order.unconfirmed"
    )
    return set(conn.execute(query).scalars())


def _chunks(pks: Iterable[int]) -> Iterator[list[int]]:
    all_of_them = list(dict.fromkeys(pks))
    return (all_of_them[start : start + _CHUNK] for start in range(0, len(all_of_them), _CHUNK))
