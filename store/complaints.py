"""What a buyer's reason for a return or refund comes to. Pure."""

from __future__ import annotations

import re
from typing import Final

_NOT_RECEIVED: Final = re.compile(
    r"\b(not|never|(did|has|have)n? ?t) (been |get )?(received?|arrived?)\b(?! (all|every|part|some|the full))"
    r"|\bnon ?receipt\b|\bmissing package\b"
    r"|\b(belum|tidak|tdk|blm|gak|nggak|ga) (pernah |saya |di)?"
    r"(terima|diterima|menerima|nerima|sampai|datang|tiba)\b(?! (semua|lengkap|seluruh))"
)
"""A buyer's reason that says the parcel never came (Return API 202602: keys in English, texts in the buyer's
language), in lower case with single spaces; goods missing from a parcel that came are another complaint."""


def not_received(reason: str | None, words: str | None) -> bool:
    """Whether a buyer's reason for a refund says that the parcel never came."""
    told = (re.sub(r"[\W_]+", " ", text).lower() for text in (reason, words) if text)
    return any(_NOT_RECEIVED.search(text) for text in told)
