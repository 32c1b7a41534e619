"""`pantau money`, `pantau statements`: what the platform pays, and what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from store.times import to_iso
from tui import jsonout
from tui.cmd.context import say, speaking
from tui.cmd.look import JsonFlag, shop_named
from tui.strings import t

if TYPE_CHECKING:
    from jobs.money.overview import Money, Sum
    from store.reading.money import StatementRow

SHOWN: Final = 20
"""Rows of each list that a person sees; `--json` has all."""


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("money", help="Ramalan dana, selisih, margin. / Settlement forecast, differences, margin.")(
        money
    )
    app.command("statements", help="Laporan penyelesaian dana. / Settlement statements.")(statements)


def money(
    context: typer.Context,
    days: Annotated[int, typer.Option(help="Days of the forecast.", min=1, max=365)] = 30,
    as_json: JsonFlag = False,
) -> None:
    """What comes when, what is late, what was paid less than expected, what leaves too little."""
    from jobs.money.overview import gather

    ctx = speaking(context.obj)
    with ctx.reader() as reader:
        found = gather(reader, ctx.settings.money, ctx.clock(), days=days)
    if as_json:
        jsonout.dump(document(found, ctx.zone))
    else:
        say("\n".join(lines(found, ctx.zone)))


def document(found: Money, zone: tzinfo) -> dict[str, Any]:
    """The document of `--json` (docs/money.md). Amounts are whole rupiah, charges negative."""
    return {
        "currency": "IDR",
        "at": to_iso(found.at, zone),
        "expected": [
            {
                "date": None if day.date is None else day.date.isoformat(),
                "orders": day.orders,
                "amount": day.amount,
            }
            for day in found.expected
        ],
        "total": _sum(found.total),
        "later": _sum(found.beyond),
        "undated": _sum(found.undated),
        "held": _sum(found.held),
        "before_commission": found.unlearned,
        "statements_unread": list(found.unread),
        "commissions": [
            {"shop": found.shops.get(shop), "channel": channel, "per_mille": share}
            for (shop, channel), share in sorted(found.commissions.items())
        ],
        "overdue": [
            {
                "order_id": one.order_id,
                "shop": found.shops.get(one.shop_id),
                "since": to_iso(one.since, zone),
                "amount": one.amount,
                "reason": one.reason,
            }
            for one in found.overdue
        ],
        "statements": [statement(row, zone) for row in found.statements],
        "compared": found.compared,
        "differences": [
            {
                "order_id": one.order_id,
                "shop": found.shops.get(one.shop_id),
                "expected": one.difference.expected,
                "paid": one.difference.paid,
                "difference": one.difference.amount,
                "why": [{"reason": why.code, "amount": why.amount} for why in one.difference.reasons],
            }
            for one in found.differences
        ],
        "below_margin": [
            {
                "order_id": one.order_id,
                "shop": found.shops.get(one.shop_id),
                "margin": one.margin,
                "cost": one.cost,
                "net": one.net,
                "settled": one.settled,
            }
            for one in found.below_margin
        ],
        "skus_with_cost": found.costs,
        "orders_without_cost": found.uncosted,
    }


def statement(row: StatementRow, zone: tzinfo) -> dict[str, Any]:
    """A statement as both documents have it."""
    return {
        "id": row.statement_id,
        "shop": row.shop,
        "at": to_iso(row.at, zone),
        "status": row.status,
        "settlement": row.settlement,
        "revenue": row.revenue,
        "fees": row.fees,
        "adjustment": row.adjustment,
        "paid_at": to_iso(row.paid_at, zone),
        "transactions": row.orders,
    }


def _sum(told: Sum) -> dict[str, int]:
    return {"orders": told.orders, "amount": told.amount}


def lines(found: Money, zone: tzinfo) -> list[str]:
    """The same for a person's eyes."""
    from tui import money_words as words

    told = [words.total_line(found)]
    told += [f"  {words.day_line(day, found.at)}" for day in found.expected]
    told += [f"  {one}" for one in words.notes(found)]
    sections = (
        ("money.overdue", ["  ".join(words.overdue_line(one, found.at)) for one in found.overdue]),
        ("money.differences", ["  ".join(words.difference_line(one)) for one in found.differences]),
        ("money.below", ["  ".join(words.thin_line(one)) for one in found.below_margin]),
    )
    for key, rows in sections:
        told += ["", t(key, n=len(rows)), *(f"  {row}" for row in rows[:SHOWN])]
        if len(rows) > SHOWN:
            told.append(f"  {t('money.more', n=len(rows) - SHOWN)}")
    if not found.costs:
        told.append(f"  {t('money.costs.none')}")
    told += ["", t("money.statements", n=len(found.statements))]
    told.append(_table(found.statements, zone))
    return told


def _table(rows: Sequence[StatementRow], zone: tzinfo) -> str:
    from tui import money_words as words

    return (
        jsonout.table(words.statement_row(row, zone) for row in rows)
        if rows
        else f"  {t('money.statements.none')}"
    )


def statements(
    context: typer.Context,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=10_000)] = 100,
    shop: Annotated[str | None, typer.Option(help="Only this shop.", metavar="NAME")] = None,
    as_json: JsonFlag = False,
) -> None:
    """The statements that are known, the newest first."""
    ctx = speaking(context.obj)
    with ctx.reader() as reader:
        rows = reader.statements(limit, shop_id=shop_named(ctx, reader, shop))
    if as_json:
        jsonout.dump({"currency": "IDR", "statements": [statement(row, ctx.zone) for row in rows]})
    else:
        say(_table(rows, ctx.zone))
