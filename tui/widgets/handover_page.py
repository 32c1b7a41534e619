"""The hand-over's page: title, counters, list and keys of what stands on the desk. Pure."""

from __future__ import annotations

from textual.content import Content

from jobs.paper.totals import totals
from tui import handover_words
from tui.clock import day_start, full
from tui.screens.lines import entry, plain
from tui.strings import money, t
from tui.widgets import handover_view as view
from tui.widgets.handover_desk import Desk, Page


def title(desk: Desk) -> str:
    """Which page, which courier, which manifest."""
    courier = handover_words.courier(desk.courier, desk.courier_name)
    number = plain(desk.manifest.number, 40) if desk.manifest is not None else ""
    match desk.page:
        case Page.COURIERS:
            return f"{t('handover.title')} · {t('handover.by', name=plain(desk.by, 30))}"
        case Page.WAITING:
            return t("handover.title.waiting", courier=courier)
        case Page.PAST:
            return t("handover.title.past")
        case Page.CLOSED:
            return t("handover.title.closed", number=number)
    if not number:
        return t("handover.title.new", courier=courier)
    told = t("handover.title.courier", courier=courier, number=number)
    return f"{told} · {t('handover.by', name=plain(desk.by, 30))}"


def top(desk: Desk, room: int, *, tall: bool) -> list[Content]:
    """The counters, while parcels are scanned."""
    if desk.page is not Page.SCAN or desk.stops:
        return []
    return list(view.counter_lines(desk, room, tall=tall))


def body(desk: Desk, now: int, room: int, rows: int, *, tall: bool) -> list[Content]:
    """What stands in the middle; of a long list the part around the cursor that has room."""
    if desk.stops:
        return list(view.stop_lines(desk.stops, room, desk.zone, tall=tall))
    match desk.page:
        case Page.COURIERS:
            if not desk.loaded:
                return []
            head = list(entry("", t("handover.couriers"), room, style="$text-muted")) if desk.lines else []
            return head + list(view.courier_lines(desk, now, room))
        case Page.WAITING:
            return view.waiting_lines(desk, now, room, rows)
        case Page.PAST:
            return view.past_lines(desk, room, rows)
        case Page.CLOSED:
            return view.closed_page(desk, room, rows)
    if not desk.parcels:
        lines = list(entry("", t("handover.scan"), room, style="bold $accent"))
        return lines + list(entry("", t("handover.scan.how"), room, style="$text-muted"))
    opened = desk.manifest.opened_at if desk.manifest is not None else now
    head = []
    if opened < day_start(now, desk.zone):
        # Forgotten yesterday: what was scanned then is about to be handed over with today's.
        head = list(entry("", t("handover.since", at=full(opened, desk.zone)), room, style="bold $warning"))
    return head + view.parcel_lines(desk, room, rows - len(head))


def keys_of(desk: Desk, now: int) -> list[str]:
    """What can be pressed now."""
    if desk.question is not None:
        return [t("handover.key.yes"), t("handover.key.no")]
    if desk.stops:
        again = [t("handover.key.again")] if desk.stops[0].again else []
        return [t("handover.key.acknowledge"), *again]
    match desk.page:
        case Page.COURIERS:
            some = ["choose", "enter"] if desk.lines else []
            return [t(f"handover.key.{name}") for name in (*some, "type", "past", "name", "leave")]
        case Page.WAITING:
            return [t("handover.key.move"), t("handover.key.back")]
        case Page.PAST:
            some = ["move", "open"] if desk.past else []
            return [t(f"handover.key.{name}") for name in (*some, "back")]
        case Page.CLOSED:
            return [t(f"handover.key.{name}") for name in ("scroll", "print", "save", "back")]
    late = ["accept"] if desk.late(now) else []
    some = ["remove", *late, "close"] if desk.parcels else []
    return [t(f"handover.key.{name}") for name in (*some, "waiting", "type", "past", "name", "back")]


def asked(desk: Desk, now: int) -> str:
    """The question that waits for `y`; empty without one."""
    return "" if desk.question is None else _asking(desk, desk.question, now)


def _asking(desk: Desk, question: str, now: int) -> str:
    parcel, manifest, sums = desk.parcel, desk.manifest, totals(desk.parcels)
    if question == "close":
        key = "handover.ask.close" if desk.receiver else "handover.ask.close.nobody"
        number = plain(manifest.number, 40) if manifest is not None else ""
        return t(key, number=number, n=sums.parcels, cod=money(sums.cod_sum), name=plain(desk.receiver, 40))
    if question == "accept":
        return t("handover.ask.accept", n=len(desk.late(now)), name=plain(desk.by, 30))
    if question == "remove":
        number = "" if parcel is None else plain(parcel.tracking_number or parcel.package_id, 64)
        return t("handover.ask.remove", number=number)
    return t("handover.ask.again")
