"""`pantau stats`: the document scripts rely on, and the same in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer

from store import attention
from store.db import Store
from store.records import OrderRecord
from store.times import DAY, HOUR
from tests.conftest import FrozenClock
from tests.ui.screen_kit import NOW, put, record
from tui.cmd.context import Context
from tui.cmd.stats import stats
from tui.cmd.tree import run_command

SPREAD = {"n", "median_hours", "p90_hours"}


@pytest.fixture(autouse=True)
def _unlearned() -> Iterator[None]:
    yield
    attention.use({})


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text('[[shops]]\nname = "toko-contoh"\nkind = "file"\n')
    return path


def context(config: Path, store: Store, clock: FrozenClock, **given: str) -> typer.Context:
    made = Context(config, {"data_dir": str(Path(store.url).parent), **given}, {}, clock)
    return cast(typer.Context, SimpleNamespace(obj=made))


def fill(store: Store) -> None:
    told: dict[str, Any] = {"status": "COMPLETED", "raw_status": "COMPLETED", "created_at": NOW - 2 * DAY}
    put(store, (
        record(n, shipped_at=NOW - 30 * HOUR, collected_at=NOW - 20 * HOUR, delivered_at=NOW - 8 * HOUR,
               scan_by=NOW - (21 if n == 1 else 19) * HOUR, **told)
        for n in range(1, 26)
    ))  # fmt: skip
    waits: dict[str, Any] = {"status": "AWAITING_COLLECTION", "raw_status": "AWAITING_COLLECTION"}
    put(store, [record(30, shipped_at=NOW - 9 * HOUR, scan_by=NOW - HOUR, **waits)])


def test_the_document(
    store: Store, config: Path, clock: FrozenClock, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(store)
    stats(context(config, store, clock), as_json=True)
    told = json.loads(capsys.readouterr().out)

    assert told["ldr"] == {
        "now": round(2 / 26, 6), "if_nothing": round(2 / 26, 6), "next_step": 0.1, "orders_until": 1,
        "late": 2, "judged": 26, "at_risk": 0,
        "forecast": round(2 / 26, 6), "next_cap": 0.1, "orders_until_cap": 1,
        "level": "above_target", "level_tonight": "above_target",
    }  # fmt: skip
    assert {"now", "if_nothing", "next_step", "orders_until"} <= told["sfcr"].keys()
    assert told["by_tab"] == {
        "action": 1, "unpaid": 0, "to-ship": 0, "collection": 1, "transit": 0, "delivered": 0, "completed": 25,
        "cancelled": 0, "returns": 0,
    }  # fmt: skip
    (jnt,) = told["couriers"]
    assert jnt["arrange_to_scan"] == {"n": 25, "median_hours": 10.0, "p90_hours": 10.0}
    assert jnt["scan_to_delivered"]["median_hours"] == 12.0
    assert (jnt["late"], jnt["judged"], jnt["late_share"]) == (2, 26, pytest.approx(2 / 26))
    assert [day["weekday"] for day in jnt["weekdays"]] == [1, 2, 3, 4, 5, 6, 7]
    assert all(set(day["arrange_to_scan"]) == SPREAD for day in jnt["weekdays"])
    assert (told["forecast"]["waiting"], told["forecast"]["learned_from"]) == (1, 25)
    (waiting,) = told["forecast"]["parcels"]
    assert (waiting["courier"], waiting["scan_by"], waiting["chance"]) == (
        "jnt",
        "2026-11-25T18:00:00+07:00",
        None,
    )
    (advice,) = told["advice"]
    assert (advice["courier"], advice["orders"], advice["late"]) == ("jnt", 1, 1)
    assert advice["text"] == "antar J&T Express hari ini: 1 paket"


def test_too_little_data_is_null(
    store: Store, config: Path, clock: FrozenClock, capsys: pytest.CaptureFixture[str]
) -> None:
    stats(context(config, store, clock), as_json=True)
    told = json.loads(capsys.readouterr().out)
    for rate in ("ldr", "sfcr"):
        assert [told[rate][name] for name in ("now", "if_nothing", "next_step", "orders_until")] == [None] * 4
    assert (told["couriers"], told["advice"], told["since"]) == ([], [], None)
    assert set(told["by_tab"].values()) == {0}


@pytest.mark.parametrize(
    ("language", "advice"),
    [("id", "antar J&T Express hari ini: 1 paket · 1 sudah telat"),
     ("en", "bring to J&T Express today: 1 parcel · 1 late already")],
)  # fmt: skip
def test_in_words(
    store: Store,
    config: Path,
    clock: FrozenClock,
    capsys: pytest.CaptureFixture[str],
    language: str,
    advice: str,
) -> None:
    fill(store)
    stats(context(config, store, clock, language=language))
    told = capsys.readouterr().out
    assert advice in told
    assert ("7,7 %" if language == "id" else "7.7 %") in told


def waits(number: int, left: int) -> OrderRecord:
    """An order whose scan deadline is `left` ms from now; it is not arranged yet."""
    return record(number, scan_by=NOW + left)


@pytest.mark.parametrize(
    ("scans", "told"),
    [
        ({}, "No parcel needs to be brought to a courier today."),
        ({1: HOUR, 2: 4 * HOUR, 3: 30 * HOUR}, "2 orders have their scan deadline today."),
        ({1: HOUR}, "1 order has its scan deadline today."),
        ({1: HOUR, 2: -HOUR},
         "1 order has its scan deadline today. 1 order was not scanned and is late already."),
        ({2: -20 * DAY}, "1 order was not scanned and is late already."),
    ],
)  # fmt: skip
def test_none_is_never_needed_while_a_clock_runs_out(
    store: Store,
    config: Path,
    clock: FrozenClock,
    capsys: pytest.CaptureFixture[str],
    scans: dict[int, int],
    told: str,
) -> None:
    put(store, [waits(number, left) for number, left in scans.items()])
    stats(context(config, store, clock, language="en"))
    assert f"  {told}\n" in capsys.readouterr().out


def test_without_history_the_advice_says_so(
    store: Store, config: Path, clock: FrozenClock, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting: dict[str, Any] = {"status": "AWAITING_COLLECTION", "raw_status": "AWAITING_COLLECTION"}
    put(store, [record(1, shipped_at=NOW - HOUR, scan_by=NOW + 2 * HOUR, **waiting)])
    stats(context(config, store, clock, language="en"))
    said = capsys.readouterr().out
    assert "Not enough history to foretell when the couriers come. 1 order has its scan" in said
    put(store, [record(2, shipped_at=NOW - 9 * HOUR, scan_by=NOW - HOUR, **waiting)])
    stats(context(config, store, clock, language="en"))
    said = capsys.readouterr().out
    assert "1 late already" in said
    assert "Not enough history to foretell when the couriers come. 1 order has its scan" in said
    assert "was not scanned" not in said, "that is the advice's own word"


def test_from_the_command_line(
    store: Store, config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    options = ["--config", str(config), "--data-dir", str(Path(store.url).parent)]
    assert run_command([*options, "stats", "--shop", "toko-contoh", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["by_tab"]["completed"] == 25
    assert run_command([*options, "stats", "--shop", "toko-lain"]) == 2
    assert "toko-contoh" in capsys.readouterr().err
