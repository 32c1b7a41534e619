"""A file of tracking numbers of the seller's own courier: a CSV with headings, one package a line. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final

import msgspec

_HEADINGS: Final = {
    "order": ("order_id", "order id", "pesanan", "nomor pesanan", "no pesanan", "id pesanan"),
    "package": ("package_id", "package id", "paket", "id paket"),
    "courier": ("courier", "kurir", "jasa kirim", "shipping provider", "provider"),
    "number": ("tracking_number", "tracking number", "resi", "nomor resi", "no resi", "tracking id", "awb"),
}
MOST: Final = 5_000
"""Rows a file may have."""


class Entry(msgspec.Struct, frozen=True):
    """What a person gave: an order, a courier as they name it, a number. `package_id` only for split orders."""

    order_id: str
    courier: str
    tracking_number: str
    package_id: str | None = None
    row: int | None = None
    """The line of the file it stands on; the heading is line 1."""


class Rejected(msgspec.Struct, frozen=True):
    """A line of a file that says nothing we could do."""

    row: int
    reason: str


def read_numbers(text: str) -> tuple[list[Entry], list[Rejected]]:
    """Orders, couriers and numbers of a CSV with headings (comma, semicolon or tab), in the order of its lines.

    Raises ValueError (`no_heading:<name>`) when a column is missing, `too_long` for more than MOST lines, `not_csv`
    for what is none.
    """
    try:
        return _read(text)
    except csv.Error:
        raise ValueError("not_csv") from None


def _read(text: str) -> tuple[list[Entry], list[Rejected]]:
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    heading = [cell.strip().casefold() for cell in next(rows, [])]
    places = {name: _place(heading, words) for name, words in _HEADINGS.items()}
    for name in ("order", "courier", "number"):
        if places[name] is None:
            raise ValueError(f"no_heading:{_HEADINGS[name][0]}")
    good: list[Entry] = []
    bad: list[Rejected] = []
    for number, cells in enumerate(rows, start=2):
        if number > MOST + 1:
            raise ValueError("too_long")
        if not any(cell.strip() for cell in cells):
            continue
        told = {name: _cell(cells, place) for name, place in places.items()}
        if not (told["order"].isascii() and told["order"].isdigit()):
            # A spreadsheet that took an id for a number leaves 5,83E+17 behind.
            bad.append(Rejected(number, "bad_order_id"))
        elif not told["courier"] or not told["number"]:
            bad.append(Rejected(number, "empty_cell"))
        else:
            entry = Entry(told["order"], told["courier"], told["number"], told["package"] or None, number)
            good.append(entry)
    return good, bad


def _place(heading: Sequence[str], words: Sequence[str]) -> int | None:
    return next((place for place, cell in enumerate(heading) if cell in words), None)


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""
