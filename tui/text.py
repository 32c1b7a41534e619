"""The border for foreign text: nothing a buyer, a courier or a platform wrote may act on the terminal.

`clean` is the one function every foreign text passes on its way to the screen; the store keeps it raw. `fit`
makes it a table cell of an exact width. tui/guard.py is the last line of defence behind both. No Textual here:
the command line cleans its output too and must not wait for a toolkit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len, get_character_cell_size

LIMIT: Final = 4_000
"""Characters kept of one foreign text: more than any field of the platform holds."""
MARKS: Final = 3
"""Combining marks kept in a row; living scripts need no more, "zalgo" text would climb over other rows."""

_DROPPED: Final = (
    "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"
)
"""Invisible signs: bidi controls, zero widths, tags. ZWJ and ZWNJ stay: emoji and scripts need them."""
_HOSTILE: Final = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_DROPPED}]")
ESCAPES: Final = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What may never reach the terminal inside a text; a subset of _HOSTILE, tested for every painted line."""
_SPACES: Final = frozenset("\t\n\r\x85\u2028\u2029")


def clean(text: str | None, *, limit: int = LIMIT, lines: bool = False) -> str:
    """Foreign text made safe to show; cleaning twice changes nothing.

    Bidi controls and invisible signs go, control characters become visible signs, line breaks become spaces
    (`lines=True` keeps `\\n`), marks that pile up and text beyond `limit` characters are cut.
    """
    if not text:
        return ""
    if text.isascii() and text.isprintable():
        return text if len(text) <= limit else text[: limit - 1] + "…"
    # Work on a bounded part: a megabyte of marks must not cost a megabyte of work.
    part, cut = text[: limit * 4], len(text) > limit * 4
    part = _HOSTILE.sub(_shown_lines if lines else _shown, part)
    if not part.isascii():
        part = _thin_marks(part)
    return part if len(part) <= limit and not cut else part[: limit - 1] + "…"


def _shown(match: re.Match[str]) -> str:
    char = match[0]
    code = ord(char)
    if char in _SPACES:
        return " "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if code < 0xA0 or 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return ""


def _shown_lines(match: re.Match[str]) -> str:
    return "\n" if match[0] == "\n" else _shown(match)


def _thin_marks(text: str) -> str:
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if char > "\u02ff" and unicodedata.category(char)[0] == "M" else 0
        if run <= MARKS:
            kept.append(char)
    return "".join(kept) if len(kept) < len(text) else text


def _one_cell_rule(match: re.Match[str]) -> str:
    char = match[0]
    if "\U0001f1e6" <= char <= "\U0001f1ff":
        return chr(ord(char) - 0x1F1E6 + ord("A"))
    return ""


# Terminals disagree on the width of emoji made of several code points, so a cell shows their parts: joiners,
# variation selectors, skin tones, keycaps and conjoining jamo go, flags become their two letters.
_JOINED: Final = re.compile("[\u200c\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\u20e3\U0001f1e6-\U0001f1ff]")
_UNSURE: Final = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff]")


def flat(text: str) -> str:
    """One line of cleaned text in which every sign is as wide alone as it is beside others."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSURE.sub("\ufffd", _JOINED.sub(_one_cell_rule, clean(text, limit=max(len(text), 1))))


def width_of(text: str) -> int:
    """Cells a flat text takes."""
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Foreign or own text as exactly `width` cells: padded, or cut with an ellipsis."""
    if width <= 0:
        return ""
    if not (text.isascii() and text.isprintable()):
        # A cell holds at most one sign per cell and a few marks; the rest need not be looked at.
        text = flat(clean(text, limit=width * (MARKS + 1) + 1))
    size = width_of(text)
    if size > width:
        text, size = _cut(text, width)
    padding = " " * (width - size)
    return padding + text if right else text + padding


def _cut(text: str, width: int) -> tuple[str, int]:
    """The longest start that leaves a cell for the ellipsis."""
    if text.isascii():
        return text[: width - 1] + "…", width
    used = 0
    for position, char in enumerate(text):
        size = get_character_cell_size(char)
        if used + size > width - 1:
            return text[:position] + "…", used + 1
        used += size
    return text, used


def wrap(text: str, width: int, most: int) -> list[str]:
    """Foreign text as at most `most` lines of at most `width` cells, broken at spaces where possible."""
    lines: list[str] = []
    line = ""
    for word in flat(clean(text)).split():
        joined = f"{line} {word}" if line else word
        if width_of(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        if len(lines) == most:
            break
        line = word if width_of(word) <= width else fit(word, width).rstrip()
    else:
        if line:
            lines.append(line)
        return lines[:most]
    lines[-1] = fit(lines[-1] + " …", width).rstrip()
    return lines


def listed(words: Sequence[str], width: int) -> str:
    """As many of the words as fit, and the number of the others behind a plus: half a word says little."""
    for shown in range(len(words), 0, -1):
        rest = len(words) - shown
        text = ", ".join(words[:shown]) + (f" +{rest}" if rest else "")
        if width_of(text) <= width:
            return text
    return words[0] if words else ""
