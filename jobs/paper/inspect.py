"""Foreign PDFs, kept at arm's length: counted and put together by a program of its own with limits.

Parsers of PDF have had endless loops and memory bombs every few months; a label is a foreign file, so this process
never parses one (jobs/paper/pdfwork.py does).
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from jobs.paper import pdfwork

MOST_PAGES: Final = 20
"""Pages of one label; the platform's have one or two."""
CPU: Final = 5
"""Seconds of computing one label may cost."""
MEMORY: Final = 768 * 1024 * 1024
SIZE: Final = 64 * 1024 * 1024
"""Bytes of one copy."""
PATIENCE: Final = 30.0
"""Seconds for starting and putting together, besides those for each file."""


REASONS: Final = frozenset({"broken", "too_slow", "too_big", "too_many_pages", "empty", "locked"})
"""Why a file is not used."""


class Unmerged(Exception):
    """Nothing came out at all. `reason`: one of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Merged(msgspec.Struct, frozen=True):
    """What became of each file, and of all."""

    pages: int
    """Of the file that was written; 0: there was nothing to write."""
    counts: tuple[int | None, ...]
    """Pages by file; None: it is not on it."""
    reasons: tuple[str | None, ...]
    """Why not: one of REASONS."""


async def merge(
    paths: Sequence[Path],
    out: Path,
    *,
    cpu: int = CPU,
    memory: int = MEMORY,
    most_pages: int = MOST_PAGES,
    deadline: float | None = None,
) -> Merged:
    """All pages of the files in their order, as one new file; a bad file is left out, with a reason.

    `deadline`: seconds for everything. Raises Unmerged when not even the good ones could be put together.
    """
    part = out.with_name(f".{out.stem}.part")
    task = {
        "files": [str(path) for path in paths],
        "out": str(part),
        "room": str(out.parent),
        "most": most_pages,
        "cpu": cpu,
        "memory": memory,
        "size": SIZE,
    }
    try:
        told = await _work(task, deadline or PATIENCE + cpu * 1.5 * len(paths))
        found = [_sane(one) for one in told["found"]]
        pages = _sane(told["pages"])
        if isinstance(pages, str) or len(found) != len(paths):
            raise Unmerged(str(pages) if isinstance(pages, str) else "broken")
        if pages:
            part.chmod(0o600)
            part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    counts = tuple(one if isinstance(one, int) else None for one in found)
    return Merged(pages, counts, tuple(one if isinstance(one, str) else None for one in found))


def _sane(told: object) -> int | str:
    """What the other program says, as far as it is something it can say: it has read foreign files."""
    if isinstance(told, int):
        return told
    return told if isinstance(told, str) and told in REASONS else "broken"


async def _work(task: dict[str, Any], deadline: float) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",  # neither the present folder nor the environment decides what is imported
        str(Path(pdfwork.__file__)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ},
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(deadline):
            answer, _ = await process.communicate(json.dumps(task).encode())
    except TimeoutError:
        raise Unmerged("too_slow") from None
    finally:
        await _end(process)
    try:
        told: dict[str, Any] = json.loads(answer)
    except ValueError:
        raise Unmerged("broken") from None
    return told


async def _end(process: asyncio.subprocess.Process) -> None:
    """Also its children; nothing happens when it is over."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
