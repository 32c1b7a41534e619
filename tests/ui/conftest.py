"""Fixtures of the screen's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
