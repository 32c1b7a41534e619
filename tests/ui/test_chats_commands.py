"""`pantau chats` and `pantau message`: what scripts read, what is asked before anything is sent, and exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer

from store.db import Store
from store.records import PackageRecord
from store.times import HOUR
from tests.conftest import FrozenClock
from tests.ui.chat_kit import BUYER_ID, said_by, talked
from tests.ui.dialog_kit import queued
from tests.ui.hostile import CORPUS
from tests.ui.screen_kit import NOW, put, record
from tests.ui.test_parcels_commands import Shell
from tui.cmd import chats
from tui.cmd.context import Context

PARCEL = PackageRecord("11500000000001", status="FULFILLING", courier="jnt", tracking_number="JX123456789")
ORDER = record(1, packages=(PARCEL,), status="IN_TRANSIT", raw_status="IN_TRANSIT", buyer_id=BUYER_ID,
               scan_by=NOW - HOUR)  # fmt: skip
CONFIG = '[chat]\nlanguage = "en"\ntemplates = { ongkir = "Ongkir {order}", catatan = "{note}" }\n'
WORDS: dict[str, Any] = {
    "text": None,
    "template": None,
    "sheet": None,
    "lang": None,
    "yes": True,
    "wait": 0.0,
}


@pytest.fixture
def store(tmp_path: Path, clock: FrozenClock) -> Iterator[Store]:
    made = Store.open(f"sqlite:///{tmp_path}/data/pantau.db", clock=clock)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def shell(tmp_path: Path, clock: FrozenClock, capsys: pytest.CaptureFixture[str]) -> Shell:
    (tmp_path / "data").mkdir(exist_ok=True)
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    context = Context(config, {"data_dir": str(tmp_path / "data")}, {}, clock)
    assert context.settings.store_url.endswith("/pantau.db")
    return Shell(context, capsys)


def send(shell: Shell, order_id: str = ORDER.order_id, *, code: int = 0, **told: Any) -> Any:
    """The result of a message, as a script reads it."""
    (result,) = shell.json(chats.message, order_id, code=code, **(WORDS | told))["results"]
    return result


def test_the_list_as_scripts_and_as_people_read_it(shell: Shell, store: Store) -> None:
    put(store, [ORDER])
    talked(store, said_by("BUYER", "paket saya dmn", 1, at=NOW - HOUR), platform="TOKOPEDIA")
    talked(store, said_by("BUYER", "x", 2), said_by("SHOP", "siap", 3), number=2, buyer_id=None, buyer=None)
    first, second = shell.json(chats.chats, unanswered=False)
    assert first == {
        "conversation_id": "749400000001", "shop": "toko-contoh", "buyer": "B*** S***", "platform": "TOKOPEDIA",
        "unread": 1, "answer_by": "2026-11-26T06:00:00+07:00", "last_at": "2026-11-25T18:00:00+07:00",
        "last_role": "BUYER", "last_text": "paket saya dmn", "order_ids": [ORDER.order_id],
    }  # fmt: skip
    assert (second["answer_by"], second["order_ids"]) == (None, [])
    assert len(shell.json(chats.chats, unanswered=True)) == 1
    out, _ = shell.run(chats.chats, unanswered=False, as_json=False)
    assert "paket saya dmn" in out and len(out.splitlines()) == 2


def test_an_empty_and_a_hostile_list(shell: Shell, store: Store) -> None:
    assert shell.json(chats.chats, unanswered=False) == []
    assert "Belum ada percakapan" in shell.run(chats.chats, unanswered=False, as_json=False)[0]
    for number, text in enumerate(CORPUS, 1):
        talked(store, said_by("BUYER", text, number), number=number, buyer=text, buyer_id=text[:64])
    out, _ = shell.run(chats.chats, unanswered=True, as_json=False)
    assert len(out.splitlines()) == len(CORPUS) and not set("\x1b\x07\r\u202e") & set(out)
    assert len(shell.json(chats.chats, unanswered=True)) == len(CORPUS)


def test_a_message_is_written_down_once_and_a_repeat_is_held(shell: Shell, store: Store) -> None:
    put(store, [ORDER])
    sent = send(shell, sheet="where")
    assert (sent["order_id"], sent["state"], sent["package_id"]) == (ORDER.order_id, "queued", None)
    again = send(shell, sheet="where", code=1)
    assert again["state"] == "skipped" and "pesan yang sama" in again["reason"]
    assert send(shell, sheet="where", lang="id")["state"] == "queued"
    assert send(shell, template="ongkir")["state"] == "queued"
    # One that does not fit the order's state goes by its name, with a word of warning.
    _, err = shell.run(chats.message, ORDER.order_id, as_json=False, **(WORDS | {"template": "sampai"}))
    assert "templat sampai tidak cocok dengan status" in err
    talked(store, said_by("BUYER", "halo", 1), can_send=False)
    assert "tidak mengizinkan" in send(shell, text="halo", code=1)["reason"]
    texts = [row.kind for row in queued(store)]
    assert texts == ["message"] * 4


@pytest.mark.parametrize(
    ("told", "code", "says"),
    [
        ({}, 2, "Pilih satu"),
        ({"text": "a", "sheet": "where"}, 2, "Pilih satu"),
        ({"text": "a", "lang": "fr"}, 2, "--lang fr"),
        ({"text": "a", "wait": float("nan")}, 2, "--wait"),
        ({"text": " "}, 2, "kosong"),
        ({"text": "x" * 2_001}, 2, "2.000"),
        ({"sheet": "resi"}, 1, "lembar"),
        ({"sheet": "not-received"}, 1, "belum tercatat terkirim"),
        ({"template": "catatan"}, 1, "tidak punya note"),
        ({"template": "diproses"}, 1, "waktu scan_by pesanan ini sudah lewat"),
        ({"template": "x"}, 1, "Tidak ada templat x"),
        ({"text": "a", "yes": False}, 1, "--yes"),
    ],
)
def test_what_cannot_be_sent_says_why_and_writes_nothing(
    shell: Shell, store: Store, told: dict[str, Any], code: int, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, [ORDER])
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: False))
    _, err = shell.run(chats.message, ORDER.order_id, code=code, as_json=False, **(WORDS | told))
    assert says in err
    assert queued(store) == []


def test_an_unknown_order_a_buyer_nobody_knows_and_a_shop_of_files(shell: Shell, store: Store) -> None:
    from store import orders

    put(store, [record(2, buyer_id=None)])
    made = record(3, buyer_id="749")
    store.write(
        lambda conn: orders.ingest(
            conn, orders.shop_pk(conn, "berkas", "file"), [made], NOW, authoritative=True
        )
    )
    _, err = shell.run(chats.message, "1", code=1, as_json=False, **(WORDS | {"text": "a"}))
    assert "Pesanan tidak dikenal: 1" in err
    assert "tidak diketahui" in send(shell, record(2).order_id, text="a", code=1)["reason"]
    assert "toko tanpa API" in send(shell, made.order_id, text="a", code=1)["reason"]


def test_the_commands_are_in_the_tree_with_their_options() -> None:
    app = typer.Typer()
    chats.register(app)
    names = {command.name for command in app.registered_commands}
    assert names == {"chats", "message"}
