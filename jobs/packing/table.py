"""The packing table: from a scanned code to a parcel, from there to its contents, and to its end.

Every function but `look` writes, within the one transaction of its caller, and answers with a `Sight`: all that
the screen shows, read in that same transaction. The platform is not asked here; the hand-over does that.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec
from sqlalchemy import Connection

from couriers import awb
from jobs.packing.rules import (
    OVERRULABLE,
    Right,
    Why,
    Wrong,
    bare,
    changed,
    count,
    heard,
    hindrance,
    likely,
    match,
    noted,
    spellings,
    tokens,
    vouched,
)
from store import packing, packing_parcels
from store.bulk import one_writer
from store.packing_facts import OPEN, Kept, Parcel, Past, Stop

ALL: Final[tuple[str, ...]] = ()
"""Every shop in the store."""


class Verdict(msgspec.Struct, frozen=True):
    """What a code is about: one parcel that may be packed (`why` is None) or not, several, or none."""

    parcels: tuple[Parcel, ...]
    why: Why | None = None
    past: Past = Past()


class Sight(msgspec.Struct, frozen=True):
    """What stands on the table after something was done."""

    parcel: Parcel | None = None
    row: Kept | None = None
    """The packing as it is stored now."""
    stop: Stop | None = None
    """A hard stop that waits for a person."""
    choices: tuple[Parcel, ...] = ()
    """Parcels of which a person has to take one."""
    place: int | None = None
    """The line that was counted just now."""
    code: str = ""
    """What was scanned."""
    own: bool = False
    """Whether the parcel's own number was scanned once more, which means nothing."""
    resumed: bool = False
    """Whether it was begun before."""

    @property
    def outcome(self) -> str:
        """Where the packing stands; empty when there is none."""
        return "" if self.row is None else self.row.outcome


def look(conn: Connection, code: str, shops: Collection[str] = ALL) -> Verdict:
    """What a scanned number is about: tracking number, package id, order id, or a QR code that holds one."""
    found = _find(conn, code)
    if len(found) != 1:
        return Verdict(tuple(found), None if found else ("unknown", {}))
    (parcel,) = found
    past = packing_parcels.past(conn, [parcel.key])[parcel.key]
    return Verdict((parcel,), hindrance(parcel, past, shops), past)


def take(conn: Connection, code: str, packer: str, now: int, *, shops: Collection[str] = ALL) -> Sight:
    """A number was scanned at the empty table: the parcel is opened, or the stop is written down."""
    one_writer(conn)
    verdict = look(conn, code, shops)
    if len(verdict.parcels) > 1:
        return Sight(choices=verdict.parcels, code=code)
    parcel = verdict.parcels[0] if verdict.parcels else None
    if verdict.why is not None or parcel is None:
        return _stopped(conn, parcel, verdict.why or ("unknown", {}), code, packer, now)
    return _open(conn, parcel, verdict.past, code, packer, now)


def choose(
    conn: Connection, key: tuple[int, str], code: str, packer: str, now: int, *, shops: Collection[str] = ALL
) -> Sight:
    """One of several parcels was chosen."""
    one_writer(conn)
    parcel, past = _parcel(conn, key)
    if parcel is None:
        return _stopped(conn, None, ("unknown", {}), code, packer, now)
    why = hindrance(parcel, past, shops)
    if why is not None:
        return _stopped(conn, parcel, why, code, packer, now)
    return _open(conn, parcel, past, code, packer, now)


def overrule(conn: Connection, packing_id: int, by: str, now: int, *, shops: Collection[str] = ALL) -> Sight:
    """Pack all the same what was stopped for a reason a person may overrule; the evidence names that person."""
    one_writer(conn)
    row = packing.load(conn, packing_id)
    if row is None or row.halted is None or row.halted.reason not in OVERRULABLE:
        return Sight(row=row)
    parcel, past = _parcel(conn, (row.shop_id, row.package_id))
    packing.acknowledge(conn, packing_id, by, now, overruled=True)
    if parcel is None:
        return Sight()
    if (why := changed(parcel, shops)) is not None:
        return _stopped(conn, parcel, why, row.halted.code, by, now)
    return _open(conn, parcel, past, row.halted.code, by, now)


def scan(conn: Connection, packing_id: int, code: str, now: int, *, shops: Collection[str] = ALL) -> Sight:
    """A thing was scanned into an open parcel: counted, or a stop. What is complete is packed at once."""
    one_writer(conn)
    row, parcel, ended = _current(conn, packing_id, now, shops, code)
    if ended is not None or row is None or parcel is None:
        return ended or Sight()
    found = match(row.contents, packing.skus(conn, row.shop_id, spellings(code)), code)
    if isinstance(found, Right):
        inside = noted(found.contents, heard(now, code, found))
        row = msgspec.structs.replace(row, contents=inside)
        if inside.complete:
            packing.finish(conn, row, inside, parcel, now)
        else:
            packing.save(conn, packing_id, inside)
        return Sight(parcel, packing.load(conn, packing_id), place=found.place, code=code)
    reason, facts = found.reason, found.facts
    if reason == "unknown_item" and (others := _find(conn, code)):
        if any(one.key == parcel.key for one in others):
            return Sight(parcel, row, code=code, own=True)
        reason, facts = "other_parcel", {"order": others[0].parts[0].order_id}
    elif reason in ("unknown_item", "wrong_item"):
        skus = [str(facts["sku"])] if "sku" in facts else []
        if product := packing_parcels.product(conn, row.shop_id, [*skus, *spellings(code)]):
            reason, facts = "wrong_item", product
    stop = Stop(now, reason, code, facts)
    scanned = heard(now, code, found if reason == "other_parcel" else Wrong(reason, facts))
    packing.halt(conn, row, noted(row.contents, scanned), stop, parcel)
    return Sight(parcel, packing.load(conn, packing_id), stop, code=code)


def by_hand(
    conn: Connection, packing_id: int, place: int, step: int, now: int, *, shops: Collection[str] = ALL
) -> Sight:
    """One unit of the line at `place` more or less, without a scan."""
    one_writer(conn)
    row, parcel, ended = _current(conn, packing_id, now, shops)
    if ended is not None or row is None or parcel is None:
        return ended or Sight()
    inside = count(row.contents, place, step, now)
    if inside is None:
        return Sight(parcel, row)
    if inside.complete:
        packing.finish(conn, row, inside, parcel, now)
    else:
        packing.save(conn, packing_id, inside)
    return Sight(parcel, packing.load(conn, packing_id), place=place)


def finish(conn: Connection, packing_id: int, now: int, *, shops: Collection[str] = ALL) -> Sight:
    """Packed, as a person says, whatever was not scanned; not if the order was cancelled meanwhile."""
    one_writer(conn)
    row, parcel, ended = _current(conn, packing_id, now, shops)
    if ended is not None or row is None or parcel is None:
        return ended or Sight()
    packing.finish(conn, row, vouched(row.contents, now), parcel, now)
    return Sight(parcel, packing.load(conn, packing_id))


def acknowledge(conn: Connection, packing_id: int, by: str, now: int) -> Sight:
    """A person has seen the stop. An open packing goes on, a stopped one has ended."""
    one_writer(conn)
    packing.acknowledge(conn, packing_id, by, now)
    return _sight(conn, packing_id)


def teach(conn: Connection, packing_id: int, place: int, code: str, by: str, now: int) -> Sight:
    """A code stands on goods of the line at `place` from now on; a stop because of it is over."""
    one_writer(conn)
    row = packing.load(conn, packing_id)
    if row is not None and row.outcome == OPEN and 0 <= place < len(row.contents.lines):
        packing.teach(conn, row.shop_id, code, row.contents.lines[place].sku_id, now)
        packing.acknowledge(conn, packing_id, by, now)
    return _sight(conn, packing_id)


def abort(conn: Connection, packing_id: int, now: int) -> Sight:
    """Left without packing."""
    one_writer(conn)
    packing.abort(conn, packing_id, now)
    return _sight(conn, packing_id)


def recheck(conn: Connection, packing_id: int, now: int, shops: Collection[str] = ALL) -> Sight:
    """Whether an open packing may go on; stopped when its order was cancelled meanwhile."""
    one_writer(conn)
    row, parcel, ended = _current(conn, packing_id, now, shops)
    return ended if ended is not None else Sight(parcel, row)


def forbidden(conn: Connection, key: tuple[int, str], shops: Collection[str] = ALL) -> bool:
    """Whether `recheck` would stop; reads only, so that a screen can ask after every change of the store."""
    parcel, _ = _parcel(conn, key)
    return parcel is None or changed(parcel, shops) is not None


def _find(conn: Connection, code: str) -> list[Parcel]:
    """By the whole text first, then in other spellings of open numbers, then by what a QR code holds."""
    if found := likely(packing_parcels.find(conn, spellings(code))):
        return found
    if len(code) <= awb.LONGEST and awb.is_number(number := bare(code)):
        if found := likely(packing_parcels.find(conn, [number])):
            return found
        keys = [key for key, spelled in packing_parcels.open_numbers(conn) if bare(spelled) == number]
        if keys:
            return packing_parcels.parcels(conn, list(dict.fromkeys(keys)))
    return likely(packing_parcels.find(conn, tokens(code)))


def _parcel(conn: Connection, key: tuple[int, str]) -> tuple[Parcel | None, Past]:
    found = packing_parcels.parcels(conn, [key])
    return (found[0] if found else None), packing_parcels.past(conn, [key])[key]


def _open(conn: Connection, parcel: Parcel, past: Past, code: str, packer: str, now: int) -> Sight:
    if past.open_id is not None and (row := packing.load(conn, past.open_id)) is not None:
        # The program ended in the middle, or another seat began: what was scanned is in the box.
        return Sight(parcel, row, row.halted, code=code, resumed=True)
    inside = packing_parcels.contents(conn, parcel)
    made = packing.begin(conn, parcel, inside, packer, now)
    return Sight(parcel, packing.load(conn, made), code=code)


def _stopped(
    conn: Connection,
    parcel: Parcel | None,
    why: Why,
    code: str,
    packer: str,
    now: int,
    reopen: int | None = None,
) -> Sight:
    stop = Stop(now, why[0], code, why[1])
    made = packing.stopped(conn, parcel, stop, packer, reopen=reopen)
    return Sight(parcel, packing.load(conn, made), stop, code=code)


def _current(
    conn: Connection, packing_id: int, now: int, shops: Collection[str], code: str = ""
) -> tuple[Kept | None, Parcel | None, Sight | None]:
    """The packing and its parcel as they are now, or what is seen instead: it has ended, halted, or must stop."""
    row = packing.load(conn, packing_id)
    if row is None:
        return None, None, Sight()
    parcel, _ = _parcel(conn, (row.shop_id, row.package_id))
    if row.outcome != OPEN or row.halted is not None:
        return row, parcel, Sight(parcel, row, row.halted, code=code)
    why = ("package_cancelled", {"order": row.order_id}) if parcel is None else changed(parcel, shops)
    if why is None:
        return row, parcel, None
    stop = Stop(now, why[0], code, dict(why[1]))
    packing.stopped(conn, parcel, stop, row.packer, reopen=packing_id)
    return row, parcel, Sight(parcel, packing.load(conn, packing_id), stop, code=code)


def _sight(conn: Connection, packing_id: int) -> Sight:
    row = packing.load(conn, packing_id)
    if row is None:
        return Sight()
    parcel, _ = _parcel(conn, (row.shop_id, row.package_id))
    return Sight(parcel, row, row.halted)


def over(sight: Sight) -> bool:
    """Whether the table is free again."""
    return sight.row is None or (sight.stop is None and sight.outcome != OPEN)


__all__ = (
    "Sight", "Verdict", "abort", "acknowledge", "by_hand", "choose", "finish", "forbidden", "look",
    "over", "overrule", "recheck", "scan", "take", "teach",
)  # fmt: skip
