"""The labels of a paper: those that lie here, those the platform has, and those we draw ourselves.

Before any label is used the order is looked at: of a cancelled parcel nothing is printed any more, also when its
label lies here since yesterday.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Connection

from jobs.paper.fetch import OWN, WAITS, Ask, Failure, fetch_all
from jobs.paper.files import PaperFolder, label_name
from jobs.paper.inspect import merge
from store import papers
from store.db import Store
from store.paper_facts import Missing, OnPaper
from store.papers import Kept
from store.status import OrderStatus
from store.times import Clock
from store.views import OrderDetail

OWN_SHIPPING: Final = "SELLER"
"""`shipping_type` of orders that the seller sends with his own courier."""


class Labels(msgspec.Struct, frozen=True):
    """What became of them: one file with all that there are, and the rest with reasons."""

    pages: int
    missing: tuple[Missing, ...]


class LabelMaker:
    """Makes the labels of one paper."""

    def __init__(
        self,
        store: Store,
        folder: PaperFolder,
        ask: Ask,
        shops: Callable[[int], bool],
        *,
        clock: Clock,
        language: str,
        waits: Sequence[float] = WAITS,
    ) -> None:
        """`shops` says whether a shop is at the platform (and not read from files)."""
        self._store = store
        self._folder = folder
        self._ask = ask
        self._at_platform = shops
        self._clock = clock
        self._language = language
        self._waits = waits

    async def make(
        self,
        parcels: Sequence[OnPaper],
        details: Mapping[int, OrderDetail],
        size: str,
        out: Path,
        alive: Callable[[], None],
    ) -> Labels:
        """Write `out`. Raises OSError (our disk), jobs.paper.inspect.Unmerged, StoreError."""
        kept = await self._store.aread(lambda conn: papers.kept(conn, parcels, size))
        failures: dict[OnPaper, Failure] = {}
        files: dict[OnPaper, Path] = {}
        wanted: list[OnPaper] = []
        for parcel in parcels:
            known = kept.get((parcel.shop_id, parcel.package_id))
            orders = [details[pk] for pk, _id in parcel.orders if pk in details]
            if (stop := _stop(orders)) is not None:
                failures[parcel] = stop
            elif orders[0].shipping_type == OWN_SHIPPING:
                failures[parcel] = Failure("request_pending" if _doubtful(orders) else OWN)
            elif (
                not _doubtful(orders) and known is not None and self._folder.intact(known.file, known.sha256)
            ):
                files[parcel] = self._folder.file(label_name(parcel.package_id, size))
            elif not self._at_platform(parcel.shop_id):
                failures[parcel] = Failure("file_shop")
            else:
                wanted.append(parcel)
        failures |= await fetch_all(
            self._ask,
            wanted,
            size,
            lambda parcel, data: self._keep(parcel, size, data),
            alive=alive,
            waits=self._waits,
        )
        fresh = [parcel for parcel in wanted if parcel not in failures]
        files |= {parcel: self._folder.file(label_name(parcel.package_id, size)) for parcel in fresh}
        drawn = self._draw_own(failures, details, size, kept)
        try:
            return await self._merge(parcels, files | drawn, fresh, size, out, failures)
        finally:
            for path in drawn.values():
                self._folder.remove(path.name)

    def _keep(self, parcel: OnPaper, size: str, data: bytes) -> None:
        self._folder.write(label_name(parcel.package_id, size), data)

    def _draw_own(
        self,
        failures: dict[OnPaper, Failure],
        details: Mapping[int, OrderDetail],
        size: str,
        kept: Mapping[tuple[int, str], Kept],
    ) -> dict[OnPaper, Path]:
        """Address labels for what the platform has none of; what was drawn is no failure any more."""
        made: dict[OnPaper, Path] = {}
        wanted = [parcel for parcel, failure in failures.items() if failure.reason == OWN]
        if wanted:
            # Imported here: the PDF library takes long to load, and most shops never need it for a label.
            from jobs.paper.address import can_draw, draw_address
        for parcel in wanted:
            order = details[parcel.orders[0][0]]
            if not can_draw(order):
                failures[parcel] = Failure("no_address", failures[parcel].code)
                continue
            known = kept.get((parcel.shop_id, parcel.package_id))
            paper = draw_address(parcel, order, size, self._language, known.prints if known else 0)
            name = label_name(parcel.package_id, size).replace("label_", "own_", 1)
            made[parcel] = self._folder.write(name, paper.data)
            del failures[parcel]
        return made

    async def _merge(
        self,
        parcels: Sequence[OnPaper],
        files: Mapping[OnPaper, Path],
        fresh: Sequence[OnPaper],
        size: str,
        out: Path,
        failures: dict[OnPaper, Failure],
    ) -> Labels:
        there = [parcel for parcel in parcels if parcel in files]
        pages = 0
        if there:
            merged = await merge([files[parcel] for parcel in there], out)
            pages = merged.pages
            counts: dict[OnPaper, int] = {}
            for parcel, count, reason in zip(there, merged.counts, merged.reasons, strict=True):
                if reason is not None:
                    # Not to be used again: the next attempt fetches it anew.
                    self._folder.remove(files[parcel].name)
                    failures[parcel] = Failure(f"file_{reason}")
                elif count is not None and parcel in fresh:
                    counts[parcel] = count
            await self._remember(counts, size)
        return Labels(
            pages,
            tuple(
                Missing(parcel.order_id, failures[parcel].reason, parcel.package_id, failures[parcel].code)
                for parcel in parcels
                if parcel in failures
            ),
        )

    async def _remember(self, counts: Mapping[OnPaper, int], size: str) -> None:
        now = self._clock()
        rows = []
        for parcel, count in counts.items():
            name = label_name(parcel.package_id, size)
            digest = hashlib.sha256(self._folder.file(name).read_bytes()).hexdigest()
            rows.append((parcel.shop_id, parcel.package_id, size, name, digest, count, now))

        def write(conn: Connection) -> None:
            for row in rows:
                papers.fetched(conn, *row)

        if rows:
            await self._store.awrite(write)


def _stop(orders: Sequence[OrderDetail]) -> Failure | None:
    """Why no label of this parcel may be used, whatever lies here."""
    if not orders:
        return Failure("not_found")
    if any(order.row.status == OrderStatus.CANCELLED for order in orders):
        return Failure("cancelled")
    return None


def _doubtful(orders: Sequence[OrderDetail]) -> bool:
    """Whether a buyer wants to cancel, as far as we know: then the platform is asked afresh, it knows the answer."""
    return any(order.row.cancel_requested for order in orders)
