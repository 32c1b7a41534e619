"""`pantau stock`: what there is of everything, what runs out, and setting a number through the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from store.times import MINUTE
from tui import jsonout
from tui.cmd.context import FAILED, USAGE, fail, say, speaking, tell, writing
from tui.cmd.look import JsonFlag, shop_named
from tui.cmd.results import BAD
from tui.cmd.wishes import Wait, carry_out, consent
from tui.strings import t, word
from tui.text import clean, fit

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jobs.stock.overview import PileRow
    from jobs.stock.wishes import Held, SetLine, StockPlan
    from store.db import Store
    from store.stock import Pile
    from store.views import ActionRow

COLUMNS = ("code", "name", "on_hand", "reserved", "free", "rate", "left", "shops")
WIDEST = (22, 40, 7, 7, 7, 6, 9, 24)
_TEXTS = frozenset({"code", "name", "shops"})


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    group = typer.Typer(help="Barang dan stok. / Goods and stock.", invoke_without_command=True)
    group.callback()(stock)
    group.command("set", help="Ubah jumlah yang boleh dijual. / Set how many may be sold.")(set_stock)
    group.command("low", help="Mulai berapa disebut menipis. / When it counts as low.")(set_low)
    app.add_typer(group, name="stock")


def stock(
    context: typer.Context,
    low: Annotated[bool, typer.Option("--low", help="Only what is out, low, or soon out.")] = False,
    search: Annotated[str, typer.Option(help="Words of a code, a name or a shop.", metavar="Q")] = "",
    as_json: JsonFlag = False,
) -> None:
    """All goods, the most pressing first. Free is what lies there less what open orders wait for."""
    if context.invoked_subcommand is not None:
        return
    from jobs.stock.overview import gather, matching

    ctx = speaking(context.obj)
    with ctx.reader() as reader:
        every = gather(reader, ctx.settings.stock, ctx.clock())
    rows = [row for row in matching(every, search) if not low or row.low or row.soon]
    if as_json:
        jsonout.dump([_document(row) for row in rows])
        return
    if not rows:
        none = "cli.stock.none.low" if low and not search else "cli.stock.none"
        say(t(none if every else "cli.stock.empty"))
        return
    for line in _table(rows):
        say(line)


def set_stock(
    context: typer.Context,
    sku: Annotated[str, typer.Argument(metavar="SKU", help="Seller SKU or platform id.")],
    quantity: Annotated[int, typer.Argument(metavar="N", help="Pieces that may be sold from now on.")],
    shop: Annotated[str | None, typer.Option(help="Only in this shop.", metavar="NAME")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Also if it was sold from meanwhile.")] = False,
    covered: Annotated[bool, typer.Option("--covered", help="With 0: what was short is there now.")] = False,
    wait: Wait = 0.0,
    as_json: JsonFlag = False,
) -> None:
    """Set the number in every shop that sells it, or in one. What was sold since we last looked is not undone."""
    from jobs.stock.wishes import plan_set, queue
    from jobs.wishes.intents import progress
    from shop.product_writes import MOST

    ctx = writing(context.obj, wait)
    if not 0 <= quantity <= MOST:
        fail(USAGE, t("stock.set.wrong", most=MOST))
    with ctx.store() as store, ctx.reader() as reader:
        shop_named(ctx, reader, shop)
        pile = _pile(store, sku, shop)
        plan = store.read(lambda conn: plan_set(conn, pile, quantity, shop=shop))
        if not yes:
            _ask(pile, plan, covered)
        now = ctx.clock()

        def queued(conn: Connection) -> str:
            return queue(conn, plan, "cli", now, force=force, covered=covered)

        batch = carry_out(ctx, store, queued, wait if plan.ok else 0.0)
        rows = store.read(lambda conn: progress(conn, batch)).rows
    _report(plan, rows, as_json)


def set_low(
    context: typer.Context,
    sku: Annotated[str, typer.Argument(metavar="SKU", help="Seller SKU or platform id.")],
    pieces: Annotated[
        str, typer.Argument(metavar="N", help="Free pieces or fewer; `-`: as [stock] low says.")
    ],
    as_json: JsonFlag = False,
) -> None:
    """From how many free pieces on these goods count as low. Kept here only: the platform is not told."""
    from jobs.stock import wishes
    from tui.stock_words import low_set, wrong_mark

    ctx = writing(context.obj)
    if wrong := wrong_mark("" if pieces == "-" else pieces):
        fail(USAGE, wrong)
    mark, now = None if pieces == "-" else int(pieces), ctx.clock()
    with ctx.store() as store:
        pile = _pile(store, sku, None)
        if not store.write(lambda conn: wishes.set_low(conn, pile, mark, "cli", now)):
            fail(FAILED, t("stock.held.no_product"))
    if as_json:
        jsonout.dump({"sku": pile.first.sku_id, "seller_sku": pile.first.seller_sku, "low_at": mark})
        return
    tell(low_set(pile, mark, ctx.settings.stock.low))


def _pile(store: Store, sku: str, shop: str | None) -> Pile:
    """The one pile that is meant; ends with a sentence when there is none, or several."""
    from jobs.stock.wishes import find, look
    from tui.stock_words import name_of

    found = find(store.read(look), sku, shop)
    if not found:
        fail(FAILED, t("cli.stock.no_sku", sku=clean(sku, limit=60)), t("cli.stock.read"))
    if len(found) > 1:
        told = "; ".join(f"{pile.first.sku_id} {name_of(pile)}" for pile in found[:20])
        fail(USAGE, t("cli.stock.several", sku=clean(sku, limit=60)), told)
    return found[0]


def _ask(pile: Pile, plan: StockPlan, covered: bool) -> None:
    from tui.stock_words import held, name_of, piece

    tell(t("stock.set.title", name=name_of(pile)))
    for line in plan.ok:
        tell(
            "  "
            + t(
                "stock.set.line",
                shop=line.shelf.shop,
                was=piece(line.shelf.available),
                quantity=line.quantity,
            )
        )
    for one in plan.held:
        tell("  " + held(one))
    if plan.lacking:
        tell(t("stock.set.covered" if covered else "stock.set.lacking", n=plan.lacking))
    if plan.ok:
        consent(t("cli.stock.ask", n=len(plan.ok)))


def _report(plan: StockPlan, rows: Sequence[ActionRow], as_json: bool) -> None:
    """One result for each shop's number; 1 when one is not as it was wished."""
    by_shop = {row.shop_id: row for row in rows}
    results = [_done(line, by_shop.get(line.shelf.shop_id)) for line in plan.ok]
    results += [_held(one) for one in plan.held]
    if as_json:
        jsonout.dump({"results": [{k: v for k, v in one.items() if k != "why"} for one in results]})
    else:
        for one in results:
            say("  ".join((one["sku"], clean(one["shop"], limit=40), word("state", one["state"]))))
            if one["why"]:
                say(f"    {one['why']}")
    if any(one["state"] in BAD or one["state"] == "skipped" for one in results):
        raise SystemExit(FAILED)


def _done(line: SetLine, row: ActionRow | None) -> dict[str, Any]:
    from tui.reasons import cause

    state = "skipped" if row is None else row.state
    why = t("stock.held.under_way") if row is None else "" if state in ("done", "queued") else cause(row)
    return {
        "sku": line.shelf.sku_id,
        "seller_sku": line.shelf.seller_sku,
        "shop": line.shelf.shop,
        "quantity": line.quantity,
        "was": line.shelf.available,
        "state": state,
        "code": None if row is None else row.code,
        "reason": "under_way" if row is None else row.reason or (why or None),
        "why": why,
    }


def _held(one: Held) -> dict[str, Any]:
    from tui.stock_words import held

    shelf = one.shelf
    return {
        "sku": shelf.sku_id, "seller_sku": shelf.seller_sku, "shop": shelf.shop, "quantity": None,
        "was": shelf.available, "state": "skipped", "code": None, "reason": one.reason, "why": held(one),
    }  # fmt: skip


def _document(row: PileRow) -> dict[str, Any]:
    first, out_in = row.pile.first, row.outlook.out_in
    return {
        "sku": first.sku_id,
        "seller_sku": first.seller_sku,
        "name": first.name,
        "variation": first.variation,
        "on_hand": row.pile.on_hand,
        "reserved": row.pile.reserved,
        "free": row.pile.free,
        "low": row.low,
        "low_at": row.pile.low_at,
        "shops": list(row.shops),
        "out_in_minutes": None if out_in is None else out_in // MINUTE,
        "sold_per_hour": round(row.outlook.per_hour, 1),
        "listings": [
            {"shop": shelf.shop, "sku": shelf.sku_id, "on_hand": shelf.on_hand, "for_sale": shelf.available}
            for shelf in row.pile.shelves
        ],
    }


def _table(rows: Sequence[PileRow]) -> list[str]:
    from tui.stock_words import code_of, left, name_of, piece, rate, shops_of, state_of

    lines = [[t(f"stock.col.{name}") for name in COLUMNS]]
    for row in rows:
        pile = row.pile
        lines.append(
            [
                code_of(pile), name_of(pile), piece(pile.on_hand), str(pile.reserved), piece(pile.free),
                rate(row), left(row) or state_of(row)[0], shops_of(row),
            ]
        )  # fmt: skip
    return [
        "  ".join(
            fit(cell, width, right=name not in _TEXTS)
            for cell, width, name in zip(line, WIDEST, COLUMNS, strict=True)
        ).rstrip()
        for line in lines
    ]
