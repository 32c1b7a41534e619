"""The command tree (typer). Bodies load what they need when they run: `--help` must cost next to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tui.cmd import (
    admin,
    chats,
    checklist,
    costs,
    desk,
    digest,
    export,
    files,
    handover,
    look,
    money,
    monitor,
    packing,
    paper,
    parcels,
    repack,
    requests,
    resi,
    rules,
    ship,
    stats,
    stock,
    sync,
)
from tui.cmd.context import Context, reported
from tui.cmd.lean import lean

app = typer.Typer(
    name="pantau",
    help="Pantau pesanan TikTok Shop dari terminal. / Watch TikTok Shop orders from the terminal.",
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from store import __version__

        print(f"pantau {__version__}")
        raise typer.Exit()


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option(help="Settings file.", metavar="FILE")] = None,
    data_dir: Annotated[str | None, typer.Option(help="Where the data lives.", metavar="DIR")] = None,
    lang: Annotated[str | None, typer.Option(help="id or en.", metavar="id|en")] = None,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="The monitor without any key that changes something.")
    ] = False,
    no_jobs: Annotated[
        bool, typer.Option("--no-jobs", help="Only watch a store that another process feeds.")
    ] = False,
) -> None:
    """Read the global options; without a command, open the monitor."""
    given = {"data_dir": data_dir, "language": lang}
    context.obj = Context(
        config=config, overrides={key: value for key, value in given.items() if value is not None}
    )
    if context.invoked_subcommand is None:
        raise typer.Exit(monitor.open_monitor(context.obj, read_only=read_only, no_jobs=no_jobs))


for group in (
    monitor,
    sync,
    files,
    export,
    look,
    ship,
    desk,
    checklist,
    requests,
    chats,
    rules,
    paper,
    packing,
    handover,
    repack,
    resi,
    parcels,
    stats,
    stock,
    money,
    costs,
    digest,
    admin,
):
    group.register(app)


def run_command(arguments: Sequence[str]) -> int:
    """Parse, run, and return the exit code."""

    def run() -> None:
        lean(app, arguments)(args=list(arguments), prog_name="pantau", standalone_mode=True)

    return reported(run)
