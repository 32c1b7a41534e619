"""XLSX as Seller Center names it: sheet OrderSKUList, nothing but text, so that nothing acts and no id is rounded."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from shop.files.facts import Broken

SHEET: Final = "OrderSKUList"
MOST_ROWS: Final = 1_048_575
"""A sheet holds no more below its header."""
LONGEST: Final = 32_766
"""Characters of a cell, less the apostrophe that may come before it."""
_NOT_XML: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")


def fit(text: str) -> str:
    """The text as a cell can hold it."""
    if len(text) > LONGEST:
        text = text[:LONGEST]
    if not text.isascii():
        text = _NOT_XML.sub("\ufffd", text)
    # xlsxwriter takes what looks so for XML of its own and writes it as it is, so that a buyer's note could break
    # the sheet. Whoever reads a cell takes the blank away again.
    return f" {text}" if text.startswith("<r>") else text


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a new file row by row, in little memory; the number of rows. The cells are guarded already.

    What is not ready yet lies beside it, in its folder. Raises Broken("too_big") when a sheet cannot hold them,
    OSError, and what `rows` raises.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError, FileSizeError

    options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "tmpdir": str(path.parent), "use_zip64": True, **options}
    )
    sheet = book.add_worksheet(SHEET)
    try:
        sheet.freeze_panes(1, 1)
        put = sheet.write_string
        for place, name in enumerate(header):
            put(0, place, name)
        count = 0
        for row in rows:
            count += 1
            if count > MOST_ROWS:
                raise Broken("too_big", row=count)
            for place, cell in enumerate(row):
                if cell:
                    put(count, place, cell)
        book.close()
    except (FileCreateError, FileSizeError) as error:
        cause = error.args[0] if error.args else None
        raise cause if isinstance(cause, OSError) else OSError(str(error)) from error
    finally:
        if (waiting := sheet.row_data_fh) is not None and not waiting.closed:
            waiting.close()
    path.chmod(0o600)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return count
