"""Drawing on paper: pages with header and footer, lines, boxes, tables that flow over pages, Code 128 and QR.

A `Drawing` is filled from top to bottom; what does not fit goes onto a next page. Lengths are points (1/72 inch).
The same content gives the same bytes: the file holds no date, no author and no name of this computer. Every
text is passed through `safe` here, so nobody has to remember it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing as Graphic
from reportlab.pdfgen.canvas import Canvas

from jobs.paper.text import BOLD, PLAIN, cut, safe, width_of, wrap

__all__ = ["MM", "SIZES", "Column", "Drawing", "Made", "safe"]

MM: Final = 72 / 25.4
SIZES: Final = {
    "A4": (210 * MM, 297 * MM),
    "A5": (148 * MM, 210 * MM),
    "A6": (105 * MM, 148 * MM),
}
LEADING: Final = 1.22
"""Height of a line as a multiple of its letters'."""
DROP: Final = 0.24
"""Room below a line's letters, for what hangs down."""
MODULE: Final = 0.25 * MM
"""Narrowest bar, two dots of an ordinary label printer (203 dpi); where that is too wide no code is drawn."""
WIDEST: Final = 0.5 * MM
_NOT_CODE: Final = re.compile(r"[^ -~]")

Ink = Callable[[Canvas], object]


class Made(NamedTuple):
    """A finished PDF."""

    data: bytes
    pages: int


class Column(NamedTuple):
    """A column of a table."""

    title: str
    share: float
    """Its part of the width, relative to the others'."""
    right: bool = False
    """Numbers stand to the right."""
    bold: bool = False
    check: bool = False
    """An empty box to tick; its cells' texts are not drawn."""
    most: int = 3
    """Lines a cell may take."""


class _Section(NamedTuple):
    header: str
    footer: str
    pages: list[list[Ink]]


class Drawing:
    """Paper being drawn. Begin with `section`; `finish` ends it."""

    def __init__(self, size: str, title: str) -> None:
        """`size`: A4, A5 or A6. `title` is the only thing the file says about itself: no name, no number."""
        self.width, self.height = SIZES[size]
        self.margin = 8 * MM if size == "A6" else 12 * MM
        self.base = {"A6": 8.0, "A5": 9.0, "A4": 10.0}[size]
        """Size of ordinary letters."""
        self.y = 0.0
        """Where the next thing begins, from below."""
        self._title = title
        self._sections: list[_Section] = []
        self._ink: list[Ink] = []

    @property
    def inner(self) -> float:
        """Width between the margins."""
        return self.width - 2 * self.margin

    @property
    def left(self) -> float:
        """Height left on this page."""
        return self.y - self.margin - self.base * LEADING * 1.5

    def section(self, header: str = "", footer: str = "") -> None:
        """Begin something of its own on a new page; its pages are numbered `n/m` from 1."""
        self._sections.append(_Section(safe(header), safe(footer), []))
        self.page()

    def page(self) -> None:
        """A new page of the same section."""
        self._ink = []
        self._sections[-1].pages.append(self._ink)
        self.y = self.height - self.margin
        if self._sections[-1].header:
            self.y -= self.base * LEADING * 1.6

    def need(self, height: float) -> None:
        """A new page unless so much is left; what is higher than a page is drawn where it begins."""
        if self.left < height and self.y < self.height - self.margin - self.base * LEADING * 1.6:
            self.page()

    def space(self, points: float) -> None:
        """Leave some room."""
        self.y -= points

    def rule(self) -> None:
        """A line across."""
        self.need(4)
        self.y -= 3
        y = self.y
        self._ink.append(lambda pen: pen.line(self.margin, y, self.width - self.margin, y))
        self.y -= 3

    def line(
        self,
        text: str,
        *,
        size: float = 0,
        bold: bool = False,
        right: str = "",
        most: int = 99,
        lines: bool = False,
    ) -> None:
        """Text over the whole width, with something at the right end of its first line. `lines` keeps its breaks."""
        size = size or self.base
        end = cut(safe(right), self.inner / 2, size, bold=bold)
        room = self.inner - (width_of(end, size, bold=bold) + size if end else 0)
        for row in wrap(safe(text, lines=lines), room, size, bold=bold, most=most) or [""]:
            self.need(size * LEADING)
            self.y -= size * LEADING
            baseline = self.y + size * DROP
            self._put(row, self.margin, baseline, size, bold)
            if end:
                self._put_right(end, self.width - self.margin, baseline, size, bold)
                end = ""

    def box(self, text: str, *, size: float = 0, bold: bool = False, most: int = 12) -> None:
        """Text in a frame, its line breaks kept."""
        size = size or self.base
        pad = size * 0.5
        rows = wrap(safe(text, lines=True), self.inner - 2 * pad, size, bold=bold, most=most) or [""]
        height = len(rows) * size * LEADING + 2 * pad
        self.need(height)
        top = self.y
        self._ink.append(lambda pen: pen.rect(self.margin, top - height, self.inner, height))
        for number, row in enumerate(rows, start=1):
            self._put(row, self.margin + pad, top - pad - number * size * LEADING + size * DROP, size, bold)
        self.y = top - height - size * 0.4

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]], *, size: float = 0) -> None:
        """Rows under a head that is repeated on every page; a row is never torn apart."""
        size = size or self.base
        total = sum(column.share for column in columns)
        widths = [self.inner * column.share / total for column in columns]
        self.need(size * LEADING * 4)
        self._head(columns, widths, size)
        for row in rows:
            cells = [
                [""]
                if column.check
                else wrap(safe(text), width - size * 0.6, size, bold=column.bold, most=column.most)
                for column, width, text in zip(columns, widths, row, strict=True)
            ]
            height = max(1, *(len(cell) for cell in cells)) * size * LEADING + size * 0.35
            if self.left < height:
                self.page()
                self._head(columns, widths, size)
            self._row(columns, widths, cells, size)
            self.y -= height
            self._thin_line()
        self.space(size * 0.5)

    def code(self, text: str, height: float, *, words: bool = True) -> bool:
        """A Code 128 bar code in the middle, its text below; False (only the text) where it would not be readable."""
        value = _NOT_CODE.sub("", text)[:60]
        wide = Code128(value, barWidth=1, quiet=False).width if value else 0
        # Ten modules of white belong to the code, on both sides.
        module = min(WIDEST, self.inner / (wide + 20)) if wide else 0
        drawn = value == text and module >= MODULE
        letters = self.base * 1.1
        self.need((height if drawn else 0) + letters * LEADING + 2)
        if drawn:
            self.y -= height + 2
            y, x = self.y, (self.width - wide * module) / 2
            self._ink.append(
                lambda pen: Code128(value, barHeight=height, barWidth=module, quiet=False).drawOn(pen, x, y)
            )
        if words or not drawn:
            self.y -= letters * LEADING
            shown = cut(safe(text), self.inner, letters, bold=True)
            self._put(shown, (self.width - width_of(shown, letters, bold=True)) / 2, self.y, letters, True)
        return drawn

    def qr(self, text: str, side: float, *, right: bool = True) -> None:
        """A QR code at the right (or left) margin, beginning here; it moves nothing down, so leave it its room."""
        x = self.width - self.margin - side if right else self.margin
        y = self.y - side
        widget = QrCodeWidget(safe(text), barLevel="M", barWidth=side, barHeight=side, barBorder=2)
        self._ink.append(lambda pen: renderPDF.draw(Graphic(side, side, widget), pen, x, y))

    def finish(self) -> Made:
        """The PDF."""
        out = io.BytesIO()
        pen = Canvas(out, pagesize=(self.width, self.height), invariant=1, pageCompression=1)
        pen.setTitle(self._title)
        pen.setAuthor("")
        pen.setSubject("")
        pen.setCreator("")
        pen.setProducer("")
        pages = 0
        for section in self._sections:
            for number, inks in enumerate(section.pages, start=1):
                pen.setLineWidth(0.7)
                self._frame(pen, section, number)
                for ink in inks:
                    ink(pen)
                pen.showPage()
                pages += 1
        pen.save()
        return Made(out.getvalue(), pages)

    def _frame(self, pen: Any, section: _Section, number: int) -> None:
        size = self.base * 0.9
        top, bottom = self.height - self.margin - size, self.margin
        if section.header:
            pen.setFont(BOLD, size)
            pen.drawString(self.margin, top, cut(section.header, self.inner, size, bold=True))
            pen.line(self.margin, top - size * 0.4, self.width - self.margin, top - size * 0.4)
        count = f"{number}/{len(section.pages)}"
        pen.setFont(PLAIN, size)
        pen.drawRightString(self.width - self.margin, bottom, count)
        pen.drawString(
            self.margin, bottom, cut(section.footer, self.inner - width_of(count, size) - size, size)
        )

    def _head(self, columns: Sequence[Column], widths: Sequence[float], size: float) -> None:
        cells = [
            wrap(safe(column.title), width - size * 0.4, size, bold=True, most=2)
            for column, width in zip(columns, widths, strict=True)
        ]
        bold = [column._replace(bold=True, check=False) for column in columns]
        self._row(bold, widths, cells, size)
        self.y -= max(1, *(len(cell) for cell in cells)) * size * LEADING + size * 0.35
        self._thin_line()

    def _row(
        self, columns: Sequence[Column], widths: Sequence[float], cells: Sequence[Sequence[str]], size: float
    ) -> None:
        x = self.margin
        for column, width, cell in zip(columns, widths, cells, strict=True):
            if column.check:
                self._square(x + size * 0.2, self.y - size * 1.2, size)
            for number, text in enumerate(cell, start=1):
                y = self.y - number * size * LEADING + size * 0.05
                if column.right:
                    self._put_right(text, x + width - size * 0.4, y, size, column.bold)
                else:
                    self._put(text, x + size * 0.2, y, size, column.bold)
            x += width

    def _square(self, x: float, y: float, side: float) -> None:
        self._ink.append(lambda pen: pen.rect(x, y, side, side))

    def _thin_line(self) -> None:
        y = self.y

        def ink(pen: Any) -> None:
            pen.setLineWidth(0.25)
            pen.line(self.margin, y, self.width - self.margin, y)
            pen.setLineWidth(0.7)

        self._ink.append(ink)

    def _put(self, text: str, x: float, y: float, size: float, bold: bool) -> None:
        def ink(pen: Any) -> None:
            pen.setFont(BOLD if bold else PLAIN, size)
            pen.drawString(x, y, text)

        if text:
            self._ink.append(ink)

    def _put_right(self, text: str, x: float, y: float, size: float, bold: bool) -> None:
        self._put(text, x - width_of(text, size, bold=bold), y, size, bold)
