"""What is not sent although nothing refuses it: asked in the transaction that would mark it as being sent.

There is no way around that transaction. What it ends was never sent, or two reads said that it did not happen.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, select

from jobs.outbox.rules import State
from store import actions, changes
from store.actions import Claimed
from store.bulk import table_of
from store.models import Order, Package
from store.status import HOLD
from store.times import HOUR

LONGEST: Final = 2 * HOUR
"""How long a wish of a rule may wait for its first send. Nobody looked at it since: after a night it may be untrue."""
_RULE: Final = "rule:"
_ORDERS: Final = table_of(Order)
_PACKAGES: Final = table_of(Package)


def withhold(conn: Connection, rows: Sequence[Claimed], now: int) -> list[Claimed]:
    """End what must not be sent as `cancelled`, with `too_old` or `held` as its reason; those that are ours to end."""
    held = _held(conn, [row for row in rows if row.kind == "ship"])
    over: list[Claimed] = []
    late: Counter[tuple[int, str]] = Counter()
    for row in rows:
        reason = "held" if row.id in held else "too_old" if too_old(row, now) else None
        if reason is None:
            continue
        if actions.finish(conn, row.id, row.fence, State.CANCELLED, now=now, reason=reason):
            over.append(row)
            late[row.shop_id, row.requested_by] += reason == "too_old"
    changes.append(conn, [_told(shop, by, n, now) for (shop, by), n in late.items() if n])
    return over


def too_old(row: Claimed, now: int) -> bool:
    """Whether a rule wished this too long ago. One that was sent once goes on: a person may have asked for it."""
    return row.requested_by.startswith(_RULE) and row.attempts == 0 and now - row.requested_at > LONGEST


def _held(conn: Connection, rows: Sequence[Claimed]) -> set[int]:
    """Of shipments those with an order that has the tag `tahan`; a package may hold several orders."""
    inside: dict[tuple[int, str], set[int]] = defaultdict(set)
    columns = (_PACKAGES.c.shop_id, _PACKAGES.c.package_id, _PACKAGES.c.order_pk)
    for shop_id, package_id, pk in conn.execute(
        select(*columns).where(
            _PACKAGES.c.shop_id.in_({row.shop_id for row in rows}),
            _PACKAGES.c.package_id.in_({row.target for row in rows}),
        )
    ):
        inside[shop_id, package_id].add(pk)
    theirs = {row.id: {row.order_pk, *inside[row.shop_id, row.target]} for row in rows}
    every = {pk for pks in theirs.values() for pk in pks if pk is not None}
    tags = conn.execute(select(_ORDERS.c.id, _ORDERS.c.tags).where(_ORDERS.c.id.in_(every)))
    held = {pk for pk, stored in tags if HOLD in stored.split(",")}
    return {action_id for action_id, pks in theirs.items() if pks & held}


def _told(shop_id: int, by: str, n: int, now: int) -> changes.NewChange:
    """One row of the feed for all that came too late, so that the seller hears of it."""
    about = changes.detail(rule=by.removeprefix(_RULE), n=n, why="too_old")
    return changes.NewChange(now, shop_id, None, None, "rule.held", None, "too_old", about, by)
