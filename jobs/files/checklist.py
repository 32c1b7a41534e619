"""What a person does in Seller Center for shops without API access: order ids to paste, and a table. Pure.

Seller Center's search takes a list of order ids; a hundred at a time is what its bulk shipping works through
without a hitch, so the ids come in groups of that size, the nearest deadline first.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from shop.files.guard import text_cell
from store.reading.by_hand import ByHandRow
from store.times import to_datetime

GROUP: Final = 100
"""Order ids pasted at a time."""
COLUMNS: Final = ("order_id", "package_id", "courier", "buyer", "items", "deadline", "state", "shop")

State = Literal["to_ship", "still_to_ship", "ticked", "cancel_requested", "cancelled"]
"""Not done yet; done, said a person, but a newer file says not; done, says a person; the buyer asks for a
cancellation, so do not ship; cancelled, says the newest file."""
TO_PASTE: Final = frozenset({"to_ship", "still_to_ship"})
"""States in which there is something to do in Seller Center."""
DIFFERENT: Final = frozenset({"still_to_ship", "cancel_requested", "cancelled"})
"""States in which Seller Center says otherwise than was wished or ticked."""


def state_of(row: ByHandRow) -> State:
    """Where a shipment stands, with what the files say of its order."""
    if row.state == "refused" or row.status == "CANCELLED":
        return "cancelled"
    if row.cancel_requested:
        return "cancel_requested"
    if row.reason == "ticked":
        return "ticked"
    return "still_to_ship" if row.reason == "still_to_ship" else "to_ship"


def deadline_of(row: ByHandRow) -> int | None:
    """The nearer of the two clocks, epoch ms."""
    return min((at for at in (row.arrange_by, row.scan_by) if at is not None), default=None)


def groups(rows: Iterable[ByHandRow], size: int = GROUP) -> list[list[str]]:
    """The order ids that are to be pasted, each once, in the order given and at most `size` at a time. The rows are
    of one shop: a login of Seller Center sees no other's orders."""
    ids = list(dict.fromkeys(row.order_id for row in rows if state_of(row) in TO_PASTE))
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def regrouped(before: Sequence[Sequence[str]], rows: Sequence[ByHandRow]) -> list[list[str]]:
    """The groups somebody works through, after a change: none gets an id that was not in it when it was copied.
    What is done leaves its group, what is new stands in groups of its own at the end."""
    now = groups(rows)
    wanted, known = {one for some in now for one in some}, {one for some in before for one in some}
    kept = [[one for one in some if one in wanted] for some in before]
    return [*filter(None, kept), *groups(row for row in rows if row.order_id not in known)]


def pasted(ids: Sequence[str], between: str = "\n") -> str:
    """A group as text: one a line, or joined with a comma."""
    return between.join(ids)


def by_shop(rows: Iterable[ByHandRow]) -> dict[str, list[ByHandRow]]:
    """The rows of each shop, by its name, in the order given."""
    found: dict[str, list[ByHandRow]] = {}
    for row in rows:
        found.setdefault(row.shop, []).append(row)
    return found


def table(rows: Iterable[ByHandRow], zone: ZoneInfo) -> str:
    """The whole checklist as CSV, safe to open in a spreadsheet: ids stay text, and no cell is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        cells = (
            row.order_id, row.package_id or "", row.courier_name or row.courier or "", row.buyer or "", row.summary,
            _when(deadline_of(row), zone), state_of(row), row.shop,
        )  # fmt: skip
        writer.writerow([text_cell(cell) for cell in cells])
    return out.getvalue()


def _when(at: int | None, zone: ZoneInfo) -> str:
    if at is None:
        return ""
    when: datetime = to_datetime(at, zone)
    return f"{when:%Y-%m-%d %H:%M}"
