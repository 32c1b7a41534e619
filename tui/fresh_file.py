"""A new file for nobody else to read, never over one that is there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_STEM: Final = 60
_NAMES: Final = 100


def open_fresh(folder: Path, name: str, *, signs: str, ending: str, default: str) -> tuple[Path, int]:
    """`<name><ending>`, or with a number before the last dot of the ending where there is one already; the path, and
    a handle to write with.

    `signs`: what a name may hold besides letters and digits; `default`: for a name nothing is left of. Raises OSError.
    """
    stem = "".join(char if char.isalnum() or char in signs else "_" for char in name)
    stem = stem.strip(". ")[:_STEM] or default
    mark, dot, extension = ending.rpartition(".")
    for number in range(1, _NAMES):
        path = folder / f"{stem}{mark}{'' if number == 1 else f'-{number}'}{dot}{extension}"
        try:
            return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
    raise FileExistsError(17, "too many files of this name")
