"""Commands speak the language that was chosen, and one only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import tui.cmd
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
        (("orders", "--search", "zzz"), 0, "Tidak ada pesanan yang cocok", "No order matches"),
        (("orders", "--shop", "nope"), 2, "--shop nope: toko tidak dikenal", "--shop nope: unknown shop"),
        (("statements", "--shop", "nope"), 2, "Yang ada: toko-contoh", "There are: toko-contoh"),
        (("actions",), 0, "Tidak ada tindakan", "There are no actions"),
        (("batches",), 0, "Belum ada kumpulan", "There are no batches yet"),
        (("batches", "save", "x" * 41, ORDER), 2, "paling panjang 40 huruf", "40 characters at most"),
        (("rules", "log", "--rule", "nope"), 2, "tidak ada di konfigurasi", "not in the configuration"),
        (("ship", ORDER), 1, "Perlu persetujuan", "Needs a yes"),
        (
            ("order", ORDER),
            0,
            "Riwayat\n  25 Nov 19.00 masuk (Perlu dikirim) (platform)",
            "History\n  25 Nov",
        ),
        (
            ("costs", "set", "NOPE", "300"),
            0,
            "tidak ada barang dengan kode NOPE",
            "no goods have the code NOPE",
        ),
        (("costs", "set", "NOPE", "3", "--from", "31/02/2026"), 2, "tidak ada tanggal itu", "no such day"),
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


SPARED = frozenset({"Dihentikan. / Stopped."})
"""What may be said before anybody knows which language was chosen."""


def _sentences(tree: ast.AST) -> Iterator[str]:
    """Literals a command may print: not its docstrings, and not the help, which typer wants before a choice is read."""
    skipped = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) or (isinstance(node, ast.keyword) and node.arg == "help")
        for part in ast.walk(node.value)
        if isinstance(part, ast.Constant) and (isinstance(node, ast.keyword) or part is node.value)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.value


def test_no_command_says_a_thing_in_both_languages_at_once() -> None:
    files = Path(tui.cmd.__file__).parent.glob("*.py")
    said = [(file.name, text) for file in files for text in _sentences(ast.parse(file.read_text("utf-8")))]
    assert len(said) > 500
    assert [one for one in said if " / " in one[1] and one[1] not in SPARED] == []


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
    assert (code, capsys.readouterr().err) == (1, "read_only = true: nothing is changed\n")
