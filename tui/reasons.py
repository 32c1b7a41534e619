"""Why an order is held back, in words; the screen and the command line say it alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.strings import money, t, word
from tui.text import clean

if TYPE_CHECKING:
    from jobs.plans import Held


def reason(held: Held) -> str:
    """Why an order is held back, in words."""
    params: dict[str, object] = dict(held.params)
    for name in ("total", "limit"):
        if isinstance(params.get(name), int):
            params[name] = money(int(str(params[name])))
    if "status" in params:
        params["status"] = word("status", str(params["status"]))
    if "state" in params:
        params["state"] = word("state", str(params["state"]))
        params["by"] = word("actor", str(params.get("by", "")))
    if isinstance(params.get("note"), str):
        params["note"] = clean(str(params["note"]), limit=60)
    return t(f"held.{held.reason}", **params)
