"""`pantau export`: exit codes, the document scripts rely on, and what a person is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from store.db import Store
from tests.shop.test_files_sheet import cells_of
from tests.ui.screen_kit import put, record
from tui.cmd.tree import run_command


@pytest.fixture
def config(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of a seller with three orders; the command runs beside them."""
    path = tmp_path / "config.toml"
    path.write_text('[[shops]]\nname = "toko-contoh"\nkind = "file"\n')
    put(
        store,
        [record(1), record(2, buyer="Siti Zulaikha"), record(3, status="COMPLETED", raw_status="COMPLETED")],
    )
    monkeypatch.chdir(tmp_path)
    return path


def run(config: Path, store: Store, *arguments: str, lang: str = "id") -> int:
    """The command as it is called."""
    folder = str(Path(store.url).parent)
    options = ["--config", str(config), "--data-dir", folder, "--lang", lang]
    return run_command([*options, "export", *arguments])


def test_every_order_unless_told_otherwise(
    config: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(config, store, "a.csv", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "file": "a.csv", "orders": 3, "rows": 3, "layout": "seller_center", "masked": False,
    }  # fmt: skip
    assert run(config, store, "b.xlsx", "--tab", "completed", "--mask") == 0
    assert capsys.readouterr().out == "1 pesanan ditulis ke b.xlsx.\n"
    assert run(config, store, "c.csv", "--search", "zulaikha", "--compact", "--json") == 0
    assert json.loads(capsys.readouterr().out)["layout"] == "compact"
    assert [len(cells_of(Path(name))) for name in ("a.csv", "b.xlsx", "c.csv")] == [3, 1, 1]


def test_the_words_of_the_language(config: Path, store: Store) -> None:
    assert run(config, store, "a.csv", lang="en") == 0
    assert {one["Order Status"] for one in cells_of(Path("a.csv"))} == {"To ship", "Completed"}


def test_never_over_a_file_without_force(
    config: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.csv").write_text("milik orang lain")
    assert run(config, store, "a.csv") == 1
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert "sudah ada" in told.err
    assert Path("a.csv").read_text() == "milik orang lain"
    assert run(config, store, "a.csv", "--force") == 0
    assert len(cells_of(Path("a.csv"))) == 3


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["a.txt"], 2), (["a.csv", "--tab", "hantu"], 2), (["tidak/ada/a.csv"], 1), ([], 2)],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    config: Path, store: Store, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    assert run(config, store, *arguments) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.strip()
    assert "Traceback" not in told.err
    assert sorted(one.name for one in Path.cwd().glob("*.csv")) == []
