"""Fixtures of the screen's tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

from tests.ui import idle
from tui import strings


@pytest.fixture(params=["sqlite"])
def store_url(store_url: str) -> str:
    """A store on SQLite: the screen reads through store/reader.py, whose own tests run on both engines. A module
    says `pytestmark = ON_BOTH` to run on PostgreSQL too."""
    return store_url


@pytest.fixture(scope="session", autouse=True)
def _css_is_read_once() -> Iterator[None]:
    """Every app, and every kind of screen that it opens first, would parse all of the style sheets again."""
    usual = Stylesheet._parse_rules
    known: dict[object, list[RuleSet]] = {}

    def parsed(sheet: Stylesheet, css: str, *how: Any, **named: Any) -> list[RuleSet]:
        key = (css, how, *sorted(named.items()), *sorted(sheet._variables.items()))
        if key not in known:
            known[key] = usual(sheet, css, *how, **named)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parsed)
        yield


@pytest.fixture(autouse=True)
def _indonesian() -> Iterator[None]:
    """Each test starts in the seller's language, whatever an earlier one spoke."""
    strings.use("id")
    yield
    strings.use("id")


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No animation: a frame is what it will stay."""
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """New tables can be begun, and then the system says that there is no room: what is written goes to /dev/full."""
    whole = os.open

    def opened(path: Any, flags: int, *how: Any, **named: Any) -> int:
        handle = whole(path, flags, *how, **named)
        if not (flags & os.O_EXCL and str(path).endswith(".csv")):
            return handle
        os.close(handle)
        return whole("/dev/full", os.O_WRONLY)

    monkeypatch.setattr(os, "open", opened)


@pytest.fixture(autouse=True)
def _prompt(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A pilot waits until the app is idle, and no longer."""
    with idle.watched(monkeypatch):
        yield


@pytest.fixture(autouse=True)
def _yes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test but that of the wait itself waits whether a `y` stays alone, nor hurries too much for one."""
    monkeypatch.setattr("tui.screens.dialog.ALONE", 0.0)
    monkeypatch.setattr("tui.screens.dialog.TYPING", 0.0)
