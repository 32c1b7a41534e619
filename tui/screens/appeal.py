"""The appeal file from the detail screen: a folder to write to, offered as the last one was, then two files."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from store.views import OrderRow
from tui.paths import LONGEST, path_of
from tui.screens.lines import plain
from tui.screens.path_prompt import PathLine
from tui.screens.prompt import OneLine
from tui.strings import language, t
from tui.text import clean

if TYPE_CHECKING:
    from textual.widgets import Input

    from jobs.appeal.files import Written
    from jobs.appeal.gather import Appeal
    from store.reader import Reader
    from tui.app import PantauApp

FOLDER: Final = "appeal.folder"
"""Where the store keeps the folder used last."""


class FolderPrompt(OneLine[Path]):
    """Answers with a folder, or None; one that is not there is made."""

    def __init__(self, question: str, value: str) -> None:
        super().__init__(question, PathLine(value, max_length=LONGEST, select_on_focus=False))

    def on_mount(self) -> None:
        """Typing goes on at the end of the line; the toolkit calls the base's part by itself."""
        self._line.action_end()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take it."""
        if event.value.strip():
            self.dismiss(path_of(event.value))


def open_appeal(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Write everything known of an order as a PDF and a JSON."""
    if not rows:
        return
    pk, order_id = rows[0].pk, rows[0].order_id

    def chosen(folder: Path | None) -> None:
        if folder is not None:
            app.say(t("appeal.working"))
            app.main.remember(FOLDER, str(folder))
            app.run_worker(_write(app, pk, folder), group="appeal", exit_on_error=False)

    def known(folder: str | None) -> None:
        default = folder or str(Path.home() / "Pantau")
        app.push_screen(FolderPrompt(t("appeal.question", id=plain(order_id, 64)), default), chosen)

    app.data.ask(lambda reader: reader.pref(FOLDER), known)


async def _write(app: PantauApp, pk: int, folder: Path) -> None:
    """Reading and drawing take tenths of a second: both in threads."""
    now, zone, spoken = app.clock(), app.zone, language()

    def read(reader: Reader) -> Appeal | None:
        from jobs.appeal.gather import gather

        return gather(reader, pk, now, zone)

    def draw(appeal: Appeal) -> Written:
        from jobs.appeal.files import write

        return write(appeal, folder, spoken)

    try:
        appeal = await app.data.get(read, slow=True)
        made = None if appeal is None else await asyncio.to_thread(draw, appeal)
    except OSError as error:
        why = clean(error.strerror or str(error), limit=200)
        app.say(t("appeal.failed", why=f"{clean(str(folder))}: {why}"), severity="error")
        return
    except Exception as error:
        from tui.reasons import failure

        app.say(t("appeal.failed", why=failure(error)), severity="error")
        return
    if made is None:
        app.say(t("detail.gone"), severity="warning")
    else:
        app.say(t("appeal.made", path=str(made.pdf)))
