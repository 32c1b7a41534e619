"""What the screen of money shows, line by line, and which order a line leads to. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Final, NamedTuple

import msgspec
from textual.content import Content

from jobs.money.overview import Money
from store.money_records import FAILED
from store.reading.money import PayoutRow, StatementRow
from tui import money_words as words
from tui.clock import full
from tui.screens.lines import entry, flow, plain
from tui.strings import t, word
from tui.text import fit, width_of

MOST: Final = 60
"""Rows of one section; the rest is a number, and `pantau money --json` has all."""
STATEMENTS: Final = 10
_FIRST: Final = ("money.unpaid", "money.overdue")
"""Sections that stand at the top, where they are."""


class Line(NamedTuple):
    """A line, and the order it leads to."""

    content: Content
    pk: int | None = None
    section: str = ""
    """Where a section begins: the key of its title."""


def lines(found: Money, margin: int, zone: tzinfo, room: int) -> list[Line]:
    """What did not come although it should have, then the forecast, what is wrong otherwise, and what was paid."""
    return [
        *_failed(found, zone, room),
        *_overdue(found, room),
        *_forecast(found, room),
        *_differences(found, room),
        *_below(found, margin, room),
        *_statements(found, zone, room),
    ]


def _failed(found: Money, zone: tzinfo, room: int) -> Iterator[Line]:
    if found.failed:
        yield from _section("money.unpaid", len(found.failed), room, "bold $error")
        for row in found.failed:
            yield from _statement(row, zone, room, several=len(found.shops) > 1)
        yield Line(Content(""))


def _forecast(found: Money, room: int) -> Iterator[Line]:
    yield from _title(words.total_line(found), room, "bold $accent")
    for day in found.expected[:MOST]:
        yield from _row([words.day_line(day, found.at)], room)
    for note in words.notes(found):
        yield from (Line(line) for line in entry("  ", note, room, style="$text-muted"))


def _overdue(found: Money, room: int) -> Iterator[Line]:
    if not found.overdue:
        return
    yield from _section("money.overdue", len(found.overdue), room, "bold $error")
    for one in found.overdue[:MOST]:
        yield from _row(words.overdue_line(one, found.at), room, one.pk)
    yield from _rest(len(found.overdue))
    yield Line(Content(""))


def _differences(found: Money, room: int) -> Iterator[Line]:
    if not found.compared:
        return
    if not found.differences:
        yield from _empty(t("money.differences.none", n=found.compared), room)
        return
    yield from _section("money.differences", len(found.differences), room, "bold $warning")
    for one in found.differences[:MOST]:
        yield from _row(words.difference_line(one), room, one.pk, "$error" if one.less else "")
    yield from _rest(len(found.differences))


def _below(found: Money, margin: int, room: int) -> Iterator[Line]:
    if not found.costs:
        yield from _empty(t("money.costs.none"), room)
        return
    if not found.below_margin:
        yield from _empty(t("money.below.none", margin=margin), room)
        return
    yield from _section("money.below", len(found.below_margin), room, "bold $warning")
    for one in found.below_margin[:MOST]:
        yield from _row(words.thin_line(one), room, one.pk)
    yield from _rest(len(found.below_margin))


def _statements(found: Money, zone: tzinfo, room: int) -> Iterator[Line]:
    if not found.statements:
        yield from _empty(t("money.statements.none"), room)
        return
    shown = found.statements[:STATEMENTS]
    yield from _section("money.statements", len(shown), room, "bold")
    for row in shown:
        yield from _statement(row, zone, room, several=len(found.shops) > 1)


def _statement(row: StatementRow, zone: tzinfo, room: int, *, several: bool) -> Iterator[Line]:
    at, shop, state, settlement, parts, orders = words.statement_row(row, zone)
    lead = f"{at}  {fit(settlement, words.AMOUNT, right=True)}  {fit(plain(state, 20), 9)}"
    whose = f"  {fit(plain(shop, 30), 14)}" if several else ""
    yield from _row(
        [lead + whose, f"{parts} · {orders}"], room, None, "$error" if row.status == FAILED else ""
    )


def order_lines(
    rows: Sequence[PayoutRow], goods: int | None, expected: int | None, zone: tzinfo, room: int
) -> list[Content]:
    """Every transaction of one order with each amount in it; charges are negative."""
    told = [
        t("money.order.goods", amount=words.rupiah(goods)) if goods is not None else "",
        t("money.order.expected", amount=words.rupiah(expected)) if expected is not None else "",
    ]
    made = list(entry("", " · ".join(filter(None, told)), room, style="$text-muted"))
    if not rows:
        return [*made, *entry("", t("money.order.none"), room)]
    for row in rows:
        made.append(Content(""))
        title = (
            t("money.order.estimate") if row.at is None else t("money.order.statement", at=full(row.at, zone))
        )
        kind = "" if row.kind in ("", "ORDER") else f" · {plain(row.kind, 40)}"
        made += entry("", title + kind, room, style="bold")
        totals = (("settlement", row.settlement), ("revenue", row.revenue), ("shipping", row.shipping))
        for name, value in (*totals, ("fees", row.fees)):
            style = "bold" if name == "settlement" else ""
            if value or style:
                made += _amount(t(f"money.order.{name}"), words.rupiah(value), room, style)
        for name, told_of in details(row.detail):
            made += _amount(f"  {name}", told_of, room, "$text-muted")
    return made


def details(detail: str) -> Iterator[tuple[str, str]]:
    """Every other amount of a transaction, by its words where there are some."""
    try:
        told = msgspec.json.decode(detail, type=dict[str, object])
    except msgspec.DecodeError:
        return
    for name, value in list(told.items())[:MOST]:
        shown = words.rupiah(value) if type(value) is int else plain(str(value), 60)
        yield plain(word("money.amount", name), 50), shown


def _amount(name: str, value: str, room: int, style: str) -> Iterator[Content]:
    width = min(44, max(room - words.AMOUNT - 4, 12))
    yield Content.styled(f"  {fit(name, width)}{fit(value, words.AMOUNT, right=True)}", style)


def _title(text: str, room: int, style: str, key: str = "money.expected") -> Iterator[Line]:
    for place, content in enumerate(entry("", text, room, style=style)):
        yield Line(content, section="" if place else key)


def _section(key: str, n: int, room: int, style: str) -> Iterator[Line]:
    if key not in _FIRST:
        yield Line(Content(""))
    yield from _title(t(key, n=n), room, style, key)


def _empty(text: str, room: int) -> Iterator[Line]:
    yield Line(Content(""))
    yield from (Line(content) for content in entry("", text, room, style="$text-muted"))


def _row(parts: Sequence[str], room: int, pk: int | None = None, style: str = "") -> Iterator[Line]:
    """One line where all parts fit; else what follows the first stands below it, so that nothing is cut."""
    lead, *rest = (plain(part, 400) for part in parts)
    width = max(room - 2, 8)
    if width_of(whole := "  ".join([lead, *rest])) <= width:
        yield Line(Content.styled(f" {whole}", style), pk)
        return
    yield Line(Content.styled(f" {fit(lead, width).rstrip()}", style), pk)
    yield from (Line(Content.styled(f"     {line}", style)) for line in flow(rest, max(width - 4, 8), "  "))


def _rest(n: int) -> Iterator[Line]:
    if n > MOST:
        yield Line(Content.styled(f"  {t('money.more', n=n - MOST)}", "$text-muted"))
