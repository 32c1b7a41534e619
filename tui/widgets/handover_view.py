"""What the hand-over screen shows, as lines of styled text. Pure: rows, width and time in, lines out.

Every colour stands beside a word or a sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from functools import cache
from typing import Final

from textual.content import Content

from jobs.paper.totals import qr_text, totals
from store.reading.manifests import ManifestParcelRow, ManifestRow, WaitingRow
from tui import handover_words
from tui.clock import clock, countdown, full
from tui.screens.lines import entry, flow, moment, plain
from tui.strings import money, t, word
from tui.text import fit, flat, width_of
from tui.widgets.handover_desk import Desk, Stop
from tui.widgets.packing_view import figures

STOPS: Final = 8
"""Stops named at once."""
_SIGNS: Final = {"on": ("✓", "$success"), "checking": ("…", "$warning"), "stopped": ("✗", "bold $error")}
_NUMBER: Final = 22


def courier_lines(desk: Desk, now: int, room: int) -> Iterator[Content]:
    """The couriers, each with what waits for it and its open manifest."""
    lines = desk.lines
    if not lines:
        yield from entry("", t("handover.none"), room, style="bold")
        yield from entry("", t("handover.none.how"), room, style="$text-muted")
        return
    for place, line in enumerate(lines):
        parcels = line.waiting.parcels if line.waiting is not None else ()
        told = [t("handover.courier", n=len(parcels))]
        if parcels and parcels[0].scan_by is not None:
            told.append(t("handover.courier.due", due=countdown(parcels[0].scan_by, now, desk.zone).text))
        if line.manifest is not None:
            n = line.manifest.on + line.manifest.checking
            told.append(t("handover.courier.open", number=plain(line.manifest.number, 40), n=n))
        name = handover_words.courier(line.courier, line.courier_name)
        lead = f"{'▌' if place == desk.place else ' '}{place + 1 if place < 9 else ' '} {fit(name, 18)} "
        style = "bold $accent" if place == desk.place else ""
        yield from entry(lead, " · ".join(told), room, style=style, most=2)


def counter_lines(desk: Desk, room: int, *, tall: bool) -> Iterator[Content]:
    """How many are ready, being checked, to be taken out, and not scanned yet: large where there is room."""
    counts = {state: desk.count(state) for state in ("on", "checking", "stopped")}
    counts["waiting"] = len(desk.waiting)
    if not tall or room < 60:
        for line in flow([f"{n} {t(f'handover.count.{state}')}" for state, n in counts.items()], room):
            yield Content.styled(line, "bold")
        return
    shares = {state: max(room // 4, 14) for state in counts}
    styles = {"on": "bold $success", "checking": "bold $warning", "stopped": "bold $error", "waiting": "bold"}
    for row in range(3):
        parts = []
        for state, n in counts.items():
            text = figures(n)[row]
            if row == 1:
                text += f" {t(f'handover.count.{state}')}"
            shown = styles[state] if n or state == "on" else "$text-muted"
            parts.append((fit(text, shares[state]), shown))
        yield Content.assemble(*parts)


def parcel_lines(desk: Desk, room: int, rows: int) -> list[Content]:
    """What was scanned, the newest first: the part that has room."""
    return [
        _parcel(desk.parcels[number], desk.zone, room, here=number == desk.place)
        for number in desk.window(rows)
    ]


def waiting_lines(desk: Desk, now: int, room: int, rows: int) -> list[Content]:
    """What stands on no manifest, the nearest deadline first: the part that has room."""
    parcels = desk.waiting
    if not parcels:
        return [Content.styled(t("handover.waiting.none"), "$success")]
    return [
        _waiting(parcels[number], desk, now, room, here=number == desk.place) for number in desk.window(rows)
    ]


def past_lines(desk: Desk, room: int, rows: int) -> list[Content]:
    """Manifests, the newest first: the part that has room."""
    if not desk.past:
        return [Content.styled(t("handover.past.none"), "$text-muted")]
    lines = []
    for number in desk.window(rows):
        row = desk.past[number]
        told = t(
            "handover.past.line", courier=handover_words.courier(row.courier, row.courier_name), n=row.on
        )
        when = moment(row.closed_at, desk.zone) if row.closed_at is not None else t("handover.past.open")
        bar, style = ("▌", "bold $accent") if number == desk.place else (" ", "")
        lines.append(
            Content.assemble(
                (bar, "bold $accent"),
                (fit(plain(row.number, 40), 30), style),
                (f" {fit(when, 13)} ", "$text-muted"),
                (fit(told, max(room - 46, 8)), style),
            )
        )
    return lines


def closed_page(desk: Desk, room: int, rows: int) -> list[Content]:
    """A closed manifest, then its parcels: the part that is scrolled to."""
    if desk.manifest is None:
        return []
    head = closed_lines(desk.manifest, desk.parcels, desk.zone, room, rows)
    if desk.parcels:
        head.append(Content(""))
    desk.scroll = first = max(0, min(desk.scroll, len(head) + len(desk.parcels) - rows))
    begin = max(first - len(head), 0)
    end = max(first + rows - len(head), 0)
    listed = [_parcel(parcel, desk.zone, room, here=False) for parcel in desk.parcels[begin:end]]
    return [*head[first : first + rows], *listed]


def closed_lines(
    manifest: ManifestRow, parcels: Sequence[ManifestParcelRow], zone: tzinfo, room: int, height: int
) -> list[Content]:
    """A manifest with its QR code beside the numbers where there is room, below them where not."""
    sums = totals(parcels)
    about = [
        handover_words.courier(manifest.courier, manifest.courier_name),
        t("handover.closed", at=full(manifest.closed_at, zone), by=plain(manifest.closed_by, 40))
        if manifest.closed_at is not None
        else t("handover.closed.open"),
        t("handover.received", name=plain(manifest.received_by, 60))
        if manifest.received_by
        else t("handover.received.none"),
        t("handover.parcels", n=sums.parcels, orders=sums.orders),
        t("handover.cod.sum", n=sums.cod, amount=money(sums.cod_sum)),
    ]
    if sums.unchecked:
        about.append(t("handover.unchecked.sum", n=sums.unchecked))
    if manifest.stopped:
        about.append(t("handover.stopped.sum", n=manifest.stopped))
    if manifest.digest:
        # In groups, so that it can be compared by eye and folded.
        groups = (manifest.digest[at : at + 16] for at in range(0, len(manifest.digest), 16))
        about.append(t("handover.digest", digest=" ".join(groups)))
    code = qr_lines(qr_text(manifest))
    wide = width_of(code[0].plain) if code else 0
    if not code or len(code) > height or wide > room:
        small = [Content.styled(t("handover.qr.small"), "$text-muted")] if code else []
        return [line for text in about for line in entry("", text, room)] + small
    left = room - wide - 2
    if left < 20:
        return [*code, *(line for text in about for line in entry("", text, room))]
    texts = [line for text in about for line in entry("", text, left)]
    texts += [Content("")] * (len(code) - len(texts))
    rows = [Content.assemble(row, "  ", text) for row, text in zip(code, texts, strict=False)]
    return rows + [Content.assemble(" " * (wide + 2), text) for text in texts[len(code) :]]


@cache
def qr_lines(text: str) -> Sequence[Content]:
    """A QR code in half blocks, two modules a cell high, dark on light as scanners want it; empty without text.

    Kept, for the screen asks every second: there are as many as closed manifests are looked at.
    """
    if not text:
        return ()
    import segno  # only a closed manifest needs it

    code = segno.make(text, error="l", micro=False)
    rows = [bytes(row) for row in code.matrix_iter(scale=1, border=2)]
    if len(rows) % 2:
        rows.append(bytes(len(rows[0])))
    blocks = {(0, 0): " ", (0, 1): "▄", (1, 0): "▀", (1, 1): "█"}
    return [
        Content.styled(
            "".join(blocks[top, bottom] for top, bottom in zip(rows[at], rows[at + 1], strict=True)),
            "#000000 on #ffffff",
        )
        for at in range(0, len(rows), 2)
    ]


def stop_lines(stops: Sequence[Stop], room: int, zone: tzinfo, *, tall: bool) -> Iterator[Content]:
    """Hard stops: what must not go, why, and what to do."""
    words = t("handover.stopped")
    if tall and width_of(words) + 4 <= room:
        inner = min(room - 2, width_of(words) + 12)
        yield Content.styled(f"┏{'━' * inner}┓", "bold")
        yield Content.styled(f"┃{flat(words).center(inner)}┃", "bold")
        yield Content.styled(f"┗{'━' * inner}┛", "bold")
        yield Content("")
    else:
        yield from entry("", words, room, style="bold")
    if len(stops) > 1:
        yield from entry("", t("handover.stopped.several", n=len(stops)), room, style="bold")
    for stop in stops[:STOPS]:
        at = full(stop.at, zone) if stop.at is not None else ""
        why = handover_words.why(
            stop.reason, to=plain(stop.courier, 40), number=plain(stop.manifest, 40), at=at
        )
        yield from entry("", why, room, style="bold", most=4)
        about = [plain(stop.number, handover_words.CODE), plain(stop.buyer, 30)]
        if stop.order_id:
            about.insert(1, t("handover.stopped.order", id=plain(stop.order_id, 40)))
        yield from entry("", " · ".join(filter(None, about)), room, style="bold" if stop.key else "", most=2)
        if told := handover_words.how(stop.reason):
            yield from entry("→ ", told, room)
    if (more := len(stops) - STOPS) > 0:
        yield Content(t("handover.more", n=more))


def _waiting(parcel: WaitingRow, desk: Desk, now: int, room: int, *, here: bool) -> Content:
    left = countdown(parcel.scan_by, now, desk.zone).text
    cancel = t("handover.waiting.cancel") if parcel.cancel_requested else ""
    tail = [f"…{plain(parcel.order_id, 40)[-8:]}", plain(parcel.buyer, 20), plain(parcel.city, 24)]
    rest = max(room - _NUMBER - 17 - width_of(cancel), 8)
    return Content.assemble(
        ("▌" if here else " ", "bold $accent"),
        (fit(plain(parcel.tracking_number or parcel.package_id, 64), _NUMBER), "bold"),
        f" {fit(left, 14)} ",
        (f"{cancel} " if cancel else "", "bold $error"),
        (fit(" · ".join(filter(None, tail)), rest), "$text-muted"),
    )


def _parcel(parcel: ManifestParcelRow, zone: tzinfo, room: int, *, here: bool) -> Content:
    sign, style = _SIGNS.get(parcel.state, ("?", ""))
    told = [t(f"handover.state.{parcel.state}")]
    if parcel.state == "stopped":
        told.append(handover_words.why(parcel.reason))
    elif parcel.unchecked:
        told.append(t("handover.unchecked"))
    elif parcel.state == "checking" and parcel.reason:
        told.append(t("handover.problem", problem=word("problem", parcel.reason)))
    cod = sum(one.total for one in parcel.orders if one.cod and one.currency == "IDR")
    if cod:
        told.append(t("handover.cod", amount=money(cod)))
    if len(parcel.orders) > 1:
        told.append(t("handover.more_orders", n=len(parcel.orders) - 1))
    about = [f"…{plain(parcel.order_id, 40)[-8:]}", plain(parcel.buyer, 20), plain(parcel.city, 24)]
    left = max(room - _NUMBER - 10, 8)
    state = fit(" · ".join(told), min(width_of(flat(" · ".join(told))), left))
    rest = left - width_of(state) - 1
    return Content.assemble(
        ("▌" if here else " ", "bold $accent"),
        (f"{sign} ", style),
        (f"{clock(parcel.scanned_at, zone)} ", "$text-muted"),
        (fit(plain(parcel.tracking_number or parcel.package_id, 64), _NUMBER), "bold"),
        (f" {state}", style),
        (f" {fit(' · '.join(filter(None, about)), rest)}" if rest > 0 else "", "$text-muted"),
    )
