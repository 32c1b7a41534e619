"""Keys at a scanner's speed and at a person's, without waiting for either: every event carries its own time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual import events
from textual.message import Message
from textual.pilot import Pilot

from tests.ui.screen_kit import until
from tui import scanner
from tui.app import PantauApp
from tui.screens.packing import PackingScreen
from tui.screens.scanning import ScanScreen

FAST = 0.002
"""Seconds between two signs of a scanner."""


def at_speed(app: PantauApp, keys: Iterable[str], step: float = FAST, start: float | None = None) -> float:
    """Post keys `step` seconds apart, the first at `start` (now); the time of the last."""
    at = Message().time if start is None else start
    for key in keys:
        event = events.Key(key, key if len(key) == 1 else None)
        event.time = at
        app.post_message(event)
        at += step
    return at


async def scan(app: PantauApp, pilot: Pilot[Any], code: str, ending: str | None = "enter") -> None:
    """Scan a code and wait until everything that follows from it is done."""
    at_speed(app, [*code, *([ending] if ending else [])])
    await quiet(app, pilot)


async def press(app: PantauApp, pilot: Pilot[Any], *keys: str) -> None:
    """Press keys as a person does, each with silence around it, and wait for what follows."""
    for key in keys:
        await pilot.pause()
        # The silence before it has passed already, as far as its time is concerned.
        at_speed(app, [key], start=_after_silence(app))
        await quiet(app, pilot)


async def quiet(app: PantauApp, pilot: Pilot[Any]) -> None:
    """No key is held back, nothing waits to be written or shown."""

    def idle() -> bool:
        screen = app.screen
        if isinstance(screen, ScanScreen) and screen.listening:
            return False
        return not (isinstance(screen, PackingScreen) and screen.working) and not app.data.busy

    await pilot.pause()
    await until(pilot, idle)
    await pilot.pause()


def _after_silence(app: PantauApp) -> float:
    screen, now = app.screen, Message().time
    last = screen._alone._last if isinstance(screen, ScanScreen) else now
    return max(now, last + scanner.QUIET_MS / 1_000)
