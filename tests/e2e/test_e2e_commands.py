"""The command line against the sandbox, over real HTTP and in real processes: the contract that scripts rely on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.e2e.program import Pantau

ORDER_KEYS = {
    "order_id", "shop", "channel", "status", "raw_status", "confirmed", "cod", "created_at", "paid_at", "arrange_by",
    "scan_by", "deadline_source", "buyer", "city", "note", "total", "currency", "cancel_requested", "tags", "items",
    "packages",
}  # fmt: skip


def plain(listed: list[dict[str, Any]], place: int) -> str:
    """An order that can be shipped without a word; each test ships another one."""
    ids: list[str] = [
        order["order_id"]
        for order in listed
        if order["status"] == "AWAITING_SHIPMENT"
        and not order["note"]
        and not order["cancel_requested"]
        and len(order["packages"]) == 1
    ]
    return ids[place]


def test_a_pass_takes_in_every_order_and_an_idle_pass_changes_nothing(fresh: Pantau) -> None:
    first = fresh.json("sync", "--once")
    assert set(first) == {"shops", "tracking", "actions"}
    (shop,) = first["shops"]
    assert shop["error"] is None
    assert shop["rejected"] == 0
    assert shop["orders_new"] == shop["orders_seen"] == len(fresh.json("orders", "--limit", "1000"))
    (again,) = fresh.json("sync", "--once")["shops"]
    assert (again["orders_new"], again["orders_changed"]) == (0, 0)


def test_an_order_has_the_promised_fields(listed: list[dict[str, Any]]) -> None:
    for order in listed:
        assert set(order) == ORDER_KEYS
        assert isinstance(order["total"], int)
        for name in ("created_at", "paid_at", "arrange_by", "scan_by"):
            assert order[name] is None or datetime.fromisoformat(order[name]).utcoffset() is not None
        for item in order["items"]:
            assert set(item) == {"sku_id", "seller_sku", "name", "variation", "quantity", "unit_price"}


def test_one_order_in_full(synced: Pantau, listed: list[dict[str, Any]]) -> None:
    full = synced.json("order", listed[0]["order_id"])
    assert ORDER_KEYS | {"own_note", "events", "actions", "history", "rule_runs", "rule_checks"} == set(full)
    assert full["history"][-1]["kind"] == "order.new"


def test_tabs_and_statuses_filter(synced: Pantau, listed: list[dict[str, Any]]) -> None:
    to_ship = synced.json("orders", "--tab", "to-ship", "--limit", "1000")
    assert {order["status"] for order in to_ship} <= {"AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"}
    transit = synced.json("orders", "--status", "IN_TRANSIT", "--limit", "1000")
    assert len(transit) == sum(order["status"] == "IN_TRANSIT" for order in listed) > 0
    found = synced.json("orders", "--search", listed[3]["order_id"][-6:])
    assert listed[3]["order_id"] in {order["order_id"] for order in found}


def test_confirm_is_local_and_can_be_undone(pantau: Pantau, listed: list[dict[str, Any]]) -> None:
    order_id = plain(listed, 0)
    assert pantau.json("confirm", order_id)["results"] == [
        {"order_id": order_id, "confirmed": True, "changed": True}
    ]
    assert pantau.json("order", order_id)["confirmed"] is True
    pantau.run("unconfirm", order_id)
    assert pantau.json("order", order_id)["confirmed"] is False


def test_ship_follows_to_the_end_and_a_repeat_sends_nothing(
    pantau: Pantau, listed: list[dict[str, Any]]
) -> None:
    shipped = plain(listed, 0)
    (result,) = pantau.json("ship", shipped, "--yes", "--wait", "20")["results"]
    assert result["state"] == "done"
    assert result["tracking_number"]
    assert pantau.json("order", shipped)["status"] == "AWAITING_COLLECTION"
    before = pantau.json("actions")
    (again,) = pantau.json("ship", shipped, "--yes", "--wait", "20")["results"]
    assert again["state"] == "done"
    assert pantau.json("actions") == before


def test_without_a_yes_nothing_is_queued(pantau: Pantau, listed: list[dict[str, Any]]) -> None:
    pantau.run("ship", plain(listed, 1), code=1)
    assert pantau.json("actions") == []


def test_without_wait_the_wish_is_queued_and_a_pass_carries_it_out(
    pantau: Pantau, listed: list[dict[str, Any]]
) -> None:
    (result,) = pantau.json("ship", plain(listed, 2), "--yes")["results"]
    assert result["state"] == "queued"
    assert pantau.json("sync", "--once")["actions"]["done"] == 1
    (action,) = pantau.json("actions")
    assert action["state"] == "done"
    assert set(action) == {
        "id", "kind", "order_id", "package_id", "state", "code", "reason", "attempts", "requested_at", "done_at",
        "sku", "was", "quantity",
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
    synced: Pantau, words: tuple[str, ...], code: int, said: str
) -> None:
    assert said in synced.run(*words, code=code).stderr


def test_help_names_only_what_exists(synced: Pantau) -> None:
    told = synced.run("--help", cold=True).stdout
    for command in ("run", "demo", "sandbox", "sync", "orders", "order", "confirm", "unconfirm", "ship", "actions",
                    "cancel", "requests", "label", "slip", "picklist", "pack", "manifest", "split",
                    "combine", "resi", "track", "detect", "couriers", "stats", "import", "export", "checklist",
                    "stock", "chats", "message", "rules", "digest", "money", "statements", "costs", "note", "tag",
                    "batches",
                    "doctor", "config", "db"):  # fmt: skip
        assert f"\n  {command} " in told, command
    for absent in ("webhook", "serve"):
        assert f"\n  {absent} " not in told, absent


def test_the_store_is_sound_and_ours_alone(pantau: Pantau) -> None:
    assert pantau.json("db", "check")["ok"] is True
    assert all(check["ok"] for check in pantau.json("doctor")["checks"])
    backup = pantau.config.parent / "copy.db"
    pantau.run("db", "backup", str(backup))
    assert backup.stat().st_mode & 0o077 == 0
    pantau.run("db", "backup", str(backup), code=1)


def test_track_needs_no_shop(fresh: Pantau, listed: list[dict[str, Any]]) -> None:
    number = next(
        package["tracking_number"]
        for order in listed
        if order["status"] == "IN_TRANSIT"
        for package in order["packages"]
        if package["courier"] == "jnt"
    )
    fresh.environ = {name: value for name, value in fresh.environ.items() if "_SHOP_" not in name}
    answer = fresh.json("track", number, "--courier", "jnt", "--via", "binderbyte")
    assert answer["outcome"] == "ok"
    assert answer["status"] in ("picked_up", "in_transit", "out_for_delivery")
    assert [event["at"] for event in answer["events"]] == sorted(event["at"] for event in answer["events"])
    bad = fresh.json("track", "JP0000000000", "--courier", "jnt", "--via", "binderbyte", code=1)
    assert (bad["outcome"], bad["status"]) == ("not_found", "unknown")


def test_without_a_terminal_the_monitor_does_not_run_unseen(fresh: Pantau) -> None:
    assert "pantau sync" in fresh.run(code=2, cold=True).stderr
