"""What is said of goods in toasts and in the list of notices: once for many, in both languages, whatever the name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from jobs.notices import Notice, Severity, told
from jobs.stock.names import called
from store.views import ChangeRow
from tests.ui.hostile import CORPUS
from tui import strings, toasts
from tui.changes import what
from tui.screens.stock_view import columns, unsaid


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


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"name": "Minyak Kemiri 60ml", "variation": "60ML", "sku_id": "1"}, "Minyak Kemiri 60ml"),
        ({"name": "Minyak 160ml", "variation": "60ml", "sku_id": "1"}, "Minyak 160ml 60ml"),
        ({"name": "Kaos", "variation": "L", "sku_id": "1"}, "Kaos L"),
        ({"seller_sku": "KP-L", "sku_id": "1730"}, "KP-L"),
        ({"sku_id": "1730"}, "1730"),
    ],
)
def test_goods_have_one_name_everywhere(told: dict[str, Any], words: str) -> None:
    made = row("stock.low", free=2, **told)
    assert f" {words}, " in what(made) and f" {words}, " in toasts.words(only(made))
    assert called(*map(told.get, ("name", "variation", "seller_sku", "sku_id"))) == words


def test_odd_rows_and_hostile_names_stay_plain_sentences() -> None:
    for kind in ("stock.low", "stock.out_soon", "stock.changed", "stock.low_at"):
        assert what(row(kind))
        assert what(row(kind, name=5, free="many", minutes=None, n="x"))
    for text in CORPUS:
        made = row("stock.out_soon", name=text, variation=text, free=1, minutes=1)
        for said in (what(made), toasts.words(only(made))):
            assert "\x1b" not in said and "\n" not in said and "\u202e" not in said


def test_the_name_has_the_room_of_columns_that_say_nothing() -> None:
    width = {column.name: column.width for column in columns(116)}["name"]
    wider = {column.name: column.width for column in columns(116, unsaid(()))}
    assert wider.keys() == {"code", "name", "on_hand", "reserved", "free"} and wider["name"] > width + 40
