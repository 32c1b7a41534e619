"""What was paid for one order: each statement's transaction, amount by amount."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from store.reading.money import PayoutRow
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lines import heading, keys, plain
from tui.screens.money_view import order_lines
from tui.strings import t

if TYPE_CHECKING:
    from store.reader import Reader
    from store.views import OrderDetail


class MoneyOrderScreen(Dialog[None]):
    """Read once; Enter and Esc lead back."""

    FULL = True

    def __init__(self, pk: int, expected: int | None = None) -> None:
        """`expected`: what was reckoned for it, where that is known."""
        super().__init__()
        self._pk = pk
        self._expected = expected
        self._detail: OrderDetail | None = None
        self._rows: Sequence[PayoutRow] = ()
        self._loaded = False

    def on_mount(self) -> None:
        """Look at the store."""

        def read(reader: Reader) -> tuple[OrderDetail | None, list[PayoutRow]]:
            return reader.detail(self._pk), reader.payouts_of(self._pk)

        pantau_of(self).data.ask(read, self._arrived)

    def _arrived(self, found: tuple[OrderDetail | None, list[PayoutRow]]) -> None:
        self._detail, self._rows = found
        self._loaded = True
        self.redraw()

    def title_text(self) -> Content:
        """Which order."""
        order_id = self._detail.row.order_id if self._detail is not None else ""
        return heading(t("money.order", order_id=plain(order_id, 40)))

    def body_text(self) -> Content:
        """Its transactions."""
        if not self._loaded:
            return Content("")
        goods = self._detail.subtotal if self._detail is not None else None
        return Content("\n").join(
            order_lines(self._rows, goods, self._expected, pantau_of(self).zone, self.room)
        )

    def keys_text(self) -> Content:
        """What can be pressed."""
        return keys([t("money.key.list")], self.room)
