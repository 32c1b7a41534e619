"""An order as the list shows it: cells of plain text with roles. Pure: row, columns, time in, words out.

Every colour has its word or sign: late is a word, soon carries `!`, flags are words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from store.attention import CHAT_LEAD, PLATFORM
from store.status import HOLD, OrderStatus, Tab, has_arrived
from store.views import OrderRow
from tui.clock import NO_DEADLINE, Countdown, Urgency, age, countdown
from tui.goods import goods
from tui.shops import Badge
from tui.strings import money, number, t, word
from tui.text import clean, fit, flat, listed, width_of

if TYPE_CHECKING:
    from tui.widgets.columns import Column, Layout
    from tui.widgets.painted import Piece

_LOOK: Final = {
    Urgency.NONE: "muted",
    Urgency.CALM: "plain",
    Urgency.SOON: "soon",
    Urgency.LATE: "late",
}
NO_BADGES: Final[Mapping[int, Badge]] = MappingProxyType({})
"""Where there is one shop only."""
_TO_SHIP: Final = frozenset({OrderStatus.AWAITING_SHIPMENT, OrderStatus.PARTIALLY_SHIPPING})
_COURIERS: Final = {
    "jnt": "J&T", "jne": "JNE", "sicepat": "SiCepat", "anteraja": "AnterAja", "ninja": "Ninja",
    "idexpress": "IDX", "pos": "Pos", "spx": "SPX", "lion": "Lion", "tiki": "TIKI", "sap": "SAP",
    "wahana": "Wahana", "paxel": "Paxel", "gosend": "GoSend", "grab": "Grab", "jtcargo": "J&T Cargo",
}  # fmt: skip
"""Short names for a narrow column; a courier that is not here goes by its own name."""


class Ticking(NamedTuple):
    """The parts of a row that change by themselves: compared each second, only changed lines repaint."""

    age: str
    arrange: Countdown
    scan: Countdown
    moved: str
    answer: Countdown = NO_DEADLINE
    """Until a buyer's return or refund has to be answered."""
    chat: Countdown = NO_DEADLINE
    """Until a buyer's message has to be answered, once that is near."""
    lies: bool = True
    """Whether its parcel has lain still for long."""


def ticking(row: OrderRow, now: int, zone: tzinfo) -> Ticking:
    """What the clock makes of a row now."""
    arrange = row.arrange_by if row.status in _TO_SHIP else None
    scan = row.scan_by if row.status in _TO_SHIP or row.status == OrderStatus.AWAITING_COLLECTION else None
    return Ticking(
        age(row.created_at, now),
        countdown(arrange, now, zone),
        countdown(scan, now, zone),
        age(row.last_event_at, now),
        countdown(row.returns_at if wants_answer(row) else None, now, zone),
        countdown(row.chat_by if _near(row.chat_by, now) else None, now, zone),
        _lies(row, now),
    )


def _near(chat_by: int | None, now: int) -> bool:
    return chat_by is not None and chat_by - CHAT_LEAD <= now


def _lies(row: OrderRow, now: int) -> bool:
    """An order that is here for another reason first may have a parcel that is not stuck yet: the code is listed
    before its time (store/attention.py). How long its lane takes the row does not tell; the platform's limit does."""
    first = (row.attention or "").partition(",")[0] == "stuck"
    trouble = row.tracking_status in ("exception", "cancelled")
    return first or trouble or (row.last_event_at or row.updated_at) + PLATFORM.move <= now


def wants_answer(row: OrderRow) -> bool:
    """Whether a return or refund of the order waits for us."""
    return "return" in (row.attention or "").split(",")


def pieces(
    row: OrderRow,
    layout: Layout,
    clocks: Ticking,
    *,
    cursor: bool,
    marked: bool,
    mask: bool = True,
    shops: Mapping[int, Badge] = NO_BADGES,
) -> list[Piece]:
    """One line: the cursor's bar, the mark, then a cell per column, each exactly as wide as its column."""
    line: list[Piece] = [
        ("▌" if cursor else " ", "cursor"),
        ("● " if marked else "  ", "accent"),
        (" ", "plain"),
    ]
    last = len(layout.columns) - 1
    for place, column in enumerate(layout.columns):
        # The gap goes with the cell before it: fewer pieces are fewer bytes to the terminal.
        gap = " " * layout.gap if place < last else ""
        if column.name == "flags":
            line += _flag_cell(row, column.width)
        elif column.name == "shop":
            line.append(_shop(shops.get(row.shop_id), column.width, gap))
        else:
            text, role = _cell(row, column, clocks, mask)
            line.append((fit(text, column.width, right=column.right) + gap, role))
    return line


def heading(layout: Layout, above: int) -> list[Piece]:
    """The line over the columns; `above` rows are scrolled away, which the first cells say."""
    edge = f"↑{number(above)}" if 0 < above < 100 else "↑" if above else ""
    gap = " " * layout.gap
    cells = gap.join(fit(_title(column), column.width, right=column.right) for column in layout.columns)
    return [(fit(edge, 4) + cells, "head")]


def order_id(value: str, width: int) -> str:
    """The whole id, or an ellipsis and its end: the digits people tell orders apart by."""
    shown = flat(clean(value, limit=64))
    return shown if width_of(shown) <= width else "…" + shown[-(width - 1) :]


def buyer(name: str | None, *, mask: bool = True) -> str:
    """The buyer's name, masked (`B*** S***`) unless told otherwise; the platform often masks it itself."""
    shown = clean(name, limit=60)
    if not mask or "*" in shown:
        return shown
    return " ".join(f"{part[0]}***" for part in shown.split())


def courier(row: OrderRow, *, wide: bool = False) -> str:
    """The courier's name, short unless there is room."""
    name = clean(row.courier_name, limit=40)
    if wide and name:
        return name
    return _COURIERS.get(row.courier or "", name or clean(row.courier, limit=40))


def status(row: OrderRow) -> str:
    """The order's status in words; a status we do not know is shown as the platform says it."""
    if row.status in OrderStatus.__members__:
        return t(f"status.{row.status}", raw=row.raw_status)
    return t("status.UNKNOWN", raw=row.raw_status)


def reasons(row: OrderRow, clocks: Ticking) -> list[str]:
    """Why the order needs a person, in words; deadlines that are still far are left out."""
    words = []
    for code in (row.attention or "").split(","):
        if code in ("arrange_soon", "scan_soon"):
            clock = clocks.arrange if code == "arrange_soon" else clocks.scan
            if clock.urgency is Urgency.LATE:
                code = "late"
            elif clock.urgency is Urgency.NONE:
                continue
        elif {"chat": clocks.chat.urgency is Urgency.NONE, "stuck": not clocks.lies}.get(code):
            continue
        words.append(word("reason", code))
    return list(dict.fromkeys(filter(None, words)))


def nearest(clocks: Ticking, row: OrderRow) -> Countdown:
    """The clock that runs out first."""
    running = [
        (deadline, clock)
        for deadline, clock in (
            (row.arrange_by, clocks.arrange),
            (row.scan_by, clocks.scan),
            (row.returns_at, clocks.answer),
            (row.chat_by, clocks.chat),
        )
        if deadline is not None and clock.urgency is not Urgency.NONE
    ]
    return min(running, key=lambda pair: pair[0])[1] if running else NO_DEADLINE


def flags(row: OrderRow) -> list[Piece]:
    """What is special about an order, the weightiest first."""
    found: list[Piece] = []
    if row.cancel_requested and row.status != OrderStatus.CANCELLED:
        found.append((t("flag.cancel"), "late"))
    if wants_answer(row):
        found.append((t("flag.answer"), "late"))
    match row.action_state:
        case "refused" | "needs_person":
            found.append((t(f"flag.{row.action_state}"), "late"))
        case "unknown":
            found.append((t("flag.action_unknown"), "soon"))
        case "queued" | "sending":
            found.append((t(f"flag.{row.action_state}"), "info"))
    tags = row.tags.split(",") if row.tags else ()
    if HOLD in tags:
        found.append((t("flag.hold"), "soon"))
    if row.status in _TO_SHIP and row.confirmed_at is not None:
        found.append((t("flag.confirmed"), "good"))
    if row.note and row.note.strip():
        found.append((t("flag.note"), "soon" if row.note_seen_at is None else "muted"))
    if row.cod:
        found.append((t("flag.cod"), "strong"))
    if row.packages > 1:
        found.append((t("flag.packages", n=row.packages), "plain"))
    if row.channel == "TOKOPEDIA":
        found.append((t("flag.tokopedia"), "muted"))
    if row.status in _TO_SHIP and row.confirmed_at is None:
        found.append((t("flag.new"), "info"))
    found += [(f"#{clean(tag, limit=24)}", "muted") for tag in tags if tag != HOLD]
    return found


def amount(row: OrderRow) -> str:
    """The total; rupiah without their sign, since nearly every order is in rupiah."""
    return number(row.total) if row.currency == "IDR" else money(row.total, row.currency)


def _title(column: Column) -> str:
    title = t(f"col.{column.name}")
    return title if width_of(title) <= column.width else t(f"col.{column.name}.short")


def _cell(row: OrderRow, column: Column, clocks: Ticking, mask: bool) -> Piece:
    match column.name:
        case "order":
            return order_id(row.order_id, column.width), "plain"
        case "age":
            return clocks.age, "muted"
        case "arrange":
            return _clock(clocks.arrange)
        case "scan":
            return _clock(clocks.scan)
        case "due":
            return _clock(nearest(clocks, row))
        case "why":
            return listed(reasons(row, clocks), column.width), "plain"
        case "status":
            return status(row), "plain"
        case "resi":
            return (clean(row.tracking_number, limit=64), "plain") if row.tracking_number else ("-", "muted")
        case "where":
            return _where(row, clocks, column.width)
        case "buyer":
            return buyer(row.buyer, mask=mask), "plain"
        case "city":
            return clean(row.city, limit=60), "muted"
        case "items":
            return goods(row.summary), "plain"
        case "total":
            return amount(row), "plain"
        case _:
            return courier(row, wide=column.width > 9), "plain"


def _shop(badge: Badge | None, width: int, gap: str) -> Piece:
    """Whose order it is: its shop's sign, the name behind it where there is room."""
    if badge is None:
        return " " * width + gap, "plain"
    return fit(badge.sign if width < 4 else f"{badge.sign} {badge.name}", width) + gap, badge.role


def _clock(clock: Countdown) -> Piece:
    return clock.text or t("time.none"), _LOOK[clock.urgency]


def _where(row: OrderRow, clocks: Ticking, width: int) -> Piece:
    """Where the parcel is and since when; without the age where both do not fit, since half an age says nothing."""
    if row.tracking_status != "delivered" and has_arrived(row.status, row.tracking_status):
        return word("track", "delivered"), "plain"
    if not row.tracking_status:
        return t("time.none"), "muted"
    text = word("track", row.tracking_status)
    trouble = row.tracking_status in ("exception", "delivery_failed", "returning", "returned")
    if trouble:
        return f"{text} !", "soon"
    aged = f"{text} {clocks.moved}".rstrip()
    return aged if width_of(aged) <= width else text, "plain"


def _flag_cell(row: OrderRow, width: int) -> list[Piece]:
    """As many flags as fit; the number of the others behind a plus."""
    found = flags(row)
    cell: list[Piece] = []
    used = 0
    for place, (text, role) in enumerate(found):
        size = width_of(text) + (1 if used else 0)
        rest = len(found) - place - 1
        if used + size + (3 if rest else 0) > width:
            more = f" +{rest + 1}" if used else fit(text, width).rstrip()
            if used + width_of(more) <= width:
                cell.append((more, "muted" if used else role))
                used += width_of(more)
            break
        if used:
            cell.append((" ", "plain"))
        cell.append((text, role))
        used += size
    cell.append((" " * (width - used), "plain"))
    return cell


def empty_words(tab: Tab, *, filtered: bool) -> str:
    """What an empty list says."""
    return t("empty.filtered") if filtered else t(f"empty.{tab.id}")
