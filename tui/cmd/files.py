"""`pantau import`: Seller Center files into the store, file by file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui import jsonout
from tui.cmd.context import FAILED, USAGE, Context, fail, say, speaking, tell
from tui.cmd.look import JsonFlag
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from jobs.config.keys import ShopSettings
    from jobs.files.outcome import Outcome, Progress
    from store.db import Store

SHOWN = 50
"""Refused rows and warnings of a file that are printed; `--json` tells all."""
KEYS = '[[shops]]\nname = "toko-saya"\nkind = "file"'


def register(app: typer.Typer) -> None:
    """Add this group's command."""
    app.command("import", help="Baca berkas Seller Center. / Read Seller Center files.")(import_files)


def import_files(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="CSV or XLSX.", metavar="FILE...")],
    shop: Annotated[str | None, typer.Option(help="For this shop.", metavar="NAME")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Take in what the files tell; a file or a row that cannot be used makes the exit code 1."""
    ctx = speaking(context.obj)
    whose = shop_for(ctx.settings.shops, shop)
    outcomes = []
    with ctx.store() as store:
        for path in files:
            outcome = _read(ctx, store, whose, path)
            outcomes.append(outcome)
            if not as_json:
                for line in _told(outcome):
                    say(line)
            if outcome.state == "stopped":
                break
    if as_json:
        jsonout.dump({"files": [_document(outcome) for outcome in outcomes]})
    if any(outcome.state == "stopped" and outcome.problem is None for outcome in outcomes):
        raise SystemExit(130)
    if any(outcome.flawed for outcome in outcomes):
        raise SystemExit(FAILED)


def shop_for(shops: Sequence[ShopSettings], name: str | None) -> ShopSettings:
    """The shop that is meant; ends the command with exit code 2 where that is not clear."""
    names = ", ".join(shop.name for shop in shops)
    if not shops:
        fail(USAGE, t("import.no_shop"), KEYS)
    if name is not None:
        for shop in shops:
            if shop.name == name:
                return shop
        fail(USAGE, t("import.unknown_shop", name=name, names=names))
    by_file = [shop for shop in shops if shop.kind == "file"]
    found = by_file if len(by_file) == 1 else shops
    if len(found) > 1:
        fail(USAGE, t("import.which_shop", names=", ".join(shop.name for shop in by_file or shops)))
    return found[0]


def _read(ctx: Context, store: Store, shop: ShopSettings, path: Path) -> Outcome:
    """Read one file; Ctrl+C stops at the next good moment, a second one at once."""
    import asyncio
    import signal
    import threading
    from contextlib import suppress

    from jobs.collector import calm
    from jobs.files.importer import import_file

    calm()
    stop = threading.Event()
    line = _Line(path.name)

    async def run() -> Outcome:
        loop = asyncio.get_running_loop()

        def stopped() -> None:
            stop.set()
            loop.remove_signal_handler(signal.SIGINT)

        with suppress(NotImplementedError):  # Windows: Ctrl+C ends the command by itself
            loop.add_signal_handler(signal.SIGINT, stopped)
        return await import_file(store, ctx.settings, shop, path, by="cli", progress=line.show, stop=stop)

    try:
        return asyncio.run(run())
    finally:
        line.clear()


class _Line:
    """How far it is, on a terminal's last line; nothing where nobody looks."""

    def __init__(self, name: str) -> None:
        self._name = clean(name, limit=60)
        self._seen = sys.stderr.isatty()

    def show(self, progress: Progress) -> None:
        if self._seen:
            words = t("files.progress", name=self._name, done=progress.done, total=progress.total)
            print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._seen:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _sentence(told: dict[str, Any]) -> str:
    from tui.file_words import sentence

    said = sentence(str(told.get("reason")), told.get("row"), told.get("column"), told.get("value") or "")
    return f"{clean(told['order_id'])}: {said}" if told.get("order_id") else said


def _document(outcome: Outcome) -> dict[str, Any]:
    """One file as the contract spells it, and what else is known of it."""
    from tui.file_words import sentence

    problem = None
    if outcome.problem is not None:
        words = sentence(outcome.problem, outcome.row, outcome.column, outcome.value)
        problem = {"code": outcome.problem, "reason": words, "row": outcome.row, "column": outcome.column}
    return {
        "file": outcome.file,
        "state": outcome.state,
        **{name: getattr(outcome, name) for name in ("rows", "orders", "new", "changed", "unchanged")},
        "gone": list(outcome.gone),
        "cancelled": list(outcome.cancelled),
        "rejected": [
            {
                "row": one.row,
                "reason": sentence(one.reason, one.row, one.column, one.value),
                "code": one.reason,
                "column": one.column,
                "value": one.value,
            }
            for one in outcome.rejected
        ],
        "warnings": [_sentence(one) for one in outcome.warnings],
        "problem": problem,
    }


def _told(outcome: Outcome) -> list[str]:
    """The same for a person."""
    from tui import file_words

    name = clean(Path(outcome.file).name, limit=file_words.NAME)
    if outcome.problem is not None:
        said = file_words.sentence(outcome.problem, outcome.row, outcome.column, outcome.value)
        tell(t("files.read.failed", name=name, why=said))
        if outcome.state == "failed":
            return []
    numbers = {"new": outcome.new, "changed": outcome.changed, "unchanged": outcome.unchanged}
    numbers |= {"gone": len(outcome.gone), "rejected": len(outcome.rejected)}
    size = t("files.line", rows=outcome.rows, orders=outcome.orders)
    lines = [
        f"{name}: {size} · {file_words.brought(numbers, outcome.rows if outcome.state == 'done' else None)}"
    ]
    if outcome.state == "stopped":
        lines.append(f"  {t('files.stopped', n=outcome.orders)}")
    for title, ids in (("gone", outcome.gone), ("cancelled", outcome.cancelled)):
        if ids:
            lines.append(f"  {t(f'files.section.{title}', n=len(ids))}")
            lines += _some([clean(one) for one in ids])
    for one in outcome.rejected[:SHOWN]:
        lines.append(f"  ✗ {file_words.sentence(one.reason, one.row, one.column, one.value)}")
    lines += _rest(len(outcome.rejected))
    lines += [f"  ! {_sentence(one)}" for one in outcome.warnings[:SHOWN]]
    return lines + _rest(len(outcome.warnings))


def _some(texts: Sequence[str]) -> list[str]:
    return [f"    {text}" for text in texts[:SHOWN]] + _rest(len(texts))


def _rest(n: int) -> list[str]:
    return [f"  {t('files.more', n=n - SHOWN)}"] if n > SHOWN else []
