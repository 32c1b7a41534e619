"""What the packing table knows of a parcel and keeps as evidence. Pure: the screen's first paint may load it.

The structs marked as kept are the JSON of the columns `packings.items` and `packings.stops`; fields may be
added, with defaults, never renamed: old evidence must stay readable.
"""

from __future__ import annotations

from typing import Final

import msgspec

OPEN, PACKED, ABORTED, STOPPED = "open", "packed", "aborted", "stopped"
"""Outcomes of a packing (store.models.Packing)."""
RIGHT: Final = "right"
BY_HAND: Final = "by_hand"
TAKEN_BACK: Final = "taken_back"
"""Results of a scan that changed what lies in the box; any other result names the stop it caused."""


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """Kept. One SKU that belongs into the parcel."""

    order_pk: int
    order_id: str
    line: int
    """Its line in the order."""
    sku_id: str
    name: str
    wanted: int
    scanned: int = 0
    """Units whose code was scanned."""
    by_hand: int = 0
    """Units a person vouched for without a scan."""
    seller_sku: str | None = None
    variation: str | None = None
    is_gift: bool = False

    @property
    def left(self) -> int:
        """Units that are still to come."""
        return max(0, self.wanted - self.scanned - self.by_hand)


class Scan(msgspec.Struct, frozen=True, omit_defaults=True):
    """Kept. One code that was scanned, or one unit counted by hand (`code` is empty then)."""

    at: int
    code: str
    result: str
    order_id: str | None = None
    line: int | None = None
    """The line it was counted on."""


class Contents(msgspec.Struct, frozen=True, omit_defaults=True):
    """Kept. What belongs in and what happened."""

    lines: tuple[Line, ...] = ()
    scans: tuple[Scan, ...] = ()
    shared: int = 0
    """Parcels of the order when it has several: the platform does not say what goes into which, so `lines` holds
    what no other parcel of it has taken."""

    @property
    def wanted(self) -> int:
        """Units that belong in."""
        return sum(line.wanted for line in self.lines)

    @property
    def done(self) -> int:
        """Units that are in."""
        return sum(line.wanted - line.left for line in self.lines)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing; of an order whose contents nobody knows that cannot be said."""
        return bool(self.lines) and all(line.left == 0 for line in self.lines)


class Stop(msgspec.Struct, frozen=True, omit_defaults=True):
    """Kept. A hard stop: a stable reason, what its sentence needs, and when it was acknowledged."""

    at: int
    reason: str
    code: str = ""
    """What was scanned."""
    facts: dict[str, str | int] = {}
    acknowledged_at: int | None = None
    by: str | None = None
    """Who acknowledged it."""
    overruled: bool = False
    """Whether that person packed it all the same."""


class Part(msgspec.Struct, frozen=True):
    """One order of a parcel, as it is stored now; a combined parcel has several."""

    pk: int
    order_id: str
    status: str
    raw_status: str
    cancel_requested: bool
    returns_at: int | None
    """Set while a return or refund of it is open."""
    note: str | None
    buyer: str | None
    parcels: int
    """Parcels of the order that are not cancelled."""
    cancelling: bool = False
    """We asked to cancel it ourselves, or said yes to the buyer."""


class Parcel(msgspec.Struct, frozen=True):
    """A parcel that a code belongs to."""

    shop_id: int
    shop: str
    package_id: str
    status: str | None
    courier: str | None
    courier_name: str | None
    tracking_number: str | None
    tracking_status: str | None
    parts: tuple[Part, ...]

    @property
    def key(self) -> tuple[int, str]:
        """What tells parcels apart."""
        return self.shop_id, self.package_id


class Past(msgspec.Struct, frozen=True):
    """What happened to a parcel here before."""

    packed_at: int | None = None
    packer: str | None = None
    open_id: int | None = None
    """A packing that was begun and not ended."""
    manifest: str | None = None
    """The number of the manifest it is on."""


class Kept(msgspec.Struct, frozen=True):
    """A packing as it is stored."""

    id: int
    shop_id: int
    order_pk: int
    order_id: str
    package_id: str
    tracking_number: str | None
    packer: str
    begun_at: int
    done_at: int | None
    outcome: str
    contents: Contents
    stops: tuple[Stop, ...]

    @property
    def halted(self) -> Stop | None:
        """The stop that nobody has acknowledged yet."""
        return self.stops[-1] if self.stops and self.stops[-1].acknowledged_at is None else None


def encode(facts: Contents | tuple[Stop, ...]) -> str:
    """As it stands in the column."""
    return msgspec.json.encode(facts).decode()


def contents_of(text: str) -> Contents:
    """The column `items`; empty for what a newer version may have written."""
    try:
        return msgspec.json.decode(text, type=Contents)
    except msgspec.MsgspecError:
        return Contents()


def stops_of(text: str) -> tuple[Stop, ...]:
    """The column `stops`."""
    try:
        return msgspec.json.decode(text, type=tuple[Stop, ...])
    except msgspec.MsgspecError:
        return ()
