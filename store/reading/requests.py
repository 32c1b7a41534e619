"""What buyers ask, with what is known of it besides: for the list, the dialogs and `pantau requests`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from store.reading.base import CHUNK, Base, marks
from store.request_facts import Answers, Proof, RequestDetail, decode
from store.views import RequestRow

_OWN: Final = (
    *("id", "shop_id", "request_id", "order_pk", "order_id", "kind", "status", "reason", "reason_text"),
    *("amount", "next_action", "deadline_at", "created_at", "updated_at", "looked_at"),
)
_ORDER: Final = (
    *("status", "buyer", "summary", "total", "payment_method", "cod"),
    *("shipped_at", "collected_at", "delivered_at"),
)
_FACTS: Final = ("detail", "proof", "options")
_SELECT: Final = (
    f"SELECT s.name, {', '.join(f'r.{name}' for name in (*_OWN, *_FACTS))},"
    f" {', '.join(f'o.{name}' for name in _ORDER)}"
    " FROM requests r JOIN shops s ON s.id = r.shop_id LEFT JOIN orders o ON o.id = r.order_pk"
)
_CLOSED: Final = ("COMPLETE", "CANCEL", "CANCELLED", "REJECT", "REFUND_SUCCESS")
"""How the platform's words for a finished request end, as in store/derived.py."""
_OPEN: Final = "(r.next_action IS NOT NULL OR NOT ({}))".format(
    " OR ".join(f"upper(r.status) LIKE '%{end}'" for end in _CLOSED)
)
_FAR: Final = 1 << 62
"""Stands for "no clock runs": after every deadline, in both databases."""


class Requests(Base):
    """Requests with their orders."""

    def requests(
        self, pks: Sequence[int] | int | None = None, *, open_only: bool = True, limit: int | None = None
    ) -> list[RequestRow]:
        """Requests by deadline, those without one last: all, or those of one or more orders (their row ids).

        `open_only` leaves out what is finished. Without orders it looks at every request there is: some ten
        milliseconds for a hundred thousand.
        """
        where = [_OPEN] if open_only else []
        if pks is None:
            return self._requests(where, (), limit)
        wanted = [pks] if isinstance(pks, int) else list(pks)
        found: list[RequestRow] = []
        for start in range(0, len(wanted), CHUNK):
            some = wanted[start : start + CHUNK]
            found += self._requests([*where, f"r.order_pk IN ({marks(some)})"], some, limit)
        found.sort(key=lambda row: (row.deadline_at or _FAR, row.pk))
        return found[:limit]

    def requests_by_pk(self, pks: Sequence[int]) -> list[RequestRow]:
        """Requests by their own row ids, in the order asked for; one that is gone is left out."""
        found: dict[int, RequestRow] = {}
        for start in range(0, len(pks), CHUNK):
            some = pks[start : start + CHUNK]
            found |= {row.pk: row for row in self._requests([f"r.id IN ({marks(some)})"], some)}
        return [found[pk] for pk in dict.fromkeys(pks) if pk in found]

    def find_requests(self, text: str) -> list[RequestRow]:
        """The request with this id, else the requests of the order with this id that wait for our answer."""
        exact = self._requests(["r.request_id = ?"], (text,))
        return exact or self._requests(["r.order_id = ?", "r.next_action IS NOT NULL"], (text,))

    def _requests(
        self, where: Sequence[str], args: Sequence[Any], limit: int | None = None
    ) -> list[RequestRow]:
        condition = f" WHERE {' AND '.join(where)}" if where else ""
        ending = "" if limit is None else f" LIMIT {int(limit)}"
        rows = self._query(
            f"{_SELECT}{condition} ORDER BY coalesce(r.deadline_at, {_FAR}), r.id{ending}", args
        )
        return [_made(row) for row in rows]


def _made(row: tuple[Any, ...]) -> RequestRow:
    shop, *values = row
    own = dict(zip(_OWN, values, strict=False))
    order = dict(zip(_ORDER, values[len(_OWN) + len(_FACTS) :], strict=True))
    detail, proof, options = values[len(_OWN) : len(_OWN) + len(_FACTS)]
    return RequestRow(
        **{"pk": own.pop("id"), "shop": shop, "order_status": order.pop("status"), **own, **order}
        | {"cod": bool(order["cod"])},
        detail=decode(detail, RequestDetail) or RequestDetail(),
        proof=decode(proof, Proof),
        options=decode(options, Answers),
    )
