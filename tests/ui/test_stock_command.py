"""`pantau stock`: the documents scripts rely on, and setting a number from the shell to the platform."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina

from shop.sandbox.data import PRODUCTS, SKUS, WAREHOUSE_ID
from tests.jobs.runtime_kit import Scene, scene
from tui.cmd.tree import run_command

SHIRT, OTHER = PRODUCTS[0].skus[0], PRODUCTS[1].skus[0]
FIELDS = {
    "sku", "seller_sku", "name", "variation", "on_hand", "reserved", "free", "low", "low_at", "shops", "out_in_minutes",
    "sold_per_hour", "listings",
}  # fmt: skip
QUICK = '[sender]\nvalidity = "1s"\nsettle = "200ms"\nskew = "50ms"\n'


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with scene(tmp_path, orders=40, extra=QUICK) as made, stamina.set_testing(True, attempts=2):
        for name, value in made.environ.items():
            monkeypatch.setenv(name, value)
        with made.world.lock:
            made.world.shelves.put(SHIRT.sku_id, {WAREHOUSE_ID: 14})
            made.world.shelves.put(OTHER.sku_id, {WAREHOUSE_ID: 2})
        monkeypatch.setenv("PANTAU_CONFIG", str(tmp_path / "config.toml"))
        monkeypatch.setenv("PANTAU_DATA_DIR", str(tmp_path / "data"))
        yield made


class Shell:
    """Runs commands and reads what they print."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> tuple[int, str, str]:
        code = run_command(list(words))
        told = self._capsys.readouterr()
        return code, told.out, told.err

    def json(self, *words: str) -> tuple[int, Any]:
        code, out, _ = self(*words, "--json")
        return code, json.loads(out)


def test_the_list_and_a_number_that_is_set(shop: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    run = Shell(capsys)
    code, out, err = run("stock")
    assert (code, err) == (0, "") and "Belum ada barang" in out
    code, _, err = run("stock", "set", SHIRT.seller_sku, "3", "--yes")
    assert code == 1 and "pantau sync" in err
    code, _, err = run("sync", "--once")
    assert code == 0, err

    code, rows = run.json("stock")
    assert code == 0 and len(rows) == len(SKUS) and {frozenset(row) for row in rows} == {frozenset(FIELDS)}
    by_sku = {row["sku"]: row for row in rows}
    shirt = by_sku[SHIRT.sku_id]
    with shop.world.lock:
        committed = shop.world.shelves.committed[SHIRT.sku_id]
    # The orders and the platform agree on what is sold and still lies there, so free is what is for sale.
    assert (shirt["on_hand"], shirt["reserved"], shirt["free"]) == (14 + committed, committed, 14)
    assert (shirt["seller_sku"], shirt["name"], shirt["variation"], shirt["low"], shirt["shops"]) == (
        SHIRT.seller_sku, PRODUCTS[0].name, SHIRT.variation, False, ["toko-contoh"],
    )  # fmt: skip
    assert by_sku[OTHER.sku_id]["low"] is True
    low = run.json("stock", "--low")[1]
    assert OTHER.sku_id in {row["sku"] for row in low} and SHIRT.sku_id not in {row["sku"] for row in low}
    assert [row["sku"] for row in run.json("stock", "--search", f"{SHIRT.seller_sku} toko-con")[1]] == [
        SHIRT.sku_id
    ]
    code, out, _ = run("stock", "--search", SHIRT.seller_sku)
    assert "Kode" in out and PRODUCTS[0].name in out and code == 0
    # A screen's words would name a key that does nothing here.
    assert run("stock", "--search", "zzz") == (0, "Tidak ada barang yang cocok.\n", "")

    # A number of its own for "low", kept here; `-` takes it back.
    for number, told, low_at, is_low in (
        ("14", "14 atau kurang", 14, True),
        ("-", "menurut setelan", None, False),
    ):
        code, _, err = run("stock", "low", SHIRT.seller_sku, number)
        assert code == 0 and told in err
        (one,) = run.json("stock", "--search", SHIRT.sku_id)[1]
        assert (one["low_at"], one["low"]) == (low_at, is_low)
    assert [run("stock", "low", *words)[0] for words in (("nix", "3"), (SHIRT.sku_id, "x"))] == [1, 2]

    # Nobody can say yes where there is no terminal.
    code, _, err = run("stock", "set", SHIRT.seller_sku, "7")
    assert code == 1 and "--yes" in err and "14 → 7" in err
    code, told = run.json("stock", "set", SHIRT.seller_sku.lower(), "7", "--yes", "--wait", "20")
    assert (code, told["results"]) == (0, [{
        "sku": SHIRT.sku_id, "seller_sku": SHIRT.seller_sku, "shop": "toko-contoh", "quantity": 7, "was": 14,
        "state": "done", "code": 0, "reason": None,
    }])  # fmt: skip
    with shop.world.lock:
        assert shop.world.shelves.available[SHIRT.sku_id] == 7
    assert run.json("stock", "--search", SHIRT.sku_id)[1][0]["free"] == 7


def test_what_cannot_be_set_says_why(shop: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    run = Shell(capsys)
    assert run("sync", "--once")[0] == 0
    for words, code, sentence in (
        (("nix", "3"), 1, "tidak ada barang"),
        ((SHIRT.sku_id, "100000"), 2, "0 sampai"),
        ((SHIRT.sku_id, "-1"), 2, ""),
        ((SHIRT.sku_id, "3", "--shop", "nix"), 2, "tidak dikenal"),
        ((SHIRT.sku_id, "3", "--wait", "inf"), 2, "--wait"),
    ):
        found, _, err = run("stock", "set", *words, "--yes")
        assert (found, sentence in err) == (code, True), err
    # Sold from since the look: not set, with the reason; insisting sets it.
    with shop.world.lock:
        shop.world.shelves.available[SHIRT.sku_id] -= 2
        shop.world.shelves.committed[SHIRT.sku_id] += 2
    code, told = run.json("stock", "set", SHIRT.sku_id, "20", "--yes", "--wait", "20")
    (one,) = told["results"]
    assert (code, one["state"], one["reason"]) == (1, "refused", "stock_moved")
    code, told = run.json("stock", "set", SHIRT.sku_id, "20", "--yes")
    assert code == 0 and told["results"][0]["state"] == "queued"
    code, told = run.json("stock", "set", SHIRT.sku_id, "20", "--yes", "--force", "--wait", "20")
    assert code == 1 and told["results"][0]["reason"] == "under_way"
    # The outbox tells which SKU, from what to what; the old number is not tried again over the one under way.
    under_way, old = run.json("actions")[1]
    assert [(one["sku"], one["was"], one["quantity"]) for one in (old, under_way)] == [
        (SHIRT.sku_id, 14, 20), (SHIRT.sku_id, 12, 20),
    ]  # fmt: skip
    assert f"SKU {SHIRT.sku_id}: 12 → 20" in run("actions")[1]
    code, _, err = run("actions", "retry", str(old["id"]))
    assert code == 1 and "ada angka yang lebih baru" in err
