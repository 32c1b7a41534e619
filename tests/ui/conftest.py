"""Fixtures of the screen's tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.ui import idle
from tui import strings


@pytest.fixture(params=["sqlite"])
def store_url(store_url: str) -> str:
    """A store on SQLite: the screen reads through store/reader.py, whose own tests run on both engines. A module
    says `pytestmark = ON_BOTH` to run on PostgreSQL too."""
    return store_url


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
