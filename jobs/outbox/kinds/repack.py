"""Split, combine, take apart: which goods travel in which package.

Each makes new packages, and nobody can tell one new package from another, so none is ever sent twice. Evidence is
how the platform's lines and packages lie now (order detail 202507, package detail 202309).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from jobs.intake.paging import pages
from jobs.outbox.kinds.base import Client, Usual, answer_of
from jobs.outbox.kinds.ship import GONE, package_shows
from jobs.outbox.rules import Answer, Evidence, Seen, State
from shop import parcel_writes
from shop.errors import ShopError
from shop.facts import OrderLine
from shop.writes import parse_write
from store.actions import Claimed

LARGEST: Final = 20
"""Orders in one combined parcel (Partner Center, "Combine package")."""
NOT_THERE: Final = Evidence(Seen.UNREADABLE, 0, problem="not_told")


class SplitParams(msgspec.Struct, frozen=True):
    """Which SKUs travel together; every SKU of the order stands in exactly one group."""

    groups: tuple[tuple[str, ...], ...]


class TogetherParams(msgspec.Struct, frozen=True):
    """The orders of a combined parcel."""

    order_ids: tuple[str, ...]


class Split(Usual):
    """One package into several, by SKU. The target is the package that is taken apart."""

    resendable = False

    def __init__(self) -> None:
        self._lines: dict[int, Sequence[OrderLine]] = {}
        """What the read before the send found, by action."""

    async def read(self, client: Client, row: Claimed, now: int) -> Evidence:
        """Where the lines of the order lie now."""
        lines = await client.order_lines(row.order_id)
        if not lines:
            return msgspec.structs.replace(NOT_THERE, at=now)
        groups = _params(row, SplitParams).groups
        if _lies_in(lines, groups):
            return Evidence(Seen.DONE, now)
        if {line.package_id for line in lines if _wanted(line, groups)} != {row.target}:
            return Evidence(Seen.IMPOSSIBLE, now, problem="packed_otherwise")
        self._lines[row.id] = lines
        return await _still_open(client, row, now)

    def prepare(self, client: Client, rows: Sequence[Claimed], signed_at: int) -> Any:
        """The lines of each group, as they were just read."""
        (row,) = rows
        lines = self._lines.pop(row.id)
        groups = [
            (str(number), [line.line_id for line in lines if line.sku_id in skus])
            for number, skus in enumerate(_params(row, SplitParams).groups, start=1)
        ]
        return client.prepare(parcel_writes.split(row.order_id, groups), signed_at // 1_000)

    def answers(self, client: Client, reply: Any, rows: Sequence[Claimed]) -> Mapping[str, Answer]:
        """One verdict for the order."""
        return {row.target: answer_of(parse_write(reply)) for row in rows}


class Combine(Usual):
    """Several orders into one parcel. The target is their packages' ids, joined by `+`."""

    resendable = False

    def __init__(self) -> None:
        self._groups: dict[int, str] = {}
        """The platform's name of the set, found by the read before the send, by action."""

    async def read(self, client: Client, row: Claimed, now: int) -> Evidence:
        """Whether they lie together, or the platform offers to put them together."""
        wanted = _params(row, TogetherParams).order_ids
        parcels = await _parcels_of(client, wanted)
        if len(parcels) < len(wanted):
            return msgspec.structs.replace(NOT_THERE, at=now)
        if len({frozenset(ids) for ids in parcels.values()}) == 1 and len(next(iter(parcels.values()))) == 1:
            return Evidence(Seen.DONE, now)
        if row.state != State.QUEUED:
            return Evidence(Seen.NOT_DONE, now)
        async for page in pages(lambda token: client.combinable(page_token=token)):
            for group in page.groups:
                if set(wanted) <= set(group.order_ids):
                    self._groups[row.id] = group.id
                    return Evidence(Seen.NOT_DONE, now)
        return Evidence(Seen.IMPOSSIBLE, now, problem="not_combinable")

    def prepare(self, client: Client, rows: Sequence[Claimed], signed_at: int) -> Any:
        """By the platform's name of the set."""
        (row,) = rows
        group = (self._groups[row.id], _params(row, TogetherParams).order_ids)
        return client.prepare(parcel_writes.combine([group]), signed_at // 1_000)

    def answers(self, client: Client, reply: Any, rows: Sequence[Claimed]) -> Mapping[str, Answer]:
        """A partial failure stands beside code 0."""
        (row,) = rows
        group = self._groups.pop(row.id)
        return {row.target: answer_of(parcel_writes.parse_combine(reply, [group])[group])}


class Uncombine(Usual):
    """A combined parcel back into one per order. The target is the combined package."""

    resendable = False

    async def read(self, client: Client, row: Claimed, now: int) -> Evidence:
        """Whether any of the orders still lies in it."""
        wanted = _params(row, TogetherParams).order_ids
        parcels = await _parcels_of(client, wanted)
        if len(parcels) < len(wanted):
            return msgspec.structs.replace(NOT_THERE, at=now)
        if not any(row.target in ids for ids in parcels.values()):
            return Evidence(Seen.DONE, now)
        return await _still_open(client, row, now)

    def prepare(self, client: Client, rows: Sequence[Claimed], signed_at: int) -> Any:
        """All its orders at once."""
        (row,) = rows
        orders = _params(row, TogetherParams).order_ids
        return client.prepare(parcel_writes.uncombine(row.target, orders), signed_at // 1_000)

    def answers(self, client: Client, reply: Any, rows: Sequence[Claimed]) -> Mapping[str, Answer]:
        """One verdict for the package."""
        return {row.target: answer_of(parse_write(reply)) for row in rows}


class NumberParams(msgspec.Struct, frozen=True):
    """The number that should stand on the parcel, and whose it is."""

    tracking_number: str
    provider_id: str


class CorrectNumber(Usual):
    """Another tracking number for a parcel of one's own courier. The target is `<package>:<number>`.

    The platform counts corrections (21011051), so a doubtful one is not sent again.
    """

    resendable = False

    async def read(self, client: Client, row: Claimed, now: int) -> Evidence:
        """Which number stands there now."""
        wanted = _params(row, NumberParams)
        try:
            facts = await client.package_detail(row.package_id)
        except ShopError as error:
            if error.code in GONE and row.state == State.QUEUED:
                return Evidence(Seen.IMPOSSIBLE, now, problem="target_not_found")
            raise
        same = facts.tracking_number == wanted.tracking_number and facts.provider_id in (
            None,
            wanted.provider_id,
        )
        if same:
            return Evidence(Seen.DONE, now, facts.status, facts.tracking_number)
        if package_shows(facts.status, facts.tracking_number) is not Seen.DONE:
            problem = "target_cancelled" if facts.status == "CANCELLED" else "not_arranged"
            return Evidence(Seen.IMPOSSIBLE, now, facts.status, problem=problem)
        return Evidence(Seen.NOT_DONE, now, facts.status, facts.tracking_number)

    def prepare(self, client: Client, rows: Sequence[Claimed], signed_at: int) -> Any:
        """The whole of it: number and provider."""
        (row,) = rows
        wanted = _params(row, NumberParams)
        assert row.package_id is not None
        draft = parcel_writes.correct_number(row.package_id, wanted.tracking_number, wanted.provider_id)
        return client.prepare(draft, signed_at // 1_000)

    def answers(self, client: Client, reply: Any, rows: Sequence[Claimed]) -> Mapping[str, Answer]:
        """One verdict for the package."""
        return {row.target: answer_of(parse_write(reply)) for row in rows}


P = Any


def _params(row: Claimed, kind: type[P]) -> P:
    return msgspec.json.decode(row.params, type=kind)


def _wanted(line: OrderLine, groups: Sequence[Sequence[str]]) -> bool:
    return any(line.sku_id in group for group in groups)


def _lies_in(lines: Sequence[OrderLine], groups: Sequence[Sequence[str]]) -> bool:
    """Whether each group has a package for itself."""
    homes = [{line.package_id for line in lines if line.sku_id in group} for group in groups]
    alone = all(len(home) == 1 and None not in home for home in homes)
    return alone and len(set().union(*homes)) == len(groups)


async def _parcels_of(client: Client, order_ids: Sequence[str]) -> dict[str, set[str]]:
    """The living packages of some orders; an order the platform does not tell is left out."""
    page = await client.order_detail(order_ids)
    return {
        record.order_id: {parcel.package_id for parcel in record.packages if parcel.status != "CANCELLED"}
        for record in page.records
    }


async def _still_open(client: Client, row: Claimed, now: int) -> Evidence:
    """A package can be repacked until its shipment is arranged."""
    try:
        facts = await client.package_detail(row.target)
    except ShopError as error:
        if error.code in GONE and row.state == State.QUEUED:
            return Evidence(Seen.IMPOSSIBLE, now, problem="target_not_found")
        raise
    match package_shows(facts.status, facts.tracking_number):
        case Seen.NOT_DONE:
            return Evidence(Seen.NOT_DONE, now, facts.status)
        case Seen.DONE:
            return Evidence(Seen.IMPOSSIBLE, now, facts.status, problem="already_arranged")
        case Seen.IMPOSSIBLE:
            return Evidence(Seen.IMPOSSIBLE, now, facts.status, problem="target_cancelled")
        case _:
            return Evidence(Seen.UNREADABLE, now, facts.status, problem="unknown_status")
