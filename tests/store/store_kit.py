"""What the tests of the store share: an order as a source tells it, and short reads of what was stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Select, select, text

from store import orders
from store.bulk import table_of
from store.models import Order
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.times import HOUR

if TYPE_CHECKING:
    from store.db import Store

P = ParamSpec("P")
T = TypeVar("T")

NOW = 1_795_000_000_000
"""A Wednesday noon in November 2026."""

SHIRT = ItemRecord("1730000000000000011", "Kaos Polos", 2, 67_500, None, "KP-HTM-L", "Hitam, L")
CAP = ItemRecord("1730000000000000022", "Topi Trucker", 1, 30_000, None, "TP-NVY", "Navy")


def package(package_id: str = "1150000000000000001", **told: Any) -> PackageRecord:
    """A parcel that waits to be arranged."""
    return PackageRecord(package_id, **{"status": "TO_FULFILL", "courier": "jnt", **told})


def order(
    order_id: str = "580000000000000001", status: str = "AWAITING_SHIPMENT", **told: Any
) -> OrderRecord:
    """An order placed an hour before NOW, to be arranged within a day."""
    facts: dict[str, Any] = {
        "raw_status": status,
        "created_at": NOW - HOUR,
        "updated_at": NOW - HOUR,
        "items": (SHIRT,),
        "packages": (package(),),
        "arrange_by": NOW + 24 * HOUR,
        "scan_by": NOW + 30 * HOUR,
        "buyer": "B*** S***",
        "city": "Kota Bandung",
        "total": 136_000,
    }
    return OrderRecord(order_id=order_id, status=status, **(facts | told))


class Db:
    """A store with one shop in it; `db(function, ...)` calls a store function in a transaction of its own."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.shop: int = self(orders.shop_pk, "toko-contoh")

    def __call__(
        self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return self.store.write(lambda conn: function(conn, *args, **kwargs))

    def ingest(self, *records: OrderRecord, now: int = NOW, authoritative: bool = False) -> orders.Ingested:
        return self(orders.ingest, self.shop, records, now, authoritative=authoritative)

    def rows(self, query: Select[Any] | str, **values: Any) -> list[Any]:
        """All rows of a query, or of SQL text with named parameters."""
        statement = text(query) if isinstance(query, str) else query
        return self(lambda conn: list(conn.execute(statement, values)))

    def order(self, order_id: str = "580000000000000001") -> Any:
        """The stored row of an order."""
        orders_table = table_of(Order)
        (row,) = self.rows(select(orders_table).where(orders_table.c.order_id == order_id))
        return row

    def feed(self, *, since: int = 0) -> list[tuple[str, str | None, str | None]]:
        """The feed as (kind, old, new)."""
        query = "SELECT kind, old, new FROM changes WHERE seq > :since ORDER BY seq"
        return [tuple(row) for row in self.rows(query, since=since)]

    def last_seq(self) -> int:
        """Where the feed ends now."""
        return int(self.rows("SELECT coalesce(max(seq), 0) FROM changes")[0][0])
