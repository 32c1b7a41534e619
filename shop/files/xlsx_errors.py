"""Cells of a sheet that hold an error, `#N/A`: python-calamine gives them as empty, and an empty price would be 0."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_PIECE: Final = 1024 * 1024
_MARKS: Final = (b't="e"', b"t='e'")
_CELL: Final = re.compile(
    rb"""<c\s(?=[^<>]*?\bt=["']e["'])[^<>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'][^<>]*>"""
    rb"""(?:<f\b[^<>]*/>|<f\b[^<>]*>[^<]*</f>)?<v>([^<]{1,20})</v>"""
)
"""ECMA-376 part 1, 18.3.1.4: a cell of type `e`, its formula if it has one, and the error that was saved."""
_SHEET: Final = re.compile(rb"""<sheet\s[^<>]*?\br:id=["']([^"'<>]+)["']""")
_RELATION: Final = re.compile(rb"<Relationship\s[^<>]*>")
_ID: Final = re.compile(rb"""\bId=["']([^"'<>]+)["']""")
_TARGET: Final = re.compile(rb"""\bTarget=["']([^"'<>]+)["']""")

Errors = dict[int, dict[int, str]]
"""What stands there, by row (1 is the first) and column (0 is A)."""


def errors(path: Path) -> Errors:
    """Those of the first sheet. Raises what zipfile raises, and OSError."""
    found: Errors = {}
    with zipfile.ZipFile(path) as archive:
        part = _first_sheet(archive)
        if part is None:
            return found
        for cell in _cells(archive, part):
            told = found.setdefault(int(cell[2]), {})
            told[column(cell[1])] = cell[3].decode("ascii", "replace")
    return found


def column(letters: bytes) -> int:
    """0 for `A`, 26 for `AA`."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _cells(archive: zipfile.ZipFile, part: str) -> Iterator[re.Match[bytes]]:
    rest = b""
    with archive.open(part) as file:
        while piece := file.read(_PIECE):
            # What may be cut off is looked at again with what follows it; no cell is as long as a piece.
            data = rest[-_PIECE:] + piece
            end = max(data.rfind(b"<c "), 0)
            if any(mark in data for mark in _MARKS):
                yield from _CELL.finditer(data, 0, end)
            rest = data[end:]
        yield from _CELL.finditer(rest)


def _first_sheet(archive: zipfile.ZipFile) -> str | None:
    """The part that holds it, by the workbook's list and its relations."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    first = _SHEET.search(archive.read("xl/workbook.xml"))
    for relation in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")) if first else ():
        name, target = _ID.search(relation), _TARGET.search(relation)
        if first and name and target and name[1] == first[1]:
            told = target[1].decode("utf-8", "replace")
            part = told.removeprefix("/") if told.startswith("/") else f"xl/{told}"
            return part if part in names else None
    return None
