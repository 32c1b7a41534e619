"""Fixtures of the background's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina

from tests.jobs.runtime_kit import Scene, scene


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    """Reads are tried as often as in the program, without the waits in between."""
    with stamina.set_testing(True, attempts=4):
        yield


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Scene]:
    """A fake shop with 250 orders (three pages) and the settings of its seller."""
    with scene(tmp_path, orders=250) as made:
        yield made
