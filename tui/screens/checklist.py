"""What a person does in Seller Center for shops without API: ids to paste, ticks, and what the last file says.

A group stays as it was shown while the screen is open: what is ticked is what was copied, whatever arrives between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from jobs.files.checklist import (
    by_shop,
    groups,
    pasted,
    regrouped,
    state_of,
    table,
)
from store.reading.by_hand import ByHandRow
from store.times import to_datetime
from store.views import OrderRow
from tui.checklist_file import save_in
from tui.file_words import unsaved
from tui.reasons import failure
from tui.screens.checklist_cursor import Cursor, Spot
from tui.screens.checklist_lines import TICKED_SHOWN, Line, differences, of_group, ticked
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lines import entry, heading, keys, plain
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tui.app import PantauApp


class ChecklistScreen(Dialog[None]):
    """One shop at a time, because a login of Seller Center sees one; in it one group of ids at a time."""

    FULL = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", show=False),
        Binding("Y", "copy(',')", show=False),
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("space", "one", show=False),
        Binding("v", "tick", show=False),
        Binding("u", "untick", show=False),
        Binding("w", "save", show=False),
        Binding("n,right", "group(1)", show=False),
        Binding("p,left", "group(-1)", show=False),
        Binding("t", "shop", show=False),
    ]

    def __init__(self, shop_id: int | None = None) -> None:
        """`shop_id`: the shop to begin with, where it has something on the checklist."""
        super().__init__()
        self._wanted = shop_id
        self._shops: dict[str, list[ByHandRow]] = {}
        self._shop = ""
        self._groups: list[list[str]] = []
        self._at = 0
        self._cursor = Cursor()
        self._line_here = 0
        """Which line of the body is the cursor's."""
        self._follow = False
        """Whether the cursor is to be in sight when the store was looked at anew."""
        self._loaded = False

    # ---- what there is ----------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Look at once; the app tells of every change."""
        self.store_changed()

    def store_changed(self) -> None:
        """Look at the store anew."""
        pantau_of(self).data.ask(lambda reader: reader.checklist(), self._arrived)

    def _arrived(self, rows: Sequence[ByHandRow]) -> None:
        self._shops, self._loaded = by_shop(rows), True
        wanted = next((row.shop for row in rows if row.shop_id == self._wanted), None)
        if wanted is not None or self._shop not in self._shops:
            self._open(wanted or next(iter(self._shops), ""))
        else:
            self._groups = regrouped(self._groups, self._rows)
        self._wanted = None
        self._show(follow=self._follow)
        self._follow = False

    def _open(self, shop: str) -> None:
        self._shop, self._at = shop, 0
        self._groups = groups(self._rows)
        self._cursor.home()

    def _show(self, *, follow: bool) -> None:
        done = dict.fromkeys(row.order_id for row in self._ticked[:TICKED_SHOWN])
        self._cursor.over([*(Spot(one, False) for one in self._group), *(Spot(one, True) for one in done)])
        self.redraw()
        if follow:
            self.call_after_refresh(self._bring_into_sight)

    def _bring_into_sight(self) -> None:
        if not self.query("#body"):
            return  # left meanwhile
        body = self.query_one("#body", VerticalScroll)
        top, height = body.scroll_offset.y, body.size.height
        if not top <= self._line_here < top + height:
            body.scroll_to(y=max(0, self._line_here - height // 2), animate=False)

    @property
    def _rows(self) -> list[ByHandRow]:
        return self._shops.get(self._shop, [])

    @property
    def _group(self) -> list[str]:
        """The ids that are shown, copied and ticked."""
        self._at = max(0, min(self._at, len(self._groups) - 1))
        return self._groups[self._at] if self._groups else []

    @property
    def _ticked(self) -> list[ByHandRow]:
        """What waits for a file, the newest tick first."""
        found = [row for row in self._rows if state_of(row) == "ticked"]
        return sorted(found, key=lambda row: -(row.sent_at or 0))

    # ---- showing it -------------------------------------------------------------------------------------

    def title_text(self) -> Content:
        """Which shop."""
        if not self._shop:
            return heading(t("checklist.title.none"))
        return heading(t("checklist.title", shop=plain(self._shop, 60)))

    def body_text(self) -> Content:
        """What Seller Center says otherwise, the group, then what is ticked."""
        if not self._rows:
            return Content("\n").join(entry("", t("checklist.empty") if self._loaded else "", self.room))
        zone, here = pantau_of(self).zone, self._cursor.here
        lines = [
            *differences(self._rows, zone, self.room),
            *self._head(),
            *of_group(self._group, self._rows, here, zone, self.room),
            *ticked(self._ticked, here, zone),
        ]
        self._line_here = next((at for at, line in enumerate(lines) if here and line.spot == here), 0)
        return Content("\n").join(line.content for line in lines)

    def _head(self) -> Iterator[Line]:
        """Which group it is, and what to do with it."""
        if ids := self._group:
            yield Line(heading(t("checklist.group", at=self._at + 1, of=len(self._groups), n=len(ids))))
            said, style = t("checklist.how"), "$text-muted"
        elif self._ticked:
            said, style = t("checklist.all_ticked"), "bold $success"
        else:
            return
        for content in entry("", said, self.room, style=style):
            yield Line(content)

    def keys_text(self) -> Content:
        """What can be pressed."""
        phrases, can_write = [], not pantau_of(self).read_only
        if can_write and self._cursor.here:
            ticks = not self._cursor.here.ticked
            phrases.append(t("checklist.key.tick_one") if ticks else t("checklist.key.untick_one"))
        if n := len(self._group):
            phrases.append(t("checklist.key.copy", n=n))
            phrases.append(t("checklist.key.comma"))
            if can_write:
                phrases.append(t("checklist.key.tick", n=n))
        if self._ticked and can_write:
            phrases.append(t("checklist.key.undo"))
        if self._rows:
            phrases.append(t("checklist.key.save"))
        if len(self._groups) > 1:
            phrases.append(t("checklist.key.next"))
        if len(self._shops) > 1:
            phrases.append(t("checklist.key.shop"))
        return keys([*phrases, t("checklist.key.back")], self.room)

    # ---- keys -------------------------------------------------------------------------------------------

    def action_copy(self, between: str = "\n") -> None:
        """The ids of the group to the clipboard: one a line, or joined with a comma."""
        app = pantau_of(self)
        if not (ids := self._group):
            app.say(t("checklist.nothing_to_copy"), severity="warning")
            return
        app.copy_to_clipboard(pasted([clean(one, limit=64) for one in ids], between))
        app.say(t("checklist.copied", n=len(ids)))

    def action_group(self, step: int) -> None:
        """Another group, round the end."""
        if self._groups:
            self._at = (self._at + step) % len(self._groups)
            self._cursor.home()
            self.action_scroll(-100_000)
            self._show(follow=True)

    def action_shop(self) -> None:
        """The next shop."""
        if len(self._shops) > 1:
            names = list(self._shops)
            self._open(names[(names.index(self._shop) + 1) % len(names)])
            self._show(follow=False)

    def action_move(self, step: int) -> None:
        """Another order."""
        self._cursor.move(step)
        self._show(follow=True)

    def action_one(self) -> None:
        """The order under the cursor is done in Seller Center, or is not, and on to the next one."""
        if (spot := self._cursor.here) is None:
            return
        rows = [row for row in self._rows if row.order_id == spot.order_id]
        if spot.ticked:
            done = [row.id for row in rows if state_of(row) == "ticked"]
            self._write(done, "untick", "checklist.was_unticked")
        else:
            self._write([row.id for row in rows], "tick", "checklist.was_ticked")
        if not pantau_of(self).read_only:
            # Before the store has answered: a second press is about the next order.
            self._cursor.leave()
            self._follow = True
            self._show(follow=True)

    def action_tick(self) -> None:
        """The group is done in Seller Center, says the person."""
        group = set(self._group)
        ids = [row.id for row in self._rows if row.order_id in group]
        self._write(ids, "tick", "checklist.was_ticked")

    def action_untick(self) -> None:
        """Take back what was ticked last, also by an earlier start of the program."""
        newest = self._ticked[:1]
        ids = [row.id for row in self._ticked if row.sent_at == newest[0].sent_at]
        if ids:
            self._write(ids, "untick", "checklist.was_unticked")
        else:
            pantau_of(self).say(t("checklist.nothing_to_undo"))

    def action_save(self) -> None:
        """The shop's checklist as a CSV, in the folder the program was started from."""
        if self._rows:
            self.run_worker(self._save(list(self._rows)), group="file", exit_on_error=False)

    async def _save(self, rows: Sequence[ByHandRow]) -> None:
        app = pantau_of(self)
        name = f"checklist-{self._shop}-{to_datetime(app.clock(), app.zone):%Y%m%d}"
        try:
            path = await asyncio.to_thread(save_in, Path.cwd(), name, table(rows, app.zone))
        except OSError as error:
            app.say(t("checklist.not_saved", detail=unsaved(error)), severity="error")
        else:
            app.say(t("checklist.saved", path=str(path)))

    def _write(self, ids: Sequence[int], verb: str, said: str) -> None:
        app = pantau_of(self)
        store, now = app.store, app.clock()
        if app.read_only:
            app.say(t("why.read_only"), severity="warning")
        elif store is None:
            app.say(t("app.busy_starting"), severity="warning")
        elif ids:

            def write(conn: Connection) -> list[int]:
                from jobs.files import by_hand

                return (by_hand.tick if verb == "tick" else by_hand.untick)(conn, ids, now, "seller")

            async def run() -> None:
                try:
                    changed = await store.awrite(write)
                except Exception as error:  # told, never raised: what was not written down did not happen
                    app.say(t("status.failed", detail=failure(error)), severity="error")
                    return
                if changed:
                    app.say(t(said, n=len(changed)))
                if self.is_attached:
                    self.store_changed()

            self.run_worker(run(), group="ticks", exit_on_error=False)


def open_checklist(app: PantauApp, rows: Sequence[OrderRow], shop_id: int | None = None) -> None:
    """Open it at a shop: the one given, else that of the order under the cursor."""
    app.push_screen(ChecklistScreen(rows[0].shop_id if shop_id is None and rows else shop_id))
