"""What the sender does not send although nothing refuses it: orders held back meanwhile, old wishes of rules."""

from __future__ import annotations

from sqlalchemy import Connection, update

from store import desk
from store.bulk import table_of
from store.models import Action
from store.status import HOLD
from store.times import HOUR, MINUTE
from tests.faults.rig import Bench, when

ONE, TWO, THREE = (f"11500000000000000{n:02}" for n in range(3))


def ends(bench: Bench) -> dict[str, tuple[str, str | None]]:
    """State and reason by package."""
    return {str(row.package_id): (row.state, row.reason) for row in bench.rows()}


def asked(bench: Bench, package: str, by: str, **told: object) -> None:
    """Say who asked for a package's shipment, and what else is known of it."""
    table = table_of(Action)
    bench.store.write(
        lambda conn: conn.execute(
            update(table).where(table.c.target == package).values(requested_by=by, **told)
        )
    )


def hold(bench: Bench, package: str) -> None:
    def put(conn: Connection) -> None:
        (pk,) = conn.exec_driver_sql(f"SELECT id FROM orders WHERE order_id = '58{package}'").scalars()
        desk.add_tags(conn, [pk], [HOLD], "seller", bench.clock())

    bench.store.write(put)


async def test_a_wish_of_a_rule_that_waited_too_long_is_not_sent_and_the_seller_is_told(bench: Bench) -> None:
    bench.queue(ONE, TWO, THREE)
    asked(bench, ONE, "rule:kabar")
    asked(bench, THREE, "rule:kabar", attempts=1)  # made once, turned away, or taken up by a person
    bench.clock.forward(2 * HOUR + MINUTE)
    assert await bench.sender().run_due(5) == {"cancelled": 1, "done": 2}
    assert ends(bench) == {ONE: ("cancelled", "too_old"), TWO: ("done", None), THREE: ("done", None)}
    assert [effect.package_id for effect in bench.platform.effects] == [TWO, THREE]
    told = "SELECT new, detail FROM changes WHERE kind = 'rule.held'"
    ((new, detail),) = bench.store.read(lambda conn: conn.exec_driver_sql(told).all())
    assert (new, '"n":1' in detail, '"rule":"kabar"' in detail) == ("too_old", True, True)


async def test_a_wish_of_a_rule_goes_while_it_is_fresh(bench: Bench) -> None:
    bench.queue(ONE)
    asked(bench, ONE, "rule:kabar")
    bench.clock.forward(2 * HOUR - MINUTE)
    assert await bench.sender().run_due(5) == {"done": 1}


async def test_an_order_held_back_after_the_key_press_does_not_ship(bench: Bench) -> None:
    """Also when the tag comes in the last moment, while the sender looks at the platform."""
    bench.queue(ONE, TWO, THREE)
    asked(bench, THREE, "rule:kirim", attempts=1)  # about to be tried again
    hold(bench, ONE)
    hold(bench, THREE)
    held: set[str] = set()

    def in_the_last_moment() -> None:
        if TWO not in held:
            held.add(TWO)
            hold(bench, TWO)

    late = when("read", in_the_last_moment)
    assert await bench.sender(checkpoint=late).run_due(5) == {"cancelled": 3}
    assert set(ends(bench).values()) == {("cancelled", "held")}
    assert bench.platform.requests == []
