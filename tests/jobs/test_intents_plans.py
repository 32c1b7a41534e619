"""Which orders ship, and why the others are held back."""

from __future__ import annotations

import msgspec
import pytest

from jobs.wishes.plans import SOFT, Candidate, Need, Parcel, ShipChoice, ShipPlan, confirm_plan, ship_plan
from store.views import ActionRow

NOW = 1_800_000_000_000
READY = Candidate(
    pk=1,
    shop_id=1,
    shop_kind="tiktok",
    order_id="58",
    status="AWAITING_SHIPMENT",
    parcels=(Parcel("115", "TO_FULFILL", "jnt", "J&T Express"),),
)
LIVE = ActionRow(
    id=3,
    shop_id=1,
    kind="ship",
    order_pk=1,
    order_id="58",
    package_id="115",
    batch_id=None,
    state="queued",
    code=None,
    reason=None,
    attempts=0,
    due_at=NOW,
    requested_by="Sari",
    requested_at=NOW,
    done_at=None,
)


def plan(*orders: Candidate, choice: ShipChoice = ShipChoice(), **needs: Need) -> ShipPlan:  # noqa: B008
    return ship_plan(orders, {1: needs["need"]} if needs else {}, choice, now=NOW, cod_limit=500_000)


def but(**changes: object) -> Candidate:
    return msgspec.structs.replace(READY, **changes)


def test_a_ready_order_ships() -> None:
    made = plan(READY)
    assert [(line.pk, line.order_id, line.package_id) for line in made.ok] == [(1, "58", "115")]
    assert (made.held, made.orders, made.couriers) == ((), 1, (("J&T Express", 1),))


@pytest.mark.parametrize(
    ("order", "reason", "params"),
    [
        (but(status="ON_HOLD"), "on_hold", {}),
        (but(status="IN_TRANSIT"), "status", {"status": "IN_TRANSIT"}),
        (but(status="CANCELLED"), "status", {"status": "CANCELLED"}),
        (but(cancel_requested=True), "cancel_request", {}),
        (but(cancel_requested=True, cancel_at=7), "cancel_request", {"until": 7}),
        (but(tags="kado,tahan", note="biru"), "held", {}),
        (but(fulfillment_type="FULFILLMENT_BY_TIKTOK"), "platform_ships", {"by": "FULFILLMENT_BY_TIKTOK"}),
        (but(parcels=()), "no_package", {}),
        (but(shipping_type="SELLER"), "needs_tracking_number", {}),
        (but(parcels=(Parcel("115", "PROCESSING"),)), "already_arranged", {}),
        (
            but(parcels=(Parcel("115", "TO_FULFILL", live=LIVE),)),
            "action_live",
            {"state": "queued", "by": "Sari", "at": NOW},
        ),
        (but(note="warna biru ya"), "note_unseen", {"note": "warna biru ya"}),
        (but(cod=True, total=500_001), "cod_limit", {"total": 500_001, "limit": 500_000}),
    ],
)
def test_an_order_is_held_for_its_hardest_reason(
    order: Candidate, reason: str, params: dict[str, object]
) -> None:
    [held] = plan(order).held
    assert (held.reason, held.params) == (reason, params)
    assert held.soft is (reason in SOFT)
    assert bool(held.lines) is held.soft


@pytest.mark.parametrize(
    "order",
    [
        but(status="PARTIALLY_SHIPPING"),
        but(fulfillment_type="FULFILLMENT_BY_SELLER"),
        but(note="biru", note_seen_at=NOW),
        but(note=""),
        but(cod=True, total=500_000),
        but(total=900_000),
        but(parcels=(Parcel("115"),)),
        but(tags="kado,tahanan"),
    ],
)
def test_what_only_looks_like_a_reason_ships(order: Candidate) -> None:
    assert [line.package_id for line in plan(order).ok] == ["115"]


def test_the_platforms_no_comes_before_a_careful_persons() -> None:
    [held] = plan(but(note="biru", cancel_requested=True), need=Need("Topi", 1, 0)).held
    assert held.reason == "cancel_request"


def test_short_stock_names_the_product() -> None:
    [held] = plan(READY, need=Need("Topi Trucker Navy", 1, 0)).held
    assert (held.reason, held.params) == (
        "short_stock",
        {"name": "Topi Trucker Navy", "needed": 1, "free": 0},
    )


def test_only_the_packages_that_wait_ship() -> None:
    order = but(
        parcels=(Parcel("1", "PROCESSING"), Parcel("2", "TO_FULFILL"), Parcel("3", "TO_FULFILL", live=LIVE))
    )
    assert [line.package_id for line in plan(order).ok] == ["2"]


def test_the_sellers_own_courier_ships_with_a_number() -> None:
    made = plan(but(shipping_type="SELLER"), choice=ShipChoice(courier="77", tracking_number="RESI1"))
    assert made.choice.params() == {"courier": "77", "tracking_number": "RESI1"}
    assert len(made.ok) == 1


def test_a_slot_in_the_past_holds() -> None:
    assert plan(READY, choice=ShipChoice(slot_start=NOW)).held[0].reason == "slot_past"
    assert plan(READY, choice=ShipChoice(slot_start=NOW + 1)).held == ()


def test_couriers_are_counted_most_first() -> None:
    orders = [
        but(pk=n, parcels=(Parcel(str(n), None, None, name),)) for n, name in enumerate(["B", "A", "A"])
    ]
    assert plan(*orders).couriers == (("A", 2), ("B", 1))


def test_a_confirmation_asks_less_than_a_shipment() -> None:
    fit = [but(pk=1), but(pk=2, shop_kind="file"), but(pk=3, parcels=()), but(pk=4, cod=True, total=900_000)]
    unfit = [but(pk=5, status="DELIVERED"), but(pk=6, cancel_requested=True), but(pk=7, note="biru")]
    made = confirm_plan([*fit, *unfit, but(pk=8)], {8: Need("Topi", 2, 1)})
    assert made.ok == (1, 2, 3, 4)
    assert [(held.pk, held.reason) for held in made.held] == [
        (5, "status"),
        (6, "cancel_request"),
        (7, "note_unseen"),
        (8, "short_stock"),
    ]


def test_lines_are_all_that_could_ship_and_nothing_that_cannot() -> None:
    two = (Parcel("1"), Parcel("2"), Parcel("3", "PROCESSING"))
    made = plan(but(parcels=two), but(pk=2, note="biru"), but(pk=3, cancel_requested=True))
    assert [(line.pk, line.package_id) for line in made.lines] == [(1, "1"), (1, "2"), (2, "115")]


def test_what_was_asked_for_before_needs_no_number_again() -> None:
    [held] = plan(but(shipping_type="SELLER", parcels=(Parcel("115", live=LIVE),))).held
    assert held.reason == "action_live"
