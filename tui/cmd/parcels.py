"""Commands about parcels: `track` any number, whose number it can be (`detect`), and which `couriers` can be asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from typing import TYPE_CHECKING, Annotated, Any

import typer

from store.times import to_iso
from tui import jsonout
from tui.cmd.context import FAILED, USAGE, Context, fail, say, speaking, tell
from tui.cmd.look import JsonFlag
from tui.strings import known, t, word
from tui.text import clean

if TYPE_CHECKING:
    from couriers.base import TrackingResult
    from couriers.registry import ProviderState
    from store.views import ProviderRow, UnknownTextRow

MOST_UNKNOWN = 1_000
"""Texts that `couriers --unknown` lists."""


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command("track", help="Lacak satu resi. / Track one number, ours or not.")(track)
    app.command("detect", help="Resi ini milik kurir mana? / Whose number is this?")(detect)
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
    from jobs.tracking.lookup import track_once

    ctx = speaking(context.obj)
    look = track_once(ctx.settings, ctx.environ, resi, courier=courier, via=via, phone=phone, now=ctx.clock())
    try:
        import asyncio  # rarely needed, and a tenth of what `--help` costs

        result = asyncio.run(look)
    except UnknownProvider as error:
        fail(
            USAGE,
            t("cli.unknown_word", given=f"--via {error.name}"),
            f"{error.nearest}?" if error.nearest else "",
        )
    if as_json:
        jsonout.dump(jsonout.tracking(result, ctx.zone))
    else:
        say("\n".join(_journey(result, ctx.zone)))
    if result.outcome != "ok":
        raise SystemExit(FAILED)


def detect(
    context: typer.Context,
    resi: str,
    courier: Annotated[
        str | None, typer.Option(help="The courier your order names: it wins.", metavar="NAME")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """The couriers a number can belong to, best first; an order of ours that has the number knows for certain."""
    from couriers import awb
    from couriers.names import canonical, name

    ctx = speaking(context.obj)
    number = awb.normalise(resi)
    possible = awb.is_number(number)
    named = canonical(courier) or (_own_courier(ctx, number) if possible else None)
    found = awb.detect(number, named) if possible else []
    if as_json:
        jsonout.dump([{"courier": one.courier, "confidence": one.confidence} for one in found])
    if not found:
        shown = clean(resi, limit=60).strip()
        key = "shape" if not possible else "check_digit" if awb.looks_s10(number) else "none"
        fail(FAILED, t(f"detect.{key}", number=shown) if shown else t("detect.empty"))
    if as_json:
        return
    best = name(found[0].courier)
    say(clean(number))
    say(jsonout.table(("", clean(name(one.courier)), one.courier, f"{one.confidence:.0%}") for one in found))
    key = "clear"
    if named:
        key = "certain"
    elif awb.is_ambiguous(found):
        key = "ambiguous" if len(found) > 1 else "weak"
    say(t(f"detect.{key}", name=best))


def couriers(
    context: typer.Context,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="List the texts whose meaning nobody knows.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Every provider: switched on or not, what it lacks, how much it was asked, and how it has been."""
    from jobs.tracking.lookup import provider_table

    ctx = speaking(context.obj)
    with ctx.reader() as reader:
        used = {row.provider: row for row in reader.providers(ctx.clock())}
        texts = reader.unknown_texts(limit=MOST_UNKNOWN) if unknown else []
    if unknown:
        _say_unknown(texts, ctx.zone, as_json=as_json)
        return
    rows = provider_table(ctx.settings, ctx.environ)
    if as_json:
        jsonout.dump([_provider(row, used.get(row.name), ctx.zone) for row in rows])
    else:
        say(jsonout.table(_line(row, used.get(row.name), ctx.zone) for row in rows))


def _journey(result: TrackingResult, zone: tzinfo) -> Iterable[str]:
    from couriers.names import link, name

    carrier = name(result.courier) if result.courier else "?"
    yield f"{clean(result.tracking_number)}  {clean(carrier)}  {word('track', str(result.status))}"
    yield f"{clean(result.source) or '-'}: {word('outcome', str(result.outcome))}"
    if result.message:
        yield clean(result.message)
    for event in reversed(result.events):
        at = to_iso(event.at, zone) or "?"
        place = f" · {clean(event.location)}" if event.location else ""
        yield f"  {at}  {event.status:<18} {clean(event.text)}{place}"
    if result.tracking_number:
        yield link(result.courier, result.tracking_number)


def _own_courier(ctx: Context, number: str) -> str | None:
    """The courier of our own order with this number; None without a store, an order or a courier."""
    from couriers.awb import normalise
    from couriers.names import canonical
    from store.errors import StoreError
    from store.reader import Reader
    from store.schema import SchemaState

    try:
        reader = Reader.open(ctx.settings.store_url)
        try:
            if reader.schema_state() is not SchemaState.CURRENT:
                return None
            orders = reader.details([row.pk for row in reader.search(number, 10)])
            parcels = (parcel for order in orders for parcel in order.parcels if parcel.courier)
            return next(
                (canonical(one.courier) for one in parcels if normalise(one.tracking_number or "") == number),
                None,
            )
        finally:
            reader.close()
    except StoreError:
        return None  # the number's own shape still says something


def _variables(row: ProviderState) -> list[str]:
    """The environment variables a provider lacks, by name."""
    from jobs.config.secrets import courier_variable

    return [courier_variable(row.name, name) for name in row.missing]


def _provider(row: ProviderState, used: ProviderRow | None, zone: tzinfo) -> dict[str, Any]:
    return {
        "provider": row.name,
        "enabled": row.enabled,
        "configured": row.configured,
        "documented": row.documented,
        "needs_key": row.needs_key,
        "missing": _variables(row),
        "error": row.error,
        "problem": used.problem if used else None,
        "since": to_iso(used.since, zone) if used else None,
        "until": to_iso(used.until, zone) if used else None,
        "asked_today": used.asked_today if used else 0,
        "per_day": used.per_day if used else None,
        "unknown_texts": used.unknown_texts if used else 0,
    }


def _line(row: ProviderState, used: ProviderRow | None, zone: tzinfo) -> Iterable[str]:
    if row.error:
        ready = t("couriers.broken", error=row.error)
    elif row.missing:
        ready = t("couriers.missing", names=", ".join(_variables(row)))
    else:
        ready = t("couriers.ready")
    notes = [] if row.documented else [t("couriers.undocumented")]
    asked = ""
    if used is not None:
        asked = (
            t("couriers.asked", n=used.asked_today)
            if used.per_day is None
            else t("couriers.asked.of", n=used.asked_today, per_day=used.per_day)
        )
        notes += _notes(used, zone)
    return row.name, t("couriers.on" if row.enabled else "couriers.off"), ready, asked, " · ".join(notes)


def _notes(used: ProviderRow, zone: tzinfo) -> Iterable[str]:
    if used.problem:
        family = "couriers.problem" if known(f"couriers.problem.{used.problem}") else "problem"
        yield word(family, used.problem)
        if used.since is not None:
            yield t("couriers.since", at=to_iso(used.since, zone))
        if used.until is not None:
            yield t("couriers.until", at=to_iso(used.until, zone))
    if used.unknown_texts:
        yield t("couriers.unknown", n=used.unknown_texts)


def _say_unknown(texts: Iterable[UnknownTextRow], zone: tzinfo, *, as_json: bool) -> None:
    rows = list(texts)
    if as_json:
        jsonout.dump(
            [
                {
                    "provider": row.provider,
                    "courier": row.courier,
                    "text": row.text,
                    "seen": row.seen,
                    "first_seen": to_iso(row.first_seen, zone),
                    "last_seen": to_iso(row.last_seen, zone),
                }
                for row in rows
            ]
        )
    elif rows:
        say(
            jsonout.table(
                (
                    t("couriers.unknown.seen", n=row.seen),
                    clean(row.provider),
                    clean(row.courier),
                    clean(row.text),
                )
                for row in rows
            )
        )
    else:
        tell(t("couriers.unknown.none"))
