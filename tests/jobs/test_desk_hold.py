"""The tag `tahan`: whoever put it there, an order that has it is neither confirmed nor shipped."""

from __future__ import annotations

from jobs.config.settings import Settings
from jobs.wishes import intents
from store import desk
from store.db import Store
from store.status import HOLD
from tests.store.store_kit import NOW, Db, order, package


def test_plans_refuse_a_held_order_and_take_it_again_when_the_tag_is_off(store: Store) -> None:
    db = Db(store)
    db.ingest(order("1"), order("2", packages=(package("22"),)))
    held, free = db.order("1").id, db.order("2").id
    db(desk.add_tags, [held], [HOLD], "rule:besar", NOW)

    ship = db(intents.plan_ship, [held, free], NOW, Settings())
    assert [(one.order_id, one.reason, one.soft, one.lines) for one in ship.held] == [
        ("1", "held", False, ())
    ]
    assert [line.order_id for line in ship.ok] == ["2"]
    confirm = db(intents.plan_confirm, [held, free])
    assert (confirm.ok, [one.reason for one in confirm.held]) == ((free,), ["held"])

    # Between the look and the key press a rule may put the tag there: the write looks again.
    assert db(intents.confirm, [held, free], "seller", NOW).done == (free,)
    # Overruling is for soft reasons: naming the order changes nothing.
    batch = db(intents.queue_ship, ship, "cli", NOW, {held})
    assert [row.order_id for row in db(intents.progress, batch).rows] == ["2"]

    db(desk.drop_tags, [held], [HOLD], "seller", NOW)
    late = db(intents.plan_ship, [held], NOW, Settings())
    db(desk.add_tags, [held], [HOLD], "rule:besar", NOW)
    assert db(intents.progress, db(intents.queue_ship, late, "seller", NOW)).rows == ()
    assert db.order("1").confirmed_at is None
    db(desk.drop_tags, [held], [HOLD], "seller", NOW)
    assert db(intents.plan_confirm, [held]).ok == (held,)
    assert [line.order_id for line in db(intents.plan_ship, [held], NOW, Settings()).ok] == ["1"]
