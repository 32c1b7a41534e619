"""Text that may stand on paper: foreign signs made harmless and drawable, and broken into lines.

The standard fonts of every PDF reader and printer know Windows-1252 and nothing else. A letter beyond it becomes
its plain form where it has one (`ạ` -> `a`, full width -> half), anything else a visible mark: whoever packs has
to see that something stood there.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from reportlab.pdfbase.pdfmetrics import stringWidth

PLAIN: Final = "Helvetica"
BOLD: Final = "Helvetica-Bold"
MISSING: Final = "¤"
"""Stands for signs the font lacks, one for a run of them."""
LIMIT: Final = 500
"""Characters kept of one foreign text."""

_SPACES: Final = frozenset("\t\n\r\x0b\x0c\x85\u2028\u2029\xa0")
_INVISIBLE: Final = frozenset(("Cc", "Cf", "Mn", "Me", "Mc", "Sk"))
_SPELLED: Final = {
    "→": "->", "←": "<-", "⇒": "=>", "✓": "v", "✔": "v", "✗": "x", "✘": "x", "❌": "x", "−": "-", "‐": "-",
    "‑": "-", "―": "-", "′": "'", "″": '"', "⁄": "/", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "☐": "[]", "№": "No.",
}  # fmt: skip


def safe(text: str | None, *, limit: int = LIMIT, lines: bool = False) -> str:
    """Foreign text for a PDF; doing it twice changes nothing.

    Control and bidi signs go, line breaks become spaces (`lines=True` keeps them as `\\n`), text beyond `limit`
    is cut, and what the font lacks is replaced.
    """
    if not text:
        return ""
    if text.isascii() and text.isprintable():
        return text if len(text) <= limit else text[: limit - 1] + "…"
    # A bounded part: a megabyte of marks must not cost a megabyte of work.
    part, cut = unicodedata.normalize("NFC", text[: limit * 4]), len(text) > limit * 4
    if lines:
        part = part.replace("\r\n", "\n")
    made: list[str] = []
    for char in part:
        drawn = "\n" if lines and char == "\n" else _drawable(char)
        if drawn and not (drawn == MISSING and made and made[-1] == MISSING):
            made.append(drawn)
    found = "".join(made)
    return found if len(found) <= limit and not cut else found[: limit - 1] + "…"


@lru_cache(maxsize=4096)
def _drawable(char: str) -> str:
    """One sign as the font can draw it."""
    if char in _SPACES:
        return " "
    if char != "\xad" and _known(char) and unicodedata.category(char) != "Cc":
        return char
    if char in _SPELLED:
        return _SPELLED[char]
    if unicodedata.category(char) in _INVISIBLE or 0x1F3FB <= ord(char) <= 0x1F3FF:
        return ""
    for form in ("NFKC", "NFKD"):
        plain = "".join(sign for sign in unicodedata.normalize(form, char) if _known(sign))
        if plain and plain.isprintable():
            return plain
    return " " if char.isspace() else MISSING


def _known(char: str) -> bool:
    try:
        char.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Points a safe text takes."""
    return float(stringWidth(text, BOLD if bold else PLAIN, size))


def cut(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """One line of safe text, with an ellipsis where it does not fit."""
    if width_of(text, size, bold=bold) <= width:
        return text
    return text[: _fits(text, width - width_of("…", size, bold=bold), size, bold=bold)].rstrip() + "…"


def wrap(text: str, width: float, size: float, *, bold: bool = False, most: int = 99) -> list[str]:
    """Safe text as at most `most` lines no wider than `width`, broken at spaces where possible."""
    made: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            joined = f"{line} {word}" if line else word
            if width_of(joined, size, bold=bold) <= width:
                line = joined
                continue
            if line:
                made.append(line)
            while len(made) < most and width_of(word, size, bold=bold) > width:
                head = max(1, _fits(word, width, size, bold=bold))
                made.append(word[:head])
                word = word[head:]
            line = word
            if len(made) >= most:
                break
        if line:
            made.append(line)
        if len(made) > most:
            break
    if len(made) > most:
        made = [*made[: most - 1], cut(f"{made[most - 1]} …", width, size, bold=bold)]
    return made


def _fits(text: str, width: float, size: float, *, bold: bool) -> int:
    """How many characters from the start are within `width`."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(text[:middle], size, bold=bold) <= width:
            low = middle
        else:
            high = middle - 1
    return low
