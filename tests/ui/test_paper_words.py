"""Paper in words: every state, reason and change, in both languages, without a code of ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import jobs.paper.fetch
import jobs.paper.printing
from jobs.paper import inspect
from store import changes
from store.paper_facts import KINDS
from store.papers import PRINT_UNSURE
from store.views import ChangeRow
from tui import strings
from tui.changes import what
from tui.cmd.paper import cause
from tui.strings import known, t

RAW = re.compile(r"\b[a-z]+_[a-z_]+\b")


def _reasons() -> set[str]:
    """Every word the code gives as a reason, found in its text: a new one without words fails here."""
    found = {PRINT_UNSURE, "file_shop", "no_address", "no_parcel", "no_orders", "disk"}
    found |= set(jobs.paper.fetch._BY_CODE.values()) | jobs.paper.fetch.PASSING
    found |= {
        "bad_link",
        "bad_file",
        "login",
        "no_secret",
        "refused",
        "blocked",
        "scope",
        "clock",
        "token",
    }
    printing = Path(jobs.paper.printing.__file__).read_text()
    found |= set(re.findall(r'PrintError\("(\w+)"\)', printing))
    return found | {f"file_{reason}" for reason in inspect.REASONS}


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_reason_has_words(language: str) -> None:
    strings.use(language)
    reasons = _reasons()
    assert {"print_slow", "unknown_printer", "file_too_slow", "file_locked"} <= reasons
    assert not [reason for reason in reasons if RAW.search(cause(reason)) or cause(reason) == reason]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_change_has_words(language: str, kind: str) -> None:
    strings.use(language)
    for event in ("paper.made", "paper.failed", "paper.printed"):
        row = ChangeRow(1, 0, None, None, None, event, None, kind, changes.detail(paper=1, kind=kind), "budi")
        assert known(f"change.{event}")
        assert not RAW.search(what(row)) and event not in what(row)
    assert all(known(f"paper_state.{state}") for state in ("wanted", "ready", "printed", "failed"))


def test_a_cancelled_parcel_is_said_loudly() -> None:
    assert "jangan diserahkan" in t("paper_reason.cancelled")
