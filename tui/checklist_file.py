"""The checklist as a file on disk: for nobody else to read, and never over a file that is there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_STEM: Final = 60
_NAMES: Final = 100


def write(path: Path, text: str) -> None:
    """Write CSV text, with the mark by which spreadsheets know UTF-8. Raises OSError; what is half is taken away."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="", errors="replace") as out:
            out.write(text)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def write_fresh(folder: Path, name: str, text: str) -> Path:
    """Write it as `<name>.csv`, or with a number where there is one already. Raises OSError."""
    stem = "".join(char if char.isalnum() or char in " ._-" else "_" for char in name)
    stem = stem.strip(". ")[:_STEM] or "checklist"
    for number in range(1, _NAMES):
        path = folder / f"{stem}{'' if number == 1 else f'-{number}'}.csv"
        try:
            write(path, text)
        except FileExistsError:
            continue
        return path
    raise FileExistsError(17, "too many files of this name")
