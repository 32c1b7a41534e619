"""The monitor with a backend that takes in orders as fast as it can, from bytes to rows, in the jobs' own thread.

    python -m bench.busy FOLDER idle|busy

The folder's store is copied first, so that every run starts from the same one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from jobs.config.settings import load
from store.db import Store
from store.reader import Reader
from tui.app import PantauApp
from tui.backend import Backend


class Flood(Backend):
    """A backend whose only job is an endless sync: the pages of a sandbox shop, over and over, always changed."""

    def __init__(self, url: str, pages: Path | None) -> None:
        super().__init__(Store.open(url))
        self._stop = threading.Event()
        self._floods = pages is not None
        self._thread = threading.Thread(target=self._run, args=(pages,), daemon=True)

    def start(self, failed: Callable[[Exception], None]) -> None:
        """Begin."""
        if self._floods:
            self._thread.start()

    def stop(self, timeout: float) -> None:
        """End."""
        self._stop.set()
        if self._floods:
            self._thread.join(timeout)
        self.store.close()

    def nudge(self, job: str) -> None:
        """There is nothing to hurry."""

    def _run(self, pages: Path) -> None:
        from msgspec.structs import replace

        from shop.pages import orders_page
        from shop.wire.envelope import open_envelope
        from store.orders import ingest, shop_pk
        from store.times import now_ms

        shop = self.store.write(lambda conn: shop_pk(conn, "flood"))
        bodies = msgspec.msgpack.decode(pages.read_bytes(), type=list[bytes])
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
        url, pages = settings.store_url, None
        if mode == "busy":
            # Another process makes them: this one must hold what a monitor holds.
            pages = work / "pages"
            subprocess.run([sys.executable, "-m", "bench.ingest", "pages", "2000", str(pages)], check=True)
        PantauApp(settings, lambda: Reader.open(url), lambda: Flood(url, pages)).run()
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    os.umask(0o077)
    main(Path(sys.argv[1]), sys.argv[2])
