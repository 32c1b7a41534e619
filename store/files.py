"""Seller Center files in the store: one reading of a file, and its orders chunk by chunk.

Which of two files is right about an order is decided in store/file_judge.py. `FileImport.orders` is written in the
transaction of its chunk, so a reading that was cut short goes on there, and two processes that read the same file at
once share one row and take each chunk once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, func, select, update

from store import changes
from store.bulk import insert_into, one_writer, table_of
from store.file_judge import FileTold, Readings, TakenIn, judge
from store.models import FileImport, FileOrder, FileReject, Order
from store.reading.files import KIN
from store.status import IN_HAND

CHUNK: Final = 1_000
"""Orders of one transaction: what every process cuts the same file into. A key's write waits for one at most."""
WARNINGS: Final = 300
"""Warnings of one file that are kept."""
UNFINISHED: Final = ("running", "stopped")

Kept = tuple[int, str | None, str, str, Sequence[str]]
"""Row, column, reason, value, cells."""
HIDING: Final = frozenset({"short", "too_long", "encoding"})
"""Reasons for which a refused row may hold other rows, or an id that nobody can read."""

_IMPORTS: Final = table_of(FileImport)
_REJECTS: Final = table_of(FileReject)
_FILE_ORDERS: Final = table_of(FileOrder)
_ORDERS: Final = table_of(Order)
_REJECT: Final = ("import_id", "row", "column", "reason", "value", "cells")


class Begun(msgspec.Struct, frozen=True):
    """A reading that may go on."""

    import_id: int
    done: int
    """Orders that are in already."""
    first: bool
    """Whether this very file was never read to its end for this shop."""


def find(conn: Connection, shop_id: int, digest: str) -> tuple[str, str | None] | None:
    """State and problem of the newest reading of a file with these bytes, None if it was never read."""
    same = (_IMPORTS.c.shop_id == shop_id) & (_IMPORTS.c.digest == digest)
    # What could not be read says nothing of the bytes.
    same &= func.coalesce(_IMPORTS.c.problem, "") != "unreadable"
    found = select(_IMPORTS.c.state, _IMPORTS.c.problem).where(same).order_by(_IMPORTS.c.id.desc()).limit(1)
    row = conn.execute(found).one_or_none()
    return None if row is None else (row.state, row.problem)


def begin(conn: Connection, shop_id: int, name: str, digest: str, now: int, by: str) -> Begun:
    """Open a reading, or take up the one of this file that was not finished."""
    one_writer(conn)
    same = (_IMPORTS.c.shop_id == shop_id) & (_IMPORTS.c.digest == digest)
    known = conn.execute(select(_IMPORTS.c.id, _IMPORTS.c.state, _IMPORTS.c.orders).where(same)).all()
    first = all(row.state != "done" for row in known)
    for row in known:
        if row.state in UNFINISHED:
            # What went wrong before is over: the next end says what counts.
            anew = {"state": "running", "ended_at": None, "problem": None, "detail": None}
            conn.execute(update(_IMPORTS).where(_IMPORTS.c.id == row.id).values(anew))
            return Begun(row.id, row.orders, first)
    values: dict[str, Any] = {"shop_id": shop_id, "name": name, "digest": digest, "state": "running"}
    values |= {"started_at": now, "requested_by": by, "header": "[]", "unknown": "[]", "warnings": "[]"}
    values |= dict.fromkeys(("rows", "orders", "new", "changed", "unchanged", "gone", "rejected"), 0)
    made = conn.execute(_IMPORTS.insert().values(values).returning(_IMPORTS.c.id))
    return Begun(made.scalar_one(), 0, first)


def describe(
    conn: Connection,
    import_id: int,
    *,
    layout: str,
    columns: Sequence[str],
    unknown: Sequence[str],
    rows: int,
    stamp: int | None,
) -> None:
    """What is known of the file before its first order."""
    told = {
        "layout": layout,
        "header": _json(columns),
        "unknown": _json(unknown),
        "rows": rows,
        "stamp": stamp,
    }
    conn.execute(update(_IMPORTS).where(_IMPORTS.c.id == import_id).values(**told))


def reject(conn: Connection, import_id: int, rows: Sequence[Kept]) -> None:
    """Keep rows that were not used; those that are there already stay."""
    told = [
        dict(zip(_REJECT, (import_id, *row, msgspec.msgpack.encode(cells)), strict=True))
        for *row, cells in rows
    ]
    if told:
        add = insert_into(conn, _REJECTS).on_conflict_do_nothing(index_elements=["import_id", "row"])
        conn.execute(add, told)


def take(
    conn: Connection,
    shop_id: int,
    import_id: int,
    start: int,
    orders: Sequence[FileTold],
    now: int,
    *,
    only_new: bool = False,
) -> TakenIn | None:
    """Take in a file's orders number `start` to `start + len(orders)`; None when they are in already.

    `only_new`: known orders are left as they are, for a better source tells them.
    """
    one_writer(conn)
    row = conn.execute(
        select(_IMPORTS.c.orders, _IMPORTS.c.stamp, _IMPORTS.c.digest).where(_IMPORTS.c.id == import_id)
    ).one()
    if row.orders >= start + len(orders):
        return None
    files = Readings(conn, shop_id, import_id, row.stamp or 0, row.digest)
    result = judge(conn, shop_id, files, orders, now, only_new)
    conn.execute(
        update(_IMPORTS)
        .where(_IMPORTS.c.id == import_id)
        .values(
            state="running",
            orders=start + len(orders),
            new=_IMPORTS.c.new + result.new,
            changed=_IMPORTS.c.changed + result.changed,
            unchanged=_IMPORTS.c.unchanged + result.unchanged,
        )
    )
    return result


def stop(conn: Connection, import_id: int, warnings: Sequence[object], now: int) -> None:
    """A person ended it; it can be taken up again. One that another process has finished meanwhile stays so."""
    running = (_IMPORTS.c.id == import_id) & (_IMPORTS.c.state == "running")
    values = {"state": "stopped", "warnings": _json(warnings[:WARNINGS]), "ended_at": now}
    conn.execute(update(_IMPORTS).where(running).values(values | {"rejected": refused(conn, import_id)}))


def fail(
    conn: Connection,
    import_id: int,
    problem: str,
    now: int,
    row: int | None = None,
    column: str | None = None,
    value: str = "",
) -> None:
    """The whole file is of no use. What was taken in before, if anything, stays and can be gone on from."""
    one_writer(conn)
    was = conn.execute(select(_IMPORTS).where(_IMPORTS.c.id == import_id)).one()
    if was.state in ("failed", "done"):
        return  # another process found the same
    detail = changes.detail(row=row, column=column, value=value or None)
    state = "stopped" if was.orders else "failed"
    bad = refused(conn, import_id)
    _end(conn, import_id, now, state=state, problem=problem, detail=detail, rejected=bad)
    told = changes.detail(**{"import": import_id}, name=was.name, problem=problem, row=row, column=column)
    changes.append(
        conn, [(now, was.shop_id, None, None, "file.failed", None, problem, told, f"file:{import_id}")]
    )


def finish(
    conn: Connection,
    import_id: int,
    warnings: Sequence[object],
    now: int,
    *,
    order_id_of: Callable[[Sequence[str]], str | None] = lambda cells: None,
    only_new: bool = False,
) -> None:
    """Every order is in. Tells what the file before held and this newer one does not, unless that is not known:
    a row that lost its id, or was run together with others, may be any order's.

    `order_id_of` finds the order in the cells of a refused row: it is in the file all the same. `only_new`: as for
    `take`, known orders were not looked at.
    """
    one_writer(conn)
    was = conn.execute(select(_IMPORTS).where(_IMPORTS.c.id == import_id)).one()
    if was.state == "done":
        return  # another process read the same file
    bad = conn.execute(
        select(_REJECTS.c.reason, _REJECTS.c.column, _REJECTS.c.cells).where(
            _REJECTS.c.import_id == import_id
        )
    ).all()
    there = {order_id_of(msgspec.msgpack.decode(row.cells)) for row in bad if row.cells}
    hidden = any(row.reason in HIDING or row.column == "Order ID" for row in bad)
    missing = () if only_new or hidden or not was.orders else _missing(conn, was)
    gone = [row for row in missing if row.order_id not in there]
    told = changes.detail(**{"import": import_id}, name=was.name)
    actor = f"file:{import_id}"
    rows: list[tuple[Any, ...]] = [
        (now, was.shop_id, row.id, row.order_id, "order.not_in_file", None, None, told, actor) for row in gone
    ]
    numbers = {name: getattr(was, name) for name in ("rows", "orders", "new", "changed", "unchanged")}
    numbers |= {"gone": len(gone), "rejected": refused(conn, import_id)}
    told = changes.detail(**{"import": import_id}, name=was.name, **numbers)
    changes.append(conn, [*rows, (now, was.shop_id, None, None, "file.imported", None, None, told, actor)])
    kept = _json(warnings[:WARNINGS])
    _end(
        conn,
        import_id,
        now,
        state="done",
        warnings=kept,
        gone=len(gone),
        rejected=numbers["rejected"],
        problem=None,
    )


def _missing(conn: Connection, now: Any) -> Sequence[Any]:
    """Orders in hand that the shop's newest file until now held, and this one, being newer, does not."""
    if now.stamp is None:
        return ()
    done = (_IMPORTS.c.shop_id == now.shop_id) & (_IMPORTS.c.state == "done") & _IMPORTS.c.stamp.is_not(None)
    newest = select(_IMPORTS.c.stamp, _IMPORTS.c.digest).where(done)
    last = conn.execute(newest.order_by(_IMPORTS.c.stamp.desc(), _IMPORTS.c.id.desc()).limit(1)).one_or_none()
    if last is None or last.stamp >= now.stamp:
        return ()
    readings = select(_IMPORTS.c.id).where(
        _IMPORTS.c.shop_id == now.shop_id, _IMPORTS.c.digest == last.digest
    )
    return conn.execute(
        select(_ORDERS.c.id, _ORDERS.c.order_id)
        .join(_FILE_ORDERS, _FILE_ORDERS.c.order_pk == _ORDERS.c.id)
        .where(_FILE_ORDERS.c.import_id.in_(readings), _ORDERS.c.status.in_([str(one) for one in IN_HAND]))
        .order_by(_ORDERS.c.id)
    ).all()


def refused(conn: Connection, import_id: int) -> int:
    """How many rows were not used so far."""
    query = select(func.count()).where(_REJECTS.c.import_id == import_id, _REJECTS.c.reason != KIN)
    return int(conn.execute(query).scalar_one())


def _end(conn: Connection, import_id: int, now: int, **values: object) -> None:
    conn.execute(update(_IMPORTS).where(_IMPORTS.c.id == import_id).values(ended_at=now, **values))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
