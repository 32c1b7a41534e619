"""A store with money in it: delivered orders, statements, odd deductions, costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from store import money, orders
from store.db import Store
from store.money_records import PayoutRecord, StatementRecord
from store.times import DAY, HOUR
from tests.ui.screen_kit import NOW, put, record

COMMISSION = 100
"""Per mille, of every usual order."""
GOODS = 100_000


def arrived(number: int, days_ago: float, **told: Any) -> Any:
    """Order `number`, delivered so many days ago."""
    at = NOW - round(days_ago * DAY)
    facts: dict[str, Any] = {
        "status": "DELIVERED", "raw_status": "DELIVERED", "created_at": at - 3 * DAY, "delivered_at": at,
        "updated_at": at, "subtotal": GOODS, "total": GOODS + 9_000, "shipping_fee": 9_000,
    }  # fmt: skip
    return record(number, **(facts | told))


def payout(order_id: str, **told: Any) -> PayoutRecord:
    """A transaction as it should be, unless told otherwise."""
    fees = -(GOODS * COMMISSION // 1_000) - 1_250
    facts: dict[str, Any] = {
        "transaction_id": f"346{order_id}", "kind": "ORDER", "order_id": order_id, "revenue": GOODS, "fees": fees,
        "settlement": GOODS + fees + told.get("shipping", 0), "detail": '{"platform_commission_amount":-10000}',
    }  # fmt: skip
    return PayoutRecord(**(facts | told))


def statement(number: int, at: int, payouts: Sequence[PayoutRecord], **told: Any) -> StatementRecord:
    """The statement of these transactions."""
    facts: dict[str, Any] = {
        "statement_id": f"738{number}", "at": at, "status": "PAID", "currency": "IDR",
        "settlement": sum(one.settlement for one in payouts), "revenue": sum(one.revenue for one in payouts),
        "fees": sum(one.fees + one.shipping for one in payouts),
    }  # fmt: skip
    return StatementRecord(**(facts | told))


def settle(store: Store, at: int, payouts: Sequence[PayoutRecord], number: int = 1, **told: Any) -> None:
    """A statement, read whole."""

    def write(conn: Any) -> None:
        shop = orders.shop_pk(conn, "toko-contoh")
        made = statement(number, at, payouts, **told)
        money.upsert_statements(conn, shop, [made], NOW)
        money.upsert_payouts(conn, shop, made.statement_id, payouts)
        money.was_read(conn, shop, made.statement_id, NOW)
        orders.set_stream(conn, shop, "statements", NOW, NOW)

    store.write(write)


def estimate(store: Store, records: Sequence[PayoutRecord]) -> None:
    """What the platform thinks of unsettled orders."""
    store.write(lambda conn: money.replace_unsettled(conn, orders.shop_pk(conn, "toko-contoh"), records))


def usual(store: Store) -> None:
    """Twenty paid as they should be, one with too much taken for its parcel, one adjusted, one overdue, two to come."""
    settled = [arrived(n, 8) for n in range(1, 23)]
    put(store, [*settled, arrived(31, 9), arrived(41, 1), arrived(42, 0.1)])
    told = [payout(one.order_id) for one in settled[:20]]
    told.append(payout(settled[20].order_id, shipping=-14_000))
    told.append(payout(settled[21].order_id))
    told.append(
        payout(
            settled[21].order_id,
            transaction_id="347",
            kind="ADJUSTMENT",
            settlement=-5_000,
            revenue=0,
            fees=0,
        )
    )
    settle(store, NOW - 4 * DAY - HOUR, told)


def costs(store: Store, amount: int = 60_000, sku: str = "KP-HTM-L") -> None:
    """What the goods of `record` cost: two pieces an order."""
    store.write(lambda conn: money.set_costs(conn, [money.CostEntry(sku, 0, amount)]))
