"""`pantau export`: orders out as CSV or XLSX."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from store.status import Tab
from tui import jsonout
from tui.cmd.context import FAILED, USAGE, Context, fail, say, speaking
from tui.cmd.look import JsonFlag, wanted_tab
from tui.export_words import PATH, problem
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from jobs.files.export import Progress, Stop, Wanted, Written


def register(app: typer.Typer) -> None:
    """Add this group's command."""
    app.command("export", help="Pesanan ke CSV atau XLSX. / Orders to CSV or XLSX.")(export_orders)


def export_orders(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=".csv or .xlsx", metavar="FILE")],
    tab: Annotated[str | None, typer.Option(help=" ".join(tab.id for tab in Tab))] = None,
    search: Annotated[
        str | None, typer.Option(help="Order id, tracking number, buyer, SKU, product.")
    ] = None,
    compact: Annotated[bool, typer.Option("--compact", help="A short list for people.")] = False,
    mask: Annotated[bool, typer.Option("--mask", help="Hide names, phones, addresses.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Write every order unless told otherwise; the file appears whole or not at all."""
    from jobs.files.export import Refused, Stopped, Wanted, check

    ctx = speaking(context.obj)
    wanted = Wanted(
        path=file, tab=wanted_tab(tab), search=search, language=ctx.settings.language,
        compact=compact, mask=mask, replace=force,
    )  # fmt: skip
    try:
        check(file, replace=force)
        written = _write(ctx, wanted)
    except Refused as refused:
        code = USAGE if refused.problem == "wrong_name" else FAILED
        fail(code, problem(refused.problem, str(file), refused.why))
    except Stopped:
        fail(130, t("export.stopped"))
    if as_json:
        layout = "compact" if compact else "seller_center"
        document = {"file": str(file), "orders": written.orders, "rows": written.rows}
        jsonout.dump(document | {"layout": layout, "masked": mask})
    else:
        say(t("export.done", n=written.orders, path=clean(str(file), limit=PATH)))


def _write(ctx: Context, wanted: Wanted) -> Written:
    """Ctrl+C stops it within a moment."""
    import signal
    import threading

    from jobs.collector import calm
    from jobs.files.export import export

    calm()
    stop: Stop = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: stop.set())
    try:
        with ctx.store() as store:
            return export(store, ctx.settings, wanted, by="cli", progress=_line(), stop=stop)
    finally:
        signal.signal(signal.SIGINT, before)
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _line() -> Progress | None:
    """How far it is, on a terminal's last line; nothing where nobody looks."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        words = t("export.progress", done=done, total=total)
        print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)

    return show
