"""Search, one order in full, the feed, and what a reader does when the store is not (or no longer) there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from store import ui_state
from store.db import Store
from store.errors import StoreError
from store.models import Action, Change, Item, JobHealth, Package, Rejected, Stock, TrackingEvent
from store.reader import Reader
from store.schema import SchemaState
from store.status import OrderStatus, Tab
from store.times import HOUR
from tests.store import reader_kit
from tests.store.reader_kit import NOW, add, item, order, put


@pytest.fixture
def reader(store: Store) -> Iterator[Reader]:
    """A reader of a store with two shops and no orders."""
    store.write(reader_kit.shops)
    opened = store.reader()
    yield opened
    opened.close()


def action(n: int, pk: int, state: str, **told: object) -> dict[str, object]:
    row = {"id": n, "shop_id": 1, "kind": "ship", "target": f"T{n}", "order_pk": pk, "order_id": f"O{pk}"}
    row |= {"package_id": f"P{pk}", "params": "{}", "params_hash": "", "state": state, "fence": 0}
    row |= {"due_at": NOW, "attempts": 0, "reads": 0, "requested_by": "seller", "requested_at": NOW}
    return row | told


def test_a_reader_imports_nothing_heavy() -> None:
    """The first paint waits for this module: SQLModel alone takes longer than painting."""
    script = (
        "import sys, store.reader\n"
        "heavy = ('sqlalchemy', 'sqlmodel', 'alembic', 'pydantic', 'psycopg', 'asyncio')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_store_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "data" / "pantau.db"
    reader = Reader.open(str(path))
    assert reader.schema_state() is SchemaState.MISSING
    assert reader.shops() == [] and reader.last_seq() == 0 and reader.data_version() == 0
    assert reader.detail(1) is None and reader.counts(NOW)[Tab.ACTION].n == 0 and reader.search("kaos") == []
    assert not path.parent.exists(), "a question makes nothing"
    store = Store.open(str(path))
    store.write(reader_kit.shops)
    assert [shop.name for shop in reader.shops()] == ["toko-satu", "toko-dua"]
    store.close()
    reader.close()


def test_a_reader_cannot_write(reader: Reader) -> None:
    with pytest.raises((StoreError, Exception), match=r"(?i)read.?only|written"):
        reader._link.query("INSERT INTO ui_state VALUES ('a', 'b') RETURNING key")
    assert reader.pref("a") is None


def test_a_server_that_came_back_is_asked_again(store: Store, reader: Reader) -> None:
    if store.dialect == "sqlite":
        pytest.skip("a file does not go away")
    kill = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    reader.shops()
    store.read(lambda conn: conn.execute(kill).all())
    assert len(reader.shops()) == 2
    store.read(lambda conn: conn.execute(kill).all())
    assert reader.detail(1) is None


def test_search_finds_parts_of_anything_newest_first(store: Store, reader: Reader) -> None:
    store.write(
        lambda conn: put(
            conn,
            order(1, summary="Kaos 100% katun", created_at=NOW - 3 * HOUR),
            order(2, summary="kaos polos", buyer="Siti", created_at=NOW - HOUR),
            order(3, summary="Topi a_b", created_at=NOW - 2 * HOUR),
            order(4, summary="Kaos 100 katun axb", created_at=NOW - 4 * HOUR),
        )
    )

    def found(wanted: str, limit: int = 200) -> list[int]:
        return [row.pk for row in reader.search(wanted, limit)]

    assert found("kaos") == found("KAOS") == found(" aos ") == [2, 1, 4]
    assert found("siti kaos") == found("kaos sit") == [2]
    assert found("kaos x") == [4], "a short word narrows what a long one found"
    assert found("100%") == [1] and found("a_b") == [3], "signs are letters, not wildcards"
    assert found("a%b") == found("%%%") == found("") == found("  ") == found("\0") == []
    assert found("580000000000000003") == [3]
    assert found("katun", limit=1) == [4], "the newest rows are kept"
    assert found("'; DROP TABLE orders;--") == found('"') == []


def test_two_characters_are_ends_of_open_order_ids(store: Store, reader: Reader) -> None:
    rows = [order(1, order_id="571"), order(2, order_id="157"), order(3, order_id="1572")]
    rows.append(order(4, order_id="579", tab=int(Tab.COMPLETED), status="COMPLETED"))
    rows.append(order(5, order_id="9%", tab=int(Tab.UNPAID), status="UNPAID"))
    store.write(lambda conn: put(conn, *rows))
    assert sorted(row.pk for row in reader.search("57")) == [1, 2]
    assert [row.pk for row in reader.search("%")] == [5]
    assert len(reader.search("1", limit=1)) == 1


def test_orders_by_every_condition(store: Store, reader: Reader) -> None:
    rows = reader_kit.many(60)
    store.write(lambda conn: put(conn, *rows))
    newest = sorted(rows, key=lambda row: (row["created_at"], row["id"]), reverse=True)
    assert reader.orders() == [row["id"] for row in newest]
    assert reader.orders(limit=5) == [row["id"] for row in newest[:5]]
    transit = [row["id"] for row in newest if row["status"] == "IN_TRANSIT"]
    assert reader.orders(status=OrderStatus.IN_TRANSIT) == transit
    to_ship = sorted((row["sort_at"], row["id"]) for row in rows if row["tab"] == Tab.TO_SHIP)
    assert reader.orders(tab=Tab.TO_SHIP) == [pk for _, pk in to_ship]
    assert reader.orders(tab=Tab.ACTION, now=0) == []
    assert set(reader.orders(tab=Tab.ACTION, now=NOW, status=OrderStatus.UNKNOWN)) <= set(reader.orders())
    wanted = rows[10]["order_id"]
    assert reader.orders(search=wanted) == [11] and reader.orders(search=" ") == []
    assert reader.orders(search="kaos", tab=Tab.TO_SHIP, limit=2) == [pk for _, pk in to_ship[:2]]


def test_the_same_id_in_two_shops(store: Store, reader: Reader) -> None:
    twins = [order(1, order_id="577"), order(2, order_id="577", shop_id=2)]
    store.write(lambda conn: put(conn, *twins))
    assert reader.find("577") == [1, 2] and reader.find("577", "toko-dua") == [2] and reader.find("57") == []


def test_one_order_in_full(store: Store, reader: Reader) -> None:
    def fill(conn: Connection) -> None:
        put(conn, order(1, tags="vip,ulang", province="Jawa Barat"), order(2), order(3, shop_id=2))
        items = [item(1, 0, "A", 2), item(1, 1, "B", 1, is_gift=True), item(2, 0, "A", 5), item(3, 0, "A", 9)]
        add(conn, Item, *items)
        add(conn, Stock, {"shop_id": 1, "sku_id": "A", "on_hand": 6, "updated_at": 1})
        parcel = {"order_pk": 1, "package_id": "P1", "shop_id": 1, "misses": 0, "tracking_number": "JP1"}
        add(conn, Package, parcel)
        events = [
            {"id": n, "order_pk": 1, "key": str(n), "at": at, "status": "x", "text": f"e{n}", "source": "s"}
            for n, at in enumerate([5, None, 9, 9], 1)
        ]
        add(conn, TrackingEvent, *events)
        add(
            conn,
            Action,
            action(1, 1, "refused"),
            action(2, 1, "queued", batch_id="B"),
            action(3, 2, "queued"),
        )
        history = [
            {"seq": n, "at": n, "order_pk": 1, "kind": "order.changed", "actor": "job"} for n in (1, 2)
        ]
        add(conn, Change, *history)

    store.write(fill)
    detail = reader.detail(1)
    assert detail is not None
    assert (detail.row.pk, detail.shop, detail.tags, detail.province) == (
        1, "toko-satu", ("vip", "ulang"), "Jawa Barat",
    )  # fmt: skip
    assert [(i.sku_id, i.quantity, i.is_gift, i.on_hand, i.free) for i in detail.items] == [
        ("A", 2, False, 6, -1), ("B", 1, True, None, None),
    ]  # fmt: skip
    assert [parcel.tracking_number for parcel in detail.parcels] == ["JP1"]
    assert [event.text for event in detail.events] == ["e4", "e3", "e1", "e2"]
    assert [row.id for row in detail.actions] == [2, 1]
    assert [row.seq for row in detail.history] == [2, 1]
    short = list(reader.details(iter([2, 99, 1])))
    assert [entry.row.pk for entry in short] == [2, 1]
    assert short[1].items == detail.items and short[1].parcels == detail.parcels and short[1].events == ()
    assert reader.tracking_numbers([1, 2]) == {(1, "P1"): "JP1"}


def test_a_batch_tells_the_newest_try_of_each_wish(store: Store, reader: Reader) -> None:
    def fill(conn: Connection) -> None:
        put(conn, order(1), order(2))
        wishes = [
            action(1, 2, "refused", batch_id="B") | {"target": "1"},
            action(2, 1, "done", batch_id="B"),
            action(3, 2, "queued") | {"target": "1"},
            action(4, 2, "queued", kind="cancel"),
            action(5, 3, "queued", batch_id="B") | {"order_pk": None},
            action(6, 1, "queued", batch_id="C", kind="cancel"),
        ]
        add(conn, Action, *wishes)

    store.write(fill)
    assert [row.id for row in reader.batch("B")] == [3, 2, 5], (
        "as asked for; a second try stands for the first"
    )
    assert [row.id for row in reader.batch("C")] == [6] and reader.batch("none") == []


def test_free_stock_is_not_summed_up_in_a_flood(
    store: Store, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.reading.single.NEEDS_LIMIT", 1)
    store.write(lambda conn: put(conn, order(1), order(2)))
    store.write(lambda conn: add(conn, Item, item(1, 0, "A", 2)))
    store.write(lambda conn: add(conn, Stock, {"shop_id": 1, "sku_id": "A", "on_hand": 6, "updated_at": 1}))
    detail = reader.detail(1)
    assert detail is not None and (detail.items[0].on_hand, detail.items[0].free) == (6, None)


def test_the_feed_and_what_wakes_the_screen(store: Store, reader: Reader) -> None:
    quiet = reader.data_version()
    assert reader.last_seq() == 0 and reader.changes(0) == [] and reader.data_version() == quiet
    rows = [
        {"seq": n, "at": n, "kind": kind, "actor": "job"} for n, kind in enumerate(["a.x", "b.y", "a.z"], 1)
    ]
    store.write(lambda conn: add(conn, Change, *rows))
    assert reader.data_version() != quiet
    assert [row.seq for row in reader.changes(1)] == [2, 3] and [row.seq for row in reader.changes(0, 1)] == [
        1
    ]
    assert [row.kind for row in reader.recent(["a.%"])] == ["a.z", "a.x"] and reader.recent([]) == []
    assert reader.last_seq() == 3


def test_actions_health_rejects_and_settings(store: Store, reader: Reader) -> None:
    rows = [action(1, 1, "done"), action(2, 1, "queued", batch_id="B"), action(3, 2, "queued")]
    store.write(lambda conn: add(conn, Action, *rows))
    assert [row.id for row in reader.actions()] == [3, 2, 1]
    assert [row.id for row in reader.actions("queued", 1)] == [3]
    assert [row.id for row in reader.actions(order_pk=2)] == [3]
    assert [row.id for row in reader.actions(batch_id="B", limit=9)] == [2]
    store.write(lambda conn: add(conn, JobHealth, {"job": "orders", "shop": "toko-satu", "problem": "token"}))
    assert [(row.job, row.problem) for row in reader.health()] == [("orders", "token")]
    odd = {"shop_id": 1, "source": "x", "reason": "y", "raw": b"z", "at": 1}
    store.write(lambda conn: add(conn, Rejected, odd, odd))
    assert reader.rejected_count() == 2
    assert reader.pref("tab") is None
    for value in ("to-ship", "transit"):
        store.write(lambda conn, value=value: ui_state.put(conn, "tab", value))  # type: ignore[misc]
    assert reader.pref("tab") == "transit"
