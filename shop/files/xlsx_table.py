"""XLSX through python-calamine: the first sheet, cells as text, formulas only by the value that was saved.

A cell that holds an error says so (`#N/A`): as a price, a time or an id it costs its row.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import Any, Final

from shop.files.facts import Broken
from shop.files.xlsx_errors import column, errors

MOST: Final = 1024 * 1024 * 1024
"""Bytes all parts may unpack to: 200,000 orders of 65 columns have half of it."""
RATIO: Final = 400
"""How many times its size a part may unpack to; real sheets stay below 40."""
SMALL: Final = 8 * 1024 * 1024
"""Parts up to here may have any ratio."""
ROOM: Final = 30_000_000
"""Cells of the rectangle that holds all of a sheet; 200,000 orders in two rows each come to 26 million."""
_ROW: Final = re.compile(rb"<row [^>]*?r=\"(\d{1,9})\"")
_CELL: Final = re.compile(rb"<c [^>]*?r=\"([A-Z]{1,3})\d")
_EXACT: Final = 2**53
"""Numbers above are not what somebody wrote."""


class Sheet:
    """The first sheet of a workbook, unpacked."""

    def __init__(self, path: Path) -> None:
        """Raises Broken and OSError."""
        _check(path)
        from python_calamine import CalamineWorkbook

        with _parsing(), CalamineWorkbook.from_path(str(path)) as book:
            if not book.sheet_names:
                raise Broken("blank")
            self._sheet = book.get_sheet_by_index(0)
        with _unpacking():
            self._errors = errors(path)

    def rows(self) -> Iterator[list[str]]:
        """Its rows, header and blank ones included. Raises Broken."""
        # Blank rows above are among these, blank columns to the left are not.
        _, left = self._sheet.start or (0, 0)
        with _parsing():
            for number, row in enumerate(self._sheet.iter_rows(), start=1):
                cells = [cell if type(cell) is str else _text(cell) for cell in row]
                if number in self._errors:
                    for place, told in self._errors[number].items():
                        cells[place - left] = told
                yield cells


@contextmanager
def _parsing() -> Iterator[None]:
    try:
        yield
    except (Broken, GeneratorExit, OSError, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # the parser's panics are no Exception
        raise Broken("broken") from None


@contextmanager
def _unpacking() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, NotImplementedError, RuntimeError):
        raise Broken("broken") from None


def _check(path: Path) -> None:
    with _unpacking(), zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        far = any(_is_far(archive, part) for part in parts if part.filename.startswith("xl/worksheets/sheet"))
    total = sum(part.file_size for part in parts)
    swollen = any(
        part.file_size > SMALL and part.file_size > RATIO * max(part.compress_size, 1) for part in parts
    )
    if far or total > MOST or swollen or len(parts) > 5_000:
        raise Broken("too_big")
    if not any(part.filename.startswith("xl/") for part in parts):
        raise Broken("not_a_table")


def _is_far(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether the sheet is small but claims a cell far out: the parser makes room for the whole rectangle at once,
    and a process that cannot get it is ended by the system. The reader's own process is the last line of defence.
    """
    if part.file_size > SMALL:
        return False
    with archive.open(part) as file:
        xml = file.read(SMALL)
    last = max((int(row) for row in _ROW.findall(xml)), default=1)
    widest = 1 + max({column(letters) for letters in set(_CELL.findall(xml))}, default=0)
    return last * widest > ROOM


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        if isinstance(cell, float) and not isfinite(cell):
            return str(cell)
        if abs(cell) >= _EXACT:
            return f"{cell:.2E}"  # as the spreadsheet shows it: nobody takes that for an id
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%d/%m/%Y %H:%M:%S")
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    return str(cell)
