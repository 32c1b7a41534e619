"""Which orders the seller may cancel, why the others are held, and what it does to the shop's rate."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobs.aftersales.answers import plan_cancel, queue_cancel
from jobs.aftersales.cancel_plans import CancelPlan
from jobs.config.keys import Keys
from jobs.parcel_steps import Step
from jobs.parcels import performance, stats
from jobs.wishes.intents import progress
from store import actions, orders
from store.bulk import table_of
from store.db import Store
from store.models import Label, Manifest, ManifestParcel, Packing
from store.times import DAY, HOUR
from tests.store.store_kit import NOW, Db, order, package


@pytest.fixture
def db(store: Store) -> Db:
    """An empty store with one shop."""
    return Db(store)


def cancel_plan(db: Db, *order_ids: str, reason: str | None = "out_of_stock") -> CancelPlan:
    pks = [db.order(order_id).id for order_id in order_ids]
    return db(plan_cancel, pks, reason, NOW, Keys())


def live(db: Db, kind: str, target: str, order_id: str = "580000000000000001") -> None:
    db(actions.queue, shop_id=db.shop, kind=kind, order_pk=db.order(order_id).id, order_id=order_id, target=target,
       package_id=None, params={}, by="sari", now=NOW)  # fmt: skip


@pytest.mark.parametrize(
    ("told", "reason", "why"),
    [
        ({"status": "IN_TRANSIT"}, "out_of_stock", "with_courier"),
        ({"status": "DELIVERED"}, "out_of_stock", "with_courier"),
        ({"status": "AWAITING_COLLECTION", "collected_at": NOW}, "out_of_stock", "with_courier"),
        ({"status": "CANCELLED"}, "out_of_stock", "status"),
        ({"status": "UNKNOWN", "raw_status": "ODD"}, "out_of_stock", "status"),
        ({"fulfillment_type": "FULFILLMENT_BY_TIKTOK"}, "out_of_stock", "platform_ships"),
        ({"cancel_requested": True}, "out_of_stock", "buyer_asks"),
        ({}, None, "reason_missing"),
        ({}, "no_such_reason", "reason_unfit"),
        ({}, "unpaid", "reason_unfit"),
        ({}, "", "reason_unfit"),
        ({"status": "UNPAID"}, "seller_cancel_reason_out_of_stock", "reason_unfit"),
    ],
)
def test_why_an_order_cannot_be_cancelled(db: Db, told: dict[str, Any], reason: str | None, why: str) -> None:
    db.ingest(order(**told))
    found = cancel_plan(db, "580000000000000001", reason=reason)
    assert ([held.reason for held in found.held], found.ok, found.rates) == ([why], (), ())


@pytest.mark.parametrize(
    ("status", "given", "key"),
    [
        ("AWAITING_SHIPMENT", "out_of_stock", "seller_cancel_reason_out_of_stock"),
        ("ON_HOLD", "WRONG_PRICE", "seller_cancel_reason_wrong_price"),
        ("AWAITING_COLLECTION", "seller_cancel_reason_wrong_price", "seller_cancel_reason_wrong_price"),
        ("UNPAID", "out_of_stock", "seller_cancel_unpaid_reason_out_of_stock"),
        ("UNPAID", "unpaid", "seller_cancel_unpaid_reason_buyer_hasnt_paid_within_time_allowed"),
    ],
)
def test_a_short_reason_becomes_the_key_of_the_orders_status(
    db: Db, status: str, given: str, key: str
) -> None:
    db.ingest(order(status=status))
    (line,) = cancel_plan(db, "580000000000000001", reason=given).ok
    assert line.reason == key


def test_actions_under_way_stand_in_the_way_of_a_cancellation(db: Db) -> None:
    one, two = "580000000000000001", "580000000000000002"
    db.ingest(order(one), order(two, packages=(package("22"),)))
    live(db, "ship", "1150000000000000001", one)
    live(db, "cancel", two, two)
    assert [held.reason for held in cancel_plan(db, one, two).held] == ["ship_live", "action_live"]


def test_a_cancellation_shows_what_it_does_to_the_rate(db: Db) -> None:
    ids = [f"58000000000000{n:04}" for n in range(40)]
    told: dict[str, Any] = {"packages": (), "paid_at": NOW - HOUR}
    db.ingest(*(order(one, **told) for one in ids[:36]))
    db.ingest(order(ids[36], status="CANCELLED", cancel_reason="Stok habis", **told))
    db.ingest(order(ids[37], status="UNPAID", packages=()))
    db.ingest(order(ids[38], created_at=NOW - 20 * DAY, **told))
    db.ingest(order(ids[39], **told))
    found = cancel_plan(db, ids[0], ids[1], ids[39], ids[38], reason="wrong_price")
    (rate,) = found.rates
    assert [line.fault for line in found.ok] == [True] * 4
    # The order of three weeks ago is no part of the window.
    assert (rate.bad, rate.placed, rate.added) == (1, 38, 3)
    assert rate.now == pytest.approx(1 / 38) and rate.after == pytest.approx(4 / 38)
    assert (rate.target, rate.leads_to_now, rate.leads_to) == (0.025, "above_target", "cap_75")
    (unpaid,) = cancel_plan(db, ids[37], reason="unpaid").ok
    assert (unpaid.fault, unpaid.refund) == (False, None)
    # What it promises is what the statistics say once the orders are cancelled.
    db.ingest(*(
        order(one, status="CANCELLED", cancel_reason="Harga salah", updated_at=NOW, **told)
        for one in (ids[0], ids[1], ids[39])
    ))  # fmt: skip
    reader = db.store.reader()
    now = stats.sfcr(reader, ZoneInfo(Keys().timezone), NOW, db.shop).now
    reader.close()
    assert now == pytest.approx(rate.after)


def test_a_few_orders_are_no_rate(db: Db) -> None:
    db.ingest(order(paid_at=NOW))
    (rate,) = cancel_plan(db, "580000000000000001").rates
    assert (rate.now, rate.after, rate.leads_to, rate.added) == (None, None, "few", 1)
    assert rate.placed < performance.ENOUGH_ORDERS


def test_a_plan_tells_how_far_the_goods_are(db: Db) -> None:
    names = ["open", "arranged", "printed", "packed", "handed", "gone"]
    db.ingest(order(packages=tuple(package(name) for name in names), paid_at=NOW, payment_method="GoPay"))
    pk = db.order().id
    at = {"opened_at": NOW, "opened_by": "sari"}

    def touch(conn: Any) -> None:
        conn.exec_driver_sql(
            "UPDATE packages SET status = 'PROCESSING', tracking_number = package_id WHERE package_id <> 'open'"
        )
        conn.execute(table_of(Label).insert().values(
            shop_id=db.shop, package_id="printed", size="A6", prints=1, pages=1, printed_at=NOW
        ))  # fmt: skip
        conn.execute(table_of(Packing).insert().values(
            shop_id=db.shop, order_pk=pk, order_id="58", package_id="packed", packer="sari", begun_at=NOW, done_at=NOW,
            outcome="packed", items="[]", stops="[]",
        ))  # fmt: skip
        conn.execute(table_of(Manifest).insert().values(id=1, number="ST-1", courier="jnt", **at))
        conn.execute(table_of(ManifestParcel).insert().values(
            manifest_id=1, package_id="handed", shop_id=db.shop, order_pk=pk, order_id="58", tracking_number="handed",
            scanned_at=NOW, scanned_by="sari", state="on",
        ))  # fmt: skip

    db(touch)
    (line,) = cancel_plan(db, "580000000000000001").ok
    steps = {parcel.package_id: parcel.step for parcel in line.parcels}
    assert steps == {"open": 0, "arranged": 1, "printed": 2, "packed": 3, "handed": 4, "gone": 1}
    assert line.step is Step.HANDED_OVER
    assert next(parcel.manifest for parcel in line.parcels if parcel.package_id == "handed") == "ST-1"
    assert line.refund is not None and line.refund.method == "e_wallet"
    db(
        lambda conn: conn.exec_driver_sql(
            "UPDATE packages SET tracking_status = 'picked_up' WHERE package_id = 'gone'"
        )
    )
    assert [held.reason for held in cancel_plan(db, "580000000000000001").held] == ["with_courier"]


def test_a_cancellation_is_queued_once_for_each_order(db: Db) -> None:
    db.ingest(order(paid_at=NOW))
    found = cancel_plan(db, "580000000000000001")
    first = db(progress, db(queue_cancel, found, "sari", NOW)).rows
    assert [(row.kind, row.order_id, row.state) for row in first] == [
        ("cancel", "580000000000000001", "queued")
    ]
    assert db(progress, db(queue_cancel, found, "budi", NOW)).rows == ()


def test_a_shop_of_export_files_cancels_in_seller_center(store: Store) -> None:
    db = Db(store)
    file_shop = db(orders.shop_pk, "berkas", "file")
    db(orders.ingest, file_shop, [order("580000000000000009")], NOW)
    assert [held.reason for held in cancel_plan(db, "580000000000000009").held] == ["file_shop"]
