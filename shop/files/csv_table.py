"""CSV as it comes: with BOM or without, comma, semicolon or tab, re-saved by whatever was at hand."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from shop.files.facts import Broken

SNIFFED: Final = 65_536
CELL_LIMIT: Final = 16 * 1024 * 1024
"""Characters the parser takes for one cell: beyond it a quote was never closed, and the file is refused."""
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_FOREIGN: Final = (
    b"%PDF",
    b"\xd0\xcf\x11\xe0",
    b"{",
    b"[",
    b"<",
    b"\x89PNG",
    b"\xff\xd8",
    b"Rar!",
    b"\x1f\x8b",
)


def rows(path: Path) -> Iterator[list[str]]:
    """The records of the file, header and blank ones included. Bad bytes come as lone surrogates.

    Raises Broken for what is no text, and OSError.
    """
    head = _head(path)
    encoding = "utf-16" if head.startswith(_UTF16) else "utf-8-sig"
    errors = "replace" if encoding == "utf-16" else "surrogateescape"
    before = csv.field_size_limit(CELL_LIMIT)
    try:
        with path.open(encoding=encoding, errors=errors, newline="") as file:
            record = 0
            try:
                for cells in csv.reader(file, delimiter=_delimiter(head, encoding)):
                    record += 1
                    yield cells
            except csv.Error:
                raise Broken("quote", row=record + 1) from None
            except UnicodeError:
                raise Broken("not_a_table", row=record + 1) from None
    finally:
        csv.field_size_limit(before)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        head = file.read(SNIFFED)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise Broken("blank")
    if start.startswith(_FOREIGN):
        raise Broken("not_a_table", value=start[:20].decode("latin-1"))
    if not head.startswith(_UTF16) and head.count(0) > len(head) // 50:
        raise Broken("not_a_table")
    return head


def _delimiter(head: bytes, encoding: str) -> str:
    line = head.decode(encoding, "replace").lstrip("\ufeff").partition("\n")[0]
    # No column name holds any of the three, so the header alone tells.
    return max(",;\t", key=line.count)
