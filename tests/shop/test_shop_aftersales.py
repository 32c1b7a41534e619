"""Cancellations and returns from the wire to values, the drafts of the answers, and what the codes prove."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shop import answers
from shop.errors import Kind, classify
from shop.mapping_aftersales import cancellation, decision, reason, record, return_request
from shop.reply import Reply
from shop.requests import Draft
from shop.wire.loose import BROKEN
from store.request_facts import RequestDetail, decode

Json = dict[str, Any]
CORE: Json = {
    "return_id": "4036",
    "order_id": "58",
    "return_type": "RETURN_AND_REFUND",
    "return_status": "RETURN_OR_REFUND_REQUEST_PENDING",
    "create_time": 1_767_225_600,
    "seller_next_action_response": [{"action": "SELLER_RESPOND_RETURN", "deadline": 1_767_398_400}],
}


def raw(**fields: Any) -> bytes:
    return json.dumps(CORE | fields).encode()


def detail_of(**fields: Any) -> RequestDetail:
    detail = decode(return_request(raw(**fields)).detail, RequestDetail)
    assert detail is not None
    return detail


def unit(sku: str, amount: str | None = "1000", **fields: Any) -> Json:
    money = {} if amount is None else {"refund_amount": {"refund_total": amount}}
    return {"sku_id": sku, "product_name": f"Barang {sku}", "sku_name": "Merah", **money, **fields}


def test_units_become_lines() -> None:
    detail = detail_of(
        return_line_items=[unit("1"), unit("2", "500"), unit("1"), unit("3", None), unit("3")],
        refund_amount={"currency": "IDR", "refund_total": "3500", "refund_subtotal": "3000.00",
                       "refund_shipping_fee": "400", "buyer_service_fee": "100"},
        role="BUYER", shipment_type="PLATFORM", handover_method="DROP_OFF", return_tracking_number="JP1",
        return_provider_name="J&T Express", can_buyer_keep_item=False, is_quick_refund=True,
        arbitration_status="IN_PROGRESS", partial_refund={"currency": "IDR", "amount": "900"},
    )  # fmt: skip
    lines = [(line.sku_id, line.quantity, line.amount) for line in detail.lines]
    assert lines == [("1", 2, 2000), ("2", 1, 500), ("3", 2, None)]
    assert (detail.lines[0].name, detail.lines[0].variation) == ("Barang 1", "Merah")
    assert (detail.wire_type, detail.role, detail.arbitration) == (
        "RETURN_AND_REFUND",
        "BUYER",
        "IN_PROGRESS",
    )
    assert (detail.subtotal, detail.shipping_fee, detail.service_fee, detail.offered) == (3000, 400, 100, 900)
    assert (detail.shipment_type, detail.handover) == ("PLATFORM", "DROP_OFF")
    assert (detail.tracking_number, detail.courier_name) == ("JP1", "J&T Express")
    assert (detail.keep_item, detail.quick_refund) == (False, True)


@pytest.mark.parametrize(
    "fields",
    [
        {"return_line_items": {"sku_id": "1"}},
        {"return_line_items": ["x", None]},
        {"return_line_items": 7},
        {"return_line_items": [unit("1", "banyak")]},
        {"return_line_items": [{}]},
        {"partial_refund": "5000"},
        {"partial_refund": {"amount": "lima"}},
        {"can_buyer_keep_item": "mungkin"},
        {"role": {"a": 1}},
        {"refund_amount": {"refund_total": "1", "refund_subtotal": "x"}},
        dict.fromkeys(("role", "return_line_items", "refund_amount", "partial_refund")),
    ],
)
def test_odd_goods_never_cost_the_clock(fields: Json) -> None:
    found = return_request(raw(**fields))
    assert (found.next_action, found.deadline_at) == ("SELLER_RESPOND_RETURN", 1_767_398_400_000)
    detail = decode(found.detail, RequestDetail)
    assert detail is not None
    assert detail.wire_type == "RETURN_AND_REFUND"


def test_numbers_and_texts_change_places() -> None:
    detail = detail_of(
        can_buyer_keep_item="true", return_line_items=[{"sku_id": 17, "refund_amount": {"refund_total": 900}}],
        return_tracking_number=1234567890, arbitration_status="", partial_refund={},
    )  # fmt: skip
    assert detail.keep_item is True
    assert [(line.sku_id, line.name, line.amount) for line in detail.lines] == [("17", "", 900)]
    assert (detail.tracking_number, detail.arbitration, detail.offered) == ("1234567890", None, None)


def test_a_cancellation_keeps_its_goods_too() -> None:
    body = {
        "cancel_id": "4035",
        "order_id": "58",
        "cancel_type": "BUYER_CANCEL",
        "create_time": 1_767_225_600,
    }
    found = cancellation(json.dumps(body | {"role": "BUYER", "cancel_line_items": [unit("1")]}).encode())
    detail = decode(found.detail, RequestDetail)
    assert detail is not None
    assert (found.kind, detail.wire_type, detail.lines[0].sku_id) == ("cancel", "BUYER_CANCEL", "1")


@pytest.mark.parametrize(
    "broken",
    [{"return_id": None}, {"return_id": "4\u202e"}, {"order_id": ""}, {"create_time": None},
     {"create_time": "kemarin"}],
)  # fmt: skip
def test_without_its_core_a_request_is_rejected(broken: Json) -> None:
    with pytest.raises(BROKEN):
        return_request(raw(**broken))


def test_a_record_keeps_words_without_pictures_and_only_web_links() -> None:
    row: Json = {
        "create_time": 5,
        "role": "BUYER",
        "note": "pecah\x00",
        "description": "d",
        "reason_text": "r",
    }
    links = [
        {"url": "https://a/1.jpg"},
        {"url": "javascript:alert(1)"},
        {"url": "file:///etc/passwd"},
        {"url": ""},
        {},
    ]
    whole = record(json.dumps(row | {"images": links, "videos": [{"url": "HTTP://a/1.mp4"}]}).encode())
    assert [(one.kind, one.url) for one in whole.pictures] == [
        ("image", "https://a/1.jpg"),
        ("video", "HTTP://a/1.mp4"),
    ]
    assert (whole.at, whole.note, whole.text, whole.reason) == (5_000, "pecah", "d", "r")
    odd: Json = {"images": "none", "create_time": -5}
    assert record(json.dumps(row | odd).encode()).pictures == ()
    assert record(json.dumps(row | odd).encode()).at is None


def test_only_a_plain_yes_is_one() -> None:
    no = {"eligible": False, "ineligible_code": 25001045, "ineligible_reason": "w"}
    said: list[Json] = [{}, {"eligible": None}, no, {"eligible": True}, {"eligible": "true"}]
    found = [decision(json.dumps({"decision": "APPROVE_REFUND"} | fields).encode()) for fields in said]
    assert [one.eligible for one in found] == [False, False, False, True, True]
    assert (found[2].code, found[2].why_not) == (25001045, "w")
    reasons = [{"name": "a", "text": "A"}, {"text": "no key"}, {"name": "b"}]
    offered = decision(
        json.dumps({"decision": "REJECT_REFUND", "available_reject_reasons": reasons}).encode()
    )
    assert [(one.name, one.text) for one in offered.reasons] == [("a", "A"), ("b", "b")]
    for empty in (b"{}", b'{"decision":""}', b'{"name":""}'):
        with pytest.raises(BROKEN):
            decision(empty)
        with pytest.raises(BROKEN):
            reason(empty)


# -- drafts ----------------------------------------------------------------------------------------------------


def body(draft: Draft) -> Json:
    return json.loads(draft.body or b"null")  # type: ignore[no-any-return]


def test_a_partial_refund_is_offered_as_text() -> None:
    draft = answers.answer_return("42", answers.OFFER, approve=True, key="k", amount=5_000, keep_item=False)
    assert body(draft) == {
        "decision": "OFFER_PARTIAL_REFUND",
        "buyer_keep_item": False,
        "partial_refund": {"currency": "IDR", "amount": "5000"},
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"decision": answers.OFFER},
        {"decision": answers.OFFER, "amount": 0},
        {"decision": "APPROVE_REFUND", "amount": 5},
        {"decision": "REJECT_REFUND", "approve": False},
        {"decision": "APPROVE_REFUND", "key": ""},
        {"decision": "APPROVE_REFUND", "key": "k" * 256},
        {"decision": "APPROVE_REFUND", "return_id": "../1"},
    ],
)
def test_what_is_no_answer(wrong: Json) -> None:
    given: Json = {"return_id": "42", "approve": True, "key": "k"} | wrong
    with pytest.raises(ValueError, match=r"amount|reason|key|usable"):
        answers.answer_return(given.pop("return_id"), given.pop("decision"), **given)


def test_a_rejected_cancellation_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        answers.answer_cancellation("41", approve=False, key="k")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (25001001, Kind.REFUSED), (25001003, Kind.LOOK), (25001011, Kind.ALREADY), (25001014, Kind.REFUSED),
        (25001015, Kind.REFUSED), (25001020, Kind.REFUSED), (25001021, Kind.REFUSED), (25001028, Kind.NOT_SENT),
        (25001045, Kind.REFUSED), (25001046, Kind.REFUSED), (25001051, Kind.LOOK), (25005010, Kind.REFUSED),
        (25005011, Kind.REFUSED), (25007006, Kind.LOOK), (25011010, Kind.LOOK), (25011011, Kind.LOOK),
        (25011012, Kind.LOOK), (25011013, Kind.LOOK), (25011025, Kind.REFUSED), (25011026, Kind.REFUSED),
        (25011032, Kind.REFUSED), (25020003, Kind.LOOK), (25020004, Kind.LOOK), (25020005, Kind.REFUSED),
        (25020009, Kind.ALREADY), (25020010, Kind.ALREADY), (25020011, Kind.LOOK), (25020012, Kind.LOOK),
    ],
)  # fmt: skip
def test_what_the_codes_of_cancellations_and_returns_prove(code: int, kind: Kind) -> None:
    said = json.dumps({"code": code, "message": "m", "request_id": "R"}).encode()
    assert classify(Reply(200, {}, said)).kind is kind
