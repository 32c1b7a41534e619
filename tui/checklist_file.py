"""The checklist as a file on disk: for nobody else to read, and never over a file that is there."""

from __future__ import annotations

from pathlib import Path

from tui.fresh_file import write_fresh, write_new


def save_as(path: Path, text: str) -> None:
    """Write CSV text under this very name. Raises OSError; nothing half stays."""
    write_new(path, lambda out: out.write(text))


def save_in(folder: Path, name: str, text: str) -> Path:
    """Write it as `<name>.csv`, or with a number where there is one already. Raises OSError; nothing half stays."""
    return write_fresh(
        folder, name, lambda out: out.write(text), signs=" ._-", ending=".csv", default="checklist"
    )
