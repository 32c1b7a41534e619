"""The outbox, transition by transition: who may move a row, and what is told about it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from store import actions
from store.actions import Claimed, Queued
from store.times import MINUTE
from tests.store.store_kit import NOW, Db, order

LEASE = MINUTE
PACKAGE = "1150000000000000001"


@pytest.fixture
def ready(db: Db) -> Db:
    """One order that can be shipped."""
    db.ingest(order(arrange_by=None, scan_by=None))
    return db


def ship(db: Db, *, slot: int = 1, by: str = "seller", order_id: str = "580000000000000001") -> Queued:
    pk = db.order(order_id).id
    return db(
        actions.queue, shop_id=db.shop, kind="ship", order_pk=pk, order_id=order_id, target=PACKAGE,
        package_id=PACKAGE, params={"slot": slot, "handover": "PICKUP"}, by=by, now=NOW,
    )  # fmt: skip


def claim(db: Db, *, now: int = NOW, owner: str = "one", limit: int = 10) -> list[Claimed]:
    return db(actions.claim, owner=owner, now=now, lease_ms=LEASE, limit=limit)


def sent(db: Db) -> Claimed:
    """A row that was claimed and marked as being sent."""
    ship(db)
    (row,) = claim(db)
    assert db(actions.mark_sending, row.id, row.fence, NOW, NOW)
    return row


def stored(db: Db, action_id: int) -> Any:
    (row,) = db.rows("SELECT * FROM actions WHERE id = :id", id=action_id)
    return row


def test_a_wish_is_written_with_its_change_and_the_order(ready: Db) -> None:
    queued = ship(ready)

    assert (queued.created, queued.existing) == (True, None)
    row = stored(ready, queued.action_id)
    assert (row.state, row.params, row.attempts) == ("queued", '{"handover":"PICKUP","slot":1}', 0)
    (change,) = ready.rows("SELECT * FROM changes WHERE kind = 'action.queued'")
    assert (change.order_pk, change.new, change.actor) == (ready.order().id, "queued", "seller")
    assert msgspec.json.decode(change.detail) == {"action_id": row.id, "kind": "ship", "target": PACKAGE}
    assert ready.order().action_state == "queued"


def test_a_second_key_press_meets_the_first(ready: Db) -> None:
    first = ship(ready, by="Sari")

    again, other = ship(ready), ship(ready, slot=2)

    assert (again.created, again.action_id, again.same) == (False, first.action_id, True)
    assert again.existing is not None
    assert again.existing.requested_by == "Sari"
    assert (other.created, other.same) == (False, False)
    assert len(ready.rows("SELECT 1 FROM actions")) == 1


def test_what_is_done_is_never_queued_again(ready: Db) -> None:
    row = sent(ready)
    ready(actions.finish, row.id, row.fence, "done", now=NOW)

    again = ship(ready)

    assert (again.created, again.existing and again.existing.state) == (False, "done")


def test_a_claim_leases_and_fences(ready: Db) -> None:
    ship(ready)

    (row,) = claim(ready)

    assert (row.state, row.fence) == ("queued", 1)
    assert claim(ready, owner="two") == []


def test_a_claim_takes_the_oldest_due_first(db: Db) -> None:
    for n in range(3):
        db(
            actions.queue, shop_id=db.shop, kind="ship", order_pk=None, order_id=str(n), target=str(n),
            package_id=None, params={}, by="cli", now=NOW - n,
        )  # fmt: skip

    assert [row.target for row in claim(db, limit=2)] == ["2", "1"]
    assert [row.target for row in claim(db, limit=2)] == ["0"]
    assert db(actions.claim, owner="x", now=NOW, lease_ms=1, limit=9, shop_id=db.shop + 1) == []


def test_sending_needs_the_fence_and_a_live_lease(ready: Db) -> None:
    ship(ready)
    (row,) = claim(ready)

    assert not ready(actions.mark_sending, row.id, row.fence - 1, NOW, NOW)
    assert ready(actions.mark_sending, row.id, row.fence, NOW, NOW + 5)
    assert not ready(actions.mark_sending, row.id, row.fence, NOW, NOW), "it is being sent already"

    now = stored(ready, row.id)
    assert (now.state, now.signed_at, now.sent_at, now.attempts) == ("sending", NOW + 5, NOW, 1)


def test_a_lapsed_lease_may_not_send(ready: Db) -> None:
    if ready.store.dialect == "postgresql":
        pytest.skip("leases run by the server's clock there")
    ship(ready)
    (row,) = claim(ready)

    assert not ready(actions.mark_sending, row.id, row.fence, NOW + LEASE, NOW)


def lapse(db: Db, action_id: int) -> None:
    db.rows("UPDATE actions SET lease_until = 0 WHERE id = :id RETURNING id", id=action_id)


def test_whoever_died_sending_leaves_an_unknown(ready: Db) -> None:
    row = sent(ready)
    assert claim(ready, owner="two") == []
    lapse(ready, row.id)

    (found,) = claim(ready, owner="two")

    assert (found.id, found.state, found.signed_at) == (row.id, "unknown", NOW)
    assert found.fence > row.fence
    assert ready.order().action_state == "unknown"
    assert ready.order().attention == "action_unknown"
    # The dead one wakes up with an answer: it is no longer its row.
    assert not ready(actions.finish, row.id, row.fence, "done", now=NOW)
    assert not ready(actions.requeue, row.id, row.fence, NOW, now=NOW)
    assert not ready(actions.park_unknown, row.id, row.fence, NOW, 1, now=NOW)
    assert stored(ready, row.id).state == "unknown"


def test_the_dead_lose_their_fence_even_if_nobody_takes_over(ready: Db) -> None:
    row = sent(ready)
    lapse(ready, row.id)

    assert claim(ready, limit=0) == []

    assert not ready(actions.finish, row.id, row.fence, "done", now=NOW)
    assert stored(ready, row.id).state == "unknown"


@pytest.mark.parametrize(
    ("state", "shown", "reasons"),
    [
        ("done", None, None),
        ("refused", "refused", "action_failed"),
        ("needs_person", "needs_person", "action_failed"),
        ("cancelled", None, None),
    ],
)
def test_an_end_is_told_and_shown(ready: Db, state: str, shown: str | None, reasons: str | None) -> None:
    row = sent(ready)

    assert ready(actions.finish, row.id, row.fence, state, now=NOW + 1, code=21_011_007, reason="retur")

    now = stored(ready, row.id)
    assert (now.state, now.code, now.reason, now.lease_until) == (state, 21_011_007, "retur", None)
    assert now.done_at == (NOW + 1 if state in ("done", "refused", "cancelled") else None)
    assert (ready.order().action_state, ready.order().attention) == (shown, reasons)
    assert ready.feed()[-1] == (f"action.{state}", "sending", state)


def test_no_end_but_the_known_ones(ready: Db) -> None:
    with pytest.raises(ValueError, match="shipped"):
        ready(actions.finish, 1, 1, "shipped", now=NOW)


def test_a_finished_row_moves_no_more(ready: Db) -> None:
    row = sent(ready)
    ready(actions.finish, row.id, row.fence, "done", now=NOW)

    assert not ready(actions.finish, row.id, row.fence, "refused", now=NOW)
    assert not ready(actions.cancel, row.id, NOW, "seller")
    assert not ready(actions.drop, row.id, NOW, "seller")
    assert not ready(actions.retry, row.id, NOW, "seller")


def test_the_number_of_a_shipped_parcel_is_kept(ready: Db) -> None:
    row = sent(ready)

    ready(actions.finish, row.id, row.fence, "done", now=NOW, tracking_number="JP7", evidence={"read": "RTS"})

    assert ready.order().tracking_number == "JP7"
    assert stored(ready, row.id).evidence == '{"read":"RTS"}'


def test_not_executed_goes_back_in_line(ready: Db) -> None:
    row = sent(ready)

    assert ready(actions.requeue, row.id, row.fence, NOW + 9, now=NOW, code=36_009_002, reason="batas")

    now = stored(ready, row.id)
    assert (now.state, now.due_at, now.signed_at, now.attempts) == ("queued", NOW + 9, None, 1)
    assert claim(ready, now=NOW + 8) == []
    assert [found.state for found in claim(ready, now=NOW + 9)] == ["queued"]


def test_a_send_that_did_nothing_is_no_attempt(ready: Db) -> None:
    row = sent(ready)
    assert stored(ready, row.id).attempts == 1

    assert ready(actions.requeue, row.id, row.fence, NOW + 9, now=NOW, uncount=True)

    assert (stored(ready, row.id).state, stored(ready, row.id).attempts) == ("queued", 0)


def test_reads_of_an_unknown_are_counted_without_news(ready: Db) -> None:
    row = sent(ready)
    ready(actions.park_unknown, row.id, row.fence, NOW + 2, 0, now=NOW, reason="putus")
    (found,) = claim(ready, now=NOW + 2)
    seq = ready.last_seq()

    assert ready(actions.park_unknown, row.id, found.fence, NOW + 5, 1, now=NOW + 2)

    now = stored(ready, row.id)
    assert (now.state, now.reads, now.due_at, now.reason) == ("unknown", 1, NOW + 5, "putus")
    assert ready.last_seq() == seq, "nothing moved"


def test_only_what_waits_can_be_taken_back(ready: Db) -> None:
    first = ship(ready)
    (row,) = claim(ready)

    assert ready(actions.cancel, first.action_id, NOW, "seller")
    assert not ready(actions.mark_sending, row.id, row.fence, NOW, NOW), "cancelled from under the sender"
    assert ready.order().action_state is None

    second = sent(ready)
    assert not ready(actions.cancel, second.id, NOW, "seller")
    assert not ready(actions.cancel, 99, NOW, "seller")


def test_a_refused_wish_is_tried_again_as_a_new_row(ready: Db) -> None:
    row = sent(ready)
    ready(actions.finish, row.id, row.fence, "refused", now=NOW, reason="alamat")

    assert ready(actions.retry, row.id, NOW + 1, "Sari")
    assert not ready(actions.retry, row.id, NOW + 1, "Sari"), "the new row is in the way"

    old, new = ready.rows("SELECT state, params, requested_by, attempts FROM actions ORDER BY id")
    assert (old.state, new.state, new.requested_by, new.attempts) == ("refused", "queued", "Sari", 0)
    assert old.params == new.params
    assert ready.order().action_state == "queued", "the refusal is history"


def test_a_person_decides_what_nobody_knows(ready: Db) -> None:
    row = sent(ready)
    ready(actions.finish, row.id, row.fence, "needs_person", now=NOW)
    assert ship(ready).created is False, "it may have happened"

    assert ready(actions.retry, row.id, NOW, "seller")

    now = stored(ready, row.id)
    assert (now.state, now.attempts, now.signed_at) == ("queued", 1, None)
    assert not ready(actions.finish, row.id, row.fence, "done", now=NOW), "a late answer to the first try"
    (again,) = claim(ready)
    ready(actions.mark_sending, again.id, again.fence, NOW, NOW)
    ready(actions.finish, again.id, again.fence, "needs_person", now=NOW)
    assert ready(actions.drop, row.id, NOW, "seller")
    assert (stored(ready, row.id).state, ready.order().attention) == ("cancelled", None)


def test_a_refusal_can_be_let_be(ready: Db) -> None:
    row = sent(ready)
    ready(actions.finish, row.id, row.fence, "refused", now=NOW)

    assert ready(actions.drop, row.id, NOW, "seller")
    assert ready.order().action_state is None


def test_the_worst_of_several_is_shown(ready: Db) -> None:
    row = sent(ready)
    ready(actions.finish, row.id, row.fence, "refused", now=NOW)
    ready(
        actions.queue, shop_id=ready.shop, kind="cancel", order_pk=ready.order().id, order_id=row.order_id,
        target=row.order_id, package_id=None, params={}, by="seller", now=NOW,
    )  # fmt: skip

    assert ready.order().action_state == "refused"


def test_intake_does_not_forget_a_failed_action(ready: Db) -> None:
    row = sent(ready)
    ready(actions.finish, row.id, row.fence, "needs_person", now=NOW)

    ready.ingest(order(arrange_by=None, scan_by=None, updated_at=NOW, note="halo"))

    assert (ready.order().action_state, ready.order().attention) == ("needs_person", "action_failed")
