"""The day at a glance: what waits, how yesterday went, what happened meanwhile; older digests with left and
right.

The first page is made now; the others are as they were told. Enter leads to the orders a line means: they are
marked in their tab, so that the keys of the list act on exactly them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from store.views import OrderRow
from tui import digest_words as words
from tui.commands import BY_ID
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lead import TAB_OF_SECTION, lead_to
from tui.screens.lines import entry, heading, keys
from tui.strings import t
from tui.text import fit

if TYPE_CHECKING:
    from jobs.routine.digest import Digest
    from store.reader import Reader
    from store.reading.digest import DigestRow
    from tui.app import PantauApp

VALUE: int = 14
"""Cells of a line's number."""


class DigestScreen(Dialog[None]):
    """Pages of digests; the newest is counted when it is opened, off the loop."""

    FULL = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,D", "back", show=False),
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("g,home", "move(-1000)", show=False),
        Binding("G,end", "move(1000)", show=False),
        Binding("left,h", "page(1)", show=False),
        Binding("right,l", "page(-1)", show=False),
        Binding("enter", "open", show=False),
    ]

    def __init__(self, made_at: int | None = None) -> None:
        """`made_at`: when the digest was made that is to be shown, epoch ms; None: the present."""
        super().__init__()
        self._wanted = made_at
        self._now: Digest | None = None
        self._old: list[DigestRow] = []
        self._page = 0
        self._at = 0
        self._row = 0
        """The line of the text the cursor is on."""
        self._noted: set[int] = set()
        self._waits = False
        """Whether what happened while nobody was there is still being read."""

    def on_mount(self) -> None:
        """Begin to count."""
        self._look()

    def store_changed(self) -> None:
        """What happened meanwhile is shown as soon as it is there; else a page does not change while it is read."""
        if self._waits:
            pantau_of(self).data.ask(waits, self._still)

    def _still(self, waits: bool) -> None:
        if self._waits and not waits:
            self._waits = False
            self._look()

    def _look(self) -> None:
        app = pantau_of(self)
        settings, now = app.settings, app.clock()

        def read(reader: Reader) -> tuple[Digest, list[DigestRow], bool]:
            from jobs.routine.job import now_digest

            # Whether more comes is asked first: what came in between is among the digests.
            more = waits(reader)
            return now_digest(reader, settings, now), reader.digests(), more

        app.data.ask(read, self._arrived, slow=True)

    def _arrived(self, found: tuple[Digest, list[DigestRow], bool]) -> None:
        self._now, self._old, more = found
        self._waits = more and pantau_of(self).has_jobs
        # What happened while nobody was there is why one came: it is the first page once.
        if self._old and self._old[0].kind == "opened" and self._old[0].seen_at is None:
            self._page = 1
        wanted = [page for page, row in enumerate(self._old, 1) if row.at == self._wanted]
        self._page = wanted[0] if wanted else self._page
        self._seen()
        self.redraw()

    @property
    def _shown(self) -> Digest | None:
        if self._page == 0:
            return self._now
        from jobs.routine.digest import decode

        return decode(self._old[self._page - 1].body)

    @property
    def _lines(self) -> list[words.Line]:
        shown = self._shown
        return [] if shown is None else [line for _, lines in words.parts(shown) for line in lines]

    def title_text(self) -> Content:
        """What this is, when it was made, and how many there are."""
        if self._now is None:
            return heading(t("digest.title"))
        shown = self._shown
        made = t("digest.unreadable") if shown is None else words.made(shown)
        place = t("digest.place", n=self._page + 1, of=len(self._old) + 1)
        return Content.assemble((t("digest.title"), "bold"), (f" · {made} · {place}", "$text-muted"))

    def body_text(self) -> Content:
        """Headings with their numbers; the line under the cursor is set off."""
        if self._now is None:
            return Content.styled(t("digest.reading"), "$text-muted")
        shown = self._shown
        if shown is None:
            return Content.styled(t("digest.unreadable"), "$text-muted")
        return Content("\n").join([*self._coming(), *self._body(shown)])

    def _coming(self) -> Iterator[Content]:
        if self._waits and not self._page:
            yield from entry("", t("digest.closed.reading"), self.room, style="$text-muted")
            yield Content("")

    def _body(self, shown: Digest) -> Iterator[Content]:
        place, row = 0, len(list(self._coming()))
        for number, (title, lines) in enumerate(words.parts(shown)):
            yield heading(f"\n{title}" if number else title)
            row += 2 if number else 1
            if not lines:
                yield from entry("  ", t("digest.empty"), self.room, style="$success")
                row += 1
            for line in lines:
                here = place == self._at
                lead = f"{'▌' if here else ' '} {fit(line.value, VALUE, right=True)}  "
                style = "$error" if line.burns else ""
                yield from entry(
                    lead, line.words, self.room, style=f"{style} bold reverse" if here else style
                )
                if here:
                    self._row = row
                place, row = place + 1, row + 1

    def keys_text(self) -> Content:
        """What can be pressed."""
        phrases = []
        if 0 <= self._at < len(self._lines):
            line = self._lines[self._at]
            if line.section or line.opens:
                phrases.append(t("digest.key.open"))
        if self._page < len(self._old):
            phrases.append(t("digest.key.older"))
        if self._page:
            phrases.append(t("digest.key.newer"))
        return keys([*phrases, t("digest.key.back")], self.room)

    def action_move(self, step: int) -> None:
        """Another line."""
        self._at = min(max(self._at + step, 0), max(len(self._lines) - 1, 0))
        self.redraw()
        body = self.query_one("#body", VerticalScroll)
        body.scroll_to(y=max(0, self._row - body.size.height // 2), animate=False)

    def action_page(self, step: int) -> None:
        """An older one, or a newer one."""
        page = min(max(self._page + step, 0), len(self._old))
        if page != self._page:
            self._page, self._at = page, 0
            self._seen()
            self.redraw()

    def action_open(self) -> None:
        """To the orders of the line, or to the screen that has them."""
        shown, lines, app = self._shown, self._lines, pantau_of(self)
        if shown is None or not lines:
            return
        line = lines[min(self._at, len(lines) - 1)]
        if line.opens:
            command = BY_ID.get(line.opens)
            if command is None or command not in app.commands():
                app.say(t("digest.no_orders"))
                return
            self.dismiss(None)
            app.run_command(command)
            return
        ids = shown.orders.get(line.section, [])
        if not ids:
            app.say(t("digest.no_orders"))
            return
        self.dismiss(None)
        lead_to(app, ids, TAB_OF_SECTION.get(line.section))

    def _seen(self) -> None:
        """A person has looked at this page."""
        app = pantau_of(self)
        if not self._page or app.store is None:
            return
        row, now = self._old[self._page - 1], app.clock()
        if row.seen_at is None and row.id not in self._noted:
            from store.digests import seen

            self._noted.add(row.id)
            app.store.submit(lambda conn: seen(conn, row.id, now))


def waits(reader: Reader) -> bool:
    """Whether a time without anybody is not told yet: it is once all orders have been read."""
    from store.digests import AWAY

    return reader.remembered(AWAY) is not None


def open_digest(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Open the screen; it is about the day, whatever the cursor is on."""
    app.push_screen(DigestScreen())
