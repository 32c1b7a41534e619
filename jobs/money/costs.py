"""What goods cost, as sellers write it down: a CSV of their spreadsheet, or one SKU on the command line. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, tzinfo
from typing import Final, NamedTuple

from store.times import from_datetime

_COLUMNS: Final = {
    "seller_sku": ("seller_sku", "seller sku", "sku", "sku penjual", "kode sku"),
    "amount": ("amount", "cost", "hpp", "modal", "harga modal", "harga pokok", "biaya"),
    "valid_from": ("valid_from", "valid from", "berlaku", "berlaku mulai", "mulai", "tanggal"),
}
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d{1,2})?\Z", re.ASCII)
_PLAIN: Final = re.compile(r"\d+(?:[.,]\d{1,2})?\Z", re.ASCII)
_DAYS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_LONGEST: Final = 15
MOST_COST: Final = 10**12
"""Rupiah for one piece; more is a slip of the keyboard."""
MOST_ROWS: Final = 200_000


class Line(NamedTuple):
    """A row that was understood."""

    seller_sku: str
    amount: int
    valid_from: int
    """Epoch ms."""


class Rejected(NamedTuple):
    """A row that was not. `problem`: `no_sku`, `amount`, `date`, `too_many`."""

    row: int
    problem: str
    value: str


class CostsError(ValueError):
    """A file without the two columns that are needed."""


def amount(text: str) -> int:
    """Whole rupiah of `12500`, `12.500`, `Rp 12.500,00`, `12,500.00`; raises ValueError."""
    told = re.sub(r"\s|^Rp\.?", "", text.strip(), flags=re.IGNORECASE).replace("Rp", "")
    if found := _THOUSANDS.match(told):
        whole = told[: -len(tail[0])] if (tail := re.search(r"[.,]\d{1,2}\Z", told)) else told
        value = int(whole.replace(found[1], ""))
    elif _PLAIN.match(told) and len(told) <= _LONGEST:
        value = int(re.split(r"[.,]", told)[0])
    else:
        raise ValueError("no amount")
    if value > MOST_COST:
        raise ValueError("too much")
    return value


def day(text: str, zone: tzinfo) -> int:
    """The beginning of a day in epoch ms; raises ValueError."""
    for form in _DAYS:
        try:
            found = datetime.strptime(text.strip(), form)
        except ValueError:
            continue
        if not 2000 <= found.year <= 2200:
            raise ValueError("no day of a shop")
        return from_datetime(datetime.combine(found.date(), time(), zone))
    raise ValueError("no day")


def begin_of(wanted: date, zone: tzinfo) -> int:
    """The beginning of a day in epoch ms."""
    return from_datetime(datetime.combine(wanted, time(), zone))


def read(text: str, zone: tzinfo, since: int) -> Iterator[Line | Rejected]:
    """Every row of a CSV with a header, separated by commas, semicolons or tabs; rows are counted from 1, the header's.

    `since` (epoch ms) stands for a row without a day. Raises CostsError where a column is missing.
    """
    head = text.lstrip("\ufeff").partition("\n")[0]
    separator = max(";\t,", key=head.count)
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=separator)
    try:
        places = _places(next(rows, []))
        for number, row in enumerate(rows, 2):
            if number > MOST_ROWS:
                yield Rejected(number, "too_many", "")
                return
            if any(cell.strip() for cell in row):
                yield _line(number, row, places, zone, since)
    except csv.Error:
        raise CostsError("not a CSV") from None


def _places(header: Sequence[str]) -> dict[str, int]:
    names = [cell.strip().casefold() for cell in header]
    found = {
        column: next((names.index(name) for name in known if name in names), -1)
        for column, known in _COLUMNS.items()
    }
    if found["seller_sku"] < 0 or found["amount"] < 0:
        raise CostsError("the columns sku and cost are needed")
    return found


def _line(
    number: int, row: Sequence[str], places: dict[str, int], zone: tzinfo, since: int
) -> Line | Rejected:
    told = {name: row[at].strip() if 0 <= at < len(row) else "" for name, at in places.items()}
    # Spreadsheets are told that a SKU is text by a tab or an apostrophe before it.
    sku = told["seller_sku"].lstrip("'\t").replace("\x00", "").strip()
    if not sku or len(sku) > 200:
        return Rejected(number, "no_sku", told["seller_sku"][:80])
    try:
        cost = amount(told["amount"])
    except ValueError:
        return Rejected(number, "amount", told["amount"][:80])
    try:
        valid_from = day(told["valid_from"], zone) if told["valid_from"] else since
    except ValueError:
        return Rejected(number, "date", told["valid_from"][:80])
    return Line(sku, cost, valid_from)
