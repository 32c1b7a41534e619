"""Where Enter on a line of the notices leads: to what it speaks of, be it an order or a screen of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from store.views import ChangeRow
from tui.changes import details_of
from tui.commands import BY_ID

if TYPE_CHECKING:
    from tui.app import PantauApp

_OPENS: Final = {
    "cutoff.near": "digest",
    "health.step": "performance",
    "rule.held": "rules",
    "stock.low": "stock",
    "stock.out_soon": "stock",
    "file.failed": "files",
    "file.imported": "files",
}
"""The command whose screen tells more, where that needs no more than to be opened."""
_SECTION: Final = {
    "money.less": "money.differences",
    "money.overdue": "money.overdue",
    "money.failed": "money.unpaid",
}


def leads(change: ChangeRow) -> bool:
    """Whether there is more to see than the line says."""
    apart = change.kind in _OPENS or change.kind in _SECTION or change.kind == "digest.made"
    return apart or change.order_pk is not None or _talk(change) is not None


def follow(app: PantauApp, change: ChangeRow) -> None:
    """Open it."""
    if (talk := _talk(change)) is not None:
        from tui.screens.message import MessageScreen

        app.push_screen(MessageScreen(chat=talk))
    elif change.kind in _SECTION:
        from tui.screens.money import MoneyScreen
        from tui.screens.money_order import MoneyOrderScreen

        pk = change.order_pk
        app.push_screen(MoneyScreen(_SECTION[change.kind]) if pk is None else MoneyOrderScreen(pk))
    elif change.kind == "digest.made":
        from tui.screens.digest import DigestScreen

        app.push_screen(DigestScreen(change.at))
    elif change.order_pk is not None:
        from tui.screens.detail import show_detail

        show_detail(app, change.order_pk)
    elif change.kind in _OPENS:
        app.run_command(BY_ID[_OPENS[change.kind]])


def _talk(change: ChangeRow) -> int | None:
    """The row id of the conversation it is about."""
    pk = details_of(change).get("conversation_pk") if change.kind.startswith("chat.") else None
    return pk if type(pk) is int else None
