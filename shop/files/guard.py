"""Cells that a spreadsheet would run as a formula, made harmless, and read back as they were.

Excel, LibreOffice and Google Sheets take a cell that begins with one of these signs for a formula; OWASP's advice
is an apostrophe before it.
"""

from __future__ import annotations

from typing import Final

_ACTING: Final = ("=", "+", "-", "@", "\t", "\r", "\n", ";", "＝", "＋", "－", "＠")
_BEFORE: Final = " '\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2000\u2002\u2003\u2009\u200a\u200b\u202f\u3000\ufeff"
"""What some program passes over before it looks whether a cell acts; the apostrophe is our own sign."""

LONG_NUMBER: Final = 12
"""Digits from which a spreadsheet would round a number away; Seller Center itself ends such cells with a tab."""


def guard(text: str) -> str:
    """The text with an apostrophe before it, where it could act; one that has an apostrophe there gets another."""
    return f"'{text}" if text.lstrip(_BEFORE).startswith(_ACTING) else text


def text_cell(text: str) -> str:
    """A cell of a table that people open: neither run nor rounded."""
    return f"{text}\t" if len(text) >= LONG_NUMBER and text.isdecimal() else guard(text)


def unguard(text: str) -> str:
    """What `guard` was given."""
    return text[1:] if text.startswith("'") and text.lstrip(_BEFORE).startswith(_ACTING) else text
