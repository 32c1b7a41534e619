"""Split an order's parcel, combine orders of one buyer, take a combined parcel apart: one dialog, one `y`.

Nothing here holds a place in a list: goods are known by SKU, orders by id.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from store.views import OrderRow
from tui.goods import goods
from tui.reasons import failure
from tui.screens.dialog import Dialog
from tui.screens.lines import entry, heading, keys, plain
from tui.screens.results import ResultsScreen
from tui.strings import t

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jobs.wishes.repack import Mate, Repacking
    from tui.app import PantauApp

Answer = tuple[str, tuple[tuple[str, ...], ...], tuple[str, ...]]
"""What to do (`split`, `combine`, `uncombine`), the groups of a split, the orders of a combination."""


class RepackDialog(Dialog[Answer]):
    """Answers with what was decided, or None. It speaks of the order as it was looked at and of nothing newer."""

    HOLDS_NEWS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", show=False),
        Binding("g", "other", show=False),
        Binding("space", "mark", show=False),
        Binding("a", "all", show=False),
        Binding("down,j", "move(1)", show=False, priority=True),
        Binding("up,k", "move(-1)", show=False, priority=True),
        *(Binding(str(digit), f"parcel({digit})", show=False) for digit in range(1, 10)),
    ]

    def __init__(self, order: Repacking, chosen: Sequence[int] = ()) -> None:
        """`chosen`: other marked orders; when the buyer is the same, combining them is what is meant."""
        super().__init__()
        self._order = order
        self._homes = {one.sku_id: 1 for one in order.goods}
        meant = {mate.order_id for mate in order.mates if mate.pk in chosen}
        self._strangers = len(set(chosen) - {order.pk, *(mate.pk for mate in order.mates)})
        self._mates = meant or {mate.order_id for mate in order.mates}
        self._modes = self._possible(bool(meant))
        self._at: str | None = next(iter(self._ids()), None)

    def _possible(self, combining: bool) -> list[str]:
        order = self._order
        found = [
            mode
            for mode, barred in (
                ("split", order.no_split),
                ("combine", order.no_combine),
                ("uncombine", order.no_uncombine),
            )
            if barred is None
        ]
        return found[::-1] if combining else found

    @property
    def mode(self) -> str | None:
        """What the dialog is about to do; None when nothing can be done."""
        return self._modes[0] if self._modes else None

    def _ids(self) -> list[str]:
        if self.mode == "split":
            return list(self._homes)
        return [mate.order_id for mate in self._order.mates] if self.mode == "combine" else []

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The SKUs of each new parcel; numbers nobody used are left out."""
        used = sorted(set(self._homes.values()))
        return tuple(tuple(sku for sku, home in self._homes.items() if home == number) for number in used)

    @property
    def _ready(self) -> bool:
        match self.mode:
            case "split":
                return len(self.groups) > 1
            case "combine":
                return bool(self._mates)
            case mode:
                return mode == "uncombine"

    # ---- what is shown ------------------------------------------------------------------------------------

    def title_text(self) -> Content:
        """Which order."""
        return heading(t("repack.title", order=self._order.order_id))

    def body_text(self) -> Content:
        """Its goods with their parcels, or the orders that may join it."""
        match self.mode:
            case "split":
                lines = self._split_lines()
            case "combine":
                lines = self._combine_lines()
            case "uncombine":
                lines = self._apart_lines()
            case _:
                lines = self._barred_lines()
        return Content("\n").join([*self._left_out(), *lines])

    def _left_out(self) -> Iterator[Content]:
        """Marked orders this is not about: said, because a person may think it is."""
        if self._strangers:
            yield from entry("", t("repack.strangers", n=self._strangers), self.room, style="$warning")

    def _split_lines(self) -> Iterator[Content]:
        yield heading(t("repack.goods"))
        for one in self._order.goods:
            words = " ".join(filter(None, (f"{one.quantity}x", plain(one.name), plain(one.variation))))
            yield from self._line(one.sku_id, t("repack.group", n=self._homes[one.sku_id]), words)
        yield Content("")
        if len(self.groups) > 1:
            yield Content.styled(t("repack.question.split", n=len(self.groups)), "$warning")
        else:
            yield Content.styled(t("repack.split.none"), "$text-muted")

    def _combine_lines(self) -> Iterator[Content]:
        yield heading(t("repack.mates"))
        for mate in self._order.mates:
            yield from self._line(
                mate.order_id,
                "●" if mate.order_id in self._mates else "○",
                f"{mate.order_id}  {plain(goods(mate.summary))}",
            )
        yield Content("")
        yield Content.styled(t("repack.question.combine", n=len(self._mates) + 1), "$warning")

    def _apart_lines(self) -> Iterator[Content]:
        yield heading(t("repack.together"))
        for order_id in self._order.together:
            yield Content(f"  {order_id}")
        yield Content("")
        yield Content.styled(t("repack.question.uncombine", n=len(self._order.together)), "$warning")

    def _barred_lines(self) -> Iterator[Content]:
        order = self._order
        for barred in dict.fromkeys((order.no_split, order.no_combine)):
            yield from entry("", t(f"repack.no.{barred}"), self.room, style="$warning")

    def _line(self, key: str, sign: str, words: str) -> Iterator[Content]:
        here = key == self._at
        yield from entry(f"{'▌' if here else ' '} {sign}  ", words, self.room, style="bold" if here else "")

    def keys_text(self) -> Content:
        """What can be pressed here."""
        phrases = [t(f"repack.key.{self.mode}")] if self._ready else []
        if self.mode == "split":
            phrases += [t("repack.key.digit"), t("repack.key.move")]
        if self.mode == "combine":
            phrases += [t("repack.key.mark"), t("repack.key.move")]
        if len(self._modes) > 1:
            phrases.append(t("repack.key.other"))
        return keys([*phrases, t("repack.key.back")], self.room)

    # ---- keys ---------------------------------------------------------------------------------------------

    def action_move(self, step: int) -> None:
        """The next line, or the one before."""
        ids = self._ids()
        if self._at in ids:
            self._at = ids[min(max(ids.index(self._at) + step, 0), len(ids) - 1)]
        self.redraw()

    def action_parcel(self, number: int) -> None:
        """The goods under the cursor travel in this parcel; on to the next goods."""
        if self.mode == "split" and self._at is not None:
            self._homes[self._at] = number
            self.action_move(1)

    def action_mark(self) -> None:
        """Take the order under the cursor in, or leave it out."""
        if self.mode == "combine" and self._at is not None:
            self._mates ^= {self._at}
            self.redraw()

    def action_all(self) -> None:
        """All orders that may join, or none."""
        if self.mode == "combine":
            everyone = set(self._ids())
            self._mates = set() if self._mates == everyone else everyone
            self.redraw()

    def action_other(self) -> None:
        """From splitting to combining and back, where both can be done."""
        self._modes.append(self._modes.pop(0)) if self._modes else None
        self._at = next(iter(self._ids()), None)
        self.redraw()

    def action_yes(self) -> None:
        """The one answer that does something."""
        if self._ready and self.mode is not None:
            self.dismiss((self.mode, self.groups, tuple(sorted(self._mates))))


def open_repack(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Look, ask, queue, follow: for the first of these orders; the others are what it may be combined with."""
    pks = [row.pk for row in rows]
    app.run_worker(_flow(app, pks), group="repack", exclusive=True, exit_on_error=False, description="repack")


async def _flow(app: PantauApp, pks: list[int]) -> None:
    from jobs.wishes.repack import look, queue_combine, queue_split, queue_uncombine

    store = app.store
    if store is None:
        app.say(t("app.busy_starting"), severity="warning")
        return
    try:
        order = await store.aread(lambda conn: look(conn, pks[0]))
        if order is None:
            return
        app.clear_notifications()
        answer = await app.push_screen_wait(RepackDialog(order, pks[1:]))
        if answer is None:
            return
        mode, groups, chosen = answer
        mates = _chosen(order, chosen)
        now = app.clock()

        def write(conn: Connection) -> str:
            if mode == "split":
                return queue_split(conn, order, groups, "seller", now)
            if mode == "combine":
                return queue_combine(conn, order, mates, "seller", now)
            return queue_uncombine(conn, order, "seller", now)

        batch = await store.awrite(write)
    except Exception as error:  # told, never raised: what was not written down did not happen
        app.say(t("status.failed", detail=failure(error)), severity="error")
        return
    app.unmark(set(pks))
    app.nudge("sender")
    app.push_screen(ResultsScreen(batch))


def _chosen(order: Repacking, order_ids: Sequence[str]) -> list[Mate]:
    return [mate for mate in order.mates if mate.order_id in order_ids]
