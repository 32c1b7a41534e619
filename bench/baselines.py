"""What Pantau is compared with: Textual's own cost for the same shape of screen.

    python -m bench.baselines tabs|list|datatable

`tabs` is a header line, the nine tabs and fifty rows: the least a tabbed monitor can cost to start. `list` scrolls an
empty virtual list a line per key press. `datatable` is Textual's DataTable with 10,000 of our rows.
"""

from __future__ import annotations

import sys
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import DataTable, Footer, Header, Static, TabbedContent, TabPane

READY = "READY-MARK"
TABS = (
    "Tindakan",
    "Belum dibayar",
    "Perlu dikirim",
    "Menunggu diambil",
    "Dikirim",
    "Terkirim",
    "Selesai",
    "Batal",
    "Retur",
)
COLUMNS = ("Pesanan", "Umur", "Atur sebelum", "Scan sebelum", "Pembeli", "Isi", "Total", "Kurir", "Tanda")


def row(number: int) -> tuple[str, ...]:
    """One line of the list, as wide as ours."""
    return (
        f"…{number:09d}",
        "5 j",
        "47 mnt !",
        "5 j 12 mnt",
        "B*** S***",
        "2x Kaos Polos Hitam, L",
        "136.000",
        "J&T",
        "catatan",
    )


class Tabs(App[None]):
    """The same tabs and fifty rows, nothing else."""

    def compose(self) -> ComposeResult:
        """Header, tabs with a table each, footer."""
        yield Header()
        with TabbedContent():
            for name in TABS:
                with TabPane(name):
                    yield DataTable(cursor_type="row")
        yield Footer()

    def on_mount(self) -> None:
        """Fill the first table."""
        table = self.query(DataTable).first()
        table.add_columns(*COLUMNS)
        for number in range(50):
            table.add_row(READY if number == 0 else f"…{number:09d}", *row(number)[1:])


class Lines(ScrollView, can_focus=True):
    """Numbered blank lines with a highlighted one: what a frame of a list costs before it shows anything."""

    BINDINGS: ClassVar[list[BindingType]] = [("down", "step", "")]
    at = 0

    def on_mount(self) -> None:
        """A million lines long."""
        self.virtual_size = Size(self.size.width, 1_000_000)

    def render_line(self, y: int) -> Strip:
        """Paint one line."""
        line = y + round(self.scroll_y)
        style = Style(reverse=True) if line == self.at else Style()
        return Strip([Segment(f"{line:<118}", style)], 118)

    def action_step(self) -> None:
        """Move the highlight; scroll when it leaves the window."""
        self.at += 1
        if self.at >= round(self.scroll_y) + self.size.height:
            self.scroll_to(y=self.at - self.size.height + 1, animate=False, force=True, immediate=True)
        self.refresh()


class EmptyList(App[None]):
    """Only the list."""

    def compose(self) -> ComposeResult:
        """A ready mark and the list."""
        yield Static(READY)
        yield Lines()

    def on_ready(self) -> None:
        """Keys go to the list."""
        self.query_one(Lines).focus()


class Table10k(App[None]):
    """Textual's table with 10,000 rows."""

    def compose(self) -> ComposeResult:
        """A ready mark and the table."""
        yield Static("loading", id="state")
        table: DataTable[str] = DataTable(cursor_type="row")
        table.add_columns(*COLUMNS)
        for number in range(10_000):
            table.add_row(*row(number))
        yield table

    def on_ready(self) -> None:
        """Say so once the rows are there."""
        self.query_one(DataTable).focus()
        self.query_one("#state", Static).update(READY)


if __name__ == "__main__":
    {"tabs": Tabs, "list": EmptyList, "datatable": Table10k}[sys.argv[1]]().run()
