"""Money in words, for the screen and `pantau money` alike. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, tzinfo
from typing import Any, Final

from jobs.money.forecast import Day
from jobs.money.overview import Found, Money, Overdue, Thin
from jobs.rulebook import wib_day
from store.reading.money import StatementRow
from tui.clock import age, full
from tui.strings import language, money, number, t, word
from tui.text import clean, fit

ID: Final = 20
"""Columns of an order's number."""
AMOUNT: Final = 15


def signed(value: int) -> str:
    """`-Rp14.000`, `+Rp2.000`."""
    return f"{'-' if value < 0 else '+'}{money(abs(value))}"


def rupiah(value: int) -> str:
    """`Rp14.000`, `-Rp14.000`."""
    return f"-{money(-value)}" if value < 0 else money(value)


def told(kind: str, detail: Mapping[str, Any]) -> str:
    """The subject of a row of the feed: `money.overdue`, `money.less`, `money.failed`."""
    amount, n = (value if type(value := detail.get(name)) is int else 0 for name in ("amount", "n"))
    if kind == "money.failed":
        failed = detail.get("settlement")
        return rupiah(failed) if type(failed) is int else ""
    return ", ".join(
        filter(None, (t("money.orders", n=n) if n > 1 else "", rupiah(amount) if amount else ""))
    )


def total_line(found: Money) -> str:
    """What all days of the forecast bring."""
    total = found.total
    if not total.orders:
        return t("money.expected.none")
    return t("money.expected", n=total.orders, amount=rupiah(total.amount))


def notes(found: Money) -> Iterator[str]:
    """What stands beside the forecast: what has no day, what waits, what is not known."""
    for key, told in (("later", found.beyond), ("undated", found.undated), ("held", found.held)):
        if told.orders:
            yield t(f"money.note.{key}", n=told.orders, amount=rupiah(told.amount))
    for shop in found.unread:
        yield t("money.note.unread", shop=clean(shop, limit=40))
    if found.unlearned:
        yield t("money.note.unlearned")
    if found.uncosted:
        yield t("money.note.uncosted", n=found.uncosted)


def day_line(day: Day, now: int) -> str:
    """A day of the forecast."""
    when = fit(named(day.date, wib_day(now)), 22)
    return f"{when}{fit(rupiah(day.amount), AMOUNT, right=True)}  {t('money.orders', n=day.orders)}"


def named(day: date | None, today: date) -> str:
    """`hari ini 23/11`, `Sel 24/11`; a year of its own where it is another."""
    if day is None:
        return "-"
    told = f"{day.day:02d}/{day.month:02d}" + (f"/{day.year}" if day.year != today.year else "")
    if day == today:
        return f"{t('money.today')} {told}"
    return f"{t('time.weekdays').split()[day.weekday()]} {told}"


def order_amount(order_id: str, amount: str) -> str:
    """How a line about an order begins."""
    return f"{fit(clean(order_id), ID)} {fit(amount, AMOUNT, right=True)}"


def overdue_line(one: Overdue, now: int) -> list[str]:
    """An order without settlement: what stands first, and the rest of it."""
    lead = order_amount(one.order_id, rupiah(one.amount))
    since = t("money.overdue.since", age=age(one.since, now))
    return [lead, *filter(None, (since, word("money.unsettled", one.reason)))]


def difference_line(one: Found) -> list[str]:
    """An order that brought another amount."""
    found = one.difference
    told = t("money.difference", paid=rupiah(found.paid), expected=rupiah(found.expected))
    return [order_amount(one.order_id, signed(found.amount)), reasons(one), told]


def reasons(one: Found) -> str:
    """What took or added it, the most first."""
    return ", ".join(
        f"{word('money.why', why.code)} {signed(why.amount)}"
        for why in sorted(one.difference.reasons, key=lambda why: -abs(why.amount))
    )


def thin_line(one: Thin) -> list[str]:
    """An order of which too little is left."""
    key = "money.thin.settled" if one.settled else "money.thin"
    told = t(key, margin=percent(one.margin), net=rupiah(one.net), cost=rupiah(one.cost))
    return [order_amount(one.order_id, signed(one.net - one.cost)), told]


def percent(value: float) -> str:
    """`-3,5 %`."""
    told = f"{value:.1f}"
    return f"{told.replace('.', ',') if language() == 'id' else told} %"


def statement_row(row: StatementRow, zone: tzinfo) -> list[str]:
    """A statement as a row of a table: when, whose, its state, the amount; then its parts, which add up to the amount,
    and how many transactions there are."""
    parts = {"revenue": row.revenue, "fees": row.fees, "adjustment": row.adjustment}
    # What the platform counts in and has no name here: the sum must be right at sight.
    parts["other"] = row.settlement - sum(parts.values())
    told = [t(f"money.statement.{name}", amount=rupiah(value)) for name, value in parts.items() if value]
    orders = "…" if row.orders is None else number(row.orders)
    return [
        full(row.at, zone),
        clean(row.shop, limit=30),
        word("money.state", row.status),
        rupiah(row.settlement),
        " · ".join(told),
        t("money.statement.orders", orders=orders),
    ]
