"""What a seller pastes to the buyer who asks "where is my parcel?": status, place, time, link. Pure."""

from __future__ import annotations

from datetime import tzinfo
from typing import Final

from couriers.names import name, page
from store.status import has_arrived
from store.times import to_datetime
from store.views import EventRow, OrderRow, PackageRow
from tui.clock import zone_name
from tui.strings import CATALOGUES
from tui.text import clean, flat

QUOTED: Final = 200
"""Characters of the courier's own words."""


def buyer_text(
    order: OrderRow, parcel: PackageRow, newest: EventRow | None, language: str, zone: tzinfo
) -> str:
    """The message in `id` or `en`, cleaned; `newest` is the last known event of this parcel, None without one. What
    the courier said on the way is no news once the platform knows of the arrival.

    It promises nothing: no day of arrival, and in trouble only what the courier said.
    """
    words = CATALOGUES[language]
    code = parcel.courier or ""
    courier = parcel.courier_name or (name(code) if code else "")
    at_home = parcel.tracking_status != "delivered" and has_arrived(order.status, parcel.tracking_status)
    told = "delivered" if at_home else parcel.tracking_status
    status = words.get(f"share.status.{told}", words["share.status.unknown"])
    lines = [
        words["share.hello"],
        words["share.order"].format(id=_line(order.order_id, 64)),
        words["share.courier"].format(
            courier=_line(courier, 60) or "-", number=_line(parcel.tracking_number, 64) or "-"
        ),
        words["share.status"].format(status=status),
    ]
    if newest is not None and not at_home:
        told = ", ".join(filter(None, (_when(newest.at, language, zone), _line(newest.location, 80))))
        said = _line(newest.text, QUOTED)
        lines.append(words["share.last"].format(said=f"{told}: {said}" if told else said))
    if parcel.tracking_number:
        where = page(parcel.courier, parcel.tracking_number)
        lines.append(words["share.link"].format(link=where.url))
        if where.asks_number:
            lines.append(words["share.link.type"])
    return "\n".join(lines)


def _line(text: str | None, limit: int) -> str:
    return flat(clean(text, limit=limit)).strip()


def _when(at: int | None, language: str, zone: tzinfo) -> str:
    if at is None:
        return ""
    when = to_datetime(at, zone)
    month = CATALOGUES[language]["time.months"].split()[when.month - 1]
    return f"{when.day} {month} {when.year} {when:%H.%M} {zone_name(at, zone)}"
