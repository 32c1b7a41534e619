"""What buyers and the shop write to each other."""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from store.models.base import ms, serial


class Conversation(SQLModel, table=True):
    """One buyer's conversation with one shop."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index("uq_conversations_shop_id_conversation_id", "shop_id", "conversation_id", unique=True),
        Index("ix_conversations_shop_id_buyer_id", "shop_id", "buyer_id"),
        Index(
            "ix_conversations_answer_by",
            "answer_by",
            sqlite_where=text("answer_by IS NOT NULL"),
            postgresql_where=text("answer_by IS NOT NULL"),
        ),
        Index(
            "ix_conversations_shop_id_tried_at",
            "shop_id",
            "tried_at",
            sqlite_where=text("tried_at IS NOT NULL"),
            postgresql_where=text("tried_at IS NOT NULL"),
        ),
        Index(
            "ix_conversations_shop_id_seen_message",
            "shop_id",
            "seen_message",
            sqlite_where=text("seen_message IS NOT NULL"),
            postgresql_where=text("seen_message IS NOT NULL"),
        ),
    )
    id: int | None = Field(default=None, sa_column=serial())
    shop_id: int
    conversation_id: str
    buyer_id: str | None = None
    """The platform's `user_id` of the buyer: the one that orders carry."""
    buyer: str | None = None
    """Nickname, as the platform gave it."""
    platform: str | None = None
    """`TIKTOK_SHOP` or `TOKOPEDIA`."""
    unread: int = 0
    can_send: bool = True
    last_at: int | None = Field(default=None, sa_column=ms())
    last_role: str | None = None
    last_text: str | None = None
    answer_by: int | None = Field(default=None, sa_column=ms())
    """Twelve hours after the buyer's first message that no person answered; None: nothing waits for us."""
    synced_message: str | None = None
    """Id of the newest message that is stored."""
    updated_at: int = Field(sa_column=ms(nullable=False))
    tried_message: str | None = None
    """The newest message the list told of when its messages were asked for in vain; empty: it told of none that can
    be understood. None: nothing is in the way."""
    tried_at: int | None = Field(default=None, sa_column=ms())
    tries: int | None = None
    """How often in vain, since another message was the newest."""
    seen_message: str | None = None
    """The newest message a person here has seen while the platform counts some as unread: it is to be told so."""


class Message(SQLModel, table=True):
    """One message, as told. Rows never change."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("uq_messages_conversation_pk_message_id", "conversation_pk", "message_id", unique=True),
        Index("ix_messages_conversation_pk_at", "conversation_pk", "at"),
    )
    id: int | None = Field(default=None, sa_column=serial())
    conversation_pk: int = Field(sa_column=ms(nullable=False))
    message_id: str
    at: int = Field(sa_column=ms(nullable=False))
    role: str
    """`BUYER`, `SHOP`, `CUSTOMER_SERVICE`, `SYSTEM`, `ROBOT`, or whatever the platform said."""
    kind: str
    """The platform's type of message."""
    text: str
    """What it says, in words; empty for a type without words."""
    content: str
    """The platform's JSON, whole."""
    order_id: str | None = None
    """Of an order's card."""
