"""The JSON that scripts read. Field names are a promise (docs/commands.md); values come straight from the store."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import tzinfo
from typing import Any

from couriers.base import TrackingResult
from store.reading.stock_wishes import stock_wish
from store.times import to_iso
from store.views import ActionRow, ChangeRow, EventRow, ItemRow, OrderDetail, PackageRow

Json = dict[str, Any]


def dump(document: object) -> None:
    """One JSON document on stdout and nothing else there."""
    # ASCII only: a terminal that shows the output cannot be driven by a buyer's note.
    json.dump(document, sys.stdout, ensure_ascii=True, separators=(",", ":"))
    sys.stdout.write("\n")


def order(detail: OrderDetail, zone: tzinfo) -> Json:
    """An order as `pantau orders` prints it."""
    row = detail.row
    return {
        "order_id": row.order_id,
        "shop": detail.shop,
        "channel": row.channel,
        "status": row.status,
        "raw_status": row.raw_status,
        "confirmed": row.confirmed_at is not None,
        "cod": row.cod,
        "created_at": to_iso(row.created_at, zone),
        "paid_at": to_iso(row.paid_at, zone),
        "arrange_by": to_iso(row.arrange_by, zone),
        "scan_by": to_iso(row.scan_by, zone),
        "deadline_source": detail.deadline_source,
        "buyer": row.buyer,
        "city": row.city,
        "note": row.note,
        "total": row.total,
        "currency": row.currency,
        "cancel_requested": row.cancel_requested,
        "tags": list(detail.tags),
        "items": [_item(item) for item in detail.items],
        "packages": [_package(parcel, zone) for parcel in detail.parcels],
    }


def order_in_full(detail: OrderDetail, zone: tzinfo) -> Json:
    """An order as `pantau order` prints it: with the seller's note, its journey, its actions and its history."""
    return order(detail, zone) | {
        "own_note": detail.own_note or None,
        "events": [_event(event, zone) for event in detail.events],
        "actions": [action(row, zone) for row in detail.actions],
        "history": [_change(row, zone) for row in detail.history],
    }


def action(row: ActionRow, zone: tzinfo) -> Json:
    """A row of the outbox; the last three are null where it sets no stock."""
    wish = stock_wish(row)
    return {
        "id": row.id,
        "kind": row.kind,
        "order_id": row.order_id,
        "package_id": row.package_id,
        "state": row.state,
        "code": row.code,
        "reason": row.reason,
        "attempts": row.attempts,
        "requested_at": to_iso(row.requested_at, zone),
        "done_at": to_iso(row.done_at, zone),
        "sku": None if wish is None else wish.sku_id,
        "was": None if wish is None else wish.seen,
        "quantity": None if wish is None else wish.quantity,
    }


def tracking(result: TrackingResult, zone: tzinfo) -> Json:
    """The answer of `pantau track`: a bad outcome has status `unknown` and no events."""
    return {
        "tracking_number": result.tracking_number,
        "courier": result.courier,
        "status": str(result.status),
        "terminal": result.terminal,
        "delivered_at": to_iso(result.delivered_at, zone),
        "events": [
            {
                "at": to_iso(event.at, zone),
                "status": str(event.status),
                "text": event.text,
                "location": event.location,
                "code": event.code,
            }
            for event in result.events
        ],
        "source": result.source,
        "outcome": str(result.outcome),
        "message": result.message,
    }


def _item(item: ItemRow) -> Json:
    return {
        "sku_id": item.sku_id,
        "seller_sku": item.seller_sku,
        "name": item.name,
        "variation": item.variation,
        "quantity": item.quantity,
        "unit_price": item.unit_price,
    }


def _package(parcel: PackageRow, zone: tzinfo) -> Json:
    return {
        "package_id": parcel.package_id,
        "status": parcel.status,
        "courier": parcel.courier,
        "courier_name": parcel.courier_name,
        "tracking_number": parcel.tracking_number,
        "tracking_status": parcel.tracking_status,
        "last_event_at": to_iso(parcel.last_event_at, zone),
    }


def _event(event: EventRow, zone: tzinfo) -> Json:
    return {
        "at": to_iso(event.at, zone),
        "status": event.status,
        "text": event.text,
        "location": event.location,
        "code": event.code,
        "source": event.source,
    }


def _change(row: ChangeRow, zone: tzinfo) -> Json:
    return {"at": to_iso(row.at, zone), "kind": row.kind, "old": row.old, "new": row.new, "actor": row.actor}


def table(rows: Iterable[Iterable[str]]) -> str:
    """Plain columns for a person's eyes; callers pass cleaned text."""
    lines = [list(row) for row in rows]
    widths = [max((len(cell) for cell in column), default=0) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
