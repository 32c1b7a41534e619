"""Shipping in a shop without API access: a person arranges it in Seller Center, and the next file shows it.

The wish is a row of the outbox like any other, but no sender has a client for the shop, so it stays `queued` while
it stands on the checklist (jobs/files/checklist.py). `reason` tells how far it is (store.views.BY_HAND), `sent_at`
since when a person says that it is done. It ends when a file shows the shipment arranged or the order cancelled:
a tick is what somebody said, a file is what Seller Center knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from jobs.wishes.plans import ShipLine
from store import actions, by_hand, changes
from store.by_hand import Wish
from store.records import OrderRecord
from store.status import SHIPPABLE, OrderStatus

TO_DO: Final = "by_hand"
TICKED: Final = "ticked"
STILL_TO_SHIP: Final = "still_to_ship"
"""The three of store.views.BY_HAND: on the checklist; done, says a person; not done, says a newer file."""
CANCELLED: Final = "cancelled_in_file"
"""Why a wish was refused: the file says that the order is cancelled."""

_ARRANGED: Final = frozenset(
    {OrderStatus.AWAITING_COLLECTION, OrderStatus.IN_TRANSIT, OrderStatus.DELIVERED, OrderStatus.COMPLETED}
)


class Reconciled(msgspec.Struct, frozen=True):
    """What a file showed of the wishes it tells about, by order id."""

    done: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()
    still_to_ship: tuple[str, ...] = ()
    """Ticked before the file's newest moment, and still to be shipped in it."""


def queue(conn: Connection, line: ShipLine, params: Mapping[str, Any], by: str, now: int, batch: str) -> bool:
    """Put a parcel on the checklist; False when its order, or it, is there already or done.

    Without a package the wish is the order's, and stands for every package that a later file names.
    """
    alive = by_hand.standing(conn, line.pk)
    if any(row.package_id is None for row in alive) or (line.package_id is None and alive):
        return False
    return actions.queue(
        conn,
        shop_id=line.shop_id,
        kind="ship",
        order_pk=line.pk,
        order_id=line.order_id,
        target=line.package_id or line.order_id,
        package_id=line.package_id,
        params=params,
        by=by,
        now=now,
        batch_id=batch,
        reason=TO_DO,
    ).created


def tick(conn: Connection, ids: Sequence[int], now: int, by: str) -> list[int]:
    """A person says that these wishes (row ids) are done in Seller Center; those that were not ticked before.

    What a file contradicted can be ticked again: then only a file that is newer still contradicts it.
    """
    changed = [wish for wish in by_hand.wishes(conn, ids) if wish.reason != TICKED]
    return _mark(conn, changed, TICKED, now, now, by)


def untick(conn: Connection, ids: Sequence[int], now: int, by: str) -> list[int]:
    """Take ticks back; the wishes that were ticked."""
    changed = [wish for wish in by_hand.wishes(conn, ids) if wish.sent_at is not None]
    return _mark(conn, changed, TO_DO, None, now, by)


def reconcile(
    conn: Connection,
    shop_id: int,
    import_id: int,
    records: Iterable[OrderRecord],
    stamp: int | None,
    now: int,
) -> Reconciled:
    """Judge the shop's open wishes by these orders of a file, in the transaction that takes them in.

    `stamp` is the newest moment that the file tells: it says nothing of what was ticked later. Orders arranged
    without a wish of ours need nothing here: their change of status is the news.
    """
    told = {record.order_id: record for record in records}
    found = by_hand.open_wishes(conn, shop_id, list(told))
    by, done, cancelled, contradicted = f"file:{import_id}", [], [], []
    for wish in found:
        record = told[wish.order_id]
        proof = {"source": "file", "import_id": import_id, "status": record.status, "told": record.raw_status}
        if record.status == OrderStatus.CANCELLED:
            actions.settle_by_hand(conn, wish.id, "refused", now=now, by=by, evidence=proof, reason=CANCELLED)
            cancelled.append(wish.order_id)
        elif _arranged(wish, record):
            actions.settle_by_hand(conn, wish.id, "done", now=now, by=by, evidence=proof, reason=None)
            done.append(wish.order_id)
        elif record.status in SHIPPABLE and wish.reason == TICKED and _before(wish.sent_at, stamp):
            contradicted.append(wish)
    _mark(conn, contradicted, STILL_TO_SHIP, None, now, by)
    return Reconciled(
        tuple(dict.fromkeys(done)),
        tuple(dict.fromkeys(cancelled)),
        tuple(dict.fromkeys(wish.order_id for wish in contradicted)),
    )


def _arranged(wish: Wish, record: OrderRecord) -> bool:
    if record.status in _ARRANGED:
        return True
    if record.status != OrderStatus.PARTIALLY_SHIPPING:
        return record.status == OrderStatus.AWAITING_SHIPMENT and record.shipped_at is not None
    # Some parcels are arranged, and the order's time does not say which: those that have a number.
    numbered = [parcel for parcel in record.packages if parcel.package_id == wish.package_id]
    return any(parcel.tracking_number for parcel in numbered)


def _before(ticked: int | None, stamp: int | None) -> bool:
    return ticked is not None and stamp is not None and ticked < stamp


_KINDS: Final = {TICKED: "order.ticked", TO_DO: "order.unticked", STILL_TO_SHIP: "order.still_to_ship"}


def _mark(
    conn: Connection, found: Sequence[Wish], reason: str, sent_at: int | None, now: int, by: str
) -> list[int]:
    """Move wishes on the checklist; one line in the history of each order."""
    moved = []
    for wish in found:
        # A tick that was contradicted keeps its moment: it can still be taken back.
        at = wish.sent_at if reason == STILL_TO_SHIP else sent_at
        if actions.mark_by_hand(conn, wish.id, reason, at):
            moved.append(wish)
    about = {(wish.shop_id, wish.order_pk, wish.order_id) for wish in moved}
    rows = [(now, *one, _KINDS[reason], None, None, None, by) for one in sorted(about, key=lambda it: it[2])]
    changes.append(conn, rows)
    return [wish.id for wish in moved]
