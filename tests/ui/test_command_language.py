"""Commands speak the language that was chosen, and one only."""

from __future__ import annotations

from pathlib import Path

import pytest

from store.db import Store
from store.records import ItemRecord
from tests.ui.screen_kit import put, record
from tui.cmd.tree import run_command

ORDER = record(1).order_id


@pytest.mark.parametrize(
    ("words", "code", "id_says", "en_says"),
    [
        (("confirm", ORDER), 0, "1 dikonfirmasi, 0 sudah begitu", "0 confirmed, 1 already so"),
        (("unconfirm", ORDER), 0, "0 konfirmasi dibatalkan", "0 unconfirmed, 1 already so"),
        (("confirm", "123"), 1, "Pesanan tidak dikenal: 123", "Unknown order: 123"),
        (
            ("orders", "--tab", "shipped"),
            2,
            "--tab shipped: pilih salah satu dari",
            "--tab shipped: choose one of",
        ),
        (("orders", "--status", "x"), 2, "--status x: pilih salah satu dari", "--status x: choose one of"),
        (("actions", "--state", "x"), 2, "--state x: pilih salah satu dari", "--state x: choose one of"),
        (("orders",), 0, "3 barang: Topi, Kaos", "3 items: Topi, Kaos"),
    ],
)
def test_one_language_is_printed(
    store: Store,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: int,
    id_says: str,
    en_says: str,
) -> None:
    several = (ItemRecord("1", "Topi", 1, 1_000), ItemRecord("2", "Kaos", 2, 1_000))
    put(store, [record(1, items=several)])
    config = tmp_path / "config.toml"
    config.write_text('[[shops]]\nname = "toko-contoh"\nkind = "file"\n')
    options = ["--config", str(config), "--data-dir", str(Path(store.url).parent)]
    for language, says, other in (("id", id_says, en_says), ("en", en_says, id_says)):
        assert run_command([*options, "--lang", language, *words]) == code
        told = "".join(capsys.readouterr())
        assert says in told
        assert other not in told


@pytest.mark.parametrize(
    "words", [("confirm", ORDER), ("unconfirm", ORDER), ("ship", ORDER, "--yes"), ("cancel", ORDER, "--yes"),
              ("split", ORDER), ("resi", ORDER, "JP1234567890", "--courier", "jnt"), ("checklist", "--done", ORDER)],
)  # fmt: skip
def test_read_only_settings_stop_every_command_that_changes_something(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    put(store, [record(1)])
    config = tmp_path / "config.toml"
    config.write_text('read_only = true\nlanguage = "en"\n[[shops]]\nname = "toko-contoh"\nkind = "file"\n')
    code = run_command(["--config", str(config), "--data-dir", str(Path(store.url).parent), *words])
    assert (code, capsys.readouterr().err) == (1, "View only: nothing is changed\n")
