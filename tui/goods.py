"""What is in an order, in one line, in the language of the screen.

The store keeps one text for all (store/flatten.summary), in which several things begin with an Indonesian word:
`3 barang: Kaos, Topi`. One thing begins with `2x`, so no product's name can look like it.
"""

from __future__ import annotations

import re
from typing import Final

from tui.strings import t
from tui.text import clean

LIMIT: Final = 400
"""Characters; the store keeps no more."""
_SEVERAL: Final = re.compile(r"([0-9]{1,9}) barang: ")


def goods(summary: str | None, limit: int = LIMIT) -> str:
    """An order's summary, cleaned, its own words in the chosen language."""
    found = _SEVERAL.match(summary) if summary else None
    if summary is None or found is None:
        return clean(summary, limit=limit)
    return clean(t("goods.several", units=found[1], names=summary[found.end() :]), limit=limit)
