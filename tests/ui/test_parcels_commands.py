"""`pantau detect`, `pantau couriers` and `pantau track`: what scripts read, what a person reads, and exit codes."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer

from store import health, providers
from store.db import Store
from store.records import PackageRecord
from tests.conftest import FrozenClock
from tests.ui.hostile import CORPUS
from tests.ui.screen_kit import NOW, put, record
from tui.cmd import parcels
from tui.cmd.context import Context

FRESH = "001234567890"


class Shell:
    """The commands as a script calls them, without a process."""

    def __init__(self, context: Context, capsys: pytest.CaptureFixture[str]) -> None:
        self.context = cast(typer.Context, SimpleNamespace(obj=context))
        self._capsys = capsys

    def run(self, command: Any, *words: str, code: int = 0, **options: Any) -> tuple[str, str]:
        """What stands on stdout and stderr."""
        ended = 0
        try:
            command(self.context, *words, **options)
        except SystemExit as end:
            ended = int(end.code or 0)
        assert ended == code
        told = self._capsys.readouterr()
        return told.out, told.err

    def json(self, command: Any, *words: str, code: int = 0, **options: Any) -> Any:
        """The one document on stdout."""
        return json.loads(self.run(command, *words, code=code, as_json=True, **options)[0])


@pytest.fixture
def shell(tmp_path: Path, clock: FrozenClock, capsys: pytest.CaptureFixture[str]) -> Shell:
    config = tmp_path / "config.toml"
    config.write_text('language = "id"\n[couriers.komerce]\nenabled = false\n')
    environ = {"PANTAU_COURIER_BINDERBYTE_API_KEY": "secret-key"}
    return Shell(Context(config, {"data_dir": str(tmp_path / "data")}, environ, clock), capsys)


def test_detect_names_the_likeliest_first(shell: Shell) -> None:
    assert shell.json(parcels.detect, "JP1234567890") == [{"courier": "jnt", "confidence": 0.9}]
    told = shell.json(parcels.detect, f" {FRESH[:6]} {FRESH[6:]}")
    assert [one["courier"] for one in told] == ["sicepat", "jet"]
    assert told[0]["confidence"] >= told[1]["confidence"] > 0
    out, err = shell.run(parcels.detect, FRESH)
    assert out.startswith(f"{FRESH}\n")
    assert out.index("SiCepat") < out.index("JET Express")
    assert "Belum pasti: nomornya cocok dengan lebih dari satu kurir. Paling mungkin SiCepat." in out
    assert "Paling mungkin J&T Express." in shell.run(parcels.detect, "JP1234567890")[0]
    assert err == ""


def test_detect_says_when_the_number_alone_does_not_tell(shell: Shell) -> None:
    assert "Belum pasti: nomornya cocok dengan lebih" in shell.run(parcels.detect, "201234567890")[0]
    assert "Belum pasti: bentuk nomornya lemah" in shell.run(parcels.detect, "12345678901")[0]
    assert "Belum pasti" not in shell.run(parcels.detect, "JP1234567890")[0]


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("EE473124828ID", "angka pemeriksa yang salah"),
        ("SPXID1", "tidak cocok"),
        ("x", "bukan nomor resi"),
        ("'; DROP TABLE orders;--", "bukan nomor resi"),
        ("9" * 50, "bukan nomor resi"),
        ("   ", "kosong"),
        ("ＪＰ１２３и", "bukan nomor resi"),
    ],
)
def test_detect_says_why_nothing_fits(shell: Shell, number: str, why: str) -> None:
    out, err = shell.run(parcels.detect, number, code=1)
    assert out == ""
    assert why in err
    assert shell.json(parcels.detect, number, code=1) == []


def test_detect_lets_the_order_s_own_courier_win(shell: Shell, store: Store) -> None:
    assert shell.json(parcels.detect, FRESH, courier="J&T Express")[0] == {
        "courier": "jnt",
        "confidence": 1.0,
    }
    parcel = PackageRecord("1", "PROCESSING", "anteraja", "AnterAja", None, FRESH)
    put(store, [record(1, packages=(parcel,), status="IN_TRANSIT", raw_status="IN_TRANSIT")])
    told = shell.json(parcels.detect, FRESH)
    assert [one["courier"] for one in told] == ["anteraja", "sicepat", "jet"]
    assert told[0]["confidence"] == 1.0
    assert "Sesuai pesanan Anda: AnterAja." in shell.run(parcels.detect, FRESH)[0]
    assert shell.json(parcels.detect, "EE473124828ID", courier="pos")[0]["courier"] == "pos"


@pytest.mark.parametrize("text", CORPUS)
def test_detect_prints_nothing_that_acts(shell: Shell, text: str) -> None:
    with suppress(SystemExit):
        parcels.detect(shell.context, text)
    told = shell._capsys.readouterr()
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(told.out + told.err)


def test_couriers_names_the_variable_that_is_missing(shell: Shell) -> None:
    rows = {row["provider"]: row for row in shell.json(parcels.couriers)}
    assert rows["binderbyte"]["configured"] is True
    assert rows["binderbyte"]["missing"] == []
    assert rows["tiktok"]["needs_key"] is False
    biteship = rows["biteship"]
    assert (biteship["enabled"], biteship["configured"]) == (True, False)
    assert biteship["missing"] == ["PANTAU_COURIER_BITESHIP_API_KEY"]
    assert rows["komerce"]["enabled"] is False
    assert {"problem", "since", "until", "asked_today", "per_day", "unknown_texts", "documented"} <= set(
        biteship
    )
    out, _ = shell.run(parcels.couriers)
    assert "perlu PANTAU_COURIER_BITESHIP_API_KEY" in out
    assert "secret-key" not in out


def test_couriers_shows_quota_trouble_and_what_nobody_understood(shell: Shell, store: Store) -> None:
    def write(conn: Any) -> None:
        providers.reserve(conn, "binderbyte", 1_900, NOW, per_day=2_000)
        providers.note_unknown(conn, "binderbyte", "jne", {"BARU \x1b[2J": 3}, NOW)
        health.failed(conn, "courier", "binderbyte", "quota", None, NOW, next_at=NOW)

    store.write(write)
    row = next(row for row in shell.json(parcels.couriers) if row["provider"] == "binderbyte")
    assert (row["asked_today"], row["per_day"], row["unknown_texts"], row["problem"]) == (
        1900,
        2000,
        1,
        "quota",
    )
    assert row["since"] == row["until"] == "2026-11-25T19:00:00+07:00"
    out, _ = shell.run(parcels.couriers)
    for words in (
        "1.900/2.000 hari ini",
        "kuota habis",
        "dicoba lagi 2026-11-25T19:00:00+07:00",
        "1 teks belum dikenal",
    ):
        assert words in out
    (unknown,) = shell.json(parcels.couriers, unknown=True)
    assert (unknown["provider"], unknown["courier"], unknown["seen"]) == ("binderbyte", "jne", 3)
    out, _ = shell.run(parcels.couriers, unknown=True)
    assert "3x" in out
    assert "\x1b" not in out


def test_couriers_without_unknown_texts_says_so(shell: Shell) -> None:
    assert shell.run(parcels.couriers, unknown=True) == ("", "Semua teks kurir sejauh ini dikenal.\n")
    assert shell.json(parcels.couriers, unknown=True) == []


def test_a_bad_outcome_is_told_in_words_and_fails(shell: Shell) -> None:
    out, _ = shell.run(parcels.track, "x", code=1)
    assert "resi belum ditemukan" in out
    told = shell.json(parcels.track, "JP1234567890", code=1, via="biteship")
    assert (told["outcome"], told["status"], told["events"], told["delivered_at"]) == (
        "unauthorized",
        "unknown",
        [],
        None,
    )
    assert "kunci tidak ada" in shell.run(parcels.track, "JP1234567890", code=1, via="biteship")[0]
    assert "binderbyte?" in shell.run(parcels.track, "JP1234567890", code=2, via="binderbite")[1]
