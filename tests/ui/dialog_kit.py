"""What the tests of the dialogs share: the platform's answers to what was queued, and what a dialog says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.containers import Vertical

from store import actions
from store.db import Store
from store.reader import Reader
from store.views import ActionRow
from tests.ui.screen_kit import picture
from tui.app import PantauApp
from tui.screens.dialog import Dialog
from tui.screens.notices import NoticesScreen
from tui.screens.search import SearchScreen

BOXED = (Dialog, NoticesScreen, SearchScreen)


def answer(store: Store, told: Mapping[str, Mapping[str, Any]], now: int, **otherwise: Any) -> None:
    """Answer every queued action as a sender would: by order id, others with `otherwise`; {} leaves one queued."""

    def write(conn: Any) -> None:
        for row in actions.claim(conn, owner="test", now=now, lease_ms=60_000, limit=1_000):
            outcome = told.get(row.order_id, otherwise)
            if not outcome:
                continue
            assert actions.mark_sending(conn, row.id, row.fence, now, signed_at=now)
            if outcome.get("state") == "unknown":
                parked = {name: value for name, value in outcome.items() if name != "state"}
                assert actions.park_unknown(conn, row.id, row.fence, reads=0, now=now, **parked)
            else:
                assert actions.finish(conn, row.id, row.fence, now=now, **outcome)

    store.write(write)


def queued(store: Store) -> list[ActionRow]:
    """The whole outbox, the oldest first."""
    reader = Reader.open(store.url)
    try:
        return reader.actions()[::-1]
    finally:
        reader.close()


def said(app: PantauApp) -> str:
    """The text of the dialog, without its folds; of the whole screen where there is no box."""
    lines = picture(app)
    if isinstance(app.screen, BOXED):
        box = app.screen.query_one(Vertical).region
        lines = [line[box.x : box.right] for line in lines[box.y : box.bottom]]
    return " ".join(" ".join(line.strip("│╭╮╰╯─▌● ") for line in lines).split())


def toasts(app: PantauApp) -> list[str]:
    """What was said in the corner."""
    return [str(notification.message) for notification in app._notifications]
