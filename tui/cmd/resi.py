"""Command `resi`: numbers of one's own courier."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui import jsonout
from tui.cmd.context import USAGE, Context, fail, say, tell, writing
from tui.cmd.look import JsonFlag, known_shops, shop_named
from tui.cmd.results import Result, of_held
from tui.cmd.wishes import Wait, act, agreed
from tui.reasons import reason
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from jobs.wishes.own_numbers import NumberPlan
    from jobs.wishes.own_numbers_file import Entry
    from jobs.wishes.own_numbers_file import Rejected as BadLine
    from store.db import Store
    from store.reader import Reader

LARGEST_FILE = 2_000_000
"""Bytes of a CSV with numbers."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("resi", help="Resi kurir sendiri. / Numbers of your own courier.")(resi)


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
    from jobs.wishes.own_numbers import plan_numbers, queue_numbers
    from jobs.wishes.own_numbers_file import Entry

    ctx = writing(context.obj, wait)
    if csv is not None and (order_id or number or courier or package):
        fail(USAGE, t("cli.resi.csv_alone"))
    entries: list[Entry] = []
    bad: list[BadLine] = []
    if csv is not None:
        entries, bad = _file(csv)
    elif order_id is not None:
        if number is None or courier is None:
            fail(USAGE, t("cli.resi.usage"))
        entries = [Entry(order_id, courier, number, package)]
    with ctx.store() as store, ctx.reader() as reader:
        shop_id = _shop(ctx, reader, shop)
        if not entries and not bad:
            _couriers(store, shop_id, as_json)
            return
        now = ctx.clock()
        plan = store.read(lambda conn: plan_numbers(conn, shop_id, entries, now))
        soft = {line.package_id for line in plan.soft} if yes else set()
        if not yes:
            _show_numbers(plan)
            agreed(False, t("number.ask", n=len(plan.ok))) if plan.ok else None
        act(
            ctx,
            store,
            reader,
            lambda conn, now: queue_numbers(conn, plan, "cli", now, soft),
            wait if plan.ok or soft else 0.0,
            as_json,
            [*_held(plan, soft), *(_bad_line(line) for line in bad)],
        )


def _shop(ctx: Context, reader: Reader, name: str | None) -> int:
    if (named := shop_named(ctx, reader, name)) is not None:
        return named
    shops = reader.shops()
    if not shops:
        fail(USAGE, t("cli.orders.no_shop"))
    if len(shops) > 1:
        fail(USAGE, t("cli.shop.which"), known_shops([one.name for one in shops]))
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
    from jobs.wishes.own_numbers_file import read_numbers

    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ValueError("too_long")
        return read_numbers(path.read_bytes().decode("utf-8-sig"))
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
