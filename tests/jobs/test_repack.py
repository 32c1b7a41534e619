"""What can be split, combined and taken apart, and which wishes that writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, select

from jobs.wishes.repack import Repacking, look, queue_combine, queue_split, queue_uncombine, wrong_groups
from store import orders
from store.bulk import table_of
from store.db import Store
from store.models import Action
from store.records import ItemRecord, OrderRecord, PackageRecord

NOW = 1_800_000_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(str(tmp_path / "pantau.db"), clock=lambda: NOW)
    yield opened
    opened.close()


def order(
    number: int, *, skus: tuple[str, ...] = ("1",), parcels: tuple[str, ...] | None = None, **facts: Any
) -> OrderRecord:
    usual: dict[str, Any] = {
        "order_id": f"5800000000000000{number:02}",
        "status": "AWAITING_SHIPMENT",
        "raw_status": "AWAITING_SHIPMENT",
        "created_at": NOW + number,
        "updated_at": NOW,
        "items": tuple(ItemRecord(sku, f"Kaos {sku}", 2, 50_000) for sku in skus),
        "packages": tuple(PackageRecord(one, "TO_FULFILL") for one in parcels or (f"1150{number:02}",)),
        "buyer_id": "7",
        "address": "Jalan Contoh 1",
    }
    return OrderRecord(**(usual | facts))


def take_in(store: Store, *records: OrderRecord, kind: str = "tiktok") -> None:
    def write(conn: Connection) -> None:
        orders.ingest(conn, orders.shop_pk(conn, "toko", kind), records, NOW)

    store.write(write)


def looked(store: Store, pk: int = 1) -> Repacking:
    found = store.read(lambda conn: look(conn, pk))
    assert found is not None
    return found


def wishes(store: Store) -> list[tuple[str, str, dict[str, Any]]]:
    table = table_of(Action)

    def read(conn: Connection) -> list[tuple[str, str, dict[str, Any]]]:
        rows = conn.execute(select(table).order_by(table.c.id))
        return [(row.kind, row.target, msgspec.json.decode(row.params)) for row in rows]

    return store.read(read)


def test_an_order_of_two_skus_in_one_parcel_can_be_split(store: Store) -> None:
    take_in(store, order(1, skus=("A", "B", "A")))
    found = looked(store)
    assert found.no_split is None
    assert [(one.sku_id, one.quantity) for one in found.goods] == [("A", 4), ("B", 2)], (
        "units of a SKU stay together"
    )
    store.write(lambda conn: queue_split(conn, found, [["B"], ["A"]], "seller", NOW))
    assert wishes(store) == [("split", "115001", {"groups": [["B"], ["A"]]})]
    assert looked(store).no_split == "action_live", "one thing at a time"


@pytest.mark.parametrize(
    ("groups", "wrong"),
    [
        ([["A", "B"]], "one_group"),
        ([["A", "B"], []], "one_group"),
        ([["A"], ["A"]], "not_each_once"),
        ([["A"], ["B"], ["A"]], "not_each_once"),
        ([["A"], ["C"]], "not_each_once"),
        ([], "one_group"),
        ([["A"], ["B"]], None),
    ],
)
def test_each_sku_travels_in_exactly_one_parcel(
    store: Store, groups: list[list[str]], wrong: str | None
) -> None:
    take_in(store, order(1, skus=("A", "B")))
    found = looked(store)
    assert wrong_groups(found, groups) == wrong
    if wrong:
        with pytest.raises(ValueError, match="groups"):
            store.write(lambda conn: queue_split(conn, found, groups, "seller", NOW))
        assert wishes(store) == []


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"skus": ("A",)}, "one_sku"),
        ({"skus": ("A", "B"), "parcels": ("1", "2")}, "split_already"),
        ({"skus": ("A", "B"), "status": "IN_TRANSIT", "raw_status": "IN_TRANSIT"}, "not_to_ship"),
        ({"skus": ("A", "B"), "cancel_requested": True}, "cancel_request"),
        ({"skus": ("A", "B"), "packages": (PackageRecord("1", "PROCESSING"),)}, "already_arranged"),
        ({"skus": ("A", "B"), "packages": ()}, "no_package"),
    ],
)
def test_what_the_platform_would_refuse_is_not_offered(
    store: Store, facts: dict[str, Any], reason: str
) -> None:
    take_in(store, order(1, **facts))
    found = looked(store)
    assert found.no_split == reason
    with pytest.raises(ValueError, match=reason):
        store.write(lambda conn: queue_split(conn, found, [["A"], ["B"]], "seller", NOW))


def test_a_file_shop_repacks_in_seller_center(store: Store) -> None:
    take_in(store, order(1, skus=("A", "B")), kind="file")
    assert looked(store).no_split == "file_shop"


def test_only_orders_of_the_same_buyer_and_address_can_be_combined(store: Store) -> None:
    take_in(
        store,
        order(1),
        order(2),
        order(3, buyer_id="8"),
        order(4, address="Jalan Lain 2"),
        order(5, status="ON_HOLD", raw_status="ON_HOLD"),
        order(6, parcels=("a", "b")),
        order(7, cancel_requested=True),
        order(8),
    )
    found = looked(store)
    assert [mate.order_id[-2:] for mate in found.mates] == ["02", "08"]
    store.write(lambda conn: queue_combine(conn, found, found.mates[1:], "seller", NOW))
    ids = ["580000000000000001", "580000000000000008"]
    assert wishes(store) == [("combine", "115001+115008", {"order_ids": ids})]


def test_without_buyer_or_address_nobody_is_guessed(store: Store) -> None:
    take_in(
        store,
        order(1, buyer_id=None),
        order(2, buyer_id=None),
        order(3, address=None),
        order(4, address=None),
    )
    assert {looked(store, pk).no_combine for pk in (1, 2, 3, 4)} == {"nobody_to_combine"}


def test_a_combined_parcel_can_only_be_taken_apart(store: Store) -> None:
    take_in(store, order(1, skus=("A", "B"), parcels=("9",)), order(2, parcels=("9",)), order(3))
    found = looked(store)
    assert found.together == ("580000000000000001", "580000000000000002") and found.mates == ()
    assert (found.no_split, found.no_combine, found.no_uncombine) == (
        "combined_already",
        "combined_already",
        None,
    )
    assert [mate.order_id[-1] for mate in looked(store, 3).mates] == [], (
        "who travels together already joins nobody"
    )
    store.write(lambda conn: queue_uncombine(conn, found, "seller", NOW))
    assert wishes(store) == [("uncombine", "9", {"order_ids": list(found.together)})]


def test_an_order_that_is_gone_is_told(store: Store) -> None:
    assert store.read(lambda conn: look(conn, 99)) is None
