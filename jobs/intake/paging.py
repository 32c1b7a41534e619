"""Following page tokens to the end, and no further."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, Protocol, TypeVar

from shop.errors import BadReply

MOST: Final = 20_000
"""Pages of one search; a platform that never stops paging ends here."""


class Page(Protocol):
    """What every page has."""

    @property
    def next_token(self) -> str | None: ...


P = TypeVar("P", bound=Page)


async def pages(ask: Callable[[str | None], Awaitable[P]]) -> AsyncIterator[P]:
    """Each page of a search; raises BadReply when a token comes back, which would go on for ever."""
    token: str | None = None
    used: set[str] = set()
    while True:
        page = await ask(token)
        token = page.next_token
        if token is not None and (token in used or len(used) >= MOST):
            raise BadReply("the page tokens go in a circle")
        yield page
        if token is None:
            return
        used.add(token)
