"""Commands `label`, `slip` and `picklist`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from store.status import Tab
from tui import jsonout
from tui.cmd.context import FAILED, USAGE, Context, fail, say, speaking, tell
from tui.cmd.look import JsonFlag, find
from tui.paper_words import cause
from tui.strings import t, word
from tui.text import clean

if TYPE_CHECKING:
    from store.paper_facts import PaperRow
    from store.reader import Reader

OutOption = Annotated[
    Path | None, typer.Option("--out", help="Copy the PDF into this folder.", metavar="DIR")
]
PrintOption = Annotated[
    str | None, typer.Option("--print", help="Print it there, as `lpstat -e` names it.", metavar="PRINTER")
]
SizeOption = Annotated[str | None, typer.Option("--size", help="Paper size.", metavar="A6|A5")]

SIZES: Final = {"label": ("A6", "A5"), "slip": ("A6", "A5"), "picklist": ("A6", "A5", "A4")}
PATIENCE: Final = 30.0
"""Seconds in which a command begins attempts; after that the paper is left to the monitor or `pantau sync`."""


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("label", help="Label pengiriman (PDF). / Shipping labels.")(label)
    app.command("slip", help="Slip pengepakan (PDF). / Packing slips.")(slip)
    app.command("picklist", help="Daftar pengambilan (PDF). / Picking list.")(picklist)


def label(
    context: typer.Context,
    order_ids: list[str],
    out: OutOption = None,
    printer: PrintOption = None,
    size: SizeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Fetch the labels of all parcels of these orders as one PDF, in picking order."""
    _make(context.obj, "label", lambda reader: find(reader, order_ids), out, printer, size, as_json)


def slip(
    context: typer.Context,
    order_ids: list[str],
    out: OutOption = None,
    printer: PrintOption = None,
    size: SizeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """A packing slip for each parcel; needs no network."""
    _make(context.obj, "slip", lambda reader: find(reader, order_ids), out, printer, size, as_json)


def picklist(
    context: typer.Context,
    order_ids: Annotated[list[str] | None, typer.Argument()] = None,
    out: OutOption = None,
    printer: PrintOption = None,
    size: SizeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """One list of what to fetch; without ids for every confirmed order to ship. Needs no network."""
    ctx: Context = context.obj

    def chosen(reader: Reader) -> list[int]:
        if order_ids:
            return find(reader, order_ids)
        rows = reader.rows(reader.orders(tab=Tab.TO_SHIP, limit=None, now=ctx.clock()))
        return [row.pk for row in rows if row.confirmed_at is not None]

    nobody = "paper_reason.no_orders" if order_ids else "paper.picklist.nobody"
    _make(ctx, "picklist", chosen, out, printer, size, as_json, nobody)


def _make(
    ctx: Context,
    kind: str,
    chosen: Callable[[Reader], list[int]],
    out: Path | None,
    printer: str | None,
    size: str | None,
    as_json: bool,
    nobody: str = "paper_reason.no_orders",
) -> None:
    """Write the wish down, make it, and say what became of it. `nobody`: the words for no orders at all."""
    from jobs.once import make_paper
    from jobs.paper import wishes

    speaking(ctx)
    paper_size = _size(kind, size or ctx.settings.paper.size)
    _known(printer, ctx)
    want = {"label": wishes.want_labels, "slip": wishes.want_slips, "picklist": wishes.want_picklist}[kind]
    with ctx.store() as store, ctx.reader() as reader:
        pks = chosen(reader)
        if not pks:
            fail(FAILED, f"{t(nobody)}.")
        tell(f"{word('paper', kind)}: {len(pks)} …")
        now = ctx.clock()
        paper = store.write(lambda conn: want(conn, pks, paper_size, printer, "cli", now))
        make_paper(ctx.settings, ctx.environ, store, paper, PATIENCE)
        row = reader.paper(paper)
        assert row is not None  # rows never vanish
        labels = _labels(reader, row, pks)
    file = _file(ctx, row, out)
    if as_json:
        printed = row.state == "printed"
        jsonout.dump({"file": file, "pages": row.pages, "printed": printed, "labels": labels})
    else:
        _tell(row, file, labels)
    if row.problem or row.missing or row.state in ("wanted", "failed"):
        raise SystemExit(FAILED)


def _size(kind: str, size: str) -> str:
    if size.upper() not in SIZES[kind]:
        fail(USAGE, f"--size {size}: {' | '.join(SIZES[kind])}")
    return size.upper()


def _known(printer: str | None, ctx: Context) -> None:
    """A printer nobody knows is a slip of the pen: said before anything is fetched."""
    from jobs.paper.printing import PrintError, printers

    if printer is None:
        return
    try:
        there = printers(ctx.environ)
    except PrintError as error:
        fail(FAILED, t(f"paper_reason.{error.reason}"))
    if printer not in there:
        fail(USAGE, f"--print {printer}: {t('paper_reason.unknown_printer')}", "  ".join(there))


def _labels(reader: Reader, row: PaperRow, pks: Sequence[int]) -> list[dict[str, Any]]:
    """A line for each parcel and order: on the paper, or why not."""
    prints = reader.prints(pks)
    missing = {(one.order_id, one.package_id): one for one in row.missing}
    found = []
    for parcel in reader.on_paper(row.id):
        absent = missing.pop((parcel.order_id, parcel.package_id), None)
        for pk, order_id in parcel.orders:
            found.append(
                {
                    "order_id": order_id,
                    "package_id": parcel.package_id,
                    "state": "failed" if absent else row.state,
                    "reason": absent.reason if absent else None,
                    "prints": prints.get((pk, parcel.package_id), 0),
                }
            )
    for one in missing.values():
        found.append(
            {
                "order_id": one.order_id,
                "package_id": one.package_id,
                "state": "failed",
                "reason": one.reason,
                "prints": 0,
            }
        )
    if not found and row.file is None:
        nothing = {"package_id": None, "state": row.state, "reason": row.problem, "prints": 0}
        found = [{"order_id": order.order_id, **nothing} for order in reader.rows(pks)]
    return found


def _file(ctx: Context, row: PaperRow, out: Path | None) -> str | None:
    """Where the PDF is; a copy in the folder that was asked for."""
    from jobs.paper.files import PaperFolder, save_to

    if row.file is None:
        return None
    path = PaperFolder(ctx.settings.paper_path).file(row.file)
    if out is None:
        return str(path)
    try:
        return str(save_to(path, out))
    except OSError as error:
        tell(clean(f"--out {out}: {error.strerror}. PDF: {path}"))
        raise SystemExit(FAILED) from None


def _tell(row: PaperRow, file: str | None, labels: Sequence[dict[str, Any]]) -> None:
    if file is not None:
        say(clean(file))
    for one in labels:
        if one["reason"]:
            parts = (one["order_id"], one["package_id"], cause(one["reason"]))
            say("  ".join(clean(part) for part in parts if part))
    state = word("paper_state", row.state)
    tell(
        f"{word('paper', row.kind)}: {state}, {t('cli.paper.pages', n=row.pages)}"
        + (f", {row.printer}" if row.printer else "")
    )
    if row.problem:
        tell(cause(row.problem))
