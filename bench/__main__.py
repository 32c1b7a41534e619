"""All measurements and the bounds they are held to: `python -m bench [SECTION...] [--quick]`, sections as in SECTIONS.

Figures are ratios within one run where a machine's noise would decide otherwise. Exit code 1 when a bound is missed.
Run it on a machine that does nothing else.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench import bursts, data, files, forecast, giving, health, ingest, paper, tracking
from bench.measure import Case, Keys, keys, starts

READY = r"…\d{9}|58\d{10,}"
"""An order's id in the list."""
FEW, MANY = 1_000, 1_000_000


class Figure(NamedTuple):
    """One measured value and its bound."""

    name: str
    value: float
    unit: str
    bound: float | None = None
    at_least: bool = False

    @property
    def held(self) -> bool:
        """Whether the bound holds; without one it always does."""
        if self.bound is None:
            return True
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        bound = "" if self.bound is None else f"{sign} {self.bound:g}  {'ok' if self.held else 'MISSED'}"
        return f"{self.name:<58}{self.value:>10.2f} {self.unit:<9}{bound}"


def pantau(count: int, name: str, *extra: str) -> Case:
    """The monitor on a store of so many orders, without jobs."""
    folder = data.folder(count)
    argv = [
        sys.executable,
        "-m",
        "tui",
        "--config",
        str(folder / "config.toml"),
        "--data-dir",
        str(folder),
        "--no-jobs",
    ]
    return Case(name, READY, [*argv, *extra])


def baseline(kind: str) -> Case:
    """Textual's own cost."""
    return Case(kind, "READY-MARK", [sys.executable, "-m", "bench.baselines", kind])


def start(quick: bool) -> list[Figure]:
    """Process start to the first painted list."""
    few, many = pantau(FEW, "few"), pantau(MANY, "many")
    found = starts([baseline("tabs"), few, many], 3 if quick else 9)
    return [
        Figure("start: bare Textual app with the same tabs", found["tabs"] * 1e3, "ms"),
        Figure(f"start: first painted list, {FEW:,} orders", found["few"] * 1e3, "ms"),
        Figure(f"start: first painted list, {MANY:,} orders", found["many"] * 1e3, "ms"),
        Figure("start: ratio to the bare app", found["few"] / found["tabs"], "x", 1.35),
        Figure(f"start: {MANY:,} orders against {FEW:,}", found["many"] / found["few"], "x", 1.15),
    ]


def key_presses(quick: bool) -> list[Figure]:
    """One line down, from the key to the first changed cell, in a tab of most of a million orders."""
    count = 150 if quick else 1_000
    in_history = ("7",)
    ours = keys(pantau(MANY, "many"), "down", count, before=in_history)
    empty = keys(baseline("list"), "down", count)
    table = keys(baseline("datatable"), "down", count)
    return [
        *_latency("keys: Pantau at a million orders", ours),
        *_latency("keys: empty Textual list", empty),
        *_latency("keys: DataTable with 10,000 rows", table),
        Figure("keys: p50 against the empty list", ours.p50 / empty.p50, "x", 2.5),
        Figure("keys: p50 against the DataTable", ours.p50 / table.p50, "x", 0.4),
        Figure("memory: the monitor at a million orders", ours.rss / 1e6, "MB", 150),
    ]


def busy(quick: bool) -> list[Figure]:
    """The same while orders are taken in as fast as they can be."""
    count = 300 if quick else 1_000
    folder = data.folder(FEW * 20)
    argv = [sys.executable, "-m", "bench.busy", str(folder)]
    idle = keys(Case("idle", READY, [*argv, "idle"]), "down", count, before=("7",))
    full = keys(Case("busy", READY, [*argv, "busy"]), "down", count, before=("7",))
    return [
        *_latency("keys: idle", idle),
        *_latency("keys: while orders pour in", full),
        Figure("keys while busy: p50 against idle", full.p50 / idle.p50, "x", 2.0),
        Figure("keys while busy: p99 against idle", full.p99 / idle.p99, "x", 3.0),
        Figure("memory: the monitor while busy", full.rss / 1e6, "MB", 150),
    ]


def intake(quick: bool) -> list[Figure]:
    """The platform's JSON from bytes to committed rows."""
    found = ingest.measure(3_000 if quick else 20_000)
    return [
        Figure("ingest: new orders", found["orders/s, new"], "orders/s", 8_000, at_least=True),
        Figure(
            "ingest: new orders, a page of 100 a transaction",
            found["orders/s, new, pages of 100"],
            "orders/s",
        ),
        Figure("ingest: the same orders again", found["orders/s, read again"], "orders/s"),
        Figure("ingest: lines an order", found["lines an order"], ""),
    ]


def pick_ups(quick: bool) -> list[Figure]:
    """The pick-up forecast on weeks it has not seen, against always saying the usual share."""
    scores = [forecast.measure(seed) for seed in forecast.SEEDS[: 2 if quick else None]]
    worst = min(scores, key=lambda score: score.gain)
    mean = sum(score.gain for score in scores) / len(scores)
    off = max(score.reliability for score in scores)
    return [
        Figure("forecast: questions about held-out weeks", sum(score.asked for score in scores), ""),
        Figure("forecast: Brier score of the base rate (worst seed)", worst.base, ""),
        Figure("forecast: Brier score of the forecast (worst seed)", worst.ours, ""),
        Figure("forecast: better than the base rate, mean of the seeds", mean * 100, "%"),
        Figure("forecast: better than the base rate, worst seed", worst.gain * 100, "%", 20, at_least=True),
        Figure("forecast: chance said against share seen (worst seed)", off, "", 0.1),
    ]


def selling_out(quick: bool) -> list[Figure]:
    """How early the stock's forecast tells a shelf that a live video empties."""
    found = bursts.total([bursts.measure(seed) for seed in bursts.SEEDS[: 2 if quick else None]])
    return [
        Figure(f"stock: told 3 min ahead, of {found.bursts} bursts", found.share_of_all * 100, "%"),
        Figure("stock: of those that took 3 min", found.share * 100, "%", 90, at_least=True),
        Figure("stock: warnings that nothing followed", found.false_share * 100, "%", 40),
    ]


def shop_health(quick: bool) -> list[Figure]:
    """The rates of shop health at midnight, said at 16.00, in simulated months."""
    scores = health.table(health.SEEDS[: 3 if quick else None])
    every = [error for score in scores for error in score.ldr]
    open_days = [error for score in scores for error in score.working]
    as_it_is = [error for score in scores for error in score.naive]
    gone = [error for score in scores for error in score.sfcr]
    worst = min(health.within(score.ldr) for score in scores)
    return [
        Figure("health: days of simulated shops", len(every), ""),
        Figure("health: LDR within 1 point", health.within(every) * 100, "%", 90, at_least=True),
        Figure("health: LDR within 1 point, the worst kind of shop", worst * 100, "%"),
        Figure("health: LDR, days with orders open at 16.00", health.within(open_days) * 100, "%"),
        Figure("health: saying on those that nothing changes", health.within(as_it_is) * 100, "%"),
        Figure("health: SFCR within 1 point", health.within(gone) * 100, "%", 90, at_least=True),
    ]


def refreshing(quick: bool) -> list[Figure]:
    """A thousand due parcels at a provider 20 ms away."""
    found = tracking.measure(300 if quick else 1_000)
    ours, bare = found["parcels/s"], found["questions/s, bare httpx"]
    return [
        Figure("tracking: parcels from due to stored", ours, "parcels/s"),
        Figure("tracking: the same questions in a bare httpx loop", bare, "1/s"),
        Figure("tracking: share of the bare loop", ours / bare, "x", 0.6, at_least=True),
    ]


def labels(quick: bool) -> list[Figure]:
    """A batch of labels, from the wish to one PDF."""
    found = paper.measure(20 if quick else 100)
    return [
        Figure("paper: labels asked for", found["labels"], ""),
        Figure("paper: pages of the PDF", found["pages"], ""),
        Figure("paper: fetched from the sandbox and merged", found["seconds"], "s", 10),
        Figure("paper: the same again, from disk", found["seconds again"], "s", 4),
    ]


def seller_files(quick: bool) -> list[Figure]:
    """An export of Seller Center taken in."""
    rows = 20_000 if quick else 100_000
    found = files.measure(rows, turns=1 if quick else 3)
    # Five seconds are for all of them: fewer have to be as fast.
    seconds = 5 * rows / 100_000
    return [
        Figure(f"files: orders in {rows:,} rows of 65 columns", found["orders"], ""),
        Figure("files: CSV into an empty store", found["csv, s"], "s", seconds),
        Figure("files: the same, CPU of both processes", found["csv, s of CPU"], "s"),
        Figure("files: a bare csv + sqlite3 loop into these columns and indexes", found["columns, s"], "s"),
        Figure("files: CSV against that loop", found["csv against columns"], "x", 2),
        Figure("files: a bare loop into one table of texts, no index", found["loop, s"], "s"),
        Figure("files: CSV against that one", found["csv against loop"], "x"),
        Figure("files: XLSX into an empty store", found["xlsx, s"], "s"),
        Figure("files: python-calamine's bare read", found["calamine, s"], "s"),
        Figure("files: XLSX against the bare read", found["xlsx against calamine"], "x", 3),
        Figure(f"memory: the importer's peak at {rows:,} rows", found["memory"] / 1e6, "MB"),
        Figure(f"memory: against {rows // files.TENTH:,} rows", found["memory, ratio"], "x", 1.3),
    ]


def exports(quick: bool) -> list[Figure]:
    """A store's orders as a file, against the libraries writing the same cells out of memory."""
    rows = 11_500 if quick else 115_000
    found = giving.measure(rows, turns=1 if quick else 3)
    figures = [Figure(f"export: orders in {rows:,} rows of 65 columns", found["orders"], "")]
    for ending, ratio in (("csv", 8), ("xlsx", 0.6)):
        of, memory = f"export to {ending.upper()}:", found[f"{ending}, memory"] / 1e6
        figures += [
            Figure(f"{of} CPU", found[f"{ending}, ours"], "s"),
            Figure(f"{of} CPU of a bare loop over the same cells", found[f"{ending}, bare"], "s"),
            Figure(f"{of} against the bare loop", found[f"{ending}, ratio"], "x", ratio),
            Figure(f"{of} peak of memory", memory, "MB"),
            Figure(
                f"{of} peak against {rows // files.TENTH:,} rows",
                found[f"{ending}, memory against few"],
                "x",
                1.4,
            ),
        ]
    return figures


def help_cost(quick: bool) -> list[Figure]:
    """CPU of `pantau --help`, the best of five."""
    best = float("inf")
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "tui", "--help"], stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return [Figure("pantau --help", best, "s of CPU", 0.25)]


def _latency(name: str, found: Keys) -> list[Figure]:
    missed = f", {found.missed} unanswered" if found.missed else ""
    return [
        Figure(f"{name}, p50 of {found.n}{missed}", found.p50 * 1e3, "ms"),
        Figure(f"{name}, p99", found.p99 * 1e3, "ms"),
    ]


SECTIONS: dict[str, Callable[[bool], list[Figure]]] = {
    "help": help_cost,
    "start": start,
    "keys": key_presses,
    "busy": busy,
    "ingest": intake,
    "tracking": refreshing,
    "forecast": pick_ups,
    "health": shop_health,
    "stock": selling_out,
    "paper": labels,
    "files": seller_files,
    "export": exports,
}


def main(words: list[str]) -> int:
    """Run the sections named, or all; returns the exit code."""
    # The programs measured must find the packages wherever this was started.
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parent.parent)
    quick = "--quick" in words
    wanted = [word for word in words if not word.startswith("-")] or list(SECTIONS)
    missed = 0
    for name in wanted:
        for figure in SECTIONS[name](quick):
            print(figure, flush=True)
            missed += not figure.held
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
