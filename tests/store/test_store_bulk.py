"""Driver-level writes: what a statement holds beside its parameters."""

from __future__ import annotations

from store.bulk import insert_rows, table_of
from store.models import UiState
from tests.store.store_kit import Db


def test_a_value_that_all_rows_share_stands_in_the_statement(db: Db) -> None:
    rows = [("a",), ("b",)]

    db(insert_rows, table_of(UiState), ("key",), rows, (("value", "it's"),))

    stored = db.rows("SELECT key, value FROM ui_state ORDER BY key")
    assert [tuple(row) for row in stored] == [("a", "it's"), ("b", "it's")]
