"""What became of wishes, for a script and for a person: the same shape for every command that acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tui import jsonout
from tui.cmd.context import FAILED, say
from tui.reasons import advice, cause, reason
from tui.strings import word
from tui.text import clean

if TYPE_CHECKING:
    from jobs.wishes.plans import Held
    from store.views import ActionRow, OrderDetail

BAD = frozenset({"refused", "unknown", "needs_person"})
"""States that make a command end with 1."""


class Result(NamedTuple):
    """What became of one package, for a script and for a person."""

    order_id: str
    package_id: str | None
    state: str
    code: int | None = None
    reason: str | None = None
    tracking_number: str | None = None
    why: str = ""
    advice: str = ""
    request_id: str | None = None
    """Of answers to requests; the others do not tell one."""

    @property
    def document(self) -> dict[str, str | int | None]:
        """As the contract spells it: without the words that follow from code and reason."""
        left_out = ("why", "advice") if self.request_id is not None else ("why", "advice", "request_id")
        return {name: value for name, value in self._asdict().items() if name not in left_out}


def of_action(row: ActionRow, detail: OrderDetail | None) -> Result:
    """What a row of the outbox says, with the number its parcel has by now."""
    number = number_of(detail, row.package_id)
    why, next_step = ("", "") if row.state == "done" else (cause(row), advice(row))
    if why and row.code is not None:
        why = f"{why} ({row.code})"
    # A script always gets a reason beside a refusal; the words of ours stand in for a silent platform.
    said = row.reason or (why or None)
    return Result(row.order_id, row.package_id, row.state, row.code, said, number, why, next_step)


def of_held(held: Held, number: str | None = None) -> Result:
    """What was held back, and why."""
    why = reason(held)
    return Result(held.order_id, held.package_id, "skipped", None, why, number, why)


def number_of(detail: OrderDetail | None, package_id: str | None) -> str | None:
    """The tracking number of one parcel of an order."""
    parcels = detail.parcels if detail else ()
    return next((parcel.tracking_number for parcel in parcels if parcel.package_id == package_id), None)


def told(results: Sequence[Result]) -> Iterator[str]:
    """A line per package, and below it why it is not done and what to do."""
    for row in results:
        state = word("state", row.state)
        known = (row.order_id, row.request_id, row.package_id, state, clean(row.tracking_number or ""))
        yield "  ".join(filter(None, known))
        if row.why:
            yield f"    {row.why}"
        if row.advice:
            yield f"    → {row.advice}"


def report(results: Sequence[Result], as_json: bool) -> None:
    """Print them; ends with exit code 1 when one of them is not as it was wished."""
    if as_json:
        jsonout.dump({"results": [row.document for row in results]})
    else:
        for line in told(results):
            say(line)
    if any(row.state in BAD for row in results):
        raise SystemExit(FAILED)
