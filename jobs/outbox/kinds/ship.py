"""Arrange shipment: the one kind with slots, batches and the courier of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from jobs.outbox.kinds.base import Client, Usual, answer_of
from jobs.outbox.rules import Answer, Evidence, Seen, State
from shop.errors import ShopError
from shop.writes import MAX_SHIP, PickupSlot, SelfShipment, ShipItem, parse_ship
from store.actions import Claimed

GONE: Final = frozenset({21011001, 21011028, 21008111})
"""Package unknown, of another shop, not of this seller (Package detail 202309)."""
_ARRANGED: Final = frozenset({"PROCESSING", "FULFILLING", "COMPLETED"})


def package_shows(status: str | None, tracking_number: str | None) -> Seen:
    """What a package's state says about "has its shipment been arranged?".

    The number is made when shipment is arranged, so it counts although the status may lag behind it.
    """
    # The documentation prints TO_FULFILL with a blank, the platform sends an underscore.
    word = (status or "").strip().upper().replace(" ", "_")
    if word == "CANCELLED":
        return Seen.IMPOSSIBLE
    if word in _ARRANGED or tracking_number:
        return Seen.DONE
    return Seen.NOT_DONE if word == "TO_FULFILL" else Seen.UNREADABLE


class Ship(Usual):
    """Arrange shipment. The platform refuses a repeat (21011040, 21011027), so it is resendable."""

    resendable = True
    batch = MAX_SHIP

    def __init__(self) -> None:
        self._slots: dict[tuple[str, int], PickupSlot] = {}
        """Pick-up slots the platform offered at the read before the send, by package and start."""

    async def read(self, client: Client, row: Claimed, now: int) -> Evidence:
        try:
            facts = await client.package_detail(row.target)
        except ShopError as error:
            # Once something was sent, "not found" may be a lagging replica; before, there is nothing to ship.
            if error.code in GONE and row.state == State.QUEUED:
                return Evidence(Seen.IMPOSSIBLE, now, problem="target_not_found")
            raise
        seen = package_shows(facts.status, facts.tracking_number)
        if (
            seen is Seen.NOT_DONE
            and row.state == State.QUEUED
            and not await self._slot_is_offered(client, row)
        ):
            return Evidence(Seen.IMPOSSIBLE, now, facts.status, problem="slot_gone")
        problem = "unknown_status" if seen is Seen.UNREADABLE else None
        return Evidence(seen, now, facts.status, facts.tracking_number, problem)

    def prepare(self, client: Client, rows: Sequence[Claimed], signed_at: int) -> Any:
        return client.prepare_ship([self._item(row) for row in rows], signed_at // 1_000)

    def answers(self, client: Client, reply: Any, rows: Sequence[Claimed]) -> Mapping[str, Answer]:
        verdicts = parse_ship(reply, [row.target for row in rows])
        return {target: answer_of(verdict) for target, verdict in verdicts.items()}

    async def _slot_is_offered(self, client: Client, row: Claimed) -> bool:
        start = _chosen(row).slot_start
        if start is None:
            return True
        offer = await client.time_slots(row.target)
        for slot in offer.slots:
            if slot.start == start and slot.available:
                self._slots[row.target, start] = PickupSlot(slot.start, slot.end)
                return True
        return False

    def _item(self, row: Claimed) -> ShipItem:
        chosen = _chosen(row)
        slot = None if chosen.slot_start is None else self._slots.pop((row.target, chosen.slot_start))
        own = None
        if chosen.tracking_number and chosen.courier:
            own = SelfShipment(chosen.tracking_number, chosen.courier)
        return ShipItem(row.target, chosen.handover, slot, own)


class _Params(msgspec.Struct):
    """jobs.wishes.plans.ShipChoice as the row keeps it."""

    handover: str | None = None
    slot_start: int | None = None
    courier: str | None = None
    tracking_number: str | None = None


def _chosen(row: Claimed) -> _Params:
    return msgspec.json.decode(row.params, type=_Params)
