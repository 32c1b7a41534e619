"""A sandbox in a process of its own, and the program connected to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from program import Pantau

from jobs.demo import SandboxProcess, start_sandbox_process


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    """A shop that stands still, so that a test sees only what it did itself."""
    process = start_sandbox_process(seed=11, orders=60, rate=0.0, speed=0.0)
    yield process
    process.stop()


@pytest.fixture
def pantau(sandbox: SandboxProcess, tmp_path: Path) -> Pantau:
    """The program with an empty store, connected to the sandbox."""
    config = tmp_path / "config.toml"
    config.write_text(
        f'data_dir = "{tmp_path / "data"}"\n\n[sender]\nvalidity = "2s"\nsettle = "1s"\nskew = "200ms"\n\n'
        + sandbox.access.config
    )
    return Pantau(config, sandbox.access.environ)
