"""A new file for nobody else to read, never over one that is there, and never half of one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, TextIO

_STEM: Final = 60
_NAMES: Final = 100

Fill = Callable[[TextIO], object]
"""Writes what the file is to hold."""


def write_new(path: Path, fill: Fill) -> Path:
    """A new file of this very name, as text with the mark by which spreadsheets know UTF-8.

    Raises OSError, FileExistsError when there is one of that name; what is half, on a full disk, is taken away.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="", errors="replace") as out:
            fill(out)
            out.flush()
            os.fsync(out.fileno())  # a disk of another computer may only now say that it is full
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def write_fresh(folder: Path, name: str, fill: Fill, *, signs: str, ending: str, default: str) -> Path:
    """The same as `<name><ending>`, or with a number before the last dot of the ending where there is one already.

    `signs`: what a name may hold besides letters and digits; `default`: for a name nothing is left of. Raises OSError.
    """
    stem = "".join(char if char.isalnum() or char in signs else "_" for char in name)
    stem = stem.strip(". ")[:_STEM] or default
    mark, dot, extension = ending.rpartition(".")
    for number in range(1, _NAMES):
        path = folder / f"{stem}{mark}{'' if number == 1 else f'-{number}'}{dot}{extension}"
        try:
            return write_new(path, fill)
        except FileExistsError:
            continue
    raise FileExistsError(17, "too many files of this name")
