"""What a person (or a rule) wants: looked up, checked (jobs/wishes/plans.py), shown, then written down.

Planning changes nothing. Only `queue_ship`, `confirm`, `unconfirm` and `retry` write, each within the one
transaction of its caller. Nothing here talks to the platform: the sender does, later, and looks again first.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, select

from jobs.config.keys import Keys
from jobs.files import by_hand
from jobs.outbox.kinds import KINDS
from jobs.stock.wishes import overtaken
from jobs.wishes.candidates import candidates, needs
from jobs.wishes.plans import (
    SOFT,
    ConfirmPlan,
    Held,
    ShipChoice,
    ShipLine,
    ShipPlan,
    confirm_plan,
    ship_plan,
)
from store import actions, desk, orders
from store.bulk import one_writer, table_of
from store.models import Action
from store.status import HOLD
from store.views import ActionRow

__all__ = (
    "SOFT", "ConfirmPlan", "Confirmed", "Held", "Progress", "ShipChoice", "ShipLine", "ShipPlan", "confirm",
    "overtaken", "plan_confirm", "plan_ship", "progress", "queue_ship", "retry", "unconfirm",
)  # fmt: skip

_ACTIONS: Final = table_of(Action)
NO_CHOICE: Final = ShipChoice()


class Progress(msgspec.Struct, frozen=True):
    """How far a batch is: its rows, and how many stand in each state."""

    rows: tuple[ActionRow, ...]
    counts: dict[str, int]

    @property
    def finished(self) -> bool:
        """Whether the sender has nothing left to do with it."""
        return not any(self.sender.get(state) for state in ("queued", "sending", "unknown"))

    @property
    def sender(self) -> dict[str, int]:
        """The counts without what a person carries out in Seller Center."""
        return dict(Counter(row.state for row in self.rows if not row.by_hand))


class Confirmed(msgspec.Struct, frozen=True):
    """What became of a confirmation."""

    done: tuple[int, ...]
    """Orders that were not confirmed before: what an undo takes back."""
    held: tuple[Held, ...]
    """Orders that stay as they were, and why."""


def plan_ship(
    conn: Connection,
    pks: Sequence[int],
    now: int,
    settings: Keys,
    choice: ShipChoice = NO_CHOICE,
) -> ShipPlan:
    """What shipping these orders would do; COD orders above the limit are held for a second look."""
    found = candidates(conn, pks)
    limit = settings.ship.cod_review_above or None
    return ship_plan(found, needs(conn, found), choice, now=now, cod_limit=limit)


def queue_ship(conn: Connection, plan: ShipPlan, by: str, now: int, override: Collection[int] = ()) -> str:
    """Write the plan down, one action per package, and confirm its orders; the batch's id for `progress`.

    What a person arranges in Seller Center goes on the checklist instead: no sender takes it.

    `override`: order pks whose soft reason a person has overruled. A package that got a live action since the
    plan was made is left to that action, an order that got the tag `tahan` is left alone. Raises ValueError for one
    tracking number on several packages.
    """
    batch = secrets.token_hex(8)
    overruled = [line for held in plan.held if held.pk in override and held.soft for line in held.lines]
    lines = [*plan.ok, *overruled]
    tags = desk.tags_of(conn, [line.pk for line in lines])
    lines = [line for line in lines if HOLD not in tags.get(line.pk, ())]
    if plan.choice.tracking_number is not None and len(lines) > 1:
        raise ValueError("one tracking number for several packages")
    orders.confirm(conn, list(dict.fromkeys(line.pk for line in lines)), now, by)
    for line in lines:
        if line.by_hand:
            by_hand.queue(conn, line, plan.choice.params(), by, now, batch)
            continue
        assert line.package_id is not None  # only files leave it out
        actions.queue(
            conn,
            shop_id=line.shop_id,
            kind="ship",
            order_pk=line.pk,
            order_id=line.order_id,
            target=line.package_id,
            package_id=line.package_id,
            params=plan.choice.params(),
            by=by,
            now=now,
            batch_id=batch,
        )
    return batch


def plan_confirm(conn: Connection, pks: Sequence[int]) -> ConfirmPlan:
    """Which of these orders a confirmation fits, and why not the others."""
    found = candidates(conn, pks)
    return confirm_plan(found, needs(conn, found))


def confirm(conn: Connection, pks: Sequence[int], by: str, now: int, *, note_read: bool = False) -> Confirmed:
    """Confirm what a confirmation fits now, over the stock that is left now; what was confirmed before stays so.

    `note_read`: see `confirm_plan`.
    """
    # No lock while the goods are looked at: who gets the last piece follows from all open orders, not from who asks
    # first, so two seats that look at once come to the same answer.
    fresh = [order for order in candidates(conn, pks) if order.confirmed_at is None]
    plan = confirm_plan(fresh, needs(conn, fresh), note_read=note_read)
    return Confirmed(tuple(orders.confirm(conn, plan.ok, now, by)), plan.held)


def unconfirm(conn: Connection, pks: Sequence[int], by: str, now: int) -> list[int]:
    """Take confirmations back; the answer is the orders that were confirmed before."""
    return orders.unconfirm(conn, pks, now, by)


def progress(conn: Connection, batch_id: str) -> Progress:
    """How far a batch is."""
    columns = [_ACTIONS.c[name] for name in ActionRow.__struct_fields__]
    found = conn.execute(select(*columns).where(_ACTIONS.c.batch_id == batch_id).order_by(_ACTIONS.c.id))
    rows = tuple(ActionRow(*row) for row in found)
    return Progress(rows, dict(Counter(row.state for row in rows)))


def retry(conn: Connection, action_id: int, by: str, now: int, typed: str = "") -> bool:
    """Try a refused or undecided action again.

    A kind the platform would repeat is only sent again when the person has `typed` the last four signs of its
    target after seeing what is known: nobody can prove that it did not happen. An old number of a SKU never goes over
    a newer one (jobs.stock.wishes.overtaken).
    """
    query = select(*(_ACTIONS.c[name] for name in ("kind", "target", "state", "reason")))
    row = conn.execute(query.where(_ACTIONS.c.id == action_id)).one_or_none()
    if row is None or row.reason == by_hand.CANCELLED:
        return False  # no second try brings an order back that Seller Center cancelled
    one_writer(conn)
    if overtaken(conn, action_id):
        return False
    safe = row.state == "refused" or (row.kind in KINDS and KINDS[row.kind].resendable)
    if not safe and typed != row.target[-4:]:
        return False
    return actions.retry(conn, action_id, now, by)
