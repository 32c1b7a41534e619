"""Arranging shipments on the fake platform: what is refused and why, what follows, and what is on record."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shop.sandbox.data import COURIERS
from shop.sandbox.orders import Order
from shop.sandbox.parcels import Step
from shop.sandbox.shapes import package_status
from tests.shop.sandbox_kit import Client, Json, connected, id_of, package_of, shippable, small_world, some

HOUR = 3_600


@pytest.fixture
def client() -> Iterator[Client]:
    with connected(small_world(200)) as client:
        yield client


def errors(answer: Json) -> dict[str, int]:
    """Package -> code, of a batch that answered with code 0."""
    assert answer["code"] == 0, answer
    return {error["detail"]["package_id"]: error["code"] for error in answer["data"].get("errors", [])}


def package(client: Client, package_id: str) -> Json:
    answer = client.get(f"/fulfillment/202309/packages/{package_id}")
    assert answer["code"] == 0, answer
    return answer["data"]  # type: ignore[no-any-return]


def test_a_shipment_moves_the_order_and_is_on_record(client: Client) -> None:
    order = shippable(client.sandbox.world)
    package_id = package_of(client.sandbox.world, order)
    assert package(client, package_id)["package_status"] == "TO_FULFILL"
    answer = client.ship(package_id)
    assert errors(answer) == {}
    after = package(client, package_id)
    assert after["package_status"] == "PROCESSING" and after["tracking_number"]
    shown = client.order(id_of(client.sandbox.world, order))
    assert shown["status"] == "AWAITING_COLLECTION"
    assert shown["tracking_number"] == after["tracking_number"]
    effects = client.http.get("/_sandbox/effects").json()["effects"]
    assert [(e["kind"], e["package_id"], e["request_id"], e["count"]) for e in effects] == [
        ("ship", package_id, answer["request_id"], 1)
    ]


def test_the_single_call_does_the_same(client: Client) -> None:
    package_id = package_of(client.sandbox.world, shippable(client.sandbox.world))
    path = f"/fulfillment/202309/packages/{package_id}/ship"
    assert client.post(path) | {"request_id": ""} == {
        "code": 0,
        "message": "Success",
        "request_id": "",
        "data": {},
    }
    assert client.post(path)["code"] == 21011040


def test_every_refusal_has_the_platforms_number(client: Client) -> None:
    world = client.sandbox.world
    cases = {
        package_of(world, some(world, "AWAITING_COLLECTION")): 21011040,
        package_of(world, some(world, "IN_TRANSIT")): 21011040,
        package_of(world, some(world, "DELIVERED")): 21011027,
        package_of(world, some(world, "COMPLETED")): 21011027,
        package_of(world, some(world, "ON_HOLD")): 21011044,
        package_of(world, some(world, "CANCELLED", collected=0, cancel_by="BUYER")): 21011041,
        package_of(
            world,
            some(world, "AWAITING_SHIPMENT", ask_status="CANCELLATION_REQUEST_PENDING"),
        ): 21008044,
        package_of(world, some(world, "UNPAID")): 21011001,
        "1150000000000000000": 21011001,
        "paket": 21011001,
    }
    fine = package_of(world, shippable(world))
    assert errors(client.ship(fine, *cases)) == cases
    assert [effect.package_id for effect in world.effects] == [fine]


def test_an_order_of_two_packages_is_shipped_when_both_are(client: Client) -> None:
    world = client.sandbox.world
    order = some(
        world, "AWAITING_SHIPMENT", packages=2, shipping_type="TIKTOK", ask_status="",
        fulfillment_type="FULFILLMENT_BY_SELLER",
    )  # fmt: skip
    first, second = (package_of(world, order, place) for place in (0, 1))
    assert {item["id"] for item in client.order(id_of(world, order))["packages"]} == {first, second}
    client.ship(first)
    half = client.order(id_of(world, order))
    assert half["status"] == "PARTIALLY_SHIPPING" and half["split_or_combine_tag"] == "SPLIT"
    assert {item["package_status"] for item in half["line_items"]} == {"PROCESSING", "TO_FULFILL"}
    client.ship(second)
    assert client.order(id_of(world, order))["status"] == "AWAITING_COLLECTION"
    assert package(client, first)["tracking_number"] != package(client, second)["tracking_number"]
    lines = package(client, first)["order_line_item_ids"] + package(client, second)["order_line_item_ids"]
    assert sorted(lines) == sorted(item["id"] for item in half["line_items"])


def test_a_pickup_slot_must_be_one_that_is_offered(client: Client) -> None:
    package_id = package_of(client.sandbox.world, shippable(client.sandbox.world))
    slots = client.get(f"/fulfillment/202309/packages/{package_id}/handover_time_slots")["data"][
        "pickup_slots"
    ]
    past = next(slot for slot in slots if not slot.pop("avaliable"))
    coming = next(slot for slot in slots if slot.pop("avaliable", False))
    assert errors(client.ship(package_id, handover_method="PICKUP", pickup_slot=past)) == {
        package_id: 21011053
    }
    assert errors(client.ship(package_id, handover_method="DROP_OFF", pickup_slot=coming)) == {
        package_id: 21011053
    }
    assert errors(client.ship(package_id, handover_method="PICKUP", pickup_slot=coming)) == {}
    shown = package(client, package_id)
    assert (shown["handover_method"], shown["pickup_slot"]) == ("PICKUP", coming)


def test_the_sellers_own_courier_needs_a_number_and_a_provider() -> None:
    world = small_world(600)
    order = some(world, "AWAITING_SHIPMENT", shipping_type="SELLER", ask_status="", packages=1)
    package_id = package_of(world, order)
    own = {"tracking_number": "SAYA123456", "shipping_provider_id": COURIERS[1].provider_id}
    with connected(world) as client:
        assert errors(client.ship(package_id)) == {package_id: 21011022}
        assert errors(client.ship(package_id, self_shipment=own | {"tracking_number": "1"})) == {
            package_id: 21011022
        }
        assert errors(client.ship(package_id, self_shipment=own | {"shipping_provider_id": "1"})) == {
            package_id: 21011025
        }
        assert errors(client.ship(package_id, self_shipment=own)) == {}
        assert package(client, package_id)["tracking_number"] == "SAYA123456"
    parcel = world.parcel("SAYA123456")
    assert parcel is not None and parcel.courier == COURIERS[1].code


def test_a_batch_must_hold_one_to_fifty_packages(client: Client) -> None:
    assert client.ship()["code"] == 36009004
    assert client.ship(*map(str, range(51)))["code"] == 36009004


def test_a_label_follows_the_shipment_after_a_while() -> None:
    world = small_world(200)
    order = shippable(world)
    package_id = package_of(world, order)
    path = f"/fulfillment/202309/packages/{package_id}/shipping_documents"
    wanted = {"document_type": "SHIPPING_LABEL_AND_PACKING_SLIP", "document_size": "A6"}
    with connected(world, faults="label-slow:600s") as client:
        assert client.get(path, wanted)["code"] == 21023035
        client.ship(package_id)
        assert client.get(path, wanted)["code"] == 11034037
        client.sandbox.platform.faults.set("")
        data = client.get(path, wanted)["data"]
        assert data["tracking_number"]
        paper = client.http.get(data["doc_url"])
        assert paper.headers["content-type"] == "application/pdf"
        assert paper.content.startswith(b"%PDF-") and paper.content.rstrip().endswith(b"%%EOF")
        assert data["tracking_number"].encode() in paper.content
        forged = data["doc_url"].replace("expires=", "expires=9")
        assert client.http.get(forged).status_code == 403
        picture = client.get(path, {"document_type": "SHIPPING_LABEL_PICTURE"})["data"]["doc_url"]
        assert client.http.get(picture).content.startswith(b"\x89PNG")
        assert client.get(path)["code"] == 36009004


@pytest.mark.parametrize(
    ("status", "wanted", "code"),
    [
        ("CANCELLED", {"collected": 0, "cancel_by": "BUYER", "shipping_type": "TIKTOK"}, 21023059),
        ("IN_TRANSIT", {"shipping_type": "TIKTOK", "fulfillment_type": "FULFILLMENT_BY_SELLER"}, 21042102),
    ],
)
def test_no_label_outside_its_time(client: Client, status: str, wanted: dict[str, object], code: int) -> None:
    world = client.sandbox.world
    package_id = package_of(world, some(world, status, **wanted))
    path = f"/fulfillment/202309/packages/{package_id}/shipping_documents"
    assert client.get(path, {"document_type": "SHIPPING_LABEL"})["code"] == code


def test_tracking_is_newest_first_in_milliseconds_and_grows(client: Client) -> None:
    world = client.sandbox.world
    order = shippable(world)
    path = f"/fulfillment/202309/orders/{id_of(world, order)}/tracking"
    told: list[Json] = []
    client.ship(package_of(world, order))
    for _ in range(10):
        world.advance(24 * HOUR)
        rows = client.get(path)["data"]["tracking"]
        times = [row["update_time_millis"] for row in rows]
        assert times == sorted(times, reverse=True)
        assert rows[len(rows) - len(told) :] == told, "what was told before was told again"
        told = rows
    assert told[0]["update_time_millis"] > 10**12
    assert order.status in ("DELIVERED", "COMPLETED", "CANCELLED")
    assert client.get("/fulfillment/202309/orders/580000000000000000/tracking")["code"] == 21008111


def test_couriers_hear_the_same_story(client: Client) -> None:
    world = client.sandbox.world
    delivered = some(world, "DELIVERED")
    shipment = delivered.shipments[0]
    assert shipment is not None
    parcel = world.parcel(shipment.tracking_number)
    assert parcel is not None
    assert parcel.last is Step.DELIVERED and parcel.events[-1].at == delivered.delivered * 1000
    assert [event.at for event in parcel.events] == sorted(event.at for event in parcel.events)
    assert parcel.events[0].step is Step.LABEL
    assert world.parcel("JP0000000000") is None
    assert world.parcel("") is None


def test_package_search_filters_pages_and_defaults_to_the_newest(client: Client) -> None:
    world = client.sandbox.world
    path = "/fulfillment/202309/packages/search"
    found, token = [], ""
    while True:
        extra = {"page_size": "20", **({"page_token": token} if token else {})}
        data = client.post(path, {"package_status": "PROCESSING"}, extra)["data"]
        found += data["packages"]
        token = data["next_page_token"]
        if not token:
            break
    wanted = {
        package_of(world, order, place)
        for order in world
        for place in range(len(order.shipments))
        if order.payable and package_status(order, place) == "PROCESSING"
    }
    assert {row["id"] for row in found} == wanted and len(found) == len(wanted) == data["total_count"]
    times = [row["create_time"] for row in found]
    assert times == sorted(times, reverse=True)
    assert client.post(path, {"package_status": "TO_FULFILL"}, {"page_size": "5"})["code"] == 36009004


def asked(order: Order) -> bool:
    return bool(order.asked or order.cancelled)


def test_requests_are_listed_with_their_clocks(client: Client) -> None:
    world = client.sandbox.world
    path = "/return_refund/202602/cancellations/search"
    body = {"cancel_types": ["BUYER_CANCEL"], "cancel_status": ["CANCELLATION_REQUEST_PENDING"]}
    pending = client.post(path, body, {"page_size": "50"})["data"]["cancellations"]
    assert {row["order_id"] for row in pending} == {
        id_of(world, order) for order in world if order.ask_status == "CANCELLATION_REQUEST_PENDING"
    }
    for row in pending:
        action = row["seller_next_action_response"][0]
        assert action == {"action": "SELLER_RESPOND_CANCEL", "deadline": row["create_time"] + 48 * HOUR}
    everything = client.post(path, {}, {"page_size": "1"})["data"]
    assert everything["total_count"] == sum(asked(order) for order in world)
    path = "/return_refund/202602/returns/search"
    returns = client.post(path, {}, {"page_size": "50"})["data"]["return_orders"]
    assert len(returns) == sum(order.returned is not None for order in world) > 0
    assert client.post(path, {}, {"page_size": "9"})["code"] == 36009004


def test_stock_tells_free_and_claimed_units(client: Client) -> None:
    world = client.sandbox.world
    sku = world.facts(shippable(world)).lines[0].sku
    data = client.post("/product/202309/inventory/search", {"sku_ids": [sku.sku_id]})["data"]
    row = data["inventory"][0]["skus"][0]
    assert (row["id"], row["seller_sku"]) == (sku.sku_id, sku.seller_sku)
    assert row["total_committed_quantity"] == world.shelves.committed[sku.sku_id] > 0
    assert row["total_available_quantity"] == sku.stock
    assert client.post("/product/202309/inventory/search")["code"] == 36009004


def test_warehouses_are_misspelled_as_ever(client: Client) -> None:
    rows = client.get("/logistics/202309/warehouses")["data"]["warehouses"]
    assert all("distict" in row["address"] for row in rows)
