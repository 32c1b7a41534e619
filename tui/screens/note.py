"""The seller's own note on an order: a few lines to type, kept with Enter. The buyer never sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from store.views import OrderRow
from tui.screens.lines import moment, plain
from tui.screens.message_box import Lines
from tui.strings import t, word
from tui.text import clean

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.reading.desk import NoteRow
    from tui.app import PantauApp

LONGEST: Final = 2_000
"""As store/desk.py cuts it."""


class NotePrompt(Lines):
    """Answers with the note as it shall be, empty to take it away, or None: leave it."""

    def __init__(self, question: str, value: str) -> None:
        super().__init__(question, value, longest=LONGEST)


def open_note(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Write, change or take away the note on an order."""
    if not rows:
        return
    pk, order_id = rows[0].pk, rows[0].order_id

    def known(note: NoteRow | None) -> None:
        question = t("note.question", id=plain(order_id, 64))
        if note is not None:
            by = word("actor", note.by)
            question = f"{question} {t('note.was', by=by, at=moment(note.at, app.zone))}"
        before = clean(note.text, limit=LONGEST, lines=True).strip() if note is not None else ""
        app.push_screen(NotePrompt(question, before), lambda text: _keep(app, pk, before, text))

    app.data.ask(lambda reader: reader.note(pk), known)


def _keep(app: PantauApp, pk: int, before: str, text: str | None) -> None:
    if text is None:
        return
    if text == before:
        app.say(t("note.same"))
        return
    now = app.clock()

    def write(conn: Connection) -> str | None:
        from store.desk import note_of, set_note

        old = note_of(conn, pk)
        return old if set_note(conn, pk, text, "seller", now) else None

    def done(old: str | None) -> None:
        if old is None:
            app.say(t("note.same"))
            return

        def take_back(conn: Connection, at: int) -> int:
            from store.desk import set_note

            return int(set_note(conn, pk, old, "seller", at))

        app.main.can_undo(take_back, "note.back")
        app.say(t("note.kept" if text else "note.gone"))

    app.main.write(write, done)
