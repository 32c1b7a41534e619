"""Which parcel a code means, whether it may be packed, and whether a scanned thing belongs in. Pure.

Reasons of a hard stop are stable codes; the screen words them (`packing_stop.<reason>`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final
from urllib.parse import unquote

import msgspec

from couriers import awb
from couriers.names import canonical, couriers
from store.packing_facts import BY_HAND, RIGHT, TAKEN_BACK, Contents, Line, Parcel, Part, Past, Scan
from store.status import IN_HAND, SHIPPABLE, OrderStatus

OVERRULABLE: Final = frozenset({"packed", "wrong_courier"})
"""Stops after which a person may pack all the same: a box opened once more, a guess about a number."""
PROVEN: Final = 0.9
"""From here on nobody else issues numbers of that shape, as far as is known (couriers/data/numbers.toml)."""
LONGEST: Final = awb.LONGEST
"""Signs of the longest number or id; a QR code holds more, and they are in it."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{4,63}")
_MOST_TOKENS: Final = 40
_UNPAID: Final = (OrderStatus.UNPAID, OrderStatus.ON_HOLD)
_OVER: Final = (OrderStatus.DELIVERED, OrderStatus.COMPLETED)
_COLLECTED: Final = frozenset({"FULFILLING", "COMPLETED"})
"""Package statuses after the courier's first scan."""
_WAITS: Final = frozenset({"", "TO_FULFILL"})
"""Package statuses before its shipment was arranged."""
_STILL: Final = frozenset({None, "unknown", "pending"})
"""Tracking statuses of a parcel that nobody has collected."""

Why = tuple[str, dict[str, str | int]]
"""The reason of a stop and what its sentence needs."""


class Wrong(msgspec.Struct, frozen=True):
    """A thing that does not belong in: another SKU, a unit too many, or a code nobody knows."""

    reason: str
    """`wrong_item`, `too_many` or `unknown_item`."""
    facts: dict[str, str | int]


class Right(msgspec.Struct, frozen=True):
    """A thing that belongs in, counted."""

    place: int
    """Its place in `contents.lines`."""
    contents: Contents


def spellings(code: str) -> list[str]:
    """What a whole scanned text can stand for as a number or an id, the likeliest first."""
    if len(code) > LONGEST:
        return []
    return list(dict.fromkeys(filter(None, (code, awb.normalise(code), code.strip("*~#$%+/. ")))))


def bare(code: str) -> str:
    """A number as couriers write it, without the `-` that people put into numbers they type."""
    return awb.normalise(code).replace("-", "")


def tokens(code: str) -> list[str]:
    """The numbers and ids inside a longer text: a label's QR code may be an address or hold several fields."""
    found = _TOKEN.findall(unquote(code))
    return list(dict.fromkeys(spelled for token in found for spelled in spellings(token)))[:_MOST_TOKENS]


def likely(parcels: Sequence[Parcel]) -> list[Parcel]:
    """Couriers use numbers again after years: where an order is open, the finished ones are not meant."""
    alive = [one for one in parcels if any(part.status in IN_HAND for part in one.parts)]
    return alive or list(parcels)


def hindrance(parcel: Parcel, past: Past, shops: Collection[str] = ()) -> Why | None:
    """Why a parcel must not be packed now; None: it may. The hardest reason first. `shops`: those we work for
    (none: every one)."""
    if shops and parcel.shop not in shops:
        return "other_shop", {"shop": parcel.shop, "order": parcel.parts[0].order_id}
    for part in parcel.parts:
        if why := _order(parcel, part):
            return why
    if past.manifest is not None:
        return "on_manifest", {"manifest": past.manifest}
    if past.packed_at is not None:
        return "packed", {"at": past.packed_at, "by": past.packer or ""}
    return _courier(parcel)


def changed(parcel: Parcel, shops: Collection[str] = ()) -> Why | None:
    """What happened to a parcel while it is being packed that forbids going on."""
    why = hindrance(parcel, Past(), shops)
    return None if why is None or why[0] in OVERRULABLE else why


def match(inside: Contents, known: Mapping[str, str], code: str) -> Right | Wrong:
    """Count a scanned code on the first line that wants it. `known`: which SKU of the shop a text stands for.

    A gift and a sold unit of one SKU are two lines; so are the same SKU of two combined orders.
    """
    texts = spellings(code)
    skus = {known[text] for text in texts if text in known}
    lower = {text.lower() for text in texts}
    full: Line | None = None
    for place, line in enumerate(inside.lines):
        if line.sku_id in skus or line.sku_id in texts or (line.seller_sku or "").lower() in lower:
            if line.left:
                return Right(place, _counted(inside, place, scanned=1))
            full = full or line
    if full is not None:
        return Wrong("too_many", _about(full) | {"wanted": full.wanted})
    if skus:
        return Wrong("wrong_item", {"sku": min(skus)})
    return Wrong("unknown_item", {})


def count(inside: Contents, place: int, step: int, at: int) -> Contents | None:
    """One unit more or less by hand; None when there is nothing to count or to take back."""
    if not 0 <= place < len(inside.lines):
        return None
    line = inside.lines[place]
    if (step > 0 and not line.left) or (step < 0 and not line.by_hand):
        return None
    made = _counted(inside, place, by_hand=step)
    return noted(made, Scan(at, "", BY_HAND if step > 0 else TAKEN_BACK, line.order_id, line.line))


def vouched(inside: Contents, at: int) -> Contents:
    """Everything that is left, by hand: a person says that it is in. Of a split order nobody knows what goes into
    this parcel, so what is left is left to the others."""
    if inside.shared:
        return inside
    lines = []
    scans = list(inside.scans)
    for line in inside.lines:
        scans += [Scan(at, "", BY_HAND, line.order_id, line.line)] * (1 if line.left else 0)
        lines.append(msgspec.structs.replace(line, by_hand=line.by_hand + line.left))
    return msgspec.structs.replace(inside, lines=tuple(lines), scans=tuple(scans))


def noted(inside: Contents, scan: Scan) -> Contents:
    """The same with one more row of evidence."""
    return msgspec.structs.replace(inside, scans=(*inside.scans, scan))


def heard(at: int, code: str, found: Right | Wrong) -> Scan:
    """The evidence of a scan."""
    if isinstance(found, Wrong):
        return Scan(at, code, found.reason)
    line = found.contents.lines[found.place]
    return Scan(at, code, RIGHT, line.order_id, line.line)


def _counted(inside: Contents, place: int, *, scanned: int = 0, by_hand: int = 0) -> Contents:
    line = inside.lines[place]
    line = msgspec.structs.replace(line, scanned=line.scanned + scanned, by_hand=line.by_hand + by_hand)
    lines = (*inside.lines[:place], line, *inside.lines[place + 1 :])
    return msgspec.structs.replace(inside, lines=lines)


def _about(line: Line) -> dict[str, str | int]:
    return {"name": line.name, "variation": line.variation or "", "sku": line.seller_sku or line.sku_id}


def _order(parcel: Parcel, part: Part) -> Why | None:
    """What the order says against it."""
    told: dict[str, str | int] = {"order": part.order_id}
    status = (parcel.status or "").replace(" ", "_").upper()
    if part.status == OrderStatus.CANCELLED:
        return "cancelled", told
    if status == "CANCELLED":
        return "package_cancelled", told
    if part.cancelling:
        return "cancelling", told
    if part.cancel_requested:
        return "cancel_requested", told
    if part.returns_at is not None:
        return "return_open", told
    if part.status in _OVER:
        return "closed", told | {"shop": parcel.shop, "status": part.status}
    if part.status == OrderStatus.UNKNOWN:
        return "unknown_status", told | {"raw": part.raw_status}
    # Of a split order only the parcel itself tells whether it was collected.
    split = part.parcels > 1 and status not in ("", *_COLLECTED)
    if status in _COLLECTED or parcel.tracking_status not in _STILL:
        return "collected", told
    if part.status == OrderStatus.IN_TRANSIT and not split:
        return "collected", told
    arranged = bool(parcel.tracking_number) and status not in _WAITS
    if part.status in _UNPAID or (part.status in SHIPPABLE and not arranged):
        return "not_arranged", told | {"status": part.status}
    return None


def _courier(parcel: Parcel) -> Why | None:
    """Whether the number on the label has the shape of another courier's."""
    named = canonical(parcel.courier)
    if named not in couriers() or not parcel.tracking_number:
        return None
    fits = awb.detect(awb.normalise(parcel.tracking_number))
    if not fits or fits[0].confidence < PROVEN or any(one.courier == named for one in fits):
        return None
    return "wrong_courier", {"courier": named, "label": fits[0].courier}
