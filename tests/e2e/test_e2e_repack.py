"""`split`, `combine`, `uncombine` and `resi` on the command line: what they list, refuse and queue."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from store import orders, shipping_providers
from store.db import Store
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.shipping_providers import OwnCourier
from store.times import now_ms
from tests.e2e.program import Pantau, write_config

# Nobody listens there: what is shown here needs no platform.
SHOP = '[[shops]]\nname = "toko"\napp_key = "1"\napi_base = "http://127.0.0.1:9"\nauth_base = "http://127.0.0.1:9"\n'
TWO_SKUS, MATE, OWN, SHARED, SHARED_TOO = (f"58000000000000000{n}" for n in range(1, 6))


def record(
    order_id: str, *packages: str, skus: str = "A", buyer: str | None = None, own: bool = False
) -> OrderRecord:
    now = now_ms()
    return OrderRecord(
        order_id=order_id,
        status="AWAITING_SHIPMENT",
        raw_status="AWAITING_SHIPMENT",
        created_at=now,
        updated_at=now,
        shipping_type="SELLER" if own else "TIKTOK",
        items=tuple(ItemRecord(sku, f"Kaos {sku}", 1, 50_000) for sku in skus),
        packages=tuple(PackageRecord(one, "TO_FULFILL") for one in packages),
        buyer_id=buyer,
        address="Jalan Contoh 1",
    )


@pytest.fixture
def pantau(tmp_path: Path) -> Pantau:
    """The program with a store of five orders."""
    program = Pantau(write_config(tmp_path, SHOP), {})
    program.data.mkdir()

    def fill(conn: Connection) -> None:
        some = [
            record(TWO_SKUS, "11", skus="AB", buyer="7"),
            record(MATE, "21", buyer="7"),
            record(OWN, "31", own=True),
            record(SHARED, "41", buyer="8"),
            record(SHARED_TOO, "41", buyer="8"),
        ]
        shop = orders.shop_pk(conn, "toko")
        orders.ingest(conn, shop, some, now_ms())
        shipping_providers.replace(conn, shop, [OwnCourier("900", "J&T Express", "jnt")], now_ms())

    within(program, fill)
    return program


def within(program: Pantau, work: Callable[[Connection], Any]) -> None:
    with closing(Store.open(str(program.data / "pantau.db"))) as store:
        store.write(work)


def told(program: Pantau, *words: str, code: int = 0) -> Any:
    return json.loads(program.run(*words, "--json", code=code).stdout)


def test_without_groups_the_goods_are_listed(pantau: Pantau) -> None:
    listed = told(pantau, "split", TWO_SKUS)
    assert [sku["sku_id"] for sku in listed["skus"]] == ["A", "B"] and listed["can_split"] is True
    assert told(pantau, "split", MATE) | {"skus": []} == {
        "order_id": MATE, "packages": ["21"], "skus": [], "can_split": False, "reason": "one_sku",
    }  # fmt: skip
    assert told(pantau, "combine", TWO_SKUS)["candidates"][0]["order_id"] == MATE
    assert told(pantau, "resi")["couriers"] == [
        {"provider_id": "900", "name": "J&T Express", "courier": "jnt"}
    ]


def test_wishes_are_queued_once(pantau: Pantau) -> None:
    [row] = told(pantau, "split", TWO_SKUS, "--group", "A", "--group", "B", "--yes")["results"]
    assert (row["order_id"], row["package_id"], row["state"]) == (TWO_SKUS, "11", "queued")
    assert (
        "tindakan lain"
        in pantau.run("split", TWO_SKUS, "--group", "A", "--group", "B", "--yes", code=1).stderr
    )
    assert told(pantau, "uncombine", SHARED, "--yes")["results"][0]["state"] == "queued"
    assert (
        told(pantau, "resi", OWN, "jp 1234567890", "--courier", "jnt", "--yes")["results"][0]["state"]
        == "queued"
    )
    kinds = [row["kind"] for row in told(pantau, "actions")]
    assert sorted(kinds) == ["ship", "split", "uncombine"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["split", TWO_SKUS, "--group", "A", "--yes"], 2, "dua paket"),
        (["split", TWO_SKUS, "--group", "A", "--group", "C", "--yes"], 2, "tepat satu paket"),
        (["split", TWO_SKUS, "--group", "A", "--group", "B"], 1, "--yes"),
        (["combine", TWO_SKUS, OWN, "--yes"], 1, OWN),
        (["uncombine", MATE, "--yes"], 1, "Bukan paket gabungan"),
        (["resi", OWN], 2, "--courier"),
        (["resi", OWN, "JP1", "--courier", "x", "--csv", "y"], 2, "--csv"),
        (["resi", "--csv", "tidak-ada.csv"], 2, "tidak-ada.csv"),
        (["resi", "--shop", "lain"], 2, "--shop"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_queued(
    pantau: Pantau, words: list[str], code: int, said: str
) -> None:
    done = pantau.run(*words, code=code)
    assert said in done.stderr and done.stdout == ""
    assert told(pantau, "actions") == []


def test_a_file_of_numbers_names_its_bad_lines(pantau: Pantau, tmp_path: Path) -> None:
    sheet = tmp_path / "resi.csv"
    sheet.write_text(
        f"pesanan;kurir;resi\n{OWN};J&T;JP1234567890\n5,8E+17;J&T;JP2\n{MATE};J&T;JP1234567891\n"
    )
    results = told(pantau, "resi", "--csv", str(sheet), "--yes", code=1)["results"]
    assert [(row["order_id"], row["state"]) for row in results] == [
        (OWN, "queued"),
        (MATE, "skipped"),
        ("", "skipped"),
    ]
    assert "kurir platform" in results[1]["reason"] and "baris 3" in results[2]["reason"]


def test_a_file_that_is_none_is_refused(pantau: Pantau, tmp_path: Path) -> None:
    for name, content in (("a", b"\xff\xfe\x00"), ("b", b"nama,alamat\n1,2\n")):
        (tmp_path / name).write_bytes(content)
        assert name in pantau.run("resi", "--csv", str(tmp_path / name), "--yes", code=2).stderr
    assert told(pantau, "actions") == []


def test_read_only_queues_nothing(pantau: Pantau) -> None:
    pantau.environ["PANTAU_READ_ONLY"] = "true"
    assert (
        "read_only" in pantau.run("split", TWO_SKUS, "--group", "A", "--group", "B", "--yes", code=1).stderr
    )
