"""Both catalogues say the same things, and foreign text cannot become part of the wording."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui import strings
from tui.strings import CATALOGUES, money, number, t, word


def _places(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def test_both_catalogues_have_the_same_keys() -> None:
    indonesian, english = (set(CATALOGUES[code]) for code in ("id", "en"))
    assert {key for key in english if not key.endswith(".one")} == indonesian


def _differs(key: str) -> bool:
    there = CATALOGUES["en"][key]
    here = CATALOGUES["id"][key.removesuffix(".one")]
    # A singular may say "an order" instead of counting it.
    counted = {"n"} if key.endswith(".one") else set()
    return _places(there) | counted != _places(here) | counted or not there.strip() or not here.strip()


def test_both_catalogues_have_the_same_placeholders() -> None:
    assert [key for key in sorted(CATALOGUES["en"]) if _differs(key)] == []


CODES = ("cause.", "request.")
"""Families whose keys are words for codes of the store; tests of their own find the codes in the programs."""


def _used(tree: ast.AST) -> Iterator[str]:
    """Patterns of every key the code can name: whole texts, f-strings with a fixed start, `word("family", code)`."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)):
                yield re.escape(text)
            case ast.JoinedStr(values=[ast.Constant(), *_] as parts):
                yield "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".+" for p in parts)
            case ast.Call(
                func=ast.Name(id="word") | ast.Attribute(attr="word"),
                args=[ast.Constant(value=str(text)), *_],
            ):
                yield re.escape(text) + r"\..+"


def test_every_key_is_used_somewhere() -> None:
    root = Path(strings.__file__).parent
    files = [file for folder in ("tui", "jobs") for file in root.parent.parent.joinpath(folder).rglob("*.py")]
    code = [file for file in files if root not in file.parents or file.parent == root]
    used = {pattern for file in code for pattern in _used(ast.parse(file.read_text()))}
    either = re.compile("|".join(sorted(used)))
    keys = [key for key in CATALOGUES["id"] if not key.startswith(CODES)]
    assert [key for key in keys if not either.fullmatch(key)] == []


def test_one_is_singular_where_the_language_has_it() -> None:
    strings.use("en")
    assert t("status.confirmed", n=1).startswith("1 order confirmed")
    assert t("status.confirmed", n=2).startswith("2 orders confirmed")
    strings.use("id")
    assert t("status.confirmed", n=1).startswith("1 pesanan dikonfirmasi")


def test_a_missing_key_is_an_error_and_an_unknown_code_is_shown_as_it_is() -> None:
    with pytest.raises(KeyError):
        t("nothing.here")
    assert word("problem", "no_network") == "Tidak tersambung"
    assert word("problem", "brand\x1bnew") == "brand␛new"
    assert word("problem", None) == ""


def test_parameters_are_cleaned_and_never_parsed_again() -> None:
    assert t("status.copied", text="\x1b]52;c;x\x07{n}") == "Disalin: ␛]52;c;x␇{n}"


def test_numbers_are_written_the_indonesian_way() -> None:
    assert number(1_234_567) == "1.234.567"
    assert money(136_000) == "Rp136.000"
    assert money(12, "USD") == "USD 12"
    assert t("status.marked", n=12_345) == "12.345 ditandai"
