"""Orders into a file: which, where to, in what form; then how far it is. Esc stops it, and nothing half is left."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.timer import Timer

from jobs.files.export import Refused, Stopped, Wanted, export
from shop.files.compact import HEADER
from shop.files.layout import L65
from shop.files.limits import EXTENSIONS
from store.times import to_datetime
from store.views import OrderRow, View
from tui import strings
from tui.export_words import problem
from tui.paths import LONGEST, path_of
from tui.reasons import failure
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lines import entry, heading, keys, plain
from tui.screens.prompt import Prompt
from tui.strings import t

if TYPE_CHECKING:
    from tui.app import PantauApp

LOOK: Final = 0.2
"""Seconds between two looks at how far it is."""
_SHOWN: Final = 200
_SEARCH: Final = 100
"""Characters of a search."""


class ExportDialog(Dialog[None]):
    """What is chosen with the keys, then `y`; a file that is there is replaced by `Y` only."""

    HOLDS_NEWS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "write(False)", show=False),
        Binding("Y", "write(True)", show=False),
        Binding("o", "scope", show=False),
        Binding("slash", "search", show=False),
        Binding("n", "name", show=False),
        Binding("f", "format", show=False),
        Binding("l", "layout", show=False),
        Binding("m", "mask", show=False),
    ]

    def __init__(self, path: Path, marked: Sequence[int], view: View | None) -> None:
        """`path`: the name that is offered. `marked`: orders the person chose; `view`: what the list shows."""
        super().__init__()
        self._path = path
        self._marked = tuple(marked)
        self._view = view
        self._text = ""
        self._scope = "marked" if marked else "tab" if view is not None else "all"
        self._compact = False
        self._mask = False
        self._there = False
        """Whether a file of that name is in the way."""
        self._wrong = ""
        self._stop: threading.Event | None = None
        """While it is being written."""
        self._done = (0, 0)
        self._timer: Timer | None = None

    # ---- what is shown ----------------------------------------------------------------------------------

    @property
    def _scopes(self) -> list[str]:
        found = {"marked": self._marked, "tab": self._view, "search": self._text, "all": True}
        return [name for name, there in found.items() if there]

    def title_text(self) -> Content:
        """What this is."""
        return heading(t("export.title"))

    def body_text(self) -> Content:
        """What is chosen; then what is in the way, or how far it is."""
        return Content("\n").join([*self._chosen(), *self._said()])

    def _chosen(self) -> Iterator[Content]:
        layout = "compact" if self._compact else "full"
        told = {
            "scope": self._scope_words(),
            "file": plain(self._path.name, _SHOWN),
            "folder": plain(str(self._path.parent), _SHOWN),
            "format": self._path.suffix.lower().lstrip(".").upper(),
            "layout": t(f"export.layout.{layout}", n=len(HEADER if self._compact else L65)),
            "mask": t(f"export.mask.{'on' if self._mask else 'off'}"),
        }
        for name, words in told.items():
            yield from entry(f"{t(f'export.{name}')}: ", words, self.room)

    def _scope_words(self) -> str:
        tab = t(f"tab.{self._view.tab.id}") if self._view is not None else ""
        return t(f"export.scope.{self._scope}", n=len(self._marked), tab=tab, text=plain(self._text, 60))

    def _said(self) -> Iterator[Content]:
        yield Content("")
        if self._stop is not None:
            done, total = self._done
            key = "stopping" if self._stop.is_set() else "finishing" if total and done == total else ""
            words = t(f"export.progress.{key}") if key else t("export.progress", done=done, total=total)
            yield from entry("", words, self.room, style="$accent")
        elif self._there:
            words = t("export.replace", path=plain(str(self._path), _SHOWN))
            yield from entry("", words, self.room, style="$warning")
        elif self._wrong:
            yield from entry("", self._wrong, self.room, style="$error")
        else:
            yield from entry("", t("export.personal"), self.room, style="$text-muted")

    def keys_text(self) -> Content:
        """What can be pressed."""
        if self._stop is not None:
            return keys([t("export.key.stop")], self.room)
        names = ["replace" if self._there else "write"]
        names += ["scope", "search", "name", "format", "layout", "mask", "back"]
        return keys([t(f"export.key.{name}") for name in names], self.room)

    # ---- choosing ---------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While it is being written one can only stop it."""
        if self._stop is not None and action not in ("back", "scroll"):
            return False
        return super().check_action(action, parameters)

    def action_scope(self) -> None:
        """The next choice of orders."""
        names = self._scopes
        at = names.index(self._scope) if self._scope in names else -1
        self._scope = names[(at + 1) % len(names)]
        self.redraw()

    def action_search(self) -> None:
        """Orders that are found by a text."""
        self.run_worker(self._ask_search(), group="ask", exclusive=True, exit_on_error=False)

    async def _ask_search(self) -> None:
        question = t("export.ask.search")
        text = await pantau_of(self).push_screen_wait(Prompt(question, self._text, longest=_SEARCH))
        if text is None:
            return
        self._text = text.strip()
        self._scope = "search" if self._text else self._scopes[0]
        self.redraw()

    def action_name(self) -> None:
        """Another name, or another folder."""
        self.run_worker(self._ask_name(), group="ask", exclusive=True, exit_on_error=False)

    async def _ask_name(self) -> None:
        def wrong(text: str) -> str:
            fits = text.lower().endswith(EXTENSIONS)
            return "" if fits else problem("wrong_name", text)

        prompt = Prompt(t("export.ask.name"), str(self._path), longest=LONGEST, wrong=wrong)
        text = await pantau_of(self).push_screen_wait(prompt)
        if text:
            path = await asyncio.to_thread(path_of, text)
            self._is_now(path if path.is_absolute() else self._path.parent / path)

    def action_format(self) -> None:
        """CSV or XLSX."""
        at = EXTENSIONS.index(self._path.suffix.lower())
        self._is_now(self._path.with_suffix(EXTENSIONS[(at + 1) % len(EXTENSIONS)]))

    def action_layout(self) -> None:
        """The platform's columns, or the short list."""
        self._compact = not self._compact
        self.redraw()

    def action_mask(self) -> None:
        """Hide more of the buyers, or not."""
        self._mask = not self._mask
        self.redraw()

    def _is_now(self, path: Path) -> None:
        self._path, self._there, self._wrong = path, False, ""
        if path.suffix.lower() not in EXTENSIONS:
            self._path = path.with_name(f"{path.name}{EXTENSIONS[0]}")
        self.redraw()

    # ---- writing ----------------------------------------------------------------------------------------

    def action_write(self, replace: bool) -> None:
        """Begin. Replacing takes a question that was asked."""
        if replace != self._there:
            return
        if pantau_of(self).store is None:
            pantau_of(self).say(t("app.busy_starting"), severity="warning")
            return
        self._stop, self._done, self._wrong = threading.Event(), (0, 0), ""
        self._timer = self.set_interval(LOOK, self.redraw)
        self.run_worker(self._write(self._wanted(replace)), group="export", exit_on_error=False)
        self.redraw()

    def _wanted(self, replace: bool) -> Wanted:
        scope = self._scope
        return Wanted(
            path=self._path,
            pks=self._marked if scope == "marked" else None,
            view=self._view if scope == "tab" else None,
            search=self._text if scope == "search" else None,
            language=strings.language(),
            compact=self._compact,
            mask=self._mask,
            replace=replace,
        )

    async def _write(self, wanted: Wanted) -> None:
        app, stop = pantau_of(self), self._stop
        store = app.store
        if store is None or stop is None:
            return

        def told(done: int, total: int) -> None:
            self._done = done, total

        path = str(wanted.path)
        try:
            written = await asyncio.to_thread(
                export, store, app.settings, wanted, by="seller", progress=told, stop=stop
            )
        except Refused as refused:
            self._there = refused.problem == "exists"
            self._wrong = "" if self._there else problem(refused.problem, path, refused.why)
        except Stopped:
            app.say(t("export.stopped"), severity="warning")
        except Exception as error:  # told, never raised: the file is not there, and that is all
            self._wrong = problem("failed", path, failure(error))
        else:
            app.say(t("export.done", n=written.orders, path=plain(path, _SHOWN)))
            self._over()
            if self.is_attached:
                self.dismiss(None)
            return
        self._over()

    def _over(self) -> None:
        self._stop = None
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.is_attached:
            self.redraw()

    def action_back(self) -> None:
        """Stop it, if it is being written; else leave."""
        if self._stop is not None:
            self._stop.set()
            self.redraw()
        else:
            self.dismiss(None)

    def on_unmount(self) -> None:
        """The program ends: so does the file, of which nothing stays."""
        if self._stop is not None:
            self._stop.set()


def open_export(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Open it with the marked orders, or what the list shows."""
    view = app.main.orders.view
    marked = app.main.orders.marks.of(view) if view is not None else ()
    name = f"pesanan-{to_datetime(app.clock(), app.zone):%Y%m%d-%H%M}.csv"
    app.push_screen(ExportDialog(Path.cwd() / name, marked, view))
