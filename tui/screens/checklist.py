"""What a person does in Seller Center for shops without API: ids to paste, ticks, and what the last file says.

A group stays as it was shown while the screen is open: what is ticked is what was copied, whatever arrives between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content

from jobs.files.checklist import (
    DIFFERENT,
    by_shop,
    deadline_of,
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
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lines import entry, heading, keys, moment, plain
from tui.strings import t
from tui.text import clean, fit

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tui.app import PantauApp

TICKED_SHOWN: Final = 20
"""Ticked orders that are listed; the rest is a number."""
DIFFERENT_SHOWN: Final = 50
"""Orders that Seller Center tells otherwise; all of them are in the saved table."""


class ChecklistScreen(Dialog[None]):
    """One shop at a time, because a login of Seller Center sees one; in it one group of ids at a time."""

    FULL = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", show=False),
        Binding("Y", "copy(',')", show=False),
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
        self.redraw()

    def _open(self, shop: str) -> None:
        self._shop, self._at = shop, 0
        self._groups = groups(self._rows)

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
        return Content("\n").join([*self._differences(), *self._group_lines(), *self._waiting()])

    def _differences(self) -> Iterator[Content]:
        found = [row for row in self._rows if state_of(row) in DIFFERENT]
        if not found:
            return
        yield Content.styled(t("checklist.different", n=len(found)), "bold $error")
        zone = pantau_of(self).zone
        for row in found[:DIFFERENT_SHOWN]:
            why = t(f"checklist.why.{state_of(row)}", at=moment(row.sent_at, zone))
            yield from entry(f"  ✗ {plain(row.order_id, 40)}  ", why, self.room, style="$error")
        if len(found) > DIFFERENT_SHOWN:
            yield Content.styled("  " + t("checklist.more", n=len(found) - DIFFERENT_SHOWN), "$error")

    def _group_lines(self) -> Iterator[Content]:
        ids = self._group
        if not ids:
            if self._ticked:
                yield from entry("", t("checklist.all_ticked"), self.room, style="bold $success")
            return
        yield heading(t("checklist.group", at=self._at + 1, of=len(self._groups), n=len(ids)))
        yield from entry("", t("checklist.how"), self.room, style="$text-muted")
        shown = set(ids)
        of_group: dict[str, list[ByHandRow]] = {}
        for row in self._rows:
            if row.order_id in shown:
                of_group.setdefault(row.order_id, []).append(row)
        for one in ids:
            yield self._line(of_group[one])

    def _line(self, parcels: Sequence[ByHandRow]) -> Content:
        """An order: one line, whatever it holds."""
        row, zone = parcels[0], pantau_of(self).zone
        again = any(state_of(one) == "still_to_ship" for one in parcels)
        due = deadline_of(row)
        about = (
            t("checklist.deadline", at=moment(due, zone)) if due is not None else "",
            plain(row.courier_name or row.courier, 20), plain(row.buyer, 24), plain(row.summary, 80),
        )  # fmt: skip
        text = f"{plain(row.order_id, 40)}  {' · '.join(filter(None, about))}"
        sign = ("! ", "$error") if again else ("· ", "$text-muted")
        return Content.assemble("  ", sign, fit(text, max(self.room - 4, 8)).rstrip())

    def _waiting(self) -> Iterator[Content]:
        found, zone = self._ticked, pantau_of(self).zone
        if not found:
            return
        yield heading(t("checklist.ticked", n=len(found)))
        for row in found[:TICKED_SHOWN]:
            text = f"{plain(row.order_id, 40)}  {moment(row.sent_at, zone)}"
            yield Content.assemble("  ", ("✓ ", "$success"), (text, "$text-muted"))
        if len(found) > TICKED_SHOWN:
            yield Content.styled("  " + t("checklist.more", n=len(found) - TICKED_SHOWN), "$text-muted")

    def keys_text(self) -> Content:
        """What can be pressed."""
        phrases, can_write = [], not pantau_of(self).read_only
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
            self.action_scroll(-100_000)
            self.redraw()

    def action_shop(self) -> None:
        """The next shop."""
        if len(self._shops) > 1:
            names = list(self._shops)
            self._open(names[(names.index(self._shop) + 1) % len(names)])
            self.redraw()

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
                app.say(t(said, n=len(changed)))
                if self.is_attached:
                    self.store_changed()

            self.run_worker(run(), group="ticks", exit_on_error=False)


def open_checklist(app: PantauApp, rows: Sequence[OrderRow], shop_id: int | None = None) -> None:
    """Open it at a shop: the one given, else that of the order under the cursor."""
    app.push_screen(ChecklistScreen(rows[0].shop_id if shop_id is None and rows else shop_id))
