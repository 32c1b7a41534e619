"""A platform that ships whatever it is told, as often as it is told, and answers as badly as it can.

It has no duplicate protection on purpose: every accepted request is one more effect, so a test can count
doubles. Its only mercy is the real platform's: a timestamp older than `validity` is refused at the door.
It speaks HTTP over real sockets from its own thread; state is judged at the moment a request is handled, so a
busy computer cannot make it lie about when something took effect.
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from store.times import now_ms

EXPIRED = 36009004
CANCELLED = 21011041


class Mood(StrEnum):
    """What happens to one write."""

    FINE = "fine"
    LOST = "lost"
    """The connection closes; nothing was done."""
    MUTE = "mute"
    """It is done, and the connection closes without an answer."""
    ERROR_AFTER = "error_after"
    """It is done, and the answer is HTTP 500."""
    GARBAGE = "garbage"
    """It is done, and the answer is not JSON."""
    HALF = "half"
    """It is done, and half of the answer arrives."""
    HANG = "hang"
    """It is done, and the answer never comes."""
    BUSY = "busy"
    """HTTP 429: nothing was done."""
    LATE = "late"
    """It is accepted, and shows in no read for the whole settle time."""


HOSTILE = (*Mood, Mood.FINE, Mood.FINE, Mood.FINE)


@dataclass(frozen=True)
class Effect:
    """One execution of a ship, and when reads begin to show it."""

    package_id: str
    accepted_at: int
    visible_at: int


@dataclass
class FakePlatform:
    """The state, guarded by one lock; `url` is set once it listens. Times in epoch ms."""

    validity: int = 400
    settle: int = 100
    moods: tuple[Mood, ...] = (Mood.FINE,)
    seed: int = 1
    cancelled: frozenset[str] = frozenset()
    unreadable: bool = False
    clock: Callable[[], int] = now_ms
    witness: Callable[[], None] = lambda: None
    """Called when a write arrives, before it is judged: what a test sees then was there before the bytes."""
    url: str = ""
    effects: list[Effect] = field(default_factory=list)
    requests: list[tuple[int, tuple[str, ...], str]] = field(default_factory=list)
    """Every write that arrived: its timestamp, its packages and what became of it."""
    reads: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def doubles(self) -> dict[str, int]:
        """Packages with more than one effect."""
        with self.lock:
            return {package: n for package, n in Counter(e.package_id for e in self.effects).items() if n > 1}

    def shipped(self) -> set[str]:
        """Packages with at least one effect."""
        with self.lock:
            return {effect.package_id for effect in self.effects}

    def read(self, package_id: str) -> dict[str, object]:
        """Package detail as a lagging replica tells it."""
        now = self.clock()
        with self.lock:
            self.reads += 1
            seen = any(e.package_id == package_id and e.visible_at <= now for e in self.effects)
        status = "PROCESSING" if seen else "CANCELLED" if package_id in self.cancelled else "TO_FULFILL"
        return {"package_id": package_id, "status": status, "tracking": f"JX{package_id}" if seen else None}

    def ship(self, timestamp: int, packages: tuple[str, ...]) -> tuple[Mood, int, dict[str, object]]:
        """Judge one write: its fate, the HTTP status and the body of an honest answer."""
        self.witness()
        now = self.clock()
        with self.lock:
            if now > timestamp + self.validity:
                self.requests.append((timestamp, packages, "expired"))
                return Mood.FINE, 401, {"code": EXPIRED, "message": "timestamp expired"}
            mood = self._dice.choice(self.moods)
            self.requests.append((timestamp, packages, mood))
            if mood is Mood.BUSY:
                return mood, 429, {"code": 36009002, "message": "slow down"}
            if mood is Mood.LOST:
                return mood, 0, {}
            late = self.settle if mood is Mood.LATE else self._dice.randrange(self.settle + 1)
            good = [package for package in packages if package not in self.cancelled]
            self.effects += [Effect(package, now, now + late) for package in good]
        errors = [{"package_id": package, "code": CANCELLED} for package in packages if package not in good]
        return mood, 200, {"code": 0, "errors": errors}


@contextmanager
def listening(platform: FakePlatform) -> Iterator[FakePlatform]:
    """The platform on a free port of this machine, in a thread of its own."""
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        server = await asyncio.start_server(lambda r, w: _answer(platform, stop, r, w), "127.0.0.1", 0)
        platform.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait([task], timeout=5)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), name="fake-platform")
    thread.start()
    try:
        assert ready.wait(5)
        yield platform
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


async def _answer(
    platform: FakePlatform, stop: asyncio.Event, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, target, _ = head.split("\r\n", 1)[0].split(" ")
        url = urlsplit(target)
        lengths = [line for line in head.split("\r\n") if line.lower().startswith("content-length:")]
        length = int(lengths[0].split(":")[1]) if lengths else 0
        body = await reader.readexactly(length)
        mood, status, answer = Mood.FINE, 200, dict[str, object]()
        if method == "POST":
            timestamp = int(parse_qs(url.query)["timestamp"][0])
            mood, status, answer = platform.ship(timestamp, tuple(json.loads(body)["packages"]))
        elif platform.unreadable:
            status, answer = 503, {"code": 36009003}
        else:
            answer = platform.read(url.path.rsplit("/", 1)[1])
        await _say(writer, mood, status, json.dumps(answer).encode(), stop)
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def _say(
    writer: asyncio.StreamWriter, mood: Mood, status: int, body: bytes, stop: asyncio.Event
) -> None:
    if mood in (Mood.LOST, Mood.MUTE):
        return
    if mood is Mood.HANG:
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 2)
        return
    if mood is Mood.ERROR_AFTER:
        status, body = 500, b'{"code":36009003,"message":"internal error"}'
    if mood is Mood.GARBAGE:
        body = b"<html>bad gateway</html>"
    head = f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    writer.write(head.encode() + (body[: len(body) // 2] if mood is Mood.HALF else body))
    await writer.drain()
