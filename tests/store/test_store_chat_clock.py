"""A buyer who waits for an answer brings one order into the action tab, and the answer takes it out again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from store import chat_clock, orders
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


def test_the_named_order_is_one_of_that_buyer(store: Store) -> None:
    own = record(1, created_at=NOW - 9 * HOUR, **MINE)
    nobodys, anothers = record(2, **MINE | {"buyer_id": None}), record(3, **MINE | {"buyer_id": "another"})
    put(store, [own, nobodys, anothers])
    asked = [
        said_by("BUYER", "yang ini", number, at=SAID + number, order_id=order.order_id)
        for number, order in enumerate([own, nobodys, anothers])
    ]
    talked(store, *asked)
    assert set(clocks(store)) == {own.order_id}
    talked(store, *asked, said_by("SHOP", "siap", 5, at=NOW))
    assert clocks(store) == {}


def test_a_second_conversation_leaves_it_where_the_first_one_put_it(store: Store) -> None:
    old, new = record(1, created_at=NOW - 9 * HOUR, **MINE), record(2, created_at=NOW - 2 * HOUR, **MINE)
    put(store, [old, new])
    talked(store, said_by("BUYER", "yang ini", 1, at=SAID, order_id=old.order_id))
    later = said_by("BUYER", "yang itu", 1, at=SAID + 2, order_id=new.order_id)
    for answer in ((), (said_by("SHOP", "ok", 2, at=SAID + 3),)):
        talked(store, later, *answer, number=2)
        assert clocks(store) == {old.order_id: (SAID + 12 * HOUR, "chat,stuck")}


def test_it_is_mended_where_no_question_came_to_put_it(store: Store) -> None:
    def mended() -> dict[str, tuple[int, str]]:
        store.write(lambda conn: chat_clock.mend(conn, shop))
        assert store.read(lambda conn: chat_clock.wrong(conn, shop)) == []
        return clocks(store)

    shop = store.write(lambda conn: orders.shop_pk(conn, "toko-contoh"))
    late = {"created_at": NOW - HOUR}
    one, two, three = record(1, created_at=NOW - 9 * HOUR, **MINE), record(2, **MINE | late), record(3)
    named = said_by("BUYER", "pesananku?", 1, at=SAID, order_id=two.order_id)
    talked(store, named)
    talked(store, said_by("BUYER", "siapa?", 1), number=2, buyer_id=None)
    talked(store, said_by("BUYER", "halo?", 1), buyer_id="else", shop="lain")
    assert mended() == {}
    # Orders that come after the question, and one whose buyer is told later.
    put(store, [one, record(2, **MINE | late | {"buyer_id": None}), three])
    assert clocks(store) == {} and set(mended()) == {one.order_id}
    put(store, [record(2, **MINE | late | {"updated_at": NOW + 1})])
    right = {two.order_id: (SAID + 12 * HOUR, "chat,stuck")}
    assert mended() == right
    # A store from before the clock, and a clock that nobody's question put there.
    store.write(lambda conn: conn.execute(update(ORDERS).values(chat_by=None, attention=None)))
    assert mended() == right
    stray = update(ORDERS).where(ORDERS.c.order_id == three.order_id).values(chat_by=NOW, attention_at=NOW)
    store.write(lambda conn: conn.execute(stray))
    assert mended() == right


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
