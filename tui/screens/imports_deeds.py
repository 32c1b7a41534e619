"""What the screen of the files does beside showing: it looks into a file's rows, words the end of a reading, and
saves what was rejected."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from store.reading.files import ImportRow, RejectRow
from store.views import ChangeRow
from tui import file_words as words
from tui.reasons import failure
from tui.rejected_rows import save
from tui.screens.imports_view import MOST
from tui.screens.lines import plain
from tui.strings import t

if TYPE_CHECKING:
    from store.reader import Reader
    from tui.app import PantauApp
    from tui.screens.imports_work import Reading

FOLDER: Final = "files.folder"
"""Where the store keeps the folder of the file that was read last."""
_NAME: Final = 60
_FIRST: Final = ("order.not_in_file", "order.status")
_OTHERS: Final = (
    "order.changed",
    "order.cancel_requested",
    "package.tracking",
    "action.done",
    "action.refused",
)
_MANY: Final = 5_000
"""Rows of the feed looked through for what changed."""


class Look(NamedTuple):
    """What is in one file: its rejected rows, and the feed's rows of its orders."""

    rejects: Sequence[RejectRow] = ()
    news: Sequence[ChangeRow] = ()


def look_into(reader: Reader, import_id: int) -> Look:
    """Read it; of a first file every order is new, so of each kind only what can be shown."""
    news = [
        change
        for kinds, limit in ((_FIRST, _MANY), (("order.new",), MOST), (_OTHERS, _MANY))
        for change in reader.news(import_id, kinds=kinds, limit=limit)
    ]
    return Look(reader.rejects(import_id, cells=False), news)


def folder_of(last: str, watched: str) -> str:
    """Where the next file probably lies, with a slash at its end: beside the last one, else where files arrive."""
    home = Path.home()
    for folder in (last, watched, str(home / "Downloads"), str(home)):
        try:
            if folder and Path(folder).is_dir():
                return folder.rstrip(os.sep) + os.sep
        except (OSError, ValueError):
            continue
    return ""


def tell(app: PantauApp, reading: Reading) -> None:
    """Say what came of a reading."""
    name, outcome = plain(reading.path.name, _NAME), reading.outcome
    if outcome is None:
        why = failure(reading.error) if reading.error is not None else ""
        app.say(t("files.read.failed", name=name, why=why), severity="error")
    elif outcome.problem:
        why = words.sentence(outcome.problem, outcome.row, outcome.column, outcome.value)
        app.say(t("files.read.failed", name=name, why=why), severity="error")
    elif outcome.state == "stopped":
        app.say(t("files.read.stopped", name=name), severity="warning")
    else:
        numbers = {
            "new": outcome.new, "changed": outcome.changed, "cancelled": len(outcome.cancelled),
            "unchanged": outcome.unchanged, "gone": len(outcome.gone), "rejected": len(outcome.rejected),
        }  # fmt: skip
        said = t("files.read", name=name, counts=words.brought(numbers, outcome.rows))
        app.say(said, severity="warning" if outcome.rejected else "information")


async def save_rejected(app: PantauApp, row: ImportRow, folder: Path) -> None:
    """The rejected rows of a file as a CSV under the file's own header."""
    try:
        rejects = await app.data.get(lambda reader: reader.rejects(row.id), slow=True)
        cells = [one.cells for one in rejects if one.cells]
        if not cells:
            app.say(t("files.rejected_forgotten"), severity="warning")
            return
        path = await asyncio.to_thread(save, folder, row.name, row.header, cells)
    except OSError as error:
        app.say(t("files.not_saved", detail=words.unsaved(error)), severity="error")
    except Exception as error:  # told, never raised
        app.say(t("files.not_saved", detail=failure(error)), severity="error")
    else:
        app.say(t("files.saved", path=str(path)))
