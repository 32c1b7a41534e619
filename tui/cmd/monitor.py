"""Commands that stay open: the monitor, the demo and the sandbox alone."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from tui.cmd.context import DONE, USAGE, Context, reported, speaking, tell
from tui.cmd.fastpath import MonitorOptions
from tui.strings import t


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("run", help="Buka monitor. / Open the monitor.")(run)
    app.command("demo", help="Monitor di atas toko tiruan. / The monitor on the built-in sandbox.")(demo)
    app.command("sandbox", help="Hanya toko tiruan. / Only the fake platform and couriers.")(sandbox)


def run_monitor(options: MonitorOptions) -> int:
    """Open the monitor from the fast path; returns the exit code."""
    given = {"data_dir": options.data_dir, "language": options.lang}
    ctx = Context(
        config=Path(options.config) if options.config else None,
        overrides={key: value for key, value in given.items() if value is not None},
    )
    code = DONE

    def opened() -> None:
        nonlocal code
        code = open_monitor(ctx, read_only=options.read_only, no_jobs=options.no_jobs)

    return reported(opened) or code


def open_monitor(
    ctx: Context,
    *,
    read_only: bool = False,
    no_jobs: bool = False,
    last: Callable[[], None] = lambda: None,
) -> int:
    """Run the screen until the seller leaves; returns the exit code.

    `last` is called when a signal ends the program before the screen is ready for one.
    """
    from tui.app import open_app
    from tui.cmd.terminal import leaving_cleanly

    settings = speaking(ctx).settings
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        # The screen is painted on stderr. Without keys and without a screen it would run unseen, and never end.
        tell(t("cli.terminal"))
        return USAGE
    with leaving_cleanly(last):
        return open_app(settings, ctx.environ, read_only=read_only, jobs=not no_jobs, clock=ctx.clock)


def run(
    context: typer.Context,
    read_only: Annotated[bool, typer.Option("--read-only", help="No key that changes something.")] = False,
    no_jobs: Annotated[bool, typer.Option("--no-jobs", help="Another process feeds the store.")] = False,
) -> None:
    """Open the monitor."""
    raise typer.Exit(open_monitor(context.obj, read_only=read_only, no_jobs=no_jobs))


def demo(
    context: typer.Context,
    orders: Annotated[int, typer.Option(help="Orders to begin with.", min=0)] = 400,
    rate: Annotated[float, typer.Option(help="New orders a minute.", min=0)] = 6.0,
    speed: Annotated[float, typer.Option(help="How many times faster the shop's time runs.", min=0)] = 60.0,
    seed: Annotated[int, typer.Option(help="Which shop.")] = 1,
) -> None:
    """Open the monitor on the sandbox, over real HTTP, in a temporary data folder that is removed afterwards."""
    from jobs.demo import GaveUp, demo_environment
    from tui.cmd.terminal import early_leave

    ctx: Context = context.obj
    # Half of the way to the first picture is loading Textual, the other half is the sandbox's: both at once.
    threading.Thread(target=import_module, args=("tui.app",), name="import", daemon=True).start()
    with ExitStack() as stack:
        with early_leave() as unwanted:
            surroundings = demo_environment(
                orders=orders, rate=rate, speed=speed, seed=seed, environ=ctx.environ, unwanted=unwanted
            )
            try:
                prepared = stack.enter_context(surroundings)
            except GaveUp:
                raise typer.Exit(unwanted.code or DONE) from None
        if unwanted.code is not None:
            # A signal that came after the demo's last look would be forgotten here.
            raise typer.Exit(unwanted.code)
        # Only the language: the demo must never write into the seller's own folder.
        spoken = {key: value for key, value in ctx.overrides.items() if key == "language"}
        inner = Context(config=prepared.config, overrides=spoken, environ=prepared.environ)
        code = open_monitor(inner, last=prepared.stop)
    if threading.active_count() > 1:
        # Left while the store was just being opened: nothing of a demo is worth waiting for that to end.
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)
    raise typer.Exit(code)


def sandbox(
    port: Annotated[int, typer.Option(help="0: any free port.", min=0, max=65535)] = 8765,
    seed: Annotated[int, typer.Option(help="Which shop.")] = 1,
    orders: Annotated[int, typer.Option(help="Orders to begin with.", min=0)] = 400,
    rate: Annotated[float, typer.Option(help="New orders a minute.", min=0)] = 6.0,
    speed: Annotated[float, typer.Option(help="How many times faster the shop's time runs.", min=0)] = 1.0,
    faults: Annotated[str, typer.Option(help="Faults on demand; docs/sandbox.md has the words.")] = "",
) -> None:
    """Serve the fake platform and the fake couriers on loopback until stopped; prints how to reach it."""
    from jobs.sandbox import serve_sandbox

    serve_sandbox(port=port, seed=seed, orders=orders, rate=rate, speed=speed, faults=faults)
