"""A process that empties an outbox until somebody kills it; started by tests/faults/seats.py.

It imports everything once and then forks one sender per line on stdin, `checkpoint n signal`: that child sends
itself the signal (SIGKILL or SIGSTOP) at the n-th hit of the checkpoint. `-` means: run on. A child leaves with
0 when nothing is left to do. One line on stdout tells that a child was suspended, one how it ended.

Usage: python -m tests.faults.worker DATABASE PLATFORM_URL
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time

from jobs.outbox.rules import FINAL
from jobs.outbox.sender import Sender
from store.db import Store
from store.times import now_ms
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


async def work(database: str, platform: str, trap: Trap) -> None:
    """Send until every row is finished."""
    store = Store.open(database, migrate=False)
    reader = store.reader()
    shops = {shop.id: platform for shop in reader.shops()}
    owner = f"worker-{os.getpid()}"
    sender = Sender(store, shops, QUICK, now_ms, owner, trap, kinds={"ship": FakeKind()})
    stop = asyncio.Event()
    running = asyncio.create_task(sender.run(stop))
    until = time.monotonic() + 60
    while time.monotonic() < until and any(row.state not in FINAL for row in reader.actions()):
        await asyncio.sleep(0.02)
    stop.set()
    await running
    reader.close()
    store.close()


def main() -> None:
    """Fork one child per line."""
    database, platform = sys.argv[1:3]
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
