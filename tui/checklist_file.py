"""The checklist as a file on disk: for nobody else to read, and never over a file that is there."""

from __future__ import annotations

import os
from pathlib import Path

from tui.fresh_file import open_fresh


def write(path: Path, text: str) -> None:
    """Write CSV text, with the mark by which spreadsheets know UTF-8. Raises OSError; what is half is taken away."""
    _fill(path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), text)


def write_fresh(folder: Path, name: str, text: str) -> Path:
    """Write it as `<name>.csv`, or with a number where there is one already. Raises OSError."""
    path, handle = open_fresh(folder, name, signs=" ._-", ending=".csv", default="checklist")
    _fill(path, handle, text)
    return path


def _fill(path: Path, handle: int, text: str) -> None:
    try:
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="", errors="replace") as out:
            out.write(text)
    except OSError:
        path.unlink(missing_ok=True)
        raise
