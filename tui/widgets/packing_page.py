"""The packing table's page: title, body and keys of what stands on it. Pure."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from tui.screens.lines import plain
from tui.strings import t
from tui.widgets import packing_view as view
from tui.widgets.packing_desk import Desk

BANNER: Final = 14
"""Lines from which the large words have a frame."""


def title(desk: Desk) -> str:
    """Who packs, and the day so far."""
    told = f"{t('packing.title')} · {t('packing.packer', name=plain(desk.packer, 30))}"
    # The empty table shows the day itself.
    if desk.day is not None and (desk.stop is not None or desk.choices or desk.open_id is not None):
        told += " · " + t("packing.today", packed=desk.day.packed, stopped=desk.day.stopped)
    return told


def body(desk: Desk, room: int, height: int) -> tuple[list[Content], list[int]]:
    """The lines, and at which of them each item begins; `height`: lines there is room for."""
    tall = height >= BANNER
    sight = desk.sight
    parcel, row = (sight.parcel, sight.row) if sight is not None else (None, None)
    if (stop := desk.stop) is not None:
        lines = list(view.stop_lines(stop, room, desk.zone, tall=tall))
        if not desk.teachable or parcel is None or row is None:
            return lines, []
        # A code can be taught to one of the items, so they have to be seen.
        more, places = view.item_lines(
            row.contents, desk.place, room, tall=False, several=len(parcel.parts) > 1, coloured=False
        )
        return [*lines, Content(""), *more], [place + len(lines) + 1 for place in places]
    if desk.choices:
        return list(view.choice_lines(desk.choices, desk.place, room)), []
    if desk.open_id is not None and parcel is not None and row is not None:
        head = list(view.parcel_lines(parcel, row.contents, room))
        several, tall = len(parcel.parts) > 1, len(head) + view.TALL * len(desk.lines) <= height
        more, places = view.item_lines(row.contents, desk.place, room, tall=tall, several=several)
        return [*head, *more], [place + len(head) for place in places]
    return list(view.waiting_lines(desk.day, room, desk.zone, tall=tall)), []


def progress(desk: Desk, room: int) -> Content | None:
    """How much of an open parcel is in; it stays in sight while the items scroll."""
    if desk.open_id is None or desk.stop is not None or desk.row is None:
        return None
    return view.progress(desk.row.contents, room)


def keys(desk: Desk) -> list[str]:
    """What can be pressed now."""
    if desk.question is not None:
        return [_asking(desk, desk.question), t("packing.key.yes"), t("packing.key.no")]
    if desk.stop is not None:
        teach = [t("packing.key.move"), t("packing.key.teach_here", name=desk.item)] if desk.teachable else []
        soft = [t("packing.key.overrule")] if desk.overrulable else []
        return [t("packing.key.acknowledge"), *teach, *soft]
    if desk.choices:
        return [t("packing.key.move"), t("packing.key.take"), t("packing.key.leave")]
    if desk.open_id is not None:
        teach = [t("packing.key.teach", code=plain(desk.unknown, 16))] if desk.unknown else []
        names = ("finish", "count", "type_item", "label", "packer", "abort")
        return [*teach, *(t(f"packing.key.{name}") for name in names)]
    cursor = desk.cursor
    here = [t("packing.key.cursor", end=plain(cursor.order_id, 40)[-6:])] if cursor is not None else []
    label = [t("packing.key.label")] if desk.sight is not None and desk.sight.parcel is not None else []
    return [t("packing.key.type"), *here, *label, t("packing.key.packer"), t("packing.key.leave")]


def _asking(desk: Desk, question: str) -> str:
    shared = question == "finish" and desk.row is not None and desk.row.contents.shared
    key = f"packing.ask.{question}.shared" if shared else f"packing.ask.{question}"
    name = plain(desk.packer, 30) if question == "overrule" else desk.item
    return "? " + t(key, n=desk.left, code=plain(desk.unknown, 40), name=name)
