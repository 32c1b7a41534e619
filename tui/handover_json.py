"""Manifests for scripts and for the eyes of a person at the command line. Field names are a promise
(docs/commands.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from store.reading.manifests import CourierWaiting, ManifestParcelRow, ManifestRow
from store.times import to_iso
from tui import handover_words
from tui.clock import clock, countdown, full
from tui.jsonout import Json
from tui.strings import money, t, word
from tui.text import clean

if TYPE_CHECKING:
    from jobs.handover.manifests import Verdict
    from store.reader import Reader


def manifest(row: ManifestRow, zone: tzinfo) -> Json:
    """One manifest with its counts."""
    return {
        "number": row.number,
        "courier": row.courier,
        "courier_name": row.courier_name,
        "opened_at": to_iso(row.opened_at, zone),
        "opened_by": row.opened_by,
        "closed_at": to_iso(row.closed_at, zone),
        "closed_by": row.closed_by,
        "received_by": row.received_by,
        "parcels": row.on,
        "checking": row.checking,
        "stopped": row.stopped,
        "unchecked": row.unchecked,
        "digest": row.digest,
    }


def manifest_in_full(row: ManifestRow, parcels: Sequence[ManifestParcelRow], zone: tzinfo) -> Json:
    """One manifest with every parcel on it, and what is paid to the courier."""
    from jobs.paper.totals import totals

    sums = totals(parcels)
    return manifest(row, zone) | {
        "orders": sums.orders,
        "cod_orders": sums.cod,
        "cod_sum": sums.cod_sum,
        "lines": [_parcel(one, zone) for one in parcels],
    }


def waiting(group: CourierWaiting, zone: tzinfo) -> Json:
    """What waits for one courier and stands on no manifest."""
    return {
        "courier": group.courier,
        "courier_name": group.courier_name,
        "parcels": [
            {
                "package_id": one.package_id,
                "tracking_number": one.tracking_number,
                "order_id": one.order_id,
                "scan_by": to_iso(one.scan_by, zone),
                "cancel_requested": one.cancel_requested,
            }
            for one in group.parcels
        ],
    }


def waiting_text(groups: Sequence[CourierWaiting], now: int, zone: tzinfo) -> Iterator[str]:
    """The same for a person."""
    for group in groups:
        yield (
            f"{handover_words.courier(group.courier, group.courier_name)}:"
            f" {t('handover.courier', n=len(group.parcels))}"
        )
        for one in group.parcels:
            cancel = t("handover.waiting.cancel") if one.cancel_requested else ""
            left = countdown(one.scan_by, now, zone).text
            number = clean(one.tracking_number or one.package_id, limit=64)
            yield "  " + "  ".join(filter(None, (number, clean(one.order_id, limit=40), left, cancel)))


def manifest_text(row: ManifestRow, parcels: Sequence[ManifestParcelRow], zone: tzinfo) -> Iterator[str]:
    """A manifest as lines."""
    from jobs.paper.totals import totals

    sums = totals(parcels)
    yield f"{clean(row.number)}  {handover_words.courier(row.courier, row.courier_name)}"
    if row.closed_at is None:
        yield t("handover.closed.open")
    else:
        yield t("handover.closed", at=full(row.closed_at, zone), by=clean(row.closed_by, limit=60))
    if row.received_by:
        yield t("handover.received", name=row.received_by)
    for one in parcels:
        number = clean(one.tracking_number or one.package_id, limit=64)
        yield f"  {clock(one.scanned_at, zone)}  {number}  {clean(one.order_id, limit=40)}  {why(one)}"
    yield t("handover.parcels", n=sums.parcels, orders=sums.orders)
    yield t("handover.cod.sum", n=sums.cod, amount=money(sums.cod_sum))
    if row.digest:
        yield t("handover.digest", digest=row.digest)


def scanned(reader: Reader, verdict: Verdict) -> Json:
    """What became of one code: where it stands now, the check included."""
    state, reason, number = "stopped" if verdict.stop else "checking", verdict.stop, None
    parcel = verdict.parcel
    if verdict.manifest_id is not None and parcel is not None:
        row = reader.manifest_of_id(verdict.manifest_id)
        number = row.number if row is not None else None
        for one in reader.manifest_parcels(verdict.manifest_id):
            if one.package_id == parcel.package_id:
                state, reason = one.state, one.reason
    elif verdict.standing is not None:
        number = verdict.standing.number
        if verdict.stop is None and parcel is not None:  # it stands rightly on another open manifest
            row_id = verdict.standing.manifest_id
            here = (one for one in reader.manifest_parcels(row_id) if one.package_id == parcel.package_id)
            state, reason = next(((one.state, one.reason) for one in here), (state, reason))
    return {
        "code": verdict.code,
        "tracking_number": parcel.tracking_number or None if parcel is not None else None,
        "package_id": parcel.package_id if parcel is not None else None,
        "order_id": parcel.orders[0].order_id if parcel is not None and parcel.orders else None,
        "courier": parcel.courier if parcel is not None else None,
        "manifest": number,
        "state": state,
        "reason": reason,
        "warning": verdict.warning,
    }


def is_it(parcel: ManifestParcelRow, code: str) -> bool:
    """Whether a code from the command line means this parcel."""
    from jobs.handover.facts import numbers

    orders = (order.order_id for order in parcel.orders)
    known = {parcel.package_id, parcel.order_id, *orders, *numbers(parcel.tracking_number)}
    return not known.isdisjoint(numbers(code))


def elsewhere(verdict: Verdict, here: str) -> str:
    """Why a code is not on this manifest: it stands on another one, on none, or nobody knows it."""
    there, number = verdict.standing, clean(verdict.code, limit=handover_words.CODE)
    if there is not None and there.number != here:
        return t("manifest.elsewhere", number=number, manifest=there.number, here=here)
    if verdict.parcel is None:
        return handover_words.why(verdict.stop)
    return t("manifest.not_here", number=number, here=here)


def to_take_off(row: ManifestRow, parcels: Sequence[ManifestParcelRow]) -> Iterator[str]:
    """What has to come off a manifest on which nothing is ready, as commands to copy."""
    for one in parcels:
        number = clean(one.tracking_number or one.package_id, limit=64)
        command = t("manifest.take_out", command=f"pantau manifest remove {row.number} {number}")
        yield f"{number}  {why(one)}; {command}"


def why(parcel: ManifestParcelRow) -> str:
    """The state of a parcel in words, with the reason."""
    return state_words(parcel.state, parcel.reason)


def state_words(
    state: str, reason: str | None, verdict: Verdict | None = None, zone: tzinfo | None = None
) -> str:
    """A state and why it is so; `verdict` knows of the other courier or the other manifest."""
    told = word("handover.state", state)
    if state == "stopped":
        there = verdict.standing if verdict is not None else None
        parcel = verdict.parcel if verdict is not None else None
        to = handover_words.courier(parcel.courier, parcel.courier_name) if parcel is not None else ""
        at = full(there.closed_at or there.scanned_at, zone) if there is not None and zone is not None else ""
        number = there.number if there is not None else ""
        return f"{told}: {handover_words.why(reason, to=to, number=number, at=at)}"
    if state == "checking" and reason:
        return f"{told} ({t('handover.problem', problem=word('problem', reason))})"
    return f"{told} ({t('handover.unchecked')})" if state == "on" and reason else told


def _parcel(one: ManifestParcelRow, zone: tzinfo) -> Json:
    return {
        "package_id": one.package_id,
        "tracking_number": one.tracking_number,
        "order_ids": [order.order_id for order in one.orders] or [one.order_id],
        "shop": one.shop,
        "state": one.state,
        "reason": one.reason,
        "scanned_at": to_iso(one.scanned_at, zone),
        "scanned_by": one.scanned_by,
        "checked_at": to_iso(one.checked_at, zone),
        "cod_sum": sum(order.total for order in one.orders if order.cod and order.currency == "IDR"),
    }
