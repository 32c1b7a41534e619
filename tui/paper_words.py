"""Why something is not on paper, in words: the screen and the command line say it alike."""

from __future__ import annotations

from tui.reasons import advised
from tui.strings import known, t, word


def cause(reason: str | None) -> str:
    """Why something is not on paper, or a paper was not made or printed."""
    key = f"paper_reason.{reason}"
    return t(key) if known(key) else word("problem", reason)


def advice(reason: str | None, code: int | None) -> str:
    """What can be done about the platform's code; empty where the cause says it already, or nothing is known."""
    return "" if known(f"paper_reason.{reason}") and reason != "refused" else advised(code)
