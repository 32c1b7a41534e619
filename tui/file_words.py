"""Seller Center files in words: the screens and the command line say alike what is wrong with one, and where. Pure."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, Final

from tui.clock import age, day_and_clock
from tui.strings import known, t, word
from tui.text import clean

NAME: Final = 80
"""Characters of a file's name that are shown."""
COLUMN: Final = 60
VALUE: Final = 120
"""Characters of a cell that are shown."""
_UNSAVED: Final = {
    errno.ENOSPC: "full", errno.EDQUOT: "full", errno.EFBIG: "full", errno.EACCES: "forbidden",
    errno.EPERM: "forbidden", errno.EROFS: "forbidden", errno.EEXIST: "exists", errno.ENOENT: "no_folder",
    errno.ENOTDIR: "no_folder",
}  # fmt: skip
_COUNTS: Final = ("new", "changed", "cancelled", "unchanged", "gone", "rejected")


def sentence(code: str, row: int | None = None, column: str | None = None, value: str = "") -> str:
    """Where it is, what happened, what to do: `baris 7, kolom Quantity: ...`. Nothing foreign passes uncleaned.

    `code` is one of shop/files/problems.py; one that has no words is shown as it is.
    """
    said = word("file.problem", code)
    where = place(row, column)
    # A sentence about a cell shows it; one about the whole file has no cell.
    if value:
        said = f"{said} ({t('files.value', value=clean(value, limit=VALUE))})"
    return f"{where}: {said}" if where else said


def place(row: int | None, column: str | None) -> str:
    """`baris 7, kolom Quantity`; empty where it is about the whole file."""
    name = clean(column, limit=COLUMN)
    if row is None:
        return t("files.column", column=name) if name else ""
    number = str(row)  # a spreadsheet numbers its rows without points
    return t("files.row.column", row=number, column=name) if name else t("files.row", row=number)


def counts(told: Mapping[str, int]) -> str:
    """`481 baru · 2 tidak ada di berkas ini`: what is not zero of new, changed, cancelled, unchanged, gone, refused."""
    parts = [t(f"files.count.{name}", n=told[name]) for name in _COUNTS if told.get(name)]
    return " · ".join(parts)


def brought(told: Mapping[str, int], rows: int | None = None) -> str:
    """The same, or that nothing is new; of a file without rows, and `rows` says so, that it holds no order, and what
    to do about it: nobody exports one on purpose."""
    said = counts(told)
    if rows == 0:
        return " · ".join(filter(None, (said, word("file.problem", "empty"))))
    return said or t("files.same")


def unsaved(error: OSError) -> str:
    """Why a file could not be written, and that nothing of it is left; the system's own word where we have none."""
    code = _UNSAVED.get(error.errno or 0)
    return t(f"disk.{code}") if code else clean(error.strerror or type(error).__name__, limit=VALUE)


def told(kind: str, detail: Mapping[str, Any]) -> str:
    """What a row of the change feed says of a file; its kind is `file.imported`, `file.failed` or
    `order.not_in_file`."""
    name = detail.get("name")
    shown = clean(name, limit=NAME) if isinstance(name, str) else ""
    if kind == "order.not_in_file":
        return f" ({shown})" if shown else ""
    if kind == "file.failed":
        code, row, column = detail.get("problem"), detail.get("row"), detail.get("column")
        why = sentence(
            code if isinstance(code, str) else "",
            row if isinstance(row, int) else None,
            column if isinstance(column, str) else None,
        )
    else:
        numbers = {key: n for key in _COUNTS if type(n := detail.get(key)) is int}
        rows = detail.get("rows")
        why = brought(numbers, rows if type(rows) is int else None)
    return " · ".join(filter(None, (shown, why)))


def noticed(params: Mapping[str, int | str]) -> dict[str, object]:
    """The words in a notice of files (jobs/notices.py): the name, what is wrong with a file, or what was in it."""
    row = str(params.get("row", ""))
    why = sentence(
        str(params.get("problem", "")),
        int(row) if row.isascii() and row.isdecimal() else None,
        str(params.get("column", "")) or None,
    )
    numbers = {name: n for name in _COUNTS if isinstance(n := params.get(name), int)}
    name = clean(str(params.get("name", "")), limit=NAME)
    files = params.get("n", 1)
    return {
        "name": t("files.several", n=files) if files != 1 and "problem" not in params else name,
        "why": why,
        "counts": brought(numbers, 0 if params.get("rows") == 0 else None),
    }


def last_file(at: int | None, stamp: int | None, now: int, zone: tzinfo) -> str:
    """`berkas terakhir 14.26, 3 j lalu`: when the last one was taken in, and how old what it knows is.

    A file is as old as the newest moment it tells of, whenever it was read.
    """
    if at is None:
        return t("files.never")
    key = "files.last" if stamp is None else "files.last.knowledge"
    return t(key, at=day_and_clock(at, now, zone), age=age(at if stamp is None else stamp, now))


def deadline(source: str | None, mark: str | None = None) -> str:
    """Who says until when, and what makes it doubtful (a warning code of jobs/deadlines.py); empty if nobody does."""
    if not source:
        return word("deadline_mark", mark)
    key = f"deadline_source.{source}"
    said = t(key) if known(key) else t("deadline_source.other", source=clean(source, limit=40))
    return " · ".join(filter(None, (said, word("deadline_mark", mark))))
