"""Paper: a hundred labels asked of the sandbox (a process of its own), fetched and put together; then from disk.

python -m bench.paper [LABELS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from jobs.config.settings import load
from jobs.demo import start_sandbox_process
from jobs.once import make_paper, run_once
from jobs.paper import wishes
from store.db import Store
from store.status import OrderStatus

ENOUGH = 25
"""Orders of a sandbox for each label: about one of twelve waits for its courier, and some of those are refused."""


def measure(labels: int) -> dict[str, float]:
    """Seconds for so many labels, the first time and again; pages that came of it."""
    sandbox = start_sandbox_process(seed=5, orders=labels * ENOUGH, rate=0.0, speed=0.0)
    try:
        with tempfile.TemporaryDirectory(prefix="pantau-bench-") as name:
            config = Path(name) / "config.toml"
            config.write_text(sandbox.access.config)
            settings = load(config, sandbox.access.environ, {"data_dir": str(Path(name) / "data")})
            run_once(settings, sandbox.access.environ)
            with closing(Store.open(settings.store_url)) as store, closing(store.reader()) as reader:
                found = reader.orders(status=OrderStatus.AWAITING_COLLECTION)
                wanted = [row.pk for row in reader.rows(found) if not row.cancel_requested][:labels]
                took: list[float] = []
                for _ in range(2):
                    paper = store.write(
                        lambda conn: wishes.want_labels(conn, wanted, "A6", None, "bench", store.clock())
                    )
                    begun = time.perf_counter()
                    make_paper(settings, sandbox.access.environ, store, paper)
                    took.append(time.perf_counter() - begun)
                row = reader.paper(paper)
                assert row is not None and row.state == "ready", row
    finally:
        sandbox.stop()
    return {"labels": len(wanted), "pages": row.pages, "seconds": took[0], "seconds again": took[1]}


if __name__ == "__main__":
    print(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
