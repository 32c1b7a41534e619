"""One shop at the platform, as calls with our units: epoch ms, whole money, records of the store.

Every read raises a ShopError when it does not get an answer it understands; an order it does not understand
is in the page's `rejected`. The reads stand in shop/calls, a module per subject. Paths carry their own
versions (reference: Partner Center, API 202309 and later).
"""

from __future__ import annotations

from collections.abc import Sequence

from shop import mapping_facts as mapping
from shop import writes
from shop.calls.aftersales import AftersalesCalls
from shop.calls.chats import ChatCalls
from shop.calls.finance import FinanceCalls
from shop.calls.logistics import LogisticsCalls
from shop.calls.orders import OrderCalls
from shop.calls.parcels import ParcelCalls
from shop.calls.products import ProductCalls
from shop.channel import READ_DEADLINE, Channel, ServerClock, TokenSource
from shop.errors import Verdict
from shop.facts import AuthorizedShop
from shop.http import HttpSeam, checked_url
from shop.limiter import RateLimiter
from shop.reply import Reply
from shop.requests import Draft, Prepared, Signer
from shop.wire import account
from shop.writes import ShipItem
from store.times import Clock, now_ms

__all__ = ["Prepared", "ShipItem", "ShopClient", "WriteReply"]

WriteReply = Reply
"""What came back for a write, unread."""


class ShopClient(
    OrderCalls, ParcelCalls, LogisticsCalls, AftersalesCalls, FinanceCalls, ChatCalls, ProductCalls
):
    """Reads and writes for one shop. Bound to one event loop; the HTTP seam is closed by its owner.

    `cipher` names the shop (`authorized_shops` knows it); `token` hands out access tokens. Raises InsecureUrl
    for an `api_base` that is neither https nor on this computer.
    """

    def __init__(
        self,
        http: HttpSeam,
        *,
        api_base: str,
        app_key: str,
        app_secret: str,
        token: TokenSource,
        cipher: str | None = None,
        clock: Clock = now_ms,
        limiter: RateLimiter | None = None,
        check_clock: bool = True,
        read_deadline: float = READ_DEADLINE,
    ) -> None:
        checked_url(api_base)
        self._channel = Channel(
            http,
            Signer(api_base, app_key, app_secret, cipher),
            token,
            clock=clock,
            limiter=limiter,
            check_clock=check_clock,
            read_deadline=read_deadline,
        )

    @property
    def cipher(self) -> str | None:
        """`shop_cipher` of all calls; None until it was looked up."""
        return self._channel.signer.cipher

    def use_shop(self, cipher: str) -> None:
        """Speak for this shop from now on."""
        signer = self._channel.signer
        self._channel.signer = Signer(signer.api_base, signer.app_key, signer.app_secret, cipher)

    @property
    def server_clock(self) -> ServerClock:
        """How far the platform's clock is from ours."""
        return self._channel.server_clock

    # -- reads ---------------------------------------------------------------------------------------------

    async def authorized_shops(self) -> list[AuthorizedShop]:
        """The shops the token opens; empty: the token is fine but no shop is bound."""
        draft = Draft("GET", "/authorization/202309/shops", with_shop=False)
        return await self._list(draft, "shops", lambda raw: mapping.authorized_shop(account.decode_shop(raw)))

    # -- writes --------------------------------------------------------------------------------------------

    def prepare(self, draft: Draft, timestamp_s: int) -> Prepared:
        """Sign any draft of shop/*writes.py and shop/answers.py, once, for this second. Raises ClockSkew."""
        return self._channel.prepare(draft, timestamp_s)

    def prepare_ship(self, packages: Sequence[ShipItem], timestamp_s: int) -> Prepared:
        """Sign the arranging of 1-50 packages. Raises ClockSkew, ValueError."""
        return self.prepare(writes.ship(packages), timestamp_s)

    async def send_prepared(self, prepared: Prepared, deadline: float = 20.0) -> WriteReply:
        """Send it, once, in at most `deadline` seconds. Raises NotSent or Ambiguous."""
        return await self._channel.send_prepared(prepared, deadline)

    @staticmethod
    def parse_ship(reply: WriteReply, package_ids: Sequence[str]) -> dict[str, Verdict]:
        """What the answer proves for each package."""
        return writes.parse_ship(reply, package_ids)
