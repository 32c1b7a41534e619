"""What is said of goods in toasts and in the list of notices: once for many, in both languages, whatever the name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from jobs.notices import Notice, Severity, told
from store.views import ChangeRow
from tests.ui.hostile import CORPUS
from tui import strings, toasts
from tui.changes import what


@pytest.fixture(autouse=True, params=["id", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    strings.use(request.param)
    yield request.param
    strings.use("id")


def row(kind: str, seq: int = 1, **words: Any) -> ChangeRow:
    detail = msgspec.json.encode(words).decode() if words else None
    return ChangeRow(
        seq=seq, at=seq, shop_id=None, order_pk=None, order_id=None, kind=kind, old=None, new=None,
        detail=detail, actor="job",
    )  # fmt: skip


def only(*rows: ChangeRow) -> Notice:
    (notice,) = told(rows, {}).notices
    return notice


def test_one_is_named_and_many_are_counted_with_the_worst(language: str) -> None:
    soon = row("stock.out_soon", name="Kaos", variation="Hitam", free=7, minutes=4)
    notice = only(soon)
    assert (notice.severity, notice.bell) == (Severity.WARNING, True)
    words = toasts.words(notice)
    assert "Kaos Hitam" in words and "7" in words and "4" in words
    many = only(
        row("stock.low", 1, name="A", free=3), row("stock.low", 2, name="B", free=-2), row("stock.low", 3)
    )
    assert not many.bell and "3" in toasts.words(many) and "B" in toasts.words(many)
    assert ("menit" if language == "id" else "minutes") in what(soon)
    assert "12" in what(row("stock.changed", n=12))


def test_odd_rows_and_hostile_names_stay_plain_sentences() -> None:
    for kind in ("stock.low", "stock.out_soon", "stock.changed"):
        assert what(row(kind))
        assert what(row(kind, name=5, free="many", minutes=None, n="x"))
    for text in CORPUS:
        made = row("stock.out_soon", name=text, variation=text, free=1, minutes=1)
        for said in (what(made), toasts.words(only(made))):
            assert "\x1b" not in said and "\n" not in said and "\u202e" not in said
