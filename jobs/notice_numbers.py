"""The numbers and names that notices carry, out of the details of the feed's rows. Pure; odd details say nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from jobs.stock.names import called
from store.views import ChangeRow

COUNTED: Final = ("new", "changed", "gone", "rejected")
"""Numbers of a file's row in the feed that its notice sums up, beside `cancelled`."""


def failed_files(rows: Sequence[ChangeRow]) -> dict[str, int | str]:
    """How many, and which the last one was, with what is wrong with it and where."""
    told = detail(rows[-1])
    about = {name: told.get(name, "") for name in ("name", "problem", "row", "column")}
    return {"n": len(rows), **about}


def read_files(rows: Sequence[ChangeRow], groups: Mapping[str, Sequence[ChangeRow]]) -> dict[str, int | str]:
    """How many, the last one's name, and their numbers together. What they cancelled stands in rows of its own."""
    details, readings = [detail(row) for row in rows], {row.actor for row in rows}
    cancelled = [row for kind in ("cancelled", "cancelled_arranged") for row in groups.get(kind, ())]
    return {
        "n": len(rows),
        "name": details[-1].get("name", ""),
        **{name: sum(_whole(one.get(name)) for one in details) for name in COUNTED},
        "cancelled": sum(row.actor in readings for row in cancelled),
        # Nobody exports a file without orders on purpose: that is worth a sentence of its own.
        **({"rows": 0} if all(one.get("rows") == "0" for one in details) else {}),
    }


def goods(rows: Sequence[ChangeRow]) -> dict[str, int | str]:
    """The pile with the fewest free pieces speaks for all of them."""
    details = [detail(row) for row in rows]
    worst = min(details, key=lambda one: _whole(one.get("free")))
    name = called(*map(worst.get, ("name", "variation", "seller_sku", "sku_id")))
    return {
        "n": len(rows),
        "name": name,
        "free": _whole(worst.get("free")),
        "minutes": worst.get("minutes", ""),
    }


def sums(rows: Sequence[ChangeRow]) -> dict[str, int | str]:
    """Of rows about money: for how many orders or payments they speak, and their amounts together."""
    details = [detail(row) for row in rows]
    amounts = (one.get("amount", one.get("settlement")) for one in details)
    return {"n": sum(_whole(one.get("n", "1")) for one in details), "amount": sum(map(_whole, amounts))}


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdecimal() else 0


def detail(row: ChangeRow) -> dict[str, str]:
    """The detail's values as text; a detail that is no object says nothing."""
    try:
        found = msgspec.json.decode(row.detail or "{}", type=dict[str, object])
    except msgspec.DecodeError:
        return {}
    return {key: str(value) for key, value in found.items() if value is not None}
