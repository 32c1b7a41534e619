"""The checklist's lines: what Seller Center says otherwise, the group to paste, what is ticked. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Final, NamedTuple

from textual.content import Content

from jobs.files.checklist import DIFFERENT, deadline_of, state_of
from store.reading.by_hand import ByHandRow
from tui.goods import goods
from tui.screens.checklist_cursor import Spot
from tui.screens.lines import entry, heading, moment, plain
from tui.strings import t
from tui.text import fit

TICKED_SHOWN: Final = 20
"""Ticked orders that are listed; the rest is a number."""
DIFFERENT_SHOWN: Final = 50
"""Orders that Seller Center tells otherwise; all of them are in the saved table."""


class Line(NamedTuple):
    """One line of the body, and the order it is about where the cursor can stand on it."""

    content: Content
    spot: Spot | None = None


def differences(rows: Sequence[ByHandRow], zone: tzinfo, room: int) -> Iterator[Line]:
    """Orders that the files tell otherwise than was wished or ticked, with the reason."""
    found = [row for row in rows if state_of(row) in DIFFERENT]
    if not found:
        return
    yield Line(Content.styled(t("checklist.different", n=len(found)), "bold $error"))
    for row in found[:DIFFERENT_SHOWN]:
        why = t(f"checklist.why.{state_of(row)}", at=moment(row.sent_at, zone))
        for content in entry(f"  ✗ {plain(row.order_id, 40)}  ", why, room, style="$error"):
            yield Line(content)
    if len(found) > DIFFERENT_SHOWN:
        yield Line(Content.styled("  " + t("checklist.more", n=len(found) - DIFFERENT_SHOWN), "$error"))


def of_group(
    ids: Sequence[str], rows: Sequence[ByHandRow], here: Spot | None, zone: tzinfo, room: int
) -> Iterator[Line]:
    """The orders of a group: one line each, whatever it holds."""
    shown = set(ids)
    parcels: dict[str, list[ByHandRow]] = {}
    for row in rows:
        if row.order_id in shown:
            parcels.setdefault(row.order_id, []).append(row)
    for one in ids:
        spot = Spot(one, False)
        yield Line(_order(parcels[one], _edge(spot, here), zone, room), spot)


def ticked(rows: Sequence[ByHandRow], here: Spot | None, zone: tzinfo) -> Iterator[Line]:
    """What waits for a file."""
    if not rows:
        return
    yield Line(heading(t("checklist.ticked", n=len(rows))))
    for row in rows[:TICKED_SHOWN]:
        spot = Spot(row.order_id, True)
        text = f"{plain(row.order_id, 40)}  {moment(row.sent_at, zone)}"
        content = Content.assemble(_edge(spot, here), ("✓ ", "$success"), (text, "$text-muted"))
        yield Line(content, spot)
    if len(rows) > TICKED_SHOWN:
        yield Line(Content.styled("  " + t("checklist.more", n=len(rows) - TICKED_SHOWN), "$text-muted"))


def _order(parcels: Sequence[ByHandRow], edge: tuple[str, str], zone: tzinfo, room: int) -> Content:
    row = parcels[0]
    again = any(state_of(one) == "still_to_ship" for one in parcels)
    due = deadline_of(row)
    about = (
        t("checklist.deadline", at=moment(due, zone)) if due is not None else "",
        plain(row.courier_name or row.courier, 20), plain(row.buyer, 24), plain(goods(row.summary), 80),
    )  # fmt: skip
    text = f"{plain(row.order_id, 40)}  {' · '.join(filter(None, about))}"
    sign = ("! ", "$error") if again else ("· ", "$text-muted")
    return Content.assemble(edge, sign, fit(text, max(room - 4, 8)).rstrip())


def _edge(spot: Spot, here: Spot | None) -> tuple[str, str]:
    """What stands before an order: the cursor, or nothing."""
    return ("▌ " if spot == here else "  ", "$accent")
