"""Manifests: what is given to which courier, as proof. Reading them: store/reading/manifests.py.

A manifest is open, then closed; closed it never changes again, and every function here that would change it
raises ManifestError. A mistake found later is put right by another manifest. What a parcel's state means is
said in store/models/handover.py; whether a parcel may go is decided in jobs/handover/manifests.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, and_, func, select, update

from store import changes
from store.bulk import insert_into, one_writer, table_of
from store.manifest_state import LIVE, open_id
from store.models import Manifest, ManifestParcel
from store.reading.manifests import OTHER
from store.times import jakarta_day

_MANIFESTS = table_of(Manifest)
_PARCELS = table_of(ManifestParcel)

NAME_LIMIT: Final = 60
"""Characters kept of a person's name."""


ACTORS: Final = frozenset({"seller", "cli", "job"})
"""Who acts without a name."""


class ManifestError(Exception):
    """Why a manifest does not change: `closed`, `unknown`, `checking` (a check has no answer yet), `stopped`
    (a parcel must not go), or `empty`."""

    def __init__(self, reason: str, number: str = "") -> None:
        super().__init__(f"{number}: {reason}" if number else reason)
        self.reason = reason
        self.number = number


class Scanned(msgspec.Struct, frozen=True):
    """A parcel that was scanned, as its row keeps it."""

    shop_id: int
    package_id: str
    order_pk: int
    order_id: str
    tracking_number: str


def open_manifest(conn: Connection, courier: str, courier_name: str | None, by: str, now: int) -> int:
    """The row id of the open manifest for a courier, made when there is none."""
    one_writer(conn)
    if (known := open_id(conn, courier)) is not None:
        return known
    row = {
        "number": _next_number(conn, courier, now),
        "courier": courier,
        "courier_name": courier_name,
        "opened_at": now,
        "opened_by": _name(by) or "seller",
    }
    return int(
        conn.execute(insert_into(conn, _MANIFESTS).values(**row).returning(_MANIFESTS.c.id)).scalar_one()
    )


def put(
    conn: Connection,
    manifest_id: int,
    parcel: Scanned,
    by: str,
    now: int,
    *,
    state: str = "checking",
    reason: str | None = None,
) -> None:
    """A parcel was scanned: it stands on the manifest as `state`. Scanned again, its row begins anew."""
    head = _open_head(conn, manifest_id)
    values = {
        "manifest_id": manifest_id,
        **msgspec.structs.asdict(parcel),
        "scanned_at": now,
        "scanned_by": _name(by) or "seller",
        "state": state,
        "reason": reason,
        "checked_at": None,
    }
    add = insert_into(conn, _PARCELS).values(**values)
    again = {name: add.excluded[name] for name in values if name not in ("manifest_id", "package_id")}
    conn.execute(add.on_conflict_do_update(index_elements=["manifest_id", "package_id"], set_=again))
    kind = "handover.stopped" if state == "stopped" else "handover.scanned"
    _tell(conn, head, [parcel], kind, now, by, reason=reason)


def passed(conn: Connection, manifest_id: int, package_ids: Sequence[str], now: int) -> int:
    """The platform has just said that these parcels may go; how many that concerned."""
    _open_head(conn, manifest_id)
    here = _here(manifest_id, package_ids, *LIVE)
    return conn.execute(update(_PARCELS).where(here).values(state="on", reason=None, checked_at=now)).rowcount


def stop(conn: Connection, manifest_id: int, package_id: str, reason: str, now: int, by: str = "job") -> bool:
    """A parcel on an open manifest must not go after all; False when it did not stand there."""
    head = _open_head(conn, manifest_id)
    edit = (
        update(_PARCELS).where(_here(manifest_id, [package_id], *LIVE)).values(state="stopped", reason=reason)
    )
    return _told(conn, head, edit, "handover.stopped", now, by, reason=reason) > 0


def wait(conn: Connection, manifest_id: int, package_ids: Sequence[str], problem: str) -> None:
    """Why the check of these parcels has no answer yet; they stay `checking`."""
    _open_head(conn, manifest_id)
    here = _here(manifest_id, package_ids, "checking")
    conn.execute(update(_PARCELS).where(here).values(reason=problem))


def accept(conn: Connection, manifest_id: int, package_ids: Sequence[str], by: str, now: int) -> int:
    """A person takes parcels although the platform could not be asked, and answers for it; how many."""
    head = _open_head(conn, manifest_id)
    here = _here(manifest_id, package_ids, "checking")
    edit = update(_PARCELS).where(here).values(state="on", reason="unchecked")
    return _told(conn, head, edit, "handover.unchecked", now, by)


def remove(conn: Connection, manifest_id: int, package_id: str, by: str, now: int) -> bool:
    """Take a parcel off an open manifest; the row stays as `removed`."""
    head = _open_head(conn, manifest_id)
    edit = update(_PARCELS).where(_here(manifest_id, [package_id], *LIVE, "stopped")).values(state="removed")
    return _told(conn, head, edit, "handover.removed", now, by) > 0


def close(conn: Connection, manifest_id: int, by: str, now: int, received_by: str | None = None) -> str:
    """Seal it; the answer is its digest. Raises ManifestError while a parcel is still being checked, and for a
    manifest without parcels."""
    head = _open_head(conn, manifest_id)
    counted = (
        select(_PARCELS.c.state, func.count().label("parcels"))
        .where(_PARCELS.c.manifest_id == manifest_id)
        .group_by(_PARCELS.c.state)
    )
    states = {row.state: row.parcels for row in conn.execute(counted)}
    if states.get("checking"):
        raise ManifestError("checking", head.number)
    if not states.get("on"):
        raise ManifestError("empty", head.number)
    name = _name(received_by)
    closing = {"closed_at": now, "closed_by": _name(by) or "seller", "received_by": name}
    conn.execute(update(_MANIFESTS).where(_MANIFESTS.c.id == manifest_id).values(**closing))
    digest = hashlib.sha256(seal(conn, manifest_id)).hexdigest()
    conn.execute(update(_MANIFESTS).where(_MANIFESTS.c.id == manifest_id).values(digest=digest))
    given = [Scanned(*row) for row in conn.execute(_scanned().where(_here(manifest_id, None, "on")))]
    _tell(conn, head, given, "handover.given", now, by)
    detail = changes.detail(manifest=head.number, courier=head.courier, parcels=len(given), received_by=name)
    changes.append(
        conn, [(now, None, None, None, "handover.closed", None, head.number, detail, actor_of(by))]
    )
    return digest


def seal(conn: Connection, manifest_id: int) -> bytes:
    """What the digest is taken of: canonical JSON (sorted keys, no spaces, ASCII) of the head and every parcel
    that was handed over, by package id."""
    head = _head(conn, manifest_id)
    names = (
        *("package_id", "order_id", "tracking_number", "scanned_at", "scanned_by"),
        *("reason", "checked_at"),
    )
    query = select(*(_PARCELS.c[name] for name in names)).where(_here(manifest_id, None, "on"))
    rows = sorted(conn.execute(query), key=lambda row: str(row.package_id))
    document = {
        "number": head.number,
        "courier": head.courier,
        "closed_at": head.closed_at,
        "closed_by": head.closed_by,
        "received_by": head.received_by,
        "parcels": [dict(zip(names, row, strict=True)) for row in rows],
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def verify(conn: Connection, manifest_id: int) -> bool | None:
    """Whether a closed manifest is what was sealed; None while it is open."""
    digest = _head(conn, manifest_id).digest
    return None if digest is None else hashlib.sha256(seal(conn, manifest_id)).hexdigest() == digest


def actor_of(by: str) -> str:
    """The feed's word for somebody: a named person is the seller."""
    return by if by in ACTORS else "seller"


def _next_number(conn: Connection, courier: str, now: int) -> str:
    start = f"ST-{jakarta_day(now).replace('-', '')}-{(courier or OTHER).upper()}-"
    taken = conn.execute(
        select(_MANIFESTS.c.number).where(_MANIFESTS.c.number.startswith(start, autoescape=True))
    )
    last = max(
        (int(number[len(start) :]) for number in taken.scalars() if number[len(start) :].isdigit()), default=0
    )
    return f"{start}{last + 1:02d}"


def _head(conn: Connection, manifest_id: int) -> Any:
    row = conn.execute(select(_MANIFESTS).where(_MANIFESTS.c.id == manifest_id)).one_or_none()
    if row is None:
        raise ManifestError("unknown")
    return row


def _open_head(conn: Connection, manifest_id: int) -> Any:
    """The manifest, which nobody else closes before this transaction ends. Raises ManifestError."""
    one_writer(conn)
    head = _head(conn, manifest_id)
    if head.closed_at is not None:
        raise ManifestError("closed", head.number)
    return head


def _here(manifest_id: int, package_ids: Sequence[str] | None, *states: str) -> Any:
    found = and_(_PARCELS.c.manifest_id == manifest_id, _PARCELS.c.state.in_(states))
    return found if package_ids is None else and_(found, _PARCELS.c.package_id.in_(package_ids))


def _scanned() -> Any:
    return select(*(_PARCELS.c[name] for name in Scanned.__struct_fields__))


def _told(
    conn: Connection, head: Any, edit: Any, kind: str, now: int, by: str, *, reason: str | None = None
) -> int:
    """Run an edit and append a change per parcel it touched; how many."""
    returning = edit.returning(*(_PARCELS.c[name] for name in Scanned.__struct_fields__))
    touched = sorted((Scanned(*row) for row in conn.execute(returning)), key=lambda one: one.package_id)
    _tell(conn, head, touched, kind, now, by, reason=reason)
    return len(touched)


def _tell(
    conn: Connection,
    head: Any,
    parcels: Sequence[Scanned],
    kind: str,
    now: int,
    by: str,
    *,
    reason: str | None = None,
) -> None:
    rows = []
    for one in parcels:
        about = changes.detail(
            manifest=head.number,
            courier=head.courier,
            package_id=one.package_id,
            tracking_number=one.tracking_number,
            reason=reason,
            person=None if by in ACTORS else _name(by),
        )
        rows.append(
            (now, one.shop_id, one.order_pk, one.order_id, kind, None, head.number, about, actor_of(by))
        )
    changes.append(conn, rows)


def _name(text: str | None) -> str | None:
    return (text or "").replace("\0", "").encode("utf-8", "ignore").decode().strip()[:NAME_LIMIT] or None
