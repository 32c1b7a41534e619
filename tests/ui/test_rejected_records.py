"""Records that could not be understood: the screen says how many, the list of notices what to do, the doctor which."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from store import health, orders
from store.db import Store
from store.records import RejectedRecord
from store.times import MINUTE
from tests.ui.dialog_kit import said
from tests.ui.hostile import CORPUS
from tests.ui.screen_kit import NOW, picture, put, record, running, until
from tui.cmd.tree import run_command
from tui.text import ESCAPES


def reject(store: Store, *records: RejectedRecord) -> None:
    def write(conn: object) -> None:
        shop = orders.shop_pk(conn, "toko-contoh")  # type: ignore[arg-type]
        orders.reject(conn, shop, records, NOW)  # type: ignore[arg-type]

    store.write(write)


def odd(number: int) -> RejectedRecord:
    return RejectedRecord("orders", "ValidationError: Expected `int`", b"{%d" % number, f"5800{number}")


async def test_rejected_records_are_told_until_somebody_was_told(
    store: Store, clock: Callable[[], int]
) -> None:
    put(store, [record(1)])
    reject(store, odd(1), odd(2), odd(3))
    async with running(store, clock) as (app, pilot):
        await until(pilot, lambda: "3 catatan ditolak" in picture(app)[-2])
        assert "! menjelaskan" in picture(app)[-2]
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "3 catatan ditolak: `pantau doctor` menyebut yang mana" in said(app))
        await pilot.press("escape")
        await until(pilot, lambda: "ditolak" not in "\n".join(picture(app)))
        reject(store, odd(4))
        await until(pilot, lambda: "1 catatan ditolak" in picture(app)[-2])
    async with running(store, clock) as (app, pilot):
        assert "1 catatan ditolak" in picture(app)[-2]
        await pilot.click(app.main._health)
        await until(pilot, lambda: "4 catatan ditolak" in said(app))


async def test_a_failing_job_comes_first(store: Store, clock: Callable[[], int]) -> None:
    reject(store, odd(1))
    store.write(lambda conn: health.failed(conn, "orders", "toko-contoh", "no_network", None, NOW - MINUTE))
    async with running(store, clock) as (app, _):
        assert "Tidak tersambung" in picture(app)[-2]


async def test_who_may_only_look_is_told_once_a_run(store: Store, clock: Callable[[], int]) -> None:
    reject(store, odd(1))
    async with running(store, clock, read_only=True) as (app, pilot):
        await until(pilot, lambda: "1 catatan ditolak" in picture(app)[-2])
        await pilot.press("exclamation_mark", "escape")
        await until(pilot, lambda: "ditolak" not in "\n".join(picture(app)))
    async with running(store, clock, read_only=True) as (app, pilot):
        await until(pilot, lambda: "1 catatan ditolak" in picture(app)[-2])


def test_the_doctor_names_them(
    store: Store,
    store_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reject(
        store,
        odd(7),
        *(RejectedRecord("orders", text, str(n).encode(), text) for n, text in enumerate(CORPUS)),
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PANTAU_STORE__URL", f"sqlite:///{store_url}")
    config = tmp_path / "config.toml"
    config.write_text('[[shops]]\nname = "toko-contoh"\nkind = "file"\n')
    assert run_command(["--config", str(config), "doctor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["rejected"]
    assert told["n"] == len(CORPUS) + 1
    assert len(told["newest"]) == 20
    assert run_command(["--config", str(config), "doctor"]) == 0
    shown = capsys.readouterr().out
    assert f"{len(CORPUS) + 1} catatan ditolak" in shown
    assert not any(ESCAPES.search(line) for line in shown.splitlines())
    assert told["newest"][0].keys() == {"at", "shop", "source", "ref", "reason"}
