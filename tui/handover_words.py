"""What the hand-over says, in words: screen, command line, notices and history say it alike. Pure."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from store.views import ChangeRow
from tui.clock import full
from tui.strings import known, t
from tui.text import clean

if TYPE_CHECKING:
    from jobs.handover.manifests import Verdict

CODE = 60
"""Signs of a scanned code that are shown: enough to recognise it."""


def courier(code: str | None, name: str | None = None) -> str:
    """A courier by name: what the platform calls it, else our name of its code."""
    from couriers.names import name as courier_name  # `pantau --help` does not need it

    return clean(name, limit=40) or clean(courier_name(code or ""), limit=40) or t("timeline.courier.unknown")


def why(reason: str | None, *, to: str = "", number: str = "", at: str = "") -> str:
    """Why a parcel must not go. `to`: the courier it is for; `number`, `at`: the manifest it stands on. What is
    not known is not spoken of."""
    key = f"handover_stop.{reason}"
    if not known(key):
        return clean(reason, limit=CODE)
    if reason == "handed_over" and not (number and at):
        key += ".number" if number else ".short"
    elif reason == "other_courier" and not to:
        key += ".short"
    return t(key, courier=to, number=number, at=at)


def stands(verdict: Verdict, zone: tzinfo) -> str:
    """A good parcel was scanned that stands on an open manifest already: on which, since when; else empty."""
    there, parcel = verdict.standing, verdict.parcel
    if there is None or parcel is None or verdict.warning not in ("on_manifest", "other_manifest"):
        return ""
    return t(
        f"handover.{verdict.warning}",
        number=clean(parcel.tracking_number or parcel.package_id, limit=64),
        manifest=clean(there.number, limit=40),
        courier=courier(there.courier, there.courier_name),
        at=full(there.scanned_at, zone),
    )


def how(reason: str | None) -> str:
    """What to do about it; empty when nothing is known."""
    key = f"handover_how.{reason}"
    return t(key) if known(key) else ""


def told(change: ChangeRow, detail: dict[str, Any]) -> str:
    """What a row of the feed is about, for `change.handover.*`."""
    if change.kind == "handover.stopped":
        to = courier(_text(detail, "to"), _text(detail, "to_name")) if detail.get("to") else ""
        return why(_text(detail, "reason"), to=to, number=clean(_text(detail, "stands_on"), limit=40))
    parcels = detail.get("parcels")
    n = parcels if isinstance(parcels, int) else 0
    if change.kind == "handover.closed":
        return t("handover.change.closed", n=n)
    if change.kind == "handover.reminder":
        name = courier(str(detail.get("courier", "")), str(detail.get("name") or ""))
        return t("handover.change.reminder", n=n, courier=name)
    return ""


def _text(detail: dict[str, Any], name: str) -> str:
    value = detail.get(name)
    return value if isinstance(value, str) else ""
