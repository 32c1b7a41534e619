"""Shops without API: a wish waits for a person, a tick is a claim, and only a file ends it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, insert

from jobs.config.keys import Keys
from jobs.files import by_hand, checklist
from jobs.files.by_hand import Reconciled
from jobs.wishes.intents import plan_ship, progress, queue_ship, retry
from jobs.wishes.plans import ShipChoice, ShipLine
from store import actions, orders
from store.bulk import table_of
from store.db import Store
from store.models import FileImport
from store.reading.by_hand import ByHandRow
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.times import DAY, HOUR
from tests.conftest import FrozenClock

NOW = 1_795_608_000_000


def order(number: int, *packages: str, **told: Any) -> OrderRecord:
    facts: dict[str, Any] = {
        "order_id": f"5800000000000{number:05}",
        "status": "AWAITING_SHIPMENT",
        "raw_status": "Perlu dikirim",
        "created_at": NOW - DAY,
        "updated_at": NOW - HOUR,
        "scan_by": NOW + number * HOUR,
        "items": (ItemRecord("1", "Topi Trucker", 1, 50_000, variation="Navy"),),
        "packages": tuple(PackageRecord(one) for one in packages),
        "buyer": "Sari",
    }
    return OrderRecord(**(facts | told))


class Desk:
    """A shop of files, and what one does there."""

    def __init__(self, store: Store, clock: FrozenClock) -> None:
        self.store = store
        self.clock = clock
        self.shop: int = store.write(lambda conn: orders.shop_pk(conn, "berkas", "file"))

    def take(self, *records: OrderRecord) -> None:
        """As a file's chunk does, without its reconciling."""
        self.store.write(
            lambda conn: orders.ingest(conn, self.shop, records, self.clock(), authoritative=True)
        )

    def pk(self, record: OrderRecord) -> int:
        with closing(self.store.reader()) as reader:
            return reader.find(record.order_id)[0]

    def ship(self, *records: OrderRecord) -> str:
        """`s` and `y`; the batch."""
        pks, now = [self.pk(one) for one in records], self.clock()

        def write(conn: Connection) -> str:
            return queue_ship(conn, plan_ship(conn, pks, now, Keys()), "seller", now)

        return self.store.write(write)

    def queue(self, line: ShipLine) -> bool:
        return self.store.write(lambda conn: by_hand.queue(conn, line, {}, "seller", NOW, "batch"))

    def held(self, record: OrderRecord) -> list[str]:
        """Why it does not ship (again)."""
        plan = self.store.read(lambda conn: plan_ship(conn, [self.pk(record)], self.clock(), Keys()))
        return [one.reason for one in plan.held]

    def file(self, *records: OrderRecord, stamp: int | None) -> Reconciled:
        """A file with these orders."""
        self.take(*records)
        return self.judge(*records, stamp=stamp)

    def judge(self, *records: OrderRecord, stamp: int | None) -> Reconciled:
        return self.store.write(
            lambda conn: by_hand.reconcile(conn, self.shop, 7, records, stamp, self.clock())
        )

    def tick(self, *records: OrderRecord) -> list[int]:
        ids = [row.id for row in self.rows() if row.order_id in {one.order_id for one in records}]
        return self.store.write(lambda conn: by_hand.tick(conn, ids, self.clock(), "seller"))

    def rows(self) -> list[ByHandRow]:
        with closing(self.store.reader()) as reader:
            return reader.checklist()

    def outbox(self) -> list[tuple[str, str | None, str, str | None]]:
        """(order, package, state, reason), the oldest first."""
        with closing(self.store.reader()) as reader:
            rows = reader.actions()[::-1]
        return [(row.order_id, row.package_id, row.state, row.reason) for row in rows]


@pytest.fixture
def desk(store: Store, clock: FrozenClock) -> Iterator[Desk]:
    yield Desk(store, clock)


def test_a_wish_waits_on_the_checklist_and_confirms_its_order(desk: Desk) -> None:
    one = order(1, "115001")
    desk.take(one)
    batch = desk.ship(one)
    assert desk.outbox() == [(one.order_id, "115001", "queued", "by_hand")]
    (row,) = desk.rows()
    assert (row.shop, row.buyer, checklist.state_of(row)) == ("berkas", "Sari", "to_ship")
    made = desk.store.read(lambda conn: progress(conn, batch))
    assert (len(made.rows), made.sender, made.finished) == (1, {}, True)
    with closing(desk.store.reader()) as reader:
        assert reader.rows([desk.pk(one)])[0].confirmed_at == NOW


def test_nobody_holds_it_for_late_however_long_it_waits(desk: Desk) -> None:
    one = order(1)
    desk.take(one)
    desk.ship(one)
    later = NOW + 30 * DAY
    assert desk.store.read(lambda conn: actions.unfinished(conn, later)) == 0
    with closing(desk.store.reader()) as reader:
        assert "action" not in (reader.rows([desk.pk(one)])[0].attention or "")


def test_a_late_wish_of_a_shop_with_a_sender_is_counted(desk: Desk) -> None:
    def write(conn: Connection) -> None:
        shop = orders.shop_pk(conn, "api", "tiktok")
        actions.queue(
            conn, shop_id=shop, kind="ship", order_pk=None, order_id="5", target="5", package_id="5",
            params={}, by="x", now=NOW,
        )  # fmt: skip

    desk.store.write(write)
    assert desk.store.read(lambda conn: actions.unfinished(conn, NOW + 1)) == 1


def test_an_order_without_a_package_is_wished_once_and_known_when_it_has_one(desk: Desk) -> None:
    bare = order(1)
    desk.take(bare)
    desk.ship(bare)
    assert desk.outbox() == [(bare.order_id, None, "queued", "by_hand")]
    assert desk.held(bare) == ["action_live"]
    named = order(1, "115001", updated_at=NOW)
    desk.file(named, stamp=NOW)
    assert desk.held(named) == ["action_live"]
    desk.ship(named)
    assert len(desk.outbox()) == 1
    assert desk.rows()[0].package_id == "115001"
    split = order(1, "115001", "115002", updated_at=NOW + 1)
    desk.take(split)
    assert desk.held(split) == ["action_live"]


def test_a_package_that_a_newer_file_calls_otherwise_is_not_wished_twice(desk: Desk) -> None:
    first = order(1, "file:JX1")
    desk.take(first)
    desk.ship(first)
    renamed = order(1, "115001", updated_at=NOW)
    desk.take(renamed)
    assert desk.held(renamed) == ["action_live"]


def test_a_plan_that_is_older_than_another_seats_wish_adds_nothing(desk: Desk) -> None:
    one = order(1)
    desk.take(one)
    plan = desk.store.read(lambda conn: plan_ship(conn, [desk.pk(one)], NOW, Keys()))
    desk.ship(one)
    late = ShipLine(desk.pk(one), desk.shop, one.order_id, "115001", None, None, by_hand=True)
    for line in (*plan.ok, late):
        assert not desk.queue(line)
    assert len(desk.outbox()) == 1


def test_two_parcels_are_two_wishes(desk: Desk) -> None:
    two = order(1, "115001", "115002")
    desk.take(two)
    desk.ship(two)
    assert [row[1] for row in desk.outbox()] == ["115001", "115002"]
    assert checklist.groups(desk.rows()) == [[two.order_id]]


def test_what_holds_an_order_back_holds_it_here_too(desk: Desk) -> None:
    held = [
        order(1, status="ON_HOLD"),
        order(2, cancel_requested=True),
        order(3, note="biru"),
        order(4, fulfillment_type="FULFILLMENT_BY_TIKTOK"),
    ]
    desk.take(*held)
    assert [desk.held(one) for one in held] == [
        ["on_hold"], ["cancel_request"], ["note_unseen"], ["platform_ships"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "told",
    [
        {"status": "AWAITING_COLLECTION"},
        {"status": "IN_TRANSIT"},
        {"status": "DELIVERED"},
        {"status": "COMPLETED"},
        {"shipped_at": NOW},
    ],
)
@pytest.mark.parametrize("ticked", [True, False])
def test_a_file_that_shows_it_arranged_ends_the_wish(desk: Desk, told: dict[str, Any], ticked: bool) -> None:
    one = order(1)
    desk.take(one)
    desk.ship(one)
    if ticked:
        desk.tick(one)
    found = desk.file(order(1, "115001", updated_at=NOW, **told), stamp=NOW - 1)
    assert found == Reconciled(done=(one.order_id,))
    assert desk.outbox() == [(one.order_id, None, "done", None)]
    assert desk.rows() == []

    def proof(conn: Connection) -> Any:
        return json.loads(conn.exec_driver_sql("SELECT evidence FROM actions").scalar_one())

    assert desk.store.read(proof)["source"] == "file"
    with closing(desk.store.reader()) as reader:
        assert [row.actor for row in reader.history(desk.pk(one)) if row.kind == "action.done"] == ["file:7"]


def test_a_cancelled_order_is_refused_with_the_reason_and_stays_in_sight_until_the_next_file(
    desk: Desk,
) -> None:
    one = order(1)
    desk.take(one)
    desk.ship(one)
    imported(desk, NOW)
    desk.clock.advance(1_000)
    found = desk.file(order(1, status="CANCELLED", updated_at=NOW), stamp=NOW)
    assert found.cancelled == (one.order_id,)
    assert desk.outbox() == [(one.order_id, None, "refused", "cancelled_in_file")]
    (row,) = desk.rows()
    assert (checklist.state_of(row), checklist.groups([row])) == ("cancelled", [])
    assert not desk.store.write(lambda conn: retry(conn, row.id, "seller", NOW))
    imported(desk, NOW + HOUR)
    assert desk.rows() == []


def imported(desk: Desk, at: int) -> None:
    """A file was read at this time."""
    row = FileImport(
        shop_id=desk.shop,
        name="a.csv",
        digest=str(at),
        state="done",
        stamp=at,
        started_at=at,
        requested_by="seller",
    )
    model = row.model_dump(exclude={"id"})
    desk.store.write(lambda conn: conn.execute(insert(table_of(FileImport)).values(**model)))


@pytest.mark.parametrize(
    ("stamp", "contradicts"), [(NOW + 1, True), (NOW, False), (NOW - HOUR, False), (None, False)]
)
def test_only_a_file_newer_than_the_tick_contradicts_it(
    desk: Desk, stamp: int | None, contradicts: bool
) -> None:
    one = order(1, "115001")
    desk.take(one)
    desk.ship(one)
    desk.tick(one)
    assert checklist.state_of(desk.rows()[0]) == "ticked"
    found = desk.file(one, stamp=stamp)
    assert found.still_to_ship == ((one.order_id,) if contradicts else ())
    (row,) = desk.rows()
    assert checklist.state_of(row) == ("still_to_ship" if contradicts else "ticked")
    assert row.sent_at == NOW
    # The same file again has nothing to add.
    assert desk.file(one, stamp=stamp) == Reconciled()


def test_what_was_contradicted_is_pasted_again_and_can_be_ticked_again(desk: Desk) -> None:
    one = order(1, "115001")
    desk.take(one)
    desk.ship(one)
    desk.tick(one)
    desk.file(one, stamp=NOW + 1)
    assert checklist.groups(desk.rows()) == [[one.order_id]]
    desk.clock.advance(HOUR)
    assert len(desk.tick(one)) == 1
    assert desk.judge(one, stamp=NOW + 1) == Reconciled()
    assert checklist.state_of(desk.rows()[0]) == "ticked"
    with closing(desk.store.reader()) as reader:
        kinds = [row.kind for row in reader.history(desk.pk(one))]
    assert kinds[:3] == ["order.ticked", "order.still_to_ship", "order.ticked"]


def test_a_tick_can_be_taken_back(desk: Desk) -> None:
    one, two = order(1), order(2)
    desk.take(one, two)
    desk.ship(one, two)
    ids = desk.tick(one)
    assert desk.tick(one) == []
    assert desk.store.write(lambda conn: by_hand.untick(conn, ids, NOW, "seller")) == ids
    assert desk.store.write(lambda conn: by_hand.untick(conn, ids, NOW, "seller")) == []
    assert [checklist.state_of(row) for row in desk.rows()] == ["to_ship", "to_ship"]
    assert desk.file(one, stamp=NOW + DAY) == Reconciled()


def test_a_file_leaves_other_orders_other_shops_and_unready_ones_alone(desk: Desk) -> None:
    one, two = order(1), order(2, status="AWAITING_SHIPMENT")
    desk.take(one, two)
    desk.ship(one, two)
    other = desk.store.write(lambda conn: orders.shop_pk(conn, "lain", "file"))
    arranged = order(1, status="IN_TRANSIT")
    told = desk.store.write(lambda conn: by_hand.reconcile(conn, other, 8, [arranged], NOW, NOW))
    assert told == Reconciled()
    unclear = [order(1, status="UNKNOWN"), order(2, status="ON_HOLD"), order(3, status="IN_TRANSIT")]
    assert desk.judge(*unclear, stamp=NOW + DAY) == Reconciled()
    assert [row[2] for row in desk.outbox()] == ["queued", "queued"]


def test_of_a_partly_shipped_order_only_the_parcel_with_a_number_is_done(desk: Desk) -> None:
    two = order(1, "115001", "115002")
    desk.take(two)
    desk.ship(two)
    parcels = (PackageRecord("115001", tracking_number="JX1"), PackageRecord("115002"))
    partly = msgspec.structs.replace(
        two, status="PARTIALLY_SHIPPING", packages=parcels, shipped_at=NOW, updated_at=NOW
    )
    desk.file(partly, stamp=NOW)
    assert [row[1:3] for row in desk.outbox()] == [("115001", "done"), ("115002", "queued")]


def test_a_file_in_a_shop_with_api_moves_no_wish_of_its_sender(desk: Desk) -> None:
    def write(conn: Connection) -> int:
        shop = orders.shop_pk(conn, "api", "tiktok")
        actions.queue(
            conn, shop_id=shop, kind="ship", order_pk=None, order_id=order(1).order_id, target="115",
            package_id="115", params={}, by="x", now=NOW,
        )  # fmt: skip
        return shop

    shop = desk.store.write(write)
    record = order(1, status="IN_TRANSIT")
    told = desk.store.write(lambda conn: by_hand.reconcile(conn, shop, 9, [record], NOW, NOW))
    assert told == Reconciled()
    assert desk.outbox()[0][2] == "queued"


def test_a_mixed_plan_gives_the_sender_only_its_own(desk: Desk) -> None:
    mine, its = order(1), order(2, "115002")
    desk.take(mine)

    def write(conn: Connection) -> None:
        orders.ingest(conn, orders.shop_pk(conn, "api", "tiktok"), [its], NOW)

    desk.store.write(write)
    batch = desk.ship(mine, its)
    made = desk.store.read(lambda conn: progress(conn, batch))
    assert (len(made.rows), made.sender, made.finished) == (2, {"queued": 1}, False)


def test_a_choice_of_hand_over_does_not_hold_a_shop_without_api(desk: Desk) -> None:
    one = order(1, shipping_type="SELLER")
    desk.take(one)
    choice = ShipChoice(handover="PICKUP")
    plan = desk.store.read(lambda conn: plan_ship(conn, [desk.pk(one)], NOW, Keys(), choice))
    assert [line.by_hand for line in plan.ok] == [True]
