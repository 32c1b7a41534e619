"""Statements, what was paid for each order, and what goods cost: the writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from store import changes
from store.bulk import insert_into, one_writer, table_of
from store.models import Cost, Payout, Statement
from store.money_records import FAILED, UNSETTLED, PayoutRecord, StatementRecord

_STATEMENTS = table_of(Statement)
_PAYOUTS = table_of(Payout)
_COSTS = table_of(Cost)
OPEN: Final = ("PROCESSING", FAILED)
"""States of a statement that may still change."""


class CostEntry(NamedTuple):
    """What one piece of a SKU costs from a moment on."""

    seller_sku: str
    valid_from: int
    amount: int


def upsert_statements(
    conn: Connection, shop_id: int, records: Sequence[StatementRecord], now: int
) -> list[str]:
    """Store statements; the answer is those that were not known. One whose amounts changed is to be read again."""
    if not records:
        return []
    one_writer(conn)
    newest = {record.statement_id: record for record in records}
    query = select(_STATEMENTS).where(
        _STATEMENTS.c.shop_id == shop_id, _STATEMENTS.c.statement_id.in_(newest)
    )
    known = {row.statement_id: row for row in conn.execute(query)}
    rows, feed = [], []
    for record in newest.values():
        before = known.get(record.statement_id)
        values = msgspec.structs.asdict(record)
        if before is not None and all(getattr(before, name) == value for name, value in values.items()):
            continue
        amounts = ("settlement", "revenue", "fees", "adjustment")
        same = before is not None and all(getattr(before, name) == values[name] for name in amounts)
        read_at = before.read_at if before is not None and same else None
        rows.append({"shop_id": shop_id, **values, "read_at": read_at, "updated_at": now})
        old = None if before is None else before.status
        kinds = ["money.statement"] if before is None else []
        if record.status == FAILED and old != FAILED:
            kinds.append("money.failed")
        detail = changes.detail(statement=record.statement_id, settlement=record.settlement, at=record.at)
        feed += [(now, shop_id, None, None, kind, old, record.status, detail, "platform") for kind in kinds]
    if rows:
        add = insert_into(conn, _STATEMENTS)
        told = [name for name in rows[0] if name not in ("shop_id", "statement_id")]
        conn.execute(
            add.on_conflict_do_update(
                index_elements=["shop_id", "statement_id"], set_={name: add.excluded[name] for name in told}
            ),
            rows,
        )
    changes.append(conn, feed)
    return [one for one in newest if one not in known]


def begin_at(conn: Connection, shop_id: int, open_since: int) -> int | None:
    """From which statement on the platform has to be asked: the oldest that may still change, else the newest.

    None: none is known. One from before `open_since` (epoch ms) is no longer waited for.
    """
    mine = _STATEMENTS.c.shop_id == shop_id
    newest: int | None = conn.execute(select(func.max(_STATEMENTS.c.at)).where(mine)).scalar_one()
    waiting: int | None = conn.execute(
        select(func.min(_STATEMENTS.c.at)).where(
            mine, _STATEMENTS.c.status.in_(OPEN), _STATEMENTS.c.at >= open_since
        )
    ).scalar_one()
    return newest if waiting is None or newest is None else min(newest, waiting)


def unread(conn: Connection, shop_id: int, limit: int) -> list[str]:
    """Statements whose transactions were not read whole, the newest first."""
    query = (
        select(_STATEMENTS.c.statement_id)
        .where(_STATEMENTS.c.shop_id == shop_id, _STATEMENTS.c.read_at.is_(None))
        .order_by(_STATEMENTS.c.at.desc())
        .limit(limit)
    )
    return list(conn.execute(query).scalars())


def upsert_payouts(
    conn: Connection, shop_id: int, statement_id: str, records: Sequence[PayoutRecord]
) -> None:
    """Store transactions of a statement; one that comes again replaces itself."""
    if not records:
        return
    add = insert_into(conn, _PAYOUTS)
    told = [name for name in PayoutRecord.__struct_fields__ if name != "transaction_id"]
    newest = {record.transaction_id: record for record in records}
    conn.execute(
        add.on_conflict_do_update(
            index_elements=["shop_id", "statement_id", "transaction_id"],
            set_={name: add.excluded[name] for name in told},
        ),
        [
            {"shop_id": shop_id, "statement_id": statement_id, **msgspec.structs.asdict(record)}
            for record in newest.values()
        ],
    )


def was_read(conn: Connection, shop_id: int, statement_id: str, now: int) -> None:
    """All transactions of a statement are here."""
    conn.execute(
        update(_STATEMENTS)
        .where(_STATEMENTS.c.shop_id == shop_id, _STATEMENTS.c.statement_id == statement_id)
        .values(read_at=now)
    )


def replace_unsettled(conn: Connection, shop_id: int, records: Sequence[PayoutRecord]) -> None:
    """The platform's estimates as they are now; those of before are gone."""
    mine = (_PAYOUTS.c.shop_id == shop_id, _PAYOUTS.c.statement_id == UNSETTLED)
    conn.execute(delete(_PAYOUTS).where(*mine))
    upsert_payouts(conn, shop_id, UNSETTLED, records)


def set_costs(conn: Connection, entries: Iterable[CostEntry]) -> int:
    """Store what goods cost; a cost of the same SKU and moment is replaced. The answer is how many were stored."""
    rows = [one._asdict() for one in {(one.seller_sku, one.valid_from): one for one in entries}.values()]
    if rows:
        add = insert_into(conn, _COSTS)
        conn.execute(
            add.on_conflict_do_update(
                index_elements=["seller_sku", "valid_from"], set_={"amount": add.excluded.amount}
            ),
            rows,
        )
    return len(rows)


def drop_costs(conn: Connection, seller_sku: str) -> int:
    """Forget what a SKU costs; how many entries went."""
    return conn.execute(delete(_COSTS).where(_COSTS.c.seller_sku == seller_sku)).rowcount
