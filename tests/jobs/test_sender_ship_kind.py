"""The ship kind: what a package's state proves, what goes into the request, what its answer means."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from jobs.outbox.kinds.base import answer_of
from jobs.outbox.kinds.ship import Ship, package_shows
from jobs.outbox.rules import Answer, Proof, Seen
from shop.errors import Ambiguous, Kind, NotSent, Refused, ShopError, Verdict
from shop.facts import PackageFacts, Slot, TimeSlots
from shop.reply import Reply
from shop.writes import PickupSlot, SelfShipment, ShipItem
from store.actions import Claimed

NOW = 1_800_000_000_000


def claimed(target: str = "1150000000000000001", state: str = "queued", **params: Any) -> Claimed:
    return Claimed(
        id=1,
        shop_id=1,
        kind="ship",
        target=target,
        order_pk=1,
        order_id="58",
        package_id=target,
        batch_id=None,
        params=msgspec.json.encode(params).decode(),
        state=state,
        fence=1,
        lease_until=NOW,
        due_at=NOW,
        signed_at=None,
        sent_at=None,
        attempts=0,
        reads=0,
        code=None,
        reason=None,
        requested_by="seller",
        requested_at=NOW,
    )


class Client:
    """What the kind asks of a client, answered from attributes."""

    def __init__(self, facts: PackageFacts | ShopError, slots: tuple[Slot, ...] = ()) -> None:
        self._facts = facts
        self._slots = slots
        self.prepared: list[tuple[list[ShipItem], int]] = []

    async def package_detail(self, package_id: str) -> PackageFacts:
        if isinstance(self._facts, ShopError):
            raise self._facts
        return self._facts

    async def time_slots(self, package_id: str) -> TimeSlots:
        return TimeSlots(True, True, self._slots)

    def prepare_ship(self, items: list[ShipItem], timestamp_s: int) -> str:
        self.prepared.append((items, timestamp_s))
        return "signed"


@pytest.mark.parametrize(
    ("status", "number", "seen"),
    [
        ("TO_FULFILL", None, Seen.NOT_DONE),
        ("TO FULFILL", "", Seen.NOT_DONE),
        ("TO_FULFILL", "JX1", Seen.DONE),
        ("PROCESSING", None, Seen.DONE),
        ("FULFILLING", None, Seen.DONE),
        ("COMPLETED", None, Seen.DONE),
        ("CANCELLED", "JX1", Seen.IMPOSSIBLE),
        ("TELEPORTED", None, Seen.UNREADABLE),
        ("", None, Seen.UNREADABLE),
        (None, None, Seen.UNREADABLE),
    ],
)
def test_what_a_package_shows(status: str | None, number: str | None, seen: Seen) -> None:
    assert package_shows(status, number) is seen


async def test_a_read_carries_the_platforms_words_as_evidence() -> None:
    evidence = await Ship().read(Client(PackageFacts("1", "PROCESSING", None, "JX1")), claimed(), NOW)
    assert (evidence.seen, evidence.at) == (Seen.DONE, NOW)
    assert (evidence.status, evidence.tracking_number) == ("PROCESSING", "JX1")


async def test_a_package_nobody_knows_is_given_up_before_a_send_and_not_after() -> None:
    client = Client(Refused("no such package", code=21011001))
    evidence = await Ship().read(client, claimed(), NOW)
    assert (evidence.seen, evidence.problem) == (Seen.IMPOSSIBLE, "target_not_found")
    with pytest.raises(Refused):
        await Ship().read(client, claimed(state="unknown"), NOW)


async def test_the_chosen_slot_is_sent_with_its_end() -> None:
    kind, row = Ship(), claimed(handover="PICKUP", slot_start=NOW)
    client = Client(PackageFacts("1", "TO_FULFILL"), (Slot(NOW, NOW + 7_200_000), Slot(5, 6)))
    assert (await kind.read(client, row, NOW)).seen is Seen.NOT_DONE
    kind.prepare(client, [row], NOW + 999)
    slot = PickupSlot(NOW, NOW + 7_200_000)
    assert client.prepared == [([ShipItem(row.target, "PICKUP", slot)], NOW // 1_000)]


@pytest.mark.parametrize("slots", [(), (Slot(NOW, NOW + 1, available=False),), (Slot(NOW + 1, NOW + 2),)])
async def test_a_slot_that_is_not_offered_any_more_is_refused(slots: tuple[Slot, ...]) -> None:
    client = Client(PackageFacts("1", "TO_FULFILL"), slots)
    evidence = await Ship().read(client, claimed(slot_start=NOW), NOW)
    assert (evidence.seen, evidence.problem) == (Seen.IMPOSSIBLE, "slot_gone")


def test_the_sellers_own_courier_goes_into_the_request() -> None:
    client, row = Client(PackageFacts("1", "TO_FULFILL")), claimed(courier="77", tracking_number="RESI1")
    Ship().prepare(client, [row], NOW)
    assert client.prepared[0][0] == [ShipItem(row.target, self_shipment=SelfShipment("RESI1", "77"))]


def test_a_batch_is_answered_package_by_package() -> None:
    body = {
        "code": 0,
        "message": "Success",
        "request_id": "r1",
        "data": {"errors": [{"code": 21011041, "message": "order cancelled", "detail": {"package_id": "2"}}]},
    }
    rows = [claimed("1"), claimed("2")]
    answers = Ship().answers(None, Reply(200, {}, msgspec.json.encode(body)), rows)
    assert answers["1"] == Answer(Proof.DONE, 0, None, None, "r1")
    assert answers["2"] == Answer(Proof.REFUSED, 21011041, "order cancelled", None, "r1")


@pytest.mark.parametrize(
    ("kind", "proof"),
    [
        (Kind.DONE, Proof.DONE),
        (Kind.ALREADY, Proof.ALREADY),
        (Kind.REFUSED, Proof.REFUSED),
        (Kind.NOT_SENT, Proof.BUSY),
        (Kind.AUTH, Proof.BLOCKED),
        (Kind.CLOCK, Proof.BLOCKED),
        (Kind.LOOK, Proof.UNKNOWN),
        (Kind.UNKNOWN, Proof.UNKNOWN),
    ],
)
def test_every_verdict_of_the_wire_has_a_proof(kind: Kind, proof: Proof) -> None:
    answer = answer_of(Verdict(kind, retry_after=1.5))
    assert (answer.proof, answer.retry_after) == (proof, 1_500)
    assert answer.reason or proof is not Proof.REFUSED


def test_an_exception_proves_only_what_it_says() -> None:
    kind = Ship()
    assert kind.failure(NotSent("refused")).proof is Proof.BUSY
    assert kind.failure(Ambiguous("read timeout")).proof is Proof.UNKNOWN
    assert kind.failure(ValueError("a bug")).proof is Proof.UNKNOWN
    assert (kind.problem(NotSent()), kind.problem(ValueError())) == ("no_network", "ValueError")
