"""The monitor: paints at once from what is stored, then loads what works behind it.

Before the first paint only Textual and a plain read are needed (a test holds the list of modules). After it a
thread makes the backend (tui/backend.py): SQLAlchemy, migrations, HTTP, the scheduler.

For screens and dialogs opened by a command (`Command.opens` in tui/commands.py, called with `(app, rows)`):

- `app.data`: reads (`ask`, `get`); never waits on a server in the loop.
- `app.store`: the writer, None until the backend is ready; `await app.store.awrite(fn)` in a worker.
- `app.nudge("sender")`: have a job look at once. `app.track_now(pk)`: ask the courier of an order.
- `app.say(...)`: a toast. `app.mark`, `app.unmark`, `app.go_to(pk)`: the list of the main screen.
- `app.clock`, `app.zone`, `app.settings`, `app.read_only`, `app.run_command(command)`.

A screen with a method `store_changed(self)` is called after each change while it is the active one.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Final

from rich.text import Text
from textual.binding import BindingType

from store.times import Clock, now_ms
from tui import crash, theme
from tui.commands import Command
from tui.feed import Feed
from tui.guard import guard_terminal
from tui.host import Host
from tui.messages import BackendFailed, BackendReady, ReadFailed, StoreChanged
from tui.screens import imports_work
from tui.screens.main import MainScreen
from tui.strings import t

if TYPE_CHECKING:
    from jobs.config.settings import Settings
    from store.reader import Reader
    from tui.backend import Backend

STOP_WITHIN: Final = 1.2
"""Seconds the backend gets to end; what is unfinished then is in the store, and the next start takes it up."""


class PantauApp(Host):
    """The terminal application."""

    CSS_PATH = "styles/pantau.tcss"
    TITLE = "Pantau"
    ENABLE_COMMAND_PALETTE = False
    COMMAND_PALETTE_BINDING = "f12"
    # Our own table has every key; ctrl+q stays as the toolkit's way out.
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self,
        settings: Settings,
        reader_factory: Callable[[], Reader],
        runtime_factory: Callable[[], Backend] | None = None,
        read_only: bool = False,
        clock: Clock = now_ms,
        *,
        threaded_reads: bool = False,
        has_jobs: bool = True,
    ) -> None:
        """`runtime_factory` runs in a thread after the first paint; None: nothing can be written."""
        super().__init__(
            settings,
            reader_factory,
            clock,
            read_only=read_only,
            threaded_reads=threaded_reads,
            has_jobs=has_jobs and runtime_factory is not None,
        )
        guard_terminal()
        self.feed = Feed(self, self.data, self._store_changed)
        self._runtime_factory = runtime_factory
        self._leaving = threading.Event()
        self._signals = 0
        self.main = MainScreen(self)
        self.register_theme(theme.PANTAU)
        self.register_theme(theme.PANTAU_LIGHT)
        wanted = settings.ui.theme
        self.theme = wanted if wanted in self.available_themes else theme.NAME
        self.set_keymap(self.keymap)

    def get_default_screen(self) -> MainScreen:
        """The list is what opens."""
        return self.main

    def on_mount(self) -> None:
        """Look for changes, listen for signals; everything heavy comes after the first paint."""
        self._catch_signals()
        # The jobs' thread gives way ten times sooner than by default: a key press waits for it several times.
        sys.setswitchinterval(0.0005)
        self.feed.start()
        self.call_after_refresh(self._start_backend)

    async def on_unmount(self) -> None:
        """End the backend within its time, whatever it is doing."""
        self._leaving.set()
        self.main.keep_views()
        await imports_work.leave(self)
        runtime, self.runtime = self.runtime, None
        if runtime is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(_in_thread(lambda: runtime.stop(STOP_WITHIN)), STOP_WITHIN + 0.3)
        self.data.close()

    # ---- what screens and dialogs use -------------------------------------------------------------------

    def track_now(self, pk: int) -> None:
        """Ask the couriers of an order's parcels now."""
        self.main.track_now(pk)

    def mark(self, pks: Collection[int]) -> None:
        """Mark these orders of the view that is shown."""
        self.main.orders.mark(pks)

    def unmark(self, pks: Collection[int]) -> None:
        """Take the marks of these orders away."""
        self.main.orders.unmark(pks)

    def go_to(self, pk: int) -> None:
        """Show an order in its tab, with the cursor on it."""
        self.main.go_to(pk)

    def run_command(self, command: Command) -> None:
        """Run a command as if its key had been pressed."""
        self.main.run_command(command)

    # ---- changes ----------------------------------------------------------------------------------------

    def on_store_changed(self, message: StoreChanged) -> None:
        """Our own writer committed something."""
        self.feed.changed()

    def _store_changed(self) -> None:
        if not self.screen_stack:
            return  # on the way out: a timer was faster than the end
        self.main.store_changed()
        if self.screen is not self.main and callable(refresh := getattr(self.screen, "store_changed", None)):
            refresh()

    def _read_failed(self, error: Exception) -> None:
        from tui.reasons import failure

        self.post_message(ReadFailed(failure(error)))

    def on_read_failed(self, message: ReadFailed) -> None:
        """The store cannot be read: the screen says so and tries again."""
        self.main.read_failed(message.sentence)

    # ---- the backend ------------------------------------------------------------------------------------

    def _start_backend(self) -> None:
        if self._runtime_factory is not None:
            threading.Thread(target=self._make_backend, name="backend-start", daemon=True).start()

    def _make_backend(self) -> None:
        factory = self._runtime_factory
        if factory is None:
            return
        try:
            runtime = factory()
        except Exception as error:  # whatever it is, the screen stays and says so
            self._backend_failed(error)
            return
        if self._leaving.is_set():
            runtime.stop(0)
            return
        from jobs.collector import calm

        calm()
        self.runtime = runtime
        runtime.store.listen(self.feed.poke)
        runtime.start(self._backend_failed)
        self.post_message(BackendReady())

    def _backend_failed(self, error: Exception) -> None:
        from tui.reasons import failure

        self.post_message(BackendFailed(failure(error)))

    def on_backend_ready(self) -> None:
        """Writes are possible; the store surely exists now."""
        self.data.reopen()
        self.main.backend_ready()

    def on_backend_failed(self, message: BackendFailed) -> None:
        """Say so and go on showing what is stored."""
        self.main.backend_failed(message.sentence)

    # ---- leaving ----------------------------------------------------------------------------------------

    def _catch_signals(self) -> None:
        if self.is_headless or threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            if (number := getattr(signal, name, None)) is not None:
                with suppress(NotImplementedError):
                    loop.add_signal_handler(number, self._on_signal, int(number))

    def _on_signal(self, number: int) -> None:
        """The first asks politely; the second means it."""
        self._signals += 1
        if self._signals > 1:
            crash.leave_now(128 + number)
        self.exit(return_code=128 + number)

    def _handle_exception(self, error: Exception) -> None:
        """A bug of ours: a report without data instead of a traceback with local variables."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        file = crash.write_report(error, self.settings.data_path)
        sentence = t("app.crashed")
        if file is not None:
            sentence += "\n" + t("app.crashed.where", path=str(file))
        self.panic(Text(sentence))


def open_app(
    settings: Settings, environ: Mapping[str, str], *, read_only: bool, jobs: bool, clock: Clock = now_ms
) -> int:
    """Run the monitor until the seller leaves; the exit code. Raises SettingsError for an impossible keymap."""
    from store.reader import Reader, may_wait
    from tui.keymap import KeymapError

    def backend() -> Backend:
        from tui.backend import make_backend

        return make_backend(settings, environ, clock, jobs=jobs and bool(settings.shops), read_only=read_only)

    url = settings.store_url
    try:
        app = PantauApp(
            settings,
            lambda: Reader.open(url),
            backend,
            read_only,
            clock,
            threaded_reads=may_wait(url),
            has_jobs=jobs,
        )
    except KeymapError as error:
        from jobs.config.settings import SettingsError

        raise SettingsError(str(error), file="", key="keymap") from error
    app.run()
    return app.return_code or 0


async def _in_thread(work: Callable[[], None]) -> None:
    """Run in a daemon thread and wait: unlike the loop's own pool, it never holds up the end of the process."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def run() -> None:
        try:
            work()
        finally:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(done.set_result, None)

    threading.Thread(target=run, name="backend-stop", daemon=True).start()
    await done
