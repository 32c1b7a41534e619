"""Reading a foreign table at arm's length: a program of its own parses it (jobs/files/child.py), with limits.

Only what can be understood as frames of orders comes across. The pipe between the two holds the other side back, so
this process has one chunk in hand and one on the way, however large the file is.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from jobs.config.keys import DeadlineSettings
from jobs.files import child
from shop.files.facts import Broken, Piece

CPU: Final = 300
"""Seconds of computing one file may cost: two hundred thousand orders need a tenth of it."""
MEMORY: Final = 2 * 1024**3
PATIENCE: Final = 120.0
"""Seconds without a word; the first one comes after the whole file was looked through. Less than the scheduler's, so
that such a file ends as too slow and is not begun anew for ever."""
AHEAD: Final = 512 * 1024
"""Bytes on the way before the other side must wait (asyncio lets twice as many come): a chunk or two, so that it
works while this one writes."""
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a frame: more is no chunk of orders."""
KEPT: Final = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "COVERAGE_PROCESS_START")


async def read(
    path: Path,
    deadlines: DeadlineSettings,
    *,
    cpu: int = CPU,
    memory: int = MEMORY,
    patience: float = PATIENCE,
) -> AsyncGenerator[list[Piece]]:
    """The file's pieces in their order, some at a time; the first is the Head.

    Raises Broken: for the file's own reasons, or `too_slow`, `too_big`, `broken` when its reader came to grief.
    Close it (aclose) to end the other program before the end of the file.
    """
    task = child.Task(str(path.absolute()), deadlines, cpu, memory)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(Path(child.__file__)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=AHEAD,
        env={name: os.environ[name] for name in KEPT if name in os.environ},
        start_new_session=True,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        with suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(msgspec.json.encode(task))
            await process.stdin.drain()
        process.stdin.close()
        decode = msgspec.msgpack.Decoder(child.Frame).decode
        while True:
            frame: child.Frame = decode(await _frame(process.stdout, patience))
            if isinstance(frame, child.End):
                return
            if isinstance(frame, child.Unfit):
                raise Broken(frame.reason, row=frame.row, column=frame.column, value=frame.value)
            yield frame.pieces
    except TimeoutError:
        raise Broken("too_slow") from None
    except asyncio.IncompleteReadError:
        raise Broken(await _ended(process)) from None
    except msgspec.MsgspecError:
        raise Broken("broken") from None
    finally:
        await _kill(process)


async def _frame(stream: asyncio.StreamReader, patience: float) -> bytes:
    async with asyncio.timeout(patience):
        size = int.from_bytes(await stream.readexactly(child.LENGTH), "big")
        if size > LARGEST:
            raise Broken("broken")
        return await stream.readexactly(size)


async def _ended(process: asyncio.subprocess.Process) -> str:
    """Why it went silent: a signal of the limits, or anything else."""
    code = await process.wait()
    if sys.platform != "win32" and code == -signal.SIGXCPU:
        return "too_slow"
    # Ended by somebody else (short of memory, most likely), or the file went away: nothing is wrong with its bytes.
    return "unreadable" if code in (-signal.SIGKILL, -signal.SIGTERM) else "broken"


async def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            process.kill()
    # asyncio ends neither the pipe nor the process for us while unread words hold the pipe up.
    while process.stdout is not None and await process.stdout.read(AHEAD):
        pass
    await process.wait()
