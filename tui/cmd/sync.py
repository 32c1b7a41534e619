"""`pantau sync`: the jobs without a screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from tui import jsonout, strings
from tui.cmd.context import FAILED, NEEDS_LOGIN, say, speaking, tell
from tui.cmd.look import JsonFlag
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from jobs.problems import Problem


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

    ctx = speaking(context.obj)
    if not once:
        run_forever(ctx.settings, ctx.environ, shop=shop)
        return
    report = run_once(ctx.settings, ctx.environ, shop=shop)
    if as_json:
        jsonout.dump(report.as_json())
    else:
        for row in report.shops:
            counts = {"seen": row.orders_seen, "new": row.orders_new, "changed": row.orders_changed}
            say(t("cli.sync.shop", shop=row.shop, **counts))
    if not ctx.settings.shops:
        tell(t("cli.sync.no_shop"))
    for row in report.shops:
        _tell_problems(row.problems, f"{row.shop}, ")
    _tell_problems(report.problems)
    if report.needs_login:
        raise SystemExit(NEEDS_LOGIN)
    if report.failed:
        raise SystemExit(FAILED)


def _tell_problems(problems: Mapping[str, Problem], where: str = "") -> None:
    """A line per job that failed, in the words of the screen's health line; the detail is for who helps."""
    for job, problem in problems.items():
        detail = f" ({problem.detail})" if problem.detail else ""
        tell(clean(f"{where}{job}: {strings.word('problem', problem.code)}{detail}"))
