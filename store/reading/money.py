"""What delivered orders should bring, what was paid for them, and what their goods cost.

Every question is bounded by time and by a number of rows, on an index; still, tens to hundreds of milliseconds at a
million orders, so off the screen's loop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Final, NamedTuple

from store.money_records import ORDER, UNSETTLED
from store.reading.base import CHUNK, Base, marks
from store.status import Tab

MOST_DELIVERED: Final = 50_000
"""Unsettled orders looked at, the last changed first."""
MOST_SETTLED: Final = 30_000
"""Settled orders looked at, the newest statement first."""
MOST_SOLD: Final = 10_000
"""Orders looked at for what is left of them, the newest first."""


class DeliveredRow(NamedTuple):
    """An order that arrived and is in no statement. Times in epoch ms, money in whole rupiah."""

    pk: int
    shop_id: int
    order_id: str
    channel: str
    status: str
    shipping_type: str | None
    delivered_at: int
    """Where nobody told it, its last change."""
    updated_at: int
    returning: bool
    """A return or refund of it is open."""
    goods: int
    refunded: int
    estimate: int | None
    """What the platform itself thinks it will bring."""
    reason: str | None
    """JSON with the platform's reason why it is not settled."""


class SettledRow(NamedTuple):
    """A transaction of an order that is in a statement."""

    pk: int
    shop_id: int
    order_id: str
    channel: str
    delivered_at: int
    goods: int
    at: int
    """The statement's time."""
    kind: str
    settlement: int
    revenue: int
    fees: int
    shipping: int
    detail: str


class StatementRow(NamedTuple):
    """A statement, as store.models.Statement keeps it."""

    statement_id: str
    shop_id: int
    shop: str
    at: int
    status: str
    currency: str
    settlement: int
    revenue: int
    fees: int
    adjustment: int
    paid_at: int | None
    orders: int | None
    """Transactions in it; None: not read yet."""


class PayoutRow(NamedTuple):
    """A transaction of one order, for a person; `statement_id` is empty for the platform's estimate."""

    statement_id: str
    at: int | None
    transaction_id: str
    kind: str
    settlement: int
    revenue: int
    fees: int
    shipping: int
    detail: str


class SoldRow(NamedTuple):
    """Pieces of one SKU in an order."""

    pk: int
    seller_sku: str | None
    quantity: int


class SaleRow(NamedTuple):
    """An order that was paid for, or is paid at the door, and was not cancelled."""

    pk: int
    shop_id: int
    order_id: str
    channel: str
    created_at: int
    goods: int
    estimate: int | None


_GOODS: Final = "coalesce(o.subtotal, o.total - coalesce(o.shipping_fee, 0))"
_ARRIVED: Final = "coalesce(o.delivered_at, o.updated_at)"
_REFUNDED: Final = (
    "coalesce((SELECT sum(r.amount) FROM requests r WHERE r.order_pk = o.id AND r.kind <> 'cancel' AND r.status IN"
    " ('RETURN_OR_REFUND_REQUEST_COMPLETE', 'RETURN_OR_REFUND_REQUEST_SUCCESS',"
    " 'REPLACEMENT_REQUEST_REFUND_SUCCESS')), 0)"
)
_ESTIMATE: Final = (
    "LEFT JOIN (SELECT shop_id, order_id, CAST(sum(settlement) AS BIGINT) AS settlement, max(detail) AS detail"
    f" FROM payouts WHERE statement_id = '{UNSETTLED}' AND kind = '{ORDER}' GROUP BY shop_id, order_id) e"
    " ON e.shop_id = o.shop_id AND e.order_id = o.order_id"
)
_TRANSACTION: Final = "p.kind, p.settlement, p.revenue, p.fees, p.shipping, p.detail"


class Money(Base):
    """Reads for jobs/money/overview.py."""

    def one_moment(self) -> AbstractContextManager[None]:
        """Questions inside it see the store as it was at one moment."""
        return self._link.snapshot()

    def awaiting_money(self, since: int, *, limit: int = MOST_DELIVERED) -> list[DeliveredRow]:
        """Orders that arrived since then and are in no statement, the last changed first."""
        rows = self._query(
            "SELECT o.id, o.shop_id, o.order_id, o.channel, o.status, o.shipping_type,"
            f" {_ARRIVED}, o.updated_at, o.returns_at IS NOT NULL, {_GOODS}, {_REFUNDED}, e.settlement, e.detail"
            f" FROM orders o {_ESTIMATE} WHERE o.tab IN (?, ?) AND o.sort_at <= ? AND {_ARRIVED} >= ?"
            " AND NOT EXISTS (SELECT 1 FROM payouts p WHERE p.shop_id = o.shop_id AND p.order_id = o.order_id"
            f" AND p.statement_id <> '{UNSETTLED}') ORDER BY o.sort_at, o.id LIMIT ?",
            (int(Tab.DELIVERED), int(Tab.COMPLETED), -since, since, limit),
        )
        return [
            DeliveredRow._make((*row[:8], bool(row[8]), row[9] or 0, int(row[10]), *row[11:])) for row in rows
        ]

    def settled_orders(self, since: int, *, limit: int = MOST_SETTLED) -> list[SettledRow]:
        """Transactions of orders in statements since then, the newest statement first; of an order that is among
        them with an adjustment alone, its other transactions too."""
        found: list[SettledRow] = []
        # Statement by statement: an index leads to each, and the years before cost nothing.
        cuts = self._query(
            "SELECT shop_id, statement_id FROM statements WHERE at >= ? ORDER BY at DESC, shop_id", (since,)
        )
        for cut in cuts:
            if len(found) >= limit:
                break
            found += self._transactions("p.shop_id = ? AND p.statement_id = ?", cut)
        whole = {row.pk for row in found if row.kind == ORDER}
        # Settled long before it was adjusted: without the rest it would be called a loss.
        partial = sorted({row.pk for row in found} - whole)
        kept = [row for row in found if row.pk in whole]
        for start in range(0, len(partial), CHUNK):
            some = partial[start : start + CHUNK]
            kept += self._transactions(f"o.id IN ({marks(some)})", some)
        return kept

    def _transactions(self, where: str, args: Sequence[int | str]) -> list[SettledRow]:
        rows = self._query(
            f"SELECT o.id, o.shop_id, o.order_id, o.channel, {_ARRIVED}, {_GOODS}, s.at, {_TRANSACTION}"
            " FROM statements s JOIN payouts p ON p.shop_id = s.shop_id AND p.statement_id = s.statement_id"
            f" JOIN orders o ON o.shop_id = p.shop_id AND o.order_id = p.order_id WHERE {where}",
            args,
        )
        return [SettledRow(*row) for row in rows]

    def statements(
        self, limit: int, *, shop_id: int | None = None, status: str | None = None
    ) -> list[StatementRow]:
        """Statements, the newest first."""
        wanted = {"shop_id": shop_id, "status": status}
        given = {name: value for name, value in wanted.items() if value is not None}
        only = f" WHERE {' AND '.join(f'{name} = ?' for name in given)}" if given else ""
        count = (
            "CASE WHEN s.read_at IS NULL THEN NULL ELSE (SELECT count(*) FROM payouts p"
            " WHERE p.shop_id = s.shop_id AND p.statement_id = s.statement_id) END"
        )
        rows = self._query(
            "SELECT s.statement_id, s.shop_id, h.name, s.at, s.status, s.currency, s.settlement, s.revenue, s.fees,"
            f" s.adjustment, s.paid_at, {count} FROM"
            f" (SELECT * FROM statements{only} ORDER BY at DESC, shop_id LIMIT ?) s"
            " JOIN shops h ON h.id = s.shop_id ORDER BY s.at DESC, s.shop_id",
            (*given.values(), limit),
        )
        return [StatementRow(*row) for row in rows]

    def payouts_of(self, pk: int) -> list[PayoutRow]:
        """Every transaction of one order, the oldest statement first, the platform's estimate last."""
        rows = self._query(
            f"SELECT p.statement_id, s.at, p.transaction_id, {_TRANSACTION} FROM orders o"
            " JOIN payouts p ON p.shop_id = o.shop_id AND p.order_id = o.order_id"
            " LEFT JOIN statements s ON s.shop_id = p.shop_id AND s.statement_id = p.statement_id"
            " WHERE o.id = ? ORDER BY CASE WHEN s.at IS NULL THEN 1 ELSE 0 END, s.at, p.transaction_id LIMIT 100",
            (pk,),
        )
        return [PayoutRow(*row) for row in rows]

    def asked_statements(self) -> dict[int, int]:
        """Until when (epoch ms) the statements of each shop are known; shops that have none are left out."""
        return dict(self._query("SELECT shop_id, watermark FROM sync_state WHERE stream = 'statements'"))

    def unread_statements(self) -> dict[int, int]:
        """Of each shop the newest statement (epoch ms) whose transactions are not known yet."""
        return dict(
            self._query("SELECT shop_id, max(at) FROM statements WHERE read_at IS NULL GROUP BY shop_id")
        )

    def costs(self) -> list[tuple[str, int, int]]:
        """(seller_sku, valid_from, amount) of everything a seller said, by SKU."""
        found = self._query(
            "SELECT seller_sku, valid_from, amount FROM costs ORDER BY seller_sku, valid_from"
        )
        return [(sku, since, amount) for sku, since, amount in found]

    def sales_since(self, since: int, *, limit: int = MOST_SOLD) -> list[SaleRow]:
        """Orders placed since then that were neither cancelled nor left unpaid, the newest first. Without those of
        which something was asked back: whether the goods return, and can be sold again, nobody tells."""
        rows = self._query(
            f"SELECT o.id, o.shop_id, o.order_id, o.channel, o.created_at, {_GOODS}, e.settlement"
            f" FROM orders o {_ESTIMATE} WHERE o.created_at >= ?"
            " AND o.status NOT IN ('UNPAID', 'CANCELLED', 'UNKNOWN') AND NOT EXISTS"
            " (SELECT 1 FROM requests r WHERE r.order_pk = o.id AND r.kind <> 'cancel')"
            " ORDER BY o.created_at DESC, o.id LIMIT ?",
            (since, limit),
        )
        return [SaleRow._make((*row[:5], row[5] or 0, row[6])) for row in rows]

    def goods_of(self, pks: Sequence[int]) -> dict[int, list[SoldRow]]:
        """The goods of orders."""
        found: defaultdict[int, list[SoldRow]] = defaultdict(list)
        for row in self._lines(pks):
            found[row.pk].append(row)
        return found

    def paid_for(self, pks: Sequence[int]) -> dict[int, int]:
        """What was paid for orders that are in a statement."""
        found: dict[int, int] = {}
        for start in range(0, len(pks), CHUNK):
            some = pks[start : start + CHUNK]
            rows = self._query(
                "SELECT o.id, sum(p.settlement) FROM orders o JOIN payouts p ON p.shop_id = o.shop_id"
                f" AND p.order_id = o.order_id AND p.statement_id <> '{UNSETTLED}'"
                f" WHERE o.id IN ({marks(some)}) GROUP BY o.id",
                some,
            )
            found |= {pk: int(paid) for pk, paid in rows}
        return found

    def _lines(self, pks: Sequence[int]) -> Iterator[SoldRow]:
        for start in range(0, len(pks), CHUNK):
            some = pks[start : start + CHUNK]
            statement = "SELECT order_pk, seller_sku, quantity FROM items WHERE order_pk IN"
            yield from (SoldRow(*row) for row in self._query(f"{statement} ({marks(some)})", some))
