"""What became of a shipment: a bar, a line per package, and a second try for what failed. Also the whole outbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from store.errors import StoreError
from store.views import ActionRow, OrderRow
from tui.screens.dialog import Dialog
from tui.strings import t, word
from tui.text import clean

if TYPE_CHECKING:
    from tui.app import PantauApp

_SIGNS = {"done": ("✓", "$success"), "refused": ("✗", "$error"), "needs_person": ("!", "$error")}
_MOVING = ("queued", "sending", "unknown")
_FAILED = ("refused", "needs_person")
_LIMIT = 500
_EVERY = 0.25


class ResultsScreen(Dialog[None]):
    """Follows a batch (or, without one, shows the newest actions) until it is closed; sending never depends on it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "back", show=False),
        Binding("r", "retry", show=False),
    ]

    def __init__(self, batch: str | None = None, total: str = "") -> None:
        super().__init__()
        self.add_class("-full")
        self._batch = batch
        self._total = total
        self._rows: tuple[ActionRow, ...] = ()
        self._counts: Counter[str] = Counter()
        self._failed_marked = False

    def on_mount(self) -> None:
        """Look at once, then four times a second while something moves."""
        self._look()
        self.set_interval(_EVERY, self._look)

    @property
    def _app(self) -> PantauApp:
        from tui.app import PantauApp

        assert isinstance(self.app, PantauApp)
        return self.app

    def _look(self) -> None:
        self._app.data.ask(lambda reader: reader.actions(batch_id=self._batch, limit=_LIMIT), self._arrived)

    def _arrived(self, found: list[ActionRow]) -> None:
        rows = tuple(found if self._batch is None else reversed(found))
        if not self.is_mounted or (rows == self._rows and self._counts):
            return
        self._rows = rows
        self._counts = Counter(row.state for row in rows)
        if self._batch and not self._moving and not self._failed_marked:
            self._failed_marked = True
            failed = {row.order_pk for row in rows if row.state in _FAILED and row.order_pk is not None}
            self._app.mark(failed)
        self.redraw()

    @property
    def _moving(self) -> int:
        return sum(self._counts[state] for state in _MOVING)

    def title_text(self) -> Content:
        """Which list this is."""
        return Content.styled(t("results.title" if self._batch else "results.title.all"), "bold")

    def body_text(self) -> Content:
        """The bar, then a line per package."""
        if not self._rows:
            return Content(t("results.empty"))
        parts = [self._bar()] if self._batch else []
        return Content("\n").join([*parts, *(_line(row) for row in self._rows)])

    def _bar(self) -> Content:
        total = len(self._rows)
        done = total - self._moving
        if not self._moving:
            return Content.styled(
                t(
                    "results.finished",
                    ok=self._counts["done"],
                    refused=self._counts["refused"],
                    person=self._counts["needs_person"],
                ),
                "bold",
            )
        filled = 24 * done // total
        words = t(
            "results.progress",
            done=done,
            total=total,
            ok=self._counts["done"],
            refused=self._counts["refused"],
            checking=self._counts["unknown"],
        )
        return Content.assemble(("█" * filled, "$accent"), ("░" * (24 - filled), "$text-muted"), f" {words}")

    def keys_text(self) -> Content:
        """What can be pressed."""
        return Content(t("results.keys"))

    def action_retry(self) -> None:
        """Queue what failed once more; what may have happened is never sent again from here."""
        failed = [row for row in self._rows if row.state in _FAILED]
        if not failed:
            self._app.say(t("results.none_to_retry"))
            return
        self.run_worker(self._retry(failed), group="retry", exclusive=True, exit_on_error=False)

    async def _retry(self, failed: list[ActionRow]) -> None:
        from jobs.intents import retry

        store = self._app.store
        if store is None:
            return
        now = self._app.clock()
        queued = 0
        try:
            for row in failed:
                done = await store.awrite(lambda conn, row=row: retry(conn, row.id, "seller", now))  # type: ignore[misc]
                queued += done
                if not done:
                    self._app.say(t("results.needs_typing", order=row.order_id), severity="warning")
        except StoreError as error:
            self._app.say(t("status.failed", detail=f"{error}"), severity="error")
        if queued:
            self._app.say(t("results.retried", n=queued))
            self._app.nudge("sender")


def _line(row: ActionRow) -> Content:
    sign, style = _SIGNS.get(row.state, ("·", "$text-muted"))
    reason = f"  {clean(row.reason, limit=160)}" if row.reason else ""
    code = f" ({row.code})" if row.code else ""
    return Content.assemble(
        (f"{sign} ", style), f"{clean(row.order_id)}  ", (word("state", row.state), style), f"{reason}{code}"
    )


def open_actions(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """The whole outbox, newest first."""
    app.push_screen(ResultsScreen())
