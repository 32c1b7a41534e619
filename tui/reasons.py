"""Why an order is held back and what became of an action, in words; the screen and the command line say it alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Final

from store.views import ActionRow
from tui.clock import full
from tui.strings import known, language, money, number, t, word
from tui.text import clean

if TYPE_CHECKING:
    from jobs.wishes.plans import Held
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


def kept_back(held: Sequence[Held], zone: tzinfo | None = None) -> str:
    """Why orders are held back, in one line: one alone in full, several counted by reason, the commonest first."""
    if len(held) == 1:
        return reason(held[0], zone)
    counted = Counter(one.reason for one in held).most_common()
    return ", ".join(f"{t(f'kept.{why}')} {number(n)}" for why, n in counted)


def cause(row: ActionRow) -> str:
    """Why an action is where it is."""
    return caused(row.reason, row.code)


def caused(said: str | None, code: int | None) -> str:
    """Our own words for a reason, else the meaning of the platform's code, else the sentence as it was said."""
    for family in ("cause", "problem"):
        if said and known(f"{family}.{said}"):
            return t(f"{family}.{said}")
    fact = _fact(code)
    if fact is not None:
        return fact.meaning.en if language() == "en" else fact.meaning.id
    return clean(said, limit=NOTE)


def advice(row: ActionRow) -> str:
    """What the seller can do about it."""
    return advised(row.code)


def advised(code: int | None) -> str:
    """What the seller can do about the platform's code; empty when nothing is known."""
    fact = _fact(code)
    if fact is None:
        return ""
    return fact.advice.en if language() == "en" else fact.advice.id


def failure(error: BaseException) -> str:
    """What a person is told of a failure: our own errors have a sentence, for the others the kind has to do."""
    from store.errors import StoreError

    if isinstance(error, StoreError):
        words = error.say(language())
        return clean(f"{words.title}. {words.hint}", limit=NOTE).rstrip(".")
    return clean(str(getattr(error, "message", "")), limit=NOTE).rstrip(".") or type(error).__name__


def _fact(code: int | None) -> CodeFact | None:
    from shop.codes import fact  # only rows with a code pay for the table

    return None if code is None else fact(code)
