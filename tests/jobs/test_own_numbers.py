"""Numbers of one's own courier: from a file, by hand; what they would do and what is held back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from jobs.wishes.own_numbers import (
    NumberPlan,
    guess,
    plan_numbers,
    queue_numbers,
    targets,
)
from jobs.wishes.own_numbers_file import MOST, Entry, read_numbers
from store import desk, orders, shipping_providers
from store.bulk import table_of
from store.db import Store
from store.models import Action
from store.records import OrderRecord, PackageRecord
from store.shipping_providers import OwnCourier

NOW = 1_800_000_000_000
COURIERS = [
    OwnCourier("900", "J&T Express", "jnt"),
    OwnCourier("901", "JNE", "jne"),
    OwnCourier("902", "Kurir Toko"),
]
JNT, OTHER = "JP1234567890", "TOKO-0042"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(str(tmp_path / "pantau.db"), clock=lambda: NOW)
    yield opened
    opened.close()


def order(
    number: int, *parcels: PackageRecord, status: str = "AWAITING_SHIPMENT", own: bool = True
) -> OrderRecord:
    return OrderRecord(
        order_id=f"5800000000000000{number:02}",
        status=status,
        raw_status=status,
        created_at=NOW + number,
        updated_at=NOW,
        packages=parcels or (PackageRecord(f"1150{number:02}", "TO_FULFILL"),),
        shipping_type="SELLER" if own else "TIKTOK",
    )


def take_in(store: Store, *records: OrderRecord) -> int:
    def write(conn: Connection) -> int:
        shop = orders.shop_pk(conn, "toko")
        orders.ingest(conn, shop, records, NOW)
        shipping_providers.replace(conn, shop, COURIERS, NOW)
        return shop

    return store.write(write)


def planned(store: Store, *entries: Entry) -> NumberPlan:
    return store.read(lambda conn: plan_numbers(conn, 1, entries, NOW))


def entry(number: int, courier: str = "900", resi: str = JNT, package: str | None = None) -> Entry:
    return Entry(f"5800000000000000{number:02}", courier, resi, package)


def test_a_number_ships_nothing_that_is_held_back_and_corrects_it_all_the_same(store: Store) -> None:
    under_way = order(
        2, PackageRecord("115002", "PROCESSING", tracking_number="JP0000000002"), status="AWAITING_COLLECTION"
    )
    take_in(store, order(1), under_way)
    store.write(lambda conn: desk.add_tags(conn, [1, 2], ["tahan"], "seller", NOW))
    plan = planned(store, entry(1), entry(2, resi="JP0000000003"))
    assert [(one.order_id[-2:], one.reason) for one in plan.held] == [("01", "held")]
    assert [line.order_id[-2:] for line in plan.ok] == ["02"]


def test_a_number_ships_what_waits_and_corrects_what_is_under_way(store: Store) -> None:
    under_way = order(
        2, PackageRecord("115002", "PROCESSING", tracking_number="JP0000000002"), status="AWAITING_COLLECTION"
    )
    take_in(store, order(1), under_way)
    plan = planned(store, entry(1), entry(2, resi="JP0000000003"))
    assert plan.held == ()
    assert [(line.order_id[-2:], line.corrects) for line in plan.ok] == [("01", None), ("02", "JP0000000002")]
    store.write(lambda conn: queue_numbers(conn, plan, "seller", NOW))

    def read(conn: Connection) -> list[tuple[object, ...]]:
        table = table_of(Action)
        rows = conn.execute(select(table).order_by(table.c.id))
        return [(row.kind, row.target, msgspec.json.decode(row.params)) for row in rows]

    assert store.read(read) == [
        ("ship", "115001", {"courier": "900", "tracking_number": JNT}),
        ("correct", "115002:JP0000000003", {"tracking_number": "JP0000000003", "provider_id": "900"}),
    ]
    confirmed = store.read(
        lambda c: c.exec_driver_sql("SELECT id FROM orders WHERE confirmed_at IS NOT NULL").all()
    )
    assert [row[0] for row in confirmed] == [1], "shipping confirms, correcting does not"


@pytest.mark.parametrize(
    ("given_entry", "reason"),
    [
        (entry(9), "no_order"),
        (entry(2), "platform_courier"),
        (entry(3), "status"),
        (entry(4), "which_package"),
        (entry(4, package="999"), "which_package"),
        (entry(1, resi="??"), "bad_number"),
        (entry(1, resi=""), "bad_number"),
        (entry(1, courier="Kurir Antah Berantah"), "no_courier"),
        (entry(5, resi="JP0000000005"), "same_number"),
    ],
)
def test_what_cannot_be_done_is_held_with_a_reason(store: Store, given_entry: Entry, reason: str) -> None:
    take_in(
        store,
        order(1),
        order(2, own=False),
        order(3, status="COMPLETED"),
        order(4, PackageRecord("41", "TO_FULFILL"), PackageRecord("42", "TO_FULFILL")),
        order(
            5, PackageRecord("51", "PROCESSING", tracking_number="JP0000000005"), status="AWAITING_COLLECTION"
        ),
    )
    plan = planned(store, given_entry)
    assert (plan.ok, plan.soft, [held.reason for held in plan.held]) == ((), (), [reason])


def test_a_named_parcel_of_a_split_order_gets_its_number(store: Store) -> None:
    take_in(store, order(4, PackageRecord("41", "TO_FULFILL"), PackageRecord("42", "TO_FULFILL")))
    assert [line.package_id for line in planned(store, entry(4, package="42")).ok] == ["42"]


def test_one_number_on_two_orders_is_nobodys(store: Store) -> None:
    take_in(store, order(1), order(2))
    plan = planned(store, entry(1), entry(2, resi=JNT.lower()))
    assert [held.reason for held in plan.held] == ["number_twice", "number_twice"]


def test_doubts_are_overruled_by_a_person_only(store: Store) -> None:
    used = order(
        3, PackageRecord("115003", "PROCESSING", tracking_number=OTHER), status="AWAITING_COLLECTION"
    )
    take_in(store, order(1), order(2), used)
    plan = planned(store, entry(1, courier="jne"), entry(2, courier="902", resi=OTHER))
    assert [held.reason for held in plan.held] == ["other_courier", "number_elsewhere"]
    assert plan.ok == () and [line.package_id for line in plan.soft] == ["115001", "115002"]
    store.write(lambda conn: queue_numbers(conn, plan, "seller", NOW, {"115001"}))
    queued = store.read(lambda c: c.exec_driver_sql("SELECT target FROM actions").scalars().all())
    assert queued == ["115001"]


def test_couriers_are_known_by_id_name_and_code(store: Store) -> None:
    take_in(store, order(1))
    for named in ("900", "j&t express", "JNT", "J&T"):
        assert [line.provider_id for line in planned(store, entry(1, courier=named)).ok] == ["900"], named
    assert guess(COURIERS, JNT) == COURIERS[0] and guess(COURIERS, OTHER) is None


def test_targets_are_the_parcels_the_seller_ships(store: Store) -> None:
    take_in(
        store,
        order(1),
        order(2, own=False),
        order(3, status="CANCELLED"),
        order(4, PackageRecord("41", "CANCELLED")),
    )
    found = store.read(lambda conn: targets(conn, [1, 2, 3, 4]))
    assert [target.package_id for target in found] == ["115001"]


@pytest.mark.parametrize("cut", [",", ";", "\t"])
def test_a_file_says_which_lines_it_could_not_use(cut: str) -> None:
    lines = [
        ["Nomor Resi", "Pesanan", "Kurir"],
        [JNT, "580000000000000001", "J&T"],
        ["", "", ""],
        [JNT, "5,83E+17" if cut != "," else "5.83E+17", "J&T"],
        ["", "580000000000000002", "J&T"],
        [JNT, "580000000000000003"],
    ]
    good, bad = read_numbers("\ufeff" + "\r\n".join(cut.join(cells) for cells in lines))
    assert [(one.order_id[-1], one.row) for one in good] == [("1", 2)]
    assert [(one.row, one.reason) for one in bad] == [
        (4, "bad_order_id"),
        (5, "empty_cell"),
        (6, "empty_cell"),
    ]


@pytest.mark.parametrize(
    ("text", "problem"), [("", "order_id"), ("order_id,courier\n", "tracking_number"), ("a\nb", "order_id")]
)
def test_a_file_without_a_column_names_it(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"no_heading:{problem}"):
        read_numbers(text)


def test_a_file_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="too_long"):
        read_numbers("order_id,courier,resi\n" + "1,jnt,JP1\n" * (MOST + 1))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        good, bad = read_numbers("order_id,courier,resi\n" + text)
    except ValueError as error:
        assert str(error) in ("too_long", "not_csv")
    else:
        assert all(one.order_id.isdigit() for one in good) and all(one.reason for one in bad)
