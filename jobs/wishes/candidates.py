"""What the plans need to know of orders, read from the store: their parcels, live actions, and who lacks stock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, select

from jobs.stock import guard
from jobs.wishes.plans import Candidate, Need, Parcel
from store import actions
from store.bulk import table_of
from store.models import Action, Item, Order, Package, Shop
from store.views import ActionRow

_ORDERS: Final = table_of(Order)
_PACKAGES: Final = table_of(Package)
_ACTIONS: Final = table_of(Action)
_ITEMS: Final = table_of(Item)
_SHOPS: Final = table_of(Shop)
_FACTS: Final = (
    *("shop_id", "order_id", "status", "raw_status", "note", "note_seen_at", "confirmed_at"),
    *("cancel_requested", "cancel_at"),
    *("cod", "total", "fulfillment_type", "shipping_type", "buyer", "summary", "tags"),
)
_CHUNK: Final = 500
"""Values in one IN list: both databases cap them, SQLite lowest."""


def candidates(conn: Connection, pks: Sequence[int]) -> list[Candidate]:
    """The orders in the caller's order; a pk that is gone is left out."""
    found: dict[int, Candidate] = {}
    for some in _chunks(pks):
        live, ending = _live(conn, some), actions.ending(conn, some)
        parcels = _parcels(conn, some, live)
        query = (
            select(
                _ORDERS.c.id.label("pk"),
                _SHOPS.c.kind.label("shop_kind"),
                *(_ORDERS.c[name] for name in _FACTS),
            )
            .join(_SHOPS, _SHOPS.c.id == _ORDERS.c.shop_id)
            .where(_ORDERS.c.id.in_(some))
        )
        for row in conn.execute(query):
            mine = tuple(parcels.get(row.pk, ()))
            whole = None if row.shop_kind == "tiktok" else _whole(live, row.pk, mine)
            found[row.pk] = Candidate(**row._mapping, parcels=mine, ending=ending.get(row.pk), whole=whole)
    return [found[pk] for pk in dict.fromkeys(pks) if pk in found]


def _live(conn: Connection, pks: Sequence[int]) -> list[ActionRow]:
    columns = [_ACTIONS.c[name] for name in ActionRow.__struct_fields__]
    standing = _ACTIONS.c.state.not_in(("refused", "cancelled"))
    query = select(*columns).where(_ACTIONS.c.order_pk.in_(pks), _ACTIONS.c.kind == "ship", standing)
    return [ActionRow(*row) for row in conn.execute(query)]


def _whole(live: Sequence[ActionRow], pk: int, parcels: Sequence[Parcel]) -> ActionRow | None:
    """The action that stands for an order of a shop without API: one from before a file named a package, or one
    that still waits and whose package the newest file calls otherwise."""
    named = {parcel.package_id for parcel in parcels}
    for row in live:
        gone = row.by_hand and row.package_id not in named
        if row.order_pk == pk and (row.package_id is None or gone):
            return row
    return None


def _parcels(
    conn: Connection, pks: Sequence[int], actions_alive: Sequence[ActionRow]
) -> dict[int, list[Parcel]]:
    live = {(row.shop_id, row.package_id): row for row in actions_alive}
    result: dict[int, list[Parcel]] = {}
    query = select(_PACKAGES).where(_PACKAGES.c.order_pk.in_(pks)).order_by(_PACKAGES.c.package_id)
    for row in conn.execute(query):
        action = live.get((row.shop_id, row.package_id))
        parcel = Parcel(row.package_id, row.status, row.courier, row.courier_name, action)
        result.setdefault(row.order_pk, []).append(parcel)
    return result


def needs(conn: Connection, found: Sequence[Candidate]) -> dict[int, Need]:
    """The first short SKU of each order: who is served is decided over all open orders, not only these."""
    short = guard.short(conn, [order.pk for order in found])
    names: dict[tuple[int, str], str] = {}
    for some in _chunks(list(short)):
        query = select(_ITEMS.c.order_pk, _ITEMS.c.sku_id, _ITEMS.c.name, _ITEMS.c.variation)
        for row in conn.execute(query.where(_ITEMS.c.order_pk.in_(some))):
            names[row.order_pk, row.sku_id] = " ".join(filter(None, (row.name, row.variation)))
    return {
        pk: Need(names.get((pk, one.sku_id), one.sku_id), one.needed, one.free) for pk, one in short.items()
    }


def _chunks(pks: Sequence[int]) -> Iterable[Sequence[int]]:
    return (pks[start : start + _CHUNK] for start in range(0, len(pks), _CHUNK))
