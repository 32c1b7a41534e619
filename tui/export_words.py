"""Exports in words: the dialog, the command line and the feed say alike what became of one. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tui.strings import known, t
from tui.text import clean

PATH: Final = 200
"""Characters of a path that are shown."""


def problem(code: str, path: str, why: str = "") -> str:
    """Why there is no file, and what to do. `code`: jobs.files.export.Problem."""
    key = f"export.problem.{code}"
    return t(
        key if known(key) else "export.problem.failed",
        path=clean(path, limit=PATH),
        why=clean(why, limit=100),
    )


def told(detail: Mapping[str, Any]) -> str:
    """What the feed says of an export: `956 pesanan, a.csv · pembeli disembunyikan`."""
    name, count = detail.get("name"), detail.get("orders")
    shown = clean(name, limit=80) if isinstance(name, str) else ""
    said = t("export.note", n=count if type(count) is int else 0, name=shown)
    return f"{said} · {t('export.note.masked')}" if detail.get("masked") is True else said
