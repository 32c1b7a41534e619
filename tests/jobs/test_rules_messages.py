"""Messages that rules send: once per state, in the words of a template, within limits that only messages use up."""

from __future__ import annotations

import pytest

from store import desk as seller_desk
from store.db import Store
from store.times import MINUTE
from tests.conftest import FrozenClock
from tests.jobs.rules_kit import Desk, arrived, begun, conditions, made, number, rule, settings
from tests.store.store_kit import package


@pytest.fixture
def desk(store: Store, clock: FrozenClock) -> Desk:
    return Desk(store, clock)


def test_a_message_answers_a_state_once_in_the_words_of_its_template(desk: Desk) -> None:
    given = settings(rule("message", name="kabar", on="IN_TRANSIT", template="telat", cod=False))
    desk.put(made(1, buyer_id="77"), made(2, buyer_id="78", cod=True), made(3, "IN_TRANSIT", buyer_id="79"))
    begun(desk, given)
    assert desk.actions() == []
    arrived(desk, 1, "IN_TRANSIT", buyer_id="77")
    arrived(desk, 2, "IN_TRANSIT", buyer_id="78", cod=True)
    assert desk.run(given).did == 1
    assert desk.actions() == [("message", "0001", "rule:kabar")]
    ((params,),) = desk.ask("SELECT params FROM actions")
    assert f"pesanan {number(1)} terlambat" in params
    # Neither again, nor in other words, nor for what is history when it is first seen.
    desk.put(made(4, "IN_TRANSIT", buyer_id="80"))
    edited = settings(rule("message", name="kabar", on="IN_TRANSIT", template="halo"))
    desk.run(given)
    pk = desk.pk(1)
    desk.store.write(lambda conn: seller_desk.add_tags(conn, [pk], ["vip"], "seller", desk.clock()))
    desk.run(edited)
    assert len(desk.actions()) == 1


def test_a_message_waits_for_what_its_template_names_and_fails_for_what_is_not_there(desk: Desk) -> None:
    given = settings(
        rule("message", name="resi", on="IN_TRANSIT", template="dikirim"),
        rule("message", name="salah", on="IN_TRANSIT", template="tidak-ada"),
    )
    desk.put(made(1, buyer_id="77"))
    begun(desk, given)
    arrived(desk, 1, "IN_TRANSIT", buyer_id="77")
    report = desk.run(given)
    assert (report.held, report.failed, report.did) == (1, 1, 0)
    assert conditions(desk.why("held"))["do = field_missing"] == ("number", False)
    assert conditions(desk.why("failed"))["do = template_missing"] == ("tidak-ada", False)
    with_number = package(
        "115000000000000001", courier="jnt", courier_name="J&T", tracking_number="JP1234567890"
    )
    arrived(desk, 1, "IN_TRANSIT", buyer_id="77", packages=(with_number,))
    assert desk.run(given).did == 1
    assert desk.actions() == [("message", "0001", "rule:resi")]
    assert len(desk.ask("SELECT 1 FROM changes WHERE kind = 'rule.held' AND new = 'failed'")) == 1


def test_what_is_said_already_is_nothing_to_do_and_what_cannot_be_sent_uses_up_no_limit(desk: Desk) -> None:
    """One message an hour: neither the text that is under way nor the buyer nobody can write to takes its place."""
    given = settings(
        rule("message", name="satu", on="IN_TRANSIT", template="telat", limit_per_hour=1),
        rule("message", name="sama", on="IN_TRANSIT", template="telat", limit_per_hour=1),
        per_hour=2,
    )
    desk.put(made(1, buyer_id=None), made(2, buyer_id="78"))
    begun(desk, given)
    desk.clock.advance(MINUTE)
    desk.put(
        *(
            made(n, "IN_TRANSIT", updated_at=desk.clock(), buyer_id=buyer)
            for n, buyer in ((1, None), (2, "78"))
        )
    )
    report = desk.run(given)
    assert (report.did, report.failed, report.nothing, report.held) == (1, 2, 1, 0)
    assert desk.actions() == [("message", "0002", "rule:satu")]
    assert ("sama", "0002", "nothing") in desk.runs()
    assert conditions(desk.why("nothing"))["do = same_text"] == ("", True)
    assert conditions(desk.why("failed"))["do = no_buyer"] == ("", False)
    told = desk.ask("SELECT new, actor FROM changes WHERE kind = 'rule.held' ORDER BY seq")
    assert told == [("failed", "rule:satu"), ("failed", "rule:sama")]
    # The hour of the second rule is still free: neither of the two counted.
    arrived(desk, 3, "AWAITING_SHIPMENT", buyer_id="79")
    arrived(desk, 3, "IN_TRANSIT", buyer_id="79")
    assert desk.run(given).held == 1  # the first has done its one
    assert desk.actions()[1:] == [("message", "0003", "rule:sama")]
    assert desk.run(given).nothing == 0
