"""Orders as records again, for a file: with what only files knew of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import msgspec

from store.flatten import PLAIN
from store.reading.base import CHUNK, Base, marks
from store.reading.views import selection
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.views import View

PAGE: Final = 5_000
"""Row ids asked for at a time."""

_FIRST: Final = OrderRecord.__struct_fields__.index("items")
assert OrderRecord.__struct_fields__ == (*PLAIN[:_FIRST], "items", "packages", *PLAIN[_FIRST:])
_ORDER: Final = ", ".join(f"o.{name}" for name in PLAIN)
_ITEM: Final = ", ".join(ItemRecord.__struct_fields__)
_PARCEL: Final = ", ".join(PackageRecord.__struct_fields__)
_COD: Final = PLAIN.index("cod")
_CANCEL: Final = PLAIN.index("cancel_requested")
_GIFT: Final = ItemRecord.__struct_fields__.index("is_gift")


class Export(Base):
    """What a file is written from."""

    def records(self, pks: Sequence[int]) -> Iterator[tuple[OrderRecord, bytes]]:
        """Each order as a source would tell it now, with its FileOrder.extra; in the order asked for."""
        rest = iter(pks)
        while some := list(islice(rest, CHUNK)):
            with self._link.snapshot():
                found = self._records(some)
            yield from (found[pk] for pk in some if pk in found)

    def every_pk(self) -> Sequence[int]:
        """The row ids of all orders, in the order in which they became known; eight bytes each."""
        found = array("q")
        while rows := self._query(
            "SELECT id FROM orders WHERE id > ? ORDER BY id LIMIT ?", (found[-1] if found else -1, PAGE)
        ):
            found.extend(pk for (pk,) in rows)
        return found

    def pks_of(self, view: View, now: int) -> Sequence[int]:
        """The row ids of all that a view shows at one moment, in its order."""
        chosen = selection(view, now)
        found = array("q")
        tail = f"ORDER BY {chosen.order_by()} LIMIT {PAGE}"
        query = f"SELECT {chosen.column}, o.id FROM orders o WHERE {chosen.where}"
        with self._link.snapshot():
            rows = self._query(f"{query} {tail}", chosen.args)
            while rows:
                found.extend(pk for _, pk in rows)
                rows = self._query(f"{query} AND {chosen.beyond()} {tail}", (*chosen.args, *rows[-1]))
        return found

    def unknown_columns(self) -> list[str]:
        """Columns of files that have no use here, in the order in which they were met."""
        found: dict[str, None] = {}
        for (names,) in self._query("SELECT unknown FROM file_imports WHERE unknown <> '[]' ORDER BY id"):
            found |= dict.fromkeys(msgspec.json.decode(names, type=list[str]))
        return list(found)

    def _records(self, pks: list[int]) -> dict[int, tuple[OrderRecord, bytes]]:
        among = f"order_pk IN ({marks(pks)})"
        items: dict[int, list[ItemRecord]] = {}
        for pk, *values in self._query(
            f"SELECT order_pk, {_ITEM} FROM items WHERE {among} ORDER BY line", pks
        ):
            values[_GIFT] = bool(values[_GIFT])
            items.setdefault(pk, []).append(ItemRecord(*values))
        parcels: dict[int, list[PackageRecord]] = {}
        statement = f"SELECT order_pk, {_PARCEL} FROM packages WHERE {among} ORDER BY package_id"
        for pk, *values in self._query(statement, pks):
            parcels.setdefault(pk, []).append(PackageRecord(*values))
        extras = dict(self._query(f"SELECT order_pk, extra FROM file_orders WHERE {among}", pks))
        made: dict[int, tuple[OrderRecord, bytes]] = {}
        for pk, *told in self._query(
            f"SELECT o.id, {_ORDER} FROM orders o WHERE o.id IN ({marks(pks)})", pks
        ):
            told[_COD], told[_CANCEL] = bool(told[_COD]), bool(told[_CANCEL])
            told[_FIRST:_FIRST] = tuple(items.get(pk, ())), tuple(parcels.get(pk, ()))
            made[pk] = OrderRecord(*told), bytes(extras.get(pk, b""))
        return made
