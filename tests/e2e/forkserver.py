"""Commands in forks of a process that has already imported the program.

A command line test spends nine tenths of its time on imports, so those are done once. Each command still is a
process of its own, with its own environment, pipes, limits and way to end; that a cold start works as well is
shown by the tests in the pseudo-terminal and by those that ask for it.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import stamina

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
_HEAVY = (
    "tui.cmd.tree", "jobs.once", "jobs.wishes.intents", "jobs.tracking.lookup", "jobs.crew",
    "store.db", "store.migrate", "store.reader",
)  # fmt: skip


class Done(NamedTuple):
    """How a command ended."""

    code: int
    stdout: str
    stderr: str


class ForkServer:
    """The process that forks."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.forkserver"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        atexit.register(self.stop)

    def run(
        self, argv: Sequence[str], environ: Mapping[str, str], stdin: str = "", most_bytes: int | None = None
    ) -> Done:
        """Run `pantau` with these words; `most_bytes` is how long a file may become, as on a full disk."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory(prefix="pantau-e2e-") as name:
            folder = Path(name)
            (folder / "in").write_text(stdin)
            order = {
                "argv": list(argv), "environ": dict(environ), "folder": name,
                "cwd": str(Path.cwd()), "most_bytes": most_bytes,
            }  # fmt: skip
            watchdog = threading.Timer(PATIENCE, self._process.kill)
            watchdog.start()
            try:
                self._process.stdin.write(json.dumps(order) + "\n")
                self._process.stdin.flush()
                ended = self._process.stdout.readline()
            finally:
                watchdog.cancel()
            assert ended, f"{argv} did not end in {PATIENCE:.0f} s"
            return Done(int(ended), (folder / "out").read_text(), (folder / "err").read_text())

    def stop(self) -> None:
        """It ends when nobody can ask it for anything any more."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait(5)


@cache
def server() -> ForkServer:
    """The one server of a test run, started when it is first needed."""
    return ForkServer()


def _become(order: dict[str, Any]) -> None:
    folder = Path(order["folder"])
    for number, name, flags in (
        (0, "in", os.O_RDONLY),
        (1, "out", os.O_WRONLY | os.O_CREAT),
        (2, "err", os.O_WRONLY | os.O_CREAT),
    ):
        handle = os.open(folder / name, flags, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - the old one may have read ahead
    os.environ.clear()
    os.environ.update(order["environ"])
    os.chdir(order["cwd"])
    stamina.set_testing(True, attempts=3)  # as many tries, without the pauses between them
    if order["most_bytes"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["most_bytes"], resource.RLIM_INFINITY))
    sys.argv = ["pantau", *order["argv"]]


def _serve() -> None:
    from importlib import import_module

    for module in _HEAVY:
        import_module(module)
    assert threading.active_count() == 1, "a fork would lose the other threads"
    gc.freeze()  # what is shared need not be copied for the collector's sake
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            from tui.cli import main

            _become(json.loads(line))
            main()  # leaves with SystemExit, through the end of the interpreter as every program does
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    _serve()
