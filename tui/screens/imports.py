"""The Seller Center files that were read: what each brought, what was wrong with it, and reading another one.

The reading itself runs in a thread of its own (imports_work.py); this screen shows how far it is and can stop it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from shop.files.limits import EXTENSIONS
from store.views import OrderRow
from tui.screens import imports_work as work
from tui.screens.imports_deeds import FOLDER, folder_of, save_rejected, tell
from tui.screens.imports_page import ImportsPage
from tui.screens.lines import plain
from tui.screens.path_prompt import PathPrompt
from tui.strings import t

if TYPE_CHECKING:
    from tui.app import PantauApp


class ImportsScreen(ImportsPage):
    """A list of files; Enter leads into one, Enter on an order leads to the order."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("pagedown,space,ctrl+f", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("g,home", "move(-100000)", show=False),
        Binding("G,end", "move(100000)", show=False),
        Binding("enter", "enter", show=False),
        Binding("escape", "back", show=False),
        Binding("q", "leave", show=False),
        Binding("b", "read", show=False),
        Binding("t", "shop", show=False),
        Binding("w", "save", show=False),
        Binding("x", "stop", show=False),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where the terminal is too small to show the words, one can only leave or stop."""
        return action in ("back", "leave", "stop") or not self._pantau.cramped

    def action_move(self, step: int) -> None:
        """Inside a file: its lines, outside: the files."""
        if self._entered:
            self._place += step
        elif self._rows:
            ids = [row.id for row in self._rows]
            at = ids.index(self._at) if self._at in ids else 0
            self._at = ids[min(max(at + step, 0), len(ids) - 1)]
            self._look_inside()
        self.redraw()

    def action_enter(self) -> None:
        """Into the file; on an order, to the order."""
        if self._row is None:
            return
        if not self._entered:
            self._entered = True
            # The first order is what one is here for; without one, the beginning.
            self._place = next((place for place, line in enumerate(self._lines) if line.pk is not None), 0)
            self.redraw()
        elif (pk := self._here) is not None:
            app = self._pantau
            self.dismiss(None)
            app.go_to(pk)

    def action_back(self) -> None:
        """Stop what is being read, else one step back."""
        reading = work.under_way(self._pantau)
        if reading is not None and not reading.stopping:
            self.action_stop()
        elif self._entered:
            self._entered = False
            self.redraw()
        else:
            self.dismiss(None)

    def action_leave(self) -> None:
        """To the list of orders; a reading goes on."""
        self.dismiss(None)

    def action_stop(self) -> None:
        """End the reading; what it took in stays."""
        if (reading := work.under_way(self._pantau)) is not None:
            reading.stop()
            self.redraw()

    def action_shop(self) -> None:
        """Read for the next shop."""
        if self._shops:
            self._shop = (self._shop + 1) % len(self._shops)
            self.redraw()

    def action_read(self) -> None:
        """Ask for a file, then read it."""
        app = self._pantau
        if app.read_only:
            app.say(t("why.read_only"), severity="warning")
        elif not self._shops:
            app.say(t("files.no_shop"), severity="warning")
        elif app.store is None:
            app.say(t("app.busy_starting"), severity="warning")
        elif (reading := work.under_way(app)) is not None:
            app.say(t("files.busy", name=plain(reading.path.name, 60)), severity="warning")
        else:
            self.run_worker(self._ask_and_read(), group="file", exclusive=True, exit_on_error=False)

    async def _ask_and_read(self) -> None:
        app, shop = self._pantau, self._shops[self._shop]
        start = await asyncio.to_thread(folder_of, self._folder, shop.watch_dir)
        question = t("files.prompt", shop=plain(shop.name, 60))
        path = await app.push_screen_wait(PathPrompt(question, start, EXTENSIONS))
        if path is None or (store := app.store) is None:
            return
        self._folder = str(path.parent)
        app.main.remember(FOLDER, self._folder)
        reading = work.begin(app, store, shop, path)
        reading.ended = self._ended
        self.redraw()

    def _ended(self, reading: work.Reading) -> None:
        """Say what came of it, with the cursor on it."""
        tell(self._pantau, reading)
        if not self.is_attached:
            return
        if reading.outcome is not None and reading.outcome.import_id is not None:
            self._at, self._entered = reading.outcome.import_id, False
        self.store_changed()
        self.redraw()

    def action_save(self) -> None:
        """The rejected rows as a file, in the folder the program was started from."""
        row = self._row
        if row is None or not row.rejected:
            self._pantau.say(t("files.nothing_rejected"), severity="warning")
        else:
            self.run_worker(save_rejected(self._pantau, row, Path.cwd()), group="file", exit_on_error=False)


def open_files(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Open the screen; it is about the shop, whatever the cursor is on."""
    app.push_screen(ImportsScreen(app))
