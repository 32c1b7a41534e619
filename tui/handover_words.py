"""What the hand-over says, in words: screen, command line, notices and history say it alike. Pure."""

from __future__ import annotations

from typing import Any

from store.views import ChangeRow
from tui.strings import known, t
from tui.text import clean

CODE = 60
"""Signs of a scanned code that are shown: enough to recognise it."""


def courier(code: str | None, name: str | None = None) -> str:
    """A courier by name: what the platform calls it, else our name of its code."""
    from couriers.names import name as courier_name  # `pantau --help` does not need it

    return clean(name, limit=40) or clean(courier_name(code or ""), limit=40) or t("timeline.courier.unknown")


def why(reason: str | None, *, to: str = "", number: str = "", at: str = "") -> str:
    """Why a parcel must not go. `to`: the courier it is for; `number`, `at`: the manifest it stands on."""
    key = f"handover_stop.{reason}"
    if not known(key):
        return clean(reason, limit=CODE)
    return t(key, courier=to or "?", number=number or "?", at=at or "?")


def how(reason: str | None) -> str:
    """What to do about it; empty when nothing is known."""
    key = f"handover_how.{reason}"
    return t(key) if known(key) else ""


def told(change: ChangeRow, detail: dict[str, Any]) -> str:
    """What a row of the feed is about, for `change.handover.*`."""
    if change.kind == "handover.stopped":
        return why(str(detail.get("reason", "")), to=courier(str(detail.get("courier", ""))))
    parcels = detail.get("parcels")
    n = parcels if isinstance(parcels, int) else 0
    if change.kind == "handover.closed":
        return t("handover.change.closed", n=n)
    if change.kind == "handover.reminder":
        name = courier(str(detail.get("courier", "")), str(detail.get("name") or ""))
        return t("handover.change.reminder", n=n, courier=name)
    return ""
