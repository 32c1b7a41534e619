"""The monitor with a backend that takes in orders as fast as it can, from bytes to rows, in the jobs' own thread.

    python -m bench.busy FOLDER idle|busy

The folder's store is copied first, so that every run starts from the same one.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from jobs.settings import load
from store.db import Store
from store.reader import Reader
from tui.app import PantauApp
from tui.backend import Backend


class Flood(Backend):
    """A backend whose only job is an endless sync: the pages of a sandbox shop, over and over, always changed."""

    def __init__(self, url: str, on: bool) -> None:
        super().__init__(Store.open(url))
        self._on = on
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self, failed: Callable[[Exception], None]) -> None:
        """Begin."""
        if self._on:
            self._thread.start()

    def stop(self, timeout: float) -> None:
        """End."""
        self._stop.set()
        if self._on:
            self._thread.join(timeout)
        self.store.close()

    def nudge(self, job: str) -> None:
        """There is nothing to hurry."""

    def _run(self) -> None:
        from msgspec.structs import replace

        from bench.ingest import pages
        from shop.pages import orders_page
        from shop.wire.envelope import open_envelope
        from store.orders import ingest, shop_pk
        from store.times import now_ms

        shop = self.store.write(lambda conn: shop_pk(conn, "flood"))
        bodies = pages(2_000)
        turn = 0
        while True:
            turn += 1
            for body in bodies:
                if self._stop.is_set():
                    return
                found = orders_page(open_envelope(body).data, None).records
                # Another update time and total make every order a changed one.
                records = [replace(r, updated_at=r.updated_at + turn, total=r.total + turn) for r in found]
                self.store.write(lambda conn, records=records: ingest(conn, shop, records, now_ms()))  # type: ignore[misc]


def main(folder: Path, mode: str) -> None:
    """Copy, open, run."""
    work = Path(tempfile.mkdtemp(prefix="pantau-busy-"))
    try:
        shutil.copytree(folder, work, dirs_exist_ok=True)
        settings = load(work / "config.toml", {}, {"data_dir": str(work)})
        url = settings.store_url
        PantauApp(settings, lambda: Reader.open(url), lambda: Flood(url, mode == "busy")).run()
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    os.umask(0o077)
    main(Path(sys.argv[1]), sys.argv[2])
