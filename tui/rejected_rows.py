"""The rows of a Seller Center file that were not used, as a file to mend and to read again."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from shop.files.guard import text_cell

_STEM: Final = 60
_NAMES: Final = 100


def save(folder: Path, name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """Write them under the file's own header, for nobody else to read; never over a file that is there.

    `name` is that of the file they come from. Raises OSError.
    """
    path, handle = _fresh(folder, name)
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="", errors="replace") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        for row in rows:
            writer.writerow([_cell(cell) for cell in row])
    return path


def _cell(text: str) -> str:
    """A cell that no spreadsheet runs or rounds, and that reads as it did."""
    told = text.strip()
    return text_cell(told) if told and not told.startswith("'") else text


def _fresh(folder: Path, name: str) -> tuple[Path, int]:
    """`<name>.rejected.csv`, or with a number where there is one already."""
    stem = "".join(char if char.isalnum() or char in " ._-()" else "_" for char in Path(name).stem)
    stem = stem.strip(". ")[:_STEM] or "file"
    for number in range(1, _NAMES):
        path = folder / f"{stem}.rejected{'' if number == 1 else f'-{number}'}.csv"
        try:
            return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
    raise FileExistsError(17, "too many files of this name")
