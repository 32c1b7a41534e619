"""XLSX as Seller Center names it: sheet OrderSKUList, nothing but text, so that nothing acts and no id is rounded.

xlsxwriter makes the workbook; the rows of its sheet are put in here, as they come. Written cell by cell through the
library, 100,000 orders of 65 columns cost three times the CPU, and hundreds of megabytes of disk beside the file.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from shop.files.facts import Broken
from shop.files.limits import NOT_XML, cut

SHEET: Final = "OrderSKUList"
MOST_ROWS: Final = 1_048_575
"""A sheet holds no more below its header."""
LARGEST: Final = zipfile.ZIP64_LIMIT
"""Bytes of XML that an archive holds without ZIP64."""
_PART: Final = "xl/worksheets/sheet1.xml"
_EMPTY: Final = b"<sheetData/>"
_EXTENT: Final = re.compile(rb"<dimension [^>]*/>")
_LEVEL: Final = 5
"""Of zlib: 2% larger than its usual 6, in two thirds of the time."""
_PIECE: Final = 256 * 1024
"""Characters that are compressed at a time."""
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BETWEEN: Final = "\0"
_SPECIAL: Final = re.compile("[\x01-\x08\x0b-\x1f]|_x[0-9A-Fa-f]{4}_|\0\\s|\\s\0")
"""What a row of cells, _BETWEEN before and after each, may hold that is not written as it is."""
_CONTROL: Final = re.compile("[\0-\x08\x0b-\x1f]")
_ESCAPED: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


class Large(Exception):
    """The sheet needs ZIP64."""


def fit(text: str) -> str:
    """The text as a cell can hold it."""
    text = cut(text)
    return text if text.isascii() else NOT_XML.sub("\ufffd", text)


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], *, zip64: bool = False) -> int:
    """Write a new file row by row, for nobody else to read, in little memory; the number of rows. The cells are
    guarded and fit already.

    `zip64`: for a sheet of any size. Only where it is needed: Excel offers to repair a file that has it.
    Raises Broken("too_big") when a sheet cannot hold them, Large, OSError, and what `rows` raises.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as book:
            before, after = _frame(book)
            with book.open(_info(_PART), "w", force_zip64=zip64) as sheet:
                size = sheet.write(before)
                count = -1  # the header is no row
                for lines, more in _pieces(header, rows):
                    count += more
                    data = lines.encode()
                    size += len(data)
                    if size + len(after) > LARGEST and not zip64:
                        raise Large
                    sheet.write(data)
                sheet.write(after)
        file.flush()
        os.fsync(handle)
    return count


def _frame(book: zipfile.ZipFile) -> tuple[bytes, bytes]:
    """Put everything but the sheet into the archive; what comes before the sheet's rows, and what after."""
    import xlsxwriter

    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as empty:
        empty.add_worksheet(SHEET).freeze_panes(1, 1)
    with zipfile.ZipFile(made) as parts:
        for part in parts.namelist():
            if part != _PART:
                book.writestr(_info(part), parts.read(part))
        # How far the sheet goes is known only at its end, and may be left out.
        before, _, after = _EXTENT.sub(b"", parts.read(_PART)).partition(_EMPTY)
    return before + b"<sheetData>", b"</sheetData>" + after


def _info(name: str) -> zipfile.ZipInfo:
    """A part of no particular time."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _pieces(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[tuple[str, int]]:
    """The rows as XML, some at a time, each with their number, the header being the first."""
    starts = [f'<c r="{_column(place)}' for place in range(len(header))]
    lines, size = [_row(starts, 1, header)], 0
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise Broken("too_big", row=count)
        line = _row(starts, count + 1, row)
        lines.append(line)
        size += len(line)
        if size > _PIECE:
            yield "".join(lines), len(lines)
            lines, size = [], 0
    yield "".join(lines), len(lines)


def _row(starts: Sequence[str], number: int, cells: Sequence[str]) -> str:
    """Inline strings, the empty ones left out."""
    whole = f"{_BETWEEN}{_BETWEEN.join(cells)}{_BETWEEN}"
    if _SPECIAL.search(whole) or whole.count(_BETWEEN) != len(cells) + 1:
        told = [f"{start}{number}{_cell(cell)}" for start, cell in zip(starts, cells, strict=True) if cell]
        return f'<row r="{number}">{"".join(told)}</row>'
    # Hardly a row is without "J&T Express", so all cells are escaped at once.
    plain = whole.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")[1:-1].split(_BETWEEN)
    open_cell = f'{number}" t="inlineStr"><is><t>'
    told = [
        f"{start}{open_cell}{cell}</t></is></c>" for start, cell in zip(starts, plain, strict=True) if cell
    ]
    return f'<row r="{number}">{"".join(told)}</row>'


def _cell(text: str) -> str:
    """A cell that has a blank at its end or a sign that XML does not take, after its place. Such a sign is written
    as `_xHHHH_` (ECMA-376 part 1, 22.9.2.19), and a text that looks like one is escaped itself."""
    kept = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
    text = _CONTROL.sub(lambda sign: f"_x{ord(sign[0]):04X}_", _ESCAPED.sub("_x005F_", text))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'" t="inlineStr"><is><t{kept}>{text}</t></is></c>'


def _column(place: int) -> str:
    """`A` for 0, `AA` for 26."""
    rest, letter = divmod(place, len(_LETTERS))
    return (_column(rest - 1) if rest else "") + _LETTERS[letter]
