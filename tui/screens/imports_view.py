"""What the screen of the files shows: a line per file, and what one of them brought. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final, NamedTuple

from textual.content import Content

from store.reading.files import ImportRow, RejectRow
from store.status import OrderStatus
from store.views import ChangeRow
from tui import file_words as words
from tui.changes import what
from tui.clock import age, full
from tui.screens.lines import entry, moment, plain
from tui.strings import t, word
from tui.text import fit, width_of

MOST: Final = 200
"""Entries of one section that are shown; the rest is a number."""
WARNINGS: Final = 50
_END: Final = 10
"""Columns of a long file name's end that are kept: `-12_00.csv`."""
_SIGNS: Final = {
    "done": ("✓", "$success"),
    "running": ("…", "$accent"),
    "stopped": ("■", "$warning"),
    "failed": ("✗", "$error"),
}


class Line(NamedTuple):
    """A line of what a file brought, and the order it leads to."""

    content: Content
    pk: int | None = None


class News(NamedTuple):
    """What became of the orders of one file: an entry per order, with the words of what happened to it."""

    new: dict[int, str]
    changed: dict[int, str]
    cancelled: dict[int, str]
    gone: dict[int, str]
    ids: dict[int, str]
    """The platform's id of each order."""


def counts_of(row: ImportRow) -> dict[str, int]:
    """The numbers of a file by name."""
    return {
        "new": row.new, "changed": row.changed, "unchanged": row.unchanged, "gone": row.gone, "rejected": row.rejected,
    }  # fmt: skip


def file_line(row: ImportRow, shop: str, room: int, zone: tzinfo, *, here: bool) -> Content:
    """One file: when, which, for which shop (empty: there is but one), what it brought."""
    sign, style = _SIGNS.get(row.state, ("·", "$warning"))
    wide = room >= 100
    whose = f"{fit(plain(shop, 60), 14)} " if wide and shop else ""
    when = fit(moment(row.ended_at or row.started_at, zone), 13)
    name = _named(row.name, (30 if whose else 40) if wide else max(8, room // 3 - 4))
    if row.state == "failed":
        told = word("file.problem", row.problem)
    else:
        # What is cut at the end of a narrow line is what matters least.
        news = words.counts({**counts_of(row), "unchanged": 0})
        told = " · ".join(filter(None, (news, t("files.line", rows=row.rows, orders=row.orders))))
        if row.state != "done":
            told = f"{word('files.state', row.state)} · {told}"
    lead = f"{when} {name} {whose}"
    rest = fit(plain(told, 400), max(0, room - width_of(lead) - 3)).rstrip()
    return Content.assemble(
        ("▌" if here else " ", "$accent"), (f"{sign} ", style), (lead, "bold" if here else ""), rest
    )


def _named(name: str, room: int) -> str:
    """A file's name, cut in the middle: exports of one shop begin alike, and end with their day and hour."""
    name = plain(name, 300)
    if width_of(name) > room >= 2 * _END:
        end = name[-_END:]
        while width_of(end) > _END:
            end = end[1:]
        name = f"{fit(name, room - _END).rstrip('… ')}…{end}"
    return fit(name, room)


def sorted_out(changes: Iterable[ChangeRow]) -> News:
    """The feed's rows of one file, by what they mean to the seller; each order stands in one place."""
    new: dict[int, list[str]] = {}
    changed: dict[int, list[str]] = {}
    cancelled: dict[int, list[str]] = {}
    gone: dict[int, list[str]] = {}
    ids: dict[int, str] = {}
    for change in changes:
        pk = change.order_pk
        if pk is None:
            continue
        ids[pk] = change.order_id or ""
        if change.kind == "order.new":
            group = new
        elif change.kind == "order.not_in_file":
            group = gone
        elif change.kind == "order.status" and change.new == OrderStatus.CANCELLED:
            group = cancelled
        else:
            group = changed
        said = "" if group is gone else what(change)
        if said not in group.setdefault(pk, []):
            group[pk].append(said)
    for pk, said_of in list(changed.items()):
        if pk in cancelled:
            cancelled[pk] += said_of
        if pk in new or pk in cancelled:
            del changed[pk]
    return News(_joined(new), _joined(changed), _joined(cancelled), _joined(gone), ids)


def _joined(group: Mapping[int, Sequence[str]]) -> dict[int, str]:
    return {pk: " · ".join(filter(None, said)) for pk, said in group.items()}


def inside(
    row: ImportRow, rejects: Sequence[RejectRow], news: News, now: int, zone: tzinfo, room: int
) -> list[Line]:
    """What a file brought, in the order in which it matters: what is wrong, what cannot be sold any more, what is
    new, what changed."""
    return [
        *_head(row, now, zone, room),
        *_rejected(row, rejects, room),
        *_orders("cancelled", news.cancelled, len(news.cancelled), news.ids, room, "$error"),
        *_orders("gone", news.gone, row.gone, news.ids, room, "$warning"),
        *_orders("new", news.new, row.new, news.ids, room, "$success"),
        # What was cancelled changed as well, and stands above.
        *_orders("changed", news.changed, row.changed - len(news.cancelled), news.ids, room, "$accent"),
        *_warned(row, room),
    ]


def _head(row: ImportRow, now: int, zone: tzinfo, room: int) -> Iterator[Line]:
    texts: list[tuple[str, str]] = [(plain(row.name, 300), "bold")]
    if row.state == "failed":
        texts += [(_sentence(row.problem, row.detail), "$error"), (t("files.failed"), "$text-muted")]
    else:
        told_counts = words.brought(counts_of(row), row.rows if row.state == "done" else None)
        texts.append((f"{t('files.line', rows=row.rows, orders=row.orders)} · {told_counts}", ""))
        stamp = row.stamp
        fresh = t("files.stamp.none") if stamp is None else (
            t("files.stamp", at=full(stamp, zone), age=age(stamp, now))
        )  # fmt: skip
        layout = f" {t('files.layout', layout=row.layout)}" if row.layout else ""
        texts.append((fresh + layout, "$text-muted"))
        if row.state == "stopped":
            if row.problem:
                texts.append((_sentence(row.problem, row.detail), "$error"))
            texts.append((t("files.stopped", n=row.orders), "$warning"))
        if (
            row.rows
            and not (row.new or row.changed)
            and row.state == "done"
            and told_counts != t("files.same")
        ):
            texts.append((t("files.same"), "$text-muted"))
    if unknown := [plain(str(name), 60) for name in row.unknown]:
        texts.append((t("files.unknown", names=", ".join(unknown)), "$text-muted"))
    for text, style in texts:
        yield from (Line(line) for line in entry("", text, room, style=style))


def _rejected(row: ImportRow, rejects: Sequence[RejectRow], room: int) -> Iterator[Line]:
    if not row.rejected and not rejects:
        return
    n = max(row.rejected, len(rejects))
    yield from _title("rejected", n, room, "$error")
    for one in rejects[:MOST]:
        text = words.sentence(one.reason, one.row, one.column, one.value)
        yield from (Line(line) for line in entry("  ✗ ", plain(text, 600), room))
    yield from _rest(n - min(len(rejects), MOST))


def _orders(
    section: str, found: Mapping[int, str], n: int, ids: Mapping[int, str], room: int, style: str
) -> Iterator[Line]:
    n = max(n, len(found))
    if not n:
        return
    yield from _title(section, n, room, style)
    for pk in list(found)[:MOST]:
        lead = f"  {fit(plain(ids.get(pk), 40), 20)} "
        told = fit(plain(found[pk], 300), max(0, room - width_of(lead))).rstrip()
        yield Line(Content.assemble((lead, "bold"), told), pk)
    yield from _rest(n - min(len(found), MOST))


def _warned(row: ImportRow, room: int) -> Iterator[Line]:
    warnings = row.warnings
    if not warnings:
        return
    yield from _title("warnings", len(warnings), room, "$warning")
    for told in warnings[:WARNINGS]:
        text = _sentence(told.get("reason"), told)
        if isinstance(order := told.get("order_id"), str) and order:
            text = f"{plain(order, 40)}: {text}"
        yield from (Line(line) for line in entry("  ! ", plain(text, 600), room))
    yield from _rest(len(warnings) - WARNINGS)


def _title(section: str, n: int, room: int, style: str) -> Iterator[Line]:
    yield Line(Content(""))
    yield from (
        Line(line) for line in entry("", t(f"files.section.{section}", n=n), room, style=f"bold {style}")
    )


def _rest(n: int) -> Iterator[Line]:
    if n > 0:
        yield Line(Content.styled(f"  {t('files.more', n=n)}", "$text-muted"))


def _sentence(code: object, where: Mapping[str, Any]) -> str:
    row, column, value = where.get("row"), where.get("column"), where.get("value")
    return words.sentence(
        code if isinstance(code, str) else "",
        row if isinstance(row, int) else None,
        column if isinstance(column, str) else None,
        value if isinstance(value, str) else "",
    )
