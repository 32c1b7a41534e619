"""Shipments that a person arranges in Seller Center: the wishes of shops without API access, as they stand.

Only reads; the rows move in store/actions.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, select

from store.bulk import table_of
from store.models import Action, Shop
from store.views import ActionRow

_ACTIONS: Final = table_of(Action)
_SHOPS: Final = table_of(Shop)
_CHUNK: Final = 500
"""Values in one IN list: both databases cap them, SQLite lowest."""


class Wish(msgspec.Struct, frozen=True):
    """A queued shipment of a shop of kind `file`."""

    id: int
    shop_id: int
    order_pk: int | None
    order_id: str
    package_id: str | None
    """None while no file has named a package."""
    reason: str | None
    """One of store.views.BY_HAND; None for a wish from the time when the shop had API access."""
    sent_at: int | None
    """When a person said that it is done in Seller Center."""


def open_wishes(conn: Connection, shop_id: int | None, order_ids: Sequence[str]) -> list[Wish]:
    """The wishes for these orders, of one shop or of all of kind `file`."""
    found: list[Wish] = []
    if conn.execute(_queued().limit(1)).first() is None:
        return found  # the common case of a long file, and a hundredth of what asking by numbers costs
    for start in range(0, len(order_ids), _CHUNK):
        query = _queued().where(_ACTIONS.c.order_id.in_(order_ids[start : start + _CHUNK]))
        if shop_id is not None:
            query = query.where(_ACTIONS.c.shop_id == shop_id)
        found += (Wish(*row) for row in conn.execute(query))
    return found


def wishes(conn: Connection, ids: Sequence[int]) -> list[Wish]:
    """These wishes, without those that are not queued any more."""
    found: list[Wish] = []
    for start in range(0, len(ids), _CHUNK):
        query = _queued().where(_ACTIONS.c.id.in_(ids[start : start + _CHUNK]))
        found += (Wish(*row) for row in conn.execute(query))
    return found


def standing(conn: Connection, order_pk: int) -> list[ActionRow]:
    """The shipments of an order that are under way or done, the oldest first."""
    columns = [_ACTIONS.c[name] for name in ActionRow.__struct_fields__]
    alive = _ACTIONS.c.state.not_in(("refused", "cancelled"))
    query = select(*columns).where(_ACTIONS.c.order_pk == order_pk, _ACTIONS.c.kind == "ship", alive)
    return [ActionRow(*row) for row in conn.execute(query.order_by(_ACTIONS.c.id))]


def _queued() -> Select[Any]:
    files = select(_SHOPS.c.id).where(_SHOPS.c.kind == "file")
    return (
        select(*(_ACTIONS.c[name] for name in Wish.__struct_fields__))
        .where(_ACTIONS.c.state == "queued", _ACTIONS.c.kind == "ship", _ACTIONS.c.shop_id.in_(files))
        .order_by(_ACTIONS.c.id)
    )
