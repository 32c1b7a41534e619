"""Command `pack`: the packing table for scripts, and the day's numbers."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Annotated, Any

import typer

from store.times import to_iso
from tui import jsonout
from tui.cmd.context import FAILED, USAGE, Context, fail, say, speaking, tell, writing
from tui.cmd.look import JsonFlag
from tui.strings import t
from tui.text import clean

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jobs.packing.table import Sight
    from store.packing_facts import Stop
    from store.views import PackingDay


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("pack", help="Kemas satu paket. / Pack one parcel.")(pack)


def pack(
    context: typer.Context,
    resi: Annotated[str | None, typer.Argument(help="Tracking number, package or order id.")] = None,
    item: Annotated[
        list[str] | None, typer.Option(help="A scanned thing; repeat for each.", metavar="CODE")
    ] = None,
    finish: Annotated[bool, typer.Option("--finish", help="Packed, whatever was not scanned.")] = False,
    packer: Annotated[str | None, typer.Option(help="Whose name stands in the evidence.")] = None,
    today: Annotated[bool, typer.Option("--today", help="The day's numbers instead.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Open a parcel, scan things into it, finish it. Ends with 1 at a stop; a second call goes on after it."""
    from tui.scanner import cleaned

    ctx = speaking(context.obj)
    code = cleaned(resi or "")
    if today == bool(code):
        fail(USAGE, t("cli.pack.which"))
    if today:
        _today(ctx, as_json=as_json)
        return
    writing(ctx)
    codes = [one for one in map(cleaned, item or ()) if one]
    by = clean(packer or ctx.settings.packing.packer, limit=40) or _account()
    with ctx.store() as store:
        now = ctx.clock()
        shops = frozenset(shop.name for shop in ctx.settings.shops)

        def work(conn: Connection) -> tuple[Sight, Stop | None]:
            return _pack(conn, code, codes, by, now, shops, finish=finish)

        sight, stop = store.write(work)
    if as_json:
        jsonout.dump(_json(sight, stop, ctx.zone))
    else:
        _tell(sight, stop, ctx.zone)
    if stop is not None:
        raise SystemExit(FAILED)


def _pack(
    conn: Connection,
    code: str,
    codes: Sequence[str],
    by: str,
    now: int,
    shops: frozenset[str],
    *,
    finish: bool,
) -> tuple[Sight, Stop | None]:
    """The whole call as one transaction: where it ended, and the stop it ended at."""
    from jobs.packing import table as packing
    from store.packing_facts import OPEN, Stop

    sight = packing.take(conn, code, by, now, shops=shops)
    if sight.choices:
        names = ", ".join(parcel.package_id for parcel in sight.choices)
        return sight, Stop(now, "several", code, {"packages": names})
    if sight.stop is not None and sight.resumed and sight.row is not None:
        # Who calls again has seen what the last call ended at.
        sight = packing.acknowledge(conn, sight.row.id, by, now)
    for one in codes:
        if sight.stop is not None or sight.row is None:
            break
        if sight.outcome != OPEN:
            # Everything was in already: one thing more is one too many.
            return sight, Stop(now, "too_many", one, {"wanted": sight.row.contents.wanted})
        sight = packing.scan(conn, sight.row.id, one, now, shops=shops)
    if finish and sight.stop is None and sight.row is not None and sight.outcome == OPEN:
        sight = packing.finish(conn, sight.row.id, now, shops=shops)
    return sight, sight.stop


def _json(sight: Sight, stop: Stop | None, zone: tzinfo) -> dict[str, Any]:
    parcel, row = sight.parcel, sight.row
    stops = list(row.stops) if row is not None else []
    if stop is not None and stop not in stops:
        stops.append(stop)
    return {
        "package_id": parcel.package_id if parcel is not None else None,
        "order_id": parcel.parts[0].order_id if parcel is not None else None,
        "tracking_number": parcel.tracking_number if parcel is not None else None,
        "outcome": "stopped" if stop is not None and row is None else sight.outcome,
        "packer": row.packer if row is not None else None,
        "items": [
            {
                "sku_id": line.sku_id,
                "seller_sku": line.seller_sku,
                "wanted": line.wanted,
                "scanned": line.scanned,
                "by_hand": line.by_hand,
            }
            for line in (row.contents.lines if row is not None else ())
        ],
        "stops": [
            {
                "reason": one.reason,
                "code": one.code,
                "at": to_iso(one.at, zone),
                "acknowledged_at": to_iso(one.acknowledged_at, zone),
            }
            for one in stops
        ],
    }


def _tell(sight: Sight, stop: Stop | None, zone: tzinfo) -> None:
    from tui import packing_words

    if sight.parcel is not None:
        ids = " + ".join(clean(part.order_id, limit=40) for part in sight.parcel.parts)
        say(f"{ids}  {clean(sight.parcel.tracking_number, limit=64)}  {packing_words.courier(sight.parcel)}")
    for line in sight.row.contents.lines if sight.row is not None else ():
        say(t("pack.line", done=line.wanted - line.left, wanted=line.wanted, name=packing_words.item(line)))
    if sight.outcome:
        say(t(f"pack.outcome.{sight.outcome}"))
    if stop is not None:
        tell(packing_words.why(stop, zone))
        tell(packing_words.how(stop))


def _today(ctx: Context, *, as_json: bool) -> None:
    from tui.clock import day_start, span

    with ctx.reader() as reader:
        day: PackingDay = reader.packing_day(day_start(ctx.clock(), ctx.zone))
    if as_json:
        jsonout.dump(
            {
                "packed": day.packed,
                "stopped": day.stopped,
                "median_seconds": None if day.median_ms is None else round(day.median_ms / 1_000),
                "packers": [{"packer": name, "packed": n} for name, n in day.packers],
                "last": [
                    {
                        "order_id": row.order_id,
                        "tracking_number": row.tracking_number,
                        "packer": row.packer,
                        "at": to_iso(row.at, ctx.zone),
                    }
                    for row in day.last
                ],
            }
        )
        return
    say(t("pack.today", packed=day.packed, stopped=day.stopped))
    if day.median_ms is not None:
        say(t("packing.today.median", span=span(day.median_ms)))
    for name, n in day.packers:
        say(t("packing.each", name=name, n=n))


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "?"
