"""How a screen writes: wishes in a worker that tells what came of them, its own settings without waiting."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from tui import views
from tui.strings import t

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tui.host import Host


class Writing(Screen[None]):
    """The part of the main screen that changes the store."""

    pantau: Host
    views: views.Views
    """What each tab shows."""
    _views_kept: str = ""
    """The views as the store has them."""

    def keep_views(self) -> None:
        """Write down what each tab shows, where that changed."""
        if (shown := self.views.text()) != self._views_kept and self.can_remember:
            self._views_kept = shown
            self.remember(views.KEY, shown)

    @property
    def can_remember(self) -> bool:
        """Whether settings of the screen can be kept; who may only look leaves no trace."""
        return self.pantau.store is not None and not self.pantau.read_only

    def remember(self, key: str, value: str) -> None:
        """Keep a setting of the screen, when there is a store to keep it in; nobody waits for it."""

        def write(conn: Connection) -> None:
            from store.ui_state import put

            put(conn, key, value)

        if (store := self.pantau.store) is not None and self.can_remember:
            store.submit(write)

    def write(self, work: Callable[[Connection], Any], done: Callable[[Any], None]) -> None:
        """Run a wish in the store's writer thread, then `done`; a failure is told, never raised."""
        store = self.pantau.store
        if store is None:
            self.pantau.say(t("app.busy_starting"), severity="warning")
            return

        async def run() -> None:
            try:
                result = await store.awrite(work)
            except Exception as error:
                from tui.reasons import failure

                self.pantau.say(t("status.failed", detail=failure(error)), severity="error")
                return
            done(result)

        self.run_worker(run(), group="writes", exit_on_error=False)
