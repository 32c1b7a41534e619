"""What happened while nothing ran: counted from the feed between the last sign of life and the first full
look.

The feed says it, not the orders: the rows between two numbers are exactly what nobody saw, whoever wrote them
(`pantau sync --once` by a timer, another seat's last second).
"""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING, Final

import msgspec

from jobs.routine.digest import Closed, Digest, first
from store.digests import Away
from store.status import OrderStatus
from store.times import MINUTE, to_iso

if TYPE_CHECKING:
    from store.reader import Reader

LONGEST: Final = 15 * MINUTE
"""Without a sign of life for longer, somebody was away; a restart is not worth a word."""
LOOK: Final = 5_000
"""Newest rows of the feed whose orders are named."""
_FRESH: Final = frozenset({OrderStatus.UNPAID, OrderStatus.ON_HOLD, OrderStatus.AWAITING_SHIPMENT})
"""As in jobs/notices.py: an order that arrives as history is no news."""
KINDS: Final = ("order.new", "order.status", "action.done", "action.refused", "action.needs_person")
ASKED: Final = ("order.cancel_requested", "request.new")


def tell(reader: Reader, zone: tzinfo, away: Away, until_seq: int, present: Digest) -> Digest:
    """The digest of a time away: what happened, and on top of it how things stand now."""
    ids: dict[str, list[str]] = {"new": [], "gone": [], "asked": [], "done": [], "failed": []}
    rows = reader.touched(away.seq, until_seq, KINDS, LOOK)
    # Asked for apart: few, but they must all be there to be counted by order.
    rows += reader.touched(away.seq, until_seq, ASKED, LOOK)
    for _, order_id, kind, new in rows:
        if (name := section(kind, new)) is not None:
            ids[name].append(order_id)
    counts = dict.fromkeys((*ids, "messages"), 0)
    for row in reader.happened(away.seq, until_seq):
        if (name := section(row.kind, row.new)) is not None and name != "asked":
            counts[name] += row.n
        elif row.kind == "chat.message":
            counts["messages"] += row.n
    closed = Closed(
        since=to_iso(away.since, zone) or "",
        until=to_iso(away.until, zone) or "",
        new=counts["new"],
        cancelled=counts["gone"],
        # A buyer's wish to cancel stands in the feed twice: of the order, and of the request.
        requests=len(set(ids["asked"])),
        messages=counts["messages"],
        actions_done=counts["done"],
        actions_failed=counts["failed"],
    )
    orders = present.orders | {name: first(some) for name, some in ids.items()}
    return msgspec.structs.replace(present, kind="opened", while_closed=closed, orders=orders)


def section(kind: str, new: str | None) -> str | None:
    """The part of the news a row of the feed belongs to."""
    match kind:
        case "order.new":
            return "new" if new in _FRESH else None
        case "order.status":
            return "gone" if new == OrderStatus.CANCELLED else None
        case "order.cancel_requested":
            return "asked"
        case "request.new":
            return "asked"
        case "action.done":
            return "done"
        case "action.refused" | "action.needs_person":
            return "failed"
    return None
