"""A sandbox in a process of its own, and the program connected to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.demo import SandboxProcess, start_sandbox_process
from tests.e2e.program import Pantau, write_config


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    """A shop that stands still, so that a test sees only what it did itself."""
    process = start_sandbox_process(seed=11, orders=60, rate=0.0, speed=0.0)
    yield process
    process.stop()


@pytest.fixture(scope="module")
def synced(sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Pantau:
    """The program after its first pass; for tests that only read, and to be copied by the others."""
    folder = tmp_path_factory.mktemp("synced")
    program = Pantau(write_config(folder, sandbox.access.config), sandbox.access.environ)
    program.run("sync", "--once", cold=True)
    return program


@pytest.fixture(scope="module")
def listed(synced: Pantau) -> list[dict[str, Any]]:
    """Every order of that first pass, as `orders --json` lists it."""
    found: list[dict[str, Any]] = synced.json("orders", "--limit", "1000")
    return found


@pytest.fixture
def pantau(sandbox: SandboxProcess, synced: Pantau, tmp_path: Path) -> Pantau:
    """The program after its first pass, with a store of this test alone."""
    shutil.copytree(synced.data, tmp_path / "data")
    return Pantau(write_config(tmp_path, sandbox.access.config), sandbox.access.environ)


@pytest.fixture
def fresh(sandbox: SandboxProcess, tmp_path: Path) -> Pantau:
    """The program before its first pass: no store yet."""
    return Pantau(write_config(tmp_path, sandbox.access.config), sandbox.access.environ)
