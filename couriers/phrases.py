"""What a tracking text means: the phrase table of couriers/data/phrases.toml, applied. Pure.

Couriers write free text, upper-cased, misspelt and with names of people and places inside. A text is tidied
(case, punctuation, spellings), then the rules are asked in their order; the first that hits decides. A hit
does not count when a negation stands right before it ("belum diterima"), and text inside brackets is heard
only where a rule allows it. Text that no rule knows means nothing: never "in transit", never "delivered".
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

import msgspec

from couriers.base import TrackingStatus

LONGEST: Final = 1_000
"""Characters of a text that are read: a status stands at its beginning, and text can be a megabyte."""

_OPENING: Final = "[("
_CLOSING: Final = "])"
_STOP: Final = ","
"""Stands for any punctuation between clauses: a negation does not reach across it."""
_ANYTHING: Final = r"(?:\s\S+){0,6}?\s"


class Meaning(NamedTuple):
    """A status and, with EXCEPTION, its reason."""

    status: TrackingStatus
    reason: str | None = None


class _RuleData(msgspec.Struct, forbid_unknown_fields=True):
    status: TrackingStatus
    phrases: list[str]
    reason: str | None = None
    exact: list[str] = []
    unless: list[str] = []
    outside: bool = False
    inside: bool = False
    success: bool = False


class _Negation(msgspec.Struct, forbid_unknown_fields=True):
    always: list[str]
    success: list[str]
    helpers: list[str]


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    rule: list[_RuleData]
    spellings: dict[str, str]
    negation: _Negation


class _Rule(NamedTuple):
    meaning: Meaning
    phrases: re.Pattern[str]
    exact: frozenset[str]
    unless: re.Pattern[str] | None
    outside: bool
    inside: bool
    negation: re.Pattern[str]


class _Phrases:
    """The compiled table."""

    def __init__(self, table: _Table) -> None:
        self._spellings = table.spellings
        self._misspelt = re.compile(rf"(?<!\w)(?:{_alternatives(table.spellings)})(?!\w)")
        always = table.negation.always
        helpers = _alternatives(table.negation.helpers)
        plain = re.compile(rf"(?<!\w)(?:{_alternatives(always)})(?:\s(?:{helpers}))*\s$")
        wary = re.compile(
            rf"(?<!\w)(?:{_alternatives(always + table.negation.success)})(?:\s(?:{helpers}))*\s$"
        )
        self._rules = [
            _Rule(
                Meaning(data.status, data.reason),
                self._any(data.phrases),
                frozenset(_bare(self.tidy(text)) for text in data.exact),
                self._any(data.unless) if data.unless else None,
                data.outside,
                data.inside,
                wary if data.success else plain,
            )
            for data in table.rule
        ]

    def tidy(self, text: str, keep: str = "") -> str:
        """Upper case, single spaces, clause marks as one sign, and one spelling for each verb."""
        plain = _plain(text, keep)
        return self._misspelt.sub(lambda hit: self._spellings[hit.group()], plain)

    def read(self, text: str) -> Meaning | None:
        """The meaning of a text, None when no rule knows it."""
        whole = self.tidy(text)
        outside = self.tidy(_without_brackets(text))
        alone = not re.search(r"\w", outside)
        if not alone:
            # A word outside the brackets outranks any inside them: those are mostly places and people.
            found = self._first(outside, whole)
            if found is not None:
                return found
        return self._first(whole, whole, skip_outside=not alone)

    def _first(self, text: str, whole: str, *, skip_outside: bool = False) -> Meaning | None:
        bare = _bare(text)
        for rule in self._rules:
            if skip_outside and rule.outside:
                continue
            if rule.unless is not None and rule.unless.search(whole):
                continue
            if bare in rule.exact or self._affirmed(rule, whole if rule.inside else text):
                return rule.meaning
        return None

    @staticmethod
    def _affirmed(rule: _Rule, text: str) -> bool:
        return any(
            not rule.negation.search(text[max(0, hit.start() - 80) : hit.start()])
            for hit in rule.phrases.finditer(text)
        )

    def _any(self, phrases: list[str]) -> re.Pattern[str]:
        return re.compile("|".join(self._pattern(phrase) for phrase in phrases))

    def _pattern(self, phrase: str) -> str:
        """One phrase as an expression: whole words, any clause mark or space between them."""
        halves = [self.tidy(half, keep="*").split() for half in phrase.split("...")]
        body = _ANYTHING.join(r"[\s,]+".join(map(_word, half)) for half in halves)
        front = r"(?<!\w)" if halves[0][0][0].isalnum() else ""
        back = r"(?!\w)" if halves[-1][-1][-1].isalnum() else ""
        return front + body + back


def meaning(text: str) -> Meaning | None:
    """What a courier's text says about the parcel; None when it says nothing we know."""
    return _read(text[:LONGEST])


@lru_cache(maxsize=4_096)
def _read(text: str) -> Meaning | None:
    return _phrases().read(text)


@lru_cache(maxsize=1)
def _phrases() -> _Phrases:
    raw = files("couriers.data").joinpath("phrases.toml").read_text("utf-8")
    return _Phrases(msgspec.convert(tomllib.loads(raw), _Table))


def _plain(text: str, keep: str = "") -> str:
    """Upper-cased words, brackets and clause marks, each a token between single spaces."""
    text = unicodedata.normalize("NFKC", text).upper()
    text = re.sub(r"(?<=\w)-(?=\w)", " ", text)
    text = re.sub(rf"[^\w\s&\[\](){re.escape(keep)}]+", f" {_STOP} ", text)
    text = re.sub(r"([\[\]()])", r" \1 ", text)
    return " ".join(text.split())


def _bare(tidied: str) -> str:
    """The words alone, for comparing a whole text."""
    return " ".join(word for word in tidied.split() if word not in ",[]()")


def _without_brackets(text: str) -> str:
    """The text with the inside of every bracket left out; an unclosed one hides the rest."""
    kept: list[str] = []
    depth = 0
    for sign in text:
        if sign in _CLOSING and depth:
            depth -= 1
        if not depth:
            kept.append(sign)
        if sign in _OPENING:
            depth += 1
    return "".join(kept)


def _word(word: str) -> str:
    return r"\w*".join(re.escape(part) for part in word.split("*"))


def _alternatives(words: Iterable[str]) -> str:
    """Longest first, so that a longer spelling wins over its own beginning."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
