"""Stuck parcels: what lanes taught us, which deliveries are disputed, and judging open parcels again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, select

from store import changes
from store.attention import Lane
from store.bulk import insert_rows, one_writer, table_of, update_rows
from store.derived import Waiting, waiting, why_now
from store.models import LaneLimit, Order
from store.status import Tab

_ORDERS: Final = table_of(Order)
_LIMITS: Final = table_of(LaneLimit)

OPEN_TABS: Final = (Tab.COLLECTION, Tab.TRANSIT, Tab.DELIVERED)
"""Where parcels are that still can get stuck."""


class Limit(NamedTuple):
    """A row of what was learned, times in ms."""

    scan_after: int | None
    scan_seen: int
    move_after: int | None
    move_seen: int


def limits(conn: Connection) -> dict[Lane, Limit]:
    """Everything that was learned."""
    return {
        Lane(row.shop_id, row.courier, row.province, row.city): Limit(
            row.scan_after, row.scan_seen, row.move_after, row.move_seen
        )
        for row in conn.execute(select(_LIMITS))
    }


def learned_at(conn: Connection) -> int | None:
    """When the present limits were learned; None when there are none."""
    newest: int | None = conn.execute(
        select(_LIMITS.c.learned_at).order_by(_LIMITS.c.learned_at.desc()).limit(1)
    ).scalar()
    return newest


def keep(conn: Connection, learned: Mapping[Lane, tuple[int | None, int, int | None, int]], now: int) -> None:
    """Replace what was learned as a whole: a lane that no longer has enough parcels forgets."""
    one_writer(conn)
    conn.execute(delete(_LIMITS))
    columns = (
        *("shop_id", "courier", "province", "city"),
        *("scan_after", "scan_seen", "move_after", "move_seen", "learned_at"),
    )
    rows = [(*lane, *limit, now) for lane, limit in sorted(learned.items())]
    insert_rows(conn, _LIMITS, columns, rows)


def open_parcels(conn: Connection) -> Sequence[int]:
    """Row ids of the orders whose parcel is out, from the index alone: in slices every one would sort the tab."""
    here = select(_ORDERS.c.id).where(_ORDERS.c.tab.in_([int(tab) for tab in OPEN_TABS]))
    return sorted(conn.execute(here).scalars())


class Judged(NamedTuple):
    """What an order's attention should be."""

    since: int | None
    why: str | None
    pk: int


def judge(conn: Connection, pks: Collection[int]) -> list[Judged]:
    """The orders whose attention differs from what is written, judged with all that is known of the parcel."""
    wanted = set(pks)
    if not wanted:
        return []
    asked, found = waiting(conn, wanted), []
    for order in conn.execute(select(_ORDERS).where(_ORDERS.c.id.in_(wanted))):
        since, why = why_now(order, order.action_state, asked.get(order.id, Waiting()))
        if (since, why) != (order.attention_at, order.attention):
            found.append(Judged(since, why, order.id))
    return found


def write(conn: Connection, judged: Iterable[Judged]) -> None:
    """Put it into the orders."""
    update_rows(conn, _ORDERS, ("attention_at", "attention"), ("id",), [tuple(row) for row in judged])


def rejudge(conn: Connection, pks: Collection[int]) -> int:
    """Judge these orders again; how many changed."""
    one_writer(conn)
    judged = judge(conn, pks)
    write(conn, judged)
    return len(judged)


def dispute(conn: Connection, pk: int, now: int, by: str, *, disputed: bool = True) -> bool:
    """The seller says that the buyer says it never came (or takes that back); whether anything changed.

    Ours alone: nothing is told to the platform.
    """
    one_writer(conn)
    row = conn.execute(select(_ORDERS).where(_ORDERS.c.id == pk)).one_or_none()
    if row is None or (row.disputed_at is not None) == disputed:
        return False
    update_rows(conn, _ORDERS, ("disputed_at",), ("id",), [(now if disputed else None, pk)])
    kind = "parcel.disputed" if disputed else "parcel.settled"
    changes.append(conn, [(now, row.shop_id, pk, row.order_id, kind, None, None, None, by)])
    rejudge(conn, [pk])
    return True
