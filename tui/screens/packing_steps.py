"""What can be done at the packing table, each step as work for the store's writer.

A step is decided when its turn comes, for the one before it may have changed what stands on the table; None:
there is nothing to do then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import Connection

from jobs.packing import table as packing
from jobs.packing.table import Sight
from store.times import Clock
from tui.widgets.packing_desk import Desk

Work = Callable[[Connection], Sight]


class Steps:
    """The steps at one table."""

    def __init__(self, desk: Desk, now: Clock, shops: Collection[str]) -> None:
        self._desk = desk
        self._now = now
        self.shops = shops

    def scan(self, code: str) -> Work | None:
        """A thing into the open parcel, or a label at the empty table."""
        open_id, packer, now = self._desk.open_id, self._desk.packer, self._now()
        if open_id is not None:
            return lambda conn: packing.scan(conn, open_id, code, now, shops=self.shops)
        return lambda conn: packing.take(conn, code, packer, now, shops=self.shops)

    def choose(self) -> Work | None:
        """The parcel under the cursor, of several."""
        desk, now = self._desk, self._now()
        if desk.sight is None or desk.place >= len(desk.choices):
            return None
        key, code, packer = desk.choices[desk.place].key, desk.sight.code, desk.packer
        return lambda conn: packing.choose(conn, key, code, packer, now, shops=self.shops)

    def count(self, step: int) -> Work | None:
        """One unit of the item under the cursor more or less, by hand."""
        open_id, place, now = self._desk.open_id, self._desk.place, self._now()
        if open_id is None or self._desk.stop is not None:
            return None
        return lambda conn: packing.by_hand(conn, open_id, place, step, now, shops=self.shops)

    def finish(self) -> Work | None:
        """Packed, whatever was not scanned."""
        open_id, now = self._desk.open_id, self._now()
        return None if open_id is None else lambda conn: packing.finish(conn, open_id, now, shops=self.shops)

    def abort(self) -> Work | None:
        """Left without packing."""
        open_id, now = self._desk.open_id, self._now()
        return None if open_id is None else lambda conn: packing.abort(conn, open_id, now)

    def teach(self) -> Work | None:
        """The code nobody knew stands on the item under the cursor."""
        desk, now = self._desk, self._now()
        open_id, place, code, packer = desk.open_id, desk.place, desk.unknown, desk.packer
        if open_id is None or not code:
            return None
        desk.unknown = ""
        return lambda conn: packing.teach(conn, open_id, place, code, packer, now)

    def overrule(self) -> Work | None:
        """Pack it all the same."""
        row, packer, now = self._desk.row, self._desk.packer, self._now()
        if row is None:
            return None
        return lambda conn: packing.overrule(conn, row.id, packer, now, shops=self.shops)

    def acknowledge(self) -> Work | None:
        """The stop was seen."""
        row, packer, now = self._desk.row, self._desk.packer, self._now()
        return None if row is None else lambda conn: packing.acknowledge(conn, row.id, packer, now)

    def recheck(self) -> Work | None:
        """The order changed meanwhile."""
        open_id, now = self._desk.open_id, self._now()
        if open_id is None or self._desk.stop is not None:
            return None
        return lambda conn: packing.recheck(conn, open_id, now, self.shops)
