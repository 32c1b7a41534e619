"""Which requests may be answered, why the others are held, and what `y` would mean."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from jobs.aftersales.answer_plans import (
    AnswerChoice,
    AnswerPlan,
    Asked,
    LiveAnswer,
    answer_plan,
    match,
    offered,
)
from jobs.aftersales.answers import plan_answer, queue_answer
from jobs.aftersales.clocks import appeal, deadline, refund
from jobs.config.keys import Keys
from jobs.wishes.intents import progress
from store import requests
from store.db import Store
from store.records import RequestRecord
from store.request_facts import Answers, Decision, Reason, RequestDetail, encode
from store.times import DAY, HOUR
from store.views import RequestRow
from tests.store.store_kit import NOW, Db, order

NO_PROOF = Reason("seller_reject_return_no_proof", "Tanpa bukti")
LATE = Reason("seller_reject_return_too_late", "Terlambat")
ROW = RequestRow(
    pk=1, shop_id=1, shop="toko", request_id="4035", order_pk=7, order_id="58", kind="return",
    status="RETURN_OR_REFUND_REQUEST_PENDING", reason=None, reason_text=None, amount=50_000,
    next_action="SELLER_RESPOND_RETURN", deadline_at=NOW + DAY, created_at=NOW - HOUR, updated_at=NOW - HOUR,
    looked_at=NOW, order_status="DELIVERED", buyer="B***", summary="2x Kaos", total=136_000, payment_method="GoPay",
    cod=False, shipped_at=None, collected_at=None, delivered_at=NOW - DAY,
    options=Answers((Decision("APPROVE_RETURN"), Decision("DIRECT_REFUND", False, 1, "belum"),
                     Decision("REJECT_RETURN", reasons=(NO_PROOF, LATE)))),
)  # fmt: skip
REFUND = replace(
    ROW, kind="refund", next_action="SELLER_RESPOND_REFUND",
    options=Answers((Decision("APPROVE_REFUND"), Decision("REJECT_REFUND", reasons=(NO_PROOF,)))),
)  # fmt: skip
CANCELLATION = replace(
    ROW, kind="cancel", next_action="SELLER_RESPOND_CANCEL", status="CANCELLATION_REQUEST_PENDING",
    options=Answers((Decision("APPROVE_REQUEST_CANCEL"), Decision("REJECT_REQUEST_CANCEL", reasons=(NO_PROOF,)))),
)  # fmt: skip
JUDGED = RequestDetail(arbitration="IN_PROGRESS")


def plan(row: RequestRow, decision: str, *, live: tuple[LiveAnswer, ...] = (), **choice: Any) -> AnswerPlan:
    return answer_plan([Asked(row, live)], AnswerChoice(decision, **choice), NOW)


@pytest.mark.parametrize(
    ("row", "choice", "why"),
    [
        (replace(ROW, next_action=None, status="RETURN_OR_REFUND_REQUEST_COMPLETE"), {}, "request_closed"),
        (replace(ROW, next_action=None, status="BUYER_SHIPPED_ITEM"), {}, "nothing_asked"),
        (replace(ROW, detail=JUDGED), {}, "arbitration"),
        (replace(ROW, deadline_at=NOW), {}, "deadline_passed"),
        (replace(ROW, detail=RequestDetail(quick_refund=True)), {"decision": "reject", "reason": "no_proof"},
         "quick_refund"),
        (ROW, {"decision": "DIRECT_REFUND"}, "not_eligible"),
        (ROW, {"decision": "APPROVE_REFUND"}, "decision_unfit"),
        (ROW, {"decision": "nonsense"}, "decision_unfit"),
        (replace(ROW, next_action="SELLER_RESPOND_SOMEHOW", options=None), {}, "decision_unfit"),
        (ROW, {"decision": "reject"}, "reason_missing"),
        (ROW, {"decision": "reject", "reason": "because"}, "reason_unknown"),
        (ROW, {"decision": "reject", "reason": "seller_reject_return"}, "reason_unknown"),
        (replace(ROW, options=None), {"decision": "reject", "reason": "no_proof"}, "reasons_unread"),
        (replace(ROW, looked_at=NOW - 2 * HOUR), {"decision": "reject", "reason": "no_proof"}, "reasons_unread"),
        (ROW, {"amount": 5}, "amount_unneeded"),
        (ROW, {"decision": "OFFER_PARTIAL_REFUND"}, "amount_missing"),
        (ROW, {"decision": "OFFER_PARTIAL_REFUND", "amount": 50_001}, "amount_unfit"),
        (ROW, {"decision": "OFFER_PARTIAL_REFUND", "amount": 0}, "amount_unfit"),
    ],
)  # fmt: skip
def test_why_a_request_is_held(row: RequestRow, choice: dict[str, Any], why: str) -> None:
    found = plan(row, **{"decision": "approve", **choice})
    assert found.ok == ()
    assert [(held.reason, held.request_id) for held in found.held] == [(why, "4035")]


def test_a_held_rejection_names_the_reasons_that_would_do() -> None:
    (held,) = plan(ROW, "reject", reason="because").held
    assert held.choices == (NO_PROOF, LATE)
    assert held.params["given"] == "because"


@pytest.mark.parametrize(
    ("state", "decision", "done_at", "held"),
    [
        ("queued", "APPROVE_RETURN", None, True),
        ("unknown", "REJECT_RETURN", None, True),
        ("needs_person", "APPROVE_RETURN", None, True),
        ("done", "APPROVE_RETURN", NOW, True),  # the request does not show it yet
        ("done", "OFFER_PARTIAL_REFUND", NOW - 2 * HOUR, False),  # the buyer refused the offer since
        ("done", "APPROVE_REFUND", NOW, False),  # of an earlier stage
    ],
)
def test_an_answer_under_way_stands_in_the_way(
    state: str, decision: str, done_at: int | None, held: bool
) -> None:
    live = LiveAnswer(decision, state, "sari", NOW, done_at)
    assert [one.reason for one in plan(ROW, "approve", live=(live,)).held] == (
        ["action_live"] if held else []
    )


@pytest.mark.parametrize(
    ("row", "choice", "decision", "parcel", "amount", "silence"),
    [
        (ROW, {}, "APPROVE_RETURN", "comes_back", 50_000, "APPROVE_RETURN"),
        (REFUND, {}, "APPROVE_REFUND", "with_buyer", 50_000, "APPROVE_REFUND"),
        (CANCELLATION, {}, "APPROVE_REQUEST_CANCEL", "stop", 50_000, "APPROVE_REQUEST_CANCEL"),
        (CANCELLATION, {"decision": "reject", "reason": "no_proof"}, "REJECT_REQUEST_CANCEL", "goes_on", None,
         "APPROVE_REQUEST_CANCEL"),
        (ROW, {"decision": "OFFER_PARTIAL_REFUND", "amount": 9_000}, "OFFER_PARTIAL_REFUND", "with_buyer", 9_000,
         "APPROVE_RETURN"),
        (replace(CANCELLATION, cod=True, delivered_at=None), {}, "APPROVE_REQUEST_CANCEL", "stop", None,
         "APPROVE_REQUEST_CANCEL"),
    ],
)  # fmt: skip
def test_what_an_answer_means(
    row: RequestRow, choice: dict[str, Any], decision: str, parcel: str, amount: int | None, silence: str
) -> None:
    (line,) = plan(row, **{"decision": "approve", **choice}).ok
    assert (line.decision, line.parcel, line.amount, line.silence) == (decision, parcel, amount, silence)
    assert (line.refund is None) is (amount is None)
    assert line.deadline is not None and (line.deadline.at, line.deadline.source) == (NOW + DAY, "platform")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("seller_reject_return_no_proof", NO_PROOF), ("no_proof", NO_PROOF), (" NO_PROOF ", NO_PROOF),
        ("too", LATE), ("return", None), ("", None), ("x", None),
    ],
)  # fmt: skip
def test_a_reason_is_found_by_any_part_that_only_it_has(given: str, found: Reason | None) -> None:
    assert match(given, (NO_PROOF, LATE)) == found


def test_the_answers_on_offer_are_those_the_platform_takes_now() -> None:
    assert [one.name for one in offered(ROW)] == [
        "APPROVE_RETURN", "APPROVE_REPLACEMENT", "OFFER_PARTIAL_REFUND", "REJECT_RETURN",
    ]  # fmt: skip
    assert offered(replace(ROW, next_action=None, options=None)) == ()


def test_the_platforms_deadline_wins_and_a_computed_one_names_its_rule() -> None:
    assert deadline(ROW) == (NOW + DAY, "platform", True)
    computed = deadline(replace(ROW, deadline_at=None))
    assert computed == (ROW.created_at + 2 * DAY, "review_days", True)
    assert deadline(replace(ROW, next_action=None)) is None


def test_when_the_money_flows() -> None:
    assert refund(ROW, NOW) == refund(ROW, NOW, "APPROVE_RETURN")
    later = refund(ROW, NOW)
    assert later is not None and (later.soonest, later.days) == (None, (1, 2))
    now = refund(REFUND, NOW)
    assert now is not None and now.soonest is not None and now.soonest > NOW
    granted = replace(REFUND, next_action=None, status="RETURN_OR_REFUND_REQUEST_SUCCESS")
    assert refund(granted, NOW + 30 * DAY) == refund(granted, NOW)
    over = (
        "RETURN_OR_REFUND_REQUEST_COMPLETE",
        "RETURN_OR_REFUND_REQUEST_CANCEL",
        "REFUND_OR_RETURN_REQUEST_REJECT",
    )
    assert [refund(replace(granted, status=status), NOW) for status in over] == [None, None, None]
    assert refund(REFUND, NOW, "REJECT_REFUND") is None
    assert refund(replace(REFUND, detail=RequestDetail(quick_refund=True)), NOW) is None


def test_a_lost_refund_can_be_appealed_for_a_while() -> None:
    lost = replace(REFUND, next_action=None, status="RETURN_OR_REFUND_REQUEST_SUCCESS")
    due = appeal(lost)
    assert due is not None and due.at == lost.updated_at + 15 * DAY
    assert appeal(REFUND) is None
    assert appeal(replace(lost, kind="return")) is None


@pytest.fixture
def db(store: Store) -> Db:
    """An empty store with one shop."""
    return Db(store)


def asks(db: Db, request_id: str = "4035", order_id: str = "580000000000000001", **told: Any) -> int:
    """A buyer asks to cancel; the request's row."""
    facts: dict[str, Any] = {
        "kind": "cancel",
        "status": "CANCELLATION_REQUEST_PENDING",
        "next_action": "SELLER_RESPOND_CANCEL",
        "deadline_at": NOW + DAY,
        "created_at": NOW - HOUR,
        "updated_at": NOW - HOUR,
    }
    db(requests.upsert, db.shop, [RequestRecord(request_id, order_id, **(facts | told))], NOW)
    (row,) = db.rows("SELECT id FROM requests WHERE request_id = :it", it=request_id)
    return int(row[0])


def test_yes_and_no_to_the_same_request_are_never_both_queued(db: Db) -> None:
    db.ingest(order())
    reasons = Answers((Decision("REJECT_REQUEST_CANCEL", reasons=(NO_PROOF,)),))
    pks = [asks(db), asks(db, "stranger", "another")]
    for pk in pks:
        db(requests.looked, pk, NOW, proof=None, options=reasons)
    yes = db(plan_answer, pks, "approve", None, None, None, NOW, Keys())
    no = db(plan_answer, pks, "reject", "no_proof", "maaf", None, NOW, Keys())
    assert (len(yes.ok), len(no.ok)) == (2, 2)
    rows = db(progress, db(queue_answer, yes, "sari", NOW)).rows
    assert {row.kind for row in rows} == {"approve"} and len(rows) == 2
    assert db(progress, db(queue_answer, no, "budi", NOW)).rows == ()
    again = db(plan_answer, pks, "reject", "no_proof", None, None, NOW, Keys())
    assert [(held.reason, held.params["by"]) for held in again.held] == [("action_live", "sari")] * 2


def test_an_answer_keeps_its_reason_its_words_and_its_amount(db: Db) -> None:
    db.ingest(order(status="DELIVERED"))
    pk = asks(db, kind="refund", status="RETURN_OR_REFUND_REQUEST_PENDING", next_action="SELLER_RESPOND_REFUND",
              amount=9_000, detail=encode(RequestDetail(currency="MYR")))  # fmt: skip
    db(
        requests.looked,
        pk,
        NOW,
        proof=None,
        options=Answers((Decision("REJECT_REFUND", reasons=(NO_PROOF,)),)),
    )
    for choice in (("reject", "no_proof", " maaf ", None), ("OFFER_PARTIAL_REFUND", None, "x", 500)):
        found = db(plan_answer, [pk, 999], choice[0], choice[1], choice[2], choice[3], NOW, Keys())
        batch = db(queue_answer, found, "sari", NOW)
        (row,) = db.rows("SELECT kind, target, params FROM actions WHERE batch_id = :it", it=batch)
        db(lambda conn: conn.exec_driver_sql("UPDATE actions SET state = 'cancelled'"))
        assert tuple(row) == {
            "reject": ("reject", "4035:REJECT_REFUND",
                       '{"about":"refund","comment":"maaf","currency":"MYR","decision":"REJECT_REFUND",'
                       '"reason":"seller_reject_return_no_proof","request_id":"4035"}'),
            "OFFER_PARTIAL_REFUND": ("approve", "4035:OFFER_PARTIAL_REFUND",
                       '{"about":"refund","amount":500,"currency":"MYR","decision":"OFFER_PARTIAL_REFUND",'
                       '"request_id":"4035"}'),
        }[choice[0]]  # fmt: skip
