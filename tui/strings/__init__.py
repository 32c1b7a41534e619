"""Every word on the screen: `t("tab.action")`. Indonesian first, English second.

A catalogue is a package of plain dict modules, one per area; both languages hold the same keys and
placeholders (a test compares them). A key with `.one` beside it is used where `n` is 1; Indonesian has no
plural and needs none. Text that came from outside goes in as a parameter and is cleaned on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui.strings import english, indonesian
from tui.text import clean

CATALOGUES: Final[Mapping[str, Mapping[str, str]]] = {"id": indonesian.TEXT, "en": english.TEXT}
"""Catalogue by language code of the configuration."""

_active: Mapping[str, str] = indonesian.TEXT
_code = "id"


def use(language: str) -> None:
    """Speak `id` or `en` from now on; raises KeyError for another code."""
    global _active, _code
    _active, _code = CATALOGUES[language], language


def language() -> str:
    """The code in use."""
    return _code


def t(key: str, /, **params: object) -> str:
    """The words of a key. A missing key is a bug of ours, so it raises KeyError."""
    words = _active[key]
    if params.get("n") == 1:
        words = _active.get(f"{key}.one", words)
    if not params:
        return words
    return words.format(**{name: _shown(value) for name, value in params.items()})


def known(key: str) -> bool:
    """Whether there are words for a key that comes from data (a reason code, a problem code)."""
    return key in _active


def word(prefix: str, code: str | None) -> str:
    """The words of a code that comes from data, or the code itself, cleaned, when there are none yet."""
    if not code:
        return ""
    return _active.get(f"{prefix}.{code}") or clean(code, limit=60)


def number(value: int) -> str:
    """A whole number with the thousands of id_ID, in both languages: rupiah are read that way."""
    return f"{value:,}".replace(",", ".")


def money(value: int, currency: str = "IDR") -> str:
    """An amount with its currency: `Rp136.000`, `USD 12`."""
    return f"Rp{number(value)}" if currency == "IDR" else f"{clean(currency, limit=4)} {number(value)}"


def _shown(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return number(value)
    return value
