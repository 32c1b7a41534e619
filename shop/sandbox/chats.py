"""The conversations of one shop: buyers write about their orders as these move on, and the shop answers.

Nothing runs in the background: `tick` lets everything be said that is due by now. It looks at the orders that changed
since it last looked, so it costs what happened and not what there is.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from typing import Final

from shop.sandbox import chat_talk
from shop.sandbox.chat_talk import ANSWERS, ROBOT, Plan, Said, question, text
from shop.sandbox.draw import pick_by, unit
from shop.sandbox.facts import facts
from shop.sandbox.index import SERIALS
from shop.sandbox.orders import Order
from shop.sandbox.world import World

REMEMBERED: Final = 3_000
"""Orders of before the start whose buyers may have written."""
OLD: Final = 14 * 86_400
"""Nobody starts writing about what happened so many seconds before the start."""
ANSWERED: Final = 6 * 3_600
"""What was asked so long before the start has mostly been answered."""
CLOSED = 0.02
"""Share of buyers to whom nobody may write."""
_CONVERSATIONS, _MESSAGES = 7_494_000_000_000_000_000, 7_500_000_000_000_000_000
_CLOSING, _ROBOT, _BY_HAND, _HOW = 601, 602, 603, 604


class Message:
    """One message; `seq` counts all of a shop."""

    __slots__ = ("at", "content", "kind", "role", "seq", "wall")

    def __init__(self, seq: int, at: int, wall: float, said: Said) -> None:
        self.seq, self.at, self.wall = seq, at, wall
        self.role, self.kind, self.content = said

    @property
    def id(self) -> str:
        """As the platform numbers it."""
        return str(_MESSAGES + self.seq)


class Conversation:
    """One buyer's; `serial` is the first of the buyer's orders that it was about."""

    __slots__ = (
        "buyer",
        "buyer_id",
        "closed",
        "created",
        "messages",
        "opened",
        "platform",
        "serial",
        "unread",
    )

    def __init__(self, serial: int, buyer_id: str, buyer: str, platform: str, created: int) -> None:
        self.serial, self.buyer_id, self.buyer, self.platform = serial, buyer_id, buyer, platform
        self.created = created
        self.closed = False
        self.unread = 0
        self.messages: list[Message] = []

    @property
    def id(self) -> str:
        """As the platform numbers it."""
        return str(_CONVERSATIONS + self.serial)


class Chats:
    """Everything that was said. Only under the world's lock."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_buyer: dict[str, Conversation] = {}
        self._by_id: dict[str, Conversation] = {}
        self._coming: list[Plan] = []
        self._planned: set[tuple[int, str]] = set()
        self._looked = -1
        self._seq = 0

    def __len__(self) -> int:
        return len(self._by_id)

    def all(self) -> list[Conversation]:
        """Every conversation in which something was said, or that somebody opened."""
        return list(self._by_id.values())

    def of(self, conversation_id: str) -> Conversation | None:
        """A conversation by the platform's id."""
        return self._by_id.get(conversation_id)

    def tick(self) -> None:
        """Let everything be said that is due by now, in order."""
        self._plan()
        now = self._world.now()
        while self._coming and self._coming[0].at <= now:
            plan = heapq.heappop(self._coming)
            if plan.about == "thanks":
                self._thank(plan)
            else:
                self._ask(plan)

    def open(self, buyer_id: str) -> Conversation | None:
        """The conversation with a buyer of this shop; None for anybody else."""
        if buyer_id in self._by_buyer:
            return self._by_buyer[buyer_id]
        for serial in range(len(self._world), 0, -1):  # who is written to has mostly bought just now
            order = self._world.at(serial)
            if facts(self._world.key, order.serial).buyer_id == buyer_id:
                return self._talk(order, self._world.now())
        return None

    def send(self, talk: Conversation, said: Said) -> Message:
        """The shop writes: what was unread is read, and the buyer may say thanks."""
        now = self._world.now()
        made = self._say(talk, now, said, self._world.clock.wall())
        talk.unread = 0
        order = self._world.at(talk.serial)
        if chat_talk.thanks(self._world.pace, order) is not None and not self._thanked(talk):
            self._planned.add((talk.serial, "thanks"))
            heapq.heappush(self._coming, Plan(self._world.pace.after(now, 300), talk.serial, "thanks"))
        return made

    def _thanked(self, talk: Conversation) -> bool:
        return (talk.serial, "thanks") in self._planned

    def _plan(self) -> None:
        """Ask of every order that changed since the last look what its buyer will write."""
        world, keys = self._world, self._world.index.keys("update_time")
        first = self._looked < 0
        begin = max(0, len(keys) - REMEMBERED) if first else bisect_right(keys, self._looked)
        for place in keys[begin:]:
            for plan in chat_talk.plans(world.pace, world.at(place & SERIALS)):
                name = plan.serial, plan.about
                if name not in self._planned and plan.at > world.started - OLD:
                    self._planned.add(name)
                    heapq.heappush(self._coming, plan)
        if keys:
            # The same second may bring more: what was planned is not planned twice.
            self._looked = max(self._looked, (keys[-1] >> 26 << 26) - 1)

    def _ask(self, plan: Plan) -> None:
        world, order = self._world, self._world.at(plan.serial)
        if order.cancelled and plan.about != "cancelled":
            return
        talk = self._talk(order, plan.at)
        for said in question(world.pace, order, world.numbers.order_id(order.serial), plan.about):
            self._say(talk, plan.at, said)
        if unit(world.key, order.serial, _ROBOT) < 0.4:
            self._say(talk, plan.at + 1, text("ROBOT", ROBOT))
        if plan.at < world.started - ANSWERED and unit(world.key, order.serial, _BY_HAND) < 0.9:
            how = pick_by(unit(world.key, order.serial, _HOW), ANSWERS)
            self._say(talk, plan.at + 1_800, text("CUSTOMER_SERVICE", how))
            talk.unread = 0

    def _thank(self, plan: Plan) -> None:
        order = self._world.at(plan.serial)
        said = chat_talk.thanks(self._world.pace, order)
        if said is not None:
            self._say(self._talk(order, plan.at), plan.at, said)

    def _talk(self, order: Order, at: int) -> Conversation:
        known = facts(self._world.key, order.serial)
        found = self._by_buyer.get(known.buyer_id)
        if found is None:
            platform = "TOKOPEDIA" if known.tokopedia else "TIKTOK_SHOP"
            found = Conversation(order.serial, known.buyer_id, known.buyer, platform, at)
            found.closed = unit(self._world.key, order.serial, _CLOSING) < CLOSED
            self._by_buyer[known.buyer_id] = self._by_id[found.id] = found
        return found

    def _say(self, talk: Conversation, at: int, said: Said, wall: float = 0.0) -> Message:
        self._seq += 1
        made = Message(self._seq, at, wall, said)
        talk.messages.append(made)
        talk.messages.sort(key=lambda one: (one.at, one.seq))
        if said.role == "BUYER":
            talk.unread += 1
        return made
