"""Why an order is held back and what became of an action, in words; the screen and the command line say it alike."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING, Final

from store.views import ActionRow
from tui.clock import full
from tui.strings import known, language, money, t, word
from tui.text import clean

if TYPE_CHECKING:
    from jobs.plans import Held
    from shop.codes import CodeFact

NOTE: Final = 200
"""Characters of a buyer's note: who overrules it must have read it, so nearly all of it."""


def reason(held: Held, zone: tzinfo | None = None) -> str:
    """Why an order is held back; with a zone, until when the seller has time."""
    params: dict[str, object] = dict(held.params)
    for name in ("total", "limit"):
        if isinstance(params.get(name), int):
            params[name] = money(int(str(params[name])))
    if "status" in params:
        params["status"] = t(f"status.{params['status']}", raw=params.get("raw", ""))
    if "state" in params:
        params["state"] = word("state", str(params["state"]))
        params["by"] = word("actor", str(params.get("by", "")))
    if isinstance(params.get("note"), str):
        params["note"] = clean(str(params["note"]), limit=NOTE)
    until = held.params.get("until")
    if zone is not None and isinstance(until, int):
        return t(f"held.{held.reason}.until", until=full(until, zone))
    return t(f"held.{held.reason}", **params)


def cause(row: ActionRow) -> str:
    """Why an action is where it is: our own words, the meaning of the platform's code, or its sentence."""
    for family in ("cause", "problem"):
        if row.reason and known(f"{family}.{row.reason}"):
            return t(f"{family}.{row.reason}")
    fact = _fact(row)
    if fact is not None:
        return fact.meaning.en if language() == "en" else fact.meaning.id
    return clean(row.reason, limit=NOTE)


def advice(row: ActionRow) -> str:
    """What the seller can do about the platform's code; empty when nothing is known."""
    fact = _fact(row)
    if fact is None:
        return ""
    return fact.advice.en if language() == "en" else fact.advice.id


def _fact(row: ActionRow) -> CodeFact | None:
    from shop.codes import fact  # only rows with a code pay for the table

    return None if row.code is None else fact(row.code)
