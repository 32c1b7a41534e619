"""What the sandbox says about what it would take agrees with what it takes; and the proof it shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shop.sandbox import decisions, returns
from shop.sandbox.world import World
from tests.shop.aftersales_kit import (
    BASE,
    NO_PROOF,
    OUT_OF_STOCK,
    PACKED,
    answer,
    arrived,
    asked,
    cancel,
    decide,
    order_in,
    request_id,
    returned,
)
from tests.shop.sandbox_kit import Client, Json, connected, id_of, small_world

REASONS = f"{BASE}/202309/reject_reasons"
DECISIONS = f"{BASE}/202601/decision_eligibility"
CALCULATE = f"{BASE}/202602/refunds/calculate"


@pytest.fixture
def client() -> Iterator[Client]:
    with connected(small_world(400)) as it:
        yield it


@pytest.fixture
def world(client: Client) -> World:
    return client.sandbox.world


def open_decisions(client: Client, number: str, *names: str) -> dict[str, Json]:
    query = {"return_or_cancel_id": number, "check_decisions": ",".join(names), "locale": "id-ID"}
    reply = client.get(DECISIONS, query)
    assert reply["code"] == 0, reply
    return {row["decision"]: row for row in reply["data"]["decisions"]}


def eligible(client: Client, number: str) -> set[str]:
    return {name for name, row in open_decisions(client, number).items() if row["eligible"]}


def test_what_a_request_to_cancel_may_be_told(client: Client, world: World) -> None:
    number = request_id(world, asked(world))
    rows = open_decisions(client, number, "APPROVE_REQUEST_CANCEL", "REJECT_REQUEST_CANCEL")
    assert [row["eligible"] for row in rows.values()] == [True, True]
    offered = rows["REJECT_REQUEST_CANCEL"]["available_reject_reasons"]
    assert {"name": PACKED, "text": "Produk sudah dikemas"} in offered
    reply = client.get(REASONS, {"return_or_cancel_id": number, "locale": "id-ID"})
    assert reply["data"]["reasons"] == offered
    assert eligible(client, number) == {"APPROVE_REQUEST_CANCEL", "REJECT_REQUEST_CANCEL"}


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (returns.REFUND, {"APPROVE_REFUND", "REJECT_REFUND"}),
        (returns.RETURN, {"APPROVE_RETURN", "REJECT_RETURN", "DIRECT_REFUND"}),
        (returns.SWAP, {"APPROVE_REPLACEMENT", "REJECT_REPLACEMENT", "ISSUE_REPLACEMENT_REFUND"}),
    ],
)
def test_what_a_return_may_be_told(client: Client, world: World, kind: str, names: set[str]) -> None:
    assert eligible(client, request_id(world, returned(world, kind), "return")) == names


def test_what_a_parcel_that_came_back_may_be_told(client: Client, world: World) -> None:
    number = request_id(world, arrived(world, quick=True), "return")
    rows = open_decisions(client, number, *decisions.RECEIVED)
    assert rows["APPROVE_RECEIVED_PACKAGE"]["eligible"] is True
    no = rows["REJECT_RECEIVED_PACKAGE"]
    assert (no["eligible"], no["ineligible_code"]) == (False, 25011025)
    assert no["ineligible_reason"]
    assert client.get(REASONS, {"return_or_cancel_id": number})["data"] == {"reasons": []}


@pytest.mark.parametrize("kind", [returns.REFUND, returns.RETURN, returns.SWAP])
def test_eligibility_keeps_its_word(client: Client, world: World, kind: str) -> None:
    """Each decision is taken exactly if it was said to be."""
    order = returned(world, kind)
    for name in sorted(set(decisions.CHECKABLE) - set(decisions.CANCEL_DECISIONS)):
        said = open_decisions(client, request_id(world, order, "return"), name)[name]
        body = {"reject_reason": said.get("available_reject_reasons", [{"name": NO_PROOF}])[0]["name"]}
        reply = decide(client, order, name, **(body if name.startswith("REJECT") else {}))
        assert (reply["code"] == 0) is said["eligible"], name
        assert said.get("ineligible_code", 0) == reply["code"]
        if said["eligible"]:
            order = returned(world, kind)


def test_nothing_may_be_told_any_more(client: Client, world: World) -> None:
    order = asked(world)
    answer(client, order, yes=True)
    assert eligible(client, request_id(world, order)) == set()


@pytest.mark.parametrize("query", [{}, {"return_or_cancel_id": ""}])
@pytest.mark.parametrize("path", [REASONS, DECISIONS])
def test_the_request_must_be_named(client: Client, path: str, query: dict[str, str]) -> None:
    assert client.get(path, query)["code"] == 36009004
    assert client.get(path, {"return_or_cancel_id": "1"})["code"] == 25007006
    assert client.get(path, {"return_or_cancel_id": "1", "odd": "1"})["code"] == 36009004


def test_only_known_decisions_can_be_asked_about(client: Client, world: World) -> None:
    number = request_id(world, asked(world))
    query = {"return_or_cancel_id": number, "check_decisions": "OFFER_PARTIAL_REFUND"}
    assert client.get(DECISIONS, query)["code"] == 36009004


# -- cancelling ------------------------------------------------------------------------------------------------


def eligibility(client: Client, order_id: str, **query: str) -> Json:
    return client.get(f"{BASE}/202602/orders/{order_id}/aftersale_eligibility", query)


@pytest.mark.parametrize(
    ("status", "reasons", "code"),
    [
        ("UNPAID", decisions.UNPAID_REASONS, None),
        ("ON_HOLD", decisions.PAID_REASONS, None),
        ("AWAITING_SHIPMENT", decisions.PAID_REASONS, None),
        ("IN_TRANSIT", None, 25001045),
        ("COMPLETED", None, 25001051),
        ("CANCELLED", None, 25001011),
    ],
)
def test_the_reasons_for_cancelling(
    client: Client, world: World, status: str, reasons: tuple[str, ...] | None, code: int | None
) -> None:
    order = order_in(world, status)
    query = {"request_types": "CANCEL", "initiate_aftersale_user": "SELLER"}
    data = eligibility(client, id_of(world, order), **query)["data"]
    skus = {line.sku.sku_id for line in world.facts(order).lines}
    assert {sku["sku_id"] for sku in data["sku_eligibility"]} == skus
    for sku in data["sku_eligibility"]:
        (row,) = sku["line_item_eligibility"]
        assert row.get("available_reason_names") == (None if reasons is None else list(reasons))
        assert row.get("ineligible_code") == code


def test_odd_questions(client: Client, world: World) -> None:
    number = id_of(world, order_in(world, "AWAITING_SHIPMENT"))
    assert eligibility(client, "1")["code"] == 25020005
    assert eligibility(client, number, request_types="ALL")["code"] == 36009004
    assert eligibility(client, number, initiate_aftersale_user="ME")["code"] == 36009004
    many = eligibility(client, number, request_types="CANCEL,REFUND")["data"]["sku_eligibility"][0]
    assert [row["eligible"] for row in many["line_item_eligibility"]] == [True, False]


def test_what_cancelling_would_pay_back(client: Client, world: World) -> None:
    def asked_for(order_id: str, **more: str) -> Json:
        body = {"order_id": order_id, "request_type": "CANCEL", "reason_name": OUT_OF_STOCK} | more
        return client.post(CALCULATE, body)

    paid = order_in(world, "AWAITING_SHIPMENT", lambda order: bool(order.paid))
    cod = order_in(world, "AWAITING_SHIPMENT", lambda order: not order.paid)
    amounts = asked_for(id_of(world, paid))["data"]["order_refund_amount"]
    assert (amounts["refund_total"], amounts["currency"]) == (str(world.facts(paid).total), "IDR")
    assert asked_for(id_of(world, cod))["data"]["order_refund_amount"]["refund_total"] == "0"
    assert asked_for(id_of(world, paid), reason_name="x")["code"] == 25001014
    assert asked_for(id_of(world, paid), request_type="ALL")["code"] == 36009004
    assert asked_for("1")["code"] == 25020005
    cancel(client, paid)
    assert asked_for(id_of(world, paid))["code"] == 25001011
    assert client.post(CALCULATE, {"order_id": "1"})["code"] == 36009004


# -- proof -----------------------------------------------------------------------------------------------------


def test_a_return_shows_the_buyers_proof_and_what_was_said(client: Client, world: World) -> None:
    order = returned(world, returns.REFUND)
    number = request_id(world, order, "return")
    decide(client, order, "REJECT_REFUND", reject_reason=NO_PROOF, comment="Foto tidak jelas")
    reply = client.get(f"{BASE}/202309/returns/{number}/records", {"locale": "id-ID"})
    newest, oldest = reply["data"]["records"]
    assert (newest["role"], newest["event"]) == ("SELLER", "REJECT_REFUND")
    assert newest["note"] == "Foto tidak jelas"
    assert (oldest["role"], oldest["create_time"]) == ("BUYER", world.now())
    assert oldest["note"]
    assert oldest["reason_text"]
    assert oldest["images"]
    assert all(image["url"].startswith("https://bukti.sandbox.example/") for image in oldest["images"])


def test_some_buyers_send_films(client: Client, world: World) -> None:
    films = set()
    for _ in range(6):
        number = request_id(world, returned(world), "return")
        (row,) = client.get(f"{BASE}/202309/returns/{number}/records")["data"]["records"]
        films.add("videos" in row)
    assert films == {True, False}


def test_the_records_of_nobody(client: Client) -> None:
    assert client.get(f"{BASE}/202309/returns/1/records")["code"] == 25007006


# -- the searches ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("noun", "body"),
    [
        ("cancellations", {"cancel_status": ["DONE"]}),
        ("cancellations", {"cancel_types": ["RETURN"]}),
        ("cancellations", {"cancel_status": "CANCELLATION_REQUEST_PENDING"}),
        ("returns", {"return_status": ["CANCELLATION_REQUEST_PENDING"]}),
        ("returns", {"return_types": ["CANCEL"]}),
        ("returns", {"arbitration_status": ["SOON"]}),
        ("returns", {"update_time_ge": "yesterday"}),
    ],
)
def test_odd_filters_are_refused(client: Client, noun: str, body: Json) -> None:
    assert client.post(f"{BASE}/202602/{noun}/search", body)["code"] == 36009004


def test_requests_are_found_by_their_number_and_state(client: Client, world: World) -> None:
    order, back = asked(world), returned(world)

    def total(noun: str, **body: list[str]) -> int:
        return int(client.post(f"{BASE}/202602/{noun}/search", body)["data"]["total_count"])

    assert total("cancellations", cancel_ids=[request_id(world, order)]) == 1
    assert total("cancellations", cancel_ids=[request_id(world, order, "own")]) == 0
    assert total("cancellations", cancel_ids=[request_id(world, order)], cancel_types=["CANCEL"]) == 0
    assert total("returns", return_ids=[request_id(world, back, "return")]) == 1
    assert total("returns", return_ids=[request_id(world, back, "return")], return_types=["REPLACEMENT"]) == 0
    assert total("returns", buyer_user_ids=[world.facts(back).buyer_id], return_status=[returns.PENDING]) >= 1
    pending = {"cancel_status": ["CANCELLATION_REQUEST_PENDING"], "order_ids": [id_of(world, order)]}
    assert total("cancellations", **pending) == 1
    answer(client, order, yes=False, reject_reason=PACKED)
    assert total("cancellations", **pending) == 0
    closed = {"cancel_status": ["CANCELLATION_REQUEST_CANCEL"], "order_ids": [id_of(world, order)]}
    assert total("cancellations", **closed) == 1
