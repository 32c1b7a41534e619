"""A process that empties an outbox until somebody kills it; started by tests/faults/seats.py.

It imports everything once and then forks one sender per line on stdin, `checkpoint n signal`: that child sends
itself the signal (SIGKILL or SIGSTOP) at the n-th hit of the checkpoint. `-` means: run on. A child leaves with
0 when nothing is left to do. One line on stdout tells that a child was suspended, one how it ended.

With the keys of an app the platform is the sandbox, and client and kinds are the program's own.

Usage: python -m tests.faults.worker DATABASE PLATFORM_URL [APP_KEY APP_SECRET ACCESS_TOKEN SHOP_CIPHER]
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, closing

from sqlalchemy import Connection

from jobs.outbox.sender import Sender
from store import actions
from store.db import Store
from store.times import HOUR, now_ms
from tests.faults.real_shop import SPANS, watched
from tests.faults.rig import QUICK, FakeKind


class Trap:
    """Kills or suspends this process at the n-th time a checkpoint is reached."""

    def __init__(self, name: str, hits: int, fate: signal.Signals) -> None:
        self._name = name
        self._left = hits
        self._fate = fate

    def __call__(self, name: str) -> None:
        if name == self._name:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), self._fate)


async def work(database: str, platform: Sequence[str], trap: Trap) -> None:
    """Send until every row is finished."""
    async with AsyncExitStack() as ends:
        store = Store.open(database, migrate=False)
        ends.callback(store.close)
        with closing(store.reader()) as reader:
            shops = [shop.id for shop in reader.shops()]
        owner, (url, *keys) = f"worker-{os.getpid()}", platform
        if keys:
            client = await ends.enter_async_context(watched(trap, url, *keys))
            sender = Sender(store, dict.fromkeys(shops, client), SPANS, now_ms, owner, trap)
        else:
            fakes, kinds = dict.fromkeys(shops, url), {"ship": FakeKind()}
            sender = Sender(store, fakes, QUICK, now_ms, owner, trap, kinds=kinds)
        stop = asyncio.Event()
        running = asyncio.create_task(sender.run(stop))
        until = time.monotonic() + 60
        while time.monotonic() < until and store.read(_unfinished):
            await asyncio.sleep(0.02)
        stop.set()
        await running


def _unfinished(conn: Connection) -> int:
    return actions.unfinished(conn, now_ms() + HOUR)


def main() -> None:
    """Fork one child per line."""
    database, *platform = sys.argv[1:]
    for line in sys.stdin:
        name, hits, fate = line.split()
        child = os.fork()
        if child == 0:
            asyncio.run(work(database, platform, Trap(name, int(hits), signal.Signals[fate])))
            os._exit(0)
        _, status = os.waitpid(child, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            print("stopped", child, flush=True)
            _, status = os.waitpid(child, 0)
        print(-os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), flush=True)


if __name__ == "__main__":
    main()
