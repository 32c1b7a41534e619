"""From confirmed to handed over: answers to requests, paper, packing, manifests, couriers of one's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """New tables, and columns of `requests`; inside the transaction of store/migrate.py."""
    _requests()
    _paper()
    _packing()
    _handover()
    op.create_table(
        "shipping_providers",
        sa.Column("shop_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("courier", sa.String()),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "provider_id", name="pk_shipping_providers"),
    )


def _requests() -> None:
    for name in ("detail", "proof", "options"):
        op.add_column("requests", sa.Column(name, sa.String()))
    op.add_column("requests", sa.Column("looked_at", sa.BigInteger()))


def _paper() -> None:
    op.create_table(
        "labels",
        sa.Column("shop_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("package_id", sa.String(), nullable=False),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("file", sa.String()),
        sa.Column("sha256", sa.String()),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("fetched_at", sa.BigInteger()),
        sa.Column("prints", sa.Integer(), nullable=False),
        sa.Column("printed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("shop_id", "package_id", "size", name="pk_labels"),
    )
    op.create_table(
        "paper_jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("printer", sa.String()),
        sa.Column("file", sa.String()),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("missing", sa.String()),
        sa.Column("problem", sa.String()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_paper_jobs"),
    )
    due = sa.text("due_at IS NOT NULL")
    op.create_index("ix_paper_jobs_due_at", "paper_jobs", ["due_at"], sqlite_where=due, postgresql_where=due)


def _packing() -> None:
    op.create_table(
        "packings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("order_pk", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("package_id", sa.String(), nullable=False),
        sa.Column("tracking_number", sa.String()),
        sa.Column("packer", sa.String(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger()),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("items", sa.String(), nullable=False),
        sa.Column("stops", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_packings"),
    )
    op.create_index("ix_packings_shop_id_package_id", "packings", ["shop_id", "package_id"])
    op.create_index("ix_packings_order_pk", "packings", ["order_pk"])
    op.create_table(
        "barcodes",
        sa.Column("shop_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("sku_id", sa.String(), nullable=False),
        sa.Column("taught_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "code", name="pk_barcodes"),
    )


def _handover() -> None:
    op.create_table(
        "manifests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("courier", sa.String(), nullable=False),
        sa.Column("courier_name", sa.String()),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("closed_by", sa.String()),
        sa.Column("received_by", sa.String()),
        sa.Column("digest", sa.String()),
        sa.PrimaryKeyConstraint("id", name="pk_manifests"),
        sa.UniqueConstraint("number", name="uq_manifests_number"),
    )
    op.create_table(
        "manifest_parcels",
        sa.Column("manifest_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("package_id", sa.String(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("order_pk", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("tracking_number", sa.String(), nullable=False),
        sa.Column("scanned_at", sa.BigInteger(), nullable=False),
        sa.Column("scanned_by", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("checked_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("manifest_id", "package_id", name="pk_manifest_parcels"),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifests.id"], name="fk_manifest_parcels_manifest_id_manifests"
        ),
    )
    op.create_index("ix_manifest_parcels_shop_id_package_id", "manifest_parcels", ["shop_id", "package_id"])
    op.create_index("ix_manifest_parcels_order_pk", "manifest_parcels", ["order_pk"])
