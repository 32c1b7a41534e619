"""The rows of a Seller Center file that were not used, as a file to mend and to read again."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from shop.files.guard import text_cell
from tui.fresh_file import write_fresh


def save(folder: Path, name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """Write them under the file's own header, for nobody else to read; never over a file that is there.

    `name` is that of the file they come from. Raises OSError; nothing half stays.
    """

    def fill(out: TextIO) -> None:
        writer = csv.writer(out)
        writer.writerow([_cell(name) for name in header])
        for row in rows:
            writer.writerow([_cell(cell) for cell in row])

    stem = Path(name).stem
    return write_fresh(folder, stem, fill, signs=" ._-()", ending=".rejected.csv", default="file")


def _cell(text: str) -> str:
    """A cell that no spreadsheet runs or rounds, and that reads as it did."""
    told = text.strip()
    return text_cell(told) if told and not told.startswith("'") else text
