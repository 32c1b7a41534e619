"""One request of a buyer and the answers to it. Only `y` answers, and only what is shown.

The dialog speaks of the request as it was read: when the request changes meanwhile, or its time runs out, `y`
does nothing more.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from store.views import RequestRow
from tui import asked
from tui.browser import open_page
from tui.reasons import failure, reason
from tui.screens.answer_view import OFFER, AnswerView, Mode
from tui.screens.dialog import pantau_of
from tui.screens.lines import plain
from tui.screens.prompt import Prompt
from tui.screens.request_lines import Look, clock_line, core
from tui.strings import t
from tui.text import clean

LONGEST: Final = 500
"""Characters of a comment."""
_URL: Final = 4_000
"""Characters of a link that is copied."""


class AnswerDialog(AnswerView):
    """Answers with what was read and what to answer to it, `skip`, or None: leave this one and those after it alone."""

    HOLDS_NEWS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", show=False),
        Binding("n", "turn('reject')", show=False),
        Binding("g", "turn('other')", show=False, priority=True),
        Binding("o", "links", show=False),
        Binding("a", "copy_all", show=False),
        Binding("b", "browse", show=False),
        Binding("c", "write", show=False),
        Binding("h", "all", show=False),
        Binding("s", "skip", show=False),
        Binding("f5", "again", show=False),
        Binding("j,down", "move(1)", show=False, priority=True),
        Binding("k,up", "move(-1)", show=False, priority=True),
        *(Binding(str(digit), f"pick({digit})", show=False) for digit in range(1, 10)),
    ]

    # ---- time and changes ----------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """The clock runs."""
        self.set_interval(1.0, self.tick)

    def tick(self) -> None:
        """Show the clock anew where it says something else now."""
        if str(clock_line(self._look.row, self._clock(), self._zone)) != self._painted:
            self.redraw()

    def store_changed(self) -> None:
        """Whether the request is still as it was read; what was only read about it is taken over."""
        pk = self._look.row.pk
        pantau_of(self).data.ask(lambda reader: reader.requests_by_pk([pk]), self._arrived)

    def _arrived(self, rows: list[RequestRow]) -> None:
        if not rows or core(rows[0]) != self._look.core:
            self._changed = True
            self.redraw()
        elif rows[0] != self._look.row:
            self._read()

    def _read(self) -> None:
        if self._again is not None:
            self.run_worker(self._renew(self._again), group="look", exclusive=True, exit_on_error=False)

    async def _renew(self, again: Callable[[], Awaitable[Look | None]]) -> None:
        try:
            found = await again()
        except Exception as error:  # told, never raised; what is shown stays
            pantau_of(self).say(t("status.failed", detail=failure(error)), severity="error")
            return
        if found is None:
            pantau_of(self).say(t("answer.gone"), severity="warning")
            return
        if found.core != self._look.core:
            # It is another question now: nothing that was chosen for the old one stays.
            self._mode, self._at, self._offer = "view", {}, None
        self._look, self._changed = found, False
        self.redraw()

    # ---- keys ----------------------------------------------------------------------------------------------

    def action_yes(self) -> None:
        """The one key that answers."""
        line = self._line
        if line is None or self._changed:
            return
        if self._late:
            self.redraw()
            return
        from jobs.aftersales.answer_plans import AnswerChoice

        rejects = self._mode == "reject"
        choice = AnswerChoice(
            line.decision,
            self._here if rejects else None,
            (self._comment or None) if rejects else None,
            self._offer if line.decision == OFFER else None,
        )
        self.dismiss((self._look, choice))

    def action_turn(self, mode: Mode) -> None:
        """To the reasons of a refusal, or to the other answers."""
        if self._mode != "view":
            return
        if self._look.lines and (self._look.reject if mode == "reject" else self._look.others):
            self._turn(mode)

    def action_links(self) -> None:
        """The links of the proof; there, the one that is chosen to the clipboard."""
        if not self._links:
            pantau_of(self).say(t("answer.no_links"))
        elif self._mode == "view":
            self._at["links"] = self._links[0].url
            self._turn("links")
        elif self._mode == "links" and self._here is not None:
            self._copy([self._here])

    def action_copy_all(self) -> None:
        """Every link, a line each."""
        if self._mode == "links":
            self._copy([one.url for one in self._links])

    def _copy(self, urls: list[str]) -> None:
        pantau_of(self).copy_to_clipboard("\n".join(clean(url, limit=_URL) for url in urls))
        pantau_of(self).say(t("answer.copied", n=len(urls)))

    def action_browse(self) -> None:
        """The first proof, or the one that is chosen, in the seller's browser; never without this key."""
        if not self._links or self._mode not in ("view", "links"):
            return
        url = self._here if self._mode == "links" and self._here else self._links[0].url
        pantau_of(self).say(t("timeline.opening"))
        # A browser may not return before it is closed: a daemon, which leaving does not wait for.
        threading.Thread(target=self._open, args=(url,), name="browser", daemon=True).start()

    def _open(self, url: str) -> None:
        if not open_page(url):
            with suppress(RuntimeError):  # the program has ended meanwhile
                self.app.call_from_thread(self._not_opened, url)

    def _not_opened(self, url: str) -> None:
        shown = clean(url, limit=_URL)
        pantau_of(self).copy_to_clipboard(shown)
        pantau_of(self).say(t("timeline.not_opened", link=plain(shown, 80)), severity="warning")

    def action_write(self) -> None:
        """A comment to a refusal, the amount of an offer."""
        if self._mode == "reject" and self._look.reasons:
            prompt = Prompt(t("answer.comment.ask"), self._comment, longest=LONGEST)
            self.app.push_screen(prompt, self._commented)
        elif self._mode == "other" and self._here == OFFER:
            self._ask_amount()

    def _commented(self, text: str | None) -> None:
        if text is not None:
            self._comment = text
            self.redraw()

    def _ask_amount(self) -> None:
        limit, row = self._look.row.amount, self._look.row
        key = "answer.offer.ask" if limit is not None else "answer.offer.ask.open"
        question = t(key, limit=asked.amount(row))
        value = "" if self._offer is None else str(self._offer)
        self.app.push_screen(
            Prompt(
                question,
                value,
                longest=20,
                wrong=lambda text: asked.wrong_amount(text, limit, row.detail.currency),
            ),
            self._offered,
        )

    def _offered(self, text: str | None) -> None:
        if text is not None:
            self._offer = asked.whole(text)
            self.redraw()

    def action_pick(self, digit: int) -> None:
        """A line by its number."""
        ids = self._ids()
        if digit <= len(ids):
            self._choose(ids[digit - 1])
            if self._mode == "links":
                self._copy([ids[digit - 1]])

    def action_move(self, step: int) -> None:
        """The next line of a list, or the one before; the text itself where there is no list."""
        ids = self._ids()
        if not ids:
            self.action_scroll(step)
            return
        here = self._here
        at = ids.index(here) + step if here in ids else 0 if step > 0 else len(ids) - 1
        self._choose(ids[min(max(at, 0), len(ids) - 1)])
        body = self.query_one("#body", VerticalScroll)
        body.scroll_to(y=max(ids.index(self._here or ids[0]) - 2, 0), animate=False)

    def _choose(self, name: str) -> None:
        if self._mode == "other" and name not in self._look.lines:
            pantau_of(self).say(reason(self._look.held[name], self._zone), severity="warning")
            return
        self._at[self._mode] = name
        self.redraw()
        if self._mode == "other" and name == OFFER and self._offer is None:
            self._ask_amount()

    def action_all(self) -> None:
        """Everything, or the short form again."""
        if self._mode == "view":
            self._every = not self._every
            self.redraw()

    def action_skip(self) -> None:
        """On to the next request; this one stays as it is."""
        if self._mode == "view" and self._place[0] < self._place[1]:
            self.dismiss("skip")

    def action_again(self) -> None:
        """Have the requests read from the platform, and look at this one anew."""
        pantau_of(self).nudge("requests")
        pantau_of(self).say(t("answer.asked_again"))
        self._read()

    def action_back(self) -> None:
        """From a list to the request; from there, leave."""
        if self._mode == "view":
            self.dismiss(None)
        else:
            self._turn("view")

    def _turn(self, mode: Mode) -> None:
        self._mode = mode
        self.redraw()
        self.query_one("#body", VerticalScroll).scroll_home(animate=False)
