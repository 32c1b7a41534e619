"""Commands `chats` and `message`: what buyers write, and one message to the buyer of an order, through the outbox."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated

import typer

from tui import jsonout
from tui.cmd.context import FAILED, USAGE, Context, fail, say, speaking, tell, writing
from tui.cmd.look import JsonFlag, find
from tui.cmd.results import Result, of_action, report
from tui.cmd.wishes import Wait, ask, carry_out
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from datetime import tzinfo

    from sqlalchemy import Connection

    from store.chat_facts import ChatRow
    from store.db import Store
    from store.reader import Reader


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("chats", help="Percakapan dengan pembeli. / Conversations with buyers.")(chats)
    app.command("message", help="Kirim pesan ke pembeli pesanan. / Send a message to an order's buyer.")(
        message
    )


def chats(
    context: typer.Context,
    unanswered: Annotated[bool, typer.Option("--unanswered", help="Only what waits for an answer.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List conversations: what waits for an answer first, by its twelve hours."""
    ctx = speaking(context.obj)
    with ctx.reader() as reader:
        rows = reader.chats(unanswered=unanswered)
        rows = reader.with_orders(rows) if as_json else rows
    if as_json:
        jsonout.dump([document(row, ctx.zone) for row in rows])
        return
    if not rows:
        say(t("cli.chats.none.unanswered" if unanswered else "cli.chats.none"))
    for row in rows:
        say(_told(row, ctx.clock(), ctx.zone))


def document(row: ChatRow, zone: tzinfo) -> dict[str, object]:
    """A conversation as scripts read it."""
    from store.times import to_iso

    return {
        "conversation_id": row.conversation_id,
        "shop": row.shop,
        "buyer": row.buyer,
        "platform": row.platform,
        "unread": row.unread,
        "answer_by": to_iso(row.answer_by, zone),
        "last_at": to_iso(row.last_at, zone),
        "last_role": row.last_role,
        "last_text": row.last_text,
        "order_ids": list(row.order_ids),
    }


def _told(row: ChatRow, now: int, zone: tzinfo) -> str:
    """A conversation in one line: its clock, the buyer, what is unread, the newest words."""
    from tui.clock import countdown
    from tui.screens.lines import plain

    clock = countdown(row.answer_by, now, zone).text if row.answer_by is not None else t("chats.answered")
    parts = [clock, plain(row.shop, 16), plain(row.buyer, 40) or t("chat.buyer")]
    if row.unread:
        parts.append(t("chats.unread", n=row.unread))
    return "  ".join([*parts, plain(row.last_text, 80)]).rstrip()


def message(
    context: typer.Context,
    order_id: Annotated[str, typer.Argument(metavar="ORDER_ID")],
    text: Annotated[str | None, typer.Option("--text", help="The words themselves.")] = None,
    template: Annotated[str | None, typer.Option("--template", help="A template's name.")] = None,
    sheet: Annotated[
        str | None,
        typer.Option("--sheet", help="where, not-received, cancel, refund, find or insured."),
    ] = None,
    lang: Annotated[str | None, typer.Option("--lang", help="Of template or sheet: id or en.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    wait: Wait = 0.0,
    as_json: JsonFlag = False,
) -> None:
    """Send one message to the buyer of an order; the exact text is shown first. It cannot be taken back."""
    ctx = writing(context.obj, wait)
    if sum(one is not None for one in (text, template, sheet)) != 1:
        fail(USAGE, t("cli.message.which"))
    if lang not in (None, "id", "en"):
        fail(USAGE, f"--lang {lang}: id | en")
    with ctx.store() as store, ctx.reader() as reader:
        (pk,) = find(reader, [order_id])
        body = _body(ctx, reader, pk, text, template, sheet, lang or ctx.settings.chat.language or "id")
        if not yes:
            ask([(clean(order_id, limit=64), clean(body, limit=8_000, lines=True).split("\n"))], (), ctx.zone)
        result = _send(ctx, store, pk, body, wait)
    report([result], as_json)
    if result.state == "skipped":
        raise SystemExit(FAILED)


def _body(
    ctx: Context,
    reader: Reader,
    pk: int,
    text: str | None,
    template: str | None,
    sheet: str | None,
    lang: str,
) -> str:
    """The text as it will be sent; ends with a sentence that says why there is none."""
    from jobs.chat.wishes import checked
    from tui.screens import message_draft as drafts

    talk = drafts.look(reader, None, pk)
    try:
        if sheet is not None:
            made = drafts.sheet(talk, sheet, lang, ctx.clock(), ctx.zone).text
        elif template is not None:
            made = drafts.template(
                talk, template, lang, ctx.clock(), ctx.zone, ctx.settings.chat.templates
            ).text
            if template not in drafts.templates(talk, ctx.settings.chat.templates):
                tell(t("chat.unlike", name=template))
        else:
            made = text or ""
    except drafts.Cannot as error:
        fail(FAILED, str(error))
    if why := drafts.unfit(made):
        fail(USAGE, why)
    return checked(made)


def _send(ctx: Context, store: Store, pk: int, body: str, wait: float) -> Result:
    from jobs.chat.wishes import queue_to_buyer, why_refused
    from jobs.wishes.intents import progress
    from jobs.wishes.plans import Held
    from tui.cmd.results import of_held

    batch, now = secrets.token_hex(8), ctx.clock()

    def queue(conn: Connection) -> str:
        made = queue_to_buyer(conn, order_pk=pk, text=body, by="cli", now=now, batch_id=batch)
        return "" if made is None else batch

    if not carry_out(ctx, store, queue, wait):
        why = store.read(lambda conn: why_refused(conn, order_pk=pk))
        with ctx.reader() as reader:
            order_id = reader.rows([pk])[0].order_id
        return of_held(Held(pk, order_id, why, {}))
    (row,) = store.read(lambda conn: progress(conn, batch)).rows
    return of_action(row, None)
