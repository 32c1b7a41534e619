"""The ways a call is made and its answer read, shared by all subjects."""

from __future__ import annotations

from collections.abc import Mapping

from shop.channel import Channel
from shop.errors import BadReply
from shop.pages import Entries, Read, T, entries, listed
from shop.reply import Reply
from shop.requests import Draft
from shop.wire.envelope import Unreadable
from shop.wire.loose import BROKEN


class Calls:
    """Reads through one shop's channel. Each raises a ShopError for an answer that is not understood."""

    _channel: Channel

    async def _page(self, draft: Draft, key: str, read: Read[T]) -> tuple[Reply, Entries[T]]:
        reply, envelope = await self._channel.read(draft)
        try:
            return reply, entries(envelope.data, key, read, source=key)
        except Unreadable as error:
            raise BadReply(str(error), request_id=envelope.request_id) from None

    async def _list(self, draft: Draft, key: str, read: Read[T]) -> list[T]:
        _reply, envelope = await self._channel.read(draft)
        try:
            return listed(envelope.data, key, read, source=key)[0]
        except Unreadable as error:
            raise BadReply(str(error), request_id=envelope.request_id) from None

    async def _one(self, draft: Draft, read: Read[T]) -> T:
        _reply, envelope = await self._channel.read(draft)
        try:
            return read(envelope.data)
        except BROKEN as error:
            raise BadReply(f"{type(error).__name__}", request_id=envelope.request_id) from None


def search(path: str, query: Mapping[str, str], page_token: str | None, body: bytes) -> Draft:
    """A search, which is a POST; its query carries the paging."""
    return Draft("POST", path, {**query, "page_token": page_token or ""}, body)


def window(name: str, ge: int | None, lt: int | None) -> dict[str, int | None]:
    """[ge, lt) in ms as whole seconds that miss nothing: the end is rounded up."""
    return {
        f"{name}_ge": None if ge is None else ge // 1_000,
        f"{name}_lt": None if lt is None else -(-lt // 1_000),
    }
