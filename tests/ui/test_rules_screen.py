"""The rules' screen and command on a real store."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection

from jobs.config.rule_keys import Rule, RuleSettings, RuleWhen
from jobs.rules import trial
from jobs.rules.conditions import cause_of
from store import actions, changes, goods, rule_runs
from store.db import Store
from store.reader import Reader
from store.reading.rule_runs import RunCounts
from store.records import ItemRecord
from store.times import SECOND
from tests.conftest import FrozenClock
from tests.ui.dialog_kit import said, toasts
from tests.ui.screen_kit import NOW, changed, pk_of, put, record, running, until
from tui.cmd.tree import run_command
from tui.screens.detail import DetailScreen
from tui.screens.rules import RulesScreen
from tui.screens.rules_views import TrialScreen, VerdictsScreen

EASY = Rule("stok cukup", "confirm", when=RuleWhen(total_max=200_000, cod=False))
RULES = RuleSettings(enabled=True, dry_run=False, each=(EASY, Rule("kirim", "ship", enabled=False)))
HOSTILE = "\x1b]52;c;AAAA\x07[b]x\u202e"


def ran(
    store: Store, pk: int, order_id: str, verdict: str = "did", rule: str = "stok cukup", **told: Any
) -> None:
    why = [{"condition": "total_max = 200000", "told": "136000", "holds": True}]
    reasons = told.get("why", msgspec.json.encode(why).decode())
    cause = told.get("cause", f"edition:{verdict}{order_id}")
    run = rule_runs.NewRun(NOW, rule, 1, pk, order_id, cause, verdict, reasons)
    store.write(lambda conn: rule_runs.add_all(conn, [run]))


async def test_the_rules_their_day_and_the_stop(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, read_by = Reader.rule_counts, set[str]()

    def counted(reader: Reader, since: int) -> dict[str, RunCounts]:
        read_by.add(threading.current_thread().name)
        return whole(reader, since)

    monkeypatch.setattr(Reader, "rule_counts", counted)
    orders = [record(1), record(2, total=900_000)]
    put(store, orders)
    ran(store, pk_of(store, orders[0]), orders[0].order_id)
    async with running(store, clock, rules=RULES) as (app, pilot):
        await pilot.press("O")
        await until(pilot, lambda: isinstance(app.screen, RulesScreen) and "Menyala" in said(app))
        shown = said(app)
        assert "stok cukup · konfirmasi · menyala" in shown and "kirim · atur pengiriman · mati" in shown
        assert "total paling banyak Rp200.000 · COD: tidak" in shown
        assert "1 dilakukan · 0 uji coba" in shown and "mengatur pengiriman: tidak boleh" in shown
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, VerdictsScreen) and "Rp136.000" in said(app))
        assert "✓ total paling banyak Rp200.000 → Rp136.000" in said(app)
        await pilot.press("escape", "t")
        await until(pilot, lambda: isinstance(app.screen, TrialScreen) and "tidak cocok" in said(app))
        assert "1 akan dilakukan · 0 belum · 1 tidak cocok" in said(app)
        assert "✗ total paling banyak Rp200.000 → Rp900.000" in said(app)
        await pilot.press("escape", "x")
        await until(pilot, lambda: "DIMATIKAN" in said(app))
        assert "oleh seller" in said(app) and "Semua aturan dimatikan." in toasts(app)
        await pilot.press("y")  # nobody asked
        await changed(app, pilot)
        assert "DIMATIKAN" in said(app)
        await pilot.press("x", "escape", "x", "y")
        await until(pilot, lambda: "sungguhan" in said(app))
        await pilot.press("escape")
        assert app.screen is app.main
    # A day's log may be long: the keys never wait for it.
    assert read_by and "MainThread" not in read_by


async def test_empty_hostile_and_long(store: Store, clock: FrozenClock) -> None:
    async with running(store, clock) as (app, pilot):
        await pilot.press("O")
        await until(pilot, lambda: isinstance(app.screen, RulesScreen) and "Belum ada aturan" in said(app))
        assert "Mati di konfigurasi" in said(app) and "Belum ada putusan" in said(app)
        await pilot.press("enter", "t", "j", "escape")
        assert app.screen is app.main
    put(store, [record(1)])
    for n in range(60):
        ran(
            store,
            1,
            f"{n}{HOSTILE}",
            "held",
            why="not json" if n % 2 else f'[{{"condition":"{n} = [b]","told":"[/b]","holds":false}}]',
        )
    many = RuleSettings(
        each=tuple(Rule(name, "hold") for name in ("stok cukup", *(f"aturan {n}" for n in range(40))))
    )
    async with running(store, clock, size=(80, 24), rules=many, read_only=True) as (app, pilot):
        await pilot.press("O")
        await until(pilot, lambda: isinstance(app.screen, RulesScreen) and "stok cukup" in said(app))
        assert "\x1b" not in said(app) and "\u202e" not in said(app)
        assert "x matikan" not in said(app)
        await pilot.press("x")
        assert any("hanya" in toast.lower() or "lihat" in toast.lower() for toast in toasts(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, VerdictsScreen) and "belum dilakukan" in said(app))
        assert "[b]" in said(app)


def test_the_command(
    store: Store, clock: FrozenClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nasty = ItemRecord("99", f"Kaos {HOSTILE}", 2, 1)
    orders = [record(1), record(2, cod=True), record(3, cod=True, note=HOSTILE, items=(nasty,))]
    put(store, orders)
    store.write(lambda conn: goods.keep_counts(conn, 1, [goods.Count("99", 1)], NOW))
    ran(store, pk_of(store, orders[0]), orders[0].order_id)
    config = tmp_path / "config.toml"
    config.write_text(
        '[[shops]]\nname = "toko-contoh"\nkind = "file"\n[[rules.each]]\nname = "stok cukup"\ndo = "confirm"\n'
        "when = { cod = false }\n"
        '[[rules.each]]\nname = "ada"\ndo = "hold"\nwhen = { stock = true, cod = true }\n'
    )
    start = ["--config", str(config), "--data-dir", str(Path(store.url).parent), "rules"]

    def everything() -> list[object]:
        tables = ("orders", "actions", "rule_runs", "changes", "ui_state", "stock")
        return store.read(
            lambda conn: [conn.exec_driver_sql(f"SELECT * FROM {name}").all() for name in tables]
        )

    def run(*words: str) -> Any:
        assert run_command([*start, *words, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    listed = run()
    assert (listed["enabled"], listed["dry_run"], listed["allow_ship"], listed["stopped"]) == (
        False,
        True,
        False,
        None,
    )
    rule = listed["rules"][0]
    assert (rule["name"], rule["do"], rule["when"]) == ("stok cukup", "confirm", {"cod": False})
    (logged,) = run("log", "--order", orders[0].order_id)["runs"]
    assert (logged["rule"], logged["verdict"]) == ("stok cukup", "did")
    assert logged["why"] == [{"condition": "total_max = 200000", "told": "136000", "holds": True}]
    before = everything()
    tried = {(one["rule"][:3], one["order_id"][-1]): one for one in run("try")["trials"]}
    assert {name: one["verdict"] for name, one in tried.items()} == {
        ("sto", "1"): "would", ("sto", "2"): "no", ("sto", "3"): "no",
        ("ada", "1"): "no", ("ada", "2"): "held", ("ada", "3"): "held",
    }  # fmt: skip
    assert tried["ada", "3"]["why"][0] == {
        "condition": "stock = true",
        "told": f"Kaos {HOSTILE}",
        "holds": False,
    }
    assert run_command([*start, "try"]) == 0
    text = capsys.readouterr().out
    assert (
        "✗ semua stok ada: ya → Kaos ␛]52;c;AAAA␇[b]x\n" in text
        and "\x1b" not in text
        and "\u202e" not in text
    )
    assert everything() == before
    assert run("off") == {"stopped": True, "enabled": False}
    assert run("list")["stopped"]["by"] == "cli"
    assert run("on")["stopped"] is False and run()["stopped"] is None
    for words in (["stop"], ["--rule", "x"]):
        assert run_command([*start, *words]) == 2
    capsys.readouterr()
    assert (
        run_command([*start]) == 0 and run_command([*start, "log"]) == 0 and run_command([*start, "try"]) == 0
    )
    assert "total paling banyak Rp200.000 → Rp136.000" in capsys.readouterr().out


TALK = Rule("kabar", "message", on="AWAITING_SHIPMENT", template="halo")
BIG = Rule(f"besar{HOSTILE}", "hold", when=RuleWhen(total_min=500_000))


def answered(store: Store) -> tuple[int, str]:
    """An order that one rule confirmed and one wrote about, in a message that was never sent; row and id."""
    made = record(1, note=HOSTILE)
    put(store, [made])
    pk = pk_of(store, made)
    ran(store, pk, made.order_id, cause=cause_of(EASY))
    ran(store, pk, made.order_id, rule="kabar", cause=cause_of(TALK))

    def write(conn: Connection) -> None:
        actions.queue(
            conn, shop_id=1, kind="message", order_pk=pk, order_id=made.order_id, target="7:1", package_id=None,
            params={"text": "halo"}, by="rule:kabar", now=NOW,
        )  # fmt: skip
        (row,) = actions.claim(conn, owner="x", now=NOW, lease_ms=1_000, limit=1)
        actions.finish(conn, row.id, row.fence, "cancelled", now=NOW, reason="too_old")

    store.write(write)
    return pk, made.order_id


def test_the_order_command_says_why_and_why_not(
    store: Store, clock: FrozenClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pk, order_id = answered(store)
    ran(store, pk, order_id, "held", rule=f"lama{HOSTILE}")
    config = tmp_path / "config.toml"
    config.write_text(
        '[rules]\nenabled = true\n[[rules.each]]\nname = "stok cukup"\ndo = "confirm"\n'
        "when = { total_max = 200000, cod = false }\n"
        '[[rules.each]]\nname = "besar"\ndo = "hold"\nwhen = { total_min = 500000 }\n'
    )
    start = ["--config", str(config), "--data-dir", str(Path(store.url).parent), "order", order_id]
    before = store.read(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM changes").scalar())
    assert run_command([*start, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["rule"], one["do"], one["verdict"]) for one in told["rule_runs"]] == [
        (f"lama{HOSTILE}", None, "held"),  # no such rule any more
        ("kabar", "message", "did"),
        ("stok cukup", "confirm", "did"),
    ]
    assert [(one["do"], one["verdict"]) for one in told["rule_checks"]] == [
        ("hold", "no"),
        ("confirm", "answered"),
    ]
    assert told["rule_checks"][0]["why"] == [
        {"condition": "total_min = 500000", "told": "136000", "holds": False}
    ]
    assert run_command(start) == 0
    said = capsys.readouterr().out
    assert "aturan 'kabar' (kirim pesan): dilakukan\n    → kirim pesan: dibatalkan (permintaan aturan" in said
    assert "(tahan (tag tahan)): tidak dilakukan\n    ✗ total paling sedikit Rp500.000 → Rp136.000" in said
    assert "uji coba (dry_run)" in said and "\x1b" not in said
    assert store.read(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM changes").scalar()) == before


async def test_an_order_says_why_something_happened_by_itself_and_why_not(
    store: Store, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    pk, order_id = answered(store)
    ran(store, pk, order_id, "held", rule="lain")
    about = changes.detail(rule="stok cukup", do="confirm")
    row = (NOW, 1, pk, order_id, "rule.did", None, "confirm", about, "rule:stok cukup")
    held = (NOW, None, None, None, "rule.held", None, "limit", changes.detail(rule="lain", n=3), "rule:lain")
    store.write(lambda conn: changes.append(conn, [row, held]))
    rules = RuleSettings(enabled=True, dry_run=False, each=(EASY, TALK, BIG))
    async with running(store, clock, size=(120, 60), rules=rules) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DetailScreen) and "Menurut aturan" in said(app))
        shown = said(app)
        assert (
            "19.00 aturan 'kabar' (kirim pesan): dilakukan → kirim pesan: dibatalkan (permintaan aturan"
            in shown
        )
        assert shown.count("dibatalkan (permintaan aturan ini") == 3  # the action, its history, the rule
        assert "): tidak dilakukan ✗ total paling sedikit Rp500.000 → Rp136.000" in shown
        assert "\x1b" not in shown and "\u202e" not in shown
        assert "dikonfirmasi otomatis oleh aturan 'stok cukup'" in shown
        assert (
            "19.00 aturan 'stok cukup' (konfirmasi): dilakukan ✓ total paling banyak Rp200.000 → Rp136.000"
            in shown
        )
        assert "aturan 'lain': belum dilakukan" in shown
        # What the rules say now is asked again by its age, be it nothing, and not on the loop.
        detail = app.screen
        assert isinstance(detail, DetailScreen)
        asked: list[str] = []
        counts = []

        def checks(*given: object) -> list[object]:
            asked.append(threading.current_thread().name)
            return []

        monkeypatch.setattr(trial, "checks", checks)
        for aged in (29, 1, 29, 1):
            clock.advance(aged * SECOND)
            detail.store_changed()
            await until(pilot, lambda: not app.data.busy and not list(detail.workers))
            counts.append(len(asked))
        assert counts == [0, 1, 1, 2] and "MainThread" not in asked
        await pilot.press("escape", "exclamation_mark")
        await until(pilot, lambda: "menahan 3 pesanan: batas per jam" in said(app))
