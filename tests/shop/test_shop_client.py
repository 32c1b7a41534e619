"""The client on a real socket: what each call asks, and what it makes of an honest answer."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shop import errors
from shop.signing import verify
from tests.shop.client_kit import EMPTY, NOW, SECRET, Make, coded, ok, query
from tests.shop.raw_server import RawServer, http_answer

PAGE = (Path(__file__).parents[1] / "payloads" / "orders_page.json").read_bytes()


async def test_search_orders_as_the_platform_wants_it(platform: RawServer, make: Make) -> None:
    platform.answers(http_answer(PAGE, date="Wed, 31 Dec 2025 23:59:59 GMT"))
    page = await make().search_orders(
        update_ge=1767139200_999, update_lt=1767225600_001, status="AWAITING_SHIPMENT", page_token="a+/="
    )
    talk = platform.talks[0]
    path = urlsplit(talk.target).path
    sent = query(platform)
    assert (talk.method, path) == ("POST", "/order/202309/orders/search")
    assert json.loads(talk.body) == {
        "order_status": "AWAITING_SHIPMENT",
        "update_time_ge": 1767139200,
        "update_time_lt": 1767225601,
    }
    assert sent.items() >= {
        "page_size": "100",
        "sort_field": "update_time",
        "sort_order": "ASC",
        "page_token": "a+/=",
        "shop_cipher": "CIPHER+/=",
        "timestamp": "1767225600",
        "app_key": "app",
    }.items()  # fmt: skip
    assert verify(sent["sign"], path, sent, talk.body, SECRET)
    assert talk.headers["x-tts-access-token"] == "CANARY-T1"
    assert talk.headers["content-type"] == "application/json"
    assert (len(page.records), page.next_token, page.total) == (5, "aGFsYW1hbi8yKw==", 205)
    assert page.server_time_ms == 1767225599_000


async def test_without_a_window_orders_come_by_creation(platform: RawServer, make: Make) -> None:
    platform.answers(EMPTY)
    await make().search_orders(create_ge=NOW)
    assert query(platform)["sort_field"] == "create_time"
    assert "page_token" not in query(platform)
    assert json.loads(platform.talks[0].body) == {"create_time_ge": NOW // 1_000}


async def test_authorized_shops_are_asked_for_without_a_shop(platform: RawServer, make: Make) -> None:
    platform.answers(
        ok({"shops": [{"id": "7", "name": "Toko", "region": "ID", "cipher": "ROW_x="}, {"id": "8"}]})
    )
    client = make(cipher=None)
    (shop,) = await client.authorized_shops()
    assert "shop_cipher" not in query(platform)
    assert (shop.shop_id, shop.cipher, shop.region) == ("7", "ROW_x=", "ID")
    assert "ROW_x" not in repr(shop)
    client.use_shop(shop.cipher)
    platform.answers(EMPTY)
    await client.search_orders()
    assert query(platform)["shop_cipher"] == "ROW_x="


async def test_order_detail(platform: RawServer, make: Make) -> None:
    platform.answers(http_answer(PAGE))
    page = await make().order_detail(["1", "2"])
    assert urlsplit(platform.talks[0].target).path == "/order/202507/orders"
    assert query(platform)["ids"] == "1,2"
    assert len(page.records) == 5
    for ids in ([], ["1"] * 51):
        with pytest.raises(ValueError, match="1 to 50"):
            await make().order_detail(ids)


async def test_package_detail(platform: RawServer, make: Make) -> None:
    platform.answers(
        ok(
            {
                "package_id": 1150000000000000001,
                "package_status": "PROCESSING",
                "package_sub_status": "RTS_success",
                "tracking_number": "JX1",
                "shipping_provider_name": "SiCepat Ekspres",
                "handover_method": "PICKUP",
                "pickup_slot": {"start_time": 10, "end_time": 20},
                "orders": [{"id": "5"}],
                "update_time": "30",
            }
        )
    )
    facts = await make().package_detail("1150000000000000001")
    assert urlsplit(platform.talks[0].target).path == "/fulfillment/202309/packages/1150000000000000001"
    assert (facts.package_id, facts.status, facts.sub_status) == (
        "1150000000000000001",
        "PROCESSING",
        "RTS_success",
    )
    assert (facts.tracking_number, facts.courier, facts.handover) == ("JX1", "sicepat", "PICKUP")
    assert facts.slot is not None
    assert (facts.slot.start, facts.slot.end) == (10_000, 20_000)
    assert (facts.order_ids, facts.updated_at) == (("5",), 30_000)


@pytest.mark.parametrize("package_id", ["", "../x", "a/b", "1?x=1", "a b", "é"])
async def test_an_id_never_changes_the_path(platform: RawServer, make: Make, package_id: str) -> None:
    platform.answers(EMPTY)
    with pytest.raises(ValueError, match="usable"):
        await make().package_detail(package_id)
    assert not platform.talks


async def test_search_packages(platform: RawServer, make: Make) -> None:
    platform.answers(ok({"packages": [{"id": "1", "status": "FULFILLING"}, {"id": ""}], "total_count": "2"}))
    page = await make().search_packages(update_ge=1_000, status="FULFILLING")
    assert [(package.package_id, package.status) for package in page.packages] == [("1", "FULFILLING")]
    assert (len(page.rejected), page.total, page.next_token) == (1, 2, None)
    assert json.loads(platform.talks[0].body) == {"package_status": "FULFILLING", "update_time_ge": 1}


async def test_time_slots(platform: RawServer, make: Make) -> None:
    slots = [
        {"start_time": 10, "end_time": 20, "avaliable": True},
        {"start_time": 20, "end_time": 30, "avaliable": False},
        {"start_time": 30},
    ]
    platform.answers(ok({"can_pickup": True, "pickup_slots": slots}))
    answer = await make().time_slots("1")
    assert (answer.can_pickup, answer.can_drop_off) == (True, False)
    assert [(slot.start, slot.available) for slot in answer.slots] == [(10_000, True), (20_000, False)]


async def test_tracking(platform: RawServer, make: Make) -> None:
    rows = [
        {"description": "Paket\nditerima", "update_time_millis": 1767225600123, "action_code": 50101},
        {"description": "Diproses", "update_time_millis": ""},
        "nonsense",
    ]
    platform.answers(ok({"tracking": rows}), ok({}), ok(None))
    client = make()
    first, second = await client.tracking("5")
    assert (first.description, first.update_time_ms, first.action_code) == (
        "Paket\nditerima",
        1767225600123,
        50101,
    )
    assert (second.update_time_ms, second.action_code) == (None, None)
    assert await client.tracking("5") == await client.tracking("5") == []


async def test_documents(platform: RawServer, make: Make) -> None:
    platform.answers(ok({"doc_url": "https://x.example/label"}), ok({}), coded(11034037))
    client = make()
    assert await client.document("1", "PACKING_SLIP", "A5") == "https://x.example/label"
    assert query(platform)["document_type"] == "PACKING_SLIP"
    assert query(platform)["document_size"] == "A5"
    with pytest.raises(errors.BadReply):
        await client.document("1")
    with pytest.raises(errors.NotReady):
        await client.document("1")


async def test_inventory(platform: RawServer, make: Make) -> None:
    skus = [
        {"id": "11", "seller_sku": "A", "total_available_quantity": 5, "total_committed_quantity": "2"},
        {"id": "12", "total_available_quantity": 9},
    ]
    platform.answers(ok({"inventory": [{"product_id": "1", "skus": skus}]}))
    (fact,) = await make().inventory(["11"])
    assert (fact.sku_id, fact.product_id, fact.available, fact.committed) == ("11", "1", 5, 2)


async def test_requests(platform: RawServer, make: Make) -> None:
    cancellation = {
        "cancel_id": "41", "order_id": "5", "cancel_status": "CANCELLATION_REQUEST_PENDING", "create_time": 10,
        "update_time": 20, "cancel_reason": "key", "cancel_reason_text": "Salah pesan",
        "seller_next_action_response": [{"action": "SELLER_RESPOND_CANCEL", "deadline": 30}],
        "refund_amount": {"currency": "IDR", "refund_total": "136000"},
    }  # fmt: skip
    returned = {
        "return_id": "42", "order_id": "6", "return_type": "REPLACEMENT", "return_status": "SOMETHING_NEW",
        "create_time": 10,
    }  # fmt: skip
    platform.answers(
        ok({"cancellations": [cancellation, {"cancel_id": "43"}], "next_page_token": "n"}),
        ok({"return_orders": [returned]}),
    )
    client = make()
    page = await client.search_cancellations(update_ge=1_000, statuses=["CANCELLATION_REQUEST_PENDING"])
    assert json.loads(platform.talks[0].body) == {
        "cancel_status": ["CANCELLATION_REQUEST_PENDING"],
        "locale": "id-ID",
        "update_time_ge": 1,
    }
    (request,) = page.records
    assert (request.request_id, request.kind, request.status) == (
        "41",
        "cancel",
        "CANCELLATION_REQUEST_PENDING",
    )
    assert (request.next_action, request.deadline_at, request.amount) == (
        "SELLER_RESPOND_CANCEL",
        30_000,
        136000,
    )
    assert (request.created_at, request.updated_at, request.reason_text) == (10_000, 20_000, "Salah pesan")
    assert (len(page.rejected), page.rejected[0].ref, page.next_token) == (1, "43", "n")
    (other,) = (await client.search_returns(order_ids=["6"])).records
    assert (other.kind, other.status, other.updated_at, other.deadline_at) == (
        "replacement",
        "SOMETHING_NEW",
        10_000,
        None,
    )
