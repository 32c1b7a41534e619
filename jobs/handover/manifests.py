"""Hand-over: what a scan and a closing do, each in one transaction. The rules: jobs/handover/rules.py.

A scanned parcel is looked up, judged by what is stored, and goes onto the manifest as `checking`; the background
(jobs/handover/check.py) then asks the platform and makes it `on` or `stopped`. An order can be cancelled between
packing and hand-over, so nothing is `on` without such an answer unless a person takes it on themselves.
docs/handover.md tells it for sellers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from jobs.handover.facts import find, parcels, table_used
from jobs.handover.rules import Parcel, judge
from store import changes, manifests
from store.bulk import one_writer
from store.manifest_state import Standing, Unsettled, live, open_id, standing

NO_ROW: Final = frozenset({"unknown", "ambiguous", "other_courier", "handed_over"})
"""Stops that put nothing onto the manifest: the parcel is not ours to judge, or does not belong there."""


STANDS: Final = frozenset({"on_manifest", "other_manifest"})
"""Warnings about a good parcel that stands on an open manifest: scanned twice, it stays as it is."""


class Verdict(msgspec.Struct, frozen=True):
    """What is to be done with a scanned parcel."""

    code: str
    parcel: Parcel | None = None
    stop: str | None = None
    """Why it must not go, as a stable code (`stop.<code>` in the catalogues of the screen); None: it may."""
    warning: str | None = None
    """`not_packed`: nobody packed it at the table today, though others were. `on_manifest`: it stands rightly on
    this open manifest already; `other_manifest`: on another open one. Nothing is written then."""
    standing: Standing | None = None
    """The manifest it stands on already."""
    manifest_id: int | None = None
    """The manifest it was scanned onto, or stands on with `on_manifest`."""
    courier: str | None = None
    """The courier the manifest is for."""

    @property
    def soft(self) -> bool:
        """Whether a person may put it on all the same: only what stands on a closed manifest, whose correction
        is another one."""
        return self.stop == "handed_over"


class Closing(msgspec.Struct, frozen=True):
    """What became of the wish to close a manifest."""

    digest: str | None
    """None: it is still open, because parcels had to be stopped."""
    stopped: tuple[str, ...] = ()
    """Their package ids."""


def look(conn: Connection, code: str, courier: str | None, now: int) -> Verdict:
    """Whether what a code stands for may go to a courier (None: to its own), by what is stored now.

    A code is a tracking number, a package id, or the id of an order that is one parcel.
    """
    found = find(conn, code)
    if len(found) != 1:
        return Verdict(code, stop="ambiguous" if found else "unknown", courier=courier)
    (parcel,) = parcels(conn, found, now).values()
    there = standing(conn, parcel.shop_id, parcel.package_id)
    stop = judge(parcel)
    if stop in (None, "collected") and there is not None:
        if there.closed_at is None:
            return _on_open(code, parcel, there, courier)
        stop = "handed_over"
    elif stop is None and courier is not None and parcel.courier != courier:
        stop = "other_courier"
    warning = "not_packed" if stop is None and not parcel.packed and table_used(conn, now) else None
    return Verdict(code, parcel, stop, warning, there, courier=courier)


def scan(
    conn: Connection, code: str, courier: str | None, by: str, now: int, *, again: bool = False
) -> Verdict:
    """Look, and put the parcel onto the open manifest of the courier (None: of its own), made when there is none.

    `again` takes a parcel that stands on a closed manifest. Who must not go is put as `stopped` onto a manifest
    that is open, so that the list shows it, else nowhere (also NO_ROW): a stop opens no manifest.
    """
    one_writer(conn)
    verdict = look(conn, code, courier, now)
    if again and verdict.soft and verdict.parcel is not None:
        stop = judge(verdict.parcel)
        if stop is None and courier is not None and verdict.parcel.courier != courier:
            stop = "other_courier"
        verdict = msgspec.structs.replace(verdict, stop=stop)
    parcel = verdict.parcel
    if verdict.warning in STANDS:
        return verdict
    if (
        parcel is None
        or verdict.stop in NO_ROW
        or (verdict.stop is not None and open_id(conn, courier or parcel.courier) is None)
    ):
        _tell_stop(conn, verdict, by, now)
        return verdict
    manifest = manifests.open_manifest(conn, courier or parcel.courier, parcel.courier_name, by, now)
    state, reason = "checking", None
    if verdict.stop is not None:
        state, reason = "stopped", verdict.stop
    elif not parcel.has_platform:
        state, reason = "on", "no_platform"
    manifests.put(conn, manifest, parcel.scanned, by, now, state=state, reason=reason)
    return msgspec.structs.replace(verdict, manifest_id=manifest, courier=courier or parcel.courier)


def _on_open(code: str, parcel: Parcel, there: Standing, courier: str | None) -> Verdict:
    """A good parcel that stands on an open manifest: on the one that is worked at (None: its own), or another."""
    if courier is not None and courier != there.courier:
        return Verdict(code, parcel, warning="other_manifest", standing=there, courier=courier)
    return Verdict(code, parcel, None, "on_manifest", there, there.manifest_id, there.courier)


def rejudge(conn: Connection, rows: Sequence[Unsettled], now: int) -> list[Unsettled]:
    """Stop what must no longer go by what is stored now; the answer is what was stopped."""
    found = parcels(conn, [(row.shop_id, row.package_id) for row in rows], now)
    stopped = []
    for row in rows:
        reason = reason_to_stop(found.get((row.shop_id, row.package_id)), row)
        if reason is not None and manifests.stop(conn, row.manifest_id, row.package_id, reason, now):
            stopped.append(row)
    return stopped


def reason_to_stop(parcel: Parcel | None, row: Unsettled) -> str | None:
    """Why a parcel that stands on a manifest must leave it; None: it stays."""
    reason = "gone" if parcel is None else judge(parcel)
    if reason == "collected" and row.state == "on":
        return None  # the courier is taking what stands here: its scan is no reason to stop
    if reason is None and parcel is not None and parcel.courier != row.courier:
        return "other_courier"
    return reason


def close(conn: Connection, manifest_id: int, by: str, now: int, received_by: str | None = None) -> Closing:
    """Seal a manifest, unless a parcel on it must no longer go: then that one is stopped, and it stays open.
    Raises manifests.ManifestError."""
    if stopped := rejudge(conn, live(conn, manifest_id), now):
        return Closing(None, tuple(row.package_id for row in stopped))
    return Closing(manifests.close(conn, manifest_id, by, now, received_by))


def _tell_stop(conn: Connection, verdict: Verdict, by: str, now: int) -> None:
    """A stop that stands on no manifest is in the feed all the same."""
    parcel, there = verdict.parcel, verdict.standing
    number = parcel.tracking_number if parcel else verdict.code[:64]
    about = changes.detail(
        reason=verdict.stop,
        tracking_number=number,
        courier=verdict.courier,
        to=parcel.courier if parcel else None,
        to_name=parcel.courier_name if parcel else None,
        stands_on=there.number if there else None,
    )
    order = (
        (None, None, None)
        if parcel is None
        else (parcel.shop_id, parcel.orders[0].pk, parcel.orders[0].order_id)
    )
    changes.append(conn, [(now, *order, "handover.stopped", None, None, about, manifests.actor_of(by))])
