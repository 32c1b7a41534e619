"""What a person has to arrange in Seller Center, as the checklist shows it."""

from __future__ import annotations

import msgspec

from store.reading.base import Base

_FACTS = (
    "a.id, a.shop_id, s.name, a.order_pk, a.order_id, coalesce(a.package_id, p.package_id), a.state, a.reason,"
    " a.sent_at, a.done_at,"
    " o.status, o.cancel_requested, o.buyer, o.summary, o.arrange_by, o.scan_by,"
    " coalesce(p.courier, o.courier), coalesce(p.courier_name, o.courier_name), o.note"
)


class ByHandRow(msgspec.Struct, frozen=True):
    """A shipment of a shop of kind `file`. Times in epoch ms, text raw (clean() it at the border)."""

    id: int
    """Row id of its action."""
    shop_id: int
    shop: str
    order_pk: int
    order_id: str
    package_id: str | None
    """None while no file has named one."""
    state: str
    """`queued`, or `refused` by the shop's newest file."""
    reason: str | None
    """Of a queued one, see store.views.BY_HAND."""
    sent_at: int | None
    """When a person said that it is done."""
    done_at: int | None
    """When the file refused it."""
    status: str
    cancel_requested: bool
    buyer: str | None
    summary: str
    arrange_by: int | None
    scan_by: int | None
    courier: str | None
    courier_name: str | None
    note: str | None


class ByHand(Base):
    """Shipments without a sender."""

    def checklist(self, shop: str | None = None) -> list[ByHandRow]:
        """Shipments that wait for a person, and those that the shop's newest file refused: of one shop by its
        name or of all, shop by shop, the nearest deadline first. As many rows as there are, a few thousand at
        worst: who works through them needs them all."""
        states = f"(a.state = 'queued' OR (a.state = 'refused' AND a.done_at >= {_NEWEST} AND {_LAST}))"
        statement = (
            f"SELECT {_FACTS} FROM actions a JOIN shops s ON s.id = a.shop_id AND s.kind = 'file'"
            " JOIN orders o ON o.id = a.order_pk"
            " LEFT JOIN packages p ON p.shop_id = a.shop_id AND p.order_pk = a.order_pk"
            f" AND p.package_id = coalesce(a.package_id, {_ONLY})"
            f" WHERE a.kind = 'ship' AND a.state IN ('queued', 'refused') AND {states}"
        )
        if shop is not None:
            statement += " AND s.name = ?"
        statement += f" ORDER BY s.id, {_CLOCK}, a.order_id, a.id"
        found = self._query(statement, () if shop is None else (shop,))
        return [_row(list(row)) for row in found]


_NEWEST = (
    "(SELECT coalesce(min(f.started_at), 0) FROM file_imports f WHERE f.shop_id = a.shop_id AND f.state = 'done'"
    " AND f.stamp = (SELECT max(g.stamp) FROM file_imports g WHERE g.shop_id = a.shop_id AND g.state = 'done'))"
)
"""When the file that knows most of the present was first read: an older one, or the same again, hides nothing."""
_LAST = (
    "NOT EXISTS (SELECT 1 FROM actions b WHERE b.order_pk = a.order_pk AND b.kind = 'ship' AND b.id > a.id)"
)
_ONLY = (
    "(SELECT CASE WHEN count(*) = 1 THEN min(q.package_id) END FROM packages q"
    " WHERE q.shop_id = a.shop_id AND q.order_pk = a.order_pk)"
)
"""The package of an order's wish, once a file has named it."""
_CLOCK = (
    "CASE WHEN o.arrange_by IS NULL AND o.scan_by IS NULL THEN 1 ELSE 0 END,"
    " CASE WHEN o.arrange_by IS NULL OR o.scan_by < o.arrange_by THEN o.scan_by ELSE o.arrange_by END"
)
_CANCEL = ByHandRow.__struct_fields__.index("cancel_requested")


def _row(values: list[object]) -> ByHandRow:
    values[_CANCEL] = bool(values[_CANCEL])  # SQLite has no booleans
    return ByHandRow(*values)  # type: ignore[arg-type]  # the columns of _FACTS, in order
