"""Everything about money at one moment, for the screen, the command line and the digest alike.

The parts are pure (forecast.py, fees.py, paid.py, margin.py); this reads what they need.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from jobs.config.keys import MoneySettings
from jobs.money.fees import Kind, Paid, expect, learn
from jobs.money.forecast import Day, Delivered, by_day, due, late_from
from jobs.money.margin import Costs, Goods, Price, margin
from jobs.money.paid import Difference, Transaction, compare, differs
from jobs.rulebook import rules_at, wib_day
from store.money_records import FAILED, ORDER
from store.reader import Reader
from store.reading.money import DeliveredRow, SettledRow, StatementRow
from store.times import DAY

LOOK_BACK: Final = 45 * DAY
"""Deliveries before that are not asked about: settled or not, no seller waits so long."""
UNASKED: Final = 18 * DAY
"""The same where no shop has statements: what is past counts as paid, and no settlement takes longer."""
LEARN_FROM: Final = 90 * DAY
COMPARED: Final = 30 * DAY
"""Statements whose orders are compared with what they should have brought."""
SOLD: Final = 30 * DAY
"""Orders placed since then are looked at for what is left of them."""
LATEST: Final = 30
"""Statements shown."""


class Overdue(NamedTuple):
    """An order that should be in a statement and is in none."""

    pk: int
    order_id: str
    shop_id: int
    since: int
    """Epoch ms: from here on it was late."""
    amount: int
    reason: str | None
    """The platform's own, where it told one."""


class Found(NamedTuple):
    """An order that brought another amount than it should."""

    pk: int
    order_id: str
    shop_id: int
    at: int
    """Time of its newest statement, epoch ms."""
    less: bool
    """By more than the tolerance, and less."""
    difference: Difference


class Thin(NamedTuple):
    """An order of which too little is left."""

    pk: int
    order_id: str
    shop_id: int
    margin: float
    """Per cent of `net`."""
    cost: int
    net: int
    settled: bool
    """Whether `net` was paid; else it is expected."""


class Sum(NamedTuple):
    """Orders and what they should bring together."""

    orders: int = 0
    amount: int = 0


class Money(msgspec.Struct, frozen=True):
    """What came, what comes, and what is wrong with it."""

    at: int
    expected: Sequence[Day]
    beyond: Sum
    """Due after the days that were asked for."""
    undated: Sum
    """Waits for the buyer: orders of Tokopedia that are not completed."""
    held: Sum
    """Waits for the end of a return."""
    overdue: Sequence[Overdue]
    statements: Sequence[StatementRow]
    failed: Sequence[StatementRow]
    """Those whose payment failed and was not made since, however old."""
    differences: Sequence[Found]
    """Those that brought less first, the greatest loss first."""
    compared: int
    """Settled orders that were looked at."""
    below_margin: Sequence[Thin]
    costs: int
    """SKUs whose cost is known; 0: nothing can be said about margins."""
    uncosted: int
    """Orders of which the cost of a part is not known."""
    commissions: Mapping[Kind, int]
    """Learned, per mille."""
    shops: Mapping[int, str]
    unread: Sequence[str]
    """Shops of the platform whose statements were never read: what is late or differs there is not known."""
    unlearned: bool
    """Whether an amount is before commission, because nothing taught it yet."""

    @property
    def total(self) -> Sum:
        """Of all days of the forecast."""
        return Sum(sum(day.orders for day in self.expected), sum(day.amount for day in self.expected))

    @property
    def less(self) -> list[Found]:
        """The differences that a person should look at."""
        return [found for found in self.differences if found.less]


def gather(reader: Reader, settings: MoneySettings, now: int, *, days: int = 30) -> Money:
    """Read and reckon. Hundreds of milliseconds at a million orders: off the screen's loop."""
    with reader.one_moment():
        known = reader.shops()
        asked = reader.asked_statements()
        settled = reader.settled_orders(now - LEARN_FROM)
        commissions = learn(_lessons(settled))
        differences = _differences(settled, commissions, now - COMPARED)
        waiting = _waiting(reader, settings, asked, commissions, now, days)
        thin, uncosted, costs = _below(reader, settings.margin, commissions, now)
        return Money(
            at=now,
            expected=waiting.days,
            beyond=waiting.beyond,
            undated=waiting.undated,
            held=waiting.held,
            overdue=waiting.overdue,
            statements=reader.statements(LATEST),
            failed=reader.statements(LATEST, status=FAILED),
            differences=differences,
            compared=len({row.pk for row in settled if row.at >= now - COMPARED}),
            below_margin=thin,
            costs=costs,
            uncosted=uncosted,
            commissions=commissions,
            shops={shop.id: shop.name for shop in known},
            unread=[shop.name for shop in known if shop.kind == "tiktok" and shop.id not in asked],
            unlearned=waiting.unlearned,
        )


class _Waiting(NamedTuple):
    days: Sequence[Day]
    beyond: Sum
    undated: Sum
    held: Sum
    overdue: Sequence[Overdue]
    unlearned: bool


def _waiting(
    reader: Reader,
    settings: MoneySettings,
    asked: Mapping[int, int],
    commissions: Mapping[Kind, int],
    now: int,
    days: int,
) -> _Waiting:
    today = wib_day(now)
    rows = reader.awaiting_money(now - (LOOK_BACK if asked else UNASKED))
    unread = reader.unread_statements()
    dated, overdue = [], []
    held: list[int] = []
    undated: list[int] = []
    unlearned = False
    for row in rows:
        day = due(_delivered(row), settings.settlement)
        known = asked.get(row.shop_id)
        if day is not None and day < today and known is None:
            continue  # a shop without statements (files): what is past was paid, as far as anybody knows
        amount, taught = _worth(row, commissions)
        unlearned = unlearned or not taught
        if day is None:
            (held if row.returning else undated).append(amount)
            continue
        late = late_from(day)
        # An order that may be in a statement whose transactions are not here yet is not late.
        if known is not None and known >= late and unread.get(row.shop_id, 0) < row.delivered_at:
            overdue.append(Overdue(row.pk, row.order_id, row.shop_id, late, amount, _reason(row.reason)))
        else:
            dated.append((day, amount))
    told = by_day(dated, today, days)
    within = sum(day.orders for day in told)
    beyond = Sum(len(dated) - within, sum(amount for _, amount in dated) - sum(day.amount for day in told))
    overdue.sort(key=lambda one: (one.since, -one.amount))
    return _Waiting(
        told, beyond, Sum(len(undated), sum(undated)), Sum(len(held), sum(held)), overdue, unlearned
    )


def _worth(row: DeliveredRow, commissions: Mapping[Kind, int]) -> tuple[int, bool]:
    """What an order should bring, and whether that is after commission. The platform's own estimate comes first."""
    if row.estimate is not None:
        return row.estimate, True
    goods = max(row.goods - row.refunded, 0)
    found = expect(goods, (row.shop_id, row.channel), wib_day(row.delivered_at), commissions)
    return found.amount, found.commission is not None


def _delivered(row: DeliveredRow) -> Delivered:
    return Delivered(
        row.channel, row.status, row.shipping_type, row.delivered_at, row.updated_at, row.returning
    )


def _reason(detail: str | None) -> str | None:
    try:
        told = msgspec.json.decode(detail or "{}", type=dict[str, object]).get("unsettled_reason")
    except msgspec.DecodeError:
        return None
    return told if isinstance(told, str) else None


def _lessons(rows: Sequence[SettledRow]) -> list[Paid]:
    return [
        Paid((row.shop_id, row.channel), row.revenue, row.fees, wib_day(row.delivered_at))
        for row in rows
        if row.kind == ORDER
    ]


def _differences(rows: Sequence[SettledRow], commissions: Mapping[Kind, int], since: int) -> list[Found]:
    by_order: dict[int, list[SettledRow]] = {}
    for row in rows:
        by_order.setdefault(row.pk, []).append(row)
    found = []
    for pk, told in by_order.items():
        newest = max(row.at for row in told)
        if newest < since or not any(row.kind == ORDER for row in told):
            continue
        first, day = told[0], wib_day(told[0].delivered_at)
        transactions = [Transaction(*row[7:]) for row in told]
        difference = compare(first.goods, (first.shop_id, first.channel), day, commissions, transactions)
        tolerance = rules_at(day).paid_less
        if differs(difference, tolerance):
            less = difference.amount < 0
            found.append(Found(pk, first.order_id, first.shop_id, newest, less, difference))
    return sorted(found, key=lambda one: (not one.less, one.difference.amount if one.less else -one.at))


def _below(
    reader: Reader, least: int, commissions: Mapping[Kind, int], now: int
) -> tuple[list[Thin], int, int]:
    """Orders below the margin, the worst first; how many have no known cost; how many SKUs have one."""
    prices = [Price(*row) for row in reader.costs()]
    costs = Costs(prices)
    if not costs:
        return [], 0, 0
    sales = reader.sales_since(now - SOLD)
    pks = [sale.pk for sale in sales]
    goods, paid = reader.goods_of(pks), reader.paid_for(pks)
    thin, uncosted = [], 0
    for sale in sales:
        lines = [Goods(line.seller_sku, line.quantity) for line in goods.get(sale.pk, ())]
        cost = costs.of(lines, sale.created_at)
        if cost is None:
            uncosted += 1
            continue
        net = paid.get(sale.pk, sale.estimate)
        if net is None:
            kind = (sale.shop_id, sale.channel)
            net = expect(sale.goods, kind, wib_day(sale.created_at), commissions).amount
        left = margin(net, cost)
        if left < least:
            thin.append(Thin(sale.pk, sale.order_id, sale.shop_id, left, cost, net, sale.pk in paid))
    thin.sort(key=lambda one: (one.net - one.cost, one.pk))
    return thin, uncosted, len({price.seller_sku for price in prices})
