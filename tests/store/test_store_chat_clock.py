"""A buyer who waits for an answer brings one order into the action tab, and the answer takes it out again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from store.attention import CHAT_LEAD
from store.bulk import table_of
from store.db import Store
from store.models import Order
from store.status import Tab
from store.times import HOUR, WIB
from store.views import View
from tests.ui.chat_kit import BUYER_ID, said_by, talked
from tests.ui.screen_kit import NOW, put, record
from tui.present import nearest, reasons, ticking

ORDERS = table_of(Order)
SAID = NOW - HOUR
MINE: dict[str, Any] = {
    "buyer_id": BUYER_ID,
    "status": "IN_TRANSIT",
    "raw_status": "IN_TRANSIT",
    "updated_at": NOW,
}


def clocks(store: Store) -> dict[str, tuple[int, str]]:
    query = select(ORDERS.c.order_id, ORDERS.c.chat_by, ORDERS.c.attention).where(
        ORDERS.c.chat_by.is_not(None)
    )
    rows = store.read(lambda conn: conn.execute(query).all())
    return {order_id: (chat_by, attention) for order_id, chat_by, attention in rows}


def test_the_newest_order_or_the_one_that_is_named(store: Store) -> None:
    old, new = record(1, created_at=NOW - 9 * HOUR, **MINE), record(2, created_at=NOW - 2 * HOUR, **MINE)
    put(store, [old, new, record(3)])
    talked(store, said_by("BUYER", "halo?", 1, at=SAID))
    assert clocks(store) == {new.order_id: (SAID + 12 * HOUR, "chat,stuck")}
    named = said_by("BUYER", "yang ini", 2, at=SAID + 1, order_id=old.order_id)
    talked(store, said_by("BUYER", "halo?", 1, at=SAID), named)
    assert clocks(store) == {old.order_id: (SAID + 12 * HOUR, "chat,stuck")}
    # A newer body of the order, its journey or a wish leave the clock where it is.
    put(store, [record(1, created_at=NOW - 9 * HOUR, **MINE | {"note": "baru", "updated_at": NOW + 1})])
    assert clocks(store) == {old.order_id: (SAID + 12 * HOUR, "chat,stuck")}
    # In another conversation the same buyer waits since later: the first one's end is not the end.
    talked(store, said_by("BUYER", "di sini juga", 1, at=NOW), number=2)
    assert set(clocks(store).values()) == {(SAID + 12 * HOUR, "chat,stuck")}
    talked(store, named, said_by("SHOP", "siap", 3, at=NOW))
    assert clocks(store) == {new.order_id: (NOW + 12 * HOUR, "chat,stuck")}
    talked(store, said_by("SHOP", "siap", 2, at=NOW + 1), number=2)
    assert clocks(store) == {}


def test_it_stands_in_the_action_tab_when_the_end_is_near(store: Store) -> None:
    put(store, [record(1, **MINE)])
    talked(store, said_by("BUYER", "halo?", 1, at=SAID))
    talked(store, said_by("BUYER", "siapa?", 1), number=2, buyer_id="nobody's")
    talked(store, said_by("BUYER", "siapa?", 1), number=3, buyer_id=None)
    reader = store.reader()
    near = SAID + 12 * HOUR - CHAT_LEAD
    view = View(Tab.ACTION)
    assert reader.after(view, None, 10, near - 1) == []
    [row] = reader.after(view, None, 10, near)
    assert (row.chat_by, row.attention_at) == (SAID + 12 * HOUR, near)
    clocks = [ticking(row, at, WIB) for at in (near - 1, near)]
    assert [(reasons(row, one), nearest(one, row).text) for one in clocks] == [
        ([], ""),
        (["jawab chat"], "3 j 00 mnt"),
    ]
    reader.close()
