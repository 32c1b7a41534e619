"""Each fault of the fake platform: what the client meets, and whether the write took effect."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from shop.sandbox.faults import MODES, NAMES, ORDERS, Fault, FaultError, Faults, parse
from tests.shop.sandbox_kit import SEARCH, SHOPS, Client, connected, id_of, package_of, shippable, small_world

ON_SHIP = "@/fulfillment/202309/packages/ship*1"
REPLIES = {
    "429": (429, 0),
    "429-bare": (429, 0),
    "500": (500, 0),
    "500-after": (500, 1),
    "503": (503, 0),
    "internal": (200, 0),
    "internal-after": (200, 1),
    "garbage": (200, 1),
    "drip:50ms": (200, 1),
    "slow:10ms": (200, 1),
}
CUTS = {"cut-before": 0, "cut-after": 1, "half": 1, "timeout-before:20ms": 0, "timeout-after:20ms": 1}


@pytest.fixture
def client() -> Iterator[Client]:
    with connected(small_world(120)) as client:
        yield client


def arm(client: Client, spec: str) -> None:
    reply = client.http.post("/_sandbox/faults", json={"spec": spec})
    assert reply.status_code == 200, reply.text


def try_ship(client: Client) -> httpx.Response:
    package_id = package_of(client.sandbox.world, shippable(client.sandbox.world))
    body = b'{"packages":[{"id":"%s"}]}' % package_id.encode()
    return client.send("POST", "/fulfillment/202309/packages/ship", client.query(), body)


@pytest.mark.parametrize("name", REPLIES)
def test_a_fault_that_answers(client: Client, name: str) -> None:
    status, effects = REPLIES[name]
    arm(client, name + ON_SHIP)
    reply = try_ship(client)
    assert reply.status_code == status
    assert len(client.sandbox.world.effects) == effects
    assert ("retry-after" in reply.headers) is (name == "429")
    if name in ("429", "429-bare"):
        assert reply.json()["code"] == 36009002
    if name.startswith("internal"):
        assert reply.json()["code"] == 36009003
    if name in ("garbage", "500", "503"):
        assert reply.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("name", CUTS)
def test_a_fault_that_cuts_the_connection(client: Client, name: str) -> None:
    arm(client, name + ON_SHIP)
    with pytest.raises(httpx.RemoteProtocolError):
        try_ship(client)
    assert len(client.sandbox.world.effects) == CUTS[name]
    assert client.get(SHOPS, cipher=False)["code"] == 0, "the sandbox goes on"


def test_all_faults_are_tested_here_or_below() -> None:
    assert {name.split(":")[0] for name in (*REPLIES, *CUTS)} | set(ORDERS) | set(MODES) == set(NAMES)


def test_the_client_may_give_up_first(client: Client) -> None:
    arm(client, "timeout-after:60s" + ON_SHIP)
    client.http.timeout = httpx.Timeout(0.05)
    with pytest.raises(httpx.ReadTimeout):
        try_ship(client)
    client.http.timeout = httpx.Timeout(10)
    assert client.get(SHOPS, cipher=False)["code"] == 0
    assert len(client.sandbox.world.effects) == 1


def test_a_sandbox_stops_at_once_while_a_client_hangs() -> None:
    with connected(small_world(0), faults="timeout-before:60s") as client:
        client.http.timeout = httpx.Timeout(0.05)
        with pytest.raises(httpx.ReadTimeout):
            client.get(SHOPS, cipher=False)
        begun = time.monotonic()
    assert time.monotonic() - begun < 5


def test_reads_lag_behind_writes(client: Client) -> None:
    world = client.sandbox.world
    order = shippable(world)
    package_id, order_id = package_of(world, order), id_of(world, order)
    arm(client, "stale-reads:600s")
    assert client.ship(package_id)["code"] == 0
    path = f"/fulfillment/202309/packages/{package_id}"
    assert client.get(path)["data"]["package_status"] == "TO_FULFILL"
    assert client.order(order_id)["status"] == "AWAITING_SHIPMENT"
    assert order_id in {row["id"] for row in client.orders({"order_status": "AWAITING_SHIPMENT"})}
    assert order_id not in {row["id"] for row in client.orders({"update_time_ge": world.now()})}
    assert client.ship(package_id)["data"]["errors"][0]["code"] == 21011040, "writes see the truth"
    arm(client, "")
    assert client.get(path)["data"]["package_status"] == "PROCESSING"
    assert order_id in {row["id"] for row in client.orders({"update_time_ge": world.now()})}


def test_reads_do_not_know_an_order_that_is_too_young() -> None:
    world = small_world(0, rate=60)
    with connected(world, faults="stale-reads:600s") as client:
        world.advance(600)
        assert len(world) > 100
        assert client.orders() == []
        arm(client, "")
        assert len(client.orders()) == len(world)


def test_without_the_guard_a_second_ship_is_executed_and_counted(client: Client) -> None:
    arm(client, "no-duplicate-guard")
    package_id = package_of(client.sandbox.world, shippable(client.sandbox.world))
    for _ in range(3):
        assert "errors" not in client.ship(package_id)["data"]
    assert [effect.count for effect in client.sandbox.world.effects] == [1, 2, 3]
    assert client.http.get("/_sandbox/state").json()["doubles"] == 2
    arm(client, "")
    assert client.ship(package_id)["data"]["errors"][0]["code"] == 21011040


@pytest.mark.parametrize("name", ORDERS)
def test_broken_orders_come_beside_sound_ones(client: Client, name: str) -> None:
    arm(client, f"{name}:0.3")
    spoiled = client.orders()
    arm(client, "")
    sound = client.orders()
    different = sum(one != other for one, other in zip(spoiled, sound, strict=True))
    assert 0 < different < len(sound)
    if name == "unknown-status":
        assert "AWAITING_MAGIC" in {order["status"] for order in spoiled}


def test_faults_strike_by_prefix_count_and_chance() -> None:
    faults = Faults("500:1@/order*2,429:0.5")
    assert [(fault or Fault("-")).name for fault in (faults.strike("/order/x") for _ in range(2))] == [
        "500"
    ] * 2
    hits = [faults.strike("/order/x") for _ in range(400)]
    assert 120 < sum(hit is not None for hit in hits) < 280
    assert {hit.name for hit in hits if hit is not None} == {"429"}
    assert faults.listed()[0].struck == 2


def test_the_same_seed_meets_the_same_faults() -> None:
    one, two = (Faults("429:0.3,500:0.2", seed=4) for _ in range(2))
    assert [one.strike("/order") for _ in range(50)] == [two.strike("/order") for _ in range(50)]


def test_tokens_files_and_administration_are_spared_unless_named(client: Client) -> None:
    faults = Faults("500")
    assert all(
        faults.strike(path) is None for path in ("/api/v2/token/refresh", "/documents/1", "/_sandbox/state")
    )
    assert Faults("500@/api/v2/token").strike("/api/v2/token/refresh") is not None
    arm(client, "500")
    assert client.http.get("/_sandbox/credentials").status_code == 200


def test_a_specification_is_read_or_refused_with_a_hint() -> None:
    assert parse(" timeout-after:0.25:1.5s@/fulfillment*3 , stale-reads:500ms") == [
        Fault("timeout-after", 0.25, 1.5, "/fulfillment", 3),
        Fault("stale-reads", 1.0, 0.5),
    ]
    assert parse("") == []
    for spec, hint in (
        ("timeout-afer", "timeout-after"),
        ("429:2", "between 0 and 1"),
        ("429:soon", "3s"),
        ("x@", "known"),
    ):
        with pytest.raises(FaultError, match=hint):
            parse(spec)


def test_a_bad_specification_changes_nothing(client: Client) -> None:
    arm(client, "429")
    reply = client.http.post("/_sandbox/faults", json={"spec": "500,nonsense"})
    assert reply.status_code == 400 and "nonsense" in reply.json()["error"]
    assert [fault["name"] for fault in client.http.get("/_sandbox/faults").json()["faults"]] == ["429"]
    client.http.post("/_sandbox/faults", json={"spec": "503", "add": True})
    assert len(client.http.get("/_sandbox/faults").json()["faults"]) == 2
    client.http.delete("/_sandbox/faults")
    assert client.post(SEARCH, extra={"page_size": "1"})["code"] == 0


def test_administration_is_for_this_machine_only(client: Client) -> None:
    reply = client.http.get("/_sandbox/credentials", headers={"host": "toko.example"})
    assert reply.status_code == 403 and "secret" not in reply.text


def test_time_is_advanced_by_the_administration(client: Client) -> None:
    before = client.http.get("/_sandbox/state").json()["now"]
    after = client.http.post("/_sandbox/advance", json={"seconds": 3600}).json()["now"]
    assert after == before + 3600
    for bad in ({"seconds": -1}, {"seconds": "1h"}, {}):
        assert client.http.post("/_sandbox/advance", json=bad).status_code == 400
