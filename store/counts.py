"""The number of orders in each tab, kept by the transaction that moves them: counting takes 50 ms.

Counted is `orders.tab`. The tabs of action and returns are reads of their own columns, so row 1 here holds
only the orders of unknown status.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from store.bulk import mark, table_of
from store.models import Order, TabCount

_COUNTS = table_of(TabCount)
_ORDERS = table_of(Order)


class CountDifference(msgspec.Struct, frozen=True):
    """A kept count that does not agree with the orders themselves."""

    shop_id: int
    tab: int
    kept: int
    real: int


def apply(conn: Connection, shop_id: int, deltas: Mapping[int, int]) -> None:
    """Add to the counts of a shop; zeros cost nothing."""
    rows = [(shop_id, int(tab), n) for tab, n in sorted(deltas.items()) if n]
    if not rows:
        return
    sign = mark(conn.dialect.name)
    conn.exec_driver_sql(
        f"INSERT INTO tab_counts (shop_id, tab, n) VALUES ({sign}, {sign}, {sign})"
        " ON CONFLICT (shop_id, tab) DO UPDATE SET n = tab_counts.n + excluded.n",
        rows,
    )


def verify(conn: Connection) -> list[CountDifference]:
    """Where the kept counts differ from a real count; empty when all is well."""
    real, kept = _real(conn), _kept(conn)
    return [
        CountDifference(shop_id, tab, kept.get((shop_id, tab), 0), real.get((shop_id, tab), 0))
        for shop_id, tab in sorted(real.keys() | kept.keys())
        if kept.get((shop_id, tab), 0) != real.get((shop_id, tab), 0)
    ]


def recount(conn: Connection) -> None:
    """Count again and replace what was kept."""
    real = _real(conn)
    conn.execute(delete(_COUNTS))
    if real:
        conn.execute(
            insert(_COUNTS), [{"shop_id": s, "tab": t, "n": n} for (s, t), n in sorted(real.items())]
        )


def _real(conn: Connection) -> dict[tuple[int, int], int]:
    query = select(_ORDERS.c.shop_id, _ORDERS.c.tab, func.count()).group_by(_ORDERS.c.shop_id, _ORDERS.c.tab)
    return {(shop_id, tab): n for shop_id, tab, n in conn.execute(query)}


def _kept(conn: Connection) -> dict[tuple[int, int], int]:
    query = select(_COUNTS.c.shop_id, _COUNTS.c.tab, _COUNTS.c.n)
    return {(shop_id, tab): n for shop_id, tab, n in conn.execute(query)}
