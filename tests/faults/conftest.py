"""A bench per test: a real database file, a platform that really listens, one clock for both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.db import Store
from tests.faults.fake_platform import FakePlatform, listening
from tests.faults.rig import QUICK, Bench, HandClock


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    clock = HandClock()
    store = Store.open(str(tmp_path / "pantau.db"), clock=clock)
    with listening(FakePlatform(QUICK.validity, QUICK.settle, clock=clock)) as platform:
        yield Bench(store, platform, clock)
    store.close()
