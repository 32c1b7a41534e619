"""What is kept of a text whose meaning nobody knows: its words, without numbers, places and people. Pure.

Couriers put names, phone numbers and tracking numbers into their sentences. A phrase is kept so that somebody
can add it to the phrase table, and for that its fixed words are enough.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 120
"""Characters that are kept."""
_READ: Final = 400

_BRACKETS: Final = re.compile(r"\[[^\]]*\]?|\([^)]*\)?|【[^】]*】?|\{[^}]*\}?|\"[^\"]*\"?")
"""Places and people, in whatever brackets; an unclosed one hides the rest."""
_AFTER: Final = re.compile(
    r"(?<!\w)(OLEH|BY|KEPADA|PENERIMA|RECIPIENT|PENGIRIM|KURIR|COURIER|DRIVER|A N|AN|SDR|IBU|BAPAK|NAMA|NAME)"
    r"(?!\w)[^,]+"
)
"""Words after which somebody is named, up to the end of the clause."""
_NUMBERED: Final = re.compile(r"\w*\d\w*")


def masked(text: str) -> str:
    """A text's fixed words in upper case, `#` for whatever holds a digit and `…` for whom it may name."""
    plain = unicodedata.normalize("NFKC", text[:_READ]).upper()
    plain = _BRACKETS.sub(" ", plain)
    plain = re.sub(r"\S+@\S+", "#", plain)
    plain = _NUMBERED.sub("#", plain)
    plain = re.sub(r"(?<=\w)[-/](?=\w)", " ", plain)
    plain = re.sub(r"[^\w\s#]+", " , ", plain)
    plain = _AFTER.sub(r"\1 …", plain)
    plain = re.sub(r"#(?:[\s,]+#)+", "#", plain)
    return " ".join(plain.split()).replace(" ,", ",").strip(", ")[:LONGEST]
