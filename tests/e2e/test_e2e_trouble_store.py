"""What can happen to the file and the settings: a sentence that names the thing, and everything still there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store.sqlite import driver
from tests.e2e.program import Pantau


def store_of(pantau: Pantau) -> Path:
    """The database file."""
    return pantau.data / "pantau.db"


def shippable(listed: list[dict[str, Any]], place: int) -> str:
    """An order that can be shipped without a word."""
    found = [
        str(order["order_id"])
        for order in listed
        if order["status"] == "AWAITING_SHIPMENT"
        and not order["note"]
        and not order["cancel_requested"]
        and len(order["packages"]) == 1
    ]
    return found[place]


def test_a_store_that_somebody_holds_can_be_read_and_a_change_says_why_not(
    pantau: Pantau, listed: list[dict[str, Any]]
) -> None:
    with closing(driver.connect(str(store_of(pantau)), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert pantau.json("orders", "--limit", "1000") == listed
        told = pantau.run("confirm", listed[0]["order_id"], code=1).stderr
        assert "Data sedang dipakai program lain" in told
        other.execute("ROLLBACK")
    pantau.run("confirm", shippable(listed, 0))
    pantau.run("db", "check")


def test_on_a_full_disk_nothing_is_sent_and_nothing_is_lost(
    pantau: Pantau, listed: list[dict[str, Any]]
) -> None:
    (result,) = pantau.json("ship", shippable(listed, 4), "--yes")["results"]
    assert result["state"] == "queued"
    stored = pantau.json("orders", "--limit", "1000")
    for words in (("sync", "--once"), ("confirm", shippable(listed, 5))):
        told = pantau.run(*words, code=1, most_bytes=4096).stderr
        assert "Disk penuh" in told
    assert pantau.json("orders", "--limit", "1000") == stored
    (row,) = pantau.json("actions")
    assert (row["state"], row["attempts"]) == ("queued", 0)
    pantau.run("db", "check")
    assert pantau.json("sync", "--once")["actions"]["done"] == 1


def test_a_store_of_a_newer_version_is_left_alone(pantau: Pantau) -> None:
    with closing(driver.connect(str(store_of(pantau)))) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
        conn.commit()
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = store_of(pantau).read_bytes()
    for words in (("orders",), ("sync", "--once"), ("db", "check"), ("db", "upgrade")):
        told = pantau.run(*words, code=1).stderr
        assert "Pantau yang lebih baru" in told
        assert "9999" in told
    assert store_of(pantau).read_bytes() == before


def test_a_file_that_is_no_store_is_named_and_left_alone(fresh: Pantau) -> None:
    fresh.data.mkdir()
    letter = b"Dear aunt, this is no database. " * 300
    store_of(fresh).write_bytes(letter)
    for words in (("orders",), ("sync", "--once"), ("db", "check")):
        told = fresh.run(*words, code=1).stderr
        assert "bukan milik Pantau" in told
        assert str(store_of(fresh)) in told
    assert store_of(fresh).read_bytes() == letter


def test_a_damaged_store_is_told_and_not_repaired_behind_the_sellers_back(pantau: Pantau) -> None:
    with closing(driver.connect(str(store_of(pantau)))) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with store_of(pantau).open("r+b") as file:
        file.seek(8 * 4096)
        file.write(b"\xff" * 20 * 4096)
    done = pantau.run("db", "check", code=1)
    assert done.stdout + done.stderr


def test_a_data_folder_that_cannot_be_made_is_named(fresh: Pantau) -> None:
    fresh.data.write_text("in the way")
    told = fresh.run("orders", code=1).stderr
    assert "Penyimpanan tidak bisa dibuka" in told
    assert str(fresh.data) in told


def swap(old: str, new: str) -> Callable[[str], str]:
    """Replace a piece of the settings."""
    return lambda text: text.replace(old, new)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (swap("[sender]", "[sendr]"), ("sendr", "sender")),
        (swap("api_base", "api_bse"), ("shops[0].api_bse", "shops[0].api_base")),
        (swap('validity = "2s"', "validity = true"), ("sender.validity", "30s")),
        (swap("[sender]", "[sender"), ("TOML",)),
        (swap("http://127.0.0.1", "http://shop.example.com"), ("shops[0].api_base", "https")),
        (lambda text: text + '[[shops]]\nname = "toko-contoh"\nkind = "file"\n', ("shops[1].name", "toko-contoh")),
        (lambda text: text + '[keymap]\n"order.shp" = "s"\n', ("order.shp", "order.ship")),
    ],
    ids=["unknown-table", "unknown-key", "wrong-type", "broken-toml", "plain-http", "shop-twice", "keymap"],
)  # fmt: skip
def test_a_wrong_setting_names_file_key_and_what_was_meant(
    fresh: Pantau, edit: Callable[[str], str], said: tuple[str, ...]
) -> None:
    fresh.config.write_text(edit(fresh.config.read_text()))
    both: list[tuple[str, ...]] = [("config", "check"), ("sync", "--once")]
    for words in both:
        if "order.shp" in said and words[0] == "sync":
            continue  # keys are the screen's business
        told = fresh.run(*words, code=2).stderr
        assert str(fresh.config) in told
        for word in said:
            assert word in told
    assert not fresh.data.exists()


def test_a_settings_file_that_is_not_there_is_named(fresh: Pantau) -> None:
    fresh.config.unlink()
    assert str(fresh.config) in fresh.run("orders", code=2).stderr
