"""The rules' screen and command on a real store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jobs.config.rule_keys import Rule, RuleSettings, RuleWhen
from store import changes, rule_runs
from store.db import Store
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
    run = rule_runs.NewRun(NOW, rule, 1, pk, order_id, f"edition:{verdict}{order_id}", verdict, reasons)
    store.write(lambda conn: rule_runs.add_all(conn, [run]))


async def test_the_rules_their_day_and_the_stop(store: Store, clock: FrozenClock) -> None:
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
        assert "1 akan dilakukan · 0 ditahan · 1 tidak cocok" in said(app)
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
        await until(pilot, lambda: isinstance(app.screen, VerdictsScreen) and "ditahan" in said(app))
        assert "[b]" in said(app)


def test_the_command(
    store: Store, clock: FrozenClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    orders = [record(1), record(2, cod=True)]
    put(store, orders)
    ran(store, pk_of(store, orders[0]), orders[0].order_id)
    config = tmp_path / "config.toml"
    config.write_text(
        '[[shops]]\nname = "toko-contoh"\nkind = "file"\n[[rules.each]]\nname = "stok cukup"\ndo = "confirm"\n'
        "when = { cod = false }\n"
    )
    start = ["--config", str(config), "--data-dir", str(Path(store.url).parent), "rules"]

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
    (rule,) = listed["rules"]
    assert (rule["name"], rule["do"], rule["when"]) == ("stok cukup", "confirm", {"cod": False})
    (logged,) = run("log", "--order", orders[0].order_id)["runs"]
    assert (logged["rule"], logged["verdict"]) == ("stok cukup", "did")
    assert logged["why"] == [{"condition": "total_max = 200000", "told": "136000", "holds": True}]
    before = store.read(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM changes").scalar())
    tried = {one["order_id"][-1]: one["verdict"] for one in run("try")["trials"]}
    assert tried == {"1": "would", "2": "no"}
    assert store.read(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM changes").scalar()) == before
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


async def test_an_order_says_why_something_happened_by_itself(store: Store, clock: FrozenClock) -> None:
    made = record(1)
    put(store, [made])
    pk = pk_of(store, made)
    ran(store, pk, made.order_id)
    ran(store, pk, made.order_id, "held", rule="lain")
    about = changes.detail(rule="stok cukup", do="confirm")
    row = (NOW, 1, pk, made.order_id, "rule.did", None, "confirm", about, "rule:stok cukup")
    held = (NOW, None, None, None, "rule.held", None, "limit", changes.detail(rule="lain", n=3), "rule:lain")
    store.write(lambda conn: changes.append(conn, [row, held]))
    async with running(store, clock, size=(120, 60)) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DetailScreen) and "Mengapa otomatis" in said(app))
        shown = said(app)
        assert "dikonfirmasi otomatis oleh aturan 'stok cukup'" in shown
        assert "19.00 aturan 'stok cukup': dilakukan ✓ total paling banyak Rp200.000 → Rp136.000" in shown
        assert "aturan 'lain': ditahan" in shown
        await pilot.press("escape", "exclamation_mark")
        await until(pilot, lambda: "menahan 3 pesanan: batas per jam" in said(app))
