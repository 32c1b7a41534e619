"""Which changes deserve a word, how they are grouped, and what rings."""

from __future__ import annotations

import msgspec
import pytest

from jobs.notices import FLOOD, MOST, OrderFacts, Severity, Told, told
from store.views import ChangeRow


def row(kind: str, pk: int | None = 1, /, *, seq: int = 1, **words: object) -> ChangeRow:
    old, new = words.pop("old", None), words.pop("new", None)
    return ChangeRow(
        seq=seq,
        at=seq,
        shop_id=1,
        order_pk=pk,
        order_id=None if pk is None else f"58{pk}",
        kind=kind,
        old=None if old is None else str(old),
        new=None if new is None else str(new),
        detail=msgspec.json.encode(words).decode() if words else None,
        actor="platform",
    )


def fresh(pk: int) -> ChangeRow:
    return row("order.new", pk, new="AWAITING_SHIPMENT")


def only(said: Told) -> tuple[str, Severity, bool]:
    [notice] = said.notices
    return notice.kind, notice.severity, notice.bell


def test_new_orders_are_one_notice_with_their_worth() -> None:
    facts = {1: OrderFacts(136_000), 2: OrderFacts(215_000, cod=True), 3: OrderFacts(9, "USD")}
    said = told([fresh(1), fresh(2), fresh(3), fresh(4)], facts)
    [notice] = said.notices
    assert (notice.key, notice.order_pks, said.badge) == ("notice.new", (1, 2, 3, 4), 4)
    assert notice.params == {"n": 4, "total": 351_000, "cod": 1, "orders": "581, 582, 583"}
    assert only(said) == ("new", Severity.GOOD, True)


def test_history_is_no_news() -> None:
    past = [row("order.new", pk, new=new) for pk, new in enumerate(("COMPLETED", "CANCELLED", "IN_TRANSIT"))]
    assert told(past, {}) == Told((), 0)


def test_a_first_sync_says_one_quiet_line() -> None:
    said = told([fresh(pk) for pk in range(FLOOD)], {})
    [notice] = said.notices
    assert (notice.key, notice.params["n"], said.badge) == ("notice.first_sync", FLOOD, 0)
    assert only(said) == ("new", Severity.INFO, False)
    assert told([fresh(pk) for pk in range(FLOOD - 1)], {}).notices[0].bell


def test_a_cancelled_order_is_dangerous_once_it_was_arranged() -> None:
    def gone(old: str) -> tuple[str, Severity, bool]:
        return only(told([row("order.status", old=old, new="CANCELLED")], {}))

    assert gone("AWAITING_COLLECTION") == ("cancelled_arranged", Severity.DANGER, True)
    assert gone("PARTIALLY_SHIPPING") == ("cancelled_arranged", Severity.DANGER, True)
    assert gone("AWAITING_SHIPMENT") == ("cancelled", Severity.WARNING, False)
    assert gone("UNPAID") == ("cancelled", Severity.WARNING, False)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (row("order.cancel_requested"), "cancel_requested"),
        (row("order.status", old="IN_TRANSIT", new="DELIVERED"), "delivered"),
        (row("request.new", new="OPEN", request_id="9", kind="return"), "return"),
        (row("action.refused", reason="order cancelled"), "action_refused"),
        (row("action.needs_person", reason="attempts_used_up"), "action_needs_person"),
        (row("job.failed", None, new="no_network", job="orders", shop="toko"), "job_failed"),
        (row("job.recovered", None, old="no_network", job="orders", shop="toko"), "job_recovered"),
    ],
)
def test_what_is_worth_a_word(change: ChangeRow, kind: str) -> None:
    assert only(told([change], {}))[0] == kind


@pytest.mark.parametrize(
    "change",
    [
        row("order.status", old="AWAITING_SHIPMENT", new="AWAITING_COLLECTION"),
        row("order.changed"),
        row("order.confirmed"),
        row("order.note_seen"),
        row("package.tracking", new="in_transit"),
        row("action.queued"),
        row("action.done"),
        row("action.cancelled"),
        row("request.new", new="OPEN", kind="cancel"),
        row("something.later"),
    ],
)
def test_what_is_not(change: ChangeRow) -> None:
    assert told([change], {}) == Told((), 0)


def test_a_failure_carries_its_reason() -> None:
    [notice] = told([row("action.refused", reason="order cancelled")], {}).notices
    assert notice.params == {"n": 1, "orders": "581", "reason": "order cancelled"}
    assert notice.bell


def test_trouble_names_the_job_and_the_problem() -> None:
    [failed] = told([row("job.failed", None, new="token", job="orders", shop="toko")], {}).notices
    assert failed.params == {"n": 1, "job": "orders", "shop": "toko", "problem": "token"}
    [back] = told([row("job.recovered", None, old="token", job="orders", shop="toko")], {}).notices
    assert back.params["problem"] == "token"


def test_the_last_word_on_a_job_counts() -> None:
    failed = row("job.failed", None, seq=1, new="x", job="orders", shop="a")
    back = row("job.recovered", None, seq=2, old="x", job="orders", shop="a")
    other = row("job.failed", None, seq=3, new="x", job="orders", shop="b")
    assert {n.kind: n.params["shop"] for n in told([failed, back, other], {}).notices} == {
        "job_failed": "b",
        "job_recovered": "a",
    }


def test_at_most_three_the_worst_first_and_the_badge_counts_them_all() -> None:
    changes = [
        fresh(1),
        row("order.status", 2, old="IN_TRANSIT", new="DELIVERED"),
        row("order.cancel_requested", 3),
        row("order.status", 4, old="AWAITING_COLLECTION", new="CANCELLED"),
        row("order.status", 5, old="AWAITING_COLLECTION", new="CANCELLED"),
        row("action.refused", 6, reason="x"),
    ]
    said = told(changes, {})
    assert [notice.kind for notice in said.notices] == [
        "cancelled_arranged",
        "action_refused",
        "cancel_requested",
    ]
    assert len(said.notices) == MOST
    assert said.badge == 5


def test_an_order_that_changes_twice_is_one_order() -> None:
    twice = [row("order.cancel_requested", 7, seq=1), row("order.cancel_requested", 7, seq=2)]
    [notice] = told(twice, {}).notices
    assert (notice.params["n"], notice.order_pks) == (1, (7,))


def test_a_detail_that_is_no_object_is_survived() -> None:
    broken = msgspec.structs.replace(row("action.refused"), detail="[1")
    assert told([broken], {}).notices[0].params["reason"] == ""


def test_silence_says_nothing() -> None:
    assert told([], {}) == Told((), 0)
