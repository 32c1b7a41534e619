"""Lines of dialogs: text folded to a width with a hanging indent, lists that break between entries. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import Final

from textual.content import Content

from tui.clock import clock, date
from tui.strings import t
from tui.text import clean, flat, width_of, wrap

MOST: Final = 4
"""Lines one entry may take; what a person reads longer texts in is the detail of an order."""
_FOREVER: Final = 10_000


def plain(text: str | None, limit: int = 200) -> str:
    """Foreign text for one line: cleaned, and of a width that terminals agree on."""
    return flat(clean(text, limit=limit))


def entry(lead: str, text: str, width: int, *, style: str = "", most: int = MOST) -> Iterator[Content]:
    """`lead` and `text` beside it, the text's further lines under its first. Both are cleaned already."""
    lead = flat(lead)
    margin = width_of(lead)
    for place, line in enumerate(wrap(text, max(width - margin, 12), most) or [""]):
        yield Content.styled((lead if not place else " " * margin) + line, style)


def flow(parts: Iterable[str], width: int, between: str = " · ") -> Iterator[str]:
    """The parts side by side, a new line before a part that no longer fits; a part itself is folded if it must."""
    line = ""
    for part in parts:
        joined = f"{line}{between}{part}" if line else part
        if line and width_of(joined) > width:
            yield line
            joined = part
        line = joined
        if width_of(line) > width:
            *full, line = wrap(line, width, _FOREVER) or [""]
            yield from full
    if line:
        yield line


def keys(phrases: Sequence[str], width: int) -> Content:
    """What can be pressed: each phrase is a key and its words (`y ship 3`), the key set off."""
    lines: list[Content] = []
    for line in flow([phrase.replace(" ", "\0", 1) for phrase in phrases], width, "   "):
        parts: list[Content | tuple[str, str]] = []
        for place, phrase in enumerate(line.split("   ")):
            key, _, words = phrase.partition("\0")
            parts += [Content("   " if place else ""), (key, "bold $accent"), (f" {words}", "$text-muted")]
        lines.append(Content.assemble(*parts))
    return Content("\n").join(lines)


def heading(words: str) -> Content:
    """A title between two parts of a text."""
    return Content.styled(words, "bold")


def moment(ms: int | None, zone: tzinfo) -> str:
    """`24 Nov 23.59`, or a dash."""
    return t("time.none") if ms is None else f"{date(ms, zone)} {clock(ms, zone)}"
