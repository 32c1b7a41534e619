"""The checklist for Seller Center: groups to paste, ticks, the table, and what the last file says otherwise."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from jobs.config.keys import Keys
from jobs.files import by_hand
from jobs.wishes.intents import plan_ship, queue_ship
from store import orders
from store.db import Store
from store.records import OrderRecord
from tests.conftest import FrozenClock
from tests.shop import files_kit
from tests.ui.dialog_kit import queued, said, toasts
from tests.ui.screen_kit import ON_BOTH, changed, picture, pk_of, record, running, until
from tui.app import PantauApp
from tui.screens.checklist import ChecklistScreen

WIB = ZoneInfo("Asia/Jakarta")
HOSTILE = "\x1b]0;x\x07=cmd()‮[b]"


def wished(store: Store, clock: FrozenClock, *records: OrderRecord, shop: str = "berkas") -> None:
    """Orders of a shop of files, on the checklist."""
    store.write(
        lambda conn: orders.ingest(
            conn, orders.shop_pk(conn, shop, "file"), records, clock(), authoritative=True
        )
    )
    pks, now = [pk_of(store, one) for one in records], clock()
    store.write(lambda conn: queue_ship(conn, plan_ship(conn, pks, now, Keys()), "seller", now))


def told(store: Store, clock: FrozenClock, *records: OrderRecord, stamp: int, shop: str = "berkas") -> None:
    """A file of the shop."""

    def write(conn: Any) -> None:
        pk = orders.shop_pk(conn, shop, "file")
        orders.ingest(conn, pk, records, clock(), authoritative=True)
        by_hand.reconcile(conn, pk, 1, records, stamp, clock())

    store.write(write)


def bare(number: int, **facts: Any) -> OrderRecord:
    return record(number, packages=(), **facts)


@asynccontextmanager
async def opened(
    store: Store, clock: FrozenClock, **options: Any
) -> AsyncIterator[tuple[PantauApp, Pilot[int]]]:
    """The checklist, opened by its key."""
    async with running(store, clock, **options) as (app, pilot):
        await pilot.press("K")
        await until(pilot, lambda: isinstance(app.screen, ChecklistScreen))
        await until(pilot, lambda: not app.data.busy)
        await pilot.pause()
        yield app, pilot


def texts(app: PantauApp) -> str:
    """The whole body, what is out of sight too."""
    return str(app.screen.query_one("#text", Static).content)


def copied(app: PantauApp) -> list[str]:
    return app.clipboard.split("\n")


async def test_groups_of_a_hundred_are_copied_and_ticked_in_turn(store: Store, clock: FrozenClock) -> None:
    made = [bare(number) for number in range(1, 106)]
    wished(store, clock, *made)
    async with opened(store, clock) as (app, pilot):
        assert "Daftar kirim Seller Center · toko berkas" in said(app)
        assert "Kelompok 1 dari 2: 100 pesanan" in said(app)
        await pilot.press("y")
        assert copied(app) == [one.order_id for one in made[:100]]
        await pilot.press("v")
        await until(pilot, lambda: "Kelompok 1 dari 1: 5 pesanan" in said(app))
        assert "100 dicentang sebagai sudah diatur" in toasts(app)[-1]
        await pilot.press("Y")
        assert app.clipboard == ",".join(one.order_id for one in made[100:])
        clock.advance(60_000)
        await pilot.press("v")
        await until(pilot, lambda: "Semua sudah dicentang" in said(app))
        await pilot.press("u")
        await until(pilot, lambda: "Kelompok 1 dari 1: 5 pesanan" in said(app))
        await pilot.press("u")
        await until(pilot, lambda: "Kelompok 1 dari 2: 5 pesanan" in said(app))
        await pilot.press("u")
        await until(pilot, lambda: "Tidak ada centang" in toasts(app)[-1])
    assert {row.state for row in queued(store)} == {"queued"}


async def test_what_is_ticked_is_what_was_copied_whatever_arrives_between(
    store: Store, clock: FrozenClock
) -> None:
    wished(store, clock, bare(5), bare(6))
    async with opened(store, clock) as (app, pilot):
        await pilot.press("y")
        wished(store, clock, bare(1))
        await changed(app, pilot)
        app.screen.store_changed()  # type: ignore[attr-defined]
        await until(pilot, lambda: "dari 2: 2 pesanan" in said(app))
        await pilot.press("v")
        await until(pilot, lambda: "dari 1: 1 pesanan" in said(app))
        await pilot.press("y")
        assert copied(app) == [bare(1).order_id]
    ticked = {row.order_id for row in queued(store) if row.reason == "ticked"}
    assert ticked == {bare(5).order_id, bare(6).order_id}


def ticked(store: Store) -> set[str]:
    """The order ids that are ticked."""
    return {row.order_id for row in queued(store) if row.reason == "ticked"}


def under_cursor(app: PantauApp) -> str:
    """The line on which the cursor stands."""
    [line] = [line for line in texts(app).splitlines() if line.startswith("▌")]
    return line


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_single_orders_are_ticked_and_unticked(
    store: Store, clock: FrozenClock, size: tuple[int, int]
) -> None:
    made = [bare(number) for number in range(1, 41)]
    ids = [one.order_id for one in made]
    wished(store, clock, *made)
    async with opened(store, clock, size=size) as (app, pilot):
        assert "spasi centang satu" in said(app)
        assert ids[0] in under_cursor(app)
        await pilot.press("k", "j", "space", "down", "space")
        await until(pilot, lambda: ticked(store) == {ids[1], ids[3]})
        await until(pilot, lambda: "Dicentang, menunggu berkas berikutnya (2)" in texts(app))
        assert ids[4] in under_cursor(app)
        await pilot.press(*["j"] * 40)
        await until(pilot, lambda: under_cursor(app).rstrip() in "\n".join(picture(app)))
        assert "✓" in under_cursor(app)
        assert "spasi cabut centang" in said(app)
        assert ids[1] in under_cursor(app) or ids[3] in under_cursor(app)
        last = ids[1] if ids[1] in under_cursor(app) else ids[3]
        await pilot.press("space")
        await until(pilot, lambda: ticked(store) == {ids[1], ids[3]} - {last})
        await pilot.press("v")
        await until(pilot, lambda: len(ticked(store)) >= 39)


async def test_two_presses_tick_two_orders_before_the_store_has_answered(
    store: Store, clock: FrozenClock
) -> None:
    made = [bare(number) for number in range(1, 4)]
    wished(store, clock, *made)
    async with opened(store, clock) as (app, pilot):
        app.screen.action_one()  # type: ignore[attr-defined]
        app.screen.action_one()  # type: ignore[attr-defined]
        await until(pilot, lambda: ticked(store) == {one.order_id for one in made[:2]})
        await until(pilot, lambda: made[2].order_id in under_cursor(app))
        assert ticked(store) == {one.order_id for one in made[:2]}


async def test_what_the_last_file_says_otherwise_stands_on_top_with_the_reason(
    store: Store, clock: FrozenClock
) -> None:
    made = [bare(number) for number in range(1, 5)]
    wished(store, clock, *made)
    ids = [row.id for row in queued(store)]
    store.write(lambda conn: by_hand.tick(conn, ids[:2], clock(), "seller"))
    told(store, clock, bare(1), bare(3, cancel_requested=True), stamp=clock() + 1)
    async with opened(store, clock) as (app, pilot):
        text = said(app)
        assert "Seller Center bilang lain (2):" in text
        assert (
            f"✗ {made[0].order_id} Seller Center bilang masih harus dikirim, walau sudah dicentang 25 Nov"
            in text
        )
        assert f"✗ {made[2].order_id} pembeli minta batal" in text
        assert "Kelompok 1 dari 1: 2 pesanan" in text
        assert f"✓ {made[1].order_id}" in text
        await pilot.press("y")
        assert copied(app) == [made[0].order_id, made[3].order_id]


async def test_each_shop_has_its_own_groups(store: Store, clock: FrozenClock) -> None:
    wished(store, clock, bare(1), shop="satu")
    wished(store, clock, bare(2), shop="dua")
    async with opened(store, clock) as (app, pilot):
        # The order under the cursor says which.
        assert "toko satu" in said(app)
        assert bare(2).order_id not in said(app)
        await pilot.press("t")
        await until(pilot, lambda: "toko dua" in said(app))
        await pilot.press("y")
        assert copied(app) == [bare(2).order_id]


async def test_other_groups_are_a_key_away(store: Store, clock: FrozenClock) -> None:
    wished(store, clock, *(bare(number) for number in range(1, 102)))
    async with opened(store, clock) as (app, pilot):
        await pilot.press("n")
        await until(pilot, lambda: "Kelompok 2 dari 2: 1 pesanan" in said(app))
        await pilot.press("y", "n")
        assert copied(app) == [bare(101).order_id]
        await until(pilot, lambda: "Kelompok 1 dari 2" in said(app))
        await pilot.press("p")
        await until(pilot, lambda: "Kelompok 2 dari 2" in said(app))


async def test_the_table_is_saved_and_never_over_another(
    store: Store, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wished(store, clock, bare(1, buyer=HOSTILE), shop="../toko")
    async with opened(store, clock) as (app, pilot):
        for n, name in enumerate(("checklist-.._toko-20261125.csv", "checklist-.._toko-20261125-2.csv"), 1):
            await pilot.press("w")
            await until(pilot, lambda n=n: len(list(tmp_path.glob("*.csv"))) == n)  # type: ignore[misc]
            await app.workers.wait_for_complete()
            assert name in toasts(app)[-1].replace("\n", "")
    made = tmp_path / "checklist-.._toko-20261125.csv"
    rows = list(csv.DictReader(made.read_text("utf-8-sig").splitlines()))
    assert [row["order_id"] for row in rows] == [bare(1).order_id + "\t"]
    assert made.stat().st_mode & 0o777 == 0o600


async def test_a_full_disk_is_told_and_nothing_half_stays(
    store: Store, clock: FrozenClock, tmp_path: Path, full_disk: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wished(store, clock, bare(1))
    async with opened(store, clock) as (app, pilot):
        await pilot.press("w")
        await until(pilot, lambda: any("Tidak bisa disimpan: disk penuh." in one for one in toasts(app)))
    assert list(tmp_path.glob("*.csv")) == []


async def test_an_empty_checklist_says_how_something_gets_there(store: Store, clock: FrozenClock) -> None:
    async with opened(store, clock) as (app, pilot):
        assert "Daftar kirim kosong." in said(app)
        await pilot.press("y", "v", "w", "n", "t")
        await until(pilot, lambda: "Tidak ada nomor" in toasts(app)[0])
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_who_may_only_look_can_copy_but_not_tick(store: Store, clock: FrozenClock) -> None:
    wished(store, clock, bare(1))
    async with opened(store, clock, read_only=True) as (app, pilot):
        assert "v centang 1" not in said(app)
        assert "spasi" not in said(app)
        await pilot.press("y", "v", "space")
        assert copied(app) == [bare(1).order_id]
        await until(pilot, lambda: len(toasts(app)) == 3)
    assert queued(store)[0].reason == "by_hand"


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (40, 10), (20, 5)])
async def test_every_size_is_borne(store: Store, clock: FrozenClock, size: tuple[int, int]) -> None:
    made = [bare(number, buyer=HOSTILE) for number in range(1, 40)]
    wished(store, clock, *made)
    told(store, clock, bare(39, cancel_requested=True), stamp=clock())
    async with opened(store, clock, size=(120, 36)) as (app, pilot):
        await pilot.resize_terminal(*size)
        await pilot.pause()
        await pilot.press("n", "j", "pagedown", "G", "g")
        if size >= (80, 24):
            assert "y salin 38" in said(app)
            assert "Esc kembali" in said(app)
        if size >= (80, 24):
            assert f"{made[0].order_id} sebelum" in said(app)
        if size == (20, 5):
            await pilot.press("v", "y")
            await app.workers.wait_for_complete()
            assert {row.reason for row in queued(store)} == {"by_hand"}
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


@ON_BOTH
async def test_it_opens_on_either_engine(store: Store, clock: FrozenClock) -> None:
    wished(store, clock, bare(1))
    async with opened(store, clock) as (app, pilot):
        await until(pilot, lambda: "Kelompok 1 dari 1" in said(app))
        assert bare(1).order_id in under_cursor(app)


# ---- the command --------------------------------------------------------------------------------------------


def pantau(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    config = tmp_path / "config.toml"
    config.write_text('[[shops]]\nname = "berkas"\nkind = "file"\n[[shops]]\nname = "lain"\nkind = "file"\n')
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PANTAU_")}
    command = [
        sys.executable,
        "-m",
        "tui",
        "--config",
        str(config),
        "--data-dir",
        str(tmp_path / "data"),
        *words,
    ]
    root = Path(__file__).parents[2]
    return subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True, timeout=60)


def test_the_command_lists_ticks_and_saves(store: Store, clock: FrozenClock, tmp_path: Path) -> None:
    one, two = bare(1), bare(2)
    wished(store, clock, one)
    wished(store, clock, two, shop="lain")
    plain = pantau(tmp_path, "checklist", "--shop", "berkas")
    assert (plain.returncode, plain.stdout) == (0, f"{one.order_id}\n")
    table = tmp_path / "out.csv"
    done = pantau(tmp_path, "checklist", "--csv", str(table), "--json", "--done", one.order_id, "123")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document["not_on_checklist"] == ["123"]
    first, second = document["shops"]
    assert (first["shop"], first["groups"], second["groups"]) == ("berkas", [], [[two.order_id]])
    assert first["orders"][0]["state"] == "ticked"
    assert set(first["orders"][0]) == {
        "order_id", "package_id", "courier", "buyer", "items", "deadline", "state", "ticked_at",
    }  # fmt: skip
    rows = list(csv.DictReader(table.read_text("utf-8-sig").splitlines()))
    assert [(row["shop"], row["state"]) for row in rows] == [("berkas", "ticked"), ("lain", "to_ship")]
    again = pantau(tmp_path, "checklist", "--csv", str(table))
    assert again.returncode == 1
    assert "out.csv" in again.stderr


def test_ship_tells_a_script_that_a_person_does_it(store: Store, clock: FrozenClock, tmp_path: Path) -> None:
    one = bare(1)

    def write(conn: Any) -> None:
        orders.ingest(conn, orders.shop_pk(conn, "berkas", "file"), [one], clock(), authoritative=True)

    store.write(write)
    for _ in range(2):
        shipped = pantau(tmp_path, "ship", one.order_id, "--yes", "--wait", "30", "--json")
        assert shipped.returncode == 0, shipped.stderr
        (result,) = json.loads(shipped.stdout)["results"]
        assert (result["state"], result["reason"], result["package_id"]) == ("queued", "by_hand", None)


@pytest.mark.parametrize("words", [("--shop", "x"), ("123",)])
def test_wrong_use_is_a_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    wrong = pantau(tmp_path, "checklist", *words)
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr


def test_the_next_file_says_what_became_of_what_was_shipped(tmp_path: Path) -> None:
    ids = [files_kit.row(order=number)["Order ID"] for number in range(1, 5)]
    bring(tmp_path, "a.csv", [files_kit.row(order=number) for number in range(1, 5)])
    assert pantau(tmp_path, "ship", *ids, "--yes", "--json").returncode == 0
    assert pantau(tmp_path, "checklist", "--done", *ids[:2]).returncode == 0
    # Order 5 is told of after the ticks, so the file knows more than they did.
    later = datetime.now(WIB) + timedelta(days=1)
    bring(
        tmp_path,
        "b.csv",
        [
            files_kit.row(
                order=1, state="collection", Tracking_ID="JX1234567890", Package_ID="1150000000000000001"
            ),
            files_kit.row(order=2),
            files_kit.row(order=3, state="cancelled"),
            files_kit.row(order=4),
            files_kit.row(order=5, Created_Time=f"{later:%d/%m/%Y %H:%M:%S}"),
        ],
    )
    (shop,) = json.loads(pantau(tmp_path, "checklist", "--json").stdout)["shops"]
    states = {row["order_id"]: row["state"] for row in shop["orders"]}
    assert states == {ids[1]: "still_to_ship", ids[2]: "cancelled", ids[3]: "to_ship"}
    assert sorted(shop["groups"][0]) == [ids[1], ids[3]]
    rows = json.loads(pantau(tmp_path, "actions", "--json").stdout)
    ended = {row["order_id"]: (row["state"], row["reason"]) for row in rows}
    assert ended == {
        ids[0]: ("done", None), ids[1]: ("queued", "still_to_ship"), ids[2]: ("refused", "cancelled_in_file"),
        ids[3]: ("queued", "by_hand"),
    }  # fmt: skip
    told = pantau(tmp_path, "checklist")
    assert "Seller Center bilang masih harus dikirim" in told.stderr


def bring(tmp_path: Path, name: str, rows: list[dict[str, str]]) -> None:
    """A file, read by the command."""
    (tmp_path / name).write_bytes(files_kit.csv_bytes(rows))
    read = pantau(tmp_path, "import", str(tmp_path / name), "--shop", "berkas")
    assert read.returncode == 0, read.stderr
