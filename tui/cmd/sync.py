"""`pantau sync`: the jobs without a screen."""

from __future__ import annotations

from typing import Annotated

import typer

from tui import jsonout
from tui.cmd.context import FAILED, NEEDS_LOGIN, Context, say
from tui.cmd.look import JsonFlag
from tui.text import clean


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("sync", help="Pekerjaan latar tanpa layar. / The jobs without a screen.")(sync)


def sync(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="One full pass of every job, then end.")] = False,
    shop: Annotated[str | None, typer.Option(help="Only this shop.", metavar="NAME")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Keep the store up to date, for monitors elsewhere or for one pass."""
    from jobs.once import run_forever, run_once

    ctx: Context = context.obj
    if not once:
        run_forever(ctx.settings, ctx.environ, shop=shop)
        return
    report = run_once(ctx.settings, ctx.environ, shop=shop)
    if as_json:
        jsonout.dump(report.as_json())
    else:
        for row in report.shops:
            trouble = f"  {clean(row.error)}" if row.error else ""
            counted = f"{row.orders_seen} dilihat/seen, {row.orders_new} baru/new, {row.orders_changed} berubah/changed"
            say(f"{row.shop}: {counted}{trouble}")
    if report.needs_login:
        raise SystemExit(NEEDS_LOGIN)
    if report.failed:
        raise SystemExit(FAILED)
