"""THE table of commands. Bindings, footer, palette, help, docs and the checking of `[keymap]` derive from it.

Adding a command: one line here, its words `cmd.<id>` and `cmd.<id>.help` in both catalogues, and either a
method of the main screen (tui/screens/main.py, `do_<id with underscores>`) or a function of a screen's module
named by `opens` ("tui.screens.ship:open_ship"), imported when the key is first pressed and called with
`(app, rows)`: the orders the command applies to (the marked ones that pass its guard, else the cursor's).

A guard is pure and answers None or the key of the reason in the catalogue, so that a refused key says why.
Pure module: no Textual, no store access; reads rows only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.util import find_spec
from types import MappingProxyType
from typing import Final

from store.status import HOLD, SHIPPABLE, OrderStatus, Tab
from store.views import OrderRow
from tui.strings import t

Guard = Callable[[OrderRow], str | None]


class Danger(IntEnum):
    """What a command can do; read-only removes everything but NONE."""

    NONE = 0
    LOCAL = 1
    """Changes our own store, can be undone."""
    REMOTE = 2
    """Changes something on the platform: asks once, showing the exact orders, and takes `y`."""


@dataclass(frozen=True)
class Command:
    """One thing a person can ask for."""

    id: str
    keys: str
    """Default keys, comma-separated, in the toolkit's names."""
    group: str = "order"
    """`list`, `tab`, `order` or `app`: how the help groups them."""
    danger: Danger = Danger.NONE
    guard: Guard | None = None
    """Per order: None, or why not."""
    needs_order: bool = False
    """Whether it applies to orders at all, so that an empty list has nothing for it."""
    many: bool = True
    """Whether it applies to all marked orders, or to the cursor's alone."""
    opens: str | None = None
    """`module:function` of the screen that carries it out, imported when first used."""
    footer: int = 0
    """Rank in the footer, lowest first; 0: not there."""
    repeat: bool = False
    """Movement: runs in the list itself, at full speed."""
    tab: Tab | None = None
    """The tab it opens."""

    @property
    def label(self) -> str:
        """The word in the footer and the palette, in the active language."""
        if self.tab is not None:
            return t("cmd.tab", name=t(f"tab.{self.tab.id}"))
        return t(f"cmd.{self.id}")

    @property
    def help(self) -> str:
        """The line of the help screen, in the active language."""
        if self.tab is not None:
            return t("cmd.tab.help", name=t(f"tab.{self.tab.id}"))
        return t(f"cmd.{self.id}.help")

    @property
    def method(self) -> str:
        """The main screen's method for a command that opens nothing."""
        return "do_" + self.id.replace(".", "_").replace("-", "_")


def on_hold(row: OrderRow) -> bool:
    """Whether the seller or a rule holds the order back (the tag `tahan`)."""
    return HOLD in row.tags.split(",")


def can_confirm(row: OrderRow) -> str | None:
    """Local and undoable, but only sensible before the shipment is arranged."""
    if row.status not in SHIPPABLE:
        return "why.not_to_ship"
    if row.cancel_requested:
        return "why.cancel_requested"
    if on_hold(row):
        return "why.held"
    return "why.already_confirmed" if row.confirmed_at is not None else None


def can_ship(row: OrderRow) -> str | None:
    """What the row can tell; the ship dialog looks deeper (stock, notes, parcels)."""
    if row.status not in SHIPPABLE:
        return "why.not_to_ship"
    if on_hold(row):
        return "why.held"
    return "why.already_sent" if row.action_state in ("queued", "sending", "unknown") else None


def can_cancel(row: OrderRow) -> str | None:
    """The seller may cancel until the courier has it."""
    if row.status in (OrderStatus.COMPLETED, OrderStatus.CANCELLED):
        return "why.over"
    return "why.shipped" if row.status in (OrderStatus.IN_TRANSIT, OrderStatus.DELIVERED) else None


def can_answer(row: OrderRow) -> str | None:
    """Only when the buyer asked for something."""
    asked = row.cancel_requested or "return" in (row.attention or "").split(",")
    return None if asked else "why.no_request"


def can_print(row: OrderRow) -> str | None:
    """A label exists once the shipment is arranged."""
    return None if row.tracking_number else "why.no_label"


def can_number(row: OrderRow) -> str | None:
    """Until it arrived; the dialog knows which orders the seller ships himself."""
    if row.status in SHIPPABLE or row.status in (OrderStatus.AWAITING_COLLECTION, OrderStatus.IN_TRANSIT):
        return None
    return "why.over"


def can_track(row: OrderRow) -> str | None:
    """A courier is asked by number."""
    return None if row.tracking_number else "why.no_number"


TABLE: Final = (
    Command("list.down", "j,down", "list", repeat=True),
    Command("list.up", "k,up", "list", repeat=True),
    Command("list.page_down", "pagedown,ctrl+f", "list", repeat=True),
    Command("list.page_up", "pageup", "list", repeat=True),
    Command("list.first", "g,home", "list", repeat=True),
    Command("list.last", "G,end", "list", repeat=True),
    Command("list.mark", "space", "list", needs_order=True, footer=60),
    Command("list.mark_all", "a", "list", needs_order=True, footer=65),
    Command("list.clear", "escape", "list"),
    Command("list.sort", "o", "list"),
    Command("list.filter", "f", "list", opens="tui.screens.filter:open_filter"),
    *(Command(f"tab.{tab.id}", str(tab.value), "tab", tab=tab) for tab in Tab),
    Command("tab.next", "tab,right", "tab"),
    Command("tab.previous", "shift+tab,left", "tab"),
    Command(
        "order.detail", "enter", needs_order=True, many=False,
        opens="tui.screens.detail:open_detail", footer=30,
    ),
    Command("order.confirm", "c", danger=Danger.LOCAL, guard=can_confirm, needs_order=True, footer=10),
    Command("order.undo", "u", danger=Danger.LOCAL, footer=0),
    Command(
        "order.ship", "s", danger=Danger.REMOTE, guard=can_ship, needs_order=True,
        opens="tui.screens.ship:open_ship", footer=20,
    ),
    Command(
        "order.cancel", "x", danger=Danger.REMOTE, guard=can_cancel, needs_order=True,
        opens="tui.screens.cancel:open_cancel", footer=72,
    ),
    Command(
        "order.answer", "r", danger=Danger.REMOTE, guard=can_answer, needs_order=True,
        opens="tui.screens.answer:open_answer", footer=25,
    ),
    Command(
        "order.label", "l", guard=can_print, needs_order=True,
        opens="tui.screens.paper:open_labels", footer=40,
    ),
    Command("order.picklist", "p", opens="tui.screens.paper:open_picklist"),
    Command("papers", "L", "order", opens="tui.screens.paper_progress:open_papers"),
    Command("packing", "B", "order", danger=Danger.LOCAL, opens="tui.screens.packing:open_packing"),
    Command("handover", "H", "order", danger=Danger.LOCAL, opens="tui.screens.handover:open_handover"),
    Command(
        "order.repack", "S", danger=Danger.REMOTE, guard=can_ship, needs_order=True,
        opens="tui.screens.repack:open_repack",
    ),
    Command(
        "order.number", "R", danger=Danger.REMOTE, guard=can_number, needs_order=True,
        opens="tui.screens.own_number:open_own_number",
    ),
    Command(
        "order.tracking", "t", guard=can_track, needs_order=True, many=False,
        opens="tui.screens.timeline:open_timeline", footer=42,
    ),
    Command(
        "order.message", "m", danger=Danger.REMOTE, needs_order=True, many=False,
        opens="tui.screens.message:open_message", footer=50,
    ),
    Command(
        "order.note", "n", danger=Danger.LOCAL, needs_order=True, many=False,
        opens="tui.screens.note:open_note",
    ),
    Command(
        "order.tags", "number_sign", danger=Danger.LOCAL, needs_order=True, opens="tui.screens.tags:open_tags",
    ),
    Command("batches", "b", "list", danger=Danger.LOCAL, opens="tui.screens.batches:open_batches"),
    Command("chats", "M", "app", opens="tui.screens.chats:open_chats"),
    Command("ticket", "T", needs_order=True, many=False, opens="tui.screens.ticket:open_ticket"),
    Command("order.copy", "y", needs_order=True),
    Command("stock", "W", "app", opens="tui.screens.stock:open_stock"),
    Command("checklist", "K", "order", opens="tui.screens.checklist:open_checklist"),
    Command("files", "I", "app", opens="tui.screens.imports:open_files"),
    Command("export", "E", "app", opens="tui.screens.export:open_export"),
    Command("actions", "A", "app", opens="tui.screens.results:open_actions"),
    Command("digest", "D", "app", opens="tui.screens.digest:open_digest"),
    Command("money", "U", "app", opens="tui.screens.money:open_money"),
    Command("performance", "P", "app", opens="tui.screens.performance:open_performance"),
    Command("rules", "O", "app", opens="tui.screens.rules:open_rules"),
    Command("search", "slash", "app", opens="tui.screens.search:open_search", footer=55),
    Command("palette", "colon,ctrl+p", "app", opens="tui.screens.palette:open_palette"),
    Command("help", "question_mark", "app", opens="tui.screens.help:open_help", footer=41),
    Command("notices", "exclamation_mark", "app", opens="tui.screens.notices:open_notices"),
    Command("sync", "f5", "app"),
    Command("theme", "f2", "app"),
    Command("quit", "q", "app", footer=80),
)  # fmt: skip
"""Every command, in the order of the help."""

BY_ID: Final[Mapping[str, Command]] = MappingProxyType({command.id: command for command in TABLE})

_SHOWN: Final = {
    "slash": "/", "colon": ":", "question_mark": "?", "exclamation_mark": "!", "number_sign": "#",
    "pagedown": "pgdn", "pageup": "pgup", "space": "␣", "escape": "esc", "down": "↓", "up": "↑",
    "left": "←", "right": "→",
}  # fmt: skip


def available(*, read_only: bool = False) -> tuple[Command, ...]:
    """The commands of this program as it runs: without the dangerous ones when it may only look.

    A command whose screen's module is not part of the installation is left out everywhere, so that no key,
    footer or help line promises what cannot be done.
    """
    return tuple(
        command
        for command in TABLE
        if (command.danger is Danger.NONE or not read_only) and _there(command.opens)
    )


@cache
def _there(opens: str | None) -> bool:
    return opens is None or find_spec(opens.partition(":")[0]) is not None


def display_key(keys: str) -> str:
    """The first of some keys as people know it: `slash` is `/`."""
    key = keys.partition(",")[0].strip()
    return _SHOWN.get(key, key)


def split(command: Command, rows: Sequence[OrderRow]) -> tuple[list[OrderRow], Counter[str]]:
    """The orders a command may be used on, and how many are held back for which reason (catalogue key)."""
    if command.guard is None:
        return list(rows), Counter()
    passed: list[OrderRow] = []
    held: Counter[str] = Counter()
    for row in rows:
        reason = command.guard(row)
        if reason is None:
            passed.append(row)
        else:
            held[reason] += 1
    return passed, held


def refusal(command: Command, rows: Sequence[OrderRow]) -> str | None:
    """The catalogue key of why a command does nothing on these orders; None when it would do something."""
    if command.needs_order and not rows:
        return "why.no_order"
    passed, held = split(command, rows)
    if command.needs_order and not passed:
        return held.most_common(1)[0][0]
    return None
