"""SKUs and what is on hand, as they are written; how jobs ask store/reading/goods.py inside a transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, delete, select

from store import changes
from store.bulk import insert_into, mark, one_writer, table_of
from store.changes import NewChange
from store.models import Item, Order, Sku, Stock
from store.reading.goods import Query, Warehouse
from store.status import Tab

_SKUS = table_of(Sku)
_STOCK = table_of(Stock)
_ITEMS = table_of(Item)
_ORDERS = table_of(Order)
_LATEST = 5_000
"""Lines of the newest orders that variations are learned from."""
_TOLD = ("product_id", "seller_sku", "name", "status", "price", "warehouses", "updated_at")
_CHUNK = 500
"""Values in one IN list: both databases cap them, SQLite lowest."""


class SkuRecord(msgspec.Struct, frozen=True):
    """One SKU as a product list tells it; `variation` None: this list does not say."""

    sku_id: str
    product_id: str
    name: str
    status: str
    seller_sku: str | None = None
    variation: str | None = None
    price: int | None = None
    warehouses: tuple[Warehouse, ...] = ()


class Count(msgspec.Struct, frozen=True):
    """How many there are of one SKU."""

    sku_id: str
    on_hand: int
    """Pieces the platform still sells and pieces it has sold and not handed over, together."""
    seller_sku: str | None = None
    warehouses: tuple[Warehouse, ...] = ()
    """What each warehouse still sells; empty: not told, what is known stays."""


def querying(conn: Connection) -> Query:
    """The questions of store/reading/goods.py on a connection of the writer's engine."""
    sign = mark(conn.dialect.name)

    def query(statement: str, args: Sequence[object]) -> Sequence[object]:
        if sign != "?":
            statement = statement.replace("%", "%%").replace("?", sign)
        return [tuple(row) for row in conn.exec_driver_sql(statement, tuple(args))]

    return query


def upsert(conn: Connection, shop_id: int, records: Iterable[SkuRecord], now: int) -> None:
    """Store what a product list tells. A seller's own low mark stays, and so does a variation nobody told anew."""
    rows = [
        {
            **msgspec.structs.asdict(record),
            "shop_id": shop_id,
            "warehouses": msgspec.json.encode(record.warehouses).decode(),
            "updated_at": now,
        }
        for record in {record.sku_id: record for record in records}.values()
    ]
    if not rows:
        return
    add = insert_into(conn, _SKUS)
    told = {name: add.excluded[name] for name in _TOLD}
    conn.execute(add.on_conflict_do_update(index_elements=["shop_id", "sku_id"], set_=told), rows)
    for row in rows:
        if row["variation"] is not None:
            mine = (_SKUS.c.shop_id == shop_id) & (_SKUS.c.sku_id == row["sku_id"])
            conn.execute(_SKUS.update().where(mine).values(variation=row["variation"]))


def set_low(
    conn: Connection, places: Collection[tuple[int, str]], low_at: int | None, by: str, now: int
) -> int:
    """From how many free pieces on these SKUs (shop, id) count as low; None: the setting's number.

    Ours alone, no platform knows it. How many had another number before: the feed has one row of them all, which
    also wakes the watch. A SKU no product list told has no place for it.
    """
    one_writer(conn)
    moved = []
    for shop_id, sku_id in places:
        mine = (_SKUS.c.shop_id == shop_id) & (_SKUS.c.sku_id == sku_id)
        before = conn.execute(
            select(_SKUS.c.low_at, _SKUS.c.name, _SKUS.c.variation).where(mine)
        ).one_or_none()
        if before is not None and before.low_at != low_at:
            conn.execute(_SKUS.update().where(mine).values(low_at=low_at))
            moved.append((shop_id, sku_id, before))
    if moved:
        shop_id, sku_id, before = moved[0]
        detail = changes.detail(sku_id=sku_id, name=before.name, variation=before.variation, low_at=low_at)
        old, new = (None if number is None else str(number) for number in (before.low_at, low_at))
        only = shop_id if len({shop for shop, _, _ in moved}) == 1 else None
        changes.append(conn, [NewChange(now, only, None, None, "stock.low_at", old, new, detail, by)])
    return len(moved)


def forget_others(conn: Connection, shop_id: int, kept: Mapping[str, Collection[str]]) -> None:
    """Drop SKUs that were taken off their products: `kept` has, for each product that was told, the SKUs it has."""
    products = list(kept)
    for start in range(0, len(products), _CHUNK):
        some = products[start : start + _CHUNK]
        known = select(_SKUS.c.sku_id, _SKUS.c.product_id).where(
            _SKUS.c.shop_id == shop_id, _SKUS.c.product_id.in_(some)
        )
        for sku_id, product_id in conn.execute(known).all():
            if sku_id not in kept[product_id]:
                for table in (_SKUS, _STOCK):
                    conn.execute(delete(table).where(table.c.shop_id == shop_id, table.c.sku_id == sku_id))


def keep_counts(conn: Connection, shop_id: int, counts: Iterable[Count], now: int) -> list[str]:
    """Store what is on hand; which SKUs have another number than before. The feed has one row of them all."""
    latest = {count.sku_id: count for count in counts}
    if not latest:
        return []
    one_writer(conn)
    before = _known(conn, shop_id, list(latest))
    add = insert_into(conn, _STOCK)
    told = {name: add.excluded[name] for name in ("seller_sku", "on_hand", "updated_at")}
    conn.execute(
        add.on_conflict_do_update(index_elements=["shop_id", "sku_id"], set_=told),
        [
            {"shop_id": shop_id, "sku_id": one.sku_id, "seller_sku": one.seller_sku,
             "on_hand": one.on_hand, "updated_at": now}
            for one in latest.values()
        ],
    )  # fmt: skip
    for one in latest.values():
        if one.warehouses:
            mine = (_SKUS.c.shop_id == shop_id) & (_SKUS.c.sku_id == one.sku_id)
            places = msgspec.json.encode(one.warehouses).decode()
            conn.execute(_SKUS.update().where(mine, _SKUS.c.warehouses != places).values(warehouses=places))
    moved = [one.sku_id for one in latest.values() if before.get(one.sku_id, one.on_hand) != one.on_hand]
    if moved:
        detail = changes.detail(n=len(moved), sku_id=moved[0] if len(moved) == 1 else None)
        row = NewChange(now, shop_id, None, None, "stock.changed", detail=detail)
        changes.append(conn, [row])
    return moved


def _known(conn: Connection, shop_id: int, sku_ids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(sku_ids), _CHUNK):
        some = sku_ids[start : start + _CHUNK]
        query = select(_STOCK.c.sku_id, _STOCK.c.on_hand).where(
            _STOCK.c.shop_id == shop_id, _STOCK.c.sku_id.in_(some)
        )
        found |= {row.sku_id: row.on_hand for row in conn.execute(query)}
    return found


def needed(conn: Connection, shop_id: int) -> set[str]:
    """The SKUs of a shop's orders to ship."""
    theirs = select(_ITEMS.c.sku_id).distinct().join(_ORDERS, _ORDERS.c.id == _ITEMS.c.order_pk)
    return set(
        conn.execute(theirs.where(_ORDERS.c.tab == Tab.TO_SHIP.value, _ORDERS.c.shop_id == shop_id)).scalars()
    )


def nameless(conn: Connection, shop_id: int, limit: int) -> list[str]:
    """Products with several SKUs of which one has no variation yet: the list of products does not tell it."""
    rows = conn.execute(select(_SKUS.c.product_id, _SKUS.c.variation).where(_SKUS.c.shop_id == shop_id)).all()
    several: dict[str, list[str | None]] = {}
    for product_id, variation in rows:
        several.setdefault(product_id, []).append(variation)
    wanting = [product for product, names in several.items() if len(names) > 1 and None in names]
    return sorted(wanting)[:limit]


def learn_variations(conn: Connection, shop_id: int) -> None:
    """Take the names of variations from the orders, which spell them as buyers saw them."""
    wanting = select(_SKUS.c.sku_id).where(_SKUS.c.shop_id == shop_id, _SKUS.c.variation.is_(None))
    missing = set(conn.execute(wanting).scalars())
    if not missing:
        return
    latest = (
        select(_ITEMS.c.sku_id, _ITEMS.c.variation)
        .join(_ORDERS, _ORDERS.c.id == _ITEMS.c.order_pk)
        .where(_ORDERS.c.shop_id == shop_id, _ITEMS.c.variation.is_not(None))
        .order_by(_ORDERS.c.created_at.desc())
        .limit(_LATEST)
    )
    names: dict[str, str] = {}
    for sku_id, variation in conn.execute(latest):
        if sku_id in missing:
            names.setdefault(sku_id, variation)
    name_variations(conn, shop_id, names)


def name_in_orders(conn: Connection, shop_id: int, sku_id: str) -> tuple[str, str | None]:
    """Name and variation of a SKU as the newest orders spell it; empty where none of them holds it."""
    newest = (
        select(_ORDERS.c.id, _ORDERS.c.created_at)
        .where(_ORDERS.c.shop_id == shop_id)
        .order_by(_ORDERS.c.created_at.desc())
        .limit(_LATEST)
        .subquery()
    )
    named = (
        select(_ITEMS.c.name, _ITEMS.c.variation)
        .join(newest, newest.c.id == _ITEMS.c.order_pk)
        .where(_ITEMS.c.sku_id == sku_id, _ITEMS.c.name != "")
        .order_by(newest.c.created_at.desc())
        .limit(1)
    )
    found = conn.execute(named).first()
    return ("", None) if found is None else (found.name, found.variation)


def name_variations(conn: Connection, shop_id: int, names: Mapping[str, str]) -> None:
    """Write down which variation each SKU is."""
    for sku_id, variation in names.items():
        mine = (_SKUS.c.shop_id == shop_id) & (_SKUS.c.sku_id == sku_id)
        conn.execute(_SKUS.update().where(mine).values(variation=variation))
