"""Seller Center files: taken in from CSV and XLSX against the least it can cost, and the memory it needs.

    python -m bench.files [ROWS]

Every figure is of a process of its own (`python -m bench.files STEP ...`), after its imports: what one leaves behind
in memory or caches is no other's gain. The alternatives take their turns one after the other.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from bench import bare, sheets

SHOP: Final = "toko-bench"
TENTH: Final = 10
"""By so much smaller is the file whose reading shows whether memory grows with a file."""


def measure(rows: int, turns: int = 3) -> dict[str, float]:
    """Seconds (the medians of some turns), ratios within each turn, and the importer's memory in bytes."""
    with tempfile.TemporaryDirectory(prefix="pantau-bench-") as name:
        folder = Path(name)
        table, book = sheets.write_csv(folder / "all.csv", rows), sheets.write_xlsx(folder / "all.xlsx", rows)
        few = sheets.write_csv(folder / "few.csv", rows // TENTH)
        seen: list[dict[str, dict[str, float]]] = []
        for turn in range(turns):
            steps = {
                "csv": ("take", str(table), str(folder / f"csv-{turn}")),
                "loop": ("texts", str(table), str(folder / f"loop-{turn}.db")),
                "columns": ("columns", str(table), str(folder / f"columns-{turn}.db")),
                "xlsx": ("take", str(book), str(folder / f"xlsx-{turn}")),
                "calamine": ("cells", str(book)),
                "few": ("take", str(few), str(folder / f"few-{turn}")),
            }
            order = list(steps) if turn % 2 == 0 else list(reversed(steps))
            seen.append({step: alone("bench.files", *steps[step]) for step in order})

    def middle(value: Callable[[dict[str, dict[str, float]]], float]) -> float:
        return statistics.median(value(turn) for turn in seen)

    return {
        "orders": seen[0]["csv"]["orders"],
        "csv, s": middle(lambda turn: turn["csv"]["seconds"]),
        "csv, s of CPU": middle(lambda turn: turn["csv"]["cpu"]),
        "loop, s": middle(lambda turn: turn["loop"]["seconds"]),
        "csv against loop": middle(lambda turn: turn["csv"]["seconds"] / turn["loop"]["seconds"]),
        "columns, s": middle(lambda turn: turn["columns"]["seconds"]),
        "csv against columns": middle(lambda turn: turn["csv"]["seconds"] / turn["columns"]["seconds"]),
        "xlsx, s": middle(lambda turn: turn["xlsx"]["seconds"]),
        "calamine, s": middle(lambda turn: turn["calamine"]["seconds"]),
        "xlsx against calamine": middle(lambda turn: turn["xlsx"]["seconds"] / turn["calamine"]["seconds"]),
        "memory": middle(lambda turn: turn["csv"]["memory"]),
        "memory, ratio": middle(lambda turn: turn["csv"]["memory"] / turn["few"]["memory"]),
    }


def take(source: str, folder: str) -> dict[str, float]:
    """The program's importer, from the file to committed rows of an empty store."""
    from jobs.collector import calm
    from jobs.config.settings import load
    from jobs.files.importer import import_file
    from store.db import Store

    home = Path(folder)
    home.mkdir(mode=0o700)
    (home / "config.toml").write_text(f'[[shops]]\nname = "{SHOP}"\nkind = "file"\n')
    settings = load(home / "config.toml", {}, {"data_dir": folder})
    calm()
    with closing(Store.open(settings.store_url)) as store:

        async def read() -> tuple[float, int]:
            begun = time.perf_counter()
            outcome = await import_file(store, settings, settings.shops[0], Path(source), by="bench")
            took = time.perf_counter() - begun
            assert (outcome.state, outcome.new, outcome.rejected) == ("done", outcome.orders, ()), outcome
            return took, outcome.orders

        before = _cpu()
        seconds, orders = asyncio.run(read())
        return {"seconds": seconds, "cpu": _cpu() - before, "orders": orders, "memory": peak()}


def alone(module: str, *words: str) -> dict[str, float]:
    """One step of a bench's module in a process of its own."""
    root = str(Path(__file__).resolve().parent.parent)
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        env={**os.environ, "PYTHONPATH": root},
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _cpu() -> float:
    """Seconds of CPU of this process and of the children it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak() -> int:
    """The most bytes this process ever held; getrusage would count what its parent held as well."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


STEPS: Final[dict[str, Callable[..., Any]]] = {
    "take": take,
    "texts": bare.texts,
    "columns": bare.columns,
    "cells": bare.cells,
}

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in STEPS:
        print(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])))
    else:
        print(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, turns=1))
