"""What a platform can do to us, met by the real program over real HTTP: a sentence, an exit code, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.program import Pantau, words, write_config
from tests.e2e.shopfront import Shopfront

SYNC = ("sync", "--once")


@pytest.fixture
def shop() -> Iterator[Shopfront]:
    """A shop that stands still."""
    with Shopfront() as front:
        yield front


@pytest.fixture
def pantau(shop: Shopfront, tmp_path: Path) -> Pantau:
    """The program connected to it, before its first pass."""
    return Pantau(write_config(tmp_path, shop.access.config), shop.access.environ)


def with_secret(pantau: Pantau, name: str, value: str) -> None:
    """Give it another secret."""
    (variable,) = [key for key in pantau.environ if key.endswith(name)]
    pantau.environ[variable] = value


def queued(pantau: Pantau) -> str:
    """Sync, and leave the wish to ship one order in the outbox; its package."""
    pantau.run(*SYNC)
    order = next(
        order
        for order in pantau.json("orders", "--status", "AWAITING_SHIPMENT", "--limit", "1000")
        if not order["note"] and not order["cancel_requested"] and len(order["packages"]) == 1
    )
    (result,) = pantau.json("ship", order["order_id"], "--yes")["results"]
    assert result["state"] == "queued"
    return str(order["packages"][0]["package_id"])


def test_without_a_network_the_outbox_waits_and_is_carried_out_afterwards(
    shop: Shopfront, pantau: Pantau
) -> None:
    package = queued(pantau)
    stored = pantau.json("orders", "--limit", "1000")
    shop.close()
    told = pantau.run(*SYNC, code=1).stderr
    assert f"toko-contoh, orders: {words('problem.no_network')}" in told
    assert pantau.json("orders", "--limit", "1000") == stored
    assert [row["state"] for row in pantau.json("actions")] == ["queued"]
    pantau.run("db", "check")
    shop.open()
    assert pantau.json(*SYNC)["actions"]["done"] == 1
    assert shop.shipped == [package]


@pytest.mark.parametrize(
    ("secret", "code", "said"),
    [("wrong", 1, "problem.key"), ("", 3, "problem.no_secret")],
)
def test_a_wrong_or_missing_app_secret(pantau: Pantau, secret: str, code: int, said: str) -> None:
    with_secret(pantau, "APP_SECRET", secret)
    assert words(said) in pantau.run(*SYNC, code=code).stderr


def test_an_expired_token_is_renewed_and_the_pass_goes_on(shop: Shopfront, pantau: Pantau) -> None:
    shop.faults("expired-token")
    assert pantau.json(*SYNC)["shops"][0]["orders_new"] == 40
    assert shop.platform.account.refreshes == 1
    # The environment still holds the pair that died with the renewal: the stored one is used.
    pantau.run(*SYNC)
    assert shop.platform.account.refreshes == 1


def test_a_dead_refresh_token_asks_for_a_login_and_keeps_everything(shop: Shopfront, pantau: Pantau) -> None:
    package = queued(pantau)
    token = shop.platform.account.credentials.refresh_token
    shop.platform.account.refresh(token)  # somebody else has used it up
    shop.platform.account.expire()
    for _ in range(2):
        told = pantau.run(*SYNC, code=3)
        assert words("problem.login") in told.stderr
        assert token not in told.stderr + told.stdout
    assert [row["package_id"] for row in pantau.json("actions", "--state", "queued")] == [package]
    assert shop.shipped == []
    pantau.run("db", "check")


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ("garbage", "problem.bad_reply"),
        ("half", "problem.no_answer"),
        ("cut-before", "problem.no_answer"),
        ("503", "problem.unavailable"),
        ("429-bare", "problem.rate_limited"),
    ],
)
def test_an_answer_that_is_none(shop: Shopfront, pantau: Pantau, faults: str, said: str) -> None:
    pantau.run(*SYNC)
    stored = pantau.json("orders", "--limit", "1000")
    shop.faults(faults)
    assert words(said) in pantau.run(*SYNC, code=1).stderr
    assert pantau.json("orders", "--limit", "1000") == stored
    pantau.run("db", "check")


def test_a_page_that_breaks_in_the_middle_is_fetched_again(shop: Shopfront, pantau: Pantau) -> None:
    shop.faults("half*1,503*1")
    assert pantau.json(*SYNC)["shops"][0]["orders_new"] == 40


def test_a_status_nobody_knows_is_kept_as_the_platform_spells_it(shop: Shopfront, pantau: Pantau) -> None:
    shop.faults("unknown-status*1")
    pantau.run(*SYNC)
    (strange,) = pantau.json("orders", "--status", "UNKNOWN", "--limit", "1000")
    assert strange["raw_status"] == "AWAITING_MAGIC"
    assert strange["order_id"] in {order["order_id"] for order in pantau.json("orders", "--tab", "action")}
    (held,) = pantau.json("ship", strange["order_id"], "--yes")["results"]
    assert held["state"] == "skipped"
    assert "AWAITING_MAGIC" in held["reason"]
    assert pantau.json("actions") == []


def test_orders_of_wrong_types_cost_no_other_order(shop: Shopfront, pantau: Pantau) -> None:
    shop.faults("wrong-types*5")
    (report,) = pantau.json(*SYNC)["shops"]
    assert report["error"] is None
    assert report["rejected"] == 40 - report["orders_new"]
    assert 35 <= report["orders_new"] < 40
    shop.faults("")
    pantau.run("db", "check")


def test_an_order_without_packages_is_listed_and_cannot_be_shipped(shop: Shopfront, pantau: Pantau) -> None:
    pantau.run(*SYNC)
    bare = [order for order in pantau.json("orders", "--limit", "1000") if not order["packages"]]
    assert bare
    told = pantau.json("ship", bare[0]["order_id"], "--yes")["results"]
    assert [row["state"] for row in told] == ["skipped"]
    assert all(row["reason"] for row in told)
    assert shop.shipped == []
