"""Writing a message down for the sender, away from the loop, and telling what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tui.reasons import failure
from tui.strings import t

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.db import Store
    from tui.app import PantauApp


async def send(
    app: PantauApp, chat: int | None, order: int | None, text: str, ended: Callable[[bool], None]
) -> None:
    """Queue it for a conversation or an order's buyer, say so, and hand over whether it was written down."""
    if (store := app.store) is None:
        app.say(t("app.busy_starting"), severity="warning")
        ended(False)
        return
    try:
        refused = await store.awrite(partial(_queue, chat, order, text, app.clock()))
    except Exception as error:  # told, never raised: what was not written down did not happen
        app.say(t("status.failed", detail=failure(error)), severity="error")
        ended(False)
        return
    if refused:
        app.say(t(f"held.{refused}"), severity="warning")
    else:
        app.say(t("chat.sent"))
        app.nudge("sender")
    ended(not refused)


async def saw(app: PantauApp, store: Store, chat: int) -> None:
    """Note that a conversation stands before a person, so that a job tells the platform; nobody waits for it."""
    from store.errors import StoreError

    try:
        if await store.awrite(partial(_see, chat)):
            app.nudge("chats")
    except StoreError:
        return  # it stays unread there, and this screen is none the worse for it


def _see(chat: int, conn: Connection) -> bool:
    from store import chat_seen

    return chat_seen.see(conn, chat)


def _queue(chat: int | None, order: int | None, text: str, now: int, conn: Connection) -> str:
    """Write the message down; why not, or nothing."""
    from jobs.chat import wishes

    if chat is not None:
        made = wishes.queue_message(
            conn, conversation_pk=chat, text=text, by="seller", now=now, order_pk=order
        )
    elif order is not None:
        made = wishes.queue_to_buyer(conn, order_pk=order, text=text, by="seller", now=now)
    else:
        return "no_chat"
    return "" if made is not None else wishes.why_refused(conn, conversation_pk=chat, order_pk=order)
