"""Every code of a file's troubles has a sentence in both languages, and what a file says stays text."""

from __future__ import annotations

from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from jobs.deadlines import Kind, Warn
from shop.files import problems
from store import changes
from store.times import HOUR
from store.views import ChangeRow
from tests.ui.hostile import CORPUS, RAW
from tests.ui.screen_kit import NOW
from tui import file_words, strings
from tui.changes import what

LANGUAGES = pytest.mark.parametrize("language", ["id", "en"])
WIB = ZoneInfo("Asia/Jakarta")


def change(kind: str, **about: Any) -> ChangeRow:
    return ChangeRow(1, NOW, None, None, None, kind, None, None, changes.detail(**about), "file:1")


@LANGUAGES
def test_every_code_says_what_happened_and_what_to_do(language: str) -> None:
    strings.use(language)
    for code in problems.CODES:
        said = file_words.sentence(code)
        assert strings.known(f"file.problem.{code}"), code
        first, _, then = said.partition(". ")
        assert first, code
        assert then.endswith("."), f"{code} does not say what to do"


def test_no_words_are_left_of_codes_that_are_gone() -> None:
    family = "file.problem."
    told = {key.removeprefix(family) for key in strings.CATALOGUES["id"] if key.startswith(family)}
    assert told == problems.CODES | {"no_file"}, "the last one: reading did not even begin"


@LANGUAGES
def test_a_sentence_names_the_place_and_the_cell(language: str) -> None:
    strings.use(language)
    said = file_words.sentence("quantity", 1_207, "Quantity", "1,5")
    row, column = ("baris", "kolom") if language == "id" else ("row", "column")
    assert said.startswith(f"{row} 1207, {column} Quantity: ")
    assert "1,5" in said
    assert file_words.sentence("empty").startswith("tidak ada" if language == "id" else "there is not")
    assert file_words.sentence("no_column", None, "Order ID").startswith(f"{column} Order ID: ")


@pytest.mark.parametrize("text", [*CORPUS, *RAW])
def test_what_a_file_says_stays_text(text: str) -> None:
    for said in (
        file_words.sentence("money", 7, text, text),
        file_words.sentence(text, 7, text, text),
        what(change("file.imported", name=text.encode("utf-8", "replace").decode(), new=1)),
        what(change("file.failed", name="a", problem=text.encode("utf-8", "replace").decode(), row=1)),
        file_words.deadline(text),
    ):
        assert not any(
            ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 or 0xD800 <= ord(sign) < 0xE000 for sign in said
        )
        assert not set(said) & set("\u202e\u2066\u2069\u200b")
        assert len(said) < 600


@LANGUAGES
def test_the_feed_speaks_of_files(language: str) -> None:
    strings.use(language)
    done = what(change("file.imported", name="a.csv", rows=9, new=2, changed=0, gone=1, rejected=0))
    assert done == ("berkas dibaca: a.csv · 2 baru · 1 tidak ada di berkas ini" if language == "id"
                    else "file read: a.csv · 2 new · 1 not in this file")  # fmt: skip
    same = what(change("file.imported", name="a.csv", new=0, unchanged=0))
    assert same.endswith(
        "Tidak ada yang baru atau berubah." if language == "id" else "Nothing is new or changed."
    )
    none = what(change("file.imported", name="a.csv", rows=0, orders=0, new=0))
    assert none.endswith(strings.t("file.problem.empty")), "the advice of an empty one"
    assert strings.t("files.same") not in none
    failed = what(change("file.failed", name="a.csv", problem="no_column", row=1, column="Order ID"))
    assert "Order ID" in failed
    assert "no_column" not in failed
    assert "a.csv" in what(change("order.not_in_file", name="a.csv"))
    assert what(change("order.not_in_file"))


@pytest.mark.parametrize(
    "told", ['{"name": 7, "new": "x", "problem": [], "row": "r"}', "[]", "\ud800", "", "{"]
)
def test_odd_details_are_no_error(told: str) -> None:
    for kind in ("file.imported", "file.failed", "order.not_in_file"):
        assert what(ChangeRow(1, NOW, None, None, None, kind, None, None, told, "job"))


@LANGUAGES
def test_deadlines_say_who_says_so(language: str) -> None:
    strings.use(language)
    for source in ("platform", *get_args(Kind)):
        assert source not in file_words.deadline(source).split("_")
        assert strings.known(f"deadline_source.{source}")
    for mark in get_args(Warn):
        assert file_words.deadline("dispatch", mark).endswith("!")
    assert file_words.deadline(None) == ""
    assert "orang" in file_words.deadline("orang")


def test_the_last_file_is_as_old_as_what_it_knows() -> None:
    assert file_words.last_file(None, None, NOW, WIB) == "belum ada berkas"
    assert (
        file_words.last_file(NOW - HOUR, NOW - 3 * HOUR, NOW, WIB) == "berkas terakhir 18.00, isinya 3 j lalu"
    )
    assert file_words.last_file(NOW - HOUR, None, NOW, WIB) == "berkas terakhir 18.00, 1 j lalu"
