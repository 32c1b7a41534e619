"""What became of some wishes: a bar, a line per package, and a second try for what failed. Also the whole outbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content

from store.views import ActionRow, OrderRow
from tui.reasons import advice, cause, failure
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lines import entry, heading, keys, moment, plain
from tui.stock_words import subject
from tui.strings import t, word
from tui.text import fit

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.reader import Reader
    from tui.app import PantauApp

MOVING: Final = ("queued", "sending", "unknown")
"""States in which the sender still has something to do."""
FAILED: Final = ("refused", "needs_person")
"""States that want a person."""
LIMIT: Final = 500
"""Rows of the whole outbox shown: the newest."""
_BAR: Final = 24
_SIGNS: Final = {
    "done": ("✓", "$success"),
    "refused": ("✗", "$error"),
    "needs_person": ("!", "$error"),
    "unknown": ("?", "$warning"),
}
_ORDER: Final = {"refused": 0, "needs_person": 0, "unknown": 1}

Numbers = Mapping[tuple[int, str], str | None]


def moving(row: ActionRow) -> bool:
    """Whether the sender still has something to do with it; what a person does in Seller Center is not its."""
    return row.state in MOVING and not row.by_hand


class ResultsScreen(Dialog[None]):
    """Follows a batch (or, without one, shows the newest actions) until it is closed; sending never depends on it."""

    FULL = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "back", show=False),
        Binding("r", "retry", show=False),
        Binding("l", "labels", show=False),
    ]

    def __init__(self, batch: str | None = None) -> None:
        super().__init__()
        self._batch = batch
        self._rows: tuple[ActionRow, ...] = ()
        self._numbers: Numbers = {}
        self._counts: Counter[str] = Counter()
        self._loaded = False

    def on_mount(self) -> None:
        """Look at once; the app tells of every change."""
        self.store_changed()

    def store_changed(self) -> None:
        """Look at the store anew."""
        pantau_of(self).data.ask(self._read, self._arrived)

    def _read(self, reader: Reader) -> tuple[list[ActionRow], Numbers]:
        if self._batch is None:
            return reader.actions(limit=LIMIT), {}
        rows = reader.batch(self._batch)
        return rows, reader.tracking_numbers([row.order_pk for row in rows if row.order_pk is not None])

    def _arrived(self, found: tuple[list[ActionRow], Numbers]) -> None:
        rows, self._numbers = found
        self._counts = Counter(row.state for row in rows)
        # What wants a person stands on top, the rest as it was asked for.
        key = (lambda row: _ORDER.get(row.state, 2)) if self._batch else (lambda row: -row.id)
        self._rows = tuple(sorted(rows, key=key))
        self._loaded = True
        self.redraw()

    @property
    def _moving(self) -> int:
        return sum(moving(row) for row in self._rows)

    @property
    def _failed(self) -> list[ActionRow]:
        return [row for row in self._rows if row.state in FAILED]

    @property
    def _shipped(self) -> list[int]:
        """The orders of this batch whose shipment is arranged."""
        shipped = (row.order_pk for row in self._rows if row.kind == "ship" and row.state == "done")
        return list(dict.fromkeys(pk for pk in shipped if pk is not None)) if self._batch else []

    def title_text(self) -> Content:
        """Which list this is."""
        return heading(t("results.title" if self._batch else "results.title.all"))

    def body_text(self) -> Content:
        """The bar, then a line per package."""
        if not self._rows:
            return Content(t("results.empty") if self._loaded else "")
        bar = [self._bar()] if self._batch else []
        return Content("\n").join([*bar, *(line for row in self._rows for line in self._lines(row))])

    def _bar(self) -> Content:
        total, ok, refused = len(self._rows), self._counts["done"], self._counts["refused"]
        if not self._moving:
            return heading(t("results.finished", ok=ok, refused=refused, person=self._counts["needs_person"]))
        done = total - self._moving
        filled = _BAR * done // total
        checking = self._counts["unknown"]
        words = t("results.progress", done=done, total=total, ok=ok, refused=refused, checking=checking)
        return Content.assemble(
            ("█" * filled, "$accent"), ("░" * (_BAR - filled), "$text-muted"), f" {words}"
        )

    def _lines(self, row: ActionRow) -> Iterator[Content]:
        sign, style = _SIGNS.get(row.state, ("·", "$text-muted"))
        when = "" if self._batch else f"{moment(row.requested_at, pantau_of(self).zone)}  "
        number = plain(self._numbers.get((row.order_pk or 0, row.package_id or "")), 40)
        yield Content.assemble(
            (f"{sign} ", style),
            (when, "$text-muted"),
            f"{fit(subject(row), 18) if row.order_id else subject(row)}  ",
            "" if self._batch else f"{plain(word('kind', row.kind))}: ",
            (plain(word("state", row.state)), style),
            (f"  {number}" if number else "", "$text-muted"),
        )
        if row.state == "done":
            return
        indent = " " * 4
        if why := cause(row):
            yield from entry(indent, why if row.code is None else f"{why} ({row.code})", self.room)
        if next_step := advice(row):
            yield from entry(f"{indent}→ ", next_step, self.room, style="$text-muted")

    def keys_text(self) -> Content:
        """What can be pressed."""
        phrases = [t("results.key.background")] if self._batch and self._moving else []
        if failed := len(self._failed):
            phrases.append(t("results.key.retry", n=failed))
        if shipped := len(self._shipped):
            phrases.append(t("results.key.labels", n=shipped))
        return keys([*phrases, t("results.key.back")], self.room)

    def action_labels(self) -> None:
        """Print the labels of what is arranged."""
        if shipped := self._shipped:
            from tui.screens.paper import labels_of

            labels_of(pantau_of(self), shipped)

    def action_retry(self) -> None:
        """Queue what failed once more; what may have happened is never sent again from here."""
        app = pantau_of(self)
        if not (failed := self._failed):
            app.say(t("results.none_to_retry"))
        elif app.read_only:
            app.say(t("why.read_only"), severity="warning")
        else:
            app.run_worker(_retry(app, failed), group="retry", exclusive=True, exit_on_error=False)


async def _retry(app: PantauApp, failed: Sequence[ActionRow]) -> None:
    from jobs.wishes.intents import overtaken, retry

    store, now = app.store, app.clock()
    if store is None:
        app.say(t("app.busy_starting"), severity="warning")
        return

    def again(conn: Connection) -> tuple[set[int], list[ActionRow]]:
        queued = {row.id for row in failed if retry(conn, row.id, "seller", now)}
        return queued, [row for row in failed if row.id not in queued and overtaken(conn, row.id)]

    try:
        queued, old = await store.awrite(again)
    except Exception as error:  # told, never raised
        app.say(t("status.failed", detail=failure(error)), severity="error")
        return
    if queued:
        app.say(t("results.retried", n=len(queued)))
        app.nudge("sender")
    if old:
        app.say(t("stock.overtaken", what=subject(old[0])), severity="warning")
    if left := [row for row in failed if row.id not in queued and row not in old]:
        app.say(t("results.not_retried", n=len(left), order=subject(left[0])), severity="warning")


def open_actions(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """The whole outbox, newest first."""
    app.push_screen(ResultsScreen())
