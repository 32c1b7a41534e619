"""Draws docs/screenshot.svg from the running program: the real monitor on a real store that was really synced.

python docs/screenshots.py
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from jobs.config.settings import Settings, load
from jobs.demo import demo_environment
from jobs.once import run_once
from store.reader import Reader
from store.times import now_ms
from tui.app import PantauApp

HERE = Path(__file__).parent


async def draw(settings: Settings, target: Path, size: tuple[int, int] = (120, 36)) -> None:
    """Open the monitor on a store and save what it shows."""
    now = now_ms()
    app = PantauApp(settings, lambda: Reader.open(settings.store_url), clock=lambda: now)
    async with app.run_test(size=size) as pilot:
        await pilot.press("3", "j", "j", "space", "j", "space", "j")
        await pilot.pause()
        target.write_text(app.export_screenshot(title="Pantau"), encoding="utf-8")


def main() -> None:
    """Sync a sandbox shop once, then draw."""
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    with demo_environment(environ=os.environ, orders=260, rate=0.0, speed=0.0, seed=7) as demo:
        settings = load(demo.config, demo.environ)
        run_once(settings, demo.environ)
        asyncio.run(draw(settings, HERE / "screenshot.svg"))
    print(HERE / "screenshot.svg")


if __name__ == "__main__":
    main()
