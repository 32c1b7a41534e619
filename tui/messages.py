"""What the parts of the screen tell each other, named for facts. Widgets post; the screen and app act."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from store.status import Tab
from store.views import OrderRow


class StoreChanged(Message):
    """Somebody committed something. Posted from any thread; a newer one replaces a waiting one."""

    def can_replace(self, message: Message) -> bool:
        """Two hundred commits are one look."""
        return isinstance(message, StoreChanged)


@dataclass
class CursorMoved(Message):
    """Another order (or another version of it) is under the cursor; None: the list is empty."""

    row: OrderRow | None

    def can_replace(self, message: Message) -> bool:
        """Only where the cursor ended up counts."""
        return isinstance(message, CursorMoved)


@dataclass
class MarksChanged(Message):
    """So many orders are marked now."""

    count: int


@dataclass
class TabChosen(Message):
    """Somebody clicked a tab."""

    tab: Tab


@dataclass
class CommandChosen(Message):
    """Somebody asked for a command otherwise than by its key: a click, the palette."""

    command_id: str


@dataclass
class BackendReady(Message):
    """The background runs; writes are possible from now on."""


@dataclass
class BackendFailed(Message):
    """The background could not start; what is stored can still be viewed."""

    sentence: str


@dataclass
class ReadFailed(Message):
    """The store could not be read."""

    sentence: str
