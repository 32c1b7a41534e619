"""Where an order's facts come from: who says until when, and what Seller Center's files know of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from textual.content import Content

from store.reading.files import FileOrderRow, ImportRow
from store.status import SHIPPABLE, OrderStatus
from store.views import OrderDetail
from tui import file_words as words
from tui.clock import full
from tui.screens.lines import entry, heading, moment, plain
from tui.strings import t

if TYPE_CHECKING:
    from jobs.config.keys import DeadlineSettings
    from jobs.deadlines import Deadlines
    from store.reader import Reader

_OPEN: Final = frozenset({*SHIPPABLE, OrderStatus.ON_HOLD, OrderStatus.AWAITING_COLLECTION})
"""Statuses in which a clock runs."""
CELLS: Final = 40
"""Cells of a file that are shown with an order."""
_BY_DAYS: Final = "dispatch"
"""The rule that counts working days, so that it has to know the holidays."""


class Origin(NamedTuple):
    """What files know of an order."""

    found: FileOrderRow
    last: ImportRow | None
    """The last file of its shop."""


def clocks(detail: OrderDetail, settings: DeadlineSettings, zone: tzinfo) -> str:
    """Until when, and who says so; empty where no clock runs."""
    row = detail.row
    if row.status not in _OPEN:
        return ""
    told = [
        t(key, at=full(at, zone))
        for key, at in (("detail.arrange", row.arrange_by), ("detail.scan", row.scan_by))
        if at is not None
    ]
    if told and (source := who_says(detail, settings)):
        told.append(source)
    return " · ".join(told)


def who_says(detail: OrderDetail, settings: DeadlineSettings) -> str:
    """Where the deadline comes from, with a mark where nobody can be sure of it; empty where that is not known."""
    source, at = detail.deadline_source, detail.row.scan_by
    doubtful = source == _BY_DAYS and at is not None and not _deadlines(settings).certain(at)
    return words.deadline(source, "holidays_unknown" if doubtful else None)


@cache
def _deadlines(settings: DeadlineSettings) -> Deadlines:
    from jobs.deadlines import Deadlines  # only orders of files have such a deadline

    return Deadlines(settings)


def origin(reader: Reader, detail: OrderDetail | None) -> Origin | None:
    """Read what files know of an order; None when none held it."""
    found = None if detail is None else reader.file_order(detail.row.pk)
    if detail is None or found is None:
        return None
    return Origin(found, reader.last_file(detail.row.shop_id))


def missing(known: Origin | None, zone: tzinfo) -> str:
    """That an order is not in its shop's last file, and which that is; empty where it is, or no file held it."""
    if known is None or known.found.in_last or known.last is None:
        return ""
    last = known.last
    when = moment(last.ended_at or last.started_at, zone)
    return t("files.not_in_last", name=plain(last.name, words.NAME), at=when)


def file_lines(known: Origin | None, zone: tzinfo, room: int) -> Iterator[Content]:
    """What the detail screen says: which file knew of the order last, and what only files know of it."""
    if known is None:
        return
    found = known.found
    yield heading(f"\n{t('files.cells')}")
    if absent := missing(known, zone):
        yield from entry("  ", absent, room, style="$warning")
    told_by = t("files.told_by", name=plain(found.name, words.NAME), at=moment(found.started_at, zone))
    yield from entry("  ", told_by, room)
    for name, text in list(found.order.items())[:CELLS]:
        yield from entry("  ", f"{plain(name, 60)}: {plain(text)}", room, style="$text-muted")
