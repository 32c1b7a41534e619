"""`pantau manifest`: what scripts read, what a person reads, and exit codes."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
import typer

from store import manifests
from store.db import Store
from tests.conftest import FrozenClock
from tests.jobs.handover_kit import number, put, waiting
from tests.ui.hostile import CORPUS
from tests.ui.screen_kit import NOW
from tui import changes
from tui.cmd import handover
from tui.cmd.context import Context


class Shell:
    """The commands as a script calls them, without a process."""

    def __init__(self, context: Context, capsys: pytest.CaptureFixture[str]) -> None:
        self.context = cast(typer.Context, SimpleNamespace(obj=context, invoked_subcommand=None))
        self._capsys = capsys

    def run(self, command: Any, *words: Any, code: int = 0, **options: Any) -> tuple[str, str]:
        """What stands on stdout and stderr."""
        ended = 0
        try:
            command(self.context, *words, **options)
        except SystemExit as end:
            ended = int(end.code or 0)
        told = self._capsys.readouterr()
        assert ended == code, told
        return told.out, told.err

    def json(self, command: Any, *words: Any, code: int = 0, **options: Any) -> Any:
        """The one document on stdout."""
        return json.loads(self.run(command, *words, code=code, as_json=True, **options)[0])


@pytest.fixture
def shell(tmp_path: Path, clock: FrozenClock, capsys: pytest.CaptureFixture[str]) -> Shell:
    config = tmp_path / "config.toml"
    config.write_text('language = "id"\n')
    return Shell(Context(config, {"data_dir": str(tmp_path / "data")}, {}, clock), capsys)


def checked(store: Store) -> None:
    """The platform says yes to everything that waits for it."""
    reader = store.reader()
    for row in reader.manifests(is_open=True):
        ids = [one.package_id for one in reader.manifest_parcels(row.id) if one.state == "checking"]
        store.write(lambda conn, row=row, ids=ids: manifests.passed(conn, row.id, ids, NOW))  # type: ignore[misc]
    reader.close()


def test_the_whole_way_from_waiting_to_closed(shell: Shell, store: Store, tmp_path: Path) -> None:
    put(
        store,
        waiting(1, cod=True),
        waiting(2),
        waiting(3, parcel={"courier": "sicepat", "courier_name": "SiCepat"}),
    )
    groups = shell.json(handover.waiting)
    assert [(one["courier"], len(one["parcels"])) for one in groups] == [("jnt", 2), ("sicepat", 1)]
    assert groups[0]["parcels"][0] == {
        "package_id": waiting(1).packages[0].package_id,
        "tracking_number": number(1),
        "order_id": waiting(1).order_id,
        "scan_by": "2026-11-25T20:00:00+07:00",
        "cancel_requested": False,
    }
    told = shell.json(handover.scan, [number(1), number(2), number(1)], by="Sari")["results"]
    assert [(one["code"], one["state"], one["manifest"]) for one in told] == [
        (number(1), "checking", "ST-20261125-JNT-01"),
        (number(2), "checking", "ST-20261125-JNT-01"),
    ]
    out, err = shell.run(handover.close, "ST-20261125-JNT-01", code=1)
    assert "masih ada paket yang diperiksa" in err and out == ""
    checked(store)
    closed = shell.json(
        handover.close, "st-20261125-jnt-01", received_by="Pak Kurir", out=tmp_path / "bukti", by="Sari"
    )
    assert (closed["closed"], closed["parcels"], closed["cod_sum"], closed["received_by"]) == (
        True, 2, 136_000, "Pak Kurir",
    )  # fmt: skip
    assert Path(closed["file"]).read_bytes().startswith(b"%PDF")
    assert Path(closed["file"]).parent == tmp_path / "bukti"
    shown = shell.json(handover.show, "ST-20261125-JNT-01")
    assert shown["intact"] is True
    assert hashlib.sha256(shown["sealed"].encode()).hexdigest() == shown["digest"] == closed["digest"]
    (row,) = shell.json(handover.manifests)
    assert (row["number"], row["parcels"], row["closed_by"]) == ("ST-20261125-JNT-01", 2, "Sari")
    assert "sudah ditutup" in shell.run(handover.close, "ST-20261125-JNT-01", code=1)[1]
    assert [one["courier"] for one in shell.json(handover.waiting)] == ["sicepat"]


def test_a_scan_that_stops_says_why_and_fails(shell: Shell, store: Store) -> None:
    put(store, waiting(1, status="CANCELLED"), waiting(2))
    (told,) = shell.json(handover.scan, [number(1)], code=1)["results"]
    assert (told["state"], told["reason"], told["order_id"]) == ("stopped", "cancelled", waiting(1).order_id)
    assert "SUDAH DIBATALKAN" in shell.run(handover.scan, [number(1)], code=1)[0]
    (told,) = shell.json(handover.scan, [number(2)], code=1, courier="SiCepat")["results"]
    assert (told["reason"], told["manifest"]) == ("other_courier", None)
    (told,) = shell.json(handover.scan, ["JX404"], code=1)["results"]
    assert (told["reason"], told["package_id"]) == ("unknown", None)


def test_a_parcel_on_a_closed_manifest_needs_again(shell: Shell, store: Store) -> None:
    put(store, waiting(1), kind="file")
    shell.run(handover.scan, [number(1)])
    shell.run(handover.close, "ST-20261125-JNT-01")
    (told,) = shell.json(handover.scan, [number(1)], code=1)["results"]
    assert (told["reason"], told["manifest"]) == ("handed_over", "ST-20261125-JNT-01")
    (told,) = shell.json(handover.scan, [number(1)], again=True)["results"]
    assert (told["state"], told["reason"], told["manifest"]) == ("on", "no_platform", "ST-20261125-JNT-02")


def test_closing_without_an_answer_needs_a_word_for_it(shell: Shell, store: Store) -> None:
    put(store, waiting(1))
    shell.run(handover.scan, [number(1)])
    shell.run(handover.close, "ST-20261125-JNT-01", code=1)
    closed = shell.json(handover.close, "ST-20261125-JNT-01", unchecked=True, by="Sari")
    assert (closed["unchecked"], closed["lines"][0]["reason"]) == (1, "unchecked")


def test_what_turned_cancelled_keeps_it_open(shell: Shell, store: Store) -> None:
    put(store, waiting(1), waiting(2))
    shell.run(handover.scan, [number(1), number(2)])
    checked(store)
    put(store, waiting(1, status="CANCELLED", updated_at=NOW))
    told = shell.json(handover.close, "ST-20261125-JNT-01", code=1)
    assert told == {"number": "ST-20261125-JNT-01", "closed": False, "stopped": [number(1)]}
    assert shell.json(handover.close, "ST-20261125-JNT-01")["parcels"] == 1


def test_a_parcel_can_be_taken_off(shell: Shell, store: Store) -> None:
    put(store, waiting(1))
    shell.run(handover.scan, [number(1)])
    shell.run(handover.remove, "ST-20261125-JNT-01", number(1))
    assert shell.json(handover.show, "ST-20261125-JNT-01")["lines"] == []
    shell.run(handover.remove, "ST-20261125-JNT-01", number(1), code=1)


def test_a_good_parcel_scanned_twice_is_no_failure(shell: Shell, store: Store) -> None:
    put(store, waiting(1))
    shell.run(handover.scan, [number(1)])
    (told,) = shell.json(handover.scan, [number(1)])["results"]
    assert (told["state"], told["warning"], told["manifest"]) == (
        "checking", "on_manifest", "ST-20261125-JNT-01",
    )  # fmt: skip
    out, _ = shell.run(handover.scan, ["jx-" + number(1)[2:]])
    assert "sudah ada di manifes ini" in out and "KELUARKAN" not in out
    (told,) = shell.json(handover.scan, [number(1)], courier="SiCepat")["results"]
    assert (told["state"], told["warning"]) == ("checking", "other_manifest")


def test_a_parcel_elsewhere_is_named_where_it_is(shell: Shell, store: Store) -> None:
    sicepat = {"courier": "sicepat", "courier_name": "SiCepat"}
    put(store, waiting(1), waiting(2, parcel=sicepat), waiting(3))
    shell.run(handover.scan, [number(1), number(2)])
    err = shell.run(handover.remove, "ST-20261125-JNT-01", number(2), code=1)[1]
    assert f"{number(2)} ada di manifes ST-20261125-SICEPAT-01, bukan di ST-20261125-JNT-01" in err
    assert "tidak ada di manifes" in shell.run(handover.remove, "ST-20261125-JNT-01", number(3), code=1)[1]
    assert "tidak dikenal" in shell.run(handover.remove, "ST-20261125-JNT-01", "JX404", code=1)[1]
    assert "tidak ada manifes" in shell.run(handover.remove, "ST-0", number(1), code=1)[1]


def test_closing_with_nothing_ready_says_what_to_do(shell: Shell, store: Store) -> None:
    put(store, waiting(1), waiting(2, status="CANCELLED"))
    shell.run(handover.scan, [number(1), number(2)], code=1)
    shell.run(handover.remove, "ST-20261125-JNT-01", number(1))
    err = shell.run(handover.close, "ST-20261125-JNT-01", code=1)[1]
    assert f"pantau manifest remove ST-20261125-JNT-01 {number(2)}" in err and "SUDAH DIBATALKAN" in err


def test_the_feed_names_the_manifest_and_never_a_placeholder(shell: Shell, store: Store) -> None:
    put(store, waiting(1), kind="file")
    shell.run(handover.scan, [number(1)])
    shell.run(handover.close, "ST-20261125-JNT-01")
    shell.run(handover.scan, [number(1)], code=1)
    with closing(store.reader()) as reader:
        row = next(one for one in reader.recent(["handover.stopped"]) if one.kind == "handover.stopped")
    assert changes.what(row).endswith("sudah diserahkan dengan manifes ST-20261125-JNT-01")
    assert "?" not in changes.what(msgspec.structs.replace(row, detail='{"reason":"handed_over"}'))


def test_without_anything_it_says_so(shell: Shell) -> None:
    assert shell.json(handover.manifests) == [] == shell.json(handover.waiting)
    assert "Belum ada manifes" in shell.run(handover.manifests)[1]
    assert "Tidak ada paket" in shell.run(handover.waiting)[1]
    assert "tidak ada manifes" in shell.run(handover.show, "ST-0", code=1)[1]


def test_a_person_reads_it_too(shell: Shell, store: Store) -> None:
    put(store, waiting(1, cod=True), kind="file")
    assert number(1) in shell.run(handover.waiting)[0]
    shell.run(handover.scan, [number(1)])
    assert "ST-20261125-JNT-01  J&T Express  siap 1" in shell.run(handover.manifests)[0]
    shell.run(handover.close, "ST-20261125-JNT-01")
    out, _ = shell.run(handover.show, "ST-20261125-JNT-01")
    for words in (number(1), "tanpa pemeriksaan", "COD 1 pesanan, Rp136.000", "isi cocok"):
        assert words in out


def test_an_altered_manifest_is_told(shell: Shell, store: Store) -> None:
    put(store, waiting(1), kind="file")
    shell.run(handover.scan, [number(1)])
    shell.run(handover.close, "ST-20261125-JNT-01")
    store.write(lambda conn: conn.exec_driver_sql("UPDATE manifest_parcels SET order_id = '1'"))
    assert shell.json(handover.show, "ST-20261125-JNT-01", code=1)["intact"] is False


@pytest.mark.parametrize("text", CORPUS)
def test_nothing_printed_acts(shell: Shell, store: Store, text: str) -> None:
    put(store, waiting(1, buyer=text, city=text, parcel={"courier": None, "courier_name": text}), kind="file")
    shell.run(handover.scan, [number(1), text], code=1, by=text)
    (row,) = shell.json(handover.manifests)
    out = shell.run(handover.waiting)[0] + shell.run(handover.manifests)[0]
    shell.run(handover.close, row["number"], received_by=text)
    out += shell.run(handover.show, row["number"])[0]
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(out)
