"""`pantau costs`: what goods cost the seller, from a table or by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from store.times import to_datetime
from tui import jsonout
from tui.cmd.context import FAILED, USAGE, Context, fail, say, speaking, tell, writing
from tui.cmd.look import JsonFlag
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from jobs.money.costs import Line, Rejected

SHOWN: Final = 20
"""Odd rows that a person is told of; `--json` has all."""
LOOKED_AT: Final = 50
"""Orders with a code in them that are looked at for goods of that very code."""
LARGEST_FILE: Final = 20_000_000
"""Bytes of a file of costs."""


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    costs = typer.Typer(help="Harga modal per SKU. / Cost per SKU.", invoke_without_command=True)
    costs.callback()(list_costs)
    costs.command("import", help="Dari CSV. / From a CSV.")(import_costs)
    costs.command("set", help="Satu SKU. / One SKU.")(set_cost)
    costs.command("drop", help="Lupakan satu SKU. / Forget one SKU.")(drop_cost)
    app.add_typer(costs, name="costs")


def list_costs(context: typer.Context, as_json: JsonFlag = False) -> None:
    """What one piece of every SKU costs, with the day from which on it does."""
    if context.invoked_subcommand is not None:
        return
    ctx = speaking(context.obj)
    with ctx.reader() as reader:
        found = reader.costs()
    if as_json:
        rows = [
            {"seller_sku": sku, "valid_from": _day(since, ctx), "amount": amount}
            for sku, since, amount in found
        ]
        jsonout.dump({"currency": "IDR", "costs": rows})
    elif found:
        say(jsonout.table((clean(sku), _day(since, ctx) or "-", str(amount)) for sku, since, amount in found))
    else:
        tell(t("money.costs.none"))


def import_costs(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="CSV: sku, cost (hpp, modal), valid_from.", metavar="FILE.csv")
    ],
    since: Annotated[
        str | None, typer.Option("--from", help="For rows without a day.", metavar="DATE")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Take costs from a CSV. Rows that are odd are told with their number; the others count."""
    from jobs.money.costs import CostsError, Rejected, read

    ctx = writing(context.obj)
    begin = _since(ctx, since)
    try:
        if file.stat().st_size > LARGEST_FILE:
            fail(USAGE, t("cli.too_large", file=file.name))
        text = file.read_text(encoding="utf-8-sig", errors="replace")
        found = list(read(text, ctx.zone, begin))
    except OSError as error:
        fail(USAGE, f"{file.name}: {error.strerror or type(error).__name__}")
    except CostsError:
        fail(USAGE, t("money.costs.columns", name=file.name))
    good = [one for one in found if not isinstance(one, Rejected)]
    bad = [one for one in found if isinstance(one, Rejected)]
    stored = _store(ctx, good)
    if as_json:
        jsonout.dump({"stored": stored, "rejected": [one._asdict() for one in bad]})
    else:
        say(t("money.costs.stored", n=stored))
    _tell_rejected(bad)
    if bad and not good:
        raise SystemExit(FAILED)


def set_cost(
    context: typer.Context,
    sku: Annotated[str, typer.Argument(help="The seller's own code.")],
    amount: Annotated[str, typer.Argument(help="Rupiah a piece: 12500 or 12.500.")],
    since: Annotated[str | None, typer.Option("--from", help="From this day on.", metavar="DATE")] = None,
    as_json: JsonFlag = False,
) -> None:
    """What one piece of a SKU costs, from a day on (default: always)."""
    from jobs.money.costs import Line
    from jobs.money.costs import amount as rupiah

    ctx = writing(context.obj)
    if not sku.strip():
        fail(USAGE, t("cli.costs.no_sku"))
    try:
        cost = rupiah(amount)
    except ValueError:
        fail(USAGE, t("cli.costs.amount", given=amount))
    stored = _store(ctx, [Line(sku.strip(), cost, _since(ctx, since))])
    _warn_unsold(ctx, sku.strip())
    if as_json:
        jsonout.dump({"stored": stored, "rejected": []})
    else:
        say(t("money.costs.stored", n=stored))


def drop_cost(
    context: typer.Context, sku: Annotated[str, typer.Argument(help="The seller's own code.")]
) -> None:
    """Forget what a SKU costs."""
    from store.money import drop_costs

    ctx = writing(context.obj)
    with ctx.store() as store:
        gone = store.write(lambda conn: drop_costs(conn, sku.strip()))
    if not gone:
        fail(FAILED, t("cli.costs.unknown", sku=sku))
    say(t("money.costs.dropped", n=gone))


def _since(ctx: Context, told: str | None) -> int:
    """The beginning of the day that was named; without one, the beginning of time."""
    from jobs.money.costs import day

    try:
        return 0 if told is None else day(told, ctx.zone)
    except ValueError:
        fail(USAGE, t("cli.costs.day", given=f"--from {told}", iso="2026-02-28", local="28/02/2026"))


def _warn_unsold(ctx: Context, sku: str) -> None:
    """A code that no goods have is stored, for goods may come later, but it may as well be a slip."""
    from jobs.stock.wishes import look

    with ctx.store() as store, ctx.reader() as reader:
        if any(one.seller_sku == sku for pile in store.read(look) for one in pile.shelves):
            return
        # Shops of files have orders only.
        sold = reader.details(reader.orders(search=sku, limit=LOOKED_AT, now=ctx.clock()))
    if not any(item.seller_sku == sku for order in sold for item in order.items):
        tell(t("cli.costs.unsold", sku=sku))


def _store(ctx: Context, rows: Sequence[Line]) -> int:
    from store.money import CostEntry, set_costs

    entries = [CostEntry(row.seller_sku, row.valid_from, row.amount) for row in rows]
    with ctx.store() as store:
        return store.write(lambda conn: set_costs(conn, entries))


def _tell_rejected(rows: Iterable[Rejected]) -> None:
    for row in list(rows)[:SHOWN]:
        tell(t(f"money.costs.bad.{row.problem}", row=row.row, value=clean(row.value, limit=80)))


def _day(since: int, ctx: Context) -> str | None:
    return None if since == 0 else to_datetime(since, ctx.zone).date().isoformat()
