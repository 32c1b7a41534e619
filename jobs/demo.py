"""The demo's surroundings: a sandbox in a process of its own, a temporary folder, settings that lead to both.

The sandbox is a process of its own, so that the monitor is measured against real sockets and shares no
interpreter with what it watches. Run as a program, this module is that process: it prints one JSON line when it
serves, and it ends with its parent, however that ends, because it reads a pipe that only the parent holds open.
The temporary folder is made and removed over there as well, so nothing stays behind when the parent is killed.

Light on purpose: somebody waits for the demo's first picture. What serves (jobs/sandbox.py) is loaded over there.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from jobs.config.settings import SettingsError

SHOP: Final = "toko-contoh"
_START: Final = 30.0
_STOP: Final = 5.0
_LOOK: Final = 0.05
_LINGER: Final = 0.8
"""Seconds that what the block has started in the background gets to end."""
_PATIENCE: Final = 2.0
"""Seconds in which somebody who still writes into the folder may notice that it is gone."""
_KEPT: Final = ("PANTAU_LANGUAGE", "PANTAU_TIMEZONE")


class GaveUp(Exception):
    """Nobody wants the sandbox any more that was just starting."""


class Access(msgspec.Struct, frozen=True):
    """Where a sandbox listens and what opens it; its secrets are worth nothing elsewhere."""

    url: str
    config: str
    """The settings without secrets, TOML."""
    environ: dict[str, str]
    """The secrets, as the settings want them."""


class Greeting(msgspec.Struct, frozen=True):
    """The one line a sandbox process prints: how to reach it, or why not."""

    access: Access | None = None
    error: str = ""
    folder: str = ""
    """A temporary folder that goes when it goes; empty when none was asked for."""


class Prepared(msgspec.Struct, frozen=True):
    """Everything a monitor needs to run on a sandbox."""

    config: Path
    environ: dict[str, str]
    url: str
    stop: Callable[[], None]
    """Ends the sandbox now, for somebody who will not reach the end of the block."""


class SandboxProcess:
    """A sandbox in a child process that listens, see `start_sandbox_process`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._greeting = Greeting(error="the sandbox did not start")
        self._hearing = threading.Thread(target=self._hear, name="sandbox-greeting", daemon=True)

    @property
    def access(self) -> Access:
        """How to reach it; raises SettingsError when it does not listen."""
        if self._greeting.access is None:
            raise SettingsError(self._greeting.error, key="demo")
        return self._greeting.access

    @property
    def folder(self) -> Path:
        """Its temporary folder."""
        return Path(self._greeting.folder)

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.access.url

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def wait(self, unwanted: Callable[[], bool]) -> None:
        """Wait until it listens; raises SettingsError when it does not and GaveUp when it became unwanted."""
        self._hearing.start()
        until = time.monotonic() + _START
        while self._hearing.is_alive() and time.monotonic() < until:
            self._hearing.join(_LOOK)
            if unwanted():
                raise GaveUp
        _ = self.access

    def stop(self) -> None:
        """Let go of its pipe and wait until it is gone; kills it if it does not go."""
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._hearing.join(_STOP)
        if self._process.stdout is not None:
            self._process.stdout.close()
        _remove(self._greeting.folder)  # for a child that somebody killed

    def _hear(self) -> None:
        with suppress(msgspec.DecodeError):
            line = self._process.stdout.readline() if self._process.stdout else ""
            self._greeting = msgspec.json.decode(line, type=Greeting)


def start_sandbox_process(
    *,
    seed: int = 1,
    orders: int = 400,
    rate: float = 6.0,
    speed: float = 60.0,
    faults: str = "",
    scratch: str = "",
    unwanted: Callable[[], bool] = lambda: False,
) -> SandboxProcess:
    """Start a sandbox in a child process and wait until it listens; raises SettingsError when it does not.

    `scratch` is how the name of a temporary folder begins that comes and goes with it; GaveUp is raised as soon as
    it is `unwanted` before it listens.
    """
    root = Path(__file__).resolve().parent.parent
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
    environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(root), environ.get("PYTHONPATH"))))
    options = {
        "seed": seed, "orders": orders, "rate": rate, "speed": speed, "faults": faults, "scratch": scratch,
    }  # fmt: skip
    process = SandboxProcess(
        subprocess.Popen(
            [sys.executable, "-m", "jobs.demo", *(f"--{name}={value}" for name, value in options.items())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environ,
            text=True,
            # A session of its own: Ctrl+C in the terminal is the monitor's business.
            start_new_session=True,
        )
    )
    try:
        process.wait(unwanted)
    except BaseException:
        process.stop()
        raise
    return process


@contextmanager
def demo_environment(
    *,
    environ: Mapping[str, str],
    orders: int = 400,
    rate: float = 6.0,
    speed: float = 60.0,
    seed: int = 1,
    faults: str = "",
    unwanted: Callable[[], bool] = lambda: False,
) -> Iterator[Prepared]:
    """A sandbox process and a temporary folder with settings for it; both are gone when the block ends.

    Nothing of the seller's own configuration reaches the demo, except language and zone. Raises SettingsError
    when the sandbox does not start, GaveUp when it became `unwanted` before it did.
    """
    process = start_sandbox_process(
        seed=seed, orders=orders, rate=rate, speed=speed, faults=faults, scratch="pantau-demo-", unwanted=unwanted
    )  # fmt: skip
    before = set(threading.enumerate())
    try:
        yield _prepare(process, environ)
    finally:
        # A thread that is still opening the store would make the folder anew; then the sandbox, which outlives
        # us by the moment it takes to notice, removes it after us.
        if _ended(set(threading.enumerate()) - before):
            process.stop()


def _prepare(process: SandboxProcess, environ: Mapping[str, str]) -> Prepared:
    config = process.folder / "config.toml"
    # Shorter rounds than on the real platform: nobody watches a demo for half an hour.
    config.write_text(
        f'data_dir = "{(process.folder / "data").as_posix()}"\n\n'
        '[jobs]\norders_every = "3s"\ntracking_every = "15s"\nrequests_every = "15s"\n'
        f'stock_every = "30s"\n\n{process.access.config}',
        encoding="utf-8",
    )
    own = {name: value for name, value in environ.items() if not name.startswith("PANTAU_") or name in _KEPT}
    return Prepared(config, own | process.access.environ, process.url, process.stop)


def _ended(threads: set[threading.Thread]) -> bool:
    """Give them a little time; whether all have ended."""
    until = time.monotonic() + _LINGER
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return not any(thread.is_alive() for thread in threads)


def main() -> int:
    """The child: serve until the parent's pipe ends; the exit code of a service that could not begin."""
    parser = argparse.ArgumentParser(prog="python -m jobs.demo")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--orders", type=int, default=0)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--faults", default="")
    parser.add_argument("--scratch", default="", help="how a temporary folder's name begins")
    options = vars(parser.parse_args())
    prefix = options.pop("scratch")
    folder = tempfile.mkdtemp(prefix=prefix) if prefix else ""
    threading.Thread(target=_outlive, args=(folder,), daemon=True).start()

    from jobs.sandbox import serve

    try:
        serve(**options, on_ready=lambda access, _stop: _say(Greeting(access, folder=folder)))
    except SettingsError as error:
        _say(Greeting(error=str(error)))
        return 1
    finally:
        _remove(folder)
    return 0


def _outlive(folder: str) -> None:
    """Wait for the parent's end, clean up and be gone: nothing under way here is worth keeping."""
    # The bare descriptor: a buffer would be locked by this thread when the interpreter ends.
    while os.read(0, 4096):
        pass
    _remove(folder)
    os._exit(0)


def _remove(folder: str) -> None:
    """Remove a folder, also while somebody still makes files there: one attempt would find it not empty."""
    until = time.monotonic() + _PATIENCE
    while folder and Path(folder).exists() and time.monotonic() < until:
        shutil.rmtree(folder, ignore_errors=True)


def _say(greeting: Greeting) -> None:
    with suppress(OSError):
        os.write(1, msgspec.json.encode(greeting) + b"\n")


if __name__ == "__main__":
    raise SystemExit(main())
