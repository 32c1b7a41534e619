"""Command `manifest`: hand-overs, what waits for a courier, and scanning without a screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from tui import jsonout
from tui.cmd.context import FAILED, USAGE, Context, fail, say, speaking, tell, writing
from tui.cmd.look import JsonFlag
from tui.strings import t, word
from tui.text import clean

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jobs.handover.manifests import Closing, Verdict
    from store.db import Store
    from store.reader import Reader
    from store.reading.manifests import ManifestRow

ByOption = Annotated[str, typer.Option("--by", help="Whose name stands in the evidence.", metavar="NAME")]
LONGEST: Final = 100
"""Characters of a code from the command line that are looked at."""


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    group = typer.Typer(invoke_without_command=True, help="Serah terima ke kurir. / Hand-over manifests.")
    group.callback()(manifests)
    group.command("scan", help="Pindai paket ke manifes. / Scan parcels onto a manifest.")(scan)
    group.command("remove", help="Lepas paket dari manifes. / Take a parcel off.")(remove)
    group.command("close", help="Tutup manifes. / Close one; it cannot be changed then.")(close)
    group.command("show", help="Satu manifes. / One manifest.")(show)
    group.command("waiting", help="Paket yang belum di manifes. / Parcels on no manifest.")(waiting)
    app.add_typer(group, name="manifest")


def manifests(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Open manifests, and those closed today."""
    from tui import handover_json

    if context.invoked_subcommand is not None:
        return
    from tui.clock import day_start

    ctx = speaking(context.obj)
    with ctx.reader() as reader:
        rows = reader.manifests(since=day_start(ctx.clock(), ctx.zone))
    if as_json:
        jsonout.dump([handover_json.manifest(row, ctx.zone) for row in rows])
    elif rows:
        say(jsonout.table(_line(row) for row in rows))
    else:
        tell(t("handover.past.none"))


def waiting(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Parcels of orders awaiting collection that stand on no manifest, the nearest deadline first."""
    from tui import handover_json

    ctx = speaking(context.obj)
    with ctx.reader() as reader:
        groups = reader.unmanifested()
    if as_json:
        jsonout.dump([handover_json.waiting(group, ctx.zone) for group in groups])
        return
    for line in handover_json.waiting_text(groups, ctx.clock(), ctx.zone):
        say(line)
    if not groups:
        tell(t("handover.none"))


def show(context: typer.Context, number: str, as_json: JsonFlag = False) -> None:
    """One manifest with its parcels, and whether it still is what was sealed."""
    from store.manifests import seal, verify
    from tui import handover_json

    ctx = speaking(context.obj)
    with ctx.store() as store, ctx.reader() as reader:
        row = _find(reader, number)
        parcels = reader.manifest_parcels(row.id)
        intact = store.read(lambda conn: verify(conn, row.id))
        sealed = store.read(lambda conn: seal(conn, row.id)).decode() if row.closed_at is not None else None
    if as_json:
        told = handover_json.manifest_in_full(row, parcels, ctx.zone)
        jsonout.dump(told | {"intact": intact, "sealed": sealed})
    else:
        for line in handover_json.manifest_text(row, parcels, ctx.zone):
            say(line)
        if intact is not None:
            say(t("manifest.intact" if intact else "manifest.altered"))
    if intact is False:
        raise SystemExit(FAILED)


def scan(
    context: typer.Context,
    codes: Annotated[list[str], typer.Argument(metavar="RESI...")],
    courier: Annotated[str | None, typer.Option(help="Only parcels of this courier.", metavar="CODE")] = None,
    by: ByOption = "cli",
    again: Annotated[bool, typer.Option("--again", help="Also what stands on a closed manifest.")] = False,
    wait: Annotated[
        float, typer.Option(help="Wait for the checks, at most so many seconds.", min=0, max=3_600)
    ] = 0.0,
    as_json: JsonFlag = False,
) -> None:
    """Put parcels onto the open manifest of their courier; each is checked with the platform before it counts."""
    from couriers.names import canonical
    from jobs.handover.manifests import scan as scan_one
    from tui import handover_json

    ctx = writing(context.obj)
    code = canonical(courier) if courier is not None else None
    with ctx.store() as store, ctx.reader() as reader:
        now = ctx.clock()

        def write(conn: Connection) -> list[Verdict]:
            wanted = dict.fromkeys(one[:LONGEST] for one in codes)
            return [scan_one(conn, one, code, by, now, again=again) for one in wanted]

        verdicts = store.write(write)
        if wait and any(verdict.stop is None for verdict in verdicts):
            from jobs.once import check_handover

            check_handover(ctx.settings, ctx.environ, store, wait)
        results = [handover_json.scanned(reader, verdict) for verdict in verdicts]
    if as_json:
        jsonout.dump({"results": results})
    else:
        for line in _told(results, verdicts, ctx):
            say(line)
    if any(one["state"] == "stopped" for one in results):
        raise SystemExit(FAILED)


def remove(
    context: typer.Context,
    number: str,
    code: Annotated[str, typer.Argument(metavar="RESI")],
    by: ByOption = "cli",
) -> None:
    """Take a parcel off an open manifest."""
    from jobs.handover.manifests import look
    from store import manifests as written
    from tui import handover_json

    ctx = writing(context.obj)
    with ctx.store() as store, ctx.reader() as reader:
        row = _find(reader, number)
        mine = {
            parcel.package_id
            for parcel in reader.manifest_parcels(row.id)
            if handover_json.is_it(parcel, code)
        }
        now = ctx.clock()
        for package_id in mine:
            _allowed(
                store,
                lambda conn, package_id=package_id: written.remove(conn, row.id, package_id, by, now),
            )
        verdict = store.read(lambda conn: look(conn, code[:LONGEST], None, now))
    if not mine:
        fail(FAILED, handover_json.elsewhere(verdict, row.number))
    say(t("handover.removed", number=clean(code, limit=LONGEST)))


def close(
    context: typer.Context,
    number: str,
    received_by: Annotated[
        str | None, typer.Option("--received-by", help="The courier's person.", metavar="NAME")
    ] = None,
    by: ByOption = "cli",
    unchecked: Annotated[
        bool, typer.Option("--unchecked", help="Take what could not be checked; it is recorded.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Copy the PDF into this folder.", metavar="DIR")
    ] = None,
    printer: Annotated[str | None, typer.Option("--print", help="Print it there.", metavar="PRINTER")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Seal a manifest: what is on it counts as handed over, and nothing of it changes any more."""
    from jobs.handover import manifests as handover
    from store import manifests as written
    from tui import handover_json

    ctx = writing(context.obj)
    _known(printer, ctx)
    with ctx.store() as store, ctx.reader() as reader:
        row, now = _find(reader, number), ctx.clock()
        if unchecked and row.closed_at is None:
            late = [one.package_id for one in reader.manifest_parcels(row.id) if one.state == "checking"]
            _allowed(store, lambda conn: written.accept(conn, row.id, late, by, now))
        if row.closed_at is None and not row.on + row.checking and row.stopped:
            for line in handover_json.to_take_off(row, reader.manifest_parcels(row.id)):
                tell(line)
        closing: Closing = _allowed(store, lambda conn: handover.close(conn, row.id, by, now, received_by))
        after = reader.manifest_of_id(row.id) or row
        parcels = reader.manifest_parcels(row.id)
        file = None
        if closing.digest is not None:
            from jobs.paper.manifest import save

            file = save(reader, after, ctx.settings.language, ctx.settings.paper_path)
    if closing.digest is None:
        told = [one for one in parcels if one.package_id in closing.stopped]
        for one in told:
            tell(f"{clean(one.tracking_number)}  {handover_json.why(one)}")
        if as_json:
            jsonout.dump(
                {"number": row.number, "closed": False, "stopped": [one.tracking_number for one in told]}
            )
        fail(FAILED, f"{row.number}: {t('manifest.stopped')}")
    file = _papers(file, out, printer, row.number)
    if as_json:
        full = handover_json.manifest_in_full(after, parcels, ctx.zone)
        jsonout.dump(full | {"closed": True, "stopped": [], "file": str(file), "printed": printer})
    else:
        say(t("handover.closed.done", number=after.number, n=after.on))
        say(t("handover.paper.saved", path=str(file)))


def _papers(file: Path | None, out: Path | None, printer: str | None, number: str) -> Path | None:
    """Copy and print the paper; what goes wrong is told, the manifest is closed all the same."""
    from jobs.paper.files import save_to
    from jobs.paper.printing import PrintError, print_file

    if file is not None and printer is not None:
        try:
            print_file(file, printer, f"Pantau {number}")
        except PrintError as error:
            fail(FAILED, t("handover.paper.failed", detail=word("paper_reason", error.reason)), str(file))
    if file is not None and out is not None:
        try:
            return save_to(file, out)
        except OSError as error:
            fail(FAILED, t("handover.paper.failed", detail=error.strerror or "?"), str(file))
    return file


def _known(printer: str | None, ctx: Context) -> None:
    """A printer nobody knows is a slip of the pen: said before anything is sealed."""
    from jobs.paper.printing import PrintError, printers

    if printer is None:
        return
    try:
        there = printers(ctx.environ)
    except PrintError as error:
        fail(FAILED, word("paper_reason", error.reason))
    if printer not in there:
        fail(USAGE, f"--print {clean(printer)}: {t('paper_reason.unknown_printer')}", "  ".join(there))


def _allowed(store: Store, work: Any) -> Any:
    """A write; why a manifest does not change is a sentence and exit code 1."""
    from store.manifests import ManifestError

    try:
        return store.write(work)
    except ManifestError as error:
        fail(FAILED, f"{error.number}: {t(f'manifest.{error.reason}')}")


def _find(reader: Reader, number: str) -> ManifestRow:
    row = reader.manifest(number.strip().upper()[:LONGEST])
    if row is None:
        fail(FAILED, f"{clean(number, limit=LONGEST)}: {t('manifest.unknown')}")
    return row


def _told(results: Sequence[dict[str, Any]], verdicts: Iterable[Verdict], ctx: Context) -> Iterator[str]:
    from tui import handover_json, handover_words

    for one, verdict in zip(results, verdicts, strict=True):
        said = handover_json.state_words(one["state"], one["reason"], verdict, ctx.zone)
        if there := handover_words.stands(verdict, ctx.zone):
            said += f"; {there}"
        yield "  ".join(filter(None, (clean(one["code"], limit=60), clean(one["manifest"]), said)))


def _line(row: ManifestRow) -> tuple[str, ...]:
    from tui import handover_words

    counts = t("handover.counts", on=row.on, checking=row.checking, stopped=row.stopped, waiting="-")
    state = t("handover.past.open") if row.closed_at is None else ""
    return clean(row.number), handover_words.courier(row.courier, row.courier_name), counts, state
