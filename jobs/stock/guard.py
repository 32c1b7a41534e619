"""The oversell guard: which open orders cannot be filled from what is there."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from jobs.stock.piles import keys, shortages
from store import goods
from store.reading.goods import claims, handed, shelves
from store.stock import Shortage


def short(conn: Connection, shop_ids: Collection[int] | None = None) -> dict[int, Shortage]:
    """The first shortage of each open order (by row id) that goes without; `shop_ids`: of these shops' orders only.

    Other shops' orders draw on the same piles and may come first, so they are looked at in any case.
    """
    query = goods.querying(conn)
    known = shelves(query)
    asked: set[int] | None = None
    if shop_ids is not None:
        key_of = keys(known)
        mine = {key for (shop_id, _), key in key_of.items() if shop_id in shop_ids}
        asked = set(shop_ids) | {shop_id for (shop_id, _), key in key_of.items() if key in mine}
    wanted = claims(query, None if asked is None else sorted(asked))
    found = shortages(known, wanted, handed(query, known))
    if shop_ids is None:
        return found
    ours = {claim.order_pk for claim in wanted if claim.shop_id in shop_ids}
    return {pk: one for pk, one in found.items() if pk in ours}
