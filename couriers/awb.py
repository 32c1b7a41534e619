"""Tracking numbers: one spelling, and which couriers a number can belong to. Pure.

Numbers are text: many begin with zeros. No Indonesian domestic format has a published check digit, so a
pattern is a guess with a strength; the order's own courier always wins over it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Final

import msgspec

LONGEST: Final = 64
CERTAIN: Final = 1.0
"""The confidence of a courier that the order names."""
CLEAR: Final = 0.6
"""From here on the best candidate alone may be taken for right."""
_S10: Final = re.compile("[A-Z]{2}[0-9]{9}[A-Z]{2}")
_S10_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)


class Candidate(msgspec.Struct, frozen=True):
    """A courier a number can belong to; `confidence` runs from 0 to 1."""

    courier: str
    confidence: float


class _Pattern(msgspec.Struct, forbid_unknown_fields=True):
    courier: str
    pattern: str
    confidence: float
    s10: bool = False


def normalise(number: str) -> str:
    """Upper case, without spaces and invisible characters; an inner `-` belongs to the number."""
    plain = unicodedata.normalize("NFKC", number).upper()
    kept = (sign for sign in plain if unicodedata.category(sign)[0] not in "CZ")
    # A letter of another script is not dropped: the rest would be somebody else's number.
    return "".join(sign if sign.isascii() else "?" for sign in kept)[:LONGEST].strip("-")


def is_number(number: str) -> bool:
    """Whether a normalised text can be a tracking number at all."""
    return re.fullmatch(r"[A-Z0-9][A-Z0-9./-]{3,39}", number) is not None


def detect(number: str, named: str | None = None) -> list[Candidate]:
    """The couriers a number can belong to, best first; empty when nobody's pattern fits.

    `named` is the code of the courier that the order itself names: it is certain, whatever the number looks
    like, and what the number looks like comes after it.
    """
    number = normalise(number)
    best: dict[str, float] = {}
    for data, pattern in _patterns():
        if pattern.fullmatch(number) and (not data.s10 or s10_is_valid(number)):
            best[data.courier] = max(best.get(data.courier, 0.0), data.confidence)
    if named is not None:
        best[named] = CERTAIN
    ranked = sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Candidate(courier, confidence) for courier, confidence in ranked]


def is_ambiguous(candidates: Sequence[Candidate]) -> bool:
    """Whether a person should look twice: several fit and no order names one, or not even the best is likely."""
    if not candidates or candidates[0].confidence >= CERTAIN:
        return False
    return len(candidates) > 1 or candidates[0].confidence < CLEAR


def looks_s10(number: str) -> bool:
    """Whether a normalised number has the shape of the postal union's, right check digit or not."""
    return _S10.fullmatch(number) is not None


def s10_is_valid(number: str) -> bool:
    """The check digit of the postal union's S10: two letters, eight digits, check digit, country."""
    if not looks_s10(number):
        return False
    digits = [int(digit) for digit in number[2:10]]
    rest = sum(weight * digit for weight, digit in zip(_S10_WEIGHTS, digits, strict=True)) % 11
    check = {0: 5, 1: 0}.get(rest, 11 - rest)
    return int(number[10]) == check


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[_Pattern, re.Pattern[str]]]:
    raw = tomllib.loads(files("couriers.data").joinpath("numbers.toml").read_text("utf-8"))
    table = msgspec.convert(raw["pattern"], list[_Pattern])
    return [(data, re.compile(data.pattern, re.ASCII)) for data in table]
