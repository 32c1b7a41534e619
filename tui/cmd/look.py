"""Commands that only read: `orders`, `order`, `actions`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from store.status import OrderStatus, Tab
from tui import jsonout
from tui.cmd.context import FAILED, USAGE, Context, fail, say, speaking, tell, writing
from tui.cmd.order_rules import ruled
from tui.goods import goods
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from store.reader import Reader

JsonFlag = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


STATES: Final = ("queued", "sending", "unknown", "done", "refused", "cancelled", "needs_person")
"""What an action can be in (store/actions.py)."""
NO_ROW: Final = 0
"""Stands for a shop the store does not have yet."""


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("orders", help="Daftar pesanan. / List orders.")(orders)
    app.command("order", help="Satu pesanan, lengkap. / One order in full.")(order)
    actions = typer.Typer(
        help="Kotak keluar: tindakan ke platform. / The outbox.", invoke_without_command=True
    )
    actions.callback()(list_actions)
    actions.command("retry", help="Coba lagi satu tindakan. / Try one again.")(retry)
    actions.command("drop", help="Batalkan satu tindakan. / Give one up.")(drop)
    app.add_typer(actions, name="actions")


def orders(
    context: typer.Context,
    tab: Annotated[str | None, typer.Option(help=" ".join(tab.id for tab in Tab))] = None,
    status: Annotated[str | None, typer.Option(help="A status as the platform spells it.")] = None,
    search: Annotated[
        str | None, typer.Option(help="Order id, tracking number, buyer, SKU, product.")
    ] = None,
    shop: Annotated[str | None, typer.Option(help="Of this shop.", metavar="NAME")] = None,
    tag: Annotated[str | None, typer.Option(help="With this tag.", metavar="TAG")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 100,
    as_json: JsonFlag = False,
) -> None:
    """List orders: every one of every status unless told otherwise."""
    ctx = speaking(context.obj)
    chosen_tab = wanted_tab(tab)
    wanted_status = _status(status)
    with ctx.reader() as reader:
        shop_named(ctx, reader, shop)
        found = reader.orders(
            tab=chosen_tab,
            status=wanted_status,
            search=search,
            shop=shop,
            tag=_tag(tag),
            limit=limit,
            now=ctx.clock(),
        )
        if as_json:
            jsonout.dump([jsonout.order(detail, ctx.zone) for detail in reader.details(found)])
            return
        rows = reader.rows(list(found))
        nothing = None if rows else _why_none(ctx, reader)
    say(
        nothing
        or jsonout.table(
            (row.order_id, clean(row.status), clean(row.buyer or ""), goods(row.summary), str(row.total))
            for row in rows
        )
    )


def order(
    context: typer.Context,
    order_id: str,
    appeal: Annotated[
        Path | None, typer.Option(help="Write the appeal file (PDF, JSON) into this folder.", metavar="DIR")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """One order with its packages, tracking, actions and history; `--appeal` writes all of it as files instead."""
    ctx = speaking(context.obj)
    if appeal is not None:
        from tui.cmd.desk import write_appeal

        write_appeal(ctx, order_id, appeal, as_json)
        return
    with ctx.reader() as reader:
        details = [reader.detail(pk) for pk in find(reader, [order_id])]
        detail = details[0]
        assert detail is not None  # found a moment ago in the same reader
        why = ruled(ctx, reader, detail)
        if as_json:
            jsonout.dump(jsonout.order_in_full(detail, ctx.zone) | why.document(ctx))
            return
        from tui.cmd.order_text import lines

        for line in lines(ctx, reader, detail):
            say(line)
    why.say(ctx)


def list_actions(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help=" ".join(STATES), metavar="STATE")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Every action ever asked for, finished ones too."""
    if context.invoked_subcommand is not None:
        return
    ctx = speaking(context.obj)
    if state is not None and state not in STATES:
        fail(USAGE, t("look.one_of", given=f"--state {state}", known=" ".join(STATES)))
    from tui.stock_words import subject

    with ctx.reader() as reader:
        rows = reader.actions(state=state)
    if as_json:
        jsonout.dump([jsonout.action(row, ctx.zone) for row in rows])
        return
    say(
        t("cli.actions.none")
        if not rows
        else jsonout.table(
            (str(row.id), row.kind, subject(row), row.package_id or "", row.state, clean(row.reason or ""))
            for row in rows
        )
    )


def retry(
    context: typer.Context,
    action_id: int,
    typed: Annotated[
        str,
        typer.Option(
            "--target", help="Last four signs of its package, where nobody can prove what happened."
        ),
    ] = "",
) -> None:
    """Queue a refused action, or one that needs a person, once more."""
    _change(writing(context.obj), action_id, "retry", typed)


def drop(context: typer.Context, action_id: int) -> None:
    """Give up an action that waits or failed; one that may be under way is never dropped."""
    _change(writing(context.obj), action_id, "drop")


def _change(ctx: Context, action_id: int, verb: str, typed: str = "") -> None:
    from jobs.wishes import intents
    from store import actions

    now = ctx.clock()
    with ctx.store() as store:
        if verb == "retry":
            done = store.write(lambda conn: intents.retry(conn, action_id, "cli", now, typed))
            if not done and store.read(lambda conn: intents.overtaken(conn, action_id)):
                fail(FAILED, t("stock.overtaken", what=action_id), t("stock.overtaken.cli"))
        else:
            done = store.write(lambda conn: actions.drop(conn, action_id, now, "cli"))
    if not done:
        fail(FAILED, t("cli.actions.fixed", id=str(action_id)), t("cli.actions.look"))
    tell(f"{verb} {action_id}: ok")


def find(reader: Reader, order_ids: list[str]) -> list[int]:
    """The rows of these orders, in order; ends with a sentence that names every id we do not have."""
    found: list[int] = []
    missing: list[str] = []
    for order_id in dict.fromkeys(order_ids):
        pks = reader.find(order_id.strip())
        if pks:
            found.append(pks[0])
        else:
            missing.append(order_id)
    if missing:
        fail(FAILED, t("look.unknown", ids=" ".join(missing)))
    return found


def shop_named(ctx: Context, reader: Reader, name: str | None) -> int | None:
    """The row of a shop by its name; None stands for all. A name nobody knows ends the program with those there are.

    A shop of the configuration of which nothing was read yet has no row: `NO_ROW`, which no order belongs to.
    """
    if name is None:
        return None
    known = {one.name: NO_ROW for one in ctx.settings.shops}
    known |= {one.name: one.id for one in reader.shops()}
    if name not in known:
        fail(USAGE, t("cli.shop.unknown", given=f"--shop {name}"), known_shops(known))
    return known[name]


def known_shops(names: Iterable[str]) -> str:
    """The hint beside a name nobody knows."""
    return t("cli.shop.known", names=", ".join(names) or "-")


def _why_none(ctx: Context, reader: Reader) -> str:
    """Why there is not one order to show: no shop, none yet, or none that is as was asked for."""
    if reader.orders(limit=1, now=ctx.clock()):
        return t("cli.orders.none")
    return t("cli.orders.none.yet" if ctx.settings.shops or reader.shops() else "cli.orders.no_shop")


def wanted_tab(name: str | None) -> Tab | None:
    if name is None:
        return None
    try:
        return Tab.from_id(name)
    except ValueError:
        fail(USAGE, t("look.one_of", given=f"--tab {name}", known=" ".join(tab.id for tab in Tab)))


def _tag(text: str | None) -> str | None:
    if text is None:
        return None
    from store.desk import tag_of

    try:
        return tag_of(text)
    except ValueError:
        fail(USAGE, t("look.no_tag", given=f"--tag {text}"))


def _status(name: str | None) -> OrderStatus | None:
    if name is None:
        return None
    try:
        return OrderStatus(name.upper())
    except ValueError:
        fail(USAGE, t("look.one_of", given=f"--status {name}", known=" ".join(OrderStatus)))
