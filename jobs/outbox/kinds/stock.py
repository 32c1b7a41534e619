"""Set how many pieces of a SKU may be sold. The target is `<sku>:<batch>`.

The number is absolute, so a repeat does no harm of its own and the kind is resendable. What it could do is undo a
sale: a buyer takes a piece between the moment a person read the shelf and the moment the number arrives. So the shelf
is read right before each send, and a number that moved since is not set unless the person insisted (`force`).
Evidence is the inventory search; docs/stock.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from jobs.outbox.kinds.base import Client, Usual, answer_of
from jobs.outbox.rules import Answer, Evidence, Seen, State
from jobs.stock.wishes import StockParams
from shop.product_writes import parse_set_stock, set_stock
from store.actions import Claimed
from store.reading.goods import Warehouse
from store.reading.stock_wishes import sku_of


class SetStock(Usual):
    """`stock`."""

    resendable = True

    def __init__(self) -> None:
        self._places: dict[int, tuple[Warehouse, ...]] = {}
        """The SKU's warehouses as the read before the send found them, by action."""

    async def read(self, client: Client, row: Claimed, now: int) -> Evidence:
        """How many there are now, and whether the number moved since a person looked."""
        wish, sku_id = _params(row), sku_of(row.target)
        found = next((one for one in await client.shelved([sku_id]) if one.sku_id == sku_id), None)
        if found is None:
            # Once something was sent, "not told" may be a lagging replica; before, there is nothing to set.
            if row.state == State.QUEUED:
                return Evidence(Seen.IMPOSSIBLE, now, problem="sku_not_found")
            return Evidence(Seen.UNREADABLE, now, problem="sku_not_told")
        status = str(found.available)
        same, sent = found.available == wish.quantity, row.attempts > 0
        if same and sent:
            return Evidence(Seen.DONE, now, status)
        if row.state != State.QUEUED:
            return Evidence(Seen.NOT_DONE, now, status)
        if not found.warehouses:
            return Evidence(Seen.IMPOSSIBLE, now, status, problem="no_warehouse")
        # The wished number before any send may be what a lagging replica remembers from before another change: it is
        # sent all the same.
        if not same and not wish.force and wish.seen is not None and found.available != wish.seen:
            # After a send nobody heard of, the number may be ours less what was sold since: only a person can tell.
            problem = "stock_unclear" if sent else "stock_moved"
            return Evidence(Seen.IMPOSSIBLE, now, status, problem=problem)
        self._places[row.id] = found.warehouses
        return Evidence(Seen.NOT_DONE, now, status)

    def prepare(self, client: Client, rows: Sequence[Claimed], signed_at: int) -> Any:
        """Every warehouse of the SKU with its new number."""
        (row,) = rows
        wish = _params(row)
        places = spread(self._places.pop(row.id), wish.quantity)
        return client.prepare(set_stock(wish.product_id, sku_of(row.target), places), signed_at // 1_000)

    def answers(self, client: Client, reply: Any, rows: Sequence[Claimed]) -> Mapping[str, Answer]:
        """A partial failure stands beside code 0."""
        (row,) = rows
        return {row.target: answer_of(parse_set_stock(reply, sku_of(row.target)))}


def spread(places: Sequence[Warehouse], quantity: int) -> list[Warehouse]:
    """The same warehouses with `quantity` pieces in all: the fullest takes the difference, as far as it has some."""
    left = quantity - sum(one.quantity for one in places)
    numbers = {one.id: one.quantity for one in places}
    for one in sorted(places, key=lambda place: (-place.quantity, place.id)):
        moved = max(left, -one.quantity)
        numbers[one.id] += moved
        left -= moved
        if not left:
            break
    return [Warehouse(one.id, numbers[one.id]) for one in places]


def _params(row: Claimed) -> StockParams:
    return msgspec.json.decode(row.params, type=StockParams)
