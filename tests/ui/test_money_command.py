"""`pantau money`, `pantau statements`, `pantau costs`: the documents scripts rely on, and the same in words."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer

from store.db import Store
from tests.conftest import FrozenClock
from tests.ui.money_kit import costs, usual
from tui.cmd.context import Context
from tui.cmd.money import money, statements
from tui.cmd.tree import run_command


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text('[money]\nmargin = 0\n[[shops]]\nname = "toko-contoh"\nkind = "file"\n')
    return path


def context(config: Path, store: Store, clock: FrozenClock, **given: str) -> typer.Context:
    made = Context(config, {"data_dir": str(Path(store.url).parent), **given}, {}, clock)
    return cast(typer.Context, SimpleNamespace(obj=made))


def test_the_document(
    store: Store, config: Path, clock: FrozenClock, capsys: pytest.CaptureFixture[str]
) -> None:
    usual(store)
    costs(store)
    money(context(config, store, clock), days=2, as_json=True)
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert told["currency"] == "IDR"
    # Delivered yesterday: the day after tomorrow is beyond two days. Delivered today: beyond too.
    assert told["expected"] == []
    assert told["later"] == {"orders": 2, "amount": 177_500}
    assert [one["amount"] for one in told["overdue"]] == [88_750]
    (statement,) = told["statements"]
    assert set(statement) >= {"id", "shop", "at", "status", "settlement", "revenue", "fees"}
    shipping, adjusted = told["differences"]
    assert shipping["expected"] == 88_750 and shipping["paid"] == 74_750 and shipping["difference"] == -14_000
    assert shipping["why"] == [{"reason": "shipping", "amount": -14_000}]
    assert adjusted["why"] == [{"reason": "adjustment", "amount": -5_000}]
    worst = told["below_margin"][0]
    assert worst == worst | {"cost": 120_000, "net": 74_750, "margin": -60.5, "settled": True}
    assert told["commissions"] == [{"shop": "toko-contoh", "channel": "TIKTOK_SHOP", "per_mille": 100}]

    statements(context(config, store, clock), limit=10, shop=None, as_json=True)
    assert json.loads(capsys.readouterr().out)["statements"] == [statement]
    money(context(config, store, clock, language="en"), days=30)
    words = capsys.readouterr().out
    assert "Expected: Rp177.500 from 2 orders" in words and "shipping -Rp14.000" in words


def run(config: Path, tmp_path: Path, *words: str) -> int:
    return run_command(["--config", str(config), "--data-dir", str(tmp_path / "data"), *words])


def test_costs_come_from_a_file_and_from_the_hand(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "modal.csv"
    table.write_text(
        "\ufeffSKU;HPP;Berlaku\nKP-HTM-L;Rp 52.500;\nKP-HTM-L;55000,00;01/11/2026\n;100;\nX;abc;\nY;1;2026-13-01\n",
        encoding="utf-8",
    )
    assert run(config, tmp_path, "costs", "import", str(table), "--json") == 0
    out = capsys.readouterr()
    told = json.loads(out.out)
    assert told["stored"] == 2
    assert [(one["row"], one["problem"]) for one in told["rejected"]] == [
        (4, "no_sku"),
        (5, "amount"),
        (6, "date"),
    ]
    assert "baris 5" in out.err
    assert run(config, tmp_path, "costs", "set", "TAS-1", "12.500", "--from", "2026-11-01") == 0
    capsys.readouterr()
    assert run(config, tmp_path, "costs", "--json") == 0
    assert json.loads(capsys.readouterr().out)["costs"] == [
        {"seller_sku": "KP-HTM-L", "valid_from": None, "amount": 52_500},
        {"seller_sku": "KP-HTM-L", "valid_from": "2026-11-01", "amount": 55_000},
        {"seller_sku": "TAS-1", "valid_from": "2026-11-01", "amount": 12_500},
    ]
    assert run(config, tmp_path, "costs", "drop", "TAS-1") == 0
    assert run(config, tmp_path, "costs", "drop", "TAS-1") == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("costs", "set", "A", "12,5,0"), 2),
        (("costs", "set", "A", "-5"), 2),
        (("costs", "set", " ", "5"), 2),
        (("costs", "set", "A", "5", "--from", "kemarin"), 2),
        (("costs", "import", "/nowhere/x.csv"), 2),
        (("statements", "--shop", "nobody"), 2),
        (("money", "--days", "0"), 2),
    ],
)
def test_what_makes_no_sense_is_refused(
    config: Path, tmp_path: Path, words: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(config, tmp_path, *words) == code
    assert capsys.readouterr().err.strip()


def test_a_table_of_something_else_is_refused(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "orders.csv"
    table.write_bytes(b"Order ID,Status\n\xff\xfe,\x00\n")
    assert run(config, tmp_path, "costs", "import", str(table)) == 2
    assert "sku" in capsys.readouterr().err
    assert run(config, tmp_path, "money") == 0
    assert "Belum ada dana yang ditunggu" in capsys.readouterr().out


def test_read_only_stores_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text("read_only = true\n")
    assert run(path, tmp_path, "costs", "set", "A", "5") == 1
    assert "tidak ada yang diubah" in capsys.readouterr().err
