"""What is known of conversations with buyers, as values: what the platform tells, and what the screens read.

No SQLAlchemy: shop/ makes the records, the screens read the rows. Foreign text is raw; `clean()` it at the border.
Source: Partner Center, customer service 202309.
"""

from __future__ import annotations

from typing import Final

import msgspec

PEOPLE: Final = ("SHOP", "CUSTOMER_SERVICE")
"""Roles that are a person of the shop; what `ROBOT` and `SYSTEM` write answers nobody."""
AUTOMATIC: Final = ("SYSTEM", "ROBOT")
BUYER: Final = "BUYER"
LONGEST: Final = 2_000
"""Characters of a TEXT (Partner Center, "Send message")."""
NOT_ASKED: Final = (
    *("ALLOCATED_SERVICE", "NOTIFICATION"),
    *("BUYER_ENTER_FROM_TRANSFER", "BUYER_ENTER_FROM_PRODUCT", "BUYER_ENTER_FROM_ORDER"),
)
"""Types of messages that nobody wrote: a buyer who opens the chat has asked nothing yet."""


class MessageRecord(msgspec.Struct, frozen=True):
    """One message, as the platform told it. Times are epoch ms."""

    message_id: str
    at: int
    role: str
    kind: str
    text: str = ""
    """What it says, in words; empty for a type without words."""
    content: str = ""
    """The platform's JSON, whole."""
    order_id: str | None = None
    visible: bool = True
    """False: the platform itself shows it to nobody."""


class ConversationRecord(msgspec.Struct, frozen=True):
    """One conversation, as the list of conversations told it."""

    conversation_id: str
    buyer_id: str | None = None
    buyer: str | None = None
    platform: str | None = None
    unread: int = 0
    can_send: bool = True
    last: MessageRecord | None = None
    """The newest message; None: the platform named none, or none that can be understood."""


class ChatRow(msgspec.Struct, frozen=True):
    """A conversation as it stands in the list."""

    pk: int
    shop_id: int
    shop: str
    conversation_id: str
    buyer_id: str | None
    buyer: str | None
    platform: str | None
    unread: int
    can_send: bool
    last_at: int | None
    last_role: str | None
    last_text: str | None
    """The newest words of the buyer or of a person; robots and the system are left out."""
    answer_by: int | None
    """Until when a person has to answer, epoch ms; None: nothing waits."""
    order_ids: tuple[str, ...] = ()
    """Orders of this buyer in this shop, the newest first."""


class MessageRow(msgspec.Struct, frozen=True):
    """A message of a conversation."""

    pk: int
    at: int
    role: str
    kind: str
    text: str
    order_id: str | None


class WishRow(msgspec.Struct, frozen=True):
    """A message of ours that is under way, or came to nothing."""

    action_id: int
    state: str
    at: int
    text: str
    code: int | None
    reason: str | None
