"""The oversell guard: which open orders cannot be filled from what is there."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from store import goods
from store.reading.goods import Query, Shelf, claims, handed, reserved, shelves, wanted
from store.stock import Shortage, keys, piles, scarce, shortages


def short(conn: Connection, pks: Collection[int] | None = None) -> dict[int, Shortage]:
    """The first shortage of each open order (by row id) that goes without; `pks`: of these orders only."""
    return lacking(goods.querying(conn), pks)


def lacking(query: Query, pks: Collection[int] | None = None) -> dict[int, Shortage]:
    """As `short`, for who has a way to ask the store.

    Only a pile of which more is ordered than there is can leave anybody without, and few piles are like that; so all
    are summed up, and single orders are looked at for those few. Where none of the asked orders' own piles is like
    that the others need not be known. Else they do: who goes without on one pile leaves its pieces on another.
    """
    known = shelves(query)
    if pks is not None:
        key_of = keys(known)
        asked = {key_of[place] for place in wanted(query, pks) if place in key_of}
        theirs = {sku_id for (shop_id, sku_id), key in key_of.items() if key in asked}
        if not _scarce(query, known, theirs):
            return {}
    found = shortages(known, claims(query, _scarce(query, known, None)), handed(query, known))
    return found if pks is None else {pk: found[pk] for pk in pks if pk in found}


def _scarce(query: Query, known: Sequence[Shelf], sku_ids: Collection[str] | None) -> set[str]:
    """The SKUs (of these, or of all) of piles of which more is ordered than there is."""
    return scarce(piles(known, reserved(query, known, sku_ids), handed(query, known)))
