"""`pantau requests` and `pantau cancel` against the sandbox: listed, refused in a sentence, carried out once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.program import Pantau, write_config
from tests.e2e.shopfront import Shopfront
from tests.shop.aftersales_kit import arrived, asked, order_in, returned

KEYS = {
    "request_id", "order_id", "shop", "kind", "status", "reason", "reason_text", "amount", "currency", "deadline",
    "deadline_source", "deadline_certain", "next_action", "created_at", "decisions", "reject_reasons", "proof",
    "tracking_number", "refund_expected", "appeal_until",
}  # fmt: skip


@pytest.fixture(scope="module")
def front() -> Iterator[Shopfront]:
    """A shop whose buyers ask for a cancellation, a return, and whose goods came back."""
    front = Shopfront(orders=150)
    world = front.platform.world
    for prepare in (asked, asked, asked, returned, arrived):
        prepare(world)
    with front:
        yield front


@pytest.fixture(scope="module")
def synced(front: Shopfront, tmp_path_factory: pytest.TempPathFactory) -> Pantau:
    folder = tmp_path_factory.mktemp("requests")
    program = Pantau(write_config(folder, front.access.config), front.access.environ)
    program.run("sync", "--once")
    return program


@pytest.fixture
def pantau(front: Shopfront, synced: Pantau, tmp_path: Path) -> Pantau:
    """The program after its first pass, with a store of this test alone."""
    shutil.copytree(synced.data, tmp_path / "data")
    return Pantau(write_config(tmp_path, front.access.config), front.access.environ)


def waiting(program: Pantau, kind: str) -> list[dict[str, Any]]:
    """Requests that wait for our answer."""
    listed = program.json("requests")["requests"]
    return [one for one in listed if one["next_action"] == f"SELLER_RESPOND_{kind}"]


def ordered(front: Shopfront, status: str, place: int = 0) -> str:
    """An order nothing stands in the way of."""
    world = front.platform.world
    found = order_in(world, status, lambda order: bool(order.paid) and order.serial % 3 == place)
    return world.numbers.order_id(found.serial)


def test_requests_are_listed_by_deadline_with_all_that_an_answer_needs(synced: Pantau) -> None:
    listed = synced.json("requests")["requests"]
    assert all(set(one) == KEYS for one in listed)
    deadlines = [one["deadline"] for one in listed if one["deadline"]]
    assert deadlines == sorted(deadlines)
    assert all(
        datetime.fromisoformat(one["deadline"]).utcoffset() is not None for one in listed if one["deadline"]
    )
    for one in waiting(synced, "CANCEL") + waiting(synced, "RETURN") + waiting(synced, "RECEIVE_PACKAGE"):
        assert one["decisions"] and one["deadline_source"] == "platform"
        assert all(set(reason) == {"name", "text"} for reason in one["reject_reasons"])
        assert one["reject_reasons"]
    everything = synced.json("requests", "--all")["requests"]
    assert {one["request_id"] for one in listed} < {one["request_id"] for one in everything}


def test_a_person_reads_ids_words_and_links(synced: Pantau) -> None:
    told = synced.run("requests").stdout
    for one in synced.json("requests")["requests"]:
        assert one["request_id"] in told and one["order_id"] in told
        assert all(link in told for link in one["proof"])
    assert "CANCELLATION_REQUEST_PENDING" not in told
    assert "\x1b" not in told


def test_an_approval_is_carried_out_once_and_a_repeat_sends_nothing(front: Shopfront, pantau: Pantau) -> None:
    one = waiting(pantau, "CANCEL")[0]
    words = ("requests", "approve", one["request_id"], "--yes", "--wait", "20")
    (result,) = pantau.json(*words)["results"]
    assert result == {
        "order_id": one["order_id"], "request_id": one["request_id"], "package_id": None, "state": "done", "code": 0,
        "reason": None, "tracking_number": None,
    }  # fmt: skip
    # What ended was read again at once: nothing waits any more.
    assert one["request_id"] not in {other["request_id"] for other in waiting(pantau, "CANCEL")}
    (again,) = pantau.json(*words)["results"]
    assert again["state"] == "done"
    target = f"{one['request_id']}:APPROVE_REQUEST_CANCEL"
    assert [effect.target for effect in front.platform.world.effects].count(target) == 1


def test_a_rejection_by_the_orders_id_and_a_short_reason(front: Shopfront, pantau: Pantau) -> None:
    one = waiting(pantau, "CANCEL")[-1]
    told = pantau.run(
        "requests",
        "reject",
        one["order_id"],
        "--reason",
        "been_packed",
        "--comment",
        "maaf",
        "--yes",
        "--wait",
        "20",
    )
    assert one["request_id"] in told.stdout
    effects = [(effect.kind, effect.target) for effect in front.platform.world.effects]
    assert ("reject", f"{one['request_id']}:REJECT_REQUEST_CANCEL") in effects


def test_a_return_takes_the_decision_that_fits_its_stage(pantau: Pantau) -> None:
    back = waiting(pantau, "RECEIVE_PACKAGE")[0]
    assert back["refund_expected"] and back["refund_expected"]["from"] < back["refund_expected"]["to"]
    (result,) = pantau.json("requests", "approve", back["request_id"], "--yes", "--wait", "20")["results"]
    assert result["state"] == "done"
    first = waiting(pantau, "RETURN")[0]
    offer = ("--decision", "OFFER_PARTIAL_REFUND", "--amount", "999999999")
    (skipped,) = pantau.json("requests", "approve", first["request_id"], *offer, "--yes", code=1)["results"]
    assert skipped["state"] == "skipped" and skipped["reason"], "all was held back, so it ends with 1"


def test_a_cancellation_is_carried_out_once(front: Shopfront, pantau: Pantau) -> None:
    order_id = ordered(front, "AWAITING_SHIPMENT")
    words = ("cancel", order_id, "--reason", "out_of_stock", "--yes", "--wait", "20")
    (result,) = pantau.json(*words)["results"]
    assert (result["state"], result["order_id"]) == ("done", order_id)
    (again,) = pantau.json(*words)["results"]
    assert again["state"] == "done"
    effects = [(effect.kind, effect.target) for effect in front.platform.world.effects]
    assert effects.count(("cancel", order_id)) == 1


def test_without_a_yes_the_effect_is_shown_and_nothing_is_queued(front: Shopfront, pantau: Pantau) -> None:
    done = pantau.run("cancel", ordered(front, "AWAITING_SHIPMENT", 1), "--reason", "wrong_price", code=1)
    assert "kesalahan penjual" in done.stderr and "Batal karena penjual (7 hari)" in done.stderr
    one = waiting(pantau, "CANCEL")[0]
    done = pantau.run("requests", "approve", one["request_id"], code=1)
    assert "TIDAK boleh diserahkan" in done.stderr and "tanpa jawaban sampai" in done.stderr
    assert pantau.json("actions") == []


def test_without_wait_the_wish_is_queued(front: Shopfront, pantau: Pantau) -> None:
    (result,) = pantau.json(
        "cancel", ordered(front, "AWAITING_SHIPMENT", 2), "--reason", "wrong_price", "--yes"
    )["results"]
    assert result["state"] == "queued"


def test_wrong_use_is_told_in_a_sentence_and_changes_nothing(front: Shopfront, pantau: Pantau) -> None:
    request, order_id = waiting(pantau, "RETURN")[0]["request_id"], ordered(front, "AWAITING_SHIPMENT", 1)
    for words, code, said in (
        (("cancel", order_id, "--reason", "because"), 2, "out_of_stock"),
        (("cancel", order_id), 2, "wrong_price"),
        (("cancel", order_id, "--reason", "unpaid"), 2, "wrong_price"),
        (("cancel", "999", "--reason", "out_of_stock"), 1, "999"),
        (("requests", "reject", request), 2, "seller_reject_return_no_proof"),
        (("requests", "reject", request, "--reason", "\x1b]0;x\x07"), 2, "seller_reject_return_no_proof"),
        (("requests", "reject", request, "--decision", "APPROVE_RETURN"), 2, "pantau requests approve"),
        (("requests", "approve", request, "--decision", "REJECT_RETURN"), 2, "pantau requests reject"),
        (("requests", "approve", request, "--decision", "APPROVE_REFUND"), 2, "APPROVE_REFUND"),
        (("requests", "approve", "999"), 1, "999"),
        (("requests", "approve", request, "--wait", "nan"), 2, "--wait"),
    ):
        done = pantau.run(*words, "--yes", "--json", code=code)
        assert said in done.stderr, words
        assert "\x1b" not in done.stderr
        assert done.stdout == ""
    assert pantau.json("actions") == []


def test_a_read_only_program_sends_nothing(front: Shopfront, pantau: Pantau) -> None:
    pantau.environ["PANTAU_READ_ONLY"] = "true"
    request = waiting(pantau, "RETURN")[0]["request_id"]
    assert "read_only" in pantau.run("requests", "approve", request, "--yes", code=1).stderr
    order_id = ordered(front, "AWAITING_SHIPMENT", 1)
    assert "read_only" in pantau.run("cancel", order_id, "--reason", "out_of_stock", "--yes", code=1).stderr
    assert pantau.json("actions") == []
