"""The inner side of jobs/files/reading.py: a program of its own that reads a foreign table. Run it, do not import it.

A file that hangs, swells or breaks a parser costs this process and nothing else. Standard input: one JSON `Task`.
Standard output: frames, each a length (4 bytes, big-endian) and as many bytes of MessagePack. A reader that takes its
time makes this process wait, so that nobody holds more than a few chunks of a file.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

if __name__ == "__main__":
    # Isolated (-I): neither the present folder nor the environment decides what is imported.
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec

from jobs.config.keys import DeadlineSettings
from jobs.deadlines import Deadlines
from shop.files.facts import Broken, Head, Odd, Piece, Told
from store.times import now_ms

if sys.platform != "win32":
    import resource

ORDERS: Final = 500
"""Orders of a frame."""
PIECES: Final = 2_000
"""Other pieces of a frame at most."""
OF_A_KIND: Final = 50
"""Warnings of one reason that are told: the rest of the same would crowd out the others."""
LENGTH: Final = 4


class Task(msgspec.Struct, frozen=True):
    """What to read, and how much it may cost."""

    path: str
    deadlines: DeadlineSettings
    cpu: int
    """Seconds of computing."""
    memory: int
    """Bytes."""


class Pieces(msgspec.Struct, frozen=True, tag="pieces"):
    """Some of the file; all frames together tell it whole."""

    pieces: list[Piece]


class End(msgspec.Struct, frozen=True, tag="end"):
    """The file was read to its end: without this frame it was not."""


class Unfit(msgspec.Struct, frozen=True, tag="unfit"):
    """The file is of no use as a whole; see shop.files.facts.Broken."""

    reason: str
    row: int | None = None
    column: str | None = None
    value: str = ""


Frame = Pieces | End | Unfit


def frames(pieces: Iterable[Piece], deadlines: Deadlines) -> Iterator[Frame]:
    """What is read, in frames of at most ORDERS orders, their deadlines filled in."""
    batch: list[Piece] = []
    orders = 0
    told: Counter[str] = Counter()
    try:
        for piece in pieces:
            odd: Odd | None = None
            if isinstance(piece, Told):
                record, warning = deadlines.of(piece.record, preorder=piece.preorder)
                if record is not piece.record:
                    piece = msgspec.structs.replace(piece, record=record)
                orders += 1
                if warning is not None and told[warning] < OF_A_KIND:
                    odd = Odd(piece.row, None, warning, order_id=record.order_id)
                    told[warning] += 1
            elif isinstance(piece, Odd):
                told[piece.reason] += 1
                if told[piece.reason] > OF_A_KIND:
                    continue
            batch.append(piece)
            if odd is not None:
                batch.append(odd)
            if orders == ORDERS or len(batch) >= PIECES or isinstance(piece, Head):
                yield Pieces(batch)
                batch, orders = [], 0
    except Broken as broken:
        yield Unfit(broken.reason, broken.row, broken.column, broken.value)
        return
    except MemoryError:
        yield Unfit("too_big")
        return
    except OSError:
        yield Unfit("unreadable")
        return
    if batch:
        yield Pieces(batch)
    yield End()


def limit(cpu: int, memory: int) -> None:
    """From here on this process may cost so much and no more."""
    if sys.platform == "win32":
        return
    limits = [(resource.RLIMIT_CPU, cpu), (resource.RLIMIT_CORE, 0)]
    if sys.platform != "darwin":  # there the address space is shared with the system's libraries
        limits.append((resource.RLIMIT_AS, memory))
    for what, most in limits:
        _soft, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # Between the two the signal says that it was this limit; SIGKILL alone would be the system's, short of memory.
        last = (
            most + 1 if what == resource.RLIMIT_CPU and hard in (resource.RLIM_INFINITY, most + 1) else most
        )
        resource.setrlimit(what, (most, last))


def run(task: Task, write: Callable[[bytes], object]) -> None:
    """Read the file and write its frames."""
    from shop.files.reader import read

    limit(task.cpu, task.memory)
    encode = msgspec.msgpack.Encoder().encode
    for frame in frames(read(Path(task.path), now_ms()), Deadlines(task.deadlines)):
        body = encode(frame)
        write(len(body).to_bytes(LENGTH, "big") + body)


def _write(data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(1, left) :]


if __name__ == "__main__":
    # Whoever ends a whole session ends the one that asked as well, and that one ends this: a file is not broken
    # because the computer shuts down.
    for ending in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, ending):
            signal.signal(getattr(signal, ending), signal.SIG_IGN)
    run(msgspec.json.decode(sys.stdin.buffer.read(), type=Task), _write)
