"""Intents against a real store: what is looked up, and what one transaction writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from jobs.config.keys import Keys
from jobs.wishes.intents import (
    Confirmed,
    ShipChoice,
    confirm,
    plan_confirm,
    plan_ship,
    progress,
    queue_ship,
    retry,
    unconfirm,
)
from jobs.wishes.plans import ShipPlan
from store import actions, goods, orders
from store.db import Store
from store.records import ItemRecord, OrderRecord, PackageRecord

NOW = 1_800_000_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(str(tmp_path / "pantau.db"), clock=lambda: NOW)
    yield opened
    opened.close()


def order(number: int, *, sku: str = "1", note: str | None = None, packages: int = 1) -> OrderRecord:
    return OrderRecord(
        order_id=f"5800000000000000{number:02}",
        status="AWAITING_SHIPMENT",
        raw_status="AWAITING_SHIPMENT",
        created_at=NOW + number,
        updated_at=NOW,
        arrange_by=NOW + number * 1_000,
        items=(ItemRecord(sku, "Topi Trucker", 1, 50_000, variation="Navy"),),
        packages=tuple(
            PackageRecord(f"115{number:02}{n}", "TO_FULFILL", "jnt", "J&T") for n in range(packages)
        ),
        note=note,
    )


def take_in(store: Store, *records: OrderRecord) -> list[int]:
    def write(conn: Connection) -> list[int]:
        shop = orders.shop_pk(conn, "toko")
        orders.ingest(conn, shop, records, NOW)
        goods.keep_counts(conn, shop, [goods.Count("short", 1)], NOW)
        return [shop]

    store.write(write)
    return list(range(1, len(records) + 1))


def planned(store: Store, pks: list[int]) -> ShipPlan:
    return store.read(lambda conn: plan_ship(conn, pks, NOW, Keys()))


def test_a_plan_keeps_the_callers_order_and_reads_every_parcel(store: Store) -> None:
    pks = take_in(store, order(1), order(2, packages=2))
    made = planned(store, [pks[1], pks[0], 99, pks[1]])
    assert [line.package_id for line in made.ok] == ["115020", "115021", "115010"]
    assert made.couriers == (("J&T", 3),)
    assert store.read(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM actions").scalar()) == 0


def test_the_oldest_deadline_gets_the_last_piece(store: Store) -> None:
    pks = take_in(store, order(2, sku="short"), order(1, sku="short"))
    made = planned(store, pks)
    assert [line.pk for line in made.ok] == [pks[1]]
    [held] = made.held
    assert (held.reason, held.params["name"]) == ("short_stock", "Topi Trucker Navy")
    assert store.read(lambda conn: plan_confirm(conn, pks)).ok == (pks[1],)


def test_shipping_confirms_and_queues_one_action_per_package(store: Store) -> None:
    pks = take_in(store, order(1), order(2, packages=2))
    made = planned(store, pks)
    batch = store.write(lambda conn: queue_ship(conn, made, by="seller", now=NOW))
    state = store.read(lambda conn: progress(conn, batch))
    assert [row.package_id for row in state.rows] == ["115010", "115020", "115021"]
    assert (state.counts, state.finished) == ({"queued": 3}, False)
    assert store.write(lambda conn: confirm(conn, pks, "seller", NOW)) == Confirmed((), ())


def test_a_second_press_finds_the_first(store: Store) -> None:
    pks = take_in(store, order(1))
    made = planned(store, pks)
    store.write(lambda conn: queue_ship(conn, made, by="Sari", now=NOW))
    [held] = planned(store, pks).held
    assert (held.reason, held.params) == ("action_live", {"state": "queued", "by": "Sari", "at": NOW})
    late = store.write(lambda conn: queue_ship(conn, made, by="Budi", now=NOW))
    assert store.read(lambda conn: progress(conn, late)).rows == ()


def test_a_soft_reason_can_be_overruled_and_a_hard_one_cannot(store: Store) -> None:
    pks = take_in(store, order(1, note="biru ya"), order(2))
    store.write(lambda conn: conn.exec_driver_sql("UPDATE orders SET cancel_requested = 1 WHERE id = 2"))
    made = planned(store, pks)
    assert [(held.reason, held.soft) for held in made.held] == [
        ("note_unseen", True),
        ("cancel_request", False),
    ]
    batch = store.write(lambda conn: queue_ship(conn, made, by="seller", now=NOW, override=pks))
    assert [row.order_pk for row in store.read(lambda conn: progress(conn, batch)).rows] == [pks[0]]


def test_nothing_is_confirmed_or_queued_when_the_transaction_fails(store: Store) -> None:
    pks = take_in(store, order(1))
    made = planned(store, pks)

    def write(conn: Connection) -> None:
        queue_ship(conn, made, by="seller", now=NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.write(write)
    assert planned(store, pks).held == ()
    assert store.write(lambda conn: unconfirm(conn, pks, "seller", NOW)) == []


def test_confirm_and_unconfirm_tell_what_they_changed(store: Store) -> None:
    pks = take_in(store, order(1), order(2))
    assert store.write(lambda conn: confirm(conn, pks[:1], "seller", NOW)) == Confirmed((pks[0],), ())
    assert store.write(lambda conn: confirm(conn, pks, "seller", NOW)) == Confirmed((pks[1],), ())
    assert store.write(lambda conn: unconfirm(conn, pks, "seller", NOW)) == pks


def test_the_last_piece_is_confirmed_once_and_an_unread_note_waits(store: Store) -> None:
    pks = take_in(store, order(1, sku="short"), order(2, sku="short"), order(3, note="biru saja"))
    made = store.write(lambda conn: confirm(conn, pks, "seller", NOW))
    assert made.done == (pks[0],)
    assert [(one.pk, one.reason) for one in made.held] == [(pks[1], "short_stock"), (pks[2], "note_unseen")]
    again = store.write(lambda conn: confirm(conn, pks, "cli", NOW, note_read=True))
    assert again.done == (pks[2],)  # nobody can look stock into being, and what is confirmed stays so
    assert [one.pk for one in again.held] == [pks[1]]


def test_the_choice_travels_with_the_action(store: Store) -> None:
    pks = take_in(store, order(1))
    choice = ShipChoice(handover="PICKUP", slot_start=NOW + 5)
    made = store.read(lambda conn: plan_ship(conn, pks, NOW, Keys(), choice))
    store.write(lambda conn: queue_ship(conn, made, by="cli", now=NOW))
    [row] = store.write(
        lambda conn: actions.claim(conn, owner="me", now=NOW, lease_ms=1, limit=9, shop_id=None)
    )
    assert row.params == f'{{"handover":"PICKUP","slot_start":{NOW + 5}}}'


@pytest.mark.parametrize(
    ("kind", "state", "typed", "again"),
    [
        ("ship", "refused", "", True),
        ("ship", "needs_person", "", True),
        ("refund", "needs_person", "", False),
        ("refund", "needs_person", "1234", False),
        ("refund", "needs_person", "5010", True),
        ("refund", "refused", "", True),
        ("ship", "done", "5010", False),
    ],
)
def test_what_may_have_happened_is_only_repeated_by_typing_it(
    store: Store, kind: str, state: str, typed: str, again: bool
) -> None:
    take_in(store, order(1))

    def write(conn: Connection) -> bool:
        queued = actions.queue(
            conn,
            shop_id=1,
            kind=kind,
            order_pk=1,
            order_id="58",
            target="115010",
            package_id="115010",
            params={},
            by="seller",
            now=NOW,
        )
        [row] = actions.claim(conn, owner="me", now=NOW, lease_ms=1, limit=9)
        actions.finish(conn, row.id, row.fence, state, now=NOW)
        return retry(conn, queued.action_id, "seller", NOW, typed)

    assert store.write(write) is again
    assert store.write(lambda conn: retry(conn, 99, "seller", NOW)) is False


def test_one_tracking_number_is_never_written_for_two_packages(store: Store) -> None:
    take_in(store, order(1, packages=2))
    own = ShipChoice(courier="6610", tracking_number="JP1")

    def write(conn: Connection) -> str:
        return queue_ship(conn, plan_ship(conn, [1], NOW, Keys(), own), "seller", NOW)

    with pytest.raises(ValueError, match="several packages"):
        store.write(write)
    assert store.read(lambda conn: actions.unfinished(conn, NOW + 1)) == 0


@pytest.mark.parametrize(
    ("kind", "target", "held"),
    [
        ("cancel", "580000000000000001", ["cancelling"]),
        ("approve", "4035:APPROVE_REQUEST_CANCEL", ["cancelling"]),
        ("approve", "4036:APPROVE_REFUND", []),
    ],
)
def test_an_order_we_are_cancelling_is_not_shipped(
    store: Store, kind: str, target: str, held: list[str]
) -> None:
    pks = take_in(store, order(1))
    wish: dict[str, Any] = {
        "kind": kind,
        "target": target,
        "package_id": None,
        "params": {},
        "by": "Sari",
        "now": NOW,
    }
    ids: dict[str, Any] = {"shop_id": 1, "order_pk": pks[0], "order_id": "580000000000000001"}
    store.write(lambda conn: actions.queue(conn, **ids, **wish))
    assert [one.reason for one in planned(store, pks).held] == held
    assert [one.reason for one in store.read(lambda conn: plan_confirm(conn, pks)).held] == held
    store.write(lambda conn: actions.cancel(conn, 1, NOW, "Sari"))
    assert planned(store, pks).held == ()
