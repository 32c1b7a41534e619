"""Both catalogues say the same things, and foreign text cannot become part of the wording."""

from __future__ import annotations

import string

import pytest

from tui import strings
from tui.strings import CATALOGUES, money, number, t, word


def _places(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def test_both_catalogues_have_the_same_keys() -> None:
    indonesian, english = (set(CATALOGUES[code]) for code in ("id", "en"))
    assert {key for key in english if not key.endswith(".one")} == indonesian


@pytest.mark.parametrize("key", sorted(CATALOGUES["en"]))
def test_both_catalogues_have_the_same_placeholders(key: str) -> None:
    there = CATALOGUES["en"][key]
    here = CATALOGUES["id"][key.removesuffix(".one")]
    # A singular may say "an order" instead of counting it.
    counted = {"n"} if key.endswith(".one") else set()
    assert _places(there) | counted == _places(here) | counted
    assert there.strip()
    assert here.strip()


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
