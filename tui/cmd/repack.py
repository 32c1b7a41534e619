"""Commands `split`, `combine`, `uncombine` and `resi`: what travels together, and numbers of one's own courier."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui import jsonout, strings
from tui.cmd.context import FAILED, USAGE, Context, fail, say, tell
from tui.cmd.look import JsonFlag, find
from tui.cmd.results import BAD, Result, of_action, of_held, told
from tui.cmd.wishes import consent
from tui.goods import goods
from tui.reasons import reason
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from jobs.wishes.own_numbers import Entry, NumberPlan
    from jobs.wishes.own_numbers import Rejected as BadLine
    from jobs.wishes.repack import Repacking
    from store.db import Store
    from store.reader import Reader

Yes = Annotated[bool, typer.Option("--yes", help="Ask nothing.")]
Wait = Annotated[float, typer.Option(help="Follow to the end, at most so many seconds.", min=0)]
LARGEST_FILE = 2_000_000
"""Bytes of a CSV with numbers."""


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("split", help="Pecah paket menurut SKU. / Split a parcel by SKU.")(split)
    app.command("combine", help="Gabung pesanan satu pembeli. / Combine orders of one buyer.")(combine)
    app.command("uncombine", help="Pisahkan paket gabungan. / Take a combined parcel apart.")(uncombine)
    app.command("resi", help="Resi kurir sendiri. / Numbers of your own courier.")(resi)


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

    ctx: Context = context.obj
    with _ready(ctx) as (store, reader):
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
        _ask(yes, t("repack.ask.split", order=order.order_id, n=len(groups)))
        _act(
            ctx, store, reader, lambda conn, now: queue_split(conn, order, groups, "cli", now), wait, as_json
        )


def combine(
    context: typer.Context,
    order_ids: list[str],
    yes: Yes = False,
    wait: Wait = 0.0,
    as_json: JsonFlag = False,
) -> None:
    """Put orders of one buyer into one parcel. With a single order, what it could be combined with is listed."""
    from jobs.wishes.repack import queue_combine

    ctx: Context = context.obj
    first, *others = dict.fromkeys(order_ids)
    with _ready(ctx) as (store, reader):
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
        _ask(yes, t("repack.ask.combine", n=len(order_ids), orders=", ".join(order_ids)))
        _act(
            ctx, store, reader, lambda conn, now: queue_combine(conn, order, mates, "cli", now), wait, as_json
        )


def uncombine(
    context: typer.Context, order_id: str, yes: Yes = False, wait: Wait = 0.0, as_json: JsonFlag = False
) -> None:
    """Take the combined parcel of an order apart: each of its orders travels alone again."""
    from jobs.wishes.repack import queue_uncombine

    ctx: Context = context.obj
    with _ready(ctx) as (store, reader):
        order = _look(store, reader, order_id)
        if order.no_uncombine:
            fail(FAILED, t(f"repack.no.{order.no_uncombine}"))
        _ask(yes, t("repack.ask.uncombine", n=len(order.together), orders=", ".join(order.together)))
        _act(ctx, store, reader, lambda conn, now: queue_uncombine(conn, order, "cli", now), wait, as_json)


def resi(
    context: typer.Context,
    order_id: Annotated[str | None, typer.Argument(help="The order.")] = None,
    number: Annotated[str | None, typer.Argument(help="Its tracking number.")] = None,
    courier: Annotated[str | None, typer.Option(help="Name, our code, or provider id.")] = None,
    package: Annotated[str | None, typer.Option(help="Which parcel of a split order.")] = None,
    csv: Annotated[
        Path | None, typer.Option(help="Many: a file with order_id, courier, tracking_number.")
    ] = None,
    shop: Annotated[str | None, typer.Option(help="The shop, when there are several.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing; what is doubtful is done, what is wrong is held back.")
    ] = False,
    wait: Wait = 0.0,
    as_json: JsonFlag = False,
) -> None:
    """Enter or correct numbers of orders you ship yourself; without arguments, the couriers you may name."""
    from jobs.wishes.own_numbers import Entry, plan_numbers, queue_numbers

    ctx: Context = context.obj
    if csv is not None and (order_id or number or courier or package):
        fail(USAGE, "--csv berdiri sendiri / stands alone")
    entries: list[Entry] = []
    bad: list[BadLine] = []
    if csv is not None:
        entries, bad = _file(csv)
    elif order_id is not None:
        if number is None or courier is None:
            fail(USAGE, "perlu PESANAN RESI --courier KURIR / takes ORDER NUMBER --courier NAME")
        entries = [Entry(order_id, courier, number, package)]
    with _ready(ctx) as (store, reader):
        shop_id = _shop(reader, shop)
        if not entries and not bad:
            _couriers(store, shop_id, as_json)
            return
        now = ctx.clock()
        plan = store.read(lambda conn: plan_numbers(conn, shop_id, entries, now))
        soft = {line.package_id for line in plan.soft} if yes else set()
        if not yes:
            _show_numbers(plan)
            _ask(False, t("number.ask", n=len(plan.ok))) if plan.ok else None
        _act(
            ctx,
            store,
            reader,
            lambda conn, now: queue_numbers(conn, plan, "cli", now, soft),
            wait if plan.ok or soft else 0.0,
            as_json,
            [*_held(plan, soft), *(_bad_line(line) for line in bad)],
        )


@contextmanager
def _ready(ctx: Context) -> Iterator[tuple[Store, Reader]]:
    """The store and a reader, for a command that writes to the platform."""
    strings.use(ctx.settings.language)
    if ctx.settings.read_only:
        fail(FAILED, "read_only = true: tidak ada yang dikirim / nothing is sent")
    with ctx.store() as store, ctx.reader() as reader:
        yield store, reader


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


def _shop(reader: Reader, name: str | None) -> int:
    shops = [shop for shop in reader.shops() if name in (None, shop.name)]
    if not shops:
        fail(USAGE, "--shop: tidak dikenal / unknown" if name else "belum ada toko / no shop yet")
    if len(shops) > 1:
        fail(
            USAGE,
            "beberapa toko, pilih --shop / several shops, name one",
            ", ".join(one.name for one in shops),
        )
    return shops[0].id


def _couriers(store: Store, shop_id: int, as_json: bool) -> None:
    from store.shipping_providers import offered

    found = store.read(lambda conn: offered(conn, shop_id))
    if as_json:
        jsonout.dump({"couriers": [{"provider_id": one.provider_id, "name": one.name, "courier": one.courier}
                                   for one in found]})  # fmt: skip
        return
    if found:
        say(jsonout.table((one.provider_id, clean(one.name), one.courier or "-") for one in found))
    else:
        say(t("number.no_couriers"))


def _file(path: Path) -> tuple[list[Entry], list[BadLine]]:
    from jobs.wishes.own_numbers import read_csv

    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ValueError("too_long")
        return read_csv(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        fail(USAGE, f"{path}: {error.strerror}")
    except UnicodeDecodeError:
        fail(USAGE, t("number.file.encoding", file=str(path)))
    except ValueError as error:
        what, _, name = str(error).partition(":")
        fail(USAGE, t(f"number.file.{what}", file=str(path), name=name))


def _show_numbers(plan: NumberPlan) -> None:
    for line in plan.ok:
        was = f"  ({clean(line.corrects)} →)" if line.corrects else ""
        tell(f"  {line.order_id}  {clean(line.courier_name)}{was}  {line.tracking_number}")
    for held in plan.held:
        tell(f"  {held.order_id}  {reason(held)}")


def _held(plan: NumberPlan, overruled: set[str]) -> list[Result]:
    held = [one for one in plan.held if one.package_id not in overruled or one.package_id is None]
    return [of_held(one) for one in held]


def _bad_line(line: BadLine) -> Result:
    why = t("number.row", row=line.row, reason=t(f"number.row.{line.reason}"))
    return Result("", None, "skipped", None, why, None, why)


def _ask(yes: bool, question: str) -> None:
    if not yes:
        consent(question)


def _act(
    ctx: Context,
    store: Store,
    reader: Reader,
    queue: Callable[..., str],
    wait: float,
    as_json: bool,
    held: Sequence[Result] = (),
) -> None:
    """Queue, follow, tell; an action held back makes the command end with 1 as a refused one does."""
    from jobs.wishes.intents import progress

    now = ctx.clock()
    batch = store.write(lambda conn: queue(conn, now))
    if wait:
        from jobs.once import follow

        follow(ctx.settings, ctx.environ, store, batch, wait)
    rows = store.read(lambda conn: progress(conn, batch)).rows
    results = [
        *(of_action(row, reader.detail(row.order_pk) if row.order_pk else None) for row in rows),
        *held,
    ]
    if as_json:
        jsonout.dump({"results": [row.document for row in results]})
    else:
        for line in told(results):
            say(line)
    if held or any(row.state in BAD for row in results):
        raise SystemExit(FAILED)
