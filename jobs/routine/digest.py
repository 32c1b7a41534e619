"""What a seller has to know in the morning and in the afternoon, in one look at the store. Reads only.

A digest is a plain struct that goes into the store as JSON and out of `pantau digest --json` as it is: a
digest of last week is shown as it was told, not as it would be counted today. docs/routine.md says what each
number counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from typing import TYPE_CHECKING, Final

import msgspec

from jobs.parcels.forecast import RISKY, SOON, Forecast, Waiting
from jobs.parcels.stats import awaiting, learn
from jobs.routine.times import CutOff, day
from store.stock import piles, scarce, shortages
from store.times import to_datetime, to_iso

if TYPE_CHECKING:
    from store.reader import Reader

NAMED: Final = 200
"""Orders of a section that are named; the number beside them counts all."""


class ToShip(msgspec.Struct, frozen=True):
    """Orders whose shipment is to be arranged; an order can be in the first two at once."""

    before_noon: int = 0
    """Before the next cut-off of a working day: due on its day and placed before that day, or due before it."""
    today: int = 0
    """Before midnight."""
    overdue: int = 0


class Goods(msgspec.Struct, frozen=True):
    """What is lacking."""

    short: int = 0
    """Orders that cannot be filled."""
    low: int = 0
    """SKUs with few free pieces, or none."""


class Yesterday(msgspec.Struct, frozen=True):
    """The day before, as far as it is known now."""

    date: str
    new: int = 0
    shipped: int = 0
    cancelled: int = 0
    delivered: int = 0
    revenue: int = 0
    """Whole rupiah of the orders placed then that are neither unpaid nor cancelled."""


class Closed(msgspec.Struct, frozen=True):
    """What happened while nothing ran (jobs/routine/away.py)."""

    since: str
    until: str
    new: int = 0
    cancelled: int = 0
    requests: int = 0
    messages: int = 0
    actions_done: int = 0
    actions_failed: int = 0

    @property
    def anything(self) -> bool:
        """Whether there is a word to say."""
        counted = (self.new, self.cancelled, self.requests, self.messages, self.actions_done)
        return any((*counted, self.actions_failed))


class Digest(msgspec.Struct, frozen=True):
    """One digest; the field names are a promise."""

    at: str
    """When it was made, ISO 8601 with offset, as every time here."""
    noon: str
    """The cut-off that `to_ship.before_noon` means."""
    to_ship: ToShip
    scan_risk: int
    requests: int
    """Requests that wait for the seller's answer."""
    stock: Goods
    chats: int
    """Conversations in which a buyer waits for an answer."""
    failed_actions: int
    """Orders on which an action was refused or needs a person."""
    yesterday: Yesterday
    orders: dict[str, list[str]]
    """Order ids by section, at most NAMED each."""
    kind: str = "now"
    """`now`, or as stored: `routine`, `opened`."""
    slot: str | None = None
    """`2026-11-25 08:00` of `digest_at`."""
    while_closed: Closed | None = None

    def named(self, kind: str, slot: str | None = None) -> Digest:
        """The same as it is stored."""
        return msgspec.structs.replace(self, kind=kind, slot=slot)


SECTIONS: Final = (
    *("overdue", "before_noon", "today", "scan_risk", "requests", "short", "failed_actions", "cancelled"),
    *("new", "gone", "asked", "done", "failed"),
)
"""Keys of `Digest.orders`; those of the second line are of `while_closed`."""


def gather(
    reader: Reader,
    zone: tzinfo,
    now: int,
    noon: CutOff,
    *,
    low: int,
    shop_id: int | None = None,
    model: Forecast | None = None,
) -> Digest:
    """Look at all shops, or one. `low`: free pieces at which a SKU counts as low. Raises StoreError."""
    model = model or learn(reader, zone, now)
    _, tonight = day(now, zone)
    since, until = day(now, zone, -1)
    due = reader.to_ship(max(tonight, noon.day_end + 1), shop_id=shop_id)
    clocks = [(row, row.due) for row in due if row.due is not None]
    overdue = [row.order_id for row, at in clocks if at < now]
    today = [row.order_id for row, at in clocks if now <= at < tonight]
    early = [
        row.order_id
        for row, at in clocks
        if now <= at <= noon.day_end and (at <= noon.at or row.created_at < noon.day_start)
    ]
    risk = [
        parcel.order_id for parcel in awaiting(reader, model, now, shop_id) if at_risk(parcel, now, tonight)
    ]
    asked = [
        row.order_id
        for row in reader.requests()
        if row.next_action is not None and shop_id in (None, row.shop_id)
    ]
    failed = [order_id for _, order_id in reader.failed_orders(shop_id)]
    gone = [order_id for _, order_id in reader.cancelled_orders(since, until, shop_id)]
    short, few = _stock(reader, low, shop_id)
    numbers = reader.day_numbers(since, until, shop_id)
    named = zip(SECTIONS, (overdue, early, today, risk, asked, short, failed, gone), strict=False)
    return Digest(
        at=to_iso(now, zone) or "",
        noon=to_iso(noon.at, zone) or "",
        to_ship=ToShip(len(early), len(today), len(overdue)),
        scan_risk=len(risk),
        requests=len(asked),
        stock=Goods(len(short), few),
        chats=reader.waiting_chats(now, shop_id).n,
        failed_actions=len(failed),
        yesterday=Yesterday(
            to_datetime(since, zone).date().isoformat(),
            numbers.new,
            numbers.shipped,
            len(gone),
            numbers.delivered,
            numbers.revenue,
        ),
        orders={name: first(ids) for name, ids in named},
    )


def at_risk(parcel: Waiting, now: int, tonight: int) -> bool:
    """Whether a parcel will probably be scanned too late, or is late already; without a history the clock decides."""
    if parcel.scan_by < now:
        return True
    if parcel.chance is None:
        return parcel.scan_by < tonight
    return parcel.chance < RISKY and parcel.scan_by - now <= SOON


def first(ids: Iterable[str]) -> list[str]:
    """As many as are named, each once."""
    return list(dict.fromkeys(ids))[:NAMED]


def encode(digest: Digest) -> str:
    """The JSON that is stored."""
    return msgspec.json.encode(digest).decode()


def decode(body: str) -> Digest | None:
    """A stored digest; None for one that another version wrote in a form this one does not know."""
    try:
        return msgspec.json.decode(body, type=Digest)
    except msgspec.DecodeError:
        return None


def _stock(reader: Reader, low: int, shop_id: int | None) -> tuple[list[str], int]:
    """The orders that cannot be filled, and how many piles are low; see store/stock.py."""
    known = reader.shelves()
    gone = reader.handed(known)
    every = piles(known, reader.reserved(known), gone)
    few = sum(
        pile.is_low(low)
        for pile in every
        if shop_id is None or any(shelf.shop_id == shop_id for shelf in pile.shelves)
    )
    short = scarce(every)
    lacking = shortages(known, reader.claimed(short), gone) if short else {}
    return reader.to_fill(list(lacking), shop_id), few
