"""What became of wishes that were confirmed one by one, each a batch of its own: one list for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from store.views import ActionRow
from tui.screens.lines import heading
from tui.screens.results import Numbers, ResultsScreen

if TYPE_CHECKING:
    from store.reader import Reader


class RunResults(ResultsScreen):
    """Follows several batches under a title of its own."""

    def __init__(self, batches: Sequence[str], title: str) -> None:
        super().__init__(batches[0])
        self._batches = tuple(batches)
        self._title_words = title

    def _read(self, reader: Reader) -> tuple[list[ActionRow], Numbers]:
        rows = [row for batch in self._batches for row in reader.batch(batch)]
        return rows, reader.tracking_numbers([row.order_pk for row in rows if row.order_pk is not None])

    def title_text(self) -> Content:
        """What it lists."""
        return heading(self._title_words)
