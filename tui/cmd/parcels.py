"""Commands about parcels: `track` any number, and which `couriers` can be asked."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from store.times import to_iso
from tui import jsonout
from tui.cmd.context import FAILED, USAGE, Context, fail, say
from tui.cmd.look import JsonFlag
from tui.text import clean


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("track", help="Lacak satu resi. / Track one number, ours or not.")(track)
    app.command("couriers", help="Sumber pelacakan. / The sources of tracking.")(couriers)


def track(
    context: typer.Context,
    resi: str,
    courier: Annotated[
        str | None, typer.Option(help="Courier code, such as jne or jnt.", metavar="CODE")
    ] = None,
    via: Annotated[str | None, typer.Option(help="Ask this provider.", metavar="PROVIDER")] = None,
    phone: Annotated[str | None, typer.Option(help="Last digits of the recipient's phone.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """One look-up; needs no shop and leaves no trace in the store."""
    from couriers.registry import UnknownProvider
    from jobs.lookup import track_once

    ctx: Context = context.obj
    look = track_once(ctx.settings, ctx.environ, resi, courier=courier, via=via, phone=phone, now=ctx.clock())
    try:
        result = asyncio.run(look)
    except UnknownProvider as error:
        fail(
            USAGE,
            f"--via {error.name}: tidak dikenal / unknown",
            f"{error.nearest}?" if error.nearest else "",
        )
    if as_json:
        jsonout.dump(jsonout.tracking(result, ctx.zone))
    else:
        asked = f"({result.source}: {result.outcome})"
        say(f"{clean(result.tracking_number)}  {result.courier or '?'}  {result.status}  {asked}")
        if result.message:
            say(clean(result.message))
        for event in reversed(result.events):
            at = to_iso(event.at, ctx.zone) or "?"
            say(f"  {at}  {event.status:<18} {clean(event.text)}")
    if result.outcome != "ok":
        raise SystemExit(FAILED)


def couriers(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Every provider: switched on or not, with a key or not, and how it has been."""
    from jobs.lookup import provider_table

    ctx: Context = context.obj
    with ctx.reader() as reader:
        health = {row.shop: row for row in reader.health() if row.job == "courier"}
    rows = provider_table(ctx.settings, ctx.environ)
    if as_json:
        jsonout.dump(
            [
                {
                    "provider": row.name,
                    "enabled": row.enabled,
                    "configured": row.configured,
                    "documented": row.documented,
                    "needs_key": row.needs_key,
                    "problem": health[row.name].problem if row.name in health else None,
                }
                for row in rows
            ]
        )
        return
    say(
        jsonout.table(
            (
                row.name,
                "aktif/on" if row.enabled else "mati/off",
                "siap/ready" if row.configured else "tanpa kunci/no key",
                (health[row.name].problem or "") if row.name in health else "",
            )
            for row in rows
        )
    )
