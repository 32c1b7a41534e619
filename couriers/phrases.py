"""What a tracking text means: the phrase table of couriers/data/phrases.toml, applied. Pure.

Couriers write free text, upper-cased, misspelt and with names of people and places inside. A text is tidied
(case, punctuation, spellings), then the rules are asked in their order; the first that hits decides. A hit
does not count when a negation stands before it ("belum diterima", "jika paket sudah diterima"), and text inside
brackets is heard only where a rule allows it. Text that no rule knows means nothing: never "in transit", never
"delivered".

The table is written in kinds of words (`<parcel> <done> DITERIMA <by> <facility>`), not in whole sentences:
couriers change their sentences, and what they talk about stays.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
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
_BETWEEN: Final = r"[\s,]+"
"""What stands between two words of a phrase."""
_ANYTHING: Final = r"(?:\s\S+){0,6}?\s"
"""`...`: a few words, also of the next clause."""
_NEARBY: Final = r"(?:\s,)?(?:\s(?!(?:DI|AT)\s)[^\s,\[\]()]+){0,3}?\s"
"""`~`: at most three words of the same clause, up to where it happened."""
_ANY_SIGN, _NEAR_SIGN = "@", "~"
_MARKS: Final = "*#<>?~@"
"""Signs of our own in a phrase; in a courier's text they are punctuation."""
_REACH: Final = r"(?:\s[^\s,\[\]()]+){0,4}\s$"
"""How far a "not" or an "if" reaches ahead of what is told as achieved."""
_DROPPED: Final = re.compile("['`\u00b4\u02bc\u2018\u2019\u200b-\u200f\ufeff]")
"""Apostrophes ("wasn't" is one word) and signs nobody sees."""
_ELSEWHERE: Final = str.maketrans("【】「」『』〔〕{}", "[][][][][]")
"""Brackets of other keyboards, as couriers of Chinese make print them."""


_DELIVERED: Final = TrackingStatus.DELIVERED


class Meaning(NamedTuple):
    """A status and, with EXCEPTION, its reason."""

    status: TrackingStatus
    reason: str | None = None


class _RuleData(msgspec.Struct, forbid_unknown_fields=True):
    status: TrackingStatus
    phrases: list[str] = []
    reason: str | None = None
    exact: list[str] = []
    unless: list[str] = []
    outside: bool = False
    inside: bool = False
    success: bool = False


class _Negation(msgspec.Struct, forbid_unknown_fields=True):
    always: list[str]
    success: list[str]
    far: list[str]
    helpers: list[str]


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    rule: list[_RuleData]
    spellings: dict[str, str]
    negation: _Negation
    words: dict[str, list[str]]
    padding: list[str]
    elsewhere: list[str]


class _Group:
    """Phrases that hold one word in common; made an expression when that word is first met."""

    def __init__(self) -> None:
        self.patterns: list[str] = []

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """Any of them."""
        return re.compile("|".join(self.patterns))


Groups = dict[str, _Group]
"""Phrases by a word they cannot do without, so that a text is asked only what its own words allow."""


class _Rule(NamedTuple):
    meaning: Meaning
    phrases: Groups
    exact: Groups
    unless: Groups
    outside: bool
    inside: bool
    negation: re.Pattern[str]


class _Phrases:
    """The compiled table."""

    def __init__(self, table: _Table) -> None:
        self._spellings = table.spellings
        self._misspelt = re.compile(rf"(?<!\w)(?:{_alternatives(table.spellings)})(?!\w)")
        kinds = {
            name: [self.tidy(word, keep=_MARKS).split() for word in words]
            for name, words in table.words.items()
        }
        self._first_words = {name: {word[0].strip("#*") for word in words} for name, words in kinds.items()}
        self._words: dict[str, str] = {}
        for name, words in kinds.items():
            told = (_BETWEEN.join(map(self._word, word)) for word in sorted(words, key=len, reverse=True))
            self._words[name] = "|".join(told)
        self._padding = re.compile(rf"(?<!\w)(?:{_alternatives(table.padding)}|\d+)(?!\w)")
        plain, wary = _negations(table.negation)
        self._rules = [
            _Rule(
                Meaning(data.status, data.reason),
                self._groups(data.phrases),
                self._groups(data.exact),
                self._groups([*data.unless, *(table.elsewhere if data.status is _DELIVERED else ())]),
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
        """The meaning of a text, None when no rule knows it or it only asks."""
        if text.rstrip().endswith("?"):
            return None
        text = unicodedata.normalize("NFKC", _DROPPED.sub("", text)).translate(_ELSEWHERE)
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
        heard, around = _vocabulary(text), _vocabulary(whole)
        bare = _bare(self._padding.sub(" ", text))
        for rule in self._rules:
            if skip_outside and rule.outside:
                continue
            words, read = (around, whole) if rule.inside else (heard, text)
            if not (
                any(one.fullmatch(bare) for one in _met(rule.exact, words))
                or any(_affirmed(rule, one, read) for one in _met(rule.phrases, words))
            ):
                continue
            # Whether it may speak at all is asked last: most rules do not hit.
            if not any(one.search(whole) for one in _met(rule.unless, around)):
                return rule.meaning
        return None

    def _groups(self, phrases: list[str]) -> Groups:
        groups: Groups = {}
        for phrase in phrases:
            words = self.tidy(phrase.replace("...", f" {_ANY_SIGN} "), keep=_MARKS).split()
            for word in self._anchors(words):
                groups.setdefault(word, _Group()).patterns.append(self._pattern(words))
        return groups

    def _anchors(self, words: Sequence[str]) -> set[str]:
        """Words of which a text must hold one to hit: the longest literal, else one of a kind of words."""
        literal = [word for word in words if word[0].isalnum() and not word.endswith("*")]
        if literal:
            return {max(literal, key=len).strip("#")}
        kinds = [word for word in words if word.startswith("<") and not word.endswith("?>")]
        if not kinds:
            return {""}
        return min((self._first_words[kind.strip("<>").lower()] for kind in kinds), key=len)

    def _pattern(self, words: Sequence[str]) -> str:
        """One phrase as an expression: whole words, any clause mark or space between them."""
        made, between = "", ""
        for word in words:
            if word in (_ANY_SIGN, _NEAR_SIGN):
                between = _ANYTHING if word == _ANY_SIGN else _NEARBY
            elif word.endswith("?>"):
                made += f"(?:{_BETWEEN}{self._word(word)})?"
            else:
                made, between = made + between + self._word(word), _BETWEEN
        front = r"(?<!\w)" if words[0][0].isalnum() or words[0][0] in "<*" else ""
        back = r"(?!\w)" if words[-1][-1].isalnum() or words[-1][-1] in ">*#" else ""
        return front + made + back

    def _word(self, word: str) -> str:
        if word.startswith("<"):
            return f"(?:{self._words[word.strip('<?>').lower()]})"
        escaped = re.escape(word.replace("*", "\0").replace("#", "\1"))
        return escaped.replace("\0", r"\w*").replace("\1", r"\d*")


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
    text = _DROPPED.sub("", text).upper()
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


def _vocabulary(text: str) -> set[str]:
    """The words of a text, those with digits behind them also without; `_` when one has it, and always ""."""
    words = set(text.split())
    words |= {word.rstrip("0123456789") for word in words}
    if "_" in text:
        words.add("_")
    return words | {""}


def _met(groups: Groups, words: set[str]) -> Iterator[re.Pattern[str]]:
    """The expressions that a text of these words can fulfil."""
    for word in words & groups.keys():
        yield groups[word].expression


def _affirmed(rule: _Rule, phrases: re.Pattern[str], text: str) -> bool:
    return any(
        not rule.negation.search(text[max(0, hit.start() - 80) : hit.start()])
        for hit in phrases.finditer(text)
    )


def _negations(data: _Negation) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What takes back a hit when it ends right before it: for every rule, and for one that tells of success."""
    helpers = rf"(?:\s(?:{_alternatives(data.helpers)}))*\s$"
    near = re.compile(rf"(?<!\w)(?:{_alternatives(data.always)}){helpers}")
    wary = (
        rf"(?<!\w)(?:(?:{_alternatives([*data.always, *data.far])}){_REACH}"
        rf"|(?:{_alternatives(data.success)}){helpers})"
    )
    return near, re.compile(wary)


def _alternatives(words: Iterable[str]) -> str:
    """Longest first, so that a longer spelling wins over its own beginning."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
