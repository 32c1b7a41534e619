"""`pantau order` for a person: the lines of the detail screen, without a screen."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tui import present
from tui.cmd.context import Context
from tui.screens.detail_lines import journey_lines, order_lines, title_line
from tui.screens.lines import moment
from tui.screens.origin_lines import clocks, file_lines, origin
from tui.screens.request_lines import section
from tui.strings import t

if TYPE_CHECKING:
    from store.reader import Reader
    from store.views import OrderDetail, OrderRow

UNFOLDED: Final = 1_000
"""Cells of a line where it goes into a file or another program: nothing is folded there."""


def lines(ctx: Context, reader: Reader, detail: OrderDetail) -> Iterator[str]:
    """Title, clocks, items, parcels, actions, history, journey: the words and times of the screen."""
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else UNFOLDED
    zone, now = ctx.zone, ctx.clock()
    until = clocks(detail, ctx.settings.deadlines, zone)
    yield title_line(detail, until, several=True).plain
    yield " · ".join(_about(ctx, detail.row))
    yield ""
    for part in section(reader.requests(detail.row.pk, open_only=False), now, zone, room):
        yield part.plain
    for part in order_lines(detail, zone, room):
        yield part.plain
    yield ""
    for part in journey_lines(detail, zone, room):
        yield part.plain
    for part in file_lines(origin(reader, detail), zone, room):
        yield part.plain


def _about(ctx: Context, row: OrderRow) -> Iterator[str]:
    """When it came, when it was paid, and its marks, as the list shows them."""
    yield t("pane.created", at=moment(row.created_at, ctx.zone))
    if row.paid_at is not None:
        yield t("pane.paid", at=moment(row.paid_at, ctx.zone))
    yield from (words for words, _ in present.flags(row))
