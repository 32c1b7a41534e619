"""Paging by key, ranks and counts, against the same question asked of a Python list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from store.db import Store
from store.models import Request
from store.reader import Reader
from store.reading.views import CHIPS, selection
from store.status import Tab
from store.times import DAY, HOUR
from store.views import Key, View
from tests.store import reader_kit
from tests.store.reader_kit import NOW

ROWS = reader_kit.many()

HOLDS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "new": lambda row: row["confirmed_at"] is None,
    "confirmed": lambda row: row["confirmed_at"] is not None,
    "cod": lambda row: row["cod"],
    "note": lambda row: row["note"] is not None,
    "cancel": lambda row: row["cancel_requested"],
    "tokopedia": lambda row: row["channel"] == "TOKOPEDIA",
    "multi": lambda row: row["packages"] > 1,
    "failed": lambda row: row["action_state"] in ("refused", "needs_person"),
    "due24": lambda row: (row["arrange_by"] or row["scan_by"]) <= NOW + DAY,
}

VIEWS = [View(tab, sort) for tab in Tab for sort in ("urgent", "newest")]
VIEWS += [View(Tab.TO_SHIP, chips=frozenset({chip})) for chip in CHIPS]
VIEWS += [
    View(Tab.ACTION, chips=frozenset({"cod", "note"})),
    View(Tab.TO_SHIP, shop_id=2),
    View(Tab.ACTION, "newest", frozenset({"due24"}), 1),
]


def expected(view: View) -> list[Key]:
    """The keys of a view, in order, by plain Python."""

    def holds(row: dict[str, Any]) -> bool:
        if view.tab is Tab.ACTION:
            here = row["attention_at"] is not None and row["attention_at"] <= NOW
        elif view.tab is Tab.RETURNS:
            here = row["returns_at"] is not None
        else:
            here = row["tab"] == view.tab
        mine = view.shop_id in (None, row["shop_id"])
        return here and mine and all(HOLDS[chip](row) for chip in view.chips)

    columns = {Tab.ACTION: "attention_at", Tab.RETURNS: "returns_at"}
    column = "created_at" if view.sort == "newest" else columns.get(view.tab, "sort_at")
    return sorted((Key(row[column], row["id"]) for row in ROWS if holds(row)), reverse=view.sort == "newest")


@pytest.fixture
def reader(store: Store) -> Iterator[Reader]:
    """A reader of the orders of reader_kit."""
    store.write(reader_kit.shops)
    store.write(lambda conn: reader_kit.put(conn, *ROWS))
    opened = store.reader()
    yield opened
    opened.close()


def test_every_view_is_walked_in_its_order(reader: Reader) -> None:
    for view in VIEWS:
        wanted = expected(view)
        found: list[Key] = []
        while page := reader.after(view, found[-1] if found else None, 7, NOW):
            found += [row.key for row in page]
        assert found == wanted, view
        back: list[Key] = []
        while page := reader.before(view, back[0] if back else None, 7, NOW):
            back = [row.key for row in page] + back
        assert back == wanted, view
        assert reader.total(view, NOW) == len(wanted), view
        for line, key in enumerate(wanted):
            assert reader.at(view, line, NOW) == key, view
            assert reader.rank(view, key, NOW) == line, view
            assert reader.key_of(view, key.pk, NOW) == key, view
        assert reader.at(view, len(wanted), NOW) is None


def test_the_test_has_rows_to_test(reader: Reader) -> None:
    assert all(expected(view) for view in VIEWS if view.tab not in (Tab.DELIVERED, Tab.CANCELLED))


def test_a_page_around_a_row_that_left(reader: Reader) -> None:
    view = View(Tab.TO_SHIP)
    keys = expected(view)
    assert reader.after(view, keys[3], 2, NOW, inclusive=True)[0].key == keys[3]
    gone = Key(keys[3].sort, keys[3].pk - 1) if keys[2].pk != keys[3].pk - 1 else Key(keys[3].sort - 1, 0)
    assert reader.after(view, gone, 1, NOW, inclusive=True)[0].key == keys[3]
    elsewhere = expected(View(Tab.UNPAID))[0].pk
    assert reader.key_of(view, elsewhere, NOW) is None
    assert reader.key_of(view, 10**9, NOW) is None


def test_time_alone_brings_an_order_into_the_action_tab(reader: Reader) -> None:
    view = View(Tab.ACTION)
    late = [row["id"] for row in ROWS if row["attention_at"] == NOW + 1]
    assert reader.total(view, NOW + 1) == reader.total(view, NOW) + len(late) > len(late)
    assert reader.key_of(view, late[0], NOW) is None
    assert reader.key_of(view, late[0], NOW + 1) is not None


def test_rows_come_as_asked_with_true_booleans(reader: Reader) -> None:
    rows = reader.rows([5, 10**9, 3, 5])
    assert [row.pk for row in rows] == [5, 3, 5]
    told = ROWS[4]
    assert {name: getattr(rows[0], name) for name in told if hasattr(rows[0], name)} == {
        name: value for name, value in told.items() if hasattr(rows[0], name)
    }
    assert rows[0].key == Key(told["sort_at"], 5)
    assert {type(rows[0].cod), type(rows[0].cancel_requested)} == {bool}
    assert [row.pk for row in reader.rows(list(range(1, 121)) * 10)] == list(range(1, 121)) * 10


def test_the_labels_of_the_tabs(reader: Reader, store: Store) -> None:
    for shop_id in (None, 1, 2):
        counts = reader.counts(NOW, shop_id)
        assert {tab: row.n for tab, row in counts.items()} == {
            tab: len(expected(View(tab, shop_id=shop_id))) for tab in Tab
        }
        assert list(counts) == list(Tab)
    to_ship = [row["arrange_by"] for row in ROWS if row["tab"] == Tab.TO_SHIP]
    assert reader.counts(NOW)[Tab.TO_SHIP].worst_at == min(to_ship)
    assert reader.counts(NOW)[Tab.COMPLETED].worst_at is None
    assert reader.counts(NOW)[Tab.RETURNS].worst_at is None, "a last change is no clock"
    pk = next(row["id"] for row in ROWS if row["returns_at"] == NOW + HOUR)
    ask = {"shop_id": 1, "order_id": "x", "kind": "return", "status": "S", "created_at": 1, "updated_at": 1}
    request = {"id": 1, "request_id": "r", "order_pk": pk, "deadline_at": NOW + HOUR} | ask
    store.write(lambda conn: reader_kit.add(conn, Request, request))
    assert reader.counts(NOW)[Tab.RETURNS].worst_at == NOW + HOUR


def test_a_filtered_total_follows_the_store(reader: Reader, store: Store) -> None:
    view = View(Tab.TO_SHIP, chips=frozenset({"cod"}))
    before = reader.total(view, NOW)
    pk = reader.after(view, None, 1, NOW)[0].pk
    store.write(
        lambda conn: conn.execute(text("UPDATE orders SET cod = :no WHERE id = :pk"), {"no": False, "pk": pk})
    )
    store.write(
        lambda conn: conn.execute(text("INSERT INTO changes (at, kind, actor) VALUES (1, 'x', 'job')"))
    )
    assert reader.total(view, NOW) == before - 1


def test_the_day_so_far(reader: Reader) -> None:
    start = NOW - 8 * HOUR
    new = [row for row in ROWS if row["created_at"] >= start]
    sent = [row for row in ROWS if row["shipped_at"] is not None and row["shipped_at"] >= start]
    today = reader.today(NOW, start)
    assert (today.new, today.shipped) == (len(new), len(sent))


def test_no_list_is_sorted_or_scanned(store: Store) -> None:
    """Every page of a tab is read from an index in its order; a lost index must not wait for a big shop."""
    if store.dialect == "postgresql":
        pytest.skip("PostgreSQL plans by statistics, which an empty database has not")
    reader = store.reader()
    for view in VIEWS:
        chosen = selection(view, NOW)
        statement = (
            f"EXPLAIN QUERY PLAN SELECT * FROM orders o WHERE {chosen.where} AND {chosen.beyond()}"
            f" ORDER BY {chosen.order_by()} LIMIT 9"
        )
        plan = " ".join(row[3] for row in reader._link.query(statement, (*chosen.args, 1, 1)))
        assert "SEARCH o USING INDEX" in plan, (view, plan)
        # Those two tabs hold what a person can still look through: they are sorted when asked by age.
        if view.sort == "urgent" or view.tab not in (Tab.ACTION, Tab.RETURNS):
            assert "TEMP B-TREE" not in plan, (view, plan)
    reader.close()


def test_no_question_of_a_key_press_scans_the_orders(store: Store) -> None:
    if store.dialect == "postgresql":
        pytest.skip("PostgreSQL plans by statistics, which an empty database has not")
    store.write(reader_kit.shops)
    store.write(lambda conn: reader_kit.put(conn, *ROWS))
    reader = store.reader()
    asked: list[tuple[str, Any]] = []

    def spy(statement: str, args: Any = ()) -> list[tuple[Any, ...]]:
        asked.append((statement, args))
        return reader._link.query(statement, args)

    reader._query = spy
    reader.counts(NOW)
    reader.counts(NOW, shop_id=2)
    reader.today(NOW, NOW - DAY)
    reader.find("580000000000000005")
    reader.search("580000000000000005")
    reader.search("57")
    reader.detail(5)
    reader.rows([1, 2])
    reader.key_of(View(Tab.TO_SHIP), 5, NOW)
    reader.changes(0)
    reader.recent(["action.%"])
    reader.batch("B")
    reader.actions(batch_id="B", limit=9)
    reader.last_seq()
    assert len(asked) > 30
    for statement, args in asked:
        plan = [row[3] for row in reader._link.query(f"EXPLAIN QUERY PLAN {statement}", args)]
        big = (
            "SCAN o",
            "SCAN orders",
            "SCAN i",
            "SCAN items",
            "SCAN packages",
            "SCAN tracking_events",
            "SCAN r",
        )
        # One end of an index or of the feed is not a walk through it.
        walks = [
            step for step in plan if step in big or step.startswith(tuple(f"{table} USING" for table in big))
        ]
        assert not walks, (statement, plan)
    reader.close()
