"""The words of a rule's message: a template of jobs/chat, filled from the order as it is now."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from jobs.chat import templates
from jobs.config.keys import Keys
from store.bulk import table_of
from store.models import Order, Shop
from store.views import Key, OrderDetail, OrderRow

_ORDERS: Final = table_of(Order)
_SHOPS: Final = table_of(Shop)


class NoText(Exception):
    """A template that is not there, or names something that is not known of the order."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def text_for(conn: Connection, settings: Keys, template: str, pk: int, now: int) -> str:
    """The filled template. Raises NoText."""
    language = settings.chat.language or "id"
    facts = templates.facts_of(_detail(conn, pk), language, ZoneInfo(settings.timezone), now)
    try:
        return templates.fill(template, language, facts, settings.chat.templates)
    except templates.UnknownTemplate:
        raise NoText("template_missing", template) from None
    except templates.MissingField as error:
        raise NoText("field_missing", error.field) from None


def _detail(conn: Connection, pk: int) -> OrderDetail:
    """The order as a screen has it, without what no template names: this runs inside a writing transaction, where
    there is no Reader."""
    query = select(_ORDERS, _SHOPS.c.name.label("shop")).join(_SHOPS, _SHOPS.c.id == _ORDERS.c.shop_id)
    stored = conn.execute(query.where(_ORDERS.c.id == pk)).mappings().one()
    row = OrderRow(
        pk=pk,
        key=Key(stored["sort_at"], pk),
        **{name: stored[name] for name in OrderRow.__struct_fields__[2:] if name in stored},
    )
    known: dict[str, Any] = {name: stored[name] for name in OrderDetail.__struct_fields__ if name in stored}
    nothing = dict.fromkeys(("items", "parcels", "events", "actions", "history"), ())
    return OrderDetail(**known | nothing | {"row": row, "tags": ()})
