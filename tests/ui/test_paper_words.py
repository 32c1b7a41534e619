"""Paper in words: every state, reason and change, in both languages, without a code of ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import jobs.paper.fetch
import jobs.paper.printing
from jobs.paper import inspect
from jobs.paper.words import _WORDS
from shop.errors import ShopError
from store import changes
from store.paper_facts import KINDS
from store.papers import PRINT_UNSURE
from store.views import ChangeRow
from tui import strings
from tui.changes import what
from tui.paper_words import advice, cause
from tui.screens.notices import KINDS as NEWS
from tui.strings import known, t

RAW = re.compile(r"\b[a-z]+_[a-z_]+\b")


def _reasons() -> set[str]:
    """Every word the code gives as a reason, found in its text: a new one without words fails here."""
    found = {PRINT_UNSURE, "file_shop", "no_address", "no_parcel", "no_orders", "disk"}
    found |= set(jobs.paper.fetch._BY_CODE.values()) | jobs.paper.fetch.PASSING
    found |= {"bad_link", "bad_file", "login", "no_secret", "too_slow", "bug"}
    found |= {kind.word for kind in _kinds_of(ShopError)}
    said = r'(?:PrintError|Failure|Nothing|Unmerged)\(\s*"(\w+)"|Missing\([^)"]*"(\w+)"|return "(\w+)"$'
    for name in ("printing", "press", "labels", "job", "fetch"):
        text = (Path(jobs.paper.printing.__file__).parent / f"{name}.py").read_text()
        found |= {word for words in re.findall(said, text, re.MULTILINE) for word in words if word}
    return found | {f"file_{reason}" for reason in inspect.REASONS}


def _ours(reason: str) -> str:
    """The words without the one name from config.toml that a person has to know."""
    return cause(reason).replace("app_key", "")


def _kinds_of(kind: type[ShopError]) -> set[type[ShopError]]:
    return {kind}.union(*(_kinds_of(one) for one in kind.__subclasses__()))


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_reason_has_words(language: str) -> None:
    strings.use(language)
    reasons = _reasons()
    assert {"print_slow", "unknown_printer", "file_locked", "gone", "cancelled", "not_found"} <= reasons
    assert {"request_pending", "no_parcel", "insecure_url", "file_shop"} <= reasons
    assert not [reason for reason in reasons if RAW.search(_ours(reason)) or cause(reason) == reason]


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


def test_advice_is_given_once_and_for_this_program() -> None:
    assert "jawab permintaannya dulu (r)" in cause("request_pending")
    assert advice("request_pending", 21021010) == ""
    assert advice("refused", 21021010)


def test_a_paper_that_failed_is_news() -> None:
    assert "paper.failed" in NEWS


def test_screen_and_paper_call_papers_alike() -> None:
    for place, language in enumerate(("id", "en")):
        strings.use(language)
        for kind in ("slip", "picklist"):
            printed = _WORDS[kind][place].lower()
            assert t(f"paper.kind.{kind}").startswith(printed) and t(f"paper.{kind}").startswith(printed)
