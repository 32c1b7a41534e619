"""Parcels, their journeys, and what is known of the sources that tell them."""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from store.models.base import ms


class Package(SQLModel, table=True):
    """A parcel of an order; a combined parcel has one row per order with the same package_id."""

    __tablename__ = "packages"
    __table_args__ = (
        Index("ix_packages_shop_id_package_id", "shop_id", "package_id"),
        Index("ix_packages_tracking_number", "tracking_number"),
        Index("ix_packages_due_at", "due_at", sqlite_where=text("due_at IS NOT NULL"),
              postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_packages_wanted_at", "wanted_at", sqlite_where=text("wanted_at IS NOT NULL"),
              postgresql_where=text("wanted_at IS NOT NULL")),
    )  # fmt: skip
    order_pk: int = Field(sa_column=ms(primary_key=True, autoincrement=False))
    package_id: str = Field(primary_key=True)
    shop_id: int
    status: str | None = None
    """The platform's package status: TO_FULFILL, PROCESSING, FULFILLING, COMPLETED, CANCELLED, or a newer word."""
    courier: str | None = None
    courier_name: str | None = None
    provider_id: str | None = None
    tracking_number: str | None = None
    tracking_status: str | None = None
    """couriers.base.TrackingStatus; None before the first look."""
    tracking_reason: str | None = None
    tracking_source: str | None = None
    last_event_at: int | None = Field(default=None, sa_column=ms())
    delivered_at: int | None = Field(default=None, sa_column=ms())
    checked_at: int | None = Field(default=None, sa_column=ms())
    due_at: int | None = Field(default=None, sa_column=ms())
    """When tracking should look next; None: at rest."""
    misses: int = 0
    wanted_at: int | None = Field(default=None, sa_column=ms())
    """When a person asked for a look that has not been taken yet: it goes before every other."""


class TrackingEvent(SQLModel, table=True):
    """One row of a parcel's journey, as a source told it; raw text and code are kept."""

    __tablename__ = "tracking_events"
    __table_args__ = (Index("uq_tracking_events_order_pk_key", "order_pk", "key", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    order_pk: int = Field(sa_column=ms(nullable=False))
    tracking_number: str | None = None
    key: str
    """Hash of (source, time, normalised text, location): the same row told twice is one row."""
    at: int | None = Field(default=None, sa_column=ms())
    status: str
    text: str
    location: str | None = None
    code: str | None = None
    source: str


class LaneLimit(SQLModel, table=True):
    """How long parcels of a lane usually lie still, learned from the shop's own history (jobs/parcels/lanes.py)."""

    __tablename__ = "lane_limits"
    shop_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    courier: str = Field(primary_key=True)
    province: str = Field(primary_key=True)
    """The destination; empty stands for every one, as in `city`."""
    city: str = Field(primary_key=True)
    scan_after: int | None = Field(default=None, sa_column=ms())
    """Milliseconds from arranging to the first scan that only few parcels exceed; None: too few were seen."""
    scan_seen: int = 0
    move_after: int | None = Field(default=None, sa_column=ms())
    """The same between two movements."""
    move_seen: int = 0
    learned_at: int = Field(sa_column=ms(nullable=False))


class ProviderUsage(SQLModel, table=True):
    """How much of a day's quota at one source of tracking is used; counted before a question leaves."""

    __tablename__ = "provider_usage"
    provider: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    """`2026-11-25`, in Jakarta: there daily quotas start again at midnight."""
    asked: int = 0
    ok: int = 0
    """Questions that were answered with a journey."""
    per_day: int | None = None
    """The quota as last known here; None: none is known."""


class UnknownText(SQLModel, table=True):
    """Words of a courier that no phrase tells the meaning of, without numbers and names, and how often."""

    __tablename__ = "unknown_texts"
    provider: str = Field(primary_key=True)
    courier: str = Field(primary_key=True)
    """Our courier code; empty when nobody knows."""
    text: str = Field(primary_key=True)
    seen: int = 0
    first_seen: int = Field(sa_column=ms(nullable=False))
    last_seen: int = Field(sa_column=ms(nullable=False))
