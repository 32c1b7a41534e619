"""The client against the fake platform, which computes every signature a second time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from shop import auth, errors
from shop.client import ShipItem, ShopClient
from shop.errors import Kind
from shop.http import HttpSeam
from shop.sandbox.server import Sandbox, running_sandbox
from shop.sandbox.world import World


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(World(seed=7, orders=230)) as running:
        yield running


@pytest.fixture
async def client(sandbox: Sandbox, seam: HttpSeam) -> AsyncIterator[ShopClient]:
    login = sandbox.credentials
    pair = [login.access_token]

    async def token(force: bool = False) -> str:
        if force:
            fresh = await auth.refresh(
                seam, sandbox.url, login.app_key, login.app_secret, sandbox.credentials.refresh_token
            )
            pair[0] = fresh.access
        return pair[0]

    client = ShopClient(
        seam,
        api_base=sandbox.url,
        app_key=login.app_key,
        app_secret=login.app_secret,
        token=token,
        clock=lambda: int(sandbox.world.clock.now() * 1_000),
    )
    (shop,) = await client.authorized_shops()
    client.use_shop(shop.cipher)
    yield client


async def everything(client: ShopClient, status: str | None = None) -> list[str]:
    found: list[str] = []
    token: str | None = None
    while True:
        page = await client.search_orders(create_ge=0, status=status, page_token=token)
        assert page.rejected == []
        found += [record.order_id for record in page.records]
        token = page.next_token
        if token is None:
            return found


async def test_every_page_of_every_order(client: ShopClient) -> None:
    found = await everything(client)
    assert len(found) == len(set(found)) == 230


async def test_search_and_detail_tell_the_same(client: ShopClient) -> None:
    page = await client.search_orders(create_ge=0, page_size=20)
    detail = await client.order_detail([record.order_id for record in page.records])
    assert {record.order_id: record for record in detail.records} == {
        record.order_id: record for record in page.records
    }


async def test_shipping_twice(client: ShopClient, sandbox: Sandbox) -> None:
    page = await client.search_orders(create_ge=0, status="AWAITING_SHIPMENT")
    mine = next(
        record
        for record in page.records
        if record.packages
        and record.shipping_type == "TIKTOK"
        and record.fulfillment_type == "FULFILLMENT_BY_SELLER"
        and not record.cancel_requested
    )
    package_id = mine.packages[0].package_id
    assert (await client.package_detail(package_id)).status == "TO_FULFILL"
    prepared = client.prepare_ship([ShipItem(package_id)], int(sandbox.world.clock.now()))
    kinds = []
    for _ in range(2):
        reply = await client.send_prepared(prepared, 5.0)
        kinds.append(client.parse_ship(reply, [package_id])[package_id].kind)
    assert kinds == [Kind.DONE, Kind.ALREADY]
    facts = await client.package_detail(package_id)
    assert (facts.status, bool(facts.tracking_number)) == ("PROCESSING", True)
    assert (await client.document(package_id)).startswith(sandbox.url)


async def test_an_expired_token_is_refreshed(client: ShopClient, sandbox: Sandbox) -> None:
    sandbox.platform.account.expire()
    assert (await client.search_orders(create_ge=0)).total == 230


async def test_an_old_signature_ships_nothing(client: ShopClient, sandbox: Sandbox) -> None:
    page = await client.search_orders(create_ge=0, status="AWAITING_SHIPMENT")
    package_id = page.records[0].packages[0].package_id
    stale = int(sandbox.world.clock.now()) - 301
    reply = await client.send_prepared(client.prepare_ship([ShipItem(package_id)], stale), 5.0)
    assert client.parse_ship(reply, [package_id])[package_id].kind is Kind.CLOCK
    assert sandbox.world.effects == []


async def test_an_unknown_package(client: ShopClient) -> None:
    with pytest.raises(errors.Refused) as caught:
        await client.package_detail("1")
    assert caught.value.code == 21011001


async def test_requests_tracking_and_stock(client: ShopClient) -> None:
    assert (await client.search_cancellations(update_ge=0, page_size=50)).rejected == []
    assert (await client.search_returns(update_ge=0, page_size=50)).rejected == []
    page = await client.search_orders(create_ge=0, status="DELIVERED")
    assert await client.tracking(page.records[0].order_id)
    sku = page.records[0].items[0].sku_id
    assert [fact.sku_id for fact in await client.inventory([sku])] == [sku]
    assert (await client.search_packages(update_ge=0)).packages
