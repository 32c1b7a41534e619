"""Notes, tags, batches and the appeal file from the command line, in real processes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.program import Pantau


@pytest.fixture
def ids(listed: list[dict[str, Any]]) -> list[str]:
    """Orders that can be confirmed and shipped without a word."""
    return [
        order["order_id"]
        for order in listed
        if order["status"] == "AWAITING_SHIPMENT" and not order["note"] and not order["cancel_requested"]
    ]


def test_a_note_comes_and_goes(pantau: Pantau, ids: list[str]) -> None:
    assert pantau.json("note", ids[0])["note"] is None
    told = pantau.json("note", ids[0], "telepon dulu, pagarzq hijau")
    assert (told["note"], told["by"], told["changed"]) == ("telepon dulu, pagarzq hijau", "cli", True)
    assert pantau.json("order", ids[0])["own_note"] == "telepon dulu, pagarzq hijau"
    assert [order["order_id"] for order in pantau.json("orders", "--search", "pagarzq hijau")] == [ids[0]]
    assert pantau.json("note", ids[0], "")["note"] is None
    assert pantau.json("note", ids[0], "")["changed"] is False
    assert "999" in pantau.run("note", "999", "x", code=1).stderr


def test_the_tag_tahan_holds_an_order_back(pantau: Pantau, ids: list[str]) -> None:
    held, other = ids[:2]
    assert pantau.json("tag", held, other, "+tahan", "+Kado besar")["results"][0]["tags"] == [
        "tahan",
        "kado-besar",
    ]
    assert pantau.json("tag", other, "-tahan")["results"][0]["tags"] == ["kado-besar"]
    found = pantau.json("orders", "--tag", "#Kado-Besar", "--shop", "toko-contoh")
    assert {order["order_id"] for order in found} == {held, other}
    assert "toko-contoh" in pantau.run("orders", "--shop", "lain", code=2).stderr

    told = pantau.json("confirm", held, other, code=1)["results"]
    assert [(one["confirmed"], one.get("reason")) for one in told] == [(False, "held"), (True, None)]
    (result,) = pantau.json("ship", held, "--yes")["results"]
    assert result["state"] == "skipped" and "tahan" in result["reason"]
    assert pantau.json("actions") == []
    pantau.run("tag", held, "-tahan")
    assert pantau.json("confirm", held)["results"][0]["confirmed"] is True

    assert "bukan tag" in pantau.run("tag", held, "+,,", code=2).stderr
    assert "pesanan" in pantau.run("tag", "+tahan", code=2).stderr


def test_batches_are_kept_told_and_dropped(pantau: Pantau, ids: list[str]) -> None:
    assert pantau.json("batches") == {"batches": []}
    assert pantau.json("batches", "save", "pagi hari", *ids[:2])["orders"] == 2
    assert "pagi hari" in pantau.run("batches", "save", "pagi hari", ids[0], code=1).stderr
    pantau.run("ship", ids[0], "--yes", "--wait", "20")
    told = {one["order_id"]: one for one in pantau.json("batches", "show", "pagi hari")["orders"]}
    assert (told[ids[0]]["moved"], told[ids[0]]["was"]) == (True, "AWAITING_SHIPMENT")
    assert (told[ids[1]]["moved"], told[ids[1]]["gone"]) == (False, False)
    assert pantau.json("batches", "save", "pagi hari", ids[1], "--replace")["orders"] == 1
    assert [one["name"] for one in pantau.json("batches")["batches"]] == ["pagi hari"]
    assert pantau.json("batches", "drop", "pagi hari") == {"name": "pagi hari", "dropped": True}
    pantau.run("batches", "drop", "pagi hari", code=1)
    pantau.run("batches", "show", "pagi hari", code=1)


def test_the_appeal_file(pantau: Pantau, listed: list[dict[str, Any]], tmp_path: Path) -> None:
    moving = next(order for order in listed if order["status"] == "IN_TRANSIT")
    told = pantau.json("order", moving["order_id"], "--appeal", str(tmp_path / "banding"))
    data = Path(told["json"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == told["sha256"]
    appeal = json.loads(data)
    assert appeal["order"]["status"] == "IN_TRANSIT" and appeal["scans"]
    assert Path(told["pdf"]).read_bytes().startswith(b"%PDF") and told["pages"] >= 1
    again = pantau.json("order", moving["order_id"], "--appeal", str(tmp_path / "banding"))
    assert again["pdf"] != told["pdf"] and Path(told["json"]).read_bytes() == data
    (tmp_path / "file").write_text("")
    pantau.run("order", moving["order_id"], "--appeal", str(tmp_path / "file"), code=1)
