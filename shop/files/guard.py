"""Cells that a spreadsheet would run as a formula, made harmless, and read back as they were.

Excel, LibreOffice and Google Sheets take a cell that begins with one of these signs for a formula; OWASP's advice
is an apostrophe before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from shop.files.limits import CELL, NOT_XML

_ACTING: Final = ("=", "+", "-", "@", "\t", "\r", "\n", ";", "＝", "＋", "－", "＠")
_BEFORE: Final = " '\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2000\u2002\u2003\u2009\u200a\u200b\u202f\u3000\ufeff"
"""What some program passes over before it looks whether a cell acts; the apostrophe is our own sign."""

_DOUBTED: Final = re.compile(f"\0[{re.escape(_BEFORE + ''.join(_ACTING))}]")

LONG_NUMBER: Final = 12
"""Digits from which a spreadsheet would round a number away; Seller Center itself ends such cells with a tab."""


def guard(text: str) -> str:
    """The text with an apostrophe before it, where it could act; one that has an apostrophe there gets another."""
    return f"'{text}" if text.lstrip(_BEFORE).startswith(_ACTING) else text


def guarded(row: list[str], fit: Callable[[str], str]) -> list[str]:
    """The row with every cell fit and guarded. Nearly always it is the row itself, and one look at all of it tells."""
    whole = "\0" + "\0".join(row)
    short = len(whole) < CELL if (plain := whole.isascii()) else 2 * len(whole) < CELL
    if short and not _DOUBTED.search(whole) and (plain or not NOT_XML.search(whole)):
        return row
    return [guard(fit(text)) for text in row]


def text_cell(text: str) -> str:
    """A cell of a table that people open: neither run nor rounded."""
    return f"{text}\t" if len(text) >= LONG_NUMBER and text.isdecimal() else guard(text)


def unguard(text: str) -> str:
    """What `guard` was given."""
    return text[1:] if text.startswith("'") and text.lstrip(_BEFORE).startswith(_ACTING) else text
