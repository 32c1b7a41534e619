"""The sender against a platform on a real socket: what it sends, when, and what it makes of the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest
from sqlalchemy import Connection, select

from jobs.outbox.rules import Evidence
from jobs.outbox.sender import Sender
from shop.facts import OrderPage
from store import actions
from store.actions import Claimed
from store.bulk import table_of
from store.errors import DiskFull
from store.models import Order
from store.records import OrderRecord, PackageRecord
from tests.faults.fake_platform import Effect, Mood
from tests.faults.rig import NOW, QUICK, Bench, FakeKind, Reply, Signed, when

ONE = "1150000000000000001"
PACKAGES = tuple(f"11500000000000000{n:02}" for n in range(12))
LONG = 2 * QUICK.quiet


async def test_equal_packages_share_requests_and_each_ships_once(bench: Bench) -> None:
    bench.queue(*PACKAGES)
    tally = await bench.sender().run_due(5)
    assert tally == {"done": 12}
    assert sorted(len(packages) for _, packages, _ in bench.platform.requests) == [2, 5, 5]
    assert sorted(effect.package_id for effect in bench.platform.effects) == list(PACKAGES)


async def test_packages_with_other_parameters_never_share_a_request(bench: Bench) -> None:
    bench.queue()
    for package, params in ((PACKAGES[0], {}), (PACKAGES[1], {"handover": "PICKUP"}), (PACKAGES[2], {})):
        bench.store.write(partial(_wish, bench=bench, package=package, params=params))
    await bench.sender().run_due(5)
    sent = {packages for _, packages, _ in bench.platform.requests}
    assert sent == {(PACKAGES[0], PACKAGES[2]), (PACKAGES[1],)}


async def test_every_send_follows_a_read(bench: Bench) -> None:
    bench.queue(*PACKAGES[:3])
    seen: list[int] = []
    bench.platform.witness = lambda: seen.append(bench.platform.reads)
    await bench.sender().run_due(5)
    assert seen == [3]


async def test_the_intention_is_on_disk_before_the_first_byte(bench: Bench) -> None:
    bench.queue(ONE)
    states: list[dict[str, str]] = []
    bench.platform.witness = lambda: states.append(bench.states())
    await bench.sender().run_due(5)
    assert states == [{ONE: "sending"}]


async def test_the_signature_carries_the_time_that_was_written_ahead(bench: Bench) -> None:
    bench.queue(ONE)
    sender = bench.sender(checkpoint=when("marked", lambda: bench.clock.forward(30)))
    written = bench.clock()
    await sender.run_due(5)
    assert [timestamp for timestamp, _, _ in bench.platform.requests] == [written]


async def test_what_somebody_else_shipped_is_done_without_a_send(bench: Bench) -> None:
    bench.queue(ONE)
    bench.platform.effects.append(Effect(ONE, bench.clock(), bench.clock()))
    await bench.sender().run_due(5)
    assert bench.platform.requests == []
    assert bench.states() == {ONE: "done"}


async def test_a_cancelled_package_is_refused_without_a_send(bench: Bench) -> None:
    bench.queue(ONE)
    bench.platform.cancelled = frozenset({ONE})
    await bench.sender().run_due(5)
    assert bench.platform.requests == []
    assert [(row.state, row.reason) for row in bench.rows()] == [("refused", "target_cancelled")]


async def test_nothing_is_sent_while_the_platform_cannot_be_read(bench: Bench) -> None:
    bench.queue(ONE)
    bench.platform.unreadable = True
    await bench.settle(bench.sender(), 300)
    assert bench.platform.requests == []
    assert bench.states() == {ONE: "queued"}
    bench.platform.unreadable = False
    await bench.settle(bench.sender(), 300)
    assert bench.states() == {ONE: "done"}


async def test_a_request_that_cannot_be_built_is_not_sent(bench: Bench) -> None:
    class Broken(FakeKind):
        def prepare(self, *_: object) -> Signed:
            raise ValueError("no cipher")

    bench.queue(ONE)
    await bench.sender(Broken()).run_due(5)
    assert bench.platform.requests == []
    assert [(row.state, row.reason) for row in bench.rows()] == [("queued", "ValueError")]


async def test_a_lease_that_lapsed_during_the_reads_sends_nothing(bench: Bench) -> None:
    bench.queue(ONE)
    slow = bench.sender(checkpoint=when("read", lambda: bench.clock.forward(QUICK.lease)))
    handled = await asyncio.wait_for(slow._pass(), 5)
    assert handled == []
    assert bench.platform.requests == []
    assert bench.states() == {ONE: "queued"}


async def test_a_wish_taken_back_during_the_reads_is_not_sent(bench: Bench) -> None:
    bench.queue(ONE)
    [row] = bench.rows()

    class SecondThoughts(FakeKind):
        async def read(self, client: str, claimed: Claimed, now: int) -> Evidence:
            await bench.store.awrite(lambda conn: actions.cancel(conn, row.id, now, "seller"))
            return await super().read(client, claimed, now)

    await bench.sender(SecondThoughts()).run_due(5)
    assert bench.platform.requests == []
    assert bench.states() == {ONE: "cancelled"}


async def test_a_result_that_comes_after_the_row_changed_hands_is_dropped(bench: Bench) -> None:
    bench.queue(ONE)

    class Overtaken(FakeKind):
        async def send(self, client: str, prepared: Signed, deadline: float) -> Reply:
            reply = await super().send(client, prepared, deadline)
            bench.clock.forward(QUICK.lease)
            await bench.store.awrite(lambda conn: _take(conn, bench))
            return reply

    await bench.sender(Overtaken())._pass()
    [row] = bench.rows()
    assert len(bench.platform.effects) == 1
    assert row.state == "unknown"


async def test_a_kind_this_version_does_not_know_is_left_alone(bench: Bench) -> None:
    bench.queue()
    bench.store.write(lambda conn: _wish(conn, bench, ONE, {}, kind="teleport"))
    await bench.settle(bench.sender(), 200)
    assert [(row.state, row.reason) for row in bench.rows()] == [("queued", "unknown_kind")]


async def test_reads_stop_in_time_for_the_lease_and_the_rest_waits_for_the_next_pass(bench: Bench) -> None:
    bench.queue(*PACKAGES)
    reads = 0

    def slow(name: str) -> None:
        nonlocal reads
        if name == "read":
            reads += 1
            bench.clock.forward(QUICK.lease // 15)

    sender = bench.sender(checkpoint=slow)
    await sender._pass()
    assert 0 < reads < len(PACKAGES)
    await sender.run_due(5)
    assert set(bench.states().values()) == {"done"}
    assert bench.platform.doubles() == {}


async def test_two_senders_share_the_work_and_ship_everything_once(bench: Bench) -> None:
    bench.platform.moods = (Mood.FINE, Mood.MUTE, Mood.ERROR_AFTER)
    bench.queue(*PACKAGES)
    one, other = bench.sender(owner="one"), bench.sender(owner="other")
    for _ in range(0, LONG, 50):
        await asyncio.gather(one.run_due(5), other.run_due(5))
        bench.clock.forward(50)
    assert set(bench.states().values()) == {"done"}
    assert sorted(effect.package_id for effect in bench.platform.effects) == list(PACKAGES)


async def test_the_orders_of_finished_actions_are_read_again(bench: Bench) -> None:
    told: list[tuple[int, list[str]]] = []

    async def settled(shop: int, orders: Sequence[str]) -> None:
        told.append((shop, list(orders)))
        raise ConnectionError

    bench.queue(*PACKAGES[:2])
    await bench.sender(settled=settled).run_due(5)
    assert told == [(bench.shop, [f"58{package}" for package in PACKAGES[:2]])]
    assert set(bench.states().values()) == {"done"}


class Platform(str):
    """The fake's address, with the orders behind it."""

    asked: list[Sequence[str]]

    async def order_detail(self, order_ids: Sequence[str]) -> OrderPage:
        self.asked.append(order_ids)
        package = PackageRecord(ONE, "PROCESSING", tracking_number="JX1")
        status = "AWAITING_COLLECTION"
        record = OrderRecord(order_ids[0], status, status, NOW, NOW, packages=(package,))
        return OrderPage([record], [])


async def test_by_default_the_sender_itself_reads_the_orders_again(bench: Bench) -> None:
    bench.queue(ONE)
    client = Platform(bench.platform.url)
    client.asked = []
    sender = Sender(
        bench.store, {bench.shop: client}, QUICK, bench.clock, kinds={"ship": FakeKind()},
        monotonic=bench.clock.monotonic,
    )  # fmt: skip
    await sender.run_due(5)
    assert client.asked == [[f"58{ONE}"]]
    query = select(table_of(Order).c.status, table_of(Order).c.tracking_number)
    assert bench.store.read(lambda conn: tuple(conn.execute(query).one())) == ("AWAITING_COLLECTION", "JX1")


async def test_an_idle_pass_writes_nothing(bench: Bench) -> None:
    """Every commit wakes every screen."""
    bench.queue(ONE)
    sender = bench.sender()
    await sender.run_due(5)
    commits: list[None] = []
    bench.store.listen(lambda: commits.append(None))
    assert await sender.run_due(5) == {}
    assert commits == []


async def test_a_full_disk_before_the_send_sends_nothing(bench: Bench) -> None:
    def full(name: str) -> None:
        if name == "marking":
            raise DiskFull

    bench.queue(ONE)
    with pytest.raises(DiskFull):
        await bench.sender(checkpoint=full).run_due(5)
    assert bench.platform.requests == []
    assert bench.states() == {ONE: "queued"}
    bench.clock.forward(QUICK.lease)
    await bench.sender().run_due(5)
    assert bench.states() == {ONE: "done"}


async def test_a_full_disk_after_the_send_is_found_out_later(bench: Bench) -> None:
    def full(name: str) -> None:
        if name == "finishing":
            raise DiskFull

    bench.queue(ONE)
    with pytest.raises(DiskFull):
        await bench.sender(checkpoint=full).run_due(5)
    assert bench.states() == {ONE: "sending"}
    bench.clock.forward(QUICK.lease)
    await bench.sender().run_due(5)
    assert bench.states() == {ONE: "done"}
    assert len(bench.platform.effects) == 1


def _wish(conn: Connection, bench: Bench, package: str, params: dict[str, str], kind: str = "ship") -> None:
    actions.queue(
        conn,
        shop_id=bench.shop,
        kind=kind,
        order_pk=None,
        order_id=f"58{package}",
        target=package,
        package_id=package,
        params=params,
        by="seller",
        now=bench.clock(),
    )


def _take(conn: Connection, bench: Bench) -> None:
    now = bench.clock()
    actions.claim(conn, owner="other", now=now, lease_ms=60_000, limit=5, shop_id=bench.shop)
