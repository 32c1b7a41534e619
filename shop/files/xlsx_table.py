"""XLSX through python-calamine: the first sheet, cells as text, formulas only by the value that was saved."""

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
                raise Broken("empty")
            self._sheet = book.get_sheet_by_index(0)

    def rows(self) -> Iterator[list[str]]:
        """Its rows, header and blank ones included. Raises Broken."""
        # A sheet whose first rows are blank begins later; its numbers shall still be a spreadsheet's.
        for _ in range(self._sheet.start[0] if self._sheet.start else 0):
            yield []
        with _parsing():
            for row in self._sheet.iter_rows():
                yield [cell if type(cell) is str else _text(cell) for cell in row]


@contextmanager
def _parsing() -> Iterator[None]:
    try:
        yield
    except (Broken, GeneratorExit, OSError, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # the parser's panics are no Exception
        raise Broken("broken") from None


def _check(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            far = any(
                _is_far(archive, part) for part in parts if part.filename.startswith("xl/worksheets/sheet")
            )
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, NotImplementedError, RuntimeError):
        raise Broken("broken") from None
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
    widest = max({_column(letters) for letters in set(_CELL.findall(xml))}, default=1)
    return last * widest > ROOM


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


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
