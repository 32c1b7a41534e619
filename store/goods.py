"""SKUs and what is on hand, as they are written; how jobs ask store/reading/goods.py inside a transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, delete, select

from store import changes, ui_state
from store.bulk import insert_into, mark, one_writer, table_of
from store.changes import NewChange
from store.models import Item, Order, Sku, Stock, UiState
from store.reading.goods import Query, Warehouse

_SKUS = table_of(Sku)
_STOCK = table_of(Stock)
_STATE = table_of(UiState)
_ITEMS = table_of(Item)
_ORDERS = table_of(Order)
_LATEST = 5_000
"""Lines of the newest orders that variations are learned from."""
_TOLD = ("product_id", "seller_sku", "name", "status", "price", "warehouses", "updated_at")
_CHUNK = 500
"""Values in one IN list: both databases cap them, SQLite lowest."""
_WARNED = "stock.warned"
"""Under this key ui_state keeps which piles a notice was given of: a restart must not repeat them."""


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


class Warned(msgspec.Struct):
    """Piles that a notice was given of, by their keys."""

    low: set[str] = msgspec.field(default_factory=set)
    soon: set[str] = msgspec.field(default_factory=set)


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


def name_variations(conn: Connection, shop_id: int, names: Mapping[str, str]) -> None:
    """Write down which variation each SKU is."""
    for sku_id, variation in names.items():
        mine = (_SKUS.c.shop_id == shop_id) & (_SKUS.c.sku_id == sku_id)
        conn.execute(_SKUS.update().where(mine).values(variation=variation))


def warned(conn: Connection) -> Warned:
    """What notices were given; nothing when that cannot be read."""
    text = conn.execute(select(_STATE.c.value).where(_STATE.c.key == _WARNED)).scalar_one_or_none()
    try:
        return msgspec.json.decode(text or "{}", type=Warned)
    except (msgspec.MsgspecError, ValueError):
        return Warned()


def remember(conn: Connection, given: Warned) -> None:
    """Keep it for the next look, and for the next start."""
    ui_state.put(conn, _WARNED, msgspec.json.encode(given, order="sorted").decode())
