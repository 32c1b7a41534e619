"""`pantau ship` on the command line: what it refuses before anything is written, and what it tells a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from store import actions, orders
from store.db import Store
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.times import now_ms
from tests.e2e.program import Pantau, words, write_config
from tui.strings import english

# Nobody listens there: what is shown here needs no platform.
SHOP = '[[shops]]\nname = "toko"\napp_key = "1"\napi_base = "http://127.0.0.1:9"\nauth_base = "http://127.0.0.1:9"\n'
ONE, TWO, HALF, NOTED = "580000000000000001", "580000000000000002", "580000000000000003", "580000000000000004"
OWN = ("--courier", "7117858858072016642", "--resi", "JP1234567890")
RIGHTS = 105005


def record(order_id: str, *packages: PackageRecord, note: str | None = None) -> OrderRecord:
    now = now_ms()
    return OrderRecord(
        order_id=order_id,
        status="AWAITING_SHIPMENT",
        raw_status="AWAITING_SHIPMENT",
        created_at=now,
        updated_at=now,
        shipping_type="SELLER",
        items=(ItemRecord("1", "Kaos Polos", 1, 50_000),),
        packages=packages,
        note=note,
    )


@pytest.fixture
def pantau(tmp_path: Path) -> Pantau:
    """The program with a store of four orders that the seller ships."""
    program = Pantau(write_config(tmp_path, SHOP), {})
    program.data.mkdir()

    def fill(conn: Connection) -> None:
        open_, done = "TO_FULFILL", "PROCESSING"
        some = [
            record(ONE, PackageRecord("11", open_)),
            record(TWO, PackageRecord("21", open_), PackageRecord("22", open_)),
            record(HALF, PackageRecord("31", done), PackageRecord("32", open_)),
            record(NOTED, PackageRecord("41", open_), PackageRecord("42", open_), note="warna biru"),
        ]
        orders.ingest(conn, orders.shop_pk(conn, "toko"), some, now_ms())

    within(program, fill)
    return program


def within(program: Pantau, work: Callable[[Connection], None]) -> None:
    store = Store.open(str(program.data / "pantau.db"))
    store.write(work)
    store.close()


@pytest.mark.parametrize("order_id", [TWO, NOTED])
@pytest.mark.parametrize("form", ["--json", "--wait=0"])
def test_one_number_for_several_packages_is_refused_and_they_are_named(
    pantau: Pantau, order_id: str, form: str
) -> None:
    packages = [package["package_id"] for package in pantau.json("order", order_id)["packages"]]
    done = pantau.run("ship", order_id, *OWN, "--yes", form, code=2)
    assert "--resi" in done.stderr
    assert all(package in done.stderr for package in packages)
    assert done.stdout == ""
    assert pantau.json("actions") == []
    assert pantau.json("order", order_id)["confirmed"] is False


@pytest.mark.parametrize(("order_id", "package"), [(ONE, "11"), (HALF, "32")])
def test_one_number_for_the_one_package_that_is_left_is_queued(
    pantau: Pantau, order_id: str, package: str
) -> None:
    (result,) = pantau.json("ship", order_id, order_id, *OWN, "--yes")["results"]
    assert (result["package_id"], result["state"]) == (package, "queued")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((ONE, TWO, *OWN), "--resi"),
        ((ONE, "--courier", "7117858858072016642"), "--resi"),
        ((ONE, "--resi", "JP1234567890"), "--courier"),
        ((ONE, "--courier", "7117858858072016642", "--resi", ""), "--resi"),
        ((ONE, "--courier", "7117858858072016642", "--resi", " \t"), "--resi"),
        ((ONE, "--courier", "7117858858072016642", "--resi", "besok ya kak!"), "--resi"),
        ((ONE, "--courier", "7117858858072016642", "--resi", "\x1b]0;x\x07"), "--resi"),
        ((ONE, "--courier", " ", "--resi", "JP1234567890"), "--courier"),
        ((ONE, "--pickup", "--drop-off"), "--drop-off"),
        ((ONE, "--drop-off", "--slot", "2030-01-01T09:00+07:00"), "--slot"),
        ((ONE, "--slot", "besok"), "--slot"),
        ((ONE, "--slot", "2030-01-01T09:00"), "--slot"),
        ((ONE, "--wait", "nan"), "--wait"),
        ((ONE, "--wait", "inf"), "--wait"),
        ((ONE, "--wait", "-1"), "--wait"),
    ],
)
def test_a_wrong_option_is_told_in_a_sentence_and_changes_nothing(
    pantau: Pantau, options: tuple[str, ...], said: str
) -> None:
    done = pantau.run("ship", *options, "--yes", "--json", code=2)
    assert said in done.stderr
    assert "\x1b" not in done.stderr
    assert done.stdout == ""
    assert pantau.json("actions") == []


def stuck(conn: Connection) -> None:
    """The outbox asks for a person: the platform turned the request away for a right that is missing."""
    now = now_ms()
    queued = actions.queue(
        conn, shop_id=1, kind="ship", order_pk=1, order_id=ONE, target="11", package_id="11", params={},
        by="seller", now=now,
    )  # fmt: skip
    (row,) = actions.claim(conn, owner="test", now=now, lease_ms=60_000, limit=1)
    assert row.id == queued.action_id
    assert actions.mark_sending(conn, row.id, row.fence, now, now)
    assert actions.finish(conn, row.id, row.fence, "needs_person", now=now, code=RIGHTS, reason="no access")


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_person_reads_cause_and_advice_and_a_script_the_code(pantau: Pantau, language: str) -> None:
    from shop.codes import fact

    within(pantau, stuck)
    pantau.environ["PANTAU_LANGUAGE"] = language
    told = pantau.run("ship", ONE, "--yes", code=1).stdout
    known = fact(RIGHTS)
    assert known is not None
    meaning, advice = getattr(known.meaning, language), getattr(known.advice, language)
    state = {"id": words("state.needs_person"), "en": str(english.TEXT["state.needs_person"])}[language]
    assert [line.strip() for line in told.splitlines()] == [
        f"{ONE}  11  {state}", f"{meaning} ({RIGHTS})", f"→ {advice}",
    ]  # fmt: skip
    (result,) = json.loads(pantau.run("ship", ONE, "--yes", "--json", code=1).stdout)["results"]
    assert (result["state"], result["code"], result["reason"]) == ("needs_person", RIGHTS, "no access")


def test_a_person_reads_why_an_order_is_held_back(pantau: Pantau) -> None:
    told = pantau.run("ship", ONE, "--yes").stdout
    assert words("held.needs_tracking_number") in told
    assert words("state.skipped") in told
