"""The outbox: what people and rules want done on the platform, with exactly-once effect (docs/outbox.md).

A row moves only through the functions here, each in the caller's transaction together with its change row and
the order's `action_state`. Whoever works on a row holds a lease and a fence; a write that carries an old
fence touches nothing and answers False: somebody else owns the row, drop what you know.

    queued -> sending -> done | refused | unknown | queued
    unknown -> done | refused | queued | needs_person        needs_person -> queued | cancelled (a person)
    queued | refused -> cancelled
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, func, or_, select, update

from store import packages
from store.bulk import clock, one_writer, table_of
from store.models import Shop
from store.transitions import ACTIONS, LIVE, SENDERS, by_person, fenced, insert, locked, move
from store.views import ActionRow

_A = ACTIONS
_SHOPS: Final = table_of(Shop)
_ROW: Final = [_A.c[name] for name in ActionRow.__struct_fields__]
_ENDS: Final = frozenset({"done", "refused", "cancelled"})
_CHUNK: Final = 500
"""Values in one IN list: both databases cap them, SQLite lowest."""
_LAST: Final = _ENDS | {"needs_person"}


class Queued(msgspec.Struct, frozen=True):
    """The answer to a wish: a row of its own, or the live row that stands in its way."""

    action_id: int
    created: bool
    existing: ActionRow | None = None
    same: bool = True
    """Whether the existing row asks for the very same thing; if not, show both and merge nothing."""


class Claimed(msgspec.Struct, frozen=True):
    """A row leased to us. `state` is `queued` (read, then send) or `unknown` (read only)."""

    id: int
    shop_id: int
    kind: str
    target: str
    order_pk: int | None
    order_id: str
    package_id: str | None
    batch_id: str | None
    params: str
    """JSON object, as queued."""
    state: str
    fence: int
    lease_until: int
    due_at: int
    signed_at: int | None
    sent_at: int | None
    attempts: int
    reads: int
    code: int | None
    reason: str | None
    requested_by: str
    requested_at: int


def queue(
    conn: Connection,
    *,
    shop_id: int,
    kind: str,
    order_pk: int | None,
    order_id: str,
    target: str,
    package_id: str | None,
    params: Mapping[str, Any],
    by: str,
    now: int,
    batch_id: str | None = None,
    reason: str | None = None,
) -> Queued:
    """Write a wish down. A live row for the same shop, kind and target wins: nothing is queued twice.

    `done` counts as live: what was done once through here is never done again by a second key press. `reason`
    says why it waits where no sender will take it (store.views.BY_HAND).
    """
    one_writer(conn)
    body = msgspec.json.encode(params, order="sorted").decode()
    wish = {
        "shop_id": shop_id, "kind": kind, "target": target, "order_pk": order_pk, "order_id": order_id,
        "package_id": package_id, "batch_id": batch_id, "params": body, "params_hash": _hash(body),
        "due_at": now, "requested_by": by, "requested_at": now, "reason": reason,
    }  # fmt: skip
    action_id = insert(conn, wish, now, by)
    if action_id is not None:
        return Queued(action_id, created=True)
    same_target = (_A.c.shop_id == shop_id) & (_A.c.kind == kind) & (_A.c.target == target)
    live = conn.execute(select(*_ROW, _A.c.params_hash).where(same_target, LIVE)).one()
    return Queued(live.id, False, ActionRow(*live[:-1]), live.params_hash == wish["params_hash"])


def anything_due(conn: Connection, shop_id: int, now: int) -> bool:
    """Whether a claim could find something; a row that somebody holds counts as well."""
    due = select(_A.c.id).where(_A.c.state.in_(SENDERS), _A.c.due_at <= now, _A.c.shop_id == shop_id)
    return conn.execute(due.limit(1)).first() is not None


def unfinished(conn: Connection, before: int) -> int:
    """How many actions asked for before this moment have no end yet, of those that a sender carries out."""
    by_hand = select(_SHOPS.c.id).where(_SHOPS.c.kind == "file")
    old = select(func.count()).where(
        _A.c.state.in_(SENDERS), _A.c.requested_at < before, _A.c.shop_id.not_in(by_hand)
    )
    return int(conn.execute(old).scalar_one())


def claim(
    conn: Connection, *, owner: str, now: int, lease_ms: int, limit: int, shop_id: int | None = None
) -> list[Claimed]:
    """Lease due rows that nobody holds, oldest first, each with a new fence.

    A `sending` row whose lease ran out belonged to somebody who died or was suspended: nobody knows what the
    platform did, so it comes back as `unknown`. That is all there is to recovery.
    """
    time = clock(conn, now)
    mine = () if shop_id is None else (_A.c.shop_id == shop_id,)
    lapsed = select(_A).where(_A.c.state == "sending", _A.c.lease_until <= time, *mine)
    if conn.execute(lapsed.limit(1)).first() is not None:
        one_writer(conn)
        for row in conn.execute(lapsed).all():
            lost = {"owner": None, "lease_until": None, "due_at": now, "fence": row.fence + 1}
            move(conn, row, "unknown", now, "job", lost, _A.c.fence == row.fence)
    due = (
        select(_A.c.id)
        .where(
            _A.c.state.in_(("queued", "unknown")),
            _A.c.due_at <= now,
            or_(_A.c.lease_until.is_(None), _A.c.lease_until <= time),
            *mine,
        )
        .order_by(_A.c.due_at, _A.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)  # says nothing on SQLite, where BEGIN IMMEDIATE stands for it
        .cte("due")
    )
    take = (
        update(_A)
        .where(_A.c.id.in_(select(due.c.id)))
        .values(owner=owner, lease_until=time + lease_ms, fence=_A.c.fence + 1)
        .returning(*(_A.c[name] for name in Claimed.__struct_fields__))
    )
    return sorted((Claimed(*row) for row in conn.execute(take)), key=lambda row: (row.due_at, row.id))


def mark_sending(conn: Connection, action_id: int, fence: int, now: int, signed_at: int) -> bool:
    """Write ahead: commit this before the first byte leaves. False: the row is lost, send nothing.

    `signed_at` is the moment the request will be signed for, by the sender's clock; quiet time counts from it.
    """
    holds = (_A.c.state == "queued") & (_A.c.lease_until > clock(conn, now))
    values = {"signed_at": signed_at, "sent_at": now, "attempts": _A.c.attempts + 1, "reads": 0}
    return fenced(conn, action_id, fence, "sending", now, values, holds)


def finish(
    conn: Connection,
    action_id: int,
    fence: int,
    state: str,
    *,
    now: int,
    code: int | None = None,
    reason: str | None = None,
    evidence: object = None,
    tracking_number: str | None = None,
) -> bool:
    """The sender's last word: done, refused, cancelled or needs_person.

    `evidence` is a small JSON-able fact ("what the read said"). A tracking number goes to the parcel at once.
    """
    if state not in _LAST:
        raise ValueError(state)
    values = {"code": code, "reason": reason, "owner": None, "lease_until": None}
    if evidence is not None:
        values["evidence"] = msgspec.json.encode(evidence).decode()
    if state in _ENDS:
        values["done_at"] = now
    if not fenced(conn, action_id, fence, state, now, values):
        return False
    if state == "done" and tracking_number:
        row = conn.execute(select(_A.c.shop_id, _A.c.package_id).where(_A.c.id == action_id)).one()
        if row.package_id is not None:
            packages.set_number(conn, row.shop_id, row.package_id, tracking_number)
    return True


def requeue(
    conn: Connection,
    action_id: int,
    fence: int,
    due_at: int,
    *,
    now: int,
    code: int | None = None,
    reason: str | None = None,
    uncount: bool = False,
) -> bool:
    """Not executed for certain, or proven so by two reads after the quiet time: due again at `due_at`.

    `uncount` takes the last send off the attempts again: it did not get as far as being one.
    """
    values: dict[str, Any] = {"due_at": due_at, "code": code, "reason": reason, "signed_at": None, "reads": 0}
    values |= {"owner": None, "lease_until": None}
    if uncount:
        values["attempts"] = _A.c.attempts - 1
    return fenced(conn, action_id, fence, "queued", now, values)


def park_unknown(
    conn: Connection,
    action_id: int,
    fence: int,
    due_at: int,
    reads: int,
    *,
    now: int,
    code: int | None = None,
    reason: str | None = None,
) -> bool:
    """Still unknown: look again at `due_at`; `reads` is how many said "not done yet" so far."""
    values: dict[str, Any] = {"due_at": due_at, "reads": reads, "owner": None, "lease_until": None}
    values |= {key: value for key, value in (("code", code), ("reason", reason)) if value is not None}
    return fenced(conn, action_id, fence, "unknown", now, values)


def ending(conn: Connection, pks: Sequence[int]) -> dict[int, ActionRow]:
    """The wish of ours that ends an order, under way or carried out: its cancellation, or our yes to the buyer's."""
    ends = (_A.c.kind == "cancel") | ((_A.c.kind == "approve") & _A.c.target.like("%:APPROVE_REQUEST_CANCEL"))
    found: dict[int, ActionRow] = {}
    for start in range(0, len(pks), _CHUNK):
        some = pks[start : start + _CHUNK]
        query = select(*_ROW).where(
            _A.c.order_pk.in_(some), ends, _A.c.state.not_in(("refused", "cancelled"))
        )
        found |= {row.order_pk: ActionRow(*row) for row in conn.execute(query)}
    return found


def cancel(conn: Connection, action_id: int, now: int, by: str) -> bool:
    """Take a wish back while nothing was sent, also from under a sender that has only claimed it."""
    return by_person(conn, action_id, ("queued",), "cancelled", now, by, {"done_at": now})


def drop(conn: Connection, action_id: int, now: int, by: str) -> bool:
    """A person lets it be: queued, refused or undecided becomes cancelled and asks for nothing any more."""
    return by_person(
        conn, action_id, ("queued", "refused", "needs_person"), "cancelled", now, by, {"done_at": now}
    )


def retry(conn: Connection, action_id: int, now: int, by: str) -> bool:
    """Try again: a refused wish as a new row, an undecided one as the same row after a person's override.

    False when the row is in another state, or when another live row has the target by now.
    """
    row = locked(conn, action_id)
    if row is None:
        return False
    if row.state == "refused":
        kept = ("shop_id", "kind", "target", "order_pk", "order_id", "package_id", "params", "params_hash")
        again = {name: getattr(row, name) for name in kept}
        again |= {"due_at": now, "requested_by": by, "requested_at": now}
        return insert(conn, again, now, by) is not None
    values = {"due_at": now, "signed_at": None, "reads": 0}
    return by_person(conn, action_id, ("needs_person",), "queued", now, by, values)


def mark_by_hand(conn: Connection, action_id: int, reason: str, sent_at: int | None) -> bool:
    """How far a person is with a queued wish (store.views.BY_HAND), and since when it is said to be done."""
    one_writer(conn)
    edit = update(_A).where(_A.c.id == action_id, _A.c.state == "queued")
    return conn.execute(edit.values(reason=reason, sent_at=sent_at)).rowcount > 0


def settle_by_hand(
    conn: Connection, action_id: int, state: str, *, now: int, by: str, evidence: object, reason: str | None
) -> bool:
    """What a file shows of a wish that a person carries out: `done` or `refused`."""
    values = {"done_at": now, "reason": reason, "evidence": msgspec.json.encode(evidence).decode()}
    return by_person(conn, action_id, ("queued",), state, now, by, values)


def _hash(body: str) -> str:
    return blake2b(body.encode(), digest_size=8).hexdigest()
