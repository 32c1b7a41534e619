"""`pantau stats`: shop health, couriers, the pick-up forecast and what follows from it."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING, Annotated, Any

import typer

from store.times import to_iso
from tui import jsonout
from tui.cmd.context import say, speaking
from tui.cmd.look import JsonFlag, shop_named
from tui.strings import t

if TYPE_CHECKING:
    from jobs.health.rates import Look, Measure
    from jobs.parcels.performance import Spread
    from jobs.parcels.stats import Stats


def register(app: typer.Typer) -> None:
    """Add this group's command."""
    app.command("stats", help="Telat kirim, kurir, ramalan. / Late dispatch, couriers, forecast.")(stats)


def stats(
    context: typer.Context,
    shop: Annotated[str | None, typer.Option(help="Only this shop.", metavar="NAME")] = None,
    as_json: JsonFlag = False,
) -> None:
    """How the shop and its couriers do, from its own orders."""
    from jobs.health.rates import look
    from jobs.parcels.stats import gather, learn

    ctx = speaking(context.obj)
    now = ctx.clock()
    with ctx.reader() as reader:
        shop_id = shop_named(ctx, reader, shop)
        model = learn(reader, ctx.zone, now)
        found = gather(reader, ctx.zone, now, shop_id=shop_id, model=model)
        seen = look(reader, ctx.zone, now, model, shop_id=shop_id, name=shop or "")
    if as_json:
        jsonout.dump(document(found, seen, ctx.zone))
    else:
        say("\n".join(lines(found, seen, ctx.zone)))


def document(found: Stats, seen: Look, zone: tzinfo) -> dict[str, Any]:
    """The document of `--json` (docs/parcels.md): shares are 0 to 1, null is "too little data"."""
    from tui.statistics import bring

    return {
        "at": to_iso(found.at, zone),
        "ldr": _rate(seen.health.ldr, "late", "judged"),
        "sfcr": _rate(seen.health.sfcr, "cancelled", "orders"),
        "by_tab": dict(found.by_tab),
        "saves": [
            {
                "order_id": save.order_id,
                "do": save.kind,
                "by": to_iso(save.by, zone),
                "chance": _share(save.chance),
                "moves": _share(save.moves),
            }
            for save in seen.saves
        ],
        "since": to_iso(found.since, zone),
        "couriers": [
            {
                "courier": row.courier,
                "parcels": row.parcels,
                "arrange_to_scan": _spread(row.to_scan),
                "scan_to_delivered": _spread(row.to_door),
                "late": row.late,
                "judged": row.judged,
                "late_share": row.late_share,
                "weekdays": [
                    {
                        "weekday": day.weekday + 1,
                        "arrange_to_scan": _spread(day.to_scan),
                        "scan_to_delivered": _spread(day.to_door),
                    }
                    for day in row.days
                ],
            }
            for row in found.couriers
        ],
        "forecast": {
            "waiting": len(found.waiting),
            "learned_from": found.learned_from,
            "expected_late": found.expected_late,
            "parcels": [
                {
                    "order_id": parcel.order_id,
                    "courier": parcel.courier,
                    "scan_by": to_iso(parcel.scan_by, zone),
                    "chance": None if parcel.chance is None else round(parcel.chance, 3),
                }
                for parcel in found.waiting
            ],
        },
        "advice": [
            {
                "courier": advice.courier,
                "orders": advice.orders,
                "late": advice.late,
                "expected_late": advice.expected_late,
                "first_deadline": to_iso(advice.first_deadline, zone),
                "text": bring(advice),
            }
            for advice in found.advice
        ],
    }


def lines(found: Stats, seen: Look, zone: tzinfo) -> list[str]:
    """The same for a person's eyes."""
    from tui import health_words as health
    from tui import statistics as words

    told = [
        t("stats.health"),
        *(f"  {line}" for _, line in health.rates([seen])),
        "",
        t("rating.saves", n=len(seen.saves)) if seen.saves else t("rating.saves.none"),
        *(
            f"  {save.order_id}  {health.save_line(save, found.at, zone)}"
            for save in seen.saves[: health.SHOWN]
        ),
        "",
        t("stats.advice"),
        *(f"  {words.advice_line(advice, found.at, zone)}" for advice in found.advice),
    ]
    if note := words.advice_note(found):
        told.append(f"  {note}")
    told += ["", words.since_line(found, zone)]
    if found.couriers:
        told.append(jsonout.table(words.courier_table(found.couriers)))
    told += ["", words.waiting_line(found)]
    told += [
        f"  {parcel.order_id}  {words.courier(parcel.courier)}  {chance}"
        for parcel, chance in words.waiting_lines(found, zone)
    ]
    return told


def _rate(rate: Measure, bad: str, judged: str) -> dict[str, Any]:
    return {
        "now": _share(rate.now),
        "if_nothing": _share(rate.if_nothing),
        "next_step": rate.next_step,
        "orders_until": rate.orders_until,
        bad: rate.bad,
        judged: rate.judged,
        "at_risk": rate.at_risk,
        "forecast": _share(rate.forecast),
        "next_cap": rate.next_cap,
        "orders_until_cap": rate.orders_until_cap,
        "level": rate.level,
        "level_tonight": rate.level_tonight,
    }


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 6)


def _spread(spread: Spread) -> dict[str, Any]:
    return {"n": spread.n, "median_hours": spread.median, "p90_hours": spread.p90}
