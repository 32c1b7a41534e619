"""A person with a scanner at the hand-over screen, for its tests."""

from __future__ import annotations

import re

from textual.pilot import Pilot

from store import manifests
from store.db import Store
from tests.jobs.handover_kit import NOW, rows
from tests.ui.screen_kit import picture, until
from tui.app import PantauApp
from tui.screens.handover import HandoverScreen
from tui.widgets.handover_desk import Page

FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Hand:
    """A person with a scanner at the screen."""

    def __init__(self, app: PantauApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot
        assert isinstance(app.screen, HandoverScreen)
        self.screen = app.screen

    async def settled(self) -> None:
        """Everything scanned and pressed is done and shown."""
        screen, data = self.screen, self.app.data
        await until(self.pilot, lambda: self.gone or not (screen.working or screen.listening or data.busy))

    @property
    def gone(self) -> bool:
        """Whether the screen was left."""
        return self.app.screen is not self.screen

    async def scan(self, *codes: str) -> None:
        """Codes, as a scanner sends them."""
        for code in codes:
            self.screen.scanned(code)
        await self.settled()

    async def press(self, *keys: str) -> None:
        """Keys, with silence around each."""
        for key in keys:
            await self.pilot.press(key)
            await self.settled()

    async def type(self, text: str) -> None:
        """A line typed into the input."""
        await self.pilot.press(*text, "enter")
        await self.settled()

    async def refreshed(self) -> None:
        """What others changed is seen."""
        self.screen.store_changed()
        await self.settled()

    def at(self, page: Page) -> bool:
        """Whether this page is shown now."""
        return self.screen.desk.page is page

    @property
    def shown(self) -> str:
        """Everything on the screen, one blank between words."""
        return " ".join(" ".join(picture(self.app)).split())


async def opened(app: PantauApp, pilot: Pilot[int]) -> Hand:
    """The screen, opened by its key from the list."""
    await pilot.press("H")
    await until(pilot, lambda: isinstance(app.screen, HandoverScreen))
    hand = Hand(app, pilot)
    await until(pilot, lambda: hand.screen.desk.loaded)
    await hand.settled()
    return hand


def checked(store: Store) -> None:
    """The platform says yes to everything that waits for it."""
    ids = [row[0] for row in rows(store, "SELECT package_id FROM manifest_parcels WHERE state = 'checking'")]
    for (manifest,) in rows(store, "SELECT id FROM manifests WHERE closed_at IS NULL"):
        store.write(lambda conn, m=manifest: manifests.passed(conn, m, ids, NOW))  # type: ignore[misc]


def clean_pages(hand: Hand) -> None:
    """No line holds what a terminal would obey."""
    for line in picture(hand.app):
        assert not FORBIDDEN.search(line)
