"""Tokens: refreshed in time, by one at a time, kept before they are used, never thrown away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from jobs.config.secrets import ShopSecrets
from jobs.intake.tokens import LEASE, PAUSE, TokenKeeper
from jobs.problems import NoSecret
from shop.auth import TokenPair
from shop.errors import Ambiguous, LoginNeeded, NotSent
from store import orders, tokens
from store.db import Store
from store.times import DAY, HOUR
from tests.conftest import FrozenClock
from tests.jobs.runtime_kit import login, rows

LIFE = 7 * DAY
SHOP = "toko-contoh"


class Host:
    """A token host that rotates: every refresh kills the refresh token it used."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.good = "r0"
        self.calls: list[str] = []
        self.trouble: list[Exception] = []
        self.answering: Callable[[], Awaitable[None]] | None = None
        self.life = LIFE

    async def __call__(self, refresh: str) -> TokenPair:
        self.calls.append(refresh)
        if self.answering is not None:
            await self.answering()
        if self.trouble:
            raise self.trouble.pop(0)
        if refresh != self.good:
            raise LoginNeeded("invalid refresh token", code=36004004)
        number = len(self.calls)
        self.good = f"r{number}"
        return TokenPair(f"a{number}", self.good, self.clock.now + self.life, self.clock.now + 365 * DAY)


@pytest.fixture
def host(clock: FrozenClock) -> Host:
    return Host(clock)


@pytest.fixture
def shop_id(store: Store) -> int:
    return store.write(lambda conn: orders.shop_pk(conn, SHOP))


@pytest.fixture
def keeper(store: Store, shop_id: int, host: Host) -> Callable[..., TokenKeeper]:
    """Make a keeper as another process would: `secrets` is what its environment says."""

    def make(secrets: ShopSecrets | None = None, owner: str = "me") -> TokenKeeper:
        secrets = login("a0", "r0") if secrets is None else secrets
        return TokenKeeper(store, shop_id, SHOP, secrets, host, owner=owner, clock=store.clock)

    return make


Make = Callable[..., TokenKeeper]


async def test_the_environment_is_good_until_the_platform_says_otherwise(keeper: Make, host: Host) -> None:
    assert await keeper()() == "a0"
    assert host.calls == []


async def test_a_refused_token_is_refreshed_and_kept_for_later_processes(keeper: Make, host: Host) -> None:
    first = keeper()
    assert await first(force=True) == "a1"
    assert await first() == "a1"
    # The environment's refresh token is dead by now; a later process must not even try it.
    assert await keeper(owner="later")() == "a1"
    assert await keeper(owner="later")(force=True) == "a2"
    assert host.calls == ["r0", "r1"]


async def test_the_app_secret_alone_opens_what_an_earlier_process_kept(keeper: Make) -> None:
    await keeper()(force=True)
    assert await keeper(login(None, None))() == "a1"


async def test_tokens_are_unreadable_in_the_store(keeper: Make, store: Store) -> None:
    await keeper()(force=True)
    ((sealed,),) = rows(store, "SELECT sealed FROM tokens")
    assert isinstance(sealed, bytes) and b"access" not in sealed and len(sealed) > 40


async def test_a_refresh_token_alone_is_enough(keeper: Make, host: Host) -> None:
    assert await keeper(login(None, "r0"))() == "a1"


async def test_a_new_login_in_the_environment_wins_over_what_was_kept(keeper: Make, host: Host) -> None:
    await keeper()(force=True)
    host.good = "R"
    again = keeper(login("A", "R"))
    assert await again() == "A"
    assert await again(force=True) == "a2"
    assert await keeper(login("A", "R"))() == "a2"


async def test_another_app_secret_cannot_open_them_and_falls_back(keeper: Make, host: Host) -> None:
    await keeper()(force=True)
    assert await keeper(login("a0", "r0", "other"))() == "a0"
    with pytest.raises(NoSecret, match="REFRESH_TOKEN"):
        await keeper(login(None, None, "other"))()


async def test_nothing_to_begin_with_is_told(keeper: Make) -> None:
    with pytest.raises(NoSecret, match="APP_SECRET"):
        keeper(login("a", "r", None))
    with pytest.raises(NoSecret, match="REFRESH_TOKEN"):
        await keeper(login(None, None))()
    with pytest.raises(NoSecret, match="REFRESH_TOKEN"):
        await keeper(login("a0", None))(force=True)


async def test_a_token_is_refreshed_in_the_last_fifth_of_its_life(
    keeper: Make, host: Host, clock: FrozenClock
) -> None:
    mine = keeper()
    await mine(force=True)
    clock.advance(LIFE * 4 // 5 - HOUR)
    assert await mine() == "a1"
    clock.advance(2 * HOUR)
    assert await mine() == "a2"


async def test_an_early_refresh_that_fails_leaves_the_good_token_in_use(
    keeper: Make, host: Host, clock: FrozenClock
) -> None:
    mine = keeper()
    await mine(force=True)
    clock.advance(LIFE * 9 // 10)
    host.trouble = [NotSent("ConnectError")]
    assert await mine() == "a1"
    assert await mine() == "a1"
    assert len(host.calls) == 2, "tried again at once"
    clock.advance(PAUSE)
    assert await mine() == "a3"


async def test_a_dead_token_and_no_network_is_an_error_that_loses_nothing(
    keeper: Make, host: Host, clock: FrozenClock, store: Store
) -> None:
    mine = keeper()
    await mine(force=True)
    before = rows(store, "SELECT sealed FROM tokens")
    clock.advance(LIFE + HOUR)
    host.trouble = [NotSent("ConnectError"), Ambiguous("deadline")]
    for expected in (NotSent, Ambiguous):
        with pytest.raises(expected):
            await mine()
    assert rows(store, "SELECT sealed FROM tokens") == before
    assert await mine() == "a4"


async def test_a_hundred_who_need_a_token_make_one_refresh(keeper: Make, host: Host) -> None:
    mine = keeper()
    given = await asyncio.gather(*(mine(force=True) for _ in range(100)))
    assert set(given) == {"a1"} and host.calls == ["r0"]


async def test_two_processes_make_one_refresh(keeper: Make, host: Host) -> None:
    first, second = keeper(owner="one"), keeper(owner="two")
    assert await first() == await second() == "a0"
    held = asyncio.Event()

    async def slow() -> None:
        held.set()
        await asyncio.sleep(0.05)

    host.answering = slow
    one = asyncio.create_task(first(force=True))
    await held.wait()
    two = asyncio.create_task(second(force=True))
    assert list(await asyncio.gather(one, two)) == ["a1", "a1"]
    assert host.calls == ["r0"]


async def test_a_dead_process_holds_the_lease_for_its_length_only(
    keeper: Make, host: Host, clock: FrozenClock, store: Store, shop_id: int
) -> None:
    store.write(lambda conn: tokens.lease(conn, shop_id, "dead", clock.now, LEASE))
    if store.dialect == "postgresql":
        pytest.skip("leases follow the server's clock there")
    mine = asyncio.create_task(keeper()(force=True))
    await asyncio.sleep(0.05)
    assert not mine.done() and host.calls == []
    clock.advance(LEASE + 1)
    assert await mine == "a1"


async def test_a_job_out_of_time_does_not_take_the_new_pair_with_it(keeper: Make, host: Host) -> None:
    mine = keeper()
    go = asyncio.Event()

    async def wait() -> None:
        await go.wait()

    host.answering = wait
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await mine(force=True)
    go.set()
    await mine.settle()
    assert await keeper(owner="later")() == "a1"


async def test_only_a_second_refusal_asks_for_a_login(keeper: Make, host: Host) -> None:
    mine = keeper()
    host.trouble = [LoginNeeded("once", code=36004005)]
    assert await mine(force=True) == "a2"
    host.good = "somebody else's"
    with pytest.raises(LoginNeeded):
        await mine(force=True)
    assert host.calls == ["r0", "r0", "r2", "r2"]


async def test_a_refused_refresh_token_is_not_tried_all_the_time(
    keeper: Make, host: Host, clock: FrozenClock
) -> None:
    mine = keeper()
    host.good = "another"
    for _ in range(3):
        with pytest.raises(LoginNeeded):
            await mine(force=True)
    assert len(host.calls) == 2
    clock.advance(PAUSE)
    host.good = "r0"
    assert await mine(force=True) == "a3"


async def test_after_a_refusal_whoever_won_is_believed(
    keeper: Make, host: Host, store: Store, shop_id: int
) -> None:
    mine = keeper()
    assert await mine() == "a0"

    async def somebody_wins() -> None:
        host.answering = None
        # Another process whose lease we did not see (its clock was off) has refreshed and stored.
        winner = keeper(owner="winner")
        fence = store.write(lambda conn: tokens.load(conn, shop_id))
        assert fence is not None
        store.write(lambda conn: tokens.release(conn, shop_id, fence.fence))
        assert await winner(force=True) == "a2"

    host.answering = somebody_wins
    assert await mine(force=True) == "a2"
    assert host.calls == ["r0", "r0"]


async def test_a_life_that_is_over_at_birth_is_not_believed(keeper: Make, host: Host) -> None:
    host.life = -HOUR
    mine = keeper()
    assert await mine(force=True) == "a1"
    assert await mine() == "a1"
    assert host.calls == ["r0"]
