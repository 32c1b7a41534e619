"""A platform made of a plain socket: it answers exactly what a test says, as badly as a test wants."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

Answer = Callable[["Talk"], Awaitable[None]]


@dataclass
class Talk:
    """One request as it arrived, and the line to answer on."""

    server: RawServer
    writer: asyncio.StreamWriter
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int
    """Serial number of the TCP connection."""

    async def say(self, raw: bytes) -> None:
        self.writer.write(raw)
        await self.writer.drain()

    def reset(self) -> None:
        """Close with RST, as a crashing server or a firewall does."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@dataclass
class RawServer:
    """`script` is used up one answer a request; the last one stays."""

    url: str = ""
    script: list[Answer] = field(default_factory=list)
    reset_on_accept: bool = False
    greeting: bytes = b""
    """Said at once to whoever connects, before any request; then the connection ends."""
    talks: list[Talk] = field(default_factory=list)
    connections: int = 0
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def answers(self, *answers: Answer) -> None:
        self.script = list(answers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        number = self.connections
        try:
            if self.reset_on_accept:
                Talk(self, writer, "", "", {}, b"", number).reset()
                return
            if self.greeting:
                writer.write(self.greeting)
                await writer.drain()
                return
            while await self._one(reader, writer, number):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client is gone, or the test is over
        finally:
            self._tasks.discard(task)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        talk = Talk(self, writer, method, target, headers, body, number)
        self.talks.append(talk)
        self.arrived.set()
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        await answer(talk)
        return not writer.is_closing()

    async def close(self) -> None:
        self.stop.set()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def http_answer(body: bytes | str = b'{"code":0}', status: int = 200, **headers: str) -> Answer:
    """An honest answer; header names are written with `_` for `-`."""
    data = body.encode() if isinstance(body, str) else body
    fields = {"content_length": str(len(data)), **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    raw = f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + data

    async def answer(talk: Talk) -> None:
        await talk.say(raw)

    return answer


async def hang(talk: Talk) -> None:
    """No answer, until the test is over."""
    await talk.server.stop.wait()


async def reset(talk: Talk) -> None:
    """The request was read; then the connection is reset."""
    talk.reset()


async def close(talk: Talk) -> None:
    """The request was read; then the connection is closed politely, without an answer."""
    talk.writer.close()


async def half(talk: Talk) -> None:
    """Half of a body, then the end."""
    await talk.say(b'HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n{"code":0')
    talk.writer.close()


async def drip(talk: Talk) -> None:
    """One byte at a time, each soon enough for a timeout that only watches the gaps."""
    await talk.say(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    while True:
        await talk.say(b" ")
        with suppress(TimeoutError):
            await asyncio.wait_for(talk.server.stop.wait(), 0.01)
            return


async def garbage(talk: Talk) -> None:
    """Not HTTP at all."""
    await talk.say(b"\x00\x01SSH-2.0-nothing\r\n\r\n")
    talk.writer.close()
