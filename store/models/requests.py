"""What buyers ask."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from store.models.base import ms


class Request(SQLModel, table=True):
    """A buyer's cancellation, return or refund and the clock on our answer."""

    __tablename__ = "requests"
    __table_args__ = (
        Index("uq_requests_shop_id_request_id", "shop_id", "request_id", unique=True),
        Index("ix_requests_order_pk", "order_pk"),
    )
    id: int | None = Field(default=None, primary_key=True)
    shop_id: int
    request_id: str
    order_id: str
    order_pk: int | None = Field(default=None, sa_column=ms())
    kind: str
    """`cancel`, `return`, `refund` or `replacement`."""
    status: str
    reason: str | None = None
    reason_text: str | None = None
    amount: int | None = Field(default=None, sa_column=ms())
    next_action: str | None = None
    deadline_at: int | None = Field(default=None, sa_column=ms())
    created_at: int = Field(sa_column=ms(nullable=False))
    updated_at: int = Field(sa_column=ms(nullable=False))
    detail: str | None = None
    """JSON of what the platform told besides: goods, amounts, the way back (store.records.RequestDetail)."""
    proof: str | None = None
    """JSON of the buyer's words, pictures and films, as links (store.records.Proof); None: not read yet."""
    options: str | None = None
    """JSON of the answers the platform takes now, and its reasons (store.records.Answers); None: not asked yet."""
    looked_at: int | None = Field(default=None, sa_column=ms())
    """When `proof` and `options` were read; they are read again when the request changed after it."""
