"""The command line against the sandbox, over real HTTP and in real processes: the contract that scripts rely on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from program import Pantau

ORDER_KEYS = {
    "order_id", "shop", "channel", "status", "raw_status", "confirmed", "cod", "created_at", "paid_at", "arrange_by",
    "scan_by", "deadline_source", "buyer", "city", "note", "total", "currency", "cancel_requested", "tags", "items",
    "packages",
}  # fmt: skip


def synced(pantau: Pantau) -> list[dict[str, Any]]:
    pantau.run("sync", "--once")
    listed: list[dict[str, Any]] = pantau.json("orders", "--limit", "1000")
    return listed


def test_a_pass_takes_in_every_order_and_an_idle_pass_changes_nothing(pantau: Pantau) -> None:
    first = pantau.json("sync", "--once")
    assert set(first) == {"shops", "tracking", "actions"}
    (shop,) = first["shops"]
    assert shop["error"] is None
    assert shop["rejected"] == 0
    assert shop["orders_new"] == shop["orders_seen"] == len(pantau.json("orders", "--limit", "1000"))
    (again,) = pantau.json("sync", "--once")["shops"]
    assert (again["orders_new"], again["orders_changed"]) == (0, 0)


def test_an_order_has_the_promised_fields(pantau: Pantau) -> None:
    for order in synced(pantau):
        assert set(order) == ORDER_KEYS
        assert isinstance(order["total"], int)
        for name in ("created_at", "paid_at", "arrange_by", "scan_by"):
            assert order[name] is None or datetime.fromisoformat(order[name]).utcoffset() is not None
        for item in order["items"]:
            assert set(item) == {"sku_id", "seller_sku", "name", "variation", "quantity", "unit_price"}


def test_one_order_in_full(pantau: Pantau) -> None:
    order = synced(pantau)[0]
    full = pantau.json("order", order["order_id"])
    assert ORDER_KEYS | {"events", "actions", "history"} == set(full)
    assert full["history"][-1]["kind"] == "order.new"


def test_tabs_and_statuses_filter(pantau: Pantau) -> None:
    everything = synced(pantau)
    to_ship = pantau.json("orders", "--tab", "to-ship", "--limit", "1000")
    assert {order["status"] for order in to_ship} <= {"AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"}
    transit = pantau.json("orders", "--status", "IN_TRANSIT", "--limit", "1000")
    assert len(transit) == sum(order["status"] == "IN_TRANSIT" for order in everything)
    found = pantau.json("orders", "--search", everything[3]["order_id"][-6:])
    assert everything[3]["order_id"] in {order["order_id"] for order in found}


def test_confirm_is_local_and_can_be_undone(pantau: Pantau) -> None:
    synced(pantau)
    order_id = pantau.json("orders", "--status", "AWAITING_SHIPMENT", "--limit", "1")[0]["order_id"]
    assert pantau.json("confirm", order_id)["results"] == [
        {"order_id": order_id, "confirmed": True, "changed": True}
    ]
    assert pantau.json("order", order_id)["confirmed"] is True
    pantau.run("unconfirm", order_id)
    assert pantau.json("order", order_id)["confirmed"] is False


def test_ship_follows_to_the_end_and_a_repeat_sends_nothing(pantau: Pantau) -> None:
    synced(pantau)
    ids = [
        order["order_id"]
        for order in pantau.json("orders", "--status", "AWAITING_SHIPMENT", "--limit", "1000")
    ]
    results: list[dict[str, Any]] = []
    for order_id in ids:
        results = pantau.json("ship", order_id, "--yes", "--wait", "20")["results"]
        if results[0]["state"] == "done":
            break
    assert results[0]["state"] == "done"
    assert results[0]["tracking_number"]
    shipped = results[0]["order_id"]
    assert pantau.json("order", shipped)["status"] == "AWAITING_COLLECTION"
    before = pantau.json("actions")
    again = pantau.json("ship", shipped, "--yes", "--wait", "20")["results"]
    assert again[0]["state"] == "done"
    assert pantau.json("actions") == before


def test_without_a_yes_nothing_is_queued(pantau: Pantau) -> None:
    synced(pantau)
    orders = pantau.json("orders", "--status", "AWAITING_SHIPMENT", "--limit", "1000")
    plain = [order["order_id"] for order in orders if not order["note"] and not order["cancel_requested"]]
    pantau.run("ship", plain[0], code=1)
    assert pantau.json("actions") == []


def test_without_wait_the_wish_is_queued_and_a_pass_carries_it_out(pantau: Pantau) -> None:
    synced(pantau)
    queued = None
    for order in pantau.json("orders", "--status", "AWAITING_SHIPMENT", "--limit", "1000"):
        (result,) = pantau.json("ship", order["order_id"], "--yes")["results"]
        if result["state"] == "queued":
            queued = result
            break
    assert queued is not None
    assert pantau.json("sync", "--once")["actions"]["done"] == 1
    (action,) = pantau.json("actions")
    assert action["state"] == "done"
    assert set(action) == {
        "id", "kind", "order_id", "package_id", "state", "code", "reason", "attempts", "requested_at", "done_at",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("order", "999"), 1, "999"),
        (("orders", "--tab", "nowhere"), 2, "to-ship"),
        (("orders", "--status", "GONE"), 2, "IN_TRANSIT"),
        (("ship", "1", "--pickup", "--drop-off"), 2, "--drop-off"),
        (("ship", "1", "--courier", "6610"), 2, "--resi"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(
    pantau: Pantau, words: tuple[str, ...], code: int, said: str
) -> None:
    assert said in pantau.run(*words, code=code).stderr


def test_a_wrong_setting_names_file_key_and_the_nearest_key(pantau: Pantau) -> None:
    pantau.config.write_text(pantau.config.read_text().replace("[sender]", "[sendr]"))
    told = pantau.run("orders", code=2).stderr
    assert str(pantau.config) in told
    assert "sendr" in told
    assert "sender" in told


def test_help_names_only_what_exists(pantau: Pantau) -> None:
    told = pantau.run("--help").stdout
    for command in ("run", "demo", "sandbox", "sync", "orders", "order", "confirm", "unconfirm", "ship", "actions",
                    "track", "couriers", "doctor", "config", "db"):  # fmt: skip
        assert f"\n  {command} " in told, command
    for absent in ("cancel", "requests", "label", "slip", "picklist", "import", "export", "stock", "chats", "digest",
                   "stats", "webhook", "serve"):  # fmt: skip
        assert f"\n  {absent} " not in told, absent


def test_the_store_is_sound_and_ours_alone(pantau: Pantau) -> None:
    synced(pantau)
    assert pantau.json("db", "check")["ok"] is True
    assert all(check["ok"] for check in pantau.json("doctor")["checks"])
    backup = pantau.config.parent / "copy.db"
    pantau.run("db", "backup", str(backup))
    assert backup.stat().st_mode & 0o077 == 0
    pantau.run("db", "backup", str(backup), code=1)


def test_track_needs_no_shop(pantau: Pantau) -> None:
    synced(pantau)
    moving = [
        package
        for order in pantau.json("orders", "--status", "IN_TRANSIT", "--limit", "1000")
        for package in order["packages"]
        if package["courier"] == "jnt"
    ]
    pantau.environ = {name: value for name, value in pantau.environ.items() if "_SHOP_" not in name}
    pantau.environ["PANTAU_DATA_DIR"] = str(pantau.config.parent / "elsewhere")
    answer = pantau.json("track", moving[0]["tracking_number"], "--courier", "jnt", "--via", "binderbyte")
    assert answer["outcome"] == "ok"
    assert answer["status"] in ("picked_up", "in_transit", "out_for_delivery")
    assert [event["at"] for event in answer["events"]] == sorted(event["at"] for event in answer["events"])
    bad = pantau.json("track", "JP0000000000", "--courier", "jnt", "--via", "binderbyte", code=1)
    assert (bad["outcome"], bad["status"]) == ("not_found", "unknown")
