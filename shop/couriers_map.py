"""The platform's courier names -> our courier codes.

The names are display text in no promised spelling ("J&T Express", "TT Virtual# JNT express"), so they are
matched by fragments of the letters and digits in them; the raw name is kept beside the code.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_FRAGMENTS: Final = (
    # The longer name first: cargo is another company with other numbers.
    ("jtcargo", "jtcargo"),
    ("jntcargo", "jtcargo"),
    ("jtexpress", "jnt"),
    ("jnt", "jnt"),
    ("sicepat", "sicepat"),
    ("anteraja", "anteraja"),
    ("ninja", "ninja"),
    ("idexpress", "idexpress"),
    ("idx", "idexpress"),
    ("spx", "spx"),
    ("shopeexpress", "spx"),
    ("lionparcel", "lion"),
    ("lionexpress", "lion"),
    ("posindonesia", "pos"),
    ("posaja", "pos"),
    ("tiki", "tiki"),
    ("wahana", "wahana"),
    ("paxel", "paxel"),
    ("gosend", "gosend"),
    ("gojek", "gosend"),
    ("grab", "grab"),
    ("sapexpress", "sap"),
    ("sapx", "sap"),
    ("jne", "jne"),
    ("rpx", "rpx"),
    ("lalamove", "lalamove"),
    ("borzo", "borzo"),
)
_EXACT: Final = {"jt": "jnt", "lion": "lion", "pos": "pos", "sap": "sap", "id": "idexpress"}
"""Names too short to be looked for inside others."""


@lru_cache(maxsize=1_024)
def courier_code(name: str | None) -> str | None:
    """Our code of a courier as the platform names it; None for a name nobody here knows."""
    letters = re.sub(r"[^a-z0-9]", "", (name or "").lower())
    if letters in _EXACT:
        return _EXACT[letters]
    return next((code for fragment, code in _FRAGMENTS if fragment in letters), None)
