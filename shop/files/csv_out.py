"""CSV as Seller Center writes it: UTF-8 with BOM, every field quoted, a tab after what a spreadsheet would spoil."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from shop.files.limits import cut

fit: Final = cut
"""The text as a cell can hold it."""


def write(path: Path, header: Sequence[str], tabbed: Sequence[bool], rows: Iterable[Sequence[str]]) -> int:
    """Write a new file, for nobody else to read; the number of rows. The cells are guarded already; those of `tabbed`
    columns end with a tab, empty ones too, as the platform's do. Raises OSError and what `rows` raises.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    places = [place for place, tab in enumerate(tabbed) if tab]
    count = 0

    def cells() -> Iterator[list[str]]:
        nonlocal count
        for row in rows:
            count += 1
            told = [*row]
            for place in places:
                told[place] += "\t"
            yield told

    # Not "utf-8-sig": its encoder is written in Python, and asked for every row.
    with os.fdopen(handle, "w", encoding="utf-8", newline="", errors="replace") as file:
        file.write("\ufeff")
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(header)
        writer.writerows(cells())
        file.flush()
        os.fsync(handle)
    return count
