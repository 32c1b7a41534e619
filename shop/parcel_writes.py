"""Which goods travel in which parcel, and the number of one's own courier, as drafts.

shop/writes.py says how drafts are sent and read. None of these calls has a key that makes a repeat harmless, and
each makes packages with new ids: an unclear answer is for the outbox to look into. Fulfillment 202309.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shop.errors import Kind, Verdict, classify, classify_packages
from shop.reply import Reply
from shop.requests import Draft, body_of
from shop.wire.envelope import open_envelope
from shop.wire.fulfillment import decode_parts
from shop.wire.loose import BROKEN
from shop.writes import segment

LARGEST: Final = 20
"""Orders under one tracking number (Partner Center, "Combine package")."""


def split(order_id: str, groups: Sequence[tuple[str, Sequence[str]]]) -> Draft:
    """Part an order's goods before they are shipped: a name of ours and line ids for each new package.

    Every line of the order belongs into exactly one group, all units of a SKU into the same. Raises ValueError for
    fewer than two groups, for an empty one, and for a name or a line that comes twice.
    """
    names, lines = [name for name, _ in groups], [line for _, ids in groups for line in ids]
    if len(groups) < 2 or not all(ids for _, ids in groups):
        raise ValueError("a split needs at least two groups with lines in them")
    if len(set(names)) != len(names) or len(set(lines)) != len(lines):
        raise ValueError("a group or a line comes twice")
    body = [{"id": name, "order_line_item_ids": list(ids)} for name, ids in groups]
    path = f"/fulfillment/202309/orders/{segment(order_id)}/split"
    return Draft("POST", path, body=body_of({"splittable_groups": body}))


def combine(groups: Sequence[tuple[str, Sequence[str]]]) -> Draft:
    """Put orders into one parcel: the id of a set that `ShopClient.combinable` offered, and orders of it.

    Raises ValueError for a set of fewer than 2 or more than 20 orders, and for an order that comes twice.
    """
    orders = [order_id for _, ids in groups for order_id in ids]
    if not groups or not all(2 <= len(ids) <= LARGEST for _, ids in groups):
        raise ValueError(f"a combined parcel holds 2 to {LARGEST} orders")
    if len(set(orders)) != len(orders):
        raise ValueError("an order comes twice")
    body = [{"id": name, "order_ids": list(ids)} for name, ids in groups]
    return Draft("POST", "/fulfillment/202309/packages/combine", body=body_of({"combinable_packages": body}))


def uncombine(package_id: str, order_ids: Sequence[str]) -> Draft:
    """Take orders out of a combined parcel. Raises ValueError without orders, and for one that comes twice."""
    if not order_ids or len(set(order_ids)) != len(order_ids):
        raise ValueError("taking apart needs orders, each once")
    path = f"/fulfillment/202309/packages/{segment(package_id)}/uncombine"
    return Draft("POST", path, body=body_of({"order_ids": list(order_ids)}))


def correct_number(package_id: str, tracking_number: str, provider_id: str) -> Draft:
    """Another number for a parcel the seller ships: within 72 hours and only a few times.

    Raises ValueError for an empty number or provider.
    """
    if not tracking_number or not provider_id:
        raise ValueError("a number and a courier are needed")
    path = f"/fulfillment/202309/packages/{segment(package_id)}/shipping_info/update"
    body = {"tracking_number": tracking_number, "shipping_provider_id": provider_id}
    return Draft("POST", path, body=body_of(body))


def parse_split(reply: Reply) -> dict[str, str]:
    """Our group names -> the new packages' ids, as far as the answer tells. The verdict is `parse_write`'s."""
    if classify(reply).kind is not Kind.DONE:
        return {}
    try:
        parts = decode_parts(open_envelope(reply.body).data).packages or ()
    except BROKEN:
        return {}
    return {part.splittable_group_id: part.id for part in parts if part.splittable_group_id and part.id}


def parse_combine(reply: Reply, ids: Sequence[str]) -> dict[str, Verdict]:
    """What the answer to `combine` proves for each of its sets.

    Failures stand beside code 0 with the set's id as `package_id`. That the platform means this id there is not
    verified: an error nobody can attribute makes every set that is not listed unknown.
    """
    return classify_packages(reply, ids)
