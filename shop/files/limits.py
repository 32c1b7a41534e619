"""What a table that people open can hold, whatever writes or reads it."""

from __future__ import annotations

import re
from typing import Final

EXTENSIONS: Final = (".csv", ".xlsx")
"""How the name of an export ends."""
CELL: Final = 32_767
"""Characters of a cell, as UTF-16 counts them. Source: Excel's specifications and limits."""

_LONGEST: Final = CELL - 1
"""Less the apostrophe that may come before it."""

NOT_XML: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""Signs that no escape brings into a sheet."""


def units(text: str) -> int:
    """The characters that UTF-16 makes of it: two of an emoji."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str) -> str:
    """As much of the text as a cell can hold."""
    if 2 * len(text) <= _LONGEST or units(text) <= _LONGEST:
        return text
    return text.encode("utf-16-le", "surrogatepass")[: 2 * _LONGEST].decode("utf-16-le", "ignore")
