"""`pantau import` as a program: the contract of its JSON, its exit codes, and that a killed one is taken up again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from store.db import Store
from tests.jobs.import_kit import everything, many, put, settings_of, table
from tests.shop.files_kit import row

PANTAU = [sys.executable, "-c", "from tui.cli import main; raise SystemExit(main())"]


def environ(folder: Path) -> dict[str, str]:
    """Leads to the settings in this folder."""
    return os.environ | {
        "PANTAU_CONFIG": str(folder / "config.toml"),
        "PANTAU_DATA_DIR": str(folder / "data"),
    }


def pantau(folder: Path, *words: str) -> tuple[int, Any, str]:
    """Run it; exit code, JSON of stdout if any, stderr."""
    done = subprocess.run(
        [*PANTAU, *words], env=environ(folder), capture_output=True, text=True, timeout=60, check=False
    )
    return (
        done.returncode,
        json.loads(done.stdout) if done.stdout.startswith("{") else done.stdout,
        done.stderr,
    )


def test_a_killed_reading_is_taken_up_again(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    path = put(tmp_path / "a.csv", many(6_000))
    store = Store.open(settings.store_url)
    try:
        command = [*PANTAU, "import", str(path), "--json"]
        with subprocess.Popen(command, env=environ(tmp_path), stdout=subprocess.DEVNULL) as process:
            end = time.monotonic() + 60
            while not table(store, "SELECT id FROM file_imports WHERE orders >= 500"):
                assert process.poll() is None and time.monotonic() < end
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
        [(state, orders, new)] = table(store, "SELECT state, orders, new FROM file_imports")
        assert state == "running" and new == orders < 6_000
        assert table(store, "SELECT count(*) FROM orders") == [(orders,)]
        code, told, _ = pantau(tmp_path, "import", str(path), "--json")
        assert code == 0
        [one] = told["files"]
        assert {name: one[name] for name in ("rows", "orders", "new", "changed", "unchanged")} == {
            "rows": 6_000, "orders": 6_000, "new": 6_000, "changed": 0, "unchanged": 0,
        }  # fmt: skip
        assert table(store, "SELECT count(*) FROM orders") == [(6_000,)]
        assert table(store, "SELECT count(*) FROM changes WHERE kind = 'order.new'") == [(6_000,)]
        assert not store.verify()
        killed = everything(store)
    finally:
        store.close()
    whole = tmp_path / "whole"
    whole.mkdir()
    settings = settings_of(whole)
    assert pantau(whole, "import", str(path))[0] == 0
    store = Store.open(settings.store_url)
    assert everything(store) == killed
    store.close()


def test_what_a_script_reads(tmp_path: Path) -> None:
    settings_of(tmp_path)
    path = put(tmp_path / "a.csv", [row(1), row(2, Quantity="banyak")])
    code, told, _ = pantau(tmp_path, "import", str(path), str(tmp_path / "none.csv"), "--json")
    assert code == 1
    good, missing = told["files"]
    assert (good["file"], good["rows"], good["orders"], good["new"]) == (str(path), 2, 1, 1)
    [refused] = good["rejected"]
    assert refused["row"] == 3 and refused["code"] == "quantity" and "banyak" in refused["reason"]
    assert good["warnings"] == [] and good["problem"] is None
    assert missing["problem"]["code"] == "no_file" and missing["rejected"] == []
    path = put(tmp_path / "b.csv", [row(1)])
    code, said, _ = pantau(tmp_path, "--lang", "en", "import", str(path))
    assert code == 0 and "b.csv" in said and "1 orders" in said


@pytest.mark.parametrize(
    ("shops", "option", "names"),
    [
        ((), (), 'kind = "file"'),
        (("a", "b"), (), "a, b"),
        (("a", "b"), ("--shop", "c"), "a, b"),
    ],
)
def test_it_must_be_clear_which_shop_is_meant(
    tmp_path: Path, shops: tuple[str, ...], option: tuple[str, ...], names: str
) -> None:
    (tmp_path / "config.toml").write_text(
        "".join(f'[[shops]]\nname = "{name}"\nkind = "file"\n' for name in shops)
    )
    path = put(tmp_path / "a.csv", [row(1)])
    code, _, said = pantau(tmp_path, "import", str(path), *option)
    assert code == 2 and names in said
    assert not (tmp_path / "data").exists()


def test_the_only_file_shop_is_taken(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[[shops]]\nname = "api"\napp_key = "x"\n[[shops]]\nname = "berkas"\nkind = "file"\n'
    )
    path = put(tmp_path / "a.csv", [row(1)])
    assert pantau(tmp_path, "import", str(path), "--json")[0] == 0
    store = Store.open(str(tmp_path / "data" / "pantau.db"))
    assert table(store, "SELECT s.name FROM orders o JOIN shops s ON s.id = o.shop_id") == [("berkas",)]
    store.close()
