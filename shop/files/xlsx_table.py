"""XLSX through python-calamine: the first sheet, cells as text, formulas only by the value that was saved."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from shop.files.facts import Broken

MOST: Final = 1024 * 1024 * 1024
"""Bytes all parts may unpack to: 200,000 orders of 65 columns have half of it."""
RATIO: Final = 400
"""How many times its size a part may unpack to; real sheets stay below 40."""
SMALL: Final = 8 * 1024 * 1024
"""Parts up to here may have any ratio."""
_EXACT: Final = 2**53
"""Numbers above are not what somebody wrote."""


def rows(path: Path) -> Iterator[list[str]]:
    """The rows of the first sheet, header and blank ones included. Raises Broken and OSError."""
    _check(path)
    from python_calamine import CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            if not book.sheet_names:
                raise Broken("empty")
            sheet = book.get_sheet_by_index(0)
            # A sheet whose first rows are blank begins later; its numbers shall still be a spreadsheet's.
            for _ in range(sheet.start[0] if sheet.start else 0):
                yield []
            for row in sheet.iter_rows():
                yield [cell if type(cell) is str else _text(cell) for cell in row]
    except (Broken, GeneratorExit, OSError):
        raise
    except BaseException as error:  # the parser's panics are no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise Broken("broken") from None


def _check(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, EOFError):
        raise Broken("broken") from None
    total = sum(part.file_size for part in parts)
    swollen = any(
        part.file_size > SMALL and part.file_size > RATIO * max(part.compress_size, 1) for part in parts
    )
    if total > MOST or swollen or len(parts) > 5_000:
        raise Broken("too_big")
    if not any(part.filename.startswith("xl/") for part in parts):
        raise Broken("not_a_table")


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        if abs(cell) >= _EXACT:
            return f"{cell:.2E}"  # as the spreadsheet shows it: nobody takes that for an id
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%d/%m/%Y %H:%M:%S")
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    return str(cell)
