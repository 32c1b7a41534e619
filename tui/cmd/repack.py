"""Commands `split`, `combine` and `uncombine`: what travels together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tui import jsonout
from tui.cmd.context import FAILED, USAGE, fail, say, writing
from tui.cmd.look import JsonFlag, find
from tui.cmd.wishes import Wait, act, agreed
from tui.goods import goods
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from jobs.wishes.repack import Repacking
    from store.db import Store
    from store.reader import Reader

Yes = Annotated[bool, typer.Option("--yes", help="Ask nothing.")]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("split", help="Pecah paket menurut SKU. / Split a parcel by SKU.")(split)
    app.command("combine", help="Gabung pesanan satu pembeli. / Combine orders of one buyer.")(combine)
    app.command("uncombine", help="Pisahkan paket gabungan. / Take a combined parcel apart.")(uncombine)


def split(
    context: typer.Context,
    order_id: str,
    group: Annotated[
        list[str] | None, typer.Option(help="SKU ids that travel together, with commas; once per parcel.")
    ] = None,
    yes: Yes = False,
    wait: Wait = 0.0,
    as_json: JsonFlag = False,
) -> None:
    """Split an order's parcel by SKU; all units of a SKU stay together. Without --group the SKUs are listed."""
    from jobs.wishes.repack import queue_split, wrong_groups

    ctx = writing(context.obj, wait)
    with ctx.store() as store, ctx.reader() as reader:
        order = _look(store, reader, order_id)
        groups = [[sku.strip() for sku in one.split(",") if sku.strip()] for one in group or []]
        if not groups:
            _goods(order, as_json)
            return
        if order.no_split:
            fail(FAILED, t(f"repack.no.{order.no_split}"))
        if wrong := wrong_groups(order, groups):
            named = ", ".join(f"{one.sku_id} {clean(one.name)}" for one in order.goods)
            fail(USAGE, t(f"repack.no.{wrong}"), named)
        agreed(yes, t("repack.ask.split", order=order.order_id, n=len(groups)))
        act(ctx, store, reader, lambda conn, now: queue_split(conn, order, groups, "cli", now), wait, as_json)


def combine(
    context: typer.Context,
    order_ids: list[str],
    yes: Yes = False,
    wait: Wait = 0.0,
    as_json: JsonFlag = False,
) -> None:
    """Put orders of one buyer into one parcel. With a single order, what it could be combined with is listed."""
    from jobs.wishes.repack import queue_combine

    ctx = writing(context.obj, wait)
    first, *others = dict.fromkeys(order_ids)
    with ctx.store() as store, ctx.reader() as reader:
        order = _look(store, reader, first)
        if not others:
            _mates(order, as_json)
            return
        if order.no_combine:
            fail(FAILED, t(f"repack.no.{order.no_combine}"))
        known = {mate.order_id: mate for mate in order.mates}
        if strangers := [other for other in others if other not in known]:
            fail(FAILED, t("repack.no.stranger", orders=", ".join(strangers)))
        mates = [known[other] for other in others]
        agreed(yes, t("repack.ask.combine", n=len(order_ids), orders=", ".join(order_ids)))
        act(
            ctx, store, reader, lambda conn, now: queue_combine(conn, order, mates, "cli", now), wait, as_json
        )


def uncombine(
    context: typer.Context, order_id: str, yes: Yes = False, wait: Wait = 0.0, as_json: JsonFlag = False
) -> None:
    """Take the combined parcel of an order apart: each of its orders travels alone again."""
    from jobs.wishes.repack import queue_uncombine

    ctx = writing(context.obj, wait)
    with ctx.store() as store, ctx.reader() as reader:
        order = _look(store, reader, order_id)
        if order.no_uncombine:
            fail(FAILED, t(f"repack.no.{order.no_uncombine}"))
        agreed(yes, t("repack.ask.uncombine", n=len(order.together), orders=", ".join(order.together)))
        act(ctx, store, reader, lambda conn, now: queue_uncombine(conn, order, "cli", now), wait, as_json)


def _look(store: Store, reader: Reader, order_id: str) -> Repacking:
    from jobs.wishes.repack import look

    (pk,) = find(reader, [order_id])
    order = store.read(lambda conn: look(conn, pk))
    assert order is not None  # found a moment ago
    return order


def _goods(order: Repacking, as_json: bool) -> None:
    if as_json:
        jsonout.dump({"order_id": order.order_id, "packages": order.package_ids,
                      "skus": [{"sku_id": one.sku_id, "name": one.name, "variation": one.variation,
                                "quantity": one.quantity} for one in order.goods],
                      "can_split": order.no_split is None, "reason": order.no_split})  # fmt: skip
        return
    for one in order.goods:
        say(f"{one.sku_id}  {one.quantity}x {clean(one.name)} {clean(one.variation or '')}".rstrip())
    if order.no_split:
        say(t(f"repack.no.{order.no_split}"))


def _mates(order: Repacking, as_json: bool) -> None:
    if as_json:
        jsonout.dump({"order_id": order.order_id, "together": order.together,
                      "candidates": [{"order_id": mate.order_id, "package_id": mate.package_id,
                                      "summary": mate.summary} for mate in order.mates],
                      "can_combine": order.no_combine is None, "reason": order.no_combine})  # fmt: skip
        return
    for mate in order.mates:
        say(f"{mate.order_id}  {goods(mate.summary)}")
    if order.no_combine:
        say(t(f"repack.no.{order.no_combine}"))
