"""Shops, their tokens, the couriers they may name themselves, and how far each was read."""

from __future__ import annotations

from sqlmodel import Field, SQLModel

from store.models.base import ms


class Shop(SQLModel, table=True):
    """A shop we watch; `name` is the seller's own name for it in the configuration."""

    __tablename__ = "shops"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    kind: str
    """`tiktok` or `file`."""
    platform_id: str | None = None
    cipher: str | None = None
    """`shop_cipher` of the Open API, looked up by GET /authorization/202309/shops."""
    title: str | None = None
    region: str | None = None


class Token(SQLModel, table=True):
    """The newest token pair of a shop, encrypted with a key derived from the app secret, and its refresh lease."""

    __tablename__ = "tokens"
    shop_id: int = Field(primary_key=True, foreign_key="shops.id")
    sealed: bytes | None = None
    """AES-256-GCM of the JSON token pair (jobs/config/secrets.py)."""
    origin: str | None = None
    """Fingerprint of the environment's pair this one descends from; another pair there means a new login."""
    access_expires_at: int | None = Field(default=None, sa_column=ms())
    fence: int = 0
    refreshing_by: str | None = None
    refreshing_until: int | None = Field(default=None, sa_column=ms())


class SyncState(SQLModel, table=True):
    """How far a sync has come, in the platform's time, written with the rows it covers."""

    __tablename__ = "sync_state"
    shop_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    stream: str = Field(primary_key=True)
    """`orders`, `requests`, ..."""
    watermark: int = Field(sa_column=ms(nullable=False))
    updated_at: int = Field(sa_column=ms(nullable=False))


class ShippingProvider(SQLModel, table=True):
    """A courier that a shop may name for orders it ships itself, by the platform's own id."""

    __tablename__ = "shipping_providers"
    shop_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    provider_id: str = Field(primary_key=True)
    name: str
    courier: str | None = None
    """Our courier code of `name`, where it is known."""
    read_at: int = Field(sa_column=ms(nullable=False))
