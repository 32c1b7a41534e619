"""What every command shares: the settings, the store, the zone, and how a failure is told."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from zoneinfo import ZoneInfo

from jobs.config.settings import Settings, SettingsError, load
from store.errors import StoreError
from store.times import Clock, now_ms
from tui import strings
from tui.text import clean

if TYPE_CHECKING:
    from store.db import Store
    from store.reader import Reader

DONE, FAILED, USAGE, NEEDS_LOGIN = 0, 1, 2, 3
"""Exit codes, as docs/commands.md promises them."""


@dataclass
class Context:
    """Global options and, made when first needed, what they lead to."""

    config: Path | None = None
    overrides: dict[str, str] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    clock: Clock = now_ms

    @cached_property
    def settings(self) -> Settings:
        """Raises SettingsError, which `reported` turns into a sentence and exit code 2."""
        return load(self.config, self.environ, self.overrides)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The seller's zone, in which every time is printed."""
        return ZoneInfo(self.settings.timezone)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The store, migrated and open for writing."""
        from store.db import Store

        opened = Store.open(self.settings.store_url, clock=self.clock)
        try:
            yield opened
        finally:
            opened.close()

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """A reader on an up-to-date store; makes or upgrades the store first where that is needed."""
        from store.reader import Reader
        from store.schema import SchemaState

        reader = Reader.open(self.settings.store_url)
        if reader.schema_state() is not SchemaState.CURRENT:
            reader.close()
            with self.store():
                pass
            reader = Reader.open(self.settings.store_url)
        try:
            yield reader
        finally:
            reader.close()


def speaking(ctx: Context) -> Context:
    """The same context, with the words in the seller's language; the settings are read here at the latest."""
    strings.use(ctx.settings.language)
    return ctx


def writing(ctx: Context, wait: float = 0.0) -> Context:
    """The same for a command that changes something: ends with a sentence where nothing may be changed.

    `wait` is its `--wait`, in seconds; click lets `nan` and `inf` through.
    """
    speaking(ctx)
    if not math.isfinite(wait):
        fail(USAGE, strings.t("why.wait"))
    if ctx.settings.read_only:
        fail(FAILED, strings.t("cli.read_only"))
    return ctx


def say(text: str) -> None:
    """A line for a person on stdout, foreign text already cleaned."""
    print(text)


def tell(text: str) -> None:
    """Progress and warnings: stderr, so that stdout stays what was asked for."""
    print(text, file=sys.stderr)


def fail(code: int, sentence: str, hint: str = "") -> NoReturn:
    """End with a sentence on stderr and the given exit code."""
    tell(clean(sentence))
    if hint:
        tell(clean(hint))
    raise SystemExit(code)


def reported(run: Callable[[], None]) -> int:
    """Run a command and turn what went wrong into a sentence and an exit code; tracebacks never reach a seller."""
    try:
        run()
    except SettingsError as error:
        tell(clean(str(error)))
        return USAGE
    except StoreError as error:
        tell(clean(f"{error.title}. {error.message}"))
        if error.hint:
            tell(clean(error.hint))
        return FAILED
    except KeyboardInterrupt:
        tell("Dihentikan. / Stopped.")
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`| head`): not our failure, and no second complaint at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else (DONE if end.code is None else FAILED)
    return DONE
