"""Fixtures of the screen's tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui import strings


@pytest.fixture(params=["sqlite"])
def store_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A store on SQLite: the screen reads through store/reader.py, whose own tests run on both engines. What is
    different for the screen on a server, reads in a thread, is tested here with `threaded=True`."""
    path = tmp_path / "data" / "pantau.db"
    path.parent.mkdir(mode=0o700)
    shutil.copy(sqlite_template, path)
    return str(path)


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
