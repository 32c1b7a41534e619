"""`pantau label`, `slip` and `picklist` as a script calls them: the JSON, the files, the printer, the exit codes."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.program import Pantau
from tests.jobs.paper_kit import texts

KEYS = {"order_id", "package_id", "state", "reason", "prints"}


def of(listed: list[dict[str, Any]], status: str) -> list[str]:
    """Orders in a status that nobody wants to cancel."""
    return [one["order_id"] for one in listed if one["status"] == status and not one["cancel_requested"]]


@pytest.fixture
def good(pantau: Pantau, listed: list[dict[str, Any]]) -> list[str]:
    """Orders whose labels come; one to ship is asked for, too, so that it is known how this ends."""
    told = pantau.json(
        "label", *of(listed, "AWAITING_COLLECTION"), of(listed, "AWAITING_SHIPMENT")[0], code=1
    )
    failed = {one["order_id"] for one in told["labels"] if one["reason"]}
    return [one["order_id"] for one in told["labels"] if one["order_id"] not in failed]


@pytest.fixture
def office(tmp_path: Path, pantau: Pantau) -> Path:
    """Fake `lp` and `lpstat` in front of the program's PATH; the file where lp writes what it was told."""
    folder, told = tmp_path / "bin", tmp_path / "printed"
    folder.mkdir()
    note = f"open({str(told)!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')"
    for name, script in {"lpstat": "print('Zebra')", "lp": note}.items():
        path = folder / name
        path.write_text(f"#!{sys.executable}\nimport sys\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    pantau.environ["PATH"] = f"{folder}:{os.environ['PATH']}"
    return told


def test_labels_come_with_reasons_for_those_that_do_not(pantau: Pantau, listed: list[dict[str, Any]]) -> None:
    ids = [*of(listed, "AWAITING_COLLECTION")[:4], of(listed, "AWAITING_SHIPMENT")[0]]
    told = pantau.json("label", *ids, code=1)
    assert set(told) == {"file", "pages", "printed", "labels"}
    assert all(set(one) == KEYS for one in told["labels"])
    assert {one["order_id"] for one in told["labels"]} == set(ids)
    assert told["printed"] is False
    assert len(texts(Path(told["file"]))) == told["pages"] > 0
    by_order = {one["order_id"]: one for one in told["labels"]}
    late = by_order[ids[-1]]
    assert (late["state"], late["reason"], late["prints"]) == ("failed", "not_arranged", 0)
    assert {one["state"] for one in told["labels"]} == {"ready", "failed"}
    assert all((one["state"] == "failed") == (one["reason"] is not None) for one in told["labels"])


def test_copies_go_where_they_are_wanted(pantau: Pantau, good: list[str], tmp_path: Path) -> None:
    out = tmp_path / "label hari ini"
    done = pantau.run("label", *good[:3], "--out", str(out), "--size", "a5")
    (copy,) = out.iterdir()
    assert done.stdout.strip() == str(copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE((pantau.data / "paper").stat().st_mode) == 0o700
    told = pantau.json("slip", *good[:3], "--out", str(out))
    assert Path(told["file"]).parent == out
    assert told["pages"] == len(texts(Path(told["file"]))) >= 3
    assert {one["state"] for one in told["labels"]} == {"ready"}


def test_printing_counts(pantau: Pantau, good: list[str], office: Path) -> None:
    for prints in (1, 2):
        told = pantau.json("label", good[0], "--print", "Zebra")
        assert told["printed"] is True
        assert {(one["state"], one["prints"]) for one in told["labels"]} == {("printed", prints)}
    lines = office.read_text().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("-d Zebra -t pantau label ") and f" -- {pantau.data}" in lines[0]
    history = pantau.json("order", good[0])["history"]
    assert [row["kind"] for row in history].count("paper.printed") == 2


def test_a_printer_nobody_knows_is_wrong_usage(pantau: Pantau, good: list[str], office: Path) -> None:
    done = pantau.run("label", good[0], "--print", "-o raw", code=2)
    assert "Zebra" in done.stderr
    pantau.run("slip", good[0], "--print", "Nobody", code=2)
    assert not office.exists()


def test_a_computer_without_printers_says_so(pantau: Pantau, good: list[str], tmp_path: Path) -> None:
    pantau.environ["PATH"] = str(tmp_path)
    assert "lp" in pantau.run("label", good[0], "--print", "Zebra", code=1).stderr


def test_the_picking_list_is_of_the_confirmed_orders(pantau: Pantau, listed: list[dict[str, Any]]) -> None:
    ids = of(listed, "AWAITING_SHIPMENT")[:3]
    told_why = pantau.run("picklist", code=1).stderr
    assert "belum ada pesanan terkonfirmasi" in told_why and "pantau confirm" in told_why
    pantau.run("confirm", *ids[:2])
    told = pantau.json("picklist", "--size", "A4")
    text = "\n".join(texts(Path(told["file"])))
    assert "2 pesanan" in text
    assert [order_id[-8:] in text for order_id in ids] == [True, True, False]
    assert told["labels"] == []
    assert pantau.json("picklist", ids[2])["pages"] == 1


def test_wrong_words_are_told_apart(pantau: Pantau, good: list[str]) -> None:
    pantau.run("label", code=2)
    pantau.run("label", good[0], "--size", "A4", code=2)
    pantau.run("label", "580999", code=1)
    pantau.run("slip", good[0], "--out", str(pantau.config), code=1)


def test_without_a_network_slips_still_come(pantau: Pantau, listed: list[dict[str, Any]]) -> None:
    away = "http://127.0.0.1:9"
    pantau.config.write_text(
        "\n".join(f'api_base = "{away}"' if line.startswith("api_base") else line for line in
                  pantau.config.read_text().splitlines())
    )  # fmt: skip
    ids = of(listed, "AWAITING_COLLECTION")[:2]
    assert pantau.json("slip", *ids)["pages"] >= 2
