"""The feed of changes: appended by every write in its own transaction, read by screens, notices and audits.

| kind | old, new | detail |
| --- | --- | --- |
| `order.new` | -, status | - |
| `order.status` | status, status | - |
| `order.changed` | - | `{"fields": ["deadline", "note", ...]}` (store/ingest.py names them) |
| `order.cancel_requested` | - | - (a buyer's wish to cancel became known) |
| `order.confirmed`, `order.unconfirmed`, `order.note_seen` | - | - |
| `order.ticked`, `order.unticked` | - | - (a person says that it is, or is not, done in Seller Center) |
| `order.noted` | note, note (their first 200 signs; none: no note) | - |
| `order.tagged` | - | `{"added": [tag, ...], "dropped": [tag, ...]}` |
| `order.still_to_ship` | - | - (ticked, and a newer file says that it is still to be shipped) |
| `package.tracking` | tracking status, tracking status | `{"package_id", "tracking_number", "reason"}` |
| `action.<state>` | state before, state | `{"action_id", "kind", "target", "code", "reason"}` |
| `request.new`, `request.status`, `request.answered` (from here) | status, status | `{"request_id", "kind"}` |
| `handover.scanned`, `.stopped`, `.unchecked`, `.removed`, `.given` | -, manifest | `{"manifest", "courier", ...}` |
| `handover.closed` | -, number | `{"manifest", "courier", "parcels", "received_by"}` |
| `handover.reminder` | - | `{"courier", "name", "parcels", "pickup", "nearest", "orders"}` |
| `paper.made`, `paper.failed` | -, kind of paper | `{"paper", "kind", "pages", "missing", "problem"}`, once a paper |
| `paper.printed` | -, kind of paper | `{"paper", "kind", "printer", "package_id"}`, once for each of its orders |
| `file.imported` | - | `{"import", "name", "rows", "orders", "new", "changed", "unchanged", "gone", "rejected"}` |
| `file.failed` | -, problem | `{"import", "name", "problem", "row", "column"}` |
| `order.not_in_file` | - | `{"import", "name"}`: the file before held this open order, this newer one not |
| `stock.low` | - | `{"sku_id", "seller_sku", "name", "variation", "free"}`: few are left, once each time |
| `stock.out_soon` | - | the same and `minutes`: sold out in about so many, at the present pace |
| `stock.changed` | - | `{"n", "sku_id"}`: so many SKUs have another number on hand (the one, if it is one) |
| `stock.low_at` | number, number (none: the setting's) | `{"sku_id", "name", "variation", "low_at"}`: low from there |
| `orders.exported` | - | `{"name", "orders", "masked"}`: buyers' data left the store as a file |
| `money.statement` | -, state | `{"statement", "settlement", "at"}`, once a statement |
| `money.failed` | state, `FAILED` | the same: its payment failed, once each time |
| `money.overdue`, `money.less` | - | `{"n", "amount"}`: late, or less; once an order (jobs/money/watch.py) |
| `chat.message` | - | `{"conversation", "conversation_pk", "buyer", "messages"}`: the order named, or the newest |
| `chat.late` | - | `{"conversation", "conversation_pk", "buyer", "answer_by"}`, once: nobody answered in time |
| `digest.made` | -, `routine` or `opened` | its numbers that are not 0, `"slot"` or `"since"` (jobs/routine/job.py) |
| `cutoff.near` | - | `{"cutoff", "minutes", "arrange", "scan", "orders"}`: what is left of the day before noon |
| `health.step` | level, level | `{"rate", "shop", "share", "level", "forecast"}` (jobs/health/watch.py) |
| `rule.did` | -, confirm/hold/ship/message | `{"rule", "do"}` (the run itself: store.models.RuleRun) |
| `rule.held` | -, `limit`, `failed` or `too_old` | `{"rule", "n", "why"}`: so many at once; no order of its own |
| `job.failed`, `job.recovered` | problem, problem | `{"job", "shop", "detail"}` |

What a Seller Center file changed has the actor `file:<import id>`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from store.bulk import insert_rows, table_of
from store.models import Change


class NewChange(NamedTuple):
    """One row to append; a plain tuple in this order does as well."""

    at: int
    shop_id: int | None
    order_pk: int | None
    order_id: str | None
    kind: str
    old: str | None = None
    new: str | None = None
    detail: str | None = None
    actor: str = "platform"


_COLUMNS = NewChange._fields
_NEW_ORDER = ("at", "shop_id", "order_pk", "order_id", "new")
_NEW_ORDER_FIXED = (("kind", "order.new"), ("actor", "platform"))
_NEW_ORDER_BY = (*_NEW_ORDER, "actor")
_NEW_ORDER_KIND = (("kind", "order.new"),)


def append(conn: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Append rows of NewChange's shape in their order."""
    insert_rows(conn, table_of(Change), _COLUMNS, rows)


def append_new_orders(
    conn: Connection, rows: Sequence[tuple[int, int, int, str, str]], actor: str = "platform"
) -> None:
    """Append `order.new` of (at, shop_id, order_pk, order_id, status): half the values, for half of all rows."""
    if actor == "platform":
        insert_rows(conn, table_of(Change), _NEW_ORDER, rows, _NEW_ORDER_FIXED)
    else:
        insert_rows(conn, table_of(Change), _NEW_ORDER_BY, [(*row, actor) for row in rows], _NEW_ORDER_KIND)


def detail(**values: object) -> str:
    """The JSON of a detail column, without what is None."""
    return msgspec.json.encode({k: v for k, v in values.items() if v is not None}).decode()
