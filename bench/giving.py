"""Orders given out as files, against the least it can cost: the same cells written by a bare loop, without a store.

    python -m bench.giving [ROWS]

Seconds are of CPU, each step in a process of its own, after its imports; the alternatives take turns.
"""

from __future__ import annotations

import csv
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from bench import files, sheets

ENDINGS: Final = ("csv", "xlsx")


def measure(rows: int, turns: int = 3) -> dict[str, float]:
    """Seconds of CPU (medians), ratios within each turn, and the peak of memory in bytes."""
    with tempfile.TemporaryDirectory(prefix="pantau-bench-") as name:
        folder = Path(name)
        few = rows // files.TENTH
        orders = files.alone(
            "bench.giving", "take", str(sheets.write_csv(folder / "all.csv", rows)), str(folder / "all")
        )["orders"]
        files.alone(
            "bench.giving", "take", str(sheets.write_csv(folder / "few.csv", few)), str(folder / "few")
        )
        files.alone("bench.giving", "give", str(folder / "all"), str(folder / "cells.csv"))
        found: dict[str, float] = {"orders": orders}
        for ending in ENDINGS:
            seen: list[dict[str, dict[str, float]]] = []
            for turn in range(turns):
                steps = {
                    "ours": ("give", str(folder / "all"), str(folder / f"ours.{ending}")),
                    "bare": ("bare", str(folder / "cells.csv"), str(folder / f"bare.{ending}")),
                    "few": ("give", str(folder / "few"), str(folder / f"few.{ending}")),
                }
                order = list(steps) if turn % 2 == 0 else list(reversed(steps))
                seen.append({step: files.alone("bench.giving", *steps[step]) for step in order})
            for step in ("ours", "bare"):
                found[f"{ending}, {step}"] = statistics.median(turn[step]["cpu"] for turn in seen)
            found[f"{ending}, ratio"] = statistics.median(
                turn["ours"]["cpu"] / turn["bare"]["cpu"] for turn in seen
            )
            found[f"{ending}, memory"] = statistics.median(turn["ours"]["memory"] for turn in seen)
            found[f"{ending}, memory against few"] = statistics.median(
                turn["ours"]["memory"] / turn["few"]["memory"] for turn in seen
            )
    return found


def take(source: str, folder: str) -> dict[str, float]:
    """A store of the file's orders."""
    return {"orders": files.take(source, folder)["orders"]}


def give(folder: str, target: str) -> dict[str, float]:
    """The program's export, from the store to a file under its name."""
    from jobs.config.settings import load
    from jobs.files.export import Wanted, export
    from store.db import Store

    settings = load(Path(folder) / "config.toml", {}, {"data_dir": folder})
    with closing(Store.open(settings.store_url)) as store:
        begun = time.process_time()
        export(store, settings, Wanted(Path(target), replace=True), by="bench")
        return {"cpu": time.process_time() - begun, "memory": files.peak()}


def bare(source: str, target: str) -> dict[str, float]:
    """The same cells out of memory, by the library and nothing else, in the way that needs little of it."""
    with Path(source).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    begun = time.process_time()
    if target.endswith(".csv"):
        with Path(target).open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    else:
        import xlsxwriter

        options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        with xlsxwriter.Workbook(target, {"constant_memory": True, **options}) as book:
            put = book.add_worksheet().write_string
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if cell and cell != "\t":
                        put(number, place, cell)
    return {"cpu": time.process_time() - begun}


STEPS: Final[dict[str, Callable[..., Any]]] = {"take": take, "give": give, "bare": bare}

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in STEPS:
        print(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])))
    else:
        print(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 115_000, turns=1))
