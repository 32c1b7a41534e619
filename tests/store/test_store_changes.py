"""The feed: rows in order, details without what is unknown."""

from __future__ import annotations

from store import changes
from tests.store.store_kit import NOW, Db


def test_rows_keep_their_order(db: Db) -> None:
    full = changes.NewChange(NOW, db.shop, 7, "58", "order.status", "UNPAID", "ON_HOLD", '{"a":1}', "rule:x")

    db(changes.append, [full, changes.NewChange(NOW + 1, None, None, None, "job.failed")])
    db(changes.append, [])

    query = "SELECT at, shop_id, order_pk, order_id, kind, old, new, detail, actor FROM changes ORDER BY seq"
    first, second = db.rows(query)
    assert tuple(first) == full
    assert (second.kind, second.actor) == ("job.failed", "platform")


def test_a_detail_leaves_out_what_is_unknown() -> None:
    assert changes.detail(code=None, reason="alamat", n=0) == '{"reason":"alamat","n":0}'
