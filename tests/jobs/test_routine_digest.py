"""What a digest counts, from a store whose orders are known one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, select, update

from jobs.config.settings import Settings
from jobs.parcels.forecast import RISKY, SOON, Waiting
from jobs.routine.away import section
from jobs.routine.digest import NAMED, Digest, at_risk, decode, encode, first
from jobs.routine.job import now_digest
from store import goods, orders, requests
from store.bulk import table_of
from store.db import Store
from store.models import Action, Conversation, Order
from store.reader import Reader
from store.reading.goods import Claim
from store.records import ItemRecord, RequestRecord
from store.times import DAY, HOUR
from tests.conftest import FrozenClock
from tests.jobs.routine_kit import SHOP, at, take

SHIRT = ItemRecord("11", "Kaos", 2, 50_000)


@pytest.fixture
def reader(store: Store) -> Iterator[Reader]:
    opened = store.reader()
    yield opened
    opened.close()


def test_an_empty_store_has_an_empty_digest(reader: Reader, clock: FrozenClock) -> None:
    clock.now = at("25 08:00")
    found = now_digest(reader, Settings(), clock.now)
    assert (found.to_ship.today, found.scan_risk, found.requests, found.chats, found.stock.low) == (
        0,
        0,
        0,
        0,
        0,
    )
    assert (found.noon, found.yesterday.date) == ("2026-11-25T12:00:00+07:00", "2026-11-24")
    assert not any(found.orders.values())


def test_what_is_to_ship_by_its_clock(store: Store, reader: Reader, clock: FrozenClock) -> None:
    clock.now = at("25 08:00")
    tonight = at("25 23:59")
    take(store, "late", arrange_by=at("24 23:59"), scan_by=at("24 23:59"))
    take(store, "of yesterday", scan_by=tonight, created_at=at("24 20:00"))
    take(store, "of this morning", scan_by=tonight, created_at=at("25 07:00"))
    take(store, "instant", arrange_by=at("25 11:00"), created_at=at("25 07:30"))
    take(store, "of tomorrow", scan_by=at("26 23:59"), created_at=at("25 07:00"))
    take(store, "unpaid", status="UNPAID", scan_by=tonight)
    found = now_digest(reader, Settings(), clock.now)
    assert (found.to_ship.overdue, found.to_ship.before_noon, found.to_ship.today) == (1, 2, 3)
    assert found.orders["overdue"] == ["late"]
    assert set(found.orders["before_noon"]) == {"of yesterday", "instant"}
    assert set(found.orders["today"]) == {"of yesterday", "of this morning", "instant"}
    # In the afternoon noon is tomorrow's: what is placed already and due by then.
    clock.now = at("25 15:00")
    found = now_digest(reader, Settings(), clock.now)
    assert found.noon == "2026-11-26T12:00:00+07:00"
    assert set(found.orders["before_noon"]) == {"of yesterday", "of this morning", "of tomorrow"}
    assert found.to_ship.overdue == 2  # and the instant order is lost


def test_single_orders_are_looked_at_only_for_what_is_scarce(
    store: Store, reader: Reader, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(store, "first", "second", items=(SHIRT,))
    take(store, "third", items=(msgspec.structs.replace(SHIRT, sku_id="12"),))
    asked: list[set[str]] = []
    claimed = reader.claimed

    def watched(skus: set[str]) -> list[Claim]:
        asked.append(skus)
        return claimed(skus)

    monkeypatch.setattr(reader, "claimed", watched)
    for count, short in ((4, 0), (3, 1)):
        told = [goods.Count("11", count), goods.Count("12", 9)]
        store.write(lambda conn, told=told: goods.keep_counts(conn, 1, told, clock.now))  # type: ignore[misc]
        assert now_digest(reader, Settings(), clock.now).stock.short == short
    assert asked == [{"11"}]


def test_everything_else_that_waits(store: Store, reader: Reader, clock: FrozenClock) -> None:
    clock.now = at("25 08:00")
    waits: dict[str, Any] = {"status": "AWAITING_COLLECTION", "shipped_at": at("24 15:00")}
    take(store, "risk", scan_by=at("25 23:59"), **waits)
    take(store, "safe", scan_by=at("26 23:59"), **waits)
    take(
        store,
        "scanned",
        scan_by=at("25 23:59"),
        collected_at=at("24 17:00"),
        **waits | {"status": "IN_TRANSIT"},
    )
    take(store, "first", "second", scan_by=at("26 23:59"), items=(SHIRT,))
    take(store, "failed", scan_by=at("26 23:59"))
    take(store, "asked", scan_by=at("26 23:59"))

    def more(conn: Any) -> None:
        shop = orders.shop_pk(conn, SHOP)
        table = table_of(Order)
        failed = table.c.order_id == "failed"
        conn.execute(update(table).where(failed).values(action_state="refused", attention_at=1))
        facts = {"shop_id": shop, "kind": "ship", "target": "p", "order_id": "failed", "state": "refused"}
        facts |= {"params": "{}", "params_hash": "", "fence": 0, "attempts": 1, "reads": 0}
        moments = {"due_at": 1, "requested_by": "seller", "requested_at": 1}
        pk = conn.execute(select(table.c.id).where(failed)).scalar_one()
        conn.execute(insert(table_of(Action)).values(order_pk=pk, **facts, **moments))
        goods.keep_counts(conn, shop, [goods.Count("11", 3)], clock.now)
        request = RequestRecord(
            *("r1", "asked", "cancel", "AWAITING_SELLER_PROCESS", clock.now, clock.now),
            next_action="SELLER_RESPOND_CANCEL",
        )
        requests.upsert(conn, shop, [request], clock.now)
        told = {"shop_id": shop, "updated_at": clock.now, "unread": 1, "can_send": True}
        conn.execute(
            insert(table_of(Conversation)),
            [
                {**told, "conversation_id": "c1", "answer_by": clock.now + HOUR},
                {**told, "conversation_id": "c2", "answer_by": None},
            ],
        )

    store.write(more)
    found = now_digest(reader, Settings(), clock.now)
    assert found.orders["scan_risk"] == ["risk"]
    assert found.orders["requests"] == ["asked"]
    assert found.orders["failed_actions"] == ["failed"]
    assert found.orders["short"] == ["second"]
    assert (found.chats, found.stock.low, found.stock.short) == (1, 1, 1)
    assert now_digest(reader, Settings(), clock.now, shop_id=99).requests == 0


def test_yesterday_in_numbers(store: Store, reader: Reader, clock: FrozenClock) -> None:
    clock.now = at("25 08:00")
    day: dict[str, Any] = {"created_at": at("24 10:00"), "updated_at": at("24 18:00")}
    take(store, "1", "2", **day)
    take(store, "unpaid", status="UNPAID", **day)
    take(store, "cancelled", status="CANCELLED", **day)
    take(store, "older", status="IN_TRANSIT", created_at=at("23 10:00"), shipped_at=at("24 09:00"),
         collected_at=at("24 15:00"))  # fmt: skip
    take(store, "arrived", status="DELIVERED", created_at=at("20 10:00"), shipped_at=at("20 12:00"),
         collected_at=at("20 15:00"), delivered_at=at("24 13:00"))  # fmt: skip
    take(store, "today", created_at=at("25 00:00"))
    found = now_digest(reader, Settings(), clock.now).yesterday
    assert (found.new, found.shipped, found.cancelled, found.delivered, found.revenue) == (4, 1, 1, 1, 20_000)


def test_a_digest_survives_its_storage() -> None:
    assert decode("{}") is None and decode("\x00") is None
    assert first(["a", "b", "a"]) == ["a", "b"]
    assert len(first(map(str, range(NAMED + 5)))) == NAMED


def test_encoding_is_the_promised_document(reader: Reader, clock: FrozenClock) -> None:
    found = now_digest(reader, Settings(), clock.now)
    again = decode(encode(found))
    assert isinstance(again, Digest) and again == found


NOW = 1_000 * DAY


@pytest.mark.parametrize(
    ("scan_by", "chance", "risk"),
    [
        (NOW - 1, 0.99, True),
        (NOW + HOUR, RISKY - 0.01, True),
        (NOW + HOUR, RISKY, False),
        (NOW + SOON + 1, 0.0, False),  # another pick-up comes before
        (NOW + HOUR, None, True),
        (NOW + 30 * HOUR, None, False),
    ],
)
def test_risk_is_a_poor_chance_or_without_history_a_near_clock(
    scan_by: int, chance: float | None, risk: bool
) -> None:
    assert at_risk(Waiting(1, "1", "jnt", scan_by, chance), NOW, NOW + 10 * HOUR) is risk


@pytest.mark.parametrize(
    ("kind", "new", "name"),
    [
        ("order.new", "AWAITING_SHIPMENT", "new"),
        ("order.new", "COMPLETED", None),
        ("order.status", "CANCELLED", "gone"),
        ("order.status", "DELIVERED", None),
        ("order.cancel_requested", None, "asked"),
        ("request.new", "X", "asked"),
        ("action.done", "done", "done"),
        ("action.needs_person", "needs_person", "failed"),
        ("order.confirmed", None, None),
    ],
)
def test_rows_of_the_feed_by_section(kind: str, new: str | None, name: str | None) -> None:
    assert section(kind, new) == name
