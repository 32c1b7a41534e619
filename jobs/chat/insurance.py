"""What a Seller Center file says of an order's insurance. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shop.files.cells import BadCell, money

_COLUMNS: Final = ("Shipping Insurance", "Item Insurance")
"""Of Seller Center's order export."""


def insurance_of(cells: Mapping[str, str]) -> int | None:
    """What a file's cells of an order say was paid for insurance; None where they do not say it.

    The API tells it too (`shipping_insurance_fee`, `item_insurance_fee`), and those are not kept.
    """
    told = [cells[name] for name in _COLUMNS if cells.get(name, "").strip()]
    try:
        paid = sum(money(cell) for cell in told)
    except BadCell:
        return None
    # Nothing paid is only known where both are told.
    return paid if paid > 0 or len(told) == len(_COLUMNS) else None
