"""CSV as Seller Center writes it: UTF-8 with BOM, every field quoted, a tab after what a spreadsheet would spoil."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

LONGEST: Final = 32_766
"""Characters of a cell: what a spreadsheet holds, less the apostrophe that may come before it."""


def fit(text: str) -> str:
    """The text as a cell can hold it."""
    return text if len(text) <= LONGEST else text[:LONGEST]


def write(path: Path, header: Sequence[str], tabbed: Sequence[bool], rows: Iterable[Sequence[str]]) -> int:
    """Write a new file, for nobody else to read; the number of rows. The cells are guarded already; those of `tabbed`
    columns end with a tab, empty ones too, as the platform's do. Raises OSError and what `rows` raises.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    places = [place for place, tab in enumerate(tabbed) if tab]
    count = 0
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="", errors="replace") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(header)
        for row in rows:
            cells = list(row)
            for place in places:
                cells[place] += "\t"
            writer.writerow(cells)
            count += 1
        file.flush()
        os.fsync(handle)
    return count
