"""Hand-over: what was given to which courier, as proof."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from store.models.base import ms


class Manifest(SQLModel, table=True):
    """One hand-over to one courier. Closed, it never changes again."""

    __tablename__ = "manifests"
    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    """What stands on the paper: `ST-20261125-JNT-01`."""
    courier: str
    """Our courier code."""
    courier_name: str | None = None
    opened_at: int = Field(sa_column=ms(nullable=False))
    opened_by: str
    closed_at: int | None = Field(default=None, sa_column=ms())
    closed_by: str | None = None
    received_by: str | None = None
    """Name of the courier's person, as typed at the closing."""
    digest: str | None = None
    """SHA-256 over the closed manifest's parcels: what its QR code carries."""


class ManifestParcel(SQLModel, table=True):
    """A parcel scanned onto a manifest, with the fresh look at its order that allowed it."""

    __tablename__ = "manifest_parcels"
    __table_args__ = (
        Index("ix_manifest_parcels_shop_id_package_id", "shop_id", "package_id"),
        Index("ix_manifest_parcels_order_pk", "order_pk"),
    )
    manifest_id: int = Field(
        primary_key=True, foreign_key="manifests.id", sa_column_kwargs={"autoincrement": False}
    )
    package_id: str = Field(primary_key=True)
    shop_id: int
    order_pk: int = Field(sa_column=ms(nullable=False))
    order_id: str
    tracking_number: str
    scanned_at: int = Field(sa_column=ms(nullable=False))
    scanned_by: str
    state: str = "checking"
    """`checking`, `on`, `stopped` (must not be handed over) or `removed`."""
    reason: str | None = None
    """Why it was stopped, as a stable code; or why `on` rests on an older look (`unchecked`)."""
    checked_at: int | None = Field(default=None, sa_column=ms())
    """When the platform last said that the parcel may go."""
