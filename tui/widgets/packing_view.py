"""What the packing table shows, as lines of styled text. Pure: rows, width and time in, lines out.

Every colour stands beside a word or a sign: done lines carry a tick, a stop says so in large letters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Final

from textual.content import Content

from store.packing_facts import Contents, Line, Parcel, Stop
from store.views import PackingDay
from tui import packing_words
from tui.clock import clock, span
from tui.screens.lines import entry, flow, plain
from tui.strings import t
from tui.text import clean, fit, flat, width_of, wrap

TALL: Final = 4
"""Lines of an item in large figures, with the blank one below it."""
LOW: Final = 2
"""Lines of an item where there is less room."""
NOTE_LINES: Final = 8
"""Lines of a buyer's note shown: more than the platform lets a buyer write on a usual screen."""
_FIGURES: Final = {
    "0": "╭─╮│ │╰─╯", "1": "╶╮  │ ╶┴╴", "2": "╶─╮╭─╯╰─╴", "3": "╶─╮ ─┤╶─╯", "4": "╷ ╷╰─┤  ╵",
    "5": "╭─╴╰─╮╶─╯", "6": "╭─╴├─╮╰─╯", "7": "╶─╮  │  ╵", "8": "╭─╮├─┤╰─╯", "9": "╭─╮╰─┤╶─╯",
}  # fmt: skip
"""Each figure as three lines of three cells."""
_MOST_FIGURES: Final = 4


def figures(number: int) -> tuple[str, str, str]:
    """A number three lines high; one too long for that stands on the middle line as it is."""
    text = str(max(number, 0))
    if len(text) > _MOST_FIGURES:
        return " " * len(text), text, " " * len(text)
    lines = ("".join(_FIGURES[sign][row * 3 : row * 3 + 3] for sign in text) for row in range(3))
    first, second, third = lines
    return first, second, third


def waiting_lines(day: PackingDay | None, room: int, zone: tzinfo, *, tall: bool) -> Iterator[Content]:
    """The empty table: what to do, the day so far, the last parcels."""
    if tall:
        yield from _banner(t("packing.waiting"), room, "bold $accent")
    else:
        yield Content.styled(t("packing.waiting"), "bold $accent")
    yield Content("")
    yield from entry("", t("packing.waiting.how"), room, style="$text-muted")
    if day is None:
        return
    yield Content("")
    numbers = [t("packing.today", packed=day.packed, stopped=day.stopped)]
    if day.median_ms is not None:
        numbers.append(t("packing.today.median", span=span(day.median_ms)))
    numbers += [t("packing.each", name=plain(name, 24), n=n) for name, n in day.packers[:8]]
    for line in flow(numbers, room):
        yield Content.styled(line, "bold")
    yield Content("")
    if not day.last:
        yield from entry("", t("packing.last.none"), room, style="$text-muted")
        return
    yield Content.styled(t("packing.last"), "$text-muted")
    for row in day.last:
        told = [
            clock(row.at, zone),
            plain(row.tracking_number, 30),
            plain(row.order_id, 30),
            plain(row.packer, 20),
        ]
        yield from entry("  ✓ ", " · ".join(filter(None, told)), room, most=1)


def item_lines(
    inside: Contents, cursor: int, room: int, *, tall: bool, several: bool, coloured: bool = True
) -> tuple[list[Content], list[int]]:
    """The items as large blocks, and the line at which each begins; `several`: they are of several orders."""
    lines: list[Content] = []
    places = []
    for place, item in enumerate(inside.lines):
        places.append(len(lines))
        style = _style(item) if coloured else "bold"
        bar = "▌" if place == cursor else " "
        for row, text in enumerate(_tall(item, room, several) if tall else _low(item, room, several)):
            sign = "✓" if not row and not item.left else " "
            look = _fade(style) if row else style
            lines.append(
                Content.assemble((bar, "bold $accent" if coloured else "bold"), (sign, "bold"), (text, look))
            )
        if tall:
            lines.append(Content(""))
    if not inside.lines:
        lines += entry("", t("packing.no_items"), room, style="$warning")
    return lines, places


def stop_lines(stop: Stop, room: int, zone: tzinfo, *, tall: bool) -> Iterator[Content]:
    """A hard stop: what happened, what to do."""
    if tall:
        yield from _banner(t("packing.stopped"), room, "bold")
        yield Content("")
    else:
        yield Content.styled(t("packing.stopped"), "bold")
    yield from entry("", packing_words.why(stop, zone), room, style="bold", most=6)
    if stop.code:
        yield from entry("", t("packing.stopped.code", code=plain(stop.code, 80)), room, most=2)
    if told := packing_words.how(stop):
        yield Content("")
        yield from entry("", told, room)


def choice_lines(parcels: Sequence[Parcel], cursor: int, room: int) -> Iterator[Content]:
    """Parcels of which one has to be taken."""
    yield from entry("", t("packing.choose", n=len(parcels)), room, style="bold")
    yield Content("")
    for place, parcel in enumerate(parcels):
        number = plain(parcel.tracking_number or parcel.package_id, 40)
        order = plain(parcel.parts[0].order_id, 40)
        told = t("packing.choose.line", number=number, courier=packing_words.courier(parcel), order=order)
        bar = "▌ " if place == cursor else "  "
        yield from entry(bar, told, room, style="bold $accent" if place == cursor else "", most=2)


def progress(inside: Contents, room: int) -> Content:
    """How much of it is in: a bar and numbers."""
    done, wanted = inside.done, inside.wanted
    words = t("packing.progress", done=done, wanted=wanted)
    if by_hand := sum(line.by_hand for line in inside.lines):
        words += " · " + t("packing.by_hand", n=by_hand)
    size = max(0, min(30, room - width_of(words) - 2))
    filled = size * done // wanted if wanted else 0
    return Content.assemble(
        ("█" * filled, "$success"), ("░" * (size - filled), "$text-muted"), (f" {words}", "bold")
    )


def parcel_lines(parcel: Parcel, inside: Contents, room: int) -> Iterator[Content]:
    """Which parcel of which orders, with the buyer's notes in a box of warning."""
    number = plain(parcel.tracking_number or parcel.package_id, 64)
    told = t("packing.parcel", courier=packing_words.courier(parcel), number=number)
    yield from entry("", told, room, style="bold", most=2)
    ids = [t("packing.order", id=plain(part.order_id, 40)) for part in parcel.parts]
    if len(parcel.parts) > 1:
        yield from entry("", t("packing.combined", n=len(parcel.parts)), room, style="bold $warning")
    for line in flow(ids, room):
        yield Content.styled(line, "$text-muted")
    for part in parcel.parts:
        if part.note and (shown := wrap(clean(part.note), max(room - 4, 12), NOTE_LINES)):
            yield from _box(t("packing.note"), shown, room)
    if inside.shared:
        yield from entry("", t("packing.shared", n=inside.shared), room, style="$warning")
    yield Content("")


def _tall(item: Line, room: int, several: bool) -> list[str]:
    name, about, count = _texts(item, several)
    left = max(room - 2, 12)
    big = figures(item.wanted)
    wide = width_of(big[0]) + 5
    rest = max(left - wide - width_of(count) - 1, 8)
    return [
        f"{big[0]}    {fit(name, rest)}",
        f"{big[1]} x  {fit(about[0], rest)} {count}",
        f"{big[2]}    {fit(about[1], rest)}",
    ]


def _low(item: Line, room: int, several: bool) -> list[str]:
    name, about, count = _texts(item, several)
    left = max(room - 2, 12)
    lead = f"{fit(str(item.wanted), 4, right=True)} x "
    rest = max(left - width_of(lead) - width_of(count) - 1, 8)
    second = " · ".join(filter(None, about))
    return [f"{lead}{fit(name, rest)} {count}", " " * len(lead) + fit(second, rest)]


def _texts(item: Line, several: bool) -> tuple[str, tuple[str, str], str]:
    """Name, the two lines about it, and how many of how many."""
    extra = [plain(item.seller_sku or item.sku_id, 40)]
    if item.is_gift:
        extra.append(t("packing.gift"))
    if several:
        extra.append(t("packing.of_order", end=plain(item.order_id, 40)[-6:]))
    count = f"{item.wanted - item.left}/{item.wanted}"
    return plain(item.name), (plain(item.variation), " · ".join(extra)), count


def _style(item: Line) -> str:
    if not item.left:
        return "bold $success"
    return "bold $warning" if item.left < item.wanted else "bold"


def _fade(style: str) -> str:
    return style.replace("bold", "").strip()


def _banner(words: str, room: int, style: str) -> Iterator[Content]:
    inner = max(min(room - 2, width_of(words) + 12), 4)
    line = fit(words, inner) if width_of(words) > inner else flat(words).center(inner)
    yield Content.styled(f"┏{'━' * inner}┓", style)
    yield Content.styled(f"┃{line}┃", style)
    yield Content.styled(f"┗{'━' * inner}┛", style)


def _box(title: str, shown: Sequence[str], room: int) -> Iterator[Content]:
    inner = max(room - 2, 10)
    style = "bold $warning"
    yield Content.styled(
        f"┏━ {fit(title, min(width_of(title), inner - 4))} ".ljust(inner + 1, "━") + "┓", style
    )
    for line in shown:
        yield Content.styled(f"┃ {fit(line, inner - 2)} ┃", style)
    yield Content.styled(f"┗{'━' * inner}┛", style)
