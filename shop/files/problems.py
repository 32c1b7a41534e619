"""What can be wrong with a Seller Center file, as stable codes. The words are the screen's."""

from __future__ import annotations

from typing import Final

FILE: Final = frozenset(
    {
        "blank", "broken", "description_as_header", "empty", "no_column", "not_a_table", "other_country", "quote",
        "settlement", "too_big", "too_slow", "unreadable",
    }
)  # fmt: skip
"""The whole file is of no use."""
ROW: Final = frozenset(
    {
        "encoding", "id", "id_mangled", "missing", "money", "pantau", "quantity", "short", "time", "time_order",
        "too_long", "twice",
    }
)  # fmt: skip
"""One row is not used."""
ODD: Final = frozenset(
    {
        "disagree",
        "holidays_unknown",
        "incomplete",
        "preorder",
        "rule_unverified",
        "unknown_columns",
        "unknown_status",
    }
)
"""Used, but worth a look."""
CODES: Final = FILE | ROW | ODD
